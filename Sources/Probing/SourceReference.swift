import Diagnostics

/// The name of a source as a parameter gives it: the id of a source cell, or a path; either may name a member,
/// as in `runs.npz:test` or `weights:layer.0`.
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

/// The name of a source of trajectories: a recording cell, a table, or a file of one array or several.
public struct RecordingReference: Sendable, Hashable, Codable, ExpressibleByStringLiteral {
  /// The source.
  public var source: SourceReference

  /// Makes a reference.
  public init(_ name: String) { source = SourceReference(name) }

  /// Makes a reference from a literal.
  public init(stringLiteral name: String) { self.init(name) }

  /// The id or path; empty when none was given.
  public var name: String { source.name }
  /// Whether no source was named.
  public var isEmpty: Bool { source.isEmpty }

  /// Reads the name from a single string.
  public init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(String.self)) }

  /// Writes the name as a single string.
  public func encode(to encoder: any Encoder) throws { try source.encode(to: encoder) }
}

/// The way to a value, a column or an exhibit of a finding: `gaps.spectra`, `gaps.levels[].sigma`.
public struct FindingReference: Sendable, Hashable, Codable {
  /// The dotted path, which begins with a cell's id.
  public var path: String

  /// Makes a reference.
  public init(_ path: String) { self.path = path }

  /// The id of the cell.
  public var cell: String { String(path.prefix { $0 != "." && $0 != "[" }) }
  /// What follows the id.
  public var rest: String { String(path.dropFirst(cell.count).drop { $0 == "." }) }

  /// Reads the path from a single string.
  public init(from decoder: any Decoder) throws { path = try decoder.singleValueContainer().decode(String.self) }

  /// Writes the path as a single string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(path)
  }
}

/// A reference to another cell or to a file, and the place where it was written.
public struct WrittenReference: Sendable, Hashable {
  /// What is referred to.
  public enum Target: Sendable, Hashable {
    /// Something to load.
    case source(SourceReference)
    /// Something measured.
    case finding(FindingReference)
  }

  /// What is referred to.
  public let target: Target
  /// The dotted key under which it was written.
  public let key: String
  /// Its place, when it was read from a text.
  public let range: SourceRange?
  /// Whether trajectories are wanted of it, which may lie in several arrays or in a table.
  public var wantsRecording = false
}
