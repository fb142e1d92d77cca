import Exhibits
import Testing

@testable import Drawings

@Suite struct CloudTests {
  private func drawing(_ panel: Panel) -> Drawing {
    Figure([panel], altText: "").laidOut(theme: .icml, measuringWith: FixedTextMeasurer())
  }

  private func panel(_ cloud: Mark.Cloud, _ levels: LevelScale) -> Panel {
    Panel(x: Axis("x"), y: Axis("y"), layers: [Layer(.cloud(cloud))], levels: levels)
  }

  private func flat(_ ink: [Ink]) -> [Ink] {
    ink.flatMap { ink -> [Ink] in if case .clipped(_, let inner) = ink { flat(inner) } else { [ink] } }
  }

  private func discs(_ drawing: Drawing) -> [MarkersInk] {
    flat(drawing.ink).compactMap { if case .markers(let markers) = $0 { markers } else { nil } }
  }

  private func raster(_ drawing: Drawing) -> RasterInk? {
    flat(drawing.ink).lazy.compactMap { if case .raster(let raster) = $0 { raster } else { nil } }.first
  }

  private let height = LevelScale(Axis("height", from: 0, to: 1))

  @Test func pointsOfAFewHaveTheColoursOfTheirValues() {
    let cloud = Mark.Cloud([.init(0, 0), .init(1, 1), .init(2, 0), .init(3, 1)], values: [0, 1, 0, .nan])
    let found = discs(drawing(panel(cloud, height)))
    #expect(found.map(\.places.count) == [2, 1])
    // A dark page lifts them, as it does the bar; the palest end of the map is left out.
    #expect(
      found.map(\.paint) == [0, 0.93].map { Paint.mark(ColourMap.viridis.colour(at: $0)) })
    #expect(found.map(\.notes) == [["x 0, y 0: 0", "x 2, y 0: 0"], ["x 1, y 1: 1"]])
  }

  @Test func anAngleRunsOnceAroundTheCyclicMap() {
    let cloud = Mark.Cloud([.init(0, 0), .init(1, 1)], values: [0, 2 * .pi])
    let found = discs(drawing(panel(cloud, LevelScale(Axis("φ", scale: .angle), kind: .cyclic))))
    #expect(found.map(\.paint) == [0, 1].map { Paint.mark(ColourMap.romaO.colour(at: $0)) })
  }

  @Test func noMoreInkThanShades() {
    let points = (0..<2_000).map { Mark.Point(Double($0), Double($0 % 7)) }
    let found = discs(drawing(panel(.init(points, values: points.map { $0.x / 2_000 }), height)))
    #expect(found.count == 64)
    #expect(found.reduce(0) { $0 + $1.places.count } == 2_000)
    #expect(found.allSatisfy { $0.notes.isEmpty })
  }

  @Test func manyPointsBecomeOpaquePixelsOfTheSameColours() throws {
    // Two far places, each seen many times.
    let points = (0..<3_000).map { Mark.Point(Double($0 % 2), Double($0 % 2)) }
    let drawing = drawing(panel(.init(points, values: points.map(\.x)), height))
    #expect(discs(drawing).isEmpty)
    let pixels = try #require(raster(drawing)).pixels
    let opaque = stride(from: 0, to: pixels.count, by: 4).filter { pixels[$0 + 3] == 255 }
      .map { Colour(red: pixels[$0], green: pixels[$0 + 1], blue: pixels[$0 + 2]) }
    #expect(Set(opaque) == Set([0, 0.93].map { ColourMap.viridis.colour(at: $0) }))
    // Pixels are the same on every page, and so is the bar that explains them.
    let fills = flat(drawing.ink).compactMap { if case .path(let path) = $0 { path.fill } else { nil } }
    #expect(fills.contains(Paint(ColourMap.viridis.colour(at: 0.93 * 0.5 / 64))))
    #expect(!fills.contains { if case .mark = $0.source { true } else { false } })
  }

  @Test func aPointWithoutAFiniteValueIsNotDrawn() {
    let points = [Mark.Point(0, 0), .init(1, 1)]
    #expect(discs(drawing(panel(.init(points, values: [.nan, .infinity]), height))).isEmpty)
    var bare = panel(.init(points, values: [1, 2]), height)
    bare.levels = nil
    // Values without a scale are read on one of their own.
    #expect(discs(drawing(bare)).count == 2)
  }
}
