import CairoPainting
import Drawings
import Foundation
import Testing

/// Writes every sample figure in several themes for looking at: `FIELDBOOK_GALLERY=folder swift test --filter Gallery`.
@Suite struct Gallery {
  static let folder = ProcessInfo.processInfo.environment["FIELDBOOK_GALLERY"]

  @Test(.enabled(if: folder != nil)) func writesEverySampleFigure() throws {
    let folder = URL(fileURLWithPath: try #require(Self.folder))
    let wanted = ProcessInfo.processInfo.environment["FIELDBOOK_GALLERY_ONLY"]?.split(separator: ",").map(String.init)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let measurer = PangoTextMeasurer()
    for (name, figure) in SampleFigures.all where wanted?.contains(name) ?? true {
      for theme in [Theme.screen, .neurips, .icml, .nature] {
        let drawing = figure.laidOut(theme: theme, measuringWith: measurer)
        let stem = folder.appendingPathComponent("\(name)-\(theme.name)").path
        try Data(CairoPainter(.png(dotsPerInch: 200)).paint(drawing)).write(to: URL(fileURLWithPath: stem + ".png"))
        try Data(CairoPainter(.pdf).paint(drawing)).write(to: URL(fileURLWithPath: stem + ".pdf"))
        let inline = SVGPainter(.inline(idPrefix: name)).paint(drawing)
        try Data(inline).write(to: URL(fileURLWithPath: stem + ".svg"))
      }
    }
  }
}
