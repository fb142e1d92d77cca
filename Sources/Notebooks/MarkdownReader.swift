import Diagnostics

/// Turns cmark's tree into our own, with the protected spans as nodes of their own.
struct MarkdownReader {
  /// Lists and quotations nest at most this deep; the conversion recurses.
  static let depthLimit = 40

  let prose: ProtectedProse
  /// The place of a span, or of a line of the Markdown text (from 1) where no span is at hand.
  let place: (Range<Int>) -> SourceRange?
  let linePlace: (Int) -> SourceRange?
  /// The place of some words, at or after a line.
  let wordPlace: (String, Int) -> SourceRange?
  private(set) var diagnostics: [Diagnostic] = []

  init(
    prose: ProtectedProse, place: @escaping (Range<Int>) -> SourceRange?,
    linePlace: @escaping (Int) -> SourceRange?, wordPlace: @escaping (String, Int) -> SourceRange?
  ) {
    self.prose = prose
    self.place = place
    self.linePlace = linePlace
    self.wordPlace = wordPlace
  }

  // MARK: Blocks

  mutating func blocks(_ nodes: [MarkdownTree.Node], depth: Int = 0) -> [MarkdownBlock] {
    guard depth < Self.depthLimit else {
      if let first = nodes.first {
        say(.nestedTooDeep(limit: Self.depthLimit), linePlace(first.startLine))
      }
      return []
    }
    return nodes.flatMap { block($0, depth: depth) }
  }

  private mutating func block(_ node: MarkdownTree.Node, depth: Int) -> [MarkdownBlock] {
    switch node.kind {
    case "paragraph": return paragraphs(inlines(node, depth: depth))
    case "heading": return [.heading(heading(node, depth: depth))]
    case "code_block":
      let info = prose.restored(node.info).trimmed
      if depth > 0, info.first == "{" {
        let kind = String(info.dropFirst().prefix { $0 != " " && $0 != "}" })
        say(.cellNotAtTop(kind: kind), linePlace(node.startLine))
      }
      let language = String(info.prefix { !$0.isWhitespace })
      return [.code(language: language, text: prose.restored(node.literal))]
    case "block_quote": return [.quote(blocks(node.children, depth: depth + 1))]
    case "list":
      let items = node.children.map { item in
        let isDone = item.kind == "tasklist" ? item.isChecked : nil
        return MarkdownBlock.List.Item(blocks: blocks(item.children, depth: depth + 1), isDone: isDone)
      }
      return [.list(MarkdownBlock.List(start: node.listStart, isTight: node.isTight, items: items))]
    case "table": return [.table(grid(node, depth: depth))]
    case "thematic_break": return [.rule]
    case "html_block":
      let text = prose.restored(node.literal).trimmed
      // A comment is for the notebook's writer.
      return text.hasPrefix("<!--") && text.hasSuffix("-->") ? [] : [.html(text)]
    default: return blocks(node.children, depth: depth + 1)
    }
  }

  private mutating func heading(_ node: MarkdownTree.Node, depth: Int) -> MarkdownBlock.Heading {
    var content = inlines(node, depth: depth)
    var heading = MarkdownBlock.Heading(level: node.headingLevel, content: [], range: linePlace(node.startLine))
    if case .headingID(let id, let range)? = content.last {
      content.removeLast()
      heading.id = id
      heading.range = range
    }
    heading.content = plain(content).trimmingEnds
    return heading
  }

  private mutating func grid(_ node: MarkdownTree.Node, depth: Int) -> MarkdownBlock.Grid {
    var rows = node.children.map { row in row.children.map { plain(inlines($0, depth: depth)).trimmingEnds } }
    let header = rows.isEmpty ? [] : rows.removeFirst()
    return MarkdownBlock.Grid(alignments: node.alignments, header: header, rows: rows)
  }

  /// A paragraph, broken where an equation stands on its own.
  private mutating func paragraphs(_ content: [Run]) -> [MarkdownBlock] {
    var blocks: [MarkdownBlock] = []
    var run: [MarkdownInline] = []
    func close() {
      let words = run.trimmingEnds
      if !words.isEmpty { blocks.append(.paragraph(words)) }
      run = []
    }
    for inline in plain(content) {
      if case .math(let math) = inline, math.isDisplay {
        close()
        blocks.append(.equation(math))
      } else {
        run.append(inline)
      }
    }
    close()
    return blocks
  }

  // MARK: Inlines

  /// An inline, or an id on its way to its heading.
  enum Run {
    case inline(MarkdownInline)
    case headingID(String, SourceRange?)
  }

  private func plain(_ runs: [Run]) -> [MarkdownInline] {
    runs.compactMap { if case .inline(let inline) = $0 { inline } else { nil } }
  }

  mutating func inlines(_ node: MarkdownTree.Node, depth: Int) -> [Run] {
    guard depth < 2 * Self.depthLimit else {
      say(.nestedTooDeep(limit: 2 * Self.depthLimit), linePlace(max(1, node.startLine)))
      return []
    }
    var runs: [Run] = []
    /// Signs of the current span still to come.
    var pads = 0
    for child in node.children {
      switch child.kind {
      case "text": split(child.literal, into: &runs, pads: &pads)
      case "softbreak": if pads == 0 { runs.append(.inline(.softBreak)) }
      case "linebreak": if pads == 0 { runs.append(.inline(.hardBreak)) }
      case "code": runs.append(.inline(.code(prose.restored(child.literal))))
      case "html_inline":
        let text = prose.restored(child.literal)
        if !text.hasPrefix("<!--") { append(text, to: &runs) }
      case "emph": runs.append(.inline(.emphasis(plain(inlines(child, depth: depth + 1)))))
      case "strong": runs.append(.inline(.strong(plain(inlines(child, depth: depth + 1)))))
      case "strikethrough": runs.append(.inline(.struck(plain(inlines(child, depth: depth + 1)))))
      case "link", "image":
        let content = plain(inlines(child, depth: depth + 1))
        let destination = prose.restored(child.url)
        guard LinkDestination.isSafe(destination) else {
          say(.unsafeLink(destination), wordPlace(destination, child.startLine))
          runs += content.map { .inline($0) }
          continue
        }
        let title = prose.restored(child.title)
        runs.append(
          .inline(
            child.kind == "link"
              ? .link(destination: destination, title: title, content: content)
              : .image(source: destination, title: title, content: content)))
      case "footnote_reference": runs.append(.inline(.footnote(label: child.literal)))
      default: runs += inlines(child, depth: depth + 1)
      }
    }
    return runs
  }

  private mutating func split(_ text: String, into runs: inout [Run], pads: inout Int) {
    var words = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if let number = prose.number(of: scalar) {
        append(String(words), to: &runs)
        words = String.UnicodeScalarView()
        pads = prose.spans[number].signCount - 1
        add(prose.spans[number], to: &runs)
      } else if pads > 0, scalar == ProtectedProse.pad {
        pads -= 1
      } else if scalar != ProtectedProse.pad {
        words.append(scalar)
      }
    }
    append(String(words), to: &runs)
  }

  private func append(_ text: String, to runs: inout [Run]) {
    guard !text.isEmpty else { return }
    if case .inline(.text(let before))? = runs.last {
      runs[runs.count - 1] = .inline(.text(before + text))
    } else {
      runs.append(.inline(.text(text)))
    }
  }

  private mutating func add(_ span: ProseSpan, to runs: inout [Run]) {
    if let problem = span.problem { say(problem, place(span.range)) }
    switch span.content {
    case .math(let math): runs.append(.inline(.math(math)))
    case .value(let value): runs.append(.inline(.value(value)))
    case .reference(let reference): runs.append(.inline(.reference(reference)))
    case .citation(let citation): runs.append(.inline(.citation(citation)))
    case .headingID(let id): runs.append(.headingID(id, place(span.range)))
    case .literal: append(span.raw, to: &runs)
    }
  }

  mutating func say(_ problem: NotebookProblem, _ range: SourceRange?) {
    diagnostics.append(problem.diagnostic(at: range))
  }
}

extension [MarkdownInline] {
  /// The inlines without white space at their ends.
  var trimmingEnds: [MarkdownInline] {
    var inlines = self
    while let last = inlines.last {
      if case .softBreak = last {
        inlines.removeLast()
      } else if case .text(let text) = last, text.last?.isWhitespace ?? true {
        inlines.removeLast()
        let rest = String(text.reversed().drop { $0.isWhitespace }.reversed())
        if !rest.isEmpty {
          inlines.append(.text(rest))
          break
        }
      } else {
        break
      }
    }
    while let first = inlines.first {
      guard case .softBreak = first else { break }
      inlines.removeFirst()
    }
    if case .text(let text)? = inlines.first { inlines[0] = .text(String(text.drop { $0.isWhitespace })) }
    return inlines
  }
}

/// Where a link may lead.
public enum LinkDestination {
  /// Whether a destination is `http`, `https`, `mailto`, a relative path or a place on the page.
  public static func isSafe(_ destination: String) -> Bool {
    // Browsers ignore control characters and white space inside a scheme.
    let letters = destination.unicodeScalars.filter { $0.value > 0x20 && $0.value != 0x7F }
    let head = letters.prefix { $0 != ":" && $0 != "/" && $0 != "?" && $0 != "#" }
    guard head.count < letters.count, letters[letters.index(letters.startIndex, offsetBy: head.count)] == ":" else {
      // Without a scheme; but two slashes or backslashes lead to another host.
      return !destination.contains("\\") && !String(String.UnicodeScalarView(letters)).hasPrefix("//")
    }
    let scheme = String(String.UnicodeScalarView(head)).lowercased()
    return scheme == "http" || scheme == "https" || scheme == "mailto"
  }
}
