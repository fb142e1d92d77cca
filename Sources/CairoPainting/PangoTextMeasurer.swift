import CCairo
import Drawings

/// Measures words with Pango: the widths that `CairoPainter` sets, unhinted and so the same at every resolution.
///
/// Safe to use from several threads at once; what was measured once is remembered for the measurer's life.
public final class PangoTextMeasurer: TextMeasurer {
  private struct Question: Hashable {
    var text: RichText
    var size: Double
    var families: [String]
  }

  /// Past this many answers the memory starts anew.
  private static let mostKnown = 20_000

  // Touched only while the typesetter's context is ours.
  nonisolated(unsafe) private var known: [Question: TextExtent] = [:]

  /// Makes a measurer.
  public init() {}

  /// The room that one line takes.
  public func measure(_ text: RichText, size: Double, families: [String]) -> TextExtent {
    PangoTypesetter.withContext { context in
      let question = Question(text: text, size: size, families: families)
      if let extent = known[question] { return extent }
      let layout = PangoTypesetter.layout(text, size: size, families: families, in: context)
      defer { g_object_unref(UnsafeMutableRawPointer(layout)) }
      var logical = PangoRectangle()
      pango_layout_get_extents(layout, nil, &logical)
      let unit = Double(PANGO_SCALE)
      let baseline = Double(pango_layout_get_baseline(layout))
      let extent = TextExtent(
        width: text.isEmpty ? 0 : Double(logical.width) / unit, ascent: baseline / unit,
        descent: (Double(logical.height) - baseline) / unit)
      if known.count >= Self.mostKnown { known.removeAll(keepingCapacity: true) }
      known[question] = extent
      return extent
    }
  }
}
