import Diagnostics

extension MarkdownBlock {
  /// Reads a piece of Markdown that is a value inside YAML, such as an abstract.
  ///
  /// - Parameter range: Where the value stands. Places inside it are exact when it was written on one line.
  public static func parse(_ text: String, at range: SourceRange? = nil) -> Outcome<[MarkdownBlock]> {
    let lines = SourceLines(SourceText(name: range?.file ?? "", text: text))
    if let index = lines.scalars.firstIndex(where: SourceLines.isForbidden) {
      return Outcome([], [NotebookProblem.controlCharacter(lines.scalars[index].value).diagnostic(at: range)])
    }
    let place: (Range<Int>) -> SourceRange? = { range?.part($0, of: lines.scalars) }
    let prose = ProseScanner.protect(lines.scalars, 0..<lines.scalars.count, place: place)
    var view = String.UnicodeScalarView()
    view.append(contentsOf: prose.scalars)
    guard let tree = MarkdownTree(String(view)) else { return Outcome([]) }
    var reader = MarkdownReader(prose: prose, place: place, linePlace: { _ in range }, wordPlace: { _, _ in range })
    let blocks = reader.blocks(tree.root.children)
    let unknown = prose.unknownFootnotes.map {
      NotebookProblem.unknownFootnote($0.label).diagnostic(at: place($0.range))
    }
    return Outcome(blocks, reader.diagnostics + unknown)
  }
}

extension MarkdownInline {
  /// Reads one paragraph of Markdown that is a value inside YAML, such as a caption.
  ///
  /// - Parameter range: Where the value stands. Places inside it are exact when it was written on one line.
  public static func parse(_ text: String, at range: SourceRange? = nil) -> Outcome<[MarkdownInline]> {
    let outcome = MarkdownBlock.parse(text, at: range)
    var inlines: [MarkdownInline] = []
    for block in outcome.value ?? [] {
      if !inlines.isEmpty { inlines.append(.text(" ")) }
      inlines += block.runningText
    }
    return Outcome(inlines, outcome.diagnostics)
  }
}

extension MarkdownBlock {
  /// The block's words as one run, for places that take no blocks.
  var runningText: [MarkdownInline] {
    switch self {
    case .paragraph(let inlines): inlines
    case .heading(let heading): heading.content
    case .code(_, let text): [.code(text.trimmed)]
    case .quote(let blocks): blocks.runningText
    case .list(let list): list.items.flatMap { $0.blocks.runningText + [.text(" ")] }
    case .table(let grid): ([grid.header] + grid.rows).flatMap { $0 }.flatMap { $0 + [.text(" ")] }
    case .equation(var math):
      { () -> [MarkdownInline] in
        math.isDisplay = false
        return [.math(math)]
      }()
    case .rule: []
    case .html(let text): [.text(text)]
    }
  }
}

extension [MarkdownBlock] {
  var runningText: [MarkdownInline] { flatMap { $0.runningText + [.text(" ")] } }
}

extension SourceRange {
  /// The place of a part of a value's text, if the value stands on one line as it is or between quotation marks with
  /// nothing escaped; else the whole place.
  func part(_ part: Range<Int>, of scalars: [Unicode.Scalar]) -> SourceRange {
    guard start.line == end.line, !scalars.contains("\n") else { return self }
    let lead: Int
    switch end.column - start.column - scalars.count {
    case 0: lead = 0
    case 2: lead = 1
    default: return self
    }
    let column = start.column + lead + part.lowerBound
    return SourceRange(
      file: file, start: SourcePosition(line: start.line, column: column),
      end: SourcePosition(line: start.line, column: max(column + 1, column + part.count)))
  }
}
