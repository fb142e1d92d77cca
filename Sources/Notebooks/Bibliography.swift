import Diagnostics

/// The works a notebook may cite, read from BibTeX.
public struct Bibliography: Sendable, Hashable {
  /// The entries in the order of the file.
  public var entries: [Entry]

  /// Makes a bibliography.
  public init(entries: [Entry] = []) { self.entries = entries }

  /// One work.
  public struct Entry: Sendable, Hashable {
    /// A person's name in two parts.
    public struct Person: Sendable, Hashable {
      /// The given names, as written.
      public var given: String
      /// The family name, with its particle: `van der Waals`.
      public var family: String

      /// Makes a name.
      public init(given: String, family: String) {
        self.given = given
        self.family = family
      }
    }

    /// The key.
    public var key: String
    /// The type, lower case: `article`, `inproceedings` …
    public var type: String
    /// The fields, names in lower case, values in Unicode without braces.
    public var fields: [String: String]
    /// The authors, or else the editors.
    public var people: [Person]
    /// Whether the list of authors ends in `and others`.
    public var hasOthers: Bool
    /// Where the key stands.
    public var range: SourceRange?

    /// Makes an entry.
    public init(
      key: String, type: String, fields: [String: String], people: [Person] = [], hasOthers: Bool = false,
      range: SourceRange? = nil
    ) {
      self.key = key
      self.type = type
      self.fields = fields
      self.people = people
      self.hasOthers = hasOthers
      self.range = range
    }
  }

  /// The work with a key.
  public subscript(key: String) -> Entry? { entries.first { $0.key == key } }

  /// The keys, in the order of the file.
  public var keys: [String] { entries.map(\.key) }
}
