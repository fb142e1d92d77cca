import Networks
import Probing

/// What an input of a network is given while its factors vary, as a person writes it: a number for all of it, several to try one after the other, the
/// word `noise`, or a source.
public enum LayerInput: Codable, Hashable, Sendable {
  /// One number everywhere; with several, one after the other.
  case levels([Double])
  /// Gaussian noise, the same for every condition.
  case noise
  /// One sample, or one for every condition.
  case source(SourceReference)

  private enum Word: String, ParameterChoice {
    case noise
  }

  /// Reads numbers, the word, or the name of a source.
  public init(from decoder: any Decoder) throws {
    if let levels = try? [Double](from: decoder) {
      self = .levels(levels)
      return
    }
    let container = try decoder.singleValueContainer()
    if (try? container.decode(String.self)) == Word.noise.rawValue {
      self = .noise
    } else {
      self = .source(try container.decode(SourceReference.self))
    }
  }

  /// Writes numbers as a list, noise as the word, and a source by its name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .levels(let levels): try container.encode(levels)
    case .noise: try container.encode(Word.noise.rawValue)
    case .source(let source): try container.encode(source)
    }
  }

  /// The numbers; empty where it is something else.
  var levels: [Double] { if case .levels(let levels) = self { levels } else { [] } }
}
