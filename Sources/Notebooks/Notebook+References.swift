import Diagnostics

extension Notebook {
  /// What is wrong with the references and citations in prose, titles and the texts given.
  ///
  /// - Parameters:
  ///   - exhibits: The ids of all figures and tables that the report will number, such as `fig-gaps`.
  ///   - bibliography: The citable works; `nil` when the notebook names no bibliography.
  ///   - captions: Inline text from cells, already parsed.
  public func checkReferences(
    exhibits: [String], bibliography: Bibliography?, captions: [[MarkdownInline]] = []
  ) -> [Diagnostic] { [] }

  /// The ids of sections and equations that can be referred to.
  public var anchors: [String] { [] }

  /// Every value asked for in prose and titles, in reading order.
  public var inlineValues: [InlineValue] { [] }
}

extension MarkdownInline {
  /// Reads one paragraph of Markdown, such as a caption from a cell. Everything in it is placed at `range`.
  public static func parse(_ text: String, at range: SourceRange? = nil) -> Outcome<[MarkdownInline]> { Outcome([]) }
}
