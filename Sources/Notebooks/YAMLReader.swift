import Diagnostics

/// Reads YAML into values that know their places. Tags, several documents and deep nesting are refused; aliases are
/// expanded within bounds.
public struct YAMLReader: Sendable {
  /// Makes a reader.
  public init() {}

  /// Reads a whole text, such as a parameter file. An empty text is an empty mapping.
  public func read(_ source: SourceText) -> Outcome<WrittenValue> { Outcome(nil) }
}
