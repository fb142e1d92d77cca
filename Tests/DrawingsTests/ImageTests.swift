import Exhibits
import Testing

@testable import Drawings

@Suite struct ImageTests {
  private func drawing(_ figure: Figure, theme: Theme = .icml) -> Drawing {
    figure.laidOut(theme: theme, measuringWith: FixedTextMeasurer())
  }

  private func rasters(_ ink: [Ink]) -> [RasterInk] {
    ink.flatMap { ink -> [RasterInk] in
      switch ink {
      case .raster(let raster): [raster]
      case .clipped(_, let inner): rasters(inner)
      default: []
      }
    }
  }

  private func panel(
    _ count: Int, columns: Int, size: (Int, Int) = (2, 3),
    levels: LevelScale = .init(Axis("", from: 0, to: 1), kind: .brightness)
  ) -> Panel {
    let pictures = (0..<count).map { index in
      (0..<(size.0 * size.1)).map { Double(($0 + index) % 7) / 6 }
    }
    return Panel(
      images: .init(pictures, pixelRowCount: size.0, pixelColumnCount: size.1, columnCount: columns), levels: levels)
  }

  @Test func everyPixelIsOnePixelOfTheRaster() throws {
    let pictures = [[0, 0.5, 1, 0.25], [1, 1, 0, .nan]]
    let figure = Figure(
      [
        Panel(
          images: .init(pictures, pixelRowCount: 2, pixelColumnCount: 2, columnCount: 2),
          levels: LevelScale(Axis("", from: 0, to: 1), kind: .brightness))
      ], altText: "")
    let raster = try #require(rasters(drawing(figure).ink).first)
    // Two pictures of two columns with a clear gap of one between them.
    #expect((raster.columnCount, raster.rowCount) == (5, 2))
    func pixel(_ row: Int, _ column: Int) -> [UInt8] { Array(raster.pixels[(4 * (row * 5 + column))...].prefix(4)) }
    #expect(pixel(0, 0) == [0, 0, 0, 255] && pixel(1, 0) == [255, 255, 255, 255])
    #expect(pixel(0, 1) == [128, 128, 128, 255] && pixel(1, 1) == [64, 64, 64, 255])
    #expect(pixel(0, 3) == [255, 255, 255, 255] && pixel(0, 4) == [255, 255, 255, 255])
    // The gap, and what is no number, are clear.
    #expect(pixel(0, 2)[3] == 0 && pixel(1, 2)[3] == 0 && pixel(1, 4)[3] == 0)
  }

  @Test(arguments: [
    (1, 1, (8, 8)), (16, 4, (8, 8)), (10, 10, (4, 4)), (12, 2, (28, 28)), (5, 3, (2, 6)), (40, 2, (9, 9)),
  ])
  func pixelsAreSquare(count: Int, columns: Int, size: (Int, Int)) throws {
    for theme in [Theme.icml, .screen, .nature] {
      let figure = Figure([panel(count, columns: columns, size: size)], altText: "")
      let raster = try #require(rasters(drawing(figure, theme: theme).ink).first)
      let (width, height) = (
        raster.box.width / Double(raster.columnCount), raster.box.height / Double(raster.rowCount)
      )
      #expect(abs(width / height - 1) < 1e-6)
      #expect(drawing(figure, theme: theme).height <= theme.maximumHeight + 1e-6)
    }
  }

  @Test func panelsOfDifferentGridsKeepTheirPixelsSquare() throws {
    let figure = Figure([panel(16, columns: 4, size: (8, 8)), panel(4, columns: 4, size: (8, 8))], altText: "")
    for raster in rasters(drawing(figure, theme: .screen).ink) {
      let ratio = raster.box.width / Double(raster.columnCount) / (raster.box.height / Double(raster.rowCount))
      #expect(abs(ratio - 1) < 1e-6)
    }
  }

  @Test func theFirstRowIsAtTheTopUnlessTheAxisRuns() throws {
    let levels = LevelScale(Axis("", from: 0, to: 1), kind: .brightness)
    var panel = Panel(
      images: .init([[0], [1]], pixelRowCount: 1, pixelColumnCount: 1, columnCount: 1), levels: levels)
    let down = try #require(rasters(drawing(Figure([panel], altText: "")).ink).first)
    #expect(Array(down.pixels.prefix(4)) == [0, 0, 0, 255] && Array(down.pixels.suffix(4)) == [255, 255, 255, 255])
    panel.y.isReversed = false
    let up = try #require(rasters(drawing(Figure([panel], altText: "")).ink).first)
    #expect(Array(up.pixels.prefix(4)) == [255, 255, 255, 255] && Array(up.pixels.suffix(4)) == [0, 0, 0, 255])
  }

  @Test func picturesHaveNoAxesAndABarOnlyWhereTheScaleHasAName() {
    func hasPaths(_ ink: [Ink]) -> Bool { ink.contains { if case .path = $0 { true } else { false } } }
    #expect(!hasPaths(drawing(Figure([panel(4, columns: 2)], altText: "")).ink))
    let named = panel(4, columns: 2, levels: LevelScale(Axis("activity")))
    #expect(hasPaths(drawing(Figure([named], altText: "")).ink))
  }

  @Test func aPageThatIsDarkChangesNoPixel() throws {
    let drawing = drawing(Figure([panel(4, columns: 2)], altText: ""))
    let inline = SVGPainter(.inline(idPrefix: "a")).markup(for: drawing)
    let file = SVGPainter(.file).markup(for: drawing)
    let image = try #require(file.firstMatch(of: /<image [^>]*>/)).output
    #expect(inline.contains(image) && image.contains("image-rendering:pixelated"))
  }

  @Test func absurdGridsDrawNothing() {
    let figure = Figure([panel(6_000, columns: 6_000, size: (2, 2))], altText: "")
    #expect(rasters(drawing(figure).ink).isEmpty)
    let none = Figure([panel(0, columns: 3)], altText: "")
    #expect(rasters(drawing(none).ink).isEmpty)
  }
}
