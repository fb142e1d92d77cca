import Foundation

/// Writes a drawing as SVG, without the font engine's help: words stay words, ids are ours, equal drawings give equal bytes.
public struct SVGPainter: Painter {
  /// Where the picture will stand.
  public enum Setting: Sendable, Hashable {
    /// In a file of its own: colours are the theme's, on the theme's background.
    case file
    /// Inside an HTML page: colours follow the page's `--fb-fg`, `--fb-muted`, `--fb-grid` and `--fb-bg`; thin coloured
    /// marks take the share `--fb-lift` (0 % unless set; about 22 % suits a dark page) of the foreground in. Every id begins
    /// with the prefix, which must differ between the pictures of one page.
    case inline(idPrefix: String)
  }

  /// Where the picture will stand.
  public var setting: Setting

  /// Makes a painter.
  public init(_ setting: Setting = .file) { self.setting = setting }

  /// The SVG as UTF-8.
  public func paint(_ drawing: Drawing) -> [UInt8] { Array(markup(for: drawing).utf8) }

  /// The SVG as text: one `<svg>` element, without an XML declaration.
  public func markup(for drawing: Drawing) -> String {
    var writer = SVGWriter(drawing, setting: setting)
    return writer.markup()
  }
}

/// Collects the markup of one drawing.
struct SVGWriter {
  let drawing: Drawing
  let prefix: String
  let isInline: Bool
  private var body = ""
  private var clips: [Box] = []

  init(_ drawing: Drawing, setting: SVGPainter.Setting) {
    self.drawing = drawing
    switch setting {
    case .file:
      prefix = "fb"
      isInline = false
    case .inline(let idPrefix):
      // Only signs that an id and a url() reference carry without quoting.
      prefix = String(String.UnicodeScalarView(idPrefix.unicodeScalars.map { Self.isPlain($0) ? $0 : "-" }))
      isInline = true
    }
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "-" || scalar == "_")
  }

  mutating func markup() -> String {
    for ink in drawing.ink { write(ink) }
    let (width, height) = (Self.number(drawing.width), Self.number(drawing.height))
    var head = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" role=\"img\""
    var labels: [String] = []
    if !drawing.title.isEmpty { labels.append("\(prefix)-title") }
    if !drawing.altText.isEmpty { labels.append("\(prefix)-desc") }
    if !labels.isEmpty { head += " aria-labelledby=\"\(labels.joined(separator: " "))\"" }
    if isInline {
      // As wide as the drawing at 96 dots to the inch, never wider than the column.
      head += " style=\"width:\(Self.number(drawing.width * 4 / 3))px;max-width:100%;height:auto\""
    } else {
      head += " width=\"\(width)pt\" height=\"\(height)pt\""
    }
    let families = drawing.fontFamilies.map { $0.contains(" ") ? "'\($0)'" : $0 } + ["sans-serif"]
    head +=
      " font-family=\"\(Self.escaped(families.joined(separator: ", ")))\" fill=\"none\" stroke-linejoin=\"round\">"
    if !drawing.title.isEmpty { head += "<title id=\"\(prefix)-title\">\(Self.escaped(drawing.title))</title>" }
    if !drawing.altText.isEmpty { head += "<desc id=\"\(prefix)-desc\">\(Self.escaped(drawing.altText))</desc>" }
    if !clips.isEmpty {
      head += "<defs>"
      for (index, box) in clips.enumerated() {
        head += "<clipPath id=\"\(prefix)-clip\(index)\"><rect \(Self.attributes(box))/></clipPath>"
      }
      head += "</defs>"
    }
    if !isInline { head += "<rect width=\"\(width)\" height=\"\(height)\" \(paints(fill: .background))/>" }
    return head + "\n" + body + "</svg>\n"
  }

  // MARK: Ink

  private mutating func write(_ ink: Ink) {
    switch ink {
    case .path(let path): write(path)
    case .text(let text): write(text)
    case .markers(let markers): write(markers)
    case .raster(let raster): write(raster)
    case .clipped(let box, let inner):
      let index = clips.firstIndex(of: box) ?? clips.count
      if index == clips.count { clips.append(box) }
      body += "<g clip-path=\"url(#\(prefix)-clip\(index))\">\n"
      for ink in inner { write(ink) }
      body += "</g>\n"
    }
  }

  private mutating func element(_ name: String, _ attributes: String, note: String?) {
    if let note, !note.isEmpty {
      body += "<\(name) \(attributes)><title>\(Self.escaped(note))</title></\(name)>\n"
    } else {
      body += "<\(name) \(attributes)/>\n"
    }
  }

  private mutating func write(_ ink: PathInk) {
    guard !ink.path.isEmpty, ink.stroke != nil || ink.fill != nil else { return }
    var attributes = ""
    if let box = ink.path.upright {
      attributes = Self.attributes(box)
    } else {
      attributes = "d=\"\(Self.data(ink.path))\""
    }
    attributes += " " + paints(fill: ink.fill, stroke: ink.stroke)
    element(ink.path.upright == nil ? "path" : "rect", attributes, note: ink.note)
  }

  private mutating func write(_ ink: RasterInk) {
    guard ink.columnCount > 0, ink.rowCount > 0 else { return }
    let png = PNGImage(columnCount: ink.columnCount, rowCount: ink.rowCount, pixels: ink.pixels).encoded()
    let data = Data(png).base64EncodedString()
    let attributes =
      "\(Self.attributes(ink.box)) preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\""
      + " href=\"data:image/png;base64,\(data)\""
    element("image", attributes, note: ink.note)
  }

  private mutating func write(_ ink: MarkersInk) {
    guard !ink.places.isEmpty, isInline || ink.shape != .unseen else { return }
    let hasNotes = isInline && ink.notes.count == ink.places.count
    if ink.shape == .unseen {
      guard hasNotes else { return }
      body += "<g stroke=\"none\" fill=\"transparent\" pointer-events=\"all\">\n"
      for (place, note) in zip(ink.places, ink.notes) {
        element(
          "circle", "cx=\"\(Self.number(place.x))\" cy=\"\(Self.number(place.y))\" r=\"\(Self.number(ink.size / 2))\"",
          note: note)
      }
      body += "</g>\n"
      return
    }
    if ink.shape == .disc, ink.rim == nil, !hasNotes {
      // Round caps of lines without length: the smallest way to write many discs.
      let data = ink.places.map { "M\(Self.number($0.x)) \(Self.number($0.y))h0" }.joined()
      body += "<path d=\"\(data)\" \(paints(stroke: Stroke(ink.paint, width: ink.size, cap: .round)))/>\n"
      return
    }
    let isPlus = ink.shape == .plus
    let stroke = isPlus ? Stroke(ink.paint, width: ink.size * 0.28) : ink.rim
    body += "<g \(paints(fill: isPlus ? nil : ink.paint, stroke: stroke))>\n"
    if hasNotes {
      for (place, note) in zip(ink.places, ink.notes) {
        element("path", "d=\"\(Self.data(ink.shape.outline(at: place, size: ink.size)))\"", note: note)
      }
    } else {
      let pieces = ink.places.flatMap { ink.shape.outline(at: $0, size: ink.size).pieces }
      element("path", "d=\"\(Self.data(Path(pieces)))\"", note: nil)
    }
    body += "</g>\n"
  }

  private mutating func write(_ ink: TextInk) {
    guard !ink.text.isEmpty else { return }
    let (x, y) = (Self.number(ink.at.x), Self.number(ink.at.y))
    var attributes =
      ink.angle == 0
      ? "x=\"\(x)\" y=\"\(y)\"" : "transform=\"translate(\(x) \(y)) rotate(\(Self.number(ink.angle)))\""
    attributes += " font-size=\"\(Self.number(ink.size))\""
    if ink.anchor != .start { attributes += " text-anchor=\"\(ink.anchor.rawValue)\"" }
    attributes += " " + paints(fill: ink.paint)
    body += "<text \(attributes)>"
    if let note = ink.note, !note.isEmpty { body += "<title>\(Self.escaped(note))</title>" }
    // A shifted run moves the pen, so the next run moves it back.
    var pen = 0.0
    for run in ink.text.runs where !run.text.isEmpty {
      let height: Double
      switch run.level {
      case .line: height = 0
      case .lowered: height = RichText.drop * ink.size
      case .raised: height = -RichText.raise * ink.size
      }
      var style = ""
      if height != pen { style += " dy=\"\(Self.number(height - pen))\"" }
      if run.level != .line { style += " font-size=\"\(Self.number(ink.size * RichText.smallScale))\"" }
      if run.isItalic { style += " font-style=\"italic\"" }
      if run.isBold { style += " font-weight=\"bold\"" }
      pen = height
      body += style.isEmpty ? Self.escaped(run.text) : "<tspan\(style)>\(Self.escaped(run.text))</tspan>"
    }
    body += "</text>\n"
  }
}

extension MarkersInk.Shape {
  /// The outline of one marker, of the same area as the disc of that diameter.
  public func outline(at place: Position, size: Double) -> Path {
    let r = size / 2
    func at(_ x: Double, _ y: Double) -> Position { Position(place.x + x * r, place.y + y * r) }
    switch self {
    case .unseen: return Path()
    case .disc:
      let k = 0.5523
      return Path([
        .move(at(1, 0)), .curve(at(1, k), at(k, 1), at(0, 1)), .curve(at(-k, 1), at(-1, k), at(-1, 0)),
        .curve(at(-1, -k), at(-k, -1), at(0, -1)), .curve(at(k, -1), at(1, -k), at(1, 0)), .close,
      ])
    case .square:
      return Path(through: [at(-0.89, -0.89), at(0.89, -0.89), at(0.89, 0.89), at(-0.89, 0.89)], isClosed: true)
    case .triangle: return Path(through: [at(0, -1.42), at(1.23, 0.71), at(-1.23, 0.71)], isClosed: true)
    case .wedge: return Path(through: [at(0, 1.42), at(1.23, -0.71), at(-1.23, -0.71)], isClosed: true)
    case .diamond: return Path(through: [at(0, -1.25), at(1.25, 0), at(0, 1.25), at(-1.25, 0)], isClosed: true)
    case .plus: return Path([.move(at(-1.1, 0)), .line(at(1.1, 0)), .move(at(0, -1.1)), .line(at(0, 1.1))])
    }
  }
}
