/// One of the things that conditions differ in, such as the position of an object along an axis.
public struct Factor: Sendable, Hashable {
  /// What its values are.
  public enum Kind: Sendable, Hashable {
    /// Numbers on a circle: values that differ by the period are the same.
    case periodic(Double)
    /// Numbers on a line.
    case bounded
    /// Names, written as numbers; their order means nothing.
    case categorical
  }

  /// What to call it.
  public let name: String
  /// What its values are.
  public let kind: Kind

  /// Describes a factor.
  public init(_ name: String, _ kind: Kind) {
    self.name = name
    self.kind = kind
  }

  /// The period of a periodic one.
  public var period: Double? { if case .periodic(let period) = kind { period } else { nil } }
}
