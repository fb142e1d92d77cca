import Exhibits
import Foundation

/// A figure's data as comma-separated values: one row per datum, in long form.
///
/// Conventions: RFC 4180 with `\n` line ends after every row. Numbers are written in full (the shortest text that reads back
/// as the same number); what is not finite is an empty field. Text that a spreadsheet would run as a formula begins with an
/// apostrophe.
public struct FigureTable: Sendable, Hashable {
  /// The heading row.
  public static let columns = [
    "panel", "layer", "mark", "role", "label", "level", "x", "y", "lower", "upper", "value", "text",
  ]

  /// The figure whose data are listed.
  public var figure: Figure

  /// Makes the table of a figure.
  public init(_ figure: Figure) { self.figure = figure }

  /// The whole table as text, the heading row first.
  public var csv: String {
    var text = Self.columns.joined(separator: ",") + "\n"
    for (panelNumber, panel) in figure.panels.enumerated() {
      let title = LabelMarkup.plain(panel.title)
      let name = title.isEmpty ? String(panelNumber + 1) : title
      for (layerNumber, layer) in panel.layers.enumerated() {
        let head = [
          Self.field(name), String(layerNumber + 1), layer.mark.name, layer.role.rawValue,
          Self.field(LabelMarkup.plain(layer.label)), layer.level.map(Self.number) ?? "",
        ].joined(separator: ",")
        for row in layer.mark.rows {
          text += head
          for value in [row.x, row.y, row.lower, row.upper, row.value] { text += "," + (value.map(Self.number) ?? "") }
          text += "," + Self.field(row.text) + "\n"
        }
      }
    }
    return text
  }

  private static func number(_ value: Double) -> String {
    guard value.isFinite else { return "" }
    if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
    return "\(value)"
  }

  /// A text field, quoted where it must be.
  static func field(_ text: String) -> String {
    var text = text
    // A formula, or what a spreadsheet would strip to find one.
    if let first = text.unicodeScalars.first, "=+-@\t\r\n|%".unicodeScalars.contains(first) { text = "'" + text }
    let needsQuotes = text.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
    return needsQuotes ? "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : text
  }
}

/// One datum of any mark.
private struct DatumRow {
  var x: Double?
  var y: Double?
  var lower: Double?
  var upper: Double?
  var value: Double?
  var text = ""
}

extension Mark {
  fileprivate var name: String {
    switch self {
    case .line: "line"
    case .band: "band"
    case .points: "points"
    case .cloud: "cloud"
    case .intervals: "intervals"
    case .tiles: "tiles"
    case .images: "images"
    case .rules: "rules"
    case .histogram: "histogram"
    case .stretches: "stretches"
    case .annotation: "annotation"
    }
  }

  /// The rows of a mark: tiles by their middles, bins by their ends with the height as value.
  fileprivate var rows: [DatumRow] {
    switch self {
    case .line(let points), .points(let points): points.map { DatumRow(x: $0.x, y: $0.y) }
    case .cloud(let cloud): zip(cloud.points, cloud.values).map { DatumRow(x: $0.x, y: $0.y, value: $1) }
    case .band(let intervals), .intervals(let intervals):
      intervals.map { DatumRow(x: $0.x, lower: $0.lower, upper: $0.upper) }
    case .tiles(let tiles):
      tiles.values.enumerated().map { index, value in
        let count = tiles.xEdges.count - 1
        let (row, column) = (index / count, index % count)
        return DatumRow(
          x: tiles.xEdges[column] / 2 + tiles.xEdges[column + 1] / 2,
          y: tiles.yEdges[row] / 2 + tiles.yEdges[row + 1] / 2, value: value)
      }
    case .images(let images):
      images.pixels.enumerated().map { index, pixels in
        // One row per picture: a row per pixel would be a file that nobody opens.
        DatumRow(
          x: Double(index % images.columnCount), y: Double(index / images.columnCount),
          text: "[" + pixels.map { $0.isFinite ? String(format: "%.4g", $0) : "nan" }.joined(separator: " ") + "]")
      }
    case .rules(let rules):
      rules.positions.map { rules.direction == .vertical ? DatumRow(x: $0) : DatumRow(y: $0) }
    case .histogram(let histogram):
      histogram.heights.indices.map {
        DatumRow(lower: histogram.edges[$0], upper: histogram.edges[$0 + 1], value: histogram.heights[$0])
      }
    case .stretches(let stretches):
      stretches.map { DatumRow(y: $0.row, lower: $0.start, upper: $0.end, text: LabelMarkup.plain($0.name)) }
    case .annotation(let annotation):
      [DatumRow(x: annotation.at.x, y: annotation.at.y, text: LabelMarkup.plain(annotation.text))]
    }
  }
}
