import CCairo
import Drawings

/// Walks ink onto a Cairo context.
struct CairoCanvas {
  let context: OpaquePointer?
  let pango: OpaquePointer?
  let palette: Palette
  let families: [String]

  func use(_ colour: Colour) {
    cairo_set_source_rgba(
      context, Double(colour.red) / 255, Double(colour.green) / 255, Double(colour.blue) / 255,
      Double(colour.opacity) / 255)
  }

  func draw(_ ink: Ink) throws {
    switch ink {
    case .path(let path): draw(path)
    case .text(let text): draw(text)
    case .markers(let markers): draw(markers)
    case .raster(let raster): try draw(raster)
    case .clipped(let box, let inner):
      cairo_save(context)
      cairo_rectangle(context, box.x, box.y, box.width, box.height)
      cairo_clip(context)
      for ink in inner { try draw(ink) }
      cairo_restore(context)
    }
  }

  private func trace(_ path: Path) {
    cairo_new_path(context)
    for piece in path.pieces {
      switch piece {
      case .move(let place): cairo_move_to(context, place.x, place.y)
      case .line(let place): cairo_line_to(context, place.x, place.y)
      case .curve(let first, let second, let end):
        cairo_curve_to(context, first.x, first.y, second.x, second.y, end.x, end.y)
      case .close: cairo_close_path(context)
      }
    }
  }

  private func stroke(_ stroke: Stroke) {
    use(palette.colour(of: stroke.paint))
    cairo_set_line_width(context, stroke.width)
    cairo_set_dash(context, stroke.dash, Int32(clamping: stroke.dash.count), 0)
    let cap =
      switch stroke.cap {
      case .butt: CAIRO_LINE_CAP_BUTT
      case .round: CAIRO_LINE_CAP_ROUND
      case .square: CAIRO_LINE_CAP_SQUARE
      }
    cairo_set_line_cap(context, cap)
    let join =
      switch stroke.join {
      case .miter: CAIRO_LINE_JOIN_MITER
      case .round: CAIRO_LINE_JOIN_ROUND
      case .bevel: CAIRO_LINE_JOIN_BEVEL
      }
    cairo_set_line_join(context, join)
    cairo_stroke(context)
  }

  private func draw(_ ink: PathInk) {
    guard !ink.path.isEmpty else { return }
    if let fill = ink.fill {
      trace(ink.path)
      use(palette.colour(of: fill))
      cairo_fill(context)
    }
    if let stroke = ink.stroke {
      trace(ink.path)
      self.stroke(stroke)
    }
  }

  private func draw(_ ink: MarkersInk) {
    guard ink.shape != .unseen, !ink.places.isEmpty else { return }
    if ink.shape == .disc, ink.rim == nil {
      // Round caps of lines without length are ten times smaller in a PDF than arcs.
      cairo_new_path(context)
      for place in ink.places {
        cairo_move_to(context, place.x, place.y)
        cairo_line_to(context, place.x, place.y)
      }
      stroke(Stroke(ink.paint, width: ink.size, cap: .round))
      return
    }
    for place in ink.places {
      let path = ink.shape.outline(at: place, size: ink.size)
      if ink.shape == .plus {
        draw(PathInk(path, stroke: Stroke(ink.paint, width: ink.size * 0.28)))
      } else {
        draw(PathInk(path, stroke: ink.rim, fill: ink.paint))
      }
    }
  }

  private func draw(_ ink: TextInk) {
    guard !ink.text.isEmpty else { return }
    let layout = PangoTypesetter.layout(ink.text, size: ink.size, families: families, in: pango)
    defer { g_object_unref(UnsafeMutableRawPointer(layout)) }
    let line = pango_layout_get_line_readonly(layout, 0)
    var logical = PangoRectangle()
    pango_layout_line_get_extents(line, nil, &logical)
    let width = Double(logical.width) / Double(PANGO_SCALE)
    let start =
      switch ink.anchor {
      case .start: 0.0
      case .middle: -width / 2
      case .end: -width
      }
    cairo_save(context)
    cairo_translate(context, ink.at.x, ink.at.y)
    if ink.angle != 0 { cairo_rotate(context, ink.angle * .pi / 180) }
    use(palette.colour(of: ink.paint))
    cairo_move_to(context, start, 0)
    pango_cairo_show_layout_line(context, line)
    cairo_restore(context)
  }

  /// A raster of one colour is a stencil: in a PDF a third of the size, as no colour is written per pixel.
  private func draw(_ ink: RasterInk, in colour: Colour) throws {
    let stride = Int(cairo_format_stride_for_width(CAIRO_FORMAT_A8, Int32(ink.columnCount)))
    var bytes = [UInt8](repeating: 0, count: stride * ink.rowCount)
    for row in 0..<ink.rowCount {
      for column in 0..<ink.columnCount {
        bytes[row * stride + column] = ink.pixels[4 * (row * ink.columnCount + column) + 3]
      }
    }
    try bytes.withUnsafeMutableBufferPointer { bytes in
      let image = cairo_image_surface_create_for_data(
        bytes.baseAddress, CAIRO_FORMAT_A8, Int32(ink.columnCount), Int32(ink.rowCount), Int32(stride))
      defer {
        cairo_surface_finish(image)
        cairo_surface_destroy(image)
      }
      let status = cairo_surface_status(image)
      guard status == CAIRO_STATUS_SUCCESS else {
        throw PaintingError.cairo(status: String(cString: cairo_status_to_string(status)))
      }
      cairo_save(context)
      cairo_translate(context, ink.box.x, ink.box.y)
      cairo_scale(context, ink.box.width / Double(ink.columnCount), ink.box.height / Double(ink.rowCount))
      use(colour)
      let pattern = cairo_pattern_create_for_surface(image)
      cairo_pattern_set_filter(pattern, CAIRO_FILTER_NEAREST)
      cairo_mask(context, pattern)
      cairo_pattern_destroy(pattern)
      cairo_restore(context)
    }
  }

  private func draw(_ ink: RasterInk) throws {
    guard ink.columnCount > 0, ink.rowCount > 0, ink.columnCount <= 32_000, ink.rowCount <= 32_000 else { return }
    if let colour = ink.onlyColour { return try draw(ink, in: colour) }
    // Cairo wants premultiplied native-endian words.
    var words = [UInt32](repeating: 0, count: ink.columnCount * ink.rowCount)
    for index in words.indices {
      let opacity = UInt32(ink.pixels[4 * index + 3])
      func channel(_ offset: Int) -> UInt32 { (UInt32(ink.pixels[4 * index + offset]) * opacity + 127) / 255 }
      words[index] = opacity << 24 | channel(0) << 16 | channel(1) << 8 | channel(2)
    }
    let stride = Int32(ink.columnCount * 4)
    try words.withUnsafeMutableBytes { bytes in
      let image = cairo_image_surface_create_for_data(
        bytes.bindMemory(to: UInt8.self).baseAddress, CAIRO_FORMAT_ARGB32, Int32(ink.columnCount),
        Int32(ink.rowCount), stride)
      defer {
        // Whoever still refers to the pixels must copy them before the memory goes.
        cairo_surface_finish(image)
        cairo_surface_destroy(image)
      }
      let status = cairo_surface_status(image)
      guard status == CAIRO_STATUS_SUCCESS else {
        throw PaintingError.cairo(status: String(cString: cairo_status_to_string(status)))
      }
      cairo_save(context)
      cairo_translate(context, ink.box.x, ink.box.y)
      cairo_scale(context, ink.box.width / Double(ink.columnCount), ink.box.height / Double(ink.rowCount))
      cairo_set_source_surface(context, image, 0, 0)
      cairo_pattern_set_filter(cairo_get_source(context), CAIRO_FILTER_NEAREST)
      cairo_rectangle(context, 0, 0, Double(ink.columnCount), Double(ink.rowCount))
      cairo_fill(context)
      cairo_restore(context)
    }
  }
}

extension RasterInk {
  /// The colour of every pixel that is not clear, when there is just one.
  fileprivate var onlyColour: Colour? {
    var only: Colour?
    for start in stride(from: 0, to: pixels.count, by: 4) where pixels[start + 3] > 0 {
      let colour = Colour(red: pixels[start], green: pixels[start + 1], blue: pixels[start + 2])
      if only == nil { only = colour } else if only != colour { return nil }
    }
    return only
  }
}
