import Foundation

/// A step, or a bound of one that is not known.
public struct CensoredStep: Sendable, Hashable, Codable {
  /// Where the true step lies.
  public enum Side: String, Sendable, Hashable, Codable, CaseIterable {
    /// At or below the number.
    case atMost
    /// At the number.
    case exactly
    /// Above the number.
    case above
  }

  /// The number.
  public let step: Double
  /// Where the true step lies.
  public let side: Side

  /// Makes a step or a bound.
  public init(_ step: Double, _ side: Side) { (self.step, self.side) = (step, side) }

  /// As a person writes it: `≤ 100`, `343.9` or `> 5000`; the number with four digits at least, and all that stand before the point.
  public var text: String {
    let digits = abs(step) < 1000 ? String(format: "%.4g", step) : String(format: "%.0f", step)
    return switch side {
    case .atMost: "≤ \(digits)"
    case .exactly: digits
    case .above: "> \(digits)"
    }
  }
}
