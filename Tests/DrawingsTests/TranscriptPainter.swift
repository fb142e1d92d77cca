import Drawings
import Foundation

/// Paints a drawing as a listing with rounded numbers: what snapshots compare.
struct TranscriptPainter: Painter {
  func paint(_ drawing: Drawing) -> [UInt8] { Array(transcript(of: drawing).utf8) }

  func transcript(of drawing: Drawing) -> String {
    var lines = ["drawing \(n(drawing.width))×\(n(drawing.height)) \(drawing.altText)"]
    for ink in drawing.ink { lines += describe(ink, indent: "") }
    return lines.joined(separator: "\n") + "\n"
  }

  private func describe(_ ink: Ink, indent: String) -> [String] {
    switch ink {
    case .path(let path):
      let kinds = [path.fill.map { "fill \(paint($0))" }, path.stroke.map { "stroke \(stroke($0))" }].compactMap { $0 }
      return ["\(indent)path \(kinds.joined(separator: " ")) \(pieces(path.path))\(note(path.note))"]
    case .text(let text):
      let runs = text.text.runs.map { run in
        let mark = run.level == .raised ? "^" : run.level == .lowered ? "_" : ""
        return mark + (run.isItalic ? "/" : "") + (run.isBold ? "*" : "") + run.text
      }
      let turn = text.angle == 0 ? "" : " turned \(n(text.angle))"
      return [
        "\(indent)text '\(runs.joined(separator: "|"))' \(at(text.at)) \(text.anchor) \(n(text.size))pt\(turn)"
          + " \(paint(text.paint))\(note(text.note))"
      ]
    case .markers(let markers):
      let places =
        markers.places.count > 6 ? "\(markers.places.count) places" : markers.places.map(at).joined(separator: " ")
      return [
        "\(indent)\(markers.shape) \(n(markers.size)) \(paint(markers.paint)) \(places)\(note(markers.notes.first))"
      ]
    case .raster(let raster):
      let sum = raster.pixels.reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1) }
      return ["\(indent)raster \(raster.columnCount)×\(raster.rowCount) over \(box(raster.box)) sum \(sum % 9_973)"]
    case .clipped(let box, let inner):
      return ["\(indent)clip \(self.box(box))"] + inner.flatMap { describe($0, indent: indent + "  ") }
    }
  }

  private func n(_ value: Double) -> String {
    let text = String(format: "%.1f", value)
    return text == "-0.0" ? "0.0" : text
  }
  private func at(_ place: Position) -> String { "(\(n(place.x)), \(n(place.y)))" }
  private func box(_ box: Box) -> String { "\(n(box.x)) \(n(box.y)) \(n(box.width))×\(n(box.height))" }
  private func note(_ note: String?) -> String { note.map { " «\($0)»" } ?? "" }

  private func paint(_ paint: Paint) -> String {
    var name: String
    switch paint.source {
    case .foreground: name = "foreground"
    case .muted: name = "muted"
    case .grid: name = "grid"
    case .background: name = "background"
    case .fixed(let colour), .mark(let colour):
      name = String(format: "#%02x%02x%02x", colour.red, colour.green, colour.blue)
    }
    if paint.foregroundShare > 0 { name += "+\(n(paint.foregroundShare))" }
    return paint.opacity < 1 ? name + String(format: "/%.2f", paint.opacity) : name
  }

  private func stroke(_ stroke: Stroke) -> String {
    let dash = stroke.dash.isEmpty ? "" : " dashed \(stroke.dash.map(n).joined(separator: ","))"
    return "\(paint(stroke.paint)) \(String(format: "%.2f", stroke.width))\(dash)"
  }

  private func pieces(_ path: Path) -> String {
    var words: [String] = []
    for piece in path.pieces {
      switch piece {
      case .move(let place): words.append("M\(at(place))")
      case .line(let place): words.append("L\(at(place))")
      case .curve(_, _, let end): words.append("C\(at(end))")
      case .close: words.append("Z")
      }
    }
    guard words.count > 12 else { return words.joined(separator: " ") }
    return "\(words.prefix(3).joined(separator: " ")) … \(words.suffix(2).joined(separator: " ")) [\(words.count)]"
  }
}
