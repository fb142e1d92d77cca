/// One line of words with italics and raised or lowered parts.
public struct RichText: Sendable, Hashable, Codable, ExpressibleByStringLiteral {
  /// Where a run stands against the line.
  public enum Level: String, Sendable, Hashable, Codable {
    /// On the line.
    case line
    /// Lowered and smaller.
    case lowered
    /// Raised and smaller.
    case raised
  }

  /// A stretch of one style.
  public struct Run: Sendable, Hashable, Codable {
    /// The words.
    public var text: String
    /// Where they stand.
    public var level: Level
    /// Whether they slant.
    public var isItalic: Bool
    /// Whether they are bold.
    public var isBold: Bool

    /// Makes a run.
    public init(_ text: String, level: Level = .line, isItalic: Bool = false, isBold: Bool = false) {
      self.text = text
      self.level = level
      self.isItalic = isItalic
      self.isBold = isBold
    }
  }

  /// The size of raised and lowered runs over the line's size.
  public static let smallScale = 0.7
  /// How far a raised run's baseline stands above the line, over the font size.
  public static let raise = 0.34
  /// How far a lowered run's baseline stands under the line, over the font size.
  public static let drop = 0.17

  /// The runs in reading order.
  public var runs: [Run]

  /// Makes a text from its runs.
  public init(_ runs: [Run]) { self.runs = runs }

  /// Makes a plain text.
  public init(_ plain: String) { runs = plain.isEmpty ? [] : [Run(plain)] }

  /// Makes a plain text.
  public init(stringLiteral value: String) { self.init(value) }

  /// The words without style.
  public var plain: String { runs.map(\.text).joined() }

  /// Whether there is nothing to read.
  public var isEmpty: Bool { runs.allSatisfy(\.text.isEmpty) }

  /// The same words in bold.
  public var bold: RichText {
    RichText(runs.map { Run($0.text, level: $0.level, isItalic: $0.isItalic, isBold: true) })
  }

  /// One text after another.
  public static func + (left: RichText, right: RichText) -> RichText { RichText(left.runs + right.runs) }
}
