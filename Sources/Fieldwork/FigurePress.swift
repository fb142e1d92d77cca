import Diagnostics
import Drawings
import Exhibits
import Foundation
import Reports

/// Turns figures into files: SVG for the page, PDF, SVG, PNG and CSV beside it.
public struct FigurePress: Sendable {
  let measurer: any TextMeasurer
  let pdf: any Painter
  let png: any Painter

  /// Makes a press from a font engine and two painters.
  public init(measurer: any TextMeasurer, pdf: any Painter, png: any Painter) {
    self.measurer = measurer
    self.pdf = pdf
    self.png = png
  }

  /// 360 CSS pixels less the margins, in points, with type a little smaller than on a wide page.
  static let telephoneWidth = 300.0

  /// A figure on the page, and its files by path.
  struct Print: Sendable {
    var svg: String
    var narrowSVG: String?
    var files: [String: [UInt8]]
    var links: [ReportFile]
  }

  /// Prints a figure under an id: the page's picture in the screen theme, the files in the venue's.
  func print(_ figure: Figure, id: String, theme: Theme, width: FigureWidth) throws -> Print {
    // A length is a venue's; the page has its own column.
    let pageWidth: FigureWidth = if case .points = width { .column } else { width }
    let onPage = figure.laidOut(theme: .screen, width: pageWidth, measuringWith: measurer)
    // Beyond a column's width a telephone would shrink the words out of sight: lay the panels out below each other.
    let onTelephone = figure.laidOut(
      theme: .screen, width: .points(FigurePress.telephoneWidth), measuringWith: measurer)
    let base = "figures/\(id)"
    return Print(
      svg: SVGPainter(.inline(idPrefix: "\(id)-")).markup(for: onPage),
      narrowSVG: SVGPainter(.inline(idPrefix: "\(id)-narrow-")).markup(for: onTelephone),
      files: try files(of: figure, base: base, theme: theme, width: width),
      links: ["pdf", "svg", "png", "csv"].map { ReportFile($0.uppercased(), path: "\(base).\($0)") })
  }

  /// A figure as PDF, SVG, PNG and its data as CSV, by path: `base.pdf` and so on.
  public func files(
    of figure: Figure, base: String, theme: Theme, width: FigureWidth = .column
  ) throws -> [String: [UInt8]] {
    let drawing = figure.laidOut(theme: theme, width: width, measuringWith: measurer)
    return [
      "\(base).pdf": try pdf.paint(drawing),
      "\(base).svg": SVGPainter().paint(drawing),
      "\(base).png": try png.paint(drawing),
      "\(base).csv": Array(FigureTable(figure).csv.utf8),
    ]
  }
}
