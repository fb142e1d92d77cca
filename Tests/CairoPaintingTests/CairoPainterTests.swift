import CairoPainting
import Diagnostics
import Drawings
import Exhibits
import Foundation
import Testing

@Suite struct CairoPainterTests {
  /// DejaVu Sans is on every machine that builds this, so pictures compare.
  static let theme: Theme = {
    var theme = Theme.icml
    theme.fontFamilies = ["DejaVu Sans"]
    return theme
  }()

  static func drawing(_ name: String, theme: Theme = theme) throws -> Drawing {
    let figure = try #require(SampleFigures.all.first { $0.name == name }?.figure)
    return figure.laidOut(theme: theme, measuringWith: PangoTextMeasurer())
  }

  static func plain(width: Double = 20, height: Double = 10, _ ink: [Ink]) -> Drawing {
    Drawing(
      width: width, height: height, title: "plain", altText: "plain", fontFamilies: ["DejaVu Sans"], palette: .paper,
      ink: ink)
  }

  // MARK: PDF

  @Test(arguments: SampleFigures.all.map(\.name)) func pdfsRepeatByteForByteAndEmbedRealFonts(name: String) throws {
    let drawing = try Self.drawing(name)
    let first = try CairoPainter(.pdf).paint(drawing)
    #expect(first == (try CairoPainter(.pdf).paint(drawing)))
    let text = String(decoding: first, as: UTF8.self)
    #expect(text.hasPrefix("%PDF-1.5") && text.contains("%%EOF"))
    #expect(!text.contains("/Type3"))
    #expect(text.contains("/FontFile2") && text.contains("/ToUnicode"))
    #expect(text.contains("/CreationDate (D:20000101"))
    #expect(first.count < 300_000)
  }

  @Test func pdfOffsetsStillPointAtTheirObjects() throws {
    let file = try CairoPainter(.pdf).paint(Self.drawing("series"))
    let text = String(decoding: file.map { $0 < 128 ? $0 : 63 }, as: UTF8.self)
    let start = try #require(text.range(of: "startxref\n", options: .backwards))
    let offset = try #require(Int(text[start.upperBound...].prefix { $0.isNumber }))
    let table = String(decoding: file[offset...].prefix(4_000).map { $0 < 128 ? $0 : 63 }, as: UTF8.self)
    #expect(table.hasPrefix("xref"))
    for (number, line) in table.split(separator: "\n").dropFirst(2).prefix(20).enumerated() where line.hasSuffix("n ") {
      let place = try #require(Int(line.prefix(10)))
      let object = String(decoding: file[place...].prefix(12), as: UTF8.self)
      #expect(object.hasPrefix("\(number) 0 obj"), "\(line): \(object)")
    }
  }

  @Test func pdfCarriesTheTitle() throws {
    let text = String(decoding: try CairoPainter(.pdf).paint(Self.plain([])), as: UTF8.self)
    #expect(text.contains("/Title (plain)"))
  }

  // MARK: PNG

  @Test func pngsHaveTheAskedForSizeAndRepeat() throws {
    let drawing = try Self.drawing("gaps")
    let file = try CairoPainter(.png(dotsPerInch: 144)).paint(drawing)
    let image = try PNGReader(file)
    #expect(image.width == Int((drawing.width * 2).rounded()) && image.height == Int((drawing.height * 2).rounded()))
    #expect(file == (try CairoPainter(.png(dotsPerInch: 144)).paint(drawing)))
  }

  @Test func pixelsLieWhereTheInkSays() throws {
    let red = Paint(Colour(0xFF0000))
    let raster = RasterInk(
      over: Box(x: 12, y: 0, width: 4, height: 4), columnCount: 2, rowCount: 1,
      pixels: [0, 0, 255, 255, 0, 255, 0, 255])
    let drawing = Self.plain([
      .path(PathInk(Path(Box(x: 1, y: 1, width: 4, height: 4)), fill: red)),
      .clipped(
        Box(x: 6, y: 0, width: 2, height: 10), [.path(PathInk(Path(Box(x: 5, y: 2, width: 6, height: 2)), fill: red))]),
      .raster(raster), .markers(MarkersInk(.disc, size: 4, at: [Position(4, 8)], paint: .foreground)),
      .markers(MarkersInk(.unseen, size: 4, at: [Position(18, 8)], paint: red, notes: ["unseen"])),
    ])
    let image = try PNGReader(CairoPainter(.png(dotsPerInch: 72)).paint(drawing))
    let pixels = try image.pixels()
    func pixel(_ x: Int, _ y: Int) -> [UInt8] { Array(pixels[(4 * (y * image.width + x))...].prefix(3)) }
    #expect(pixel(2, 2) == [255, 0, 0] && pixel(0, 0) == [255, 255, 255])
    #expect(pixel(6, 2) == [255, 0, 0] && pixel(5, 3) == [255, 255, 255] && pixel(9, 3) == [255, 255, 255])
    #expect(pixel(12, 1) == [0, 0, 255] && pixel(15, 3) == [0, 255, 0])
    #expect(pixel(4, 8) == [26, 26, 26] && pixel(18, 8) == [255, 255, 255])
  }

  @Test func aRasterOfOneColourLooksLikeOneOfMany() throws {
    let box = Box(x: 0, y: 0, width: 20, height: 10)
    func raster(_ pixels: [UInt8]) -> Ink { .raster(RasterInk(over: box, columnCount: 2, rowCount: 1, pixels: pixels)) }
    func pixels(_ ink: Ink) throws -> [UInt8] {
      try PNGReader(CairoPainter(.png(dotsPerInch: 72)).paint(Self.plain([ink]))).pixels()
    }
    let stencil = try pixels(raster([0, 114, 178, 255, 0, 114, 178, 85]))
    let image = try pixels(raster([0, 114, 178, 255, 1, 114, 178, 85]))
    #expect(zip(stencil, image).allSatisfy { abs(Int($0) - Int($1)) <= 2 })
    #expect(stencil[0..<3] == [0, 114, 178])
  }

  @Test func threadsDoNotDisturbOneAnother() async throws {
    let names = ["series", "gaps", "words", "heat"]
    let alone = try names.map { try CairoPainter(.png(dotsPerInch: 72)).paint(Self.drawing($0)) }
    let together = try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
      for round in 0..<12 {
        group.addTask {
          (round % 4, try CairoPainter(.png(dotsPerInch: 72)).paint(Self.drawing(names[round % 4])))
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for (index, file) in together { #expect(file == alone[index]) }
  }

  // MARK: Trouble

  @Test func saysWhatIsTheMatter() {
    func message(_ error: PaintingError) -> String { error.message + (error.hint.map { " | " + $0 } ?? "") }
    #expect(
      message(.unusableSize(width: 0, height: 20))
        == "0.0×20.0 points is no size for a drawing; both sides must lie between 1 and 14400"
        + " | give the figure a width between 72 and 14400 points")
    #expect(
      message(.tooManyPixels(width: 90_000, height: 2, most: 64))
        == "90000×2 pixels is too large a picture; it may have at most 64 | lower the resolution, or write a PDF")
    #expect(message(.cairo(status: "out of memory")) == "cairo stopped with 'out of memory'")
    #expect(PaintingError.cairo(status: "").status == .internalError)
  }

  @Test func refusesSizesThatAreNoPage() {
    for side in [0, -1, .nan, .infinity, 20_000] {
      #expect(throws: PaintingError.self) { try CairoPainter(.pdf).paint(Self.plain(width: side, [])) }
    }
    #expect(throws: PaintingError.self) {
      try CairoPainter(.png(dotsPerInch: 2_400)).paint(Self.plain(width: 3_000, height: 3_000, []))
    }
  }

  @Test func paintsAnyText() throws {
    for text in ["", "\u{0}", "a\u{0}b", "🙂", "\u{202E}x", "مرحبا", String(repeating: "x", count: 5_000), "<b>&"] {
      let ink: Ink = .text(TextInk(RichText(text), at: Position(2, 8), size: 7))
      #expect(!(try CairoPainter(.png(dotsPerInch: 72)).paint(Self.plain([ink])).isEmpty))
    }
  }
}
