import Drawings
import Exhibits
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct SVGPainterTests {
  private func svg(_ figure: Figure, _ setting: SVGPainter.Setting = .inline(idPrefix: "fig-a")) -> String {
    SVGPainter(setting).markup(for: figure.laidOut(theme: .screen, measuringWith: FixedTextMeasurer()))
  }

  @Test(arguments: SampleFigures.all.map(\.name)) func isWellFormedAndRepeats(name: String) throws {
    let figure = try #require(SampleFigures.all.first { $0.name == name }?.figure)
    for setting in [SVGPainter.Setting.file, .inline(idPrefix: "fig-\(name)")] {
      let markup = svg(figure, setting)
      let listing = XMLListing(markup)
      #expect(listing.error == nil, "\(name)")
      #expect(listing.elements.first == "svg" && listing.elements.contains("path"))
      #expect(markup == svg(figure, setting))
      #expect(listing.ids.count == Set(listing.ids).count)
      let prefix = setting == .file ? "fb-" : "fig-\(name)-"
      #expect(listing.ids.allSatisfy { $0.hasPrefix(prefix) })
      #expect(Set(listing.references).isSubset(of: listing.ids))
    }
  }

  @Test func textNeverBecomesMarkup() {
    let attack = "\"'><script>alert(1)</script>&amp;<!-- ]]> \u{0}\u{1B}\u{FFFE}"
    var panel = Panel(
      title: attack, x: Axis(attack, unit: attack, categories: [attack, "b"]), y: Axis(attack),
      layers: [
        Layer(.line([.init(0, 1), .init(1, 2)]), label: attack),
        Layer(.points([.init(0, 1)]), label: attack, series: 1),
        Layer(.annotation(.init(attack, at: .init(0.5, 1.5)))),
        Layer(.rules(.init(.vertical, at: [0.2])), label: attack),
        Layer(.stretches([.init(from: 0, to: 1, name: attack)])),
        Layer(.tiles(.init(xEdges: [0, 1], yEdges: [0, 1], values: [1]))),
      ], levels: LevelScale(Axis(attack, unit: attack)))
    for _ in 0..<2 {
      for setting in [SVGPainter.Setting.file, .inline(idPrefix: "\"><script>")] {
        let drawing = Figure([panel], altText: attack).laidOut(
          theme: .screen, width: .points(900), measuringWith: FixedTextMeasurer())
        let markup = SVGPainter(setting).markup(for: drawing)
        let listing = XMLListing(markup)
        #expect(listing.error == nil)
        #expect(!listing.elements.contains("script"))
        #expect(!markup.contains("<script") && !markup.contains("<!--"))
        #expect(markup.contains("&lt;script&gt;"))
      }
      panel.levels = nil
    }
  }

  @Test func followsThePageInsideHTMLAndTheThemeInAFile() {
    let inline = svg(SampleFigures.series)
    #expect(inline.contains("stroke:var(--fb-fg,#1a1a1a)") && inline.contains("stroke:var(--fb-grid,#e4e4e4)"))
    #expect(inline.contains("color-mix(in srgb,var(--fb-fg,#1a1a1a) 35%,#e69f00)"))
    #expect(inline.contains("max-width:100%") && inline.contains("role=\"img\""))
    let file = svg(SampleFigures.series, .file)
    #expect(!file.contains("var(") && file.contains("width=\"480pt\""))
  }

  @Test func carriesNamesNotesAndWordsAsText() {
    let markup = svg(SampleFigures.gaps)
    #expect(markup.contains("<desc id=\"fig-a-desc\">Gap widths against noise, with theory.</desc>"))
    #expect(markup.contains("aria-labelledby=\"fig-a-desc\""))
    #expect(markup.contains("<title>final gap: Noise level σ 0.001, Gap width"))
    #expect(markup.contains(">Gap width</text>"))
    #expect(markup.contains("<tspan font-style=\"italic\">σ</tspan>"))
    #expect(markup.contains("10<tspan dy=\"-3.57\" font-size=\"7.35\">−3</tspan>"))
  }

  @Test func staysSmall() {
    for (name, figure) in SampleFigures.all {
      let size = svg(figure).utf8.count
      #expect(size < 400_000, "\(name): \(size)")
    }
  }

  @Test func writesARasterAsAPNGThatDecodes() throws {
    var numbers = SampleFigures.Numbers(state: 3)
    for colours in [2, 12, 200, 5_000] {
      let (width, height) = (37, 23)
      let palette = (0..<colours).map { _ in (0..<4).map { _ in UInt8(numbers.next() * 255) } }
      let pixels = (0..<width * height).flatMap { _ in
        let colour = palette[Int(numbers.next() * Double(colours))]
        return colour[3] == 0 ? [0, 0, 0, 0] : colour
      }
      let raster = RasterInk(
        over: Box(x: 0, y: 0, width: 10, height: 10), columnCount: width, rowCount: height, pixels: pixels)
      let drawing = Drawing(width: 10, height: 10, fontFamilies: [], palette: .paper, ink: [.raster(raster)])
      let markup = SVGPainter().markup(for: drawing)
      let start = try #require(markup.range(of: "base64,"))
      let end = try #require(markup[start.upperBound...].firstIndex(of: "\""))
      let png = try #require(Data(base64Encoded: String(markup[start.upperBound..<end])))
      #expect(try PNGReader(Array(png)).pixels() == pixels, "\(colours) colours")
    }
  }
}

/// What stands in an XML text.
private final class XMLListing: NSObject, XMLParserDelegate {
  var elements: [String] = []
  var ids: [String] = []
  var references: [String] = []
  var error: Error?

  init(_ text: String) {
    super.init()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = self
    if !parser.parse() { error = parser.parserError ?? CocoaError(.fileReadCorruptFile) }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String] = [:]
  ) {
    elements.append(name)
    if let id = attributes["id"] { ids.append(id) }
    if let clip = attributes["clip-path"] { references.append(String(clip.dropFirst(5).dropLast())) }
    references += attributes["aria-labelledby"]?.split(separator: " ").map(String.init) ?? []
  }
}
