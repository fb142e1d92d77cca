import Diagnostics

/// A run of text inside a paragraph, heading, caption or title.
public indirect enum MarkdownInline: Sendable, Hashable {
  /// Plain text; raw HTML in the source arrives here, as text.
  case text(String)
  /// A code span.
  case code(String)
  /// A code span that starts with `=`: a value from a finding.
  case value(InlineValue)
  /// `@fig-x`, `@tbl-x`, `@sec-x`, `@eq-x`.
  case reference(CrossReference)
  /// `[@key]`, `[@a; @b, p. 3]` or `@key` in running text.
  case citation(Citation)
  /// `$…$`, or `$$…$$` inside running text.
  case math(MathText)
  /// `*…*`.
  case emphasis([MarkdownInline])
  /// `**…**`.
  case strong([MarkdownInline])
  /// `~~…~~`.
  case struck([MarkdownInline])
  /// A link.
  case link(destination: String, title: String, content: [MarkdownInline])
  /// An image, with its alternative text.
  case image(source: String, title: String, content: [MarkdownInline])
  /// `[^label]`.
  case footnote(label: String)
  /// A line break in the source that is none on the page.
  case softBreak
  /// A line break on the page.
  case hardBreak
}

/// A value asked for in running text: `` `=gaps.final.width|.2f` ``.
public struct InlineValue: Sendable, Hashable {
  /// The dotted path, whose first part is a cell's id.
  public var path: String
  /// How to write a number; `nil` leaves it to the value.
  public var format: ValueFormat?
  /// Where it stands.
  public var range: SourceRange?

  /// Makes an inline value.
  public init(path: String, format: ValueFormat? = nil, range: SourceRange? = nil) {
    self.path = path
    self.format = format
    self.range = range
  }

  /// The cell id at the head of the path.
  public var cellID: String { String(path.prefix { $0 != "." && $0 != "[" }) }
}

/// A mention of something numbered.
public struct CrossReference: Sendable, Hashable {
  /// What can be referred to.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// `fig-…`
    case figure = "fig"
    /// `tbl-…`
    case table = "tbl"
    /// `sec-…`
    case section = "sec"
    /// `eq-…`
    case equation = "eq"

    /// The kind an id belongs to by its prefix, if any.
    public init?(ofID id: some StringProtocol) {
      guard let dash = id.firstIndex(of: "-"), let kind = Kind(rawValue: String(id[..<dash])) else { return nil }
      self = kind
    }
  }

  /// What is referred to.
  public var kind: Kind
  /// The full id, such as `fig-gaps`.
  public var id: String
  /// Where it stands.
  public var range: SourceRange?

  /// Makes a reference.
  public init(kind: Kind, id: String, range: SourceRange? = nil) {
    self.kind = kind
    self.id = id
    self.range = range
  }
}

/// One or several works cited at one place.
public struct Citation: Sendable, Hashable {
  /// One cited work.
  public struct Item: Sendable, Hashable {
    /// The BibTeX key.
    public var key: String
    /// Words before it, such as `see`.
    public var prefix: String
    /// Words after it, such as `p. 3`.
    public var suffix: String
    /// Where the key stands.
    public var range: SourceRange?

    /// Makes an item.
    public init(key: String, prefix: String = "", suffix: String = "", range: SourceRange? = nil) {
      self.key = key
      self.prefix = prefix
      self.suffix = suffix
      self.range = range
    }
  }

  /// The cited works.
  public var items: [Item]
  /// Whether the authors are part of the sentence (`@key`) rather than in parentheses (`[@key]`).
  public var isNarrative: Bool

  /// Makes a citation.
  public init(items: [Item], isNarrative: Bool = false) {
    self.items = items
    self.isNarrative = isNarrative
  }
}

/// Mathematics in TeX.
public struct MathText: Sendable, Hashable {
  /// The TeX between the dollar signs.
  public var tex: String
  /// Whether it stands on its own line.
  public var isDisplay: Bool
  /// The id of a displayed equation, such as `eq-loss`.
  public var id: String?
  /// Where it stands.
  public var range: SourceRange?

  /// Makes a formula.
  public init(tex: String, isDisplay: Bool = false, id: String? = nil, range: SourceRange? = nil) {
    self.tex = tex
    self.isDisplay = isDisplay
    self.id = id
    self.range = range
  }
}

extension [MarkdownInline] {
  /// The words alone, for places that take no markup.
  public var plainText: String {
    map { inline in
      switch inline {
      case .text(let text), .code(let text): text
      case .value(let value): "=\(value.path)"
      case .reference(let reference): "@\(reference.id)"
      case .citation(let citation): citation.items.map { "@\($0.key)" }.joined(separator: "; ")
      case .math(let math): math.tex
      case .emphasis(let inner), .strong(let inner), .struck(let inner), .link(_, _, let inner),
        .image(_, _, let inner):
        inner.plainText
      case .footnote: ""
      case .softBreak, .hardBreak: " "
      }
    }.joined()
  }
}
