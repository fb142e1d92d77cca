import Diagnostics

/// A fenced block whose info string is `{kind #id}` and whose body is a YAML mapping. A cell is data, never code.
public struct Cell: Sendable, Hashable {
  /// The kind, such as `network` or `figure`.
  public var kind: String
  /// Where the kind stands.
  public var kindRange: SourceRange
  /// The id, without the `#`.
  public var id: String
  /// Where the id stands.
  public var idRange: SourceRange
  /// The body: always a mapping, empty where the cell is.
  public var body: WrittenValue
  /// Where the whole cell stands, fences included.
  public var range: SourceRange

  /// Makes a cell from its parts.
  public init(
    kind: String, kindRange: SourceRange, id: String, idRange: SourceRange, body: WrittenValue, range: SourceRange
  ) {
    self.kind = kind
    self.kindRange = kindRange
    self.id = id
    self.idRange = idRange
    self.body = body
    self.range = range
  }

  /// Whether a word can be an id: a letter, then letters, digits, `_` and `-`.
  public static func isIdentifier(_ word: some StringProtocol) -> Bool {
    guard let first = word.unicodeScalars.first, first.isASCIILetter else { return false }
    return word.unicodeScalars.allSatisfy { $0.isIdentifierPart }
  }
}

extension Unicode.Scalar {
  var isASCIILetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }
  var isASCIIDigit: Bool { ("0"..."9").contains(self) }
  var isIdentifierPart: Bool { isASCIILetter || isASCIIDigit || self == "_" || self == "-" }
}
