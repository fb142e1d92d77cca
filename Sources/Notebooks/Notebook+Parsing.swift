import Diagnostics

extension Notebook {
  /// Reads a notebook. Never throws: what is wrong with the text is said in diagnostics, in reading order.
  ///
  /// The notebook's source has its line ends made `\n`, so that places in diagnostics and lines of the text agree.
  public static func parse(_ source: SourceText) -> Outcome<Notebook> {
    let bytes = source.text.utf8.count
    guard bytes <= byteLimit else {
      let problem = NotebookProblem.tooLarge(bytes: bytes, limit: byteLimit)
      return Outcome(nil, [problem.diagnostic(file: source.name)])
    }
    let lines = SourceLines(source)
    if let diagnostic = lines.forbiddenScalar { return Outcome(nil, [diagnostic]) }
    var parsing = NotebookParsing(lines: lines)
    let notebook = parsing.notebook()
    let ordered = parsing.diagnostics.enumerated().sorted { left, right in
      let places = (left.element.range?.start, right.element.range?.start)
      if let first = places.0, let second = places.1, first != second { return first < second }
      return left.offset < right.offset
    }
    var diagnostics = ordered.prefix(diagnosticLimit).map(\.element)
    if ordered.count > diagnosticLimit {
      diagnostics.append(Diagnostic(.note, "\(ordered.count - diagnosticLimit) more of the kind", file: source.name))
    }
    return Outcome(notebook, diagnostics)
  }
}

/// One reading of one notebook.
private struct NotebookParsing {
  let lines: SourceLines
  var diagnostics: [Diagnostic] = []
  /// Ids with the lines where they were first given.
  var ids: [String: Int] = [:]

  init(lines: SourceLines) { self.lines = lines }

  mutating func notebook() -> Notebook? {
    let (header, bodyLine) = frontMatter()
    guard let bodyLine else { return nil }
    let start = lines.starts[bodyLine]
    let prose = ProseScanner.protect(lines.scalars, start..<lines.scalars.count) { [lines] in lines.range($0) }
    if prose.isOverfull {
      say(.tooManySpans(limit: ProtectedProse.spanLimit), lines.range(start..<start))
      return nil
    }
    for mention in prose.unknownFootnotes { say(.unknownFootnote(mention.label), lines.range(mention.range)) }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: prose.scalars[start...])
    guard let tree = MarkdownTree(String(view)) else { return nil }
    var reader = MarkdownReader(
      prose: prose, place: { [lines] in lines.range($0) },
      linePlace: { [lines] line in
        let line = min(max(0, bodyLine + line - 1), lines.count - 1)
        return lines.range(lines.indices(ofLine: line))
      },
      wordPlace: { [lines] words, line in lines.place(of: words, fromLine: bodyLine + line - 1) })
    let parts = split(tree.root.children, from: bodyLine, with: &reader)
    diagnostics += reader.diagnostics
    return Notebook(source: lines.normalized, header: header, blocks: parts.blocks, footnotes: parts.footnotes)
  }

  // MARK: Front matter

  /// The front matter and the line (from 0) after it; no line when it never ends.
  private mutating func frontMatter() -> (FrontMatter, Int?) {
    guard lines.line(0).trimmed == "---", lines.line(0).hasPrefix("---") else {
      let diagnostic = NotebookProblem.noFrontMatter
      let place = lines.range(0..<0)
      diagnostics.append(
        Diagnostic(.warning, diagnostic.message, at: place, hint: diagnostic.hint, status: .notebookWrong))
      return (FrontMatter(), 0)
    }
    let end = (1..<lines.count).first { line in
      let text = lines.line(line)
      return text.hasPrefix("---") || text.hasPrefix("...") ? text.trimmed.count == 3 : false
    }
    guard let end else {
      say(.frontMatterNotClosed, lines.range(lines.indices(ofLine: 0)))
      return (FrontMatter(), nil)
    }
    let outcome = YAMLReader().read(lines, 1..<end)
    diagnostics += outcome.diagnostics
    let next = min(end + 1, lines.count - 1)
    guard let value = outcome.value else { return (FrontMatter(), next) }
    let reader = FrontMatterReader(value)
    diagnostics += reader.diagnostics
    return (reader.header, next == end ? lines.count - 1 : next)
  }

  // MARK: Body

  private mutating func split(
    _ nodes: [MarkdownTree.Node], from bodyLine: Int, with reader: inout MarkdownReader
  ) -> (blocks: [Notebook.Block], footnotes: [Footnote]) {
    var blocks: [Notebook.Block] = []
    var footnotes: [Footnote] = []
    var run: [MarkdownBlock] = []
    var runLines: ClosedRange<Int>?
    func close() {
      guard let lineRange = runLines, !run.isEmpty else { return }
      let range = lines.starts[lineRange.lowerBound]..<lines.indices(ofLine: lineRange.upperBound).upperBound
      blocks.append(.prose(Prose(markdown: lines.text(range), range: lines.range(range), blocks: run)))
      run = []
      runLines = nil
    }
    // cmark gives a paragraph before a table lines that lie behind those of its successor.
    func extend(_ first: Int, _ last: Int) {
      runLines = min(runLines?.lowerBound ?? first, first)...max(runLines?.upperBound ?? last, last)
    }
    for node in nodes {
      let first = min(max(0, bodyLine + node.startLine - 1), lines.count - 1)
      let last = min(max(first, bodyLine + node.endLine - 1), lines.count - 1)
      if node.kind == "footnote_definition" {
        // cmark moves them to the end, in the order of their first mention.
        footnotes.append(Footnote(label: String(footnotes.count + 1), blocks: reader.blocks(node.children, depth: 1)))
      } else if node.kind == "code_block", let length = node.fenceLength {
        let isClosed = last > first && isFence(line: last, length: length)
        let heading = CellHeading(lines: lines, line: first)
        if !isClosed {
          let place = lines.range(lines.indices(ofLine: first))
          say(heading.map { .cellNotClosed(kind: $0.kind) } ?? .fenceNotClosed, place)
        }
        if let heading {
          close()
          let body = first + 1..<max(first + 1, isClosed ? last : last + 1)
          if let cell = cell(heading, body: body, lines: first...last) { blocks.append(.cell(cell)) }
        } else {
          run += reader.blocks([node])
          extend(first, last)
        }
      } else {
        let made = reader.blocks([node])
        for block in made { register(block, first) }
        run += made
        extend(first, last)
      }
    }
    close()
    return (blocks, footnotes)
  }

  private func isFence(line: Int, length: Int) -> Bool {
    let text = lines.line(line).trimmed
    return text.count >= length && (text.allSatisfy { $0 == "`" } || text.allSatisfy { $0 == "~" })
  }

  private mutating func cell(_ heading: CellHeading, body: Range<Int>, lines cellLines: ClosedRange<Int>) -> Cell? {
    if let problem = heading.problem {
      say(problem, lines.range(heading.problemRange))
      return nil
    }
    let idRange = lines.range(heading.idRange)
    register(heading.id, idRange)
    let outcome = YAMLReader().read(lines, body)
    diagnostics += outcome.diagnostics
    guard let value = outcome.value else { return nil }
    guard value.entries != nil else {
      say(.cellBodyNotMapping(kind: heading.kind, found: value.kindName), value.range)
      return nil
    }
    let range = lines.starts[cellLines.lowerBound]..<lines.indices(ofLine: cellLines.upperBound).upperBound
    return Cell(
      kind: heading.kind, kindRange: lines.range(heading.kindRange), id: heading.id, idRange: idRange, body: value,
      range: lines.range(range))
  }

  /// Notes the ids of headings and equations.
  private mutating func register(_ block: MarkdownBlock, _ line: Int) {
    switch block {
    case .heading(let heading): if let id = heading.id { register(id, heading.range) }
    case .equation(let math): if let id = math.id { register(id, math.range) }
    case .quote(let blocks): for block in blocks { register(block, line) }
    case .list(let list): for block in list.items.flatMap(\.blocks) { register(block, line) }
    default: break
    }
  }

  private mutating func register(_ id: String, _ range: SourceRange?) {
    if let firstLine = ids[id] {
      say(.duplicateID(id, firstLine: firstLine), range)
    } else {
      ids[id] = range?.start.line ?? 0
    }
  }

  private mutating func say(_ problem: NotebookProblem, _ range: SourceRange?) {
    diagnostics.append(problem.diagnostic(at: range))
  }
}

/// A cell's first line: `{kind #id}` after the fence.
private struct CellHeading {
  var kind = ""
  var kindRange = 0..<0
  var id = ""
  var idRange = 0..<0
  var problem: NotebookProblem?
  var problemRange = 0..<0

  /// `nil` when the line begins ordinary code.
  init?(lines: SourceLines, line: Int) {
    let range = lines.indices(ofLine: line)
    var index = range.lowerBound
    func skip(_ isWanted: (Unicode.Scalar) -> Bool) -> Range<Int> {
      let start = index
      while index < range.upperBound, isWanted(lines.scalars[index]) { index += 1 }
      return start..<index
    }
    _ = skip { $0 == " " }
    _ = skip { $0 == "`" || $0 == "~" }
    _ = skip { $0 == " " || $0 == "\t" }
    guard index < range.upperBound, lines.scalars[index] == "{" else { return nil }
    let start = index
    var end = range.upperBound
    while end > start, lines.scalars[end - 1].isYAMLSpace { end -= 1 }
    let info = lines.text(start..<end)
    problemRange = start..<end
    index += 1
    kindRange = skip { $0.isIdentifierPart }
    kind = lines.text(kindRange)
    let gap = skip { $0 == " " }
    guard !kind.isEmpty, Cell.isIdentifier(kind), lines.scalars[end - 1] == "}" else {
      problem = .cellInfo(info)
      return
    }
    if index == end - 1 {
      problem = .cellWithoutID(kind: kind)
      return
    }
    guard !gap.isEmpty, lines.scalars[index] == "#" else {
      problem = .cellInfo(info)
      return
    }
    index += 1
    idRange = index..<end - 1
    id = lines.text(idRange)
    if !Cell.isIdentifier(id) {
      problem = .badID(id)
      problemRange = idRange.isEmpty ? start..<end : idRange
    }
  }
}
