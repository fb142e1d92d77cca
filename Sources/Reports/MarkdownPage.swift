import Diagnostics
import Exhibits
import Notebooks

/// Writes a report as GitHub-flavoured Markdown, with figures as images beside it. Mathematics stays TeX.
public struct MarkdownPage: Sendable {
  /// The endings of picture files, best first.
  public var pictureEndings = ["svg", "png"]

  /// Makes a writer.
  public init() {}

  /// The text. The same report gives the same text.
  public func rendered(_ report: Report) -> String {
    var parts = ["# \(inlines(report.title))"]
    if !report.subtitle.isEmpty { parts.append(lineStart(inlines(report.subtitle))) }
    if !report.authors.isEmpty { parts.append(report.authors.map(MarkdownText.escaped).joined(separator: ", ")) }
    if let verdict = report.verdict { parts.append("**\(verdict.text)**") }
    parts += blocks(report.abstract)
    parts += blocks(report.blocks)
    for note in report.footnotes {
      let text = blocks(note.blocks).joined(separator: "\n\n")
      parts.append("[^\(note.number)]: " + indented(text, by: 4))
    }
    if !report.references.isEmpty {
      parts.append("## References")
      parts.append(report.references.map { "- \(inlines($0.content))" }.joined(separator: "\n"))
    }
    parts += record(report)
    return parts.joined(separator: "\n\n") + "\n"
  }

  private func record(_ report: Report) -> [String] {
    var parts: [String] = []
    if !report.parameters.isEmpty {
      parts.append("## Parameters")
      let rows = report.parameters.map {
        [code($0.name), code($0.value), MarkdownText.escaped($0.origin), MarkdownText.escaped($0.help)]
      }
      parts.append(table(["Name", "Value", "Given by", "Meaning"], rows, [.left, .left, .left, .left]))
    }
    if !report.provenance.isEmpty {
      parts.append("## Provenance")
      let rows = report.provenance.map { [MarkdownText.escaped($0.label), code($0.value)] }
      parts.append(table(["What", "Value"], rows, [.left, .left]))
    }
    return parts
  }

  // MARK: Blocks

  private func blocks(_ blocks: [ReportBlock]) -> [String] { blocks.map { block($0) } }

  private func block(_ block: ReportBlock) -> String {
    switch block {
    case .paragraph(let content): return lineStart(inlines(content))
    case .heading(let heading):
      let number = heading.number.map { "\($0) " } ?? ""
      return "\(String(repeating: "#", count: min(6, heading.level + 1))) \(number)\(oneLine(heading.content))"
    case .code(let language, let text):
      let fence = String(repeating: "`", count: max(3, MarkdownText.longestRun(of: "`", in: text) + 1))
      return "\(fence)\(language)\n\(text.hasSuffix("\n") ? text : text + "\n")\(fence)"
    case .quote(let inner):
      let text = blocks(inner).joined(separator: "\n\n")
      return text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? ">" : "> \($0)" }
        .joined(separator: "\n")
    case .list(let list):
      return list.items.enumerated().map { index, item in
        let mark = list.start.map { "\($0 + index). " } ?? "- "
        let task = item.isDone.map { $0 ? "[x] " : "[ ] " } ?? ""
        let text = blocks(item.blocks).joined(separator: list.isTight ? "\n" : "\n\n")
        return mark + task + indented(text, by: mark.count)
      }.joined(separator: list.isTight ? "\n" : "\n\n")
    case .grid(let grid):
      return table(grid.header.map(oneLine), grid.rows.map { $0.map(oneLine) }, grid.alignments)
    case .equation(let tex, _, let number):
      return "$$\n\(MarkdownText.tex(tex))\(number.map { " \\tag{\($0)}" } ?? "")\n$$"
    case .rule: return "---"
    case .figure(let figure): return self.figure(figure)
    case .table(let exhibit): return self.table(exhibit)
    case .quantity(let quantity): return self.quantity(quantity)
    case .check(let check):
      let note = check.note.isEmpty ? "" : " · \(MarkdownText.escaped(check.note))"
      return "> **\(check.isPassed ? "✓ Passed" : "✗ Failed")** \(oneLine(check.claim)) · found "
        + "\(MarkdownText.escaped(check.value)), wanted \(MarkdownText.escaped(check.bar))\(note)"
    case .trouble(let trouble):
      let label = trouble.label.isEmpty ? "" : "\(MarkdownText.escaped(trouble.label)) · "
      let hint = trouble.hint.map { " (\(MarkdownText.escaped($0)))" } ?? ""
      return
        "> **\(trouble.waitedFor.isEmpty ? "Failed" : "Not run")** \(label)\(code("\(trouble.kind) #\(trouble.id)")): "
        + "\(MarkdownText.escaped(trouble.message))\(hint), \(code(trouble.place))"
    }
  }

  private func figure(_ figure: ReportFigure) -> String {
    let picture = pictureEndings.lazy.compactMap { ending in figure.files.first { $0.path.hasSuffix(".\(ending)") } }
      .first
    let image = picture.map { "![\(MarkdownText.escaped(oneLine(figure.altText)))](\(address($0.path)))" } ?? ""
    return ([image, "**Figure \(figure.number).** \(oneLine(figure.caption))"] + remarks(figure.caveats, figure.files))
      .filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private func table(_ exhibit: ReportTable) -> String {
    let columns = exhibit.table.columns
    let head = columns.map { column in
      oneLine(LabelMarkup.inlines(column.heading))
        + (column.unit.isEmpty ? "" : " (\(MarkdownText.escaped(column.unit)))")
    }
    let rows = (0..<exhibit.table.rowCount).map { row in columns.map { MarkdownText.escaped(oneLine($0.written(row))) }
    }
    let alignments = columns.map { $0.isNumeric ? MarkdownBlock.Grid.Alignment.right : .left }
    return
      (["**Table \(exhibit.number).** \(oneLine(exhibit.caption))", table(head, rows, alignments)]
      + remarks(exhibit.caveats, exhibit.files)).joined(separator: "\n\n")
  }

  private func quantity(_ quantity: ReportQuantity) -> String {
    let format = ValueFormat.standard
    var text =
      "**\(oneLine(LabelMarkup.inlines(quantity.quantity.label)))**: \(format.applied(to: quantity.quantity.value))"
    if !quantity.quantity.unit.isEmpty { text += " \(MarkdownText.escaped(quantity.quantity.unit))" }
    if let ends = quantity.quantity.interval, ends.count == 2 {
      text += " \\[\(format.applied(to: ends[0])), \(format.applied(to: ends[1]))\\]"
    }
    if !quantity.caption.isEmpty { text += ". \(oneLine(quantity.caption))" }
    return ([text] + remarks(quantity.caveats, [])).joined(separator: "\n\n")
  }

  private func remarks(_ caveats: [Caveat], _ files: [ReportFile]) -> [String] {
    var parts = caveats.map { "> **Caveat** \(MarkdownText.escaped($0.message))" }
    let safe = files.filter { LinkDestination.isSafe($0.path) }
    if !safe.isEmpty {
      parts.append(safe.map { "[\(MarkdownText.escaped($0.label))](\(address($0.path)))" }.joined(separator: " · "))
    }
    return parts
  }

  private func table(_ head: [String], _ rows: [[String]], _ alignments: [MarkdownBlock.Grid.Alignment]) -> String {
    let rule = head.indices.map { column in
      switch column < alignments.count ? alignments[column] : .none {
      case .left: ":--"
      case .center: ":-:"
      case .right: "--:"
      case .none: "---"
      }
    }
    return ([head, rule] + rows).map { "| \($0.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ")) |" }
      .joined(separator: "\n")
  }

  // MARK: Inlines

  private func inlines(_ inlines: [ReportInline]) -> String { inlines.map { inline($0) }.joined() }

  private func oneLine(_ inlines: [ReportInline]) -> String { oneLine(self.inlines(inlines)) }
  private func oneLine(_ text: String) -> String { text.split(separator: "\n").joined(separator: " ") }

  private func inline(_ inline: ReportInline) -> String {
    switch inline {
    case .text(let text), .value(let text, _): return MarkdownText.escaped(text)
    case .code(let text): return code(text)
    case .missing: return "–"
    case .math(let tex, let isDisplay): return isDisplay ? "$$\(MarkdownText.tex(tex))$$" : "$\(MarkdownText.tex(tex))$"
    case .emphasis(let content): return "*\(inlines(content))*"
    case .strong(let content): return "**\(inlines(content))**"
    case .struck(let content): return "~~\(inlines(content))~~"
    case .lowered(let content): return "<sub>\(inlines(content))</sub>"
    case .raised(let content): return "<sup>\(inlines(content))</sup>"
    case .link(let destination, let content):
      guard LinkDestination.isSafe(destination) else { return inlines(content) }
      return "[\(inlines(content))](\(address(destination)))"
    case .reference(let text, _): return MarkdownText.escaped(text)
    case .citation(let parts): return MarkdownText.escaped(parts.map(\.text).joined())
    case .footnote(let number, _): return "[^\(number)]"
    case .lineBreak: return "\\\n"
    }
  }

  private func code(_ text: String) -> String {
    let line = oneLine(text)
    let fence = String(repeating: "`", count: MarkdownText.longestRun(of: "`", in: line) + 1)
    let isBare = line.first != "`" && line.last != "`" && !line.isEmpty
    return isBare ? fence + line + fence : "\(fence) \(line) \(fence)"
  }

  /// A destination without the characters that would end it.
  private func address(_ path: String) -> String {
    let escapes: [Character: String] = [
      " ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "\"": "%22", "\n": "%0A", "\\": "%5C", "`": "%60",
    ]
    return path.map { escapes[$0] ?? String($0) }.joined()
  }

  /// A paragraph's first letters may not begin a list or heading.
  private func lineStart(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      guard let first = line.first else { return String(line) }
      if "#>+-=~".contains(first) { return "\\\(line)" }
      let digits = line.prefix { $0.isNumber }
      let rest = line.dropFirst(digits.count)
      return !digits.isEmpty && (rest.first == "." || rest.first == ")") ? "\(digits)\\\(rest)" : String(line)
    }.joined(separator: "\n")
  }

  private func indented(_ text: String, by width: Int) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let lead = String(repeating: " ", count: width)
    return lines.enumerated().map { $0.offset == 0 || $0.element.isEmpty ? String($0.element) : lead + $0.element }
      .joined(separator: "\n")
  }
}

/// Text on its way into Markdown.
enum MarkdownText {
  /// The text with everything escaped that Markdown or HTML could take for markup.
  static func escaped(_ text: String) -> String {
    var out = ""
    for character in text {
      if out.last == "&", character.isLetter || character == "#" { out += "amp;" }
      switch character {
      case "\\", "`", "*", "_", "[", "]", "<", "$", "~": out += "\\\(character)"
      default: out.append(character)
      }
    }
    return out
  }

  /// TeX in which no `<` looks like the beginning of a tag; the space means nothing to TeX.
  static func tex(_ text: String) -> String {
    var out = ""
    var afterSign = false
    for character in text {
      if afterSign, character.isLetter || character == "/" || character == "!" || character == "?" { out += " " }
      out.append(character)
      afterSign = character == "<"
    }
    return out
  }

  static func longestRun(of wanted: Character, in text: String) -> Int {
    var longest = 0
    var run = 0
    for character in text {
      run = character == wanted ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }
}
