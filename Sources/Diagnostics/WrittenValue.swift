/// A value as a person wrote it, in YAML or on the command line, with its place.
public struct WrittenValue: Sendable, Hashable {
  /// What was written.
  public indirect enum Content: Sendable, Hashable {
    /// Nothing (`null`, `~` or an empty value).
    case null
    /// `true` or `false`.
    case boolean(Bool)
    /// A whole number.
    case integer(Int)
    /// Any other number.
    case number(Double)
    /// Text.
    case text(String)
    /// A sequence.
    case list([WrittenValue])
    /// A mapping, in the order written. Keys are unique.
    case record([Entry])
  }

  /// One key of a mapping, with the key's own place.
  public struct Entry: Sendable, Hashable {
    /// The key.
    public var key: String
    /// Where the key stands.
    public var keyRange: SourceRange?
    /// The value.
    public var value: WrittenValue

    /// Makes an entry.
    public init(key: String, keyRange: SourceRange? = nil, value: WrittenValue) {
      self.key = key
      self.keyRange = keyRange
      self.value = value
    }
  }

  /// What was written.
  public var content: Content
  /// Where it stands; `nil` when it was not read from a text.
  public var range: SourceRange?

  /// Makes a value.
  public init(_ content: Content, at range: SourceRange? = nil) {
    self.content = content
    self.range = range
  }

  /// The entries, if this is a mapping.
  public var entries: [Entry]? {
    if case .record(let entries) = content { return entries }
    return nil
  }

  /// The value under a key, if this is a mapping that has it.
  public subscript(key: String) -> WrittenValue? { entries?.first { $0.key == key }?.value }

  /// The text, if this is text.
  public var text: String? {
    if case .text(let text) = content { return text }
    return nil
  }

  /// The number, if this is one, whole or not.
  public var number: Double? {
    switch content {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The whole number, if this is one.
  public var integer: Int? {
    if case .integer(let value) = content { return value }
    return nil
  }

  /// What kind of value this is, in the words of a diagnostic.
  public var kindName: String {
    switch content {
    case .null: "nothing"
    case .boolean: "true or false"
    case .integer: "a whole number"
    case .number: "a number"
    case .text: "text"
    case .list: "a list"
    case .record: "a mapping"
    }
  }
}
