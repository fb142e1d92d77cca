import Diagnostics

/// The name of a source as a parameter gives it: the id of a source cell, or a path.
public struct SourceReference: Sendable, Hashable, Codable, ExpressibleByStringLiteral {
  /// The id or path; empty when none was given.
  public var name: String

  /// Makes a reference.
  public init(_ name: String) { self.name = name }

  /// Makes a reference from a literal.
  public init(stringLiteral name: String) { self.name = name }

  /// Whether no source was named.
  public var isEmpty: Bool { name.isEmpty }

  /// Reads the name from a single string.
  public init(from decoder: any Decoder) throws { name = try decoder.singleValueContainer().decode(String.self) }

  /// Writes the name as a single string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}

/// A source reference and the place where it was written.
public struct WrittenReference: Sendable, Hashable {
  /// The reference.
  public let reference: SourceReference
  /// The dotted key under which it was written.
  public let key: String
  /// Its place, when it was read from a text.
  public let range: SourceRange?
}
