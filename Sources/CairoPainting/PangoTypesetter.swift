import CCairo
import Drawings
import Foundation

/// Turns rich text into Pango layouts: unhinted, with fractional advances, so that widths do not depend on resolution.
///
/// Pango's caches are not safe to share, and finding fonts takes longer than drawing with them: all calls into Pango and
/// Cairo from this module share one set of fonts under one lock.
enum PangoTypesetter {
  private static let lock = NSLock()
  // Touched only under the lock.
  nonisolated(unsafe) private static let fonts = PangoFonts()

  /// Gives the one Pango context to one caller at a time. Not to be nested.
  static func withContext<Result>(_ body: (OpaquePointer?) throws -> Result) rethrows -> Result {
    try lock.withLock { try body(fonts.context) }
  }

  /// A layout of one line; the caller gives it back with `g_object_unref`.
  static func layout(
    _ text: RichText, size: Double, families: [String], in context: OpaquePointer?
  ) -> OpaquePointer? {
    let layout = pango_layout_new(context)
    pango_layout_set_single_paragraph_mode(layout, 1)
    let font = pango_font_description_new()
    defer { pango_font_description_free(font) }
    pango_font_description_set_family(font, families.joined(separator: ","))
    pango_font_description_set_absolute_size(font, size * Double(PANGO_SCALE))
    pango_layout_set_font_description(layout, font)

    let attributes = pango_attr_list_new()
    defer { pango_attr_list_unref(attributes) }
    var plain = ""
    for run in text.runs {
      let start = UInt32(clamping: plain.utf8.count)
      // A zero byte would end the text for C.
      plain += run.text.replacingOccurrences(of: "\0", with: "\u{FFFD}")
      let end = UInt32(clamping: plain.utf8.count)
      func add(_ attribute: UnsafeMutablePointer<PangoAttribute>?) {
        attribute?.pointee.start_index = start
        attribute?.pointee.end_index = end
        pango_attr_list_insert(attributes, attribute)
      }
      if run.isItalic { add(pango_attr_style_new(PANGO_STYLE_ITALIC)) }
      if run.isBold { add(pango_attr_weight_new(PANGO_WEIGHT_BOLD)) }
      let rise =
        switch run.level {
        case .line: 0.0
        case .raised: RichText.raise
        case .lowered: -RichText.drop
        }
      if run.level != .line {
        add(pango_attr_size_new_absolute(Int32((size * RichText.smallScale * Double(PANGO_SCALE)).rounded())))
        add(pango_attr_rise_new(Int32((size * rise * Double(PANGO_SCALE)).rounded())))
      }
    }
    pango_layout_set_attributes(layout, attributes)
    pango_layout_set_text(layout, plain, Int32(clamping: plain.utf8.count))
    return layout
  }
}

/// A font map and context of our own, so that nobody else's settings reach our glyphs.
private final class PangoFonts {
  let map: UnsafeMutablePointer<PangoFontMap>?
  let context: OpaquePointer?

  init() {
    map = pango_cairo_font_map_new()
    // One point is one unit of the drawing.
    pango_cairo_font_map_set_resolution(OpaquePointer(map), 72)
    context = pango_font_map_create_context(map)
    let options = cairo_font_options_create()
    defer { cairo_font_options_destroy(options) }
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    pango_cairo_context_set_font_options(context, options)
    pango_context_set_round_glyph_positions(context, 0)
    // Words and digits follow the notebook, not the machine's language.
    pango_context_set_language(context, pango_language_from_string("en"))
  }
}
