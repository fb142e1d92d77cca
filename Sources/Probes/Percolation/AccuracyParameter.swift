import Probing

/// How well models did, one for each training set, as a person writes it: numbers, or a source that holds them.
public enum AccuracyParameter: Codable, Hashable, Sendable {
  /// Shares from 0 to 1.
  case numbers([Double])
  /// An array of as many.
  case source(SourceReference)

  /// Reads numbers or the name of a source.
  public init(from decoder: any Decoder) throws {
    if let numbers = try? [Double](from: decoder) {
      self = .numbers(numbers)
    } else {
      self = .source(try decoder.singleValueContainer().decode(SourceReference.self))
    }
  }

  /// Writes numbers as a list, and a source by its name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .numbers(let numbers): try container.encode(numbers)
    case .source(let source): try container.encode(source)
    }
  }

  static let rule = "shares from 0 to 1"

  /// The first number that is no share.
  static func wrong(_ numbers: [Double]) -> Double? { numbers.first { !(0...1).contains($0) } }
}
