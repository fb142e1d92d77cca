import Diagnostics

/// A notebook as read: front matter, then prose and cells in reading order. It knows no probe kinds.
public struct Notebook: Sendable, Hashable {
  /// A stretch of prose or one cell.
  public enum Block: Sendable, Hashable {
    /// Markdown between cells.
    case prose(Prose)
    /// A fenced block whose info string is `{kind #id}`.
    case cell(Cell)
  }

  /// The text it was read from.
  public var source: SourceText
  /// What stands between the `---` lines.
  public var header: FrontMatter
  /// Prose and cells in reading order.
  public var blocks: [Block]
  /// Footnotes, in the order of their first mention.
  public var footnotes: [Footnote]

  /// Makes a notebook from its parts.
  public init(source: SourceText, header: FrontMatter, blocks: [Block], footnotes: [Footnote] = []) {
    self.source = source
    self.header = header
    self.blocks = blocks
    self.footnotes = footnotes
  }

  /// The cells in reading order.
  public var cells: [Cell] {
    blocks.compactMap { if case .cell(let cell) = $0 { cell } else { nil } }
  }

  /// Reading says at most this many things.
  static let diagnosticLimit = 100

  /// Notebooks larger than this are refused: nobody reads them, and Markdown has quadratic corners.
  public static let byteLimit = 1 << 20
}

/// Markdown between two cells.
public struct Prose: Sendable, Hashable {
  /// The Markdown as written.
  public var markdown: String
  /// Where it stands.
  public var range: SourceRange
  /// What it says.
  public var blocks: [MarkdownBlock]

  /// Makes a stretch of prose from its parts.
  public init(markdown: String, range: SourceRange, blocks: [MarkdownBlock]) {
    self.markdown = markdown
    self.range = range
    self.blocks = blocks
  }
}

/// A footnote's text.
public struct Footnote: Sendable, Hashable {
  /// The label between `[^` and `]`.
  public var label: String
  /// What it says.
  public var blocks: [MarkdownBlock]

  /// Makes a footnote.
  public init(label: String, blocks: [MarkdownBlock]) {
    self.label = label
    self.blocks = blocks
  }
}
