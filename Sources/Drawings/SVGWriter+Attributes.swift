import Foundation

extension SVGWriter {
  /// A number with at most two decimals.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let hundredths = Int((min(1e7, max(-1e7, value)) * 100).rounded())
    let (whole, part) = (hundredths.magnitude / 100, hundredths.magnitude % 100)
    let sign = hundredths < 0 ? "-" : ""
    guard part > 0 else { return sign + String(whole) }
    let decimals = part % 10 == 0 ? String(part / 10) : part < 10 ? "0\(part)" : String(part)
    return sign + (whole == 0 ? "" : String(whole)) + "." + decimals
  }

  static func attributes(_ box: Box) -> String {
    "x=\"\(number(box.x))\" y=\"\(number(box.y))\" width=\"\(number(box.width))\" height=\"\(number(box.height))\""
  }

  /// Path data in steps from place to place, rounded so that errors do not add up.
  static func data(_ path: Path) -> String {
    var text = ""
    var before = ""
    func add(_ letter: String, _ places: [Position]) {
      let numbers = places.map { "\(number($0.x)) \(number($0.y))" }.joined(separator: " ")
      // A repeated line needs no letter.
      text += letter == before && letter == "L" ? " " + numbers : letter + numbers
      before = letter
    }
    for piece in path.pieces {
      switch piece {
      case .move(let place): add("M", [place])
      case .line(let place): add("L", [place])
      case .curve(let first, let second, let end): add("C", [first, second, end])
      case .close:
        text += "Z"
        before = "Z"
      }
    }
    return text
  }

  /// Text for element content and for attributes in double quotes; signs that XML cannot carry become U+FFFD.
  static func escaped(_ text: String) -> String {
    var out = ""
    out.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      case "\t", "\n", "\r": out += " "
      case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{FFFE}", "\u{FFFF}": out += "\u{FFFD}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  // MARK: Colours

  /// The attributes of a fill and a stroke: colours fixed in a file; in a page the attribute is the fallback of a style
  /// that follows the page.
  func paints(fill: Paint? = nil, stroke: Stroke? = nil) -> String {
    var attributes: [String] = []
    var styles: [String] = []
    for (name, paint) in [("fill", fill), ("stroke", stroke?.paint)] {
      guard let paint else { continue }
      attributes.append(colour(name, paint))
      var solid = paint
      solid.opacity = 1
      if isInline, let style = style(solid) { styles.append("\(name):\(style)") }
    }
    if let stroke { attributes.append(shape(of: stroke)) }
    if !styles.isEmpty { attributes.append("style=\"\(styles.joined(separator: ";"))\"") }
    return attributes.joined(separator: " ")
  }

  private func shape(of stroke: Stroke) -> String {
    var text = "stroke-width=\"\(Self.number(stroke.width))\""
    if !stroke.dash.isEmpty {
      text += " stroke-dasharray=\"\(stroke.dash.map(Self.number).joined(separator: " "))\""
    }
    if stroke.cap != .butt { text += " stroke-linecap=\"\(stroke.cap.rawValue)\"" }
    if stroke.join != .round { text += " stroke-linejoin=\"\(stroke.join.rawValue)\"" }
    return text
  }

  private func colour(_ name: String, _ paint: Paint) -> String {
    var solid = paint
    solid.opacity = 1
    let colour = drawing.palette.colour(of: solid)
    var text = "\(name)=\"\(Self.hex(colour))\""
    let opacity = paint.opacity * Double(colour.opacity) / 255
    if opacity < 1 { text += " \(name)-opacity=\"\(Self.number(opacity))\"" }
    return text
  }

  private func style(_ paint: Paint) -> String? {
    func variable(_ name: String, _ colour: Colour) -> String { "var(--fb-\(name),\(Self.hex(colour)))" }
    let palette = drawing.palette
    switch paint.source {
    case .foreground: return variable("fg", palette.foreground)
    case .muted: return variable("muted", palette.muted)
    case .grid: return variable("grid", palette.grid)
    case .background: return variable("bg", palette.background)
    case .fixed(let colour), .mark(let colour):
      var share = "\(Self.number(paint.foregroundShare * 100))%"
      if paint.foregroundShare == 0 {
        guard case .mark = paint.source else { return nil }
        share = "var(--fb-lift,0%)"
      }
      return "color-mix(in srgb,\(variable("fg", palette.foreground)) \(share),\(Self.hex(colour)))"
    }
  }

  static func hex(_ colour: Colour) -> String {
    let digits = Array("0123456789abcdef")
    return "#"
      + [colour.red, colour.green, colour.blue].map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }.joined()
  }
}

extension Path {
  /// The rectangle this path is, if it is an upright one.
  var upright: Box? {
    guard pieces.count == 5, case .move(let a) = pieces[0], case .line(let b) = pieces[1],
      case .line(let c) = pieces[2], case .line(let d) = pieces[3], case .close = pieces[4],
      a.y == b.y, b.x == c.x, c.y == d.y, d.x == a.x, b.x >= a.x, c.y >= b.y
    else { return nil }
    return Box(x: a.x, y: a.y, width: b.x - a.x, height: c.y - a.y)
  }
}
