/// Knows how much room words take: a font engine when publishing, a fixed rule in tests.
public protocol TextMeasurer: Sendable {
  /// The room that one line takes at a font size in points, in the first of the families that exists.
  func measure(_ text: RichText, size: Double, families: [String]) -> TextExtent
}

/// The room that one line takes, in points.
public struct TextExtent: Sendable, Hashable, Codable {
  /// The advance width.
  public var width: Double
  /// How far the font rises above the baseline.
  public var ascent: Double
  /// How far the font falls below the baseline.
  public var descent: Double

  /// Makes an extent.
  public init(width: Double, ascent: Double, descent: Double) {
    self.width = width
    self.ascent = ascent
    self.descent = descent
  }

  /// The height of the line.
  public var height: Double { ascent + descent }
}

/// Gives every character the same share of the font size: layouts that depend on no font.
public struct FixedTextMeasurer: TextMeasurer {
  /// A character's width over the font size.
  public var characterWidth: Double
  /// The ascent over the font size.
  public var ascent: Double
  /// The descent over the font size.
  public var descent: Double

  /// Makes a measurer.
  public init(characterWidth: Double = 0.55, ascent: Double = 0.9, descent: Double = 0.22) {
    self.characterWidth = characterWidth
    self.ascent = ascent
    self.descent = descent
  }

  /// The room that one line takes.
  public func measure(_ text: RichText, size: Double, families: [String]) -> TextExtent {
    var width = 0.0
    for run in text.runs {
      let scale = run.level == .line ? 1 : RichText.smallScale
      width += Double(run.text.count) * characterWidth * size * scale
    }
    return TextExtent(width: width, ascent: ascent * size, descent: descent * size)
  }
}
