import Probing

/// How far around a factor's circle is, as a person writes it: a number, or 0 or `none` where it has two ends.
public enum PeriodParameter: Codable, Hashable, Sendable {
  /// Values that differ by this are the same.
  case period(Double)
  /// There is no circle.
  case bounded

  private enum Word: String, ParameterChoice {
    case none
  }

  /// Reads a number or the word.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let period = try? container.decode(Double.self) {
      self = period == 0 ? .bounded : .period(period)
    } else {
      _ = try container.decode(Word.self)
      self = .bounded
    }
  }

  /// Writes the number or the word.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .period(let period): try container.encode(period)
    case .bounded: try container.encode(Word.none)
    }
  }
}
