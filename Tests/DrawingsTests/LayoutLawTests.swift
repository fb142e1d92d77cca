import Exhibits
import Foundation
import Testing

@testable import Drawings

/// What holds for every layout: words neither touch one another nor leave the page, and every number is finite.
@Suite struct LayoutLawTests {
  static let themes: [Theme] = [.screen, .neurips, .icml, .nature]

  @Test(arguments: SampleFigures.all.map(\.name)) func samplesObeyTheLaws(name: String) throws {
    let figure = try #require(SampleFigures.all.first { $0.name == name }?.figure)
    for theme in Self.themes {
      for width in [FigureWidth.column, .points(90)] {
        check(figure, theme: theme, width: width, name: "\(name) \(theme.name) \(width)")
      }
    }
  }

  @Test func randomFiguresObeyTheLaws() {
    var numbers = SampleFigures.Numbers(state: 42)
    for round in 0..<120 {
      let figure = RandomFigures.figure(&numbers)
      let theme = Self.themes[Int(numbers.next() * 4)]
      let width: FigureWidth = numbers.next() < 0.6 ? .column : .points(80 + 500 * numbers.next())
      check(figure, theme: theme, width: width, name: "round \(round) \(theme.name) \(width)")
    }
  }

  @Test func equalFiguresGiveEqualDrawings() {
    for (_, figure) in SampleFigures.all.prefix(8) {
      let first = figure.laidOut(theme: .neurips, measuringWith: FixedTextMeasurer())
      #expect(first == figure.laidOut(theme: .neurips, measuringWith: FixedTextMeasurer()))
    }
  }

  @Test func drawingsSurviveEncoding() throws {
    let drawing = SampleFigures.gaps.laidOut(theme: .icml, measuringWith: FixedTextMeasurer())
    #expect(try JSONDecoder().decode(Drawing.self, from: JSONEncoder().encode(drawing)) == drawing)
  }

  @Test func laysOutAFigureWithoutPanels() {
    let drawing = Figure([], altText: "nothing").laidOut(theme: .nature, measuringWith: FixedTextMeasurer())
    #expect(drawing.ink.isEmpty && drawing.height > 1)
  }

  @Test func sharesLimitsOfAxesWithEqualLabelsUnlessToldOtherwise() {
    func figure(shared: Bool) -> Figure {
      let panels = [1.0, 10].map { top in
        Panel(x: Axis("t"), y: Axis("rate"), layers: [Layer(.line([.init(0, 0), .init(1, top)]))])
      }
      return Figure(panels, sharesScales: shared, altText: "")
    }
    func labels(_ figure: Figure) -> [String] {
      Self.texts(figure.laidOut(theme: .neurips, measuringWith: FixedTextMeasurer()).ink).map(\.text.plain)
    }
    #expect(labels(figure(shared: true)).filter { $0 == "rate" }.count == 1)
    #expect(labels(figure(shared: false)).filter { $0 == "rate" }.count == 2)
    #expect(labels(figure(shared: false)).filter { $0 == "1.0" }.count == 3)
    #expect(labels(figure(shared: true)).filter { $0 == "1.0" }.count == 2)
  }

  @Test func namesStandFlatWhereEmptyOnesLeaveRoom() {
    func texts(_ names: [String]) -> [TextInk] {
      let axis = Axis("system", scale: .integer, from: -0.5, to: 39.5, categories: names)
      let panel = Panel(x: axis, y: Axis("y"), layers: [Layer(.line([.init(0, 0), .init(39, 1)]))])
      let drawing = Figure([panel], altText: "").laidOut(theme: .neurips, measuringWith: FixedTextMeasurer())
      return Self.texts(drawing.ink).filter { $0.text.plain.hasPrefix("group") }
    }
    let few = texts((0..<40).map { $0 == 9 ? "group a" : $0 == 29 ? "group b" : "" })
    #expect(few.map(\.text.plain) == ["group a", "group b"] && few.allSatisfy { $0.angle == 0 })
    let all = texts((0..<40).map { "group \($0)" })
    #expect(!all.isEmpty && all.allSatisfy { $0.angle != 0 })
  }

  // MARK: The laws

  static func texts(_ ink: [Ink]) -> [TextInk] {
    ink.flatMap { ink -> [TextInk] in
      switch ink {
      case .text(let text): [text]
      case .clipped(_, let inner): texts(inner)
      default: []
      }
    }
  }

  static func numbers(_ ink: [Ink]) -> [Double] {
    ink.flatMap { ink -> [Double] in
      switch ink {
      case .text(let text): [text.at.x, text.at.y]
      case .clipped(let box, let inner): [box.x, box.y, box.width, box.height] + numbers(inner)
      case .markers(let markers): markers.places.flatMap { [$0.x, $0.y] }
      case .raster(let raster): [raster.box.x, raster.box.y]
      case .path(let path):
        path.path.pieces.flatMap { piece -> [Double] in
          switch piece {
          case .move(let place), .line(let place): [place.x, place.y]
          case .curve(let a, let b, let c): [a.x, a.y, b.x, b.y, c.x, c.y]
          case .close: []
          }
        }
      }
    }
  }

  private func check(_ figure: Figure, theme: Theme, width: FigureWidth, name: String) {
    let drawing = figure.laidOut(theme: theme, width: width, measuringWith: FixedTextMeasurer())
    let setter = Typesetter(measurer: FixedTextMeasurer(), families: [])
    let texts = Self.texts(drawing.ink).filter { !$0.text.isEmpty }
    let boxes = texts.map { setter.box(of: $0).grown(by: -0.05) }
    let page = Box(x: 0, y: 0, width: drawing.width, height: drawing.height)
    for (index, box) in boxes.enumerated() {
      #expect(page.contains(box), "\(name): '\(texts[index].text.plain)' leaves the page")
      for other in boxes.indices.dropFirst(index + 1) where box.intersects(boxes[other]) {
        Issue.record("\(name): '\(texts[index].text.plain)' touches '\(texts[other].text.plain)'")
      }
    }
    #expect(Self.numbers(drawing.ink).allSatisfy { $0.isFinite && abs($0) < 1e6 }, "\(name): a number is out of bounds")
    #expect(drawing.height.isFinite && drawing.height > 0)
  }
}
