import CCairo
import Diagnostics
import Drawings

/// Paints drawings with Cairo and Pango. Safe to use from several threads at once.
public struct CairoPainter: Painter {
  /// What kind of file to make.
  public enum Format: Sendable, Hashable {
    /// Pixels, this many to the inch (10 to 2400).
    case png(dotsPerInch: Double)
    /// Vectors with embedded fonts.
    case pdf
  }

  /// The most pixels that a PNG may have.
  public static let mostPixels = 64_000_000

  /// What kind of file to make.
  public var format: Format

  /// Makes a painter.
  public init(_ format: Format) { self.format = format }

  /// The bytes of the finished file. Equal drawings give equal bytes.
  ///
  /// Throws: `PaintingError` when a measure is not usable or Cairo reports a fault.
  public func paint(_ drawing: Drawing) throws -> [UInt8] {
    let (width, height) = (drawing.width, drawing.height)
    guard width >= 1, width <= 14_400, height >= 1, height <= 14_400 else {
      throw PaintingError.unusableSize(width: width, height: height)
    }
    return try PangoTypesetter.withContext { pango in
      switch format {
      case .png(let resolution): try paintPNG(drawing, dotsPerInch: min(2_400, max(10, resolution)), pango: pango)
      case .pdf: try paintPDF(drawing, pango: pango)
      }
    }
  }

  private func paintPNG(_ drawing: Drawing, dotsPerInch: Double, pango: OpaquePointer?) throws -> [UInt8] {
    let scale = (dotsPerInch.isFinite ? dotsPerInch : 72) / 72
    let width = max(1, Int((drawing.width * scale).rounded()))
    let height = max(1, Int((drawing.height * scale).rounded()))
    guard width <= 32_000, height <= 32_000, width * height <= Self.mostPixels else {
      throw PaintingError.tooManyPixels(width: width, height: height, most: Self.mostPixels)
    }
    let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height))
    defer { cairo_surface_destroy(surface) }
    try draw(drawing, on: surface, scale: scale, paper: drawing.palette.background, pango: pango)
    let stream = ByteStream()
    try check(cairo_surface_write_to_png_stream(surface, ByteStream.write, stream.pointer))
    return stream.bytes
  }

  private func paintPDF(_ drawing: Drawing, pango: OpaquePointer?) throws -> [UInt8] {
    let stream = ByteStream()
    let surface = cairo_pdf_surface_create_for_stream(
      ByteStream.write, stream.pointer, drawing.width, drawing.height)
    defer { cairo_surface_destroy(surface) }
    cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_5)
    // Without a date of our own Cairo writes the clock's.
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z")
    if !drawing.title.isEmpty { cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, drawing.title) }
    if !drawing.altText.isEmpty {
      cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, drawing.altText)
    }
    cairo_surface_set_fallback_resolution(surface, 300, 300)
    try draw(drawing, on: surface, scale: 1, paper: nil, pango: pango)
    cairo_surface_finish(surface)
    try check(cairo_surface_status(surface))
    return PDFDate.corrected(stream.bytes)
  }

  private func draw(
    _ drawing: Drawing, on surface: OpaquePointer?, scale: Double, paper: Colour?, pango: OpaquePointer?
  ) throws {
    try check(cairo_surface_status(surface))
    let context = cairo_create(surface)
    defer { cairo_destroy(context) }
    cairo_scale(context, scale, scale)
    let canvas = CairoCanvas(
      context: context, pango: pango, palette: drawing.palette, families: drawing.fontFamilies)
    if let paper {
      canvas.use(paper)
      cairo_paint(context)
    }
    for ink in drawing.ink { try canvas.draw(ink) }
    try check(cairo_status(context))
  }

  private func check(_ status: cairo_status_t) throws {
    guard status != CAIRO_STATUS_SUCCESS else { return }
    throw PaintingError.cairo(status: String(cString: cairo_status_to_string(status)))
  }
}

/// Bytes that Cairo writes one after another.
private final class ByteStream {
  var bytes: [UInt8] = []

  var pointer: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  static let write: cairo_write_func_t = { closure, data, length in
    guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
    let stream = Unmanaged<ByteStream>.fromOpaque(closure).takeUnretainedValue()
    stream.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
    return CAIRO_STATUS_SUCCESS
  }
}
