import Probing

/// Where conditions are from, as a person writes it: a source, or `:name` for the array of that name in each file that the images are
/// from.
public enum ConditionReference: Codable, Hashable, Sendable {
  /// A source.
  case source(SourceReference)
  /// An array beside the images.
  case beside(String)

  /// Reads a name.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self), text.hasPrefix(":"), text.count > 1 {
      self = .beside(String(text.dropFirst()))
    } else {
      self = .source(try container.decode(SourceReference.self))
    }
  }

  /// Writes the name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .source(let source): try container.encode(source)
    case .beside(let name): try container.encode(":" + name)
    }
  }

  /// The source, given what the images are called.
  func source(besides images: SourceReference?) -> SourceReference {
    switch self {
    case .source(let source): return source
    case .beside(let name):
      let whole = images?.name ?? ""
      let file = whole.lastIndex(of: ":").map { String(whole[..<$0]) } ?? whole
      return SourceReference("\(file):\(name)")
    }
  }
}
