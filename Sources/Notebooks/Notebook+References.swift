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
  ) -> [Diagnostic] {
    let known = exhibits + anchors
    let knownSet = Set(known)
    let works = bibliography?.keys ?? []
    let workSet = Set(works)
    var diagnostics: [Diagnostic] = []
    func check(_ inline: MarkdownInline) {
      switch inline {
      case .reference(let reference) where !knownSet.contains(reference.id):
        diagnostics.append(
          NotebookProblem.unknownReference(id: reference.id, known: known).diagnostic(at: reference.range))
      case .citation(let citation):
        for item in citation.items where !workSet.contains(item.key) {
          // Without a bibliography `@name` in running text is just that.
          if bibliography == nil, citation.isNarrative { continue }
          let problem: NotebookProblem =
            bibliography == nil
            ? .citationWithoutBibliography(key: item.key) : .unknownCitation(key: item.key, known: works)
          diagnostics.append(problem.diagnostic(at: item.range))
        }
      default: break
      }
    }
    for inline in allInlines { check(inline) }
    for inline in captions.joined() { inline.visit(check) }
    return diagnostics
  }

  /// The ids of sections and equations that can be referred to, in reading order.
  public var anchors: [String] {
    var ids: [String] = []
    visitBlocks { block in
      if case .heading(let heading) = block, let id = heading.id { ids.append(id) }
      if case .equation(let math) = block, let id = math.id { ids.append(id) }
    }
    return ids
  }

  /// Every value asked for in titles and prose, in reading order.
  public var inlineValues: [InlineValue] {
    allInlines.compactMap { if case .value(let value) = $0 { value } else { nil } }
  }

  /// Every reference in titles and prose, in reading order.
  public var references: [CrossReference] {
    allInlines.compactMap { if case .reference(let reference) = $0 { reference } else { nil } }
  }

  /// All inlines of titles, prose and footnotes, outer ones before those inside them.
  public var allInlines: [MarkdownInline] {
    var inlines: [MarkdownInline] = []
    for inline in header.title + header.subtitle { inline.visit { inlines.append($0) } }
    visitBlocks { block in
      let own: [MarkdownInline] =
        switch block {
        case .paragraph(let content): content
        case .heading(let heading): heading.content
        case .table(let grid): ([grid.header] + grid.rows).flatMap { $0 }.flatMap { $0 }
        default: []
        }
      for inline in own { inline.visit { inlines.append($0) } }
    }
    return inlines
  }

  private func visitBlocks(_ body: (MarkdownBlock) -> Void) {
    for block in header.abstract { block.visit(body) }
    for case .prose(let prose) in blocks {
      for block in prose.blocks { block.visit(body) }
    }
    for block in footnotes.flatMap(\.blocks) { block.visit(body) }
  }
}

extension MarkdownInline {
  /// Calls a function with this inline and all inside it.
  public func visit(_ body: (MarkdownInline) -> Void) {
    body(self)
    switch self {
    case .emphasis(let inner), .strong(let inner), .struck(let inner), .link(_, _, let inner), .image(_, _, let inner):
      for inline in inner { inline.visit(body) }
    default: break
    }
  }
}

extension MarkdownBlock {
  /// Calls a function with this block and all inside it.
  public func visit(_ body: (MarkdownBlock) -> Void) {
    body(self)
    switch self {
    case .quote(let blocks): for block in blocks { block.visit(body) }
    case .list(let list): for block in list.items.flatMap(\.blocks) { block.visit(body) }
    default: break
    }
  }
}
