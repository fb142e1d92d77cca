import Diagnostics
import Exhibits
import Notebooks

extension Report {
  /// Puts notebook and results together: numbers what is numbered, writes values out, turns references into links.
  public static func compose(_ notebook: Notebook, with material: ReportMaterial) -> Outcome<Report> {
    var composer = ReportComposer(notebook, material)
    let report = composer.report()
    return Outcome(report, composer.diagnostics)
  }
}

/// One composing of one report: the walk over blocks.
struct ReportComposer {
  let notebook: Notebook
  let material: ReportMaterial
  var numbering: ReportNumbering
  var citations: ReportCitations
  var diagnostics: [Diagnostic] = []
  /// The footnotes mentioned so far.
  var mentionedNotes: Set<Int> = []
  private var slugs: [String: Int] = [:]
  private var takesTitleFromHeading: Bool

  init(_ notebook: Notebook, _ material: ReportMaterial) {
    self.notebook = notebook
    self.material = material
    takesTitleFromHeading = notebook.header.title.isEmpty && notebook.firstHeading?.level == 1
    numbering = ReportNumbering(
      notebook, results: material.results, skippingFirstHeading: takesTitleFromHeading)
    let captions = notebook.cells.flatMap { cell -> [[MarkdownInline]] in
      switch material.results[cell.id] {
      case .shown(let exhibits): exhibits.map(\.caption)
      case .checked(let check): [check.claim]
      default: []
      }
    }
    let cited = (notebook.allInlines + captions.joined()).flatMap(\.citedKeys)
    citations = ReportCitations(keys: cited + material.methods.flatMap(\.citations), in: material.bibliography)
  }

  mutating func report() -> Report {
    let header = notebook.header
    let title: [ReportInline]
    if !header.title.isEmpty {
      title = inlines(header.title)
    } else if takesTitleFromHeading, let heading = notebook.firstHeading {
      title = inlines(heading.content)
    } else {
      title = [.text(notebook.stem)]
    }
    numbering.restartSections()
    var report = Report(title: title, authors: header.authors, description: header.description)
    report.subtitle = inlines(header.subtitle)
    report.abstract = blocks(header.abstract)
    for block in notebook.blocks {
      switch block {
      case .prose(let prose): report.blocks += blocks(prose.blocks)
      case .cell(let cell): report.blocks += blocks(of: cell)
      }
    }
    report.footnotes = notebook.footnotes.enumerated().map { index, note in
      ReportFootnote(number: index + 1, blocks: blocks(note.blocks))
    }
    report.references = citations.references { list in
      // What BibTeX fields say is beyond the notebook's power to mend.
      let before = diagnostics
      defer { diagnostics = before }
      return inlines(list)
    }
    report.parameters = material.parameters.map { resolved in
      ReportParameter(
        name: resolved.parameter.name, value: resolved.value.description, origin: resolved.origin.rawValue,
        help: resolved.parameter.help)
    }
    report.methods = material.methods
    report.provenance = material.provenance
    report.notices = material.notices
    return report
  }

  // MARK: Prose

  mutating func blocks(_ blocks: [MarkdownBlock]) -> [ReportBlock] {
    var out: [ReportBlock] = []
    for block in blocks { if let made = self.block(block) { out.append(made) } }
    return out
  }

  private mutating func block(_ block: MarkdownBlock) -> ReportBlock? {
    switch block {
    case .paragraph(let content): return .paragraph(inlines(content))
    case .heading(let heading):
      if takesTitleFromHeading {
        takesTitleFromHeading = false
        return nil
      }
      let level = heading.level - numbering.topLevel + 1
      let number = numbering.nextSection(level)
      let content = inlines(heading.content)
      return .heading(
        ReportHeading(
          level: level, id: heading.id ?? slug(content.plainText), number: numbering.numbersSections ? number : nil,
          content: content))
    case .code(let language, let text): return .code(language: language, text: text)
    case .quote(let inner): return .quote(self.blocks(inner))
    case .list(let list):
      let items = list.items.map { ReportList.Item(blocks: self.blocks($0.blocks), isDone: $0.isDone) }
      return .list(ReportList(start: list.start, isTight: list.isTight, items: items))
    case .table(let grid):
      let rows = grid.rows.map { row in row.map { inlines($0) } }
      return .grid(ReportGrid(alignments: grid.alignments, header: grid.header.map { inlines($0) }, rows: rows))
    case .equation(let math):
      checkTeX(math)
      return .equation(tex: math.tex, id: math.id, number: math.id.flatMap { numbering.numbers[$0] })
    case .rule: return .rule
    case .html(let text): return .code(language: "html", text: text)
    }
  }

  /// An anchor made of a heading's words, unlike all others.
  private mutating func slug(_ text: String) -> String {
    var words = ""
    for character in text.lowercased() {
      if character.isLetter || character.isNumber {
        words.append(character)
      } else if !words.isEmpty, words.last != "-" {
        words.append("-")
      }
    }
    while words.last == "-" { words.removeLast() }
    let base = "s-" + (words.isEmpty ? "section" : String(words.prefix(60)))
    let count = slugs[base, default: 0] + 1
    slugs[base] = count
    return count == 1 ? base : "\(base)-\(count)"
  }

  // MARK: Cells

  private mutating func blocks(of cell: Cell) -> [ReportBlock] {
    switch material.results[cell.id] {
    case nil, .quiet: return []
    case .shown(let exhibits): return exhibits.compactMap { block(of: $0, cell) }
    case .checked(let check):
      let claim = check.claim.isEmpty ? [.code(check.path), .text(": \(check.bar)")] : inlines(check.claim)
      return [
        .check(
          ReportCheck(
            id: cell.id, claim: claim, value: check.value, bar: check.bar, isPassed: check.isPassed, note: check.note))
      ]
    case .failed(let diagnostic):
      let range = diagnostic.range ?? cell.range
      let place = "\(range.file):\(range.start.line):\(range.start.column)"
      return [trouble(cell, place: place, message: diagnostic.message, hint: diagnostic.hint, waitedFor: [])]
    case .skipped(let ids):
      let place = "\(cell.range.file):\(cell.range.start.line):\(cell.range.start.column)"
      let names = ids.map { "'\($0)'" }.joined(separator: ", ")
      let message = "needs \(names), which \(ids.count == 1 ? "was" : "were") not measured"
      return [trouble(cell, place: place, message: message, hint: nil, waitedFor: ids)]
    }
  }

  private func trouble(_ cell: Cell, place: String, message: String, hint: String?, waitedFor: [String]) -> ReportBlock
  {
    .trouble(
      ReportTrouble(
        label: numbering.labels[cell.id] ?? "", kind: cell.kind, id: cell.id, place: place, message: message,
        hint: hint, waitedFor: waitedFor))
  }

  private mutating func block(of exhibit: ShownExhibit, _ cell: Cell) -> ReportBlock? {
    let caption = inlines(exhibit.caption)
    let number = numbering.numbers[exhibit.id] ?? 0
    switch exhibit.content {
    case .figure(let svg, let narrow):
      if let reason = [svg, narrow].compactMap({ $0 }).compactMap(SVGPicture.refusal(of:)).first {
        say(.badPicture(id: exhibit.id, reason: reason), cell.range)
        return nil
      }
      let alternative = exhibit.altText.isEmpty ? exhibit.caption : exhibit.altText
      return .figure(
        ReportFigure(
          id: exhibit.id, number: number, caption: caption, svg: svg, narrowSVG: narrow,
          altText: inlines(alternative).plainText,
          files: exhibit.files, caveats: exhibit.caveats))
    case .table(let table):
      return .table(
        ReportTable(
          id: exhibit.id, number: number, caption: caption, table: table, files: exhibit.files,
          caveats: exhibit.caveats))
    case .quantity(let quantity):
      return .quantity(
        ReportQuantity(id: exhibit.id, caption: caption, quantity: quantity, caveats: exhibit.caveats))
    }
  }

  mutating func say(_ problem: ReportProblem, _ range: SourceRange?, _ severity: Diagnostic.Severity = .error) {
    diagnostics.append(
      Diagnostic(severity, problem.message, at: range, hint: problem.hint, status: problem.status))
  }
}

extension Notebook {
  /// The first block, if it is a heading.
  var firstHeading: MarkdownBlock.Heading? {
    guard case .prose(let prose)? = blocks.first, case .heading(let heading)? = prose.blocks.first else { return nil }
    return heading
  }

  /// The file's name without folders and ending.
  var stem: String {
    let name = source.name.split(separator: "/").last.map(String.init) ?? source.name
    return name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
  }
}
