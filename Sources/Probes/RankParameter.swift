import Analysis
import Probing

/// How many directions to keep, as a person writes it: a number, a share of energy below 1, or a word.
public enum RankParameter: Codable, Hashable, Sendable {
  /// So many directions.
  case count(Int)
  /// As few as hold a share of the sum of squares.
  case energy(Double)
  /// By a word.
  case rule(Word)

  /// A rule without a number.
  public enum Word: String, ParameterChoice {
    /// What predicts best what it was not fitted on.
    case heldOut = "held-out"
    /// Gavish and Donoho's optimal hard threshold.
    case hardThreshold = "hard-threshold"
    /// All above round-off.
    case all
  }

  /// Reads a number or a word.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let count = try? container.decode(Int.self) {
      self = .count(count)
    } else if let share = try? container.decode(Double.self) {
      self = .energy(share)
    } else {
      self = .rule(try container.decode(Word.self))
    }
  }

  /// Writes the number or the word.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .count(let count): try container.encode(count)
    case .energy(let share): try container.encode(share)
    case .rule(let word): try container.encode(word)
    }
  }

  /// Refuses a number that is neither a count nor a share.
  public func validate(key: String) throws(ParameterError) {
    let rule = "a whole number from 1, a share of energy between 0 and 1, or one of 'held-out', 'hard-threshold', 'all'"
    switch self {
    case .count(let count) where count < 1: throw .rule(key, is: count, mustBe: rule)
    case .energy(let share) where !(share > 0 && share < 1): throw .rule(key, is: share, mustBe: rule)
    default: break
    }
  }
}
