import Diagnostics

/// A block of Markdown.
public indirect enum MarkdownBlock: Sendable, Hashable {
  /// A paragraph.
  case paragraph([MarkdownInline])
  /// A heading, with its `{#sec-…}` id if it has one.
  case heading(Heading)
  /// Code, with the words after the fence.
  case code(language: String, text: String)
  /// A quotation.
  case quote([MarkdownBlock])
  /// A list.
  case list(List)
  /// A table.
  case table(Grid)
  /// `$$…$$` on its own.
  case equation(MathText)
  /// A horizontal rule.
  case rule
  /// Raw HTML, which is shown as text.
  case html(String)

  /// A heading.
  public struct Heading: Sendable, Hashable {
    /// From 1 to 6.
    public var level: Int
    /// The words.
    public var content: [MarkdownInline]
    /// The id, such as `sec-method`.
    public var id: String?
    /// Where the id, or else the heading, stands.
    public var range: SourceRange?

    /// Makes a heading.
    public init(level: Int, content: [MarkdownInline], id: String? = nil, range: SourceRange? = nil) {
      self.level = level
      self.content = content
      self.id = id
      self.range = range
    }
  }

  /// A list.
  public struct List: Sendable, Hashable {
    /// One item.
    public struct Item: Sendable, Hashable {
      /// What it says.
      public var blocks: [MarkdownBlock]
      /// Whether it is done, if it is a task.
      public var isDone: Bool?

      /// Makes an item.
      public init(blocks: [MarkdownBlock], isDone: Bool? = nil) {
        self.blocks = blocks
        self.isDone = isDone
      }
    }

    /// The first number; `nil` for bullets.
    public var start: Int?
    /// Whether items stand close together.
    public var isTight: Bool
    /// The items.
    public var items: [Item]

    /// Makes a list.
    public init(start: Int? = nil, isTight: Bool = true, items: [Item]) {
      self.start = start
      self.isTight = isTight
      self.items = items
    }
  }

  /// A Markdown table.
  public struct Grid: Sendable, Hashable {
    /// How a column is set.
    public enum Alignment: String, Sendable, Hashable, Codable {
      /// Flush left.
      case left
      /// Centred.
      case center
      /// Flush right.
      case right
      /// As the page likes.
      case none
    }

    /// One alignment per column.
    public var alignments: [Alignment]
    /// The headings.
    public var header: [[MarkdownInline]]
    /// The rows, each as long as the header.
    public var rows: [[[MarkdownInline]]]

    /// Makes a table.
    public init(alignments: [Alignment], header: [[MarkdownInline]], rows: [[[MarkdownInline]]]) {
      self.alignments = alignments
      self.header = header
      self.rows = rows
    }
  }
}
