import Diagnostics
import Exhibits
import Notebooks

/// A block on the page.
public indirect enum ReportBlock: Sendable, Hashable, Codable {
  /// A paragraph.
  case paragraph([ReportInline])
  /// A heading.
  case heading(ReportHeading)
  /// Code.
  case code(language: String, text: String)
  /// A quotation.
  case quote([ReportBlock])
  /// A list.
  case list(ReportList)
  /// A table written in the notebook.
  case grid(ReportGrid)
  /// A displayed equation.
  case equation(tex: String, id: String?, number: Int?)
  /// A horizontal rule.
  case rule
  /// A numbered figure.
  case figure(ReportFigure)
  /// A numbered table from a finding.
  case table(ReportTable)
  /// One number from a finding.
  case quantity(ReportQuantity)
  /// A check with its verdict.
  case check(ReportCheck)
  /// A cell that failed, or could not run because another did.
  case trouble(ReportTrouble)
}

/// A heading with its number and anchor.
public struct ReportHeading: Sendable, Hashable, Codable {
  /// From 1 to 6; the title is above them all.
  public var level: Int
  /// The anchor.
  public var id: String
  /// The number, such as `2.1`, where headings are numbered.
  public var number: String?
  /// The words.
  public var content: [ReportInline]

  /// Makes a heading.
  public init(level: Int, id: String, number: String? = nil, content: [ReportInline]) {
    self.level = level
    self.id = id
    self.number = number
    self.content = content
  }
}

/// A list.
public struct ReportList: Sendable, Hashable, Codable {
  /// One item.
  public struct Item: Sendable, Hashable, Codable {
    /// What it says.
    public var blocks: [ReportBlock]
    /// Whether it is done, if it is a task.
    public var isDone: Bool?

    /// Makes an item.
    public init(blocks: [ReportBlock], isDone: Bool? = nil) {
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

/// A table written in the notebook.
public struct ReportGrid: Sendable, Hashable, Codable {
  /// One alignment per column.
  public var alignments: [MarkdownBlock.Grid.Alignment]
  /// The headings.
  public var header: [[ReportInline]]
  /// The rows.
  public var rows: [[[ReportInline]]]

  /// Makes a table.
  public init(
    alignments: [MarkdownBlock.Grid.Alignment], header: [[ReportInline]], rows: [[[ReportInline]]]
  ) {
    self.alignments = alignments
    self.header = header
    self.rows = rows
  }
}

/// A file beside the report that holds a figure or table.
public struct ReportFile: Sendable, Hashable, Codable {
  /// What the link says, such as `PDF`.
  public var label: String
  /// The path relative to the report.
  public var path: String

  /// Makes a file link.
  public init(_ label: String, path: String) {
    self.label = label
    self.path = path
  }
}

/// A numbered figure.
public struct ReportFigure: Sendable, Hashable, Codable {
  /// The id, such as `fig-gaps`.
  public var id: String
  /// The number, from 1.
  public var number: Int
  /// The caption.
  public var caption: [ReportInline]
  /// The picture as one `<svg>` element of our own making.
  public var svg: String
  /// The same laid out for a narrow page; `nil` where one picture does for both.
  public var narrowSVG: String?
  /// What a reader who cannot see the picture should know.
  public var altText: String
  /// The files beside the report.
  public var files: [ReportFile]
  /// Doubts, printed under the caption.
  public var caveats: [Caveat]

  /// Makes a figure.
  public init(
    id: String, number: Int, caption: [ReportInline], svg: String, narrowSVG: String? = nil, altText: String,
    files: [ReportFile],
    caveats: [Caveat]
  ) {
    self.id = id
    self.number = number
    self.caption = caption
    self.svg = svg
    self.narrowSVG = narrowSVG
    self.altText = altText
    self.files = files
    self.caveats = caveats
  }
}

/// A numbered table from a finding.
public struct ReportTable: Sendable, Hashable, Codable {
  /// The id, such as `tbl-levels`.
  public var id: String
  /// The number, from 1.
  public var number: Int
  /// The caption.
  public var caption: [ReportInline]
  /// The table.
  public var table: Table
  /// The files beside the report.
  public var files: [ReportFile]
  /// Doubts, printed under the table.
  public var caveats: [Caveat]

  /// Makes a table.
  public init(id: String, number: Int, caption: [ReportInline], table: Table, files: [ReportFile], caveats: [Caveat]) {
    self.id = id
    self.number = number
    self.caption = caption
    self.table = table
    self.files = files
    self.caveats = caveats
  }
}

/// One number from a finding, set large.
public struct ReportQuantity: Sendable, Hashable, Codable {
  /// The id of the cell that shows it.
  public var id: String
  /// The caption.
  public var caption: [ReportInline]
  /// The number.
  public var quantity: Quantity
  /// Doubts, printed under it.
  public var caveats: [Caveat]

  /// Makes a number.
  public init(id: String, caption: [ReportInline], quantity: Quantity, caveats: [Caveat]) {
    self.id = id
    self.caption = caption
    self.quantity = quantity
    self.caveats = caveats
  }
}

/// A check with its verdict.
public struct ReportCheck: Sendable, Hashable, Codable {
  /// The cell's id.
  public var id: String
  /// What is asked, such as `gaps.dimension: 10 ± 0.5`.
  public var claim: [ReportInline]
  /// What was found.
  public var value: String
  /// What was asked for, such as `10 ± 0.5` or `at least 0.9`.
  public var bar: String
  /// Whether it holds.
  public var isPassed: Bool
  /// More to say, in a sentence; empty when there is nothing.
  public var note: String

  /// Makes a check.
  public init(id: String, claim: [ReportInline], value: String, bar: String, isPassed: Bool, note: String) {
    self.id = id
    self.claim = claim
    self.value = value
    self.bar = bar
    self.isPassed = isPassed
    self.note = note
  }
}

/// A cell that failed, or could not run because another did.
public struct ReportTrouble: Sendable, Hashable, Codable {
  /// What would stand here, such as `Figure 3`; empty when nothing is numbered.
  public var label: String
  /// The cell's kind.
  public var kind: String
  /// The cell's id.
  public var id: String
  /// The place, as `notebook.md:12:3`.
  public var place: String
  /// What is the matter.
  public var message: String
  /// What the reader can do.
  public var hint: String?
  /// The ids of the cells it waited for; empty when it failed by itself.
  public var waitedFor: [String]

  /// Makes a trouble.
  public init(
    label: String, kind: String, id: String, place: String, message: String, hint: String? = nil, waitedFor: [String]
  ) {
    self.label = label
    self.kind = kind
    self.id = id
    self.place = place
    self.message = message
    self.hint = hint
    self.waitedFor = waitedFor
  }
}
