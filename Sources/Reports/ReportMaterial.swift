import Diagnostics
import Exhibits
import Notebooks

/// What came of one cell.
public enum CellResult: Sendable {
  /// Nothing to show: a source, or a probe whose exhibits are shown elsewhere.
  case quiet
  /// Exhibits, in order.
  case shown([ShownExhibit])
  /// A verdict.
  case checked(CheckResult)
  /// The cell failed.
  case failed(Diagnostic)
  /// The cell could not run because these failed.
  case skipped(dependsOn: [String])
}

/// An exhibit ready for the page.
public struct ShownExhibit: Sendable {
  /// What is on the page.
  public enum Content: Sendable {
    /// A picture as one `<svg>` element, and the same laid out for a narrow page.
    case figure(svg: String, narrow: String? = nil)
    /// A table.
    case table(Table)
    /// One number.
    case quantity(Quantity)
  }

  /// The id references use, such as `fig-gaps`; usually the cell's.
  public var id: String
  /// What is on the page.
  public var content: Content
  /// The caption.
  public var caption: [MarkdownInline]
  /// What a reader who cannot see the picture should know; takes inline values.
  public var altText: [MarkdownInline]
  /// The files beside the report, in the order PDF, SVG, PNG, CSV.
  public var files: [ReportFile]
  /// Doubts that print under the exhibit.
  public var caveats: [Caveat]

  /// Makes an exhibit.
  public init(
    id: String, content: Content, caption: [MarkdownInline], altText: [MarkdownInline] = [], files: [ReportFile] = [],
    caveats: [Caveat] = []
  ) {
    self.id = id
    self.content = content
    self.caption = caption
    self.altText = altText
    self.files = files
    self.caveats = caveats
  }
}

/// The verdict of a check cell.
public struct CheckResult: Sendable {
  /// What is asked; empty lets the report say it from value path and bar.
  public var claim: [MarkdownInline]
  /// The path of the value that was judged.
  public var path: String
  /// What was found, as text.
  public var value: String
  /// What was asked for, such as `10 ± 0.5` or `at least 0.9`.
  public var bar: String
  /// Whether it holds.
  public var isPassed: Bool
  /// More to say, in a sentence.
  public var note: String

  /// Makes a verdict.
  public init(
    claim: [MarkdownInline] = [], path: String, value: String, bar: String, isPassed: Bool, note: String = ""
  ) {
    self.claim = claim
    self.path = path
    self.value = value
    self.bar = bar
    self.isPassed = isPassed
    self.note = note
  }
}

/// What a dotted path leads to.
public enum ValueLookup: Sendable, Hashable {
  /// A number.
  case number(Double)
  /// A whole number.
  case integer(Int)
  /// Text.
  case text(String)
  /// The path leads nowhere; with the nearest path that leads somewhere.
  case unknown(nearest: String?)
  /// The path is right, but its cell failed or was skipped.
  case unavailable(reason: String)
}

/// Everything composing needs besides the notebook itself.
public struct ReportMaterial: Sendable {
  /// What came of each cell, by id. A cell without a result is quiet.
  public var results: [String: CellResult]
  /// Looks up the paths of inline values.
  public var value: @Sendable (_ path: String) -> ValueLookup
  /// The notebook's own works and those the probes follow.
  public var bibliography: Bibliography
  /// The parameters of this build.
  public var parameters: [ResolvedParameter]
  /// How each cell measured, in reading order.
  public var methods: [ReportMethod]
  /// Where it all comes from, in order.
  public var provenance: [ReportRecord]
  /// What else the build has to say on the page.
  public var notices: [Diagnostic]

  /// Gathers the material.
  public init(
    results: [String: CellResult] = [:], bibliography: Bibliography = Bibliography(),
    parameters: [ResolvedParameter] = [], methods: [ReportMethod] = [], provenance: [ReportRecord] = [],
    notices: [Diagnostic] = [],
    value: @escaping @Sendable (_ path: String) -> ValueLookup = { _ in .unknown(nearest: nil) }
  ) {
    self.results = results
    self.bibliography = bibliography
    self.parameters = parameters
    self.methods = methods
    self.provenance = provenance
    self.notices = notices
    self.value = value
  }
}
