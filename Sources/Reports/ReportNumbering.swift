import Notebooks

/// The numbers of figures, tables, equations and sections, in reading order.
struct ReportNumbering {
  /// What a reference to an id says: `Figure 1`.
  private(set) var labels: [String: String] = [:]
  /// Numbers of figures, tables and equations by id.
  private(set) var numbers: [String: Int] = [:]
  /// The ids in reading order.
  private(set) var ids: [String] = []
  /// Whether headings show their numbers.
  let numbersSections: Bool
  /// The notebook's highest heading level, which becomes 1.
  let topLevel: Int

  private var figureCount = 0
  private var tableCount = 0
  private var equationCount = 0
  private var sectionCounts: [Int] = []

  init(_ notebook: Notebook, results: [String: CellResult], skippingFirstHeading: Bool) {
    var headings = notebook.blocks.flatMap { block -> [MarkdownBlock.Heading] in
      guard case .prose(let prose) = block else { return [] }
      return prose.blocks.compactMap { if case .heading(let heading) = $0 { heading } else { nil } }
    }
    if skippingFirstHeading, !headings.isEmpty { headings.removeFirst() }
    topLevel = headings.map(\.level).min() ?? 1
    numbersSections = notebook.header.numbersSections || notebook.references.contains { $0.kind == .section }
    var skipsHeading = skippingFirstHeading
    for block in notebook.blocks {
      switch block {
      case .prose(let prose):
        for block in prose.blocks {
          block.visit { block in
            if case .equation(let math) = block, let id = math.id { addEquation(id) }
            if case .heading(let heading) = block {
              if skipsHeading { skipsHeading = false } else { addSection(heading) }
            }
          }
        }
      case .cell(let cell):
        switch results[cell.id] {
        case .shown(let exhibits): for exhibit in exhibits { add(exhibit) }
        // A failed figure keeps its number, so that the others keep theirs.
        case .failed, .skipped: addExhibit(cell.id, kind: CrossReference.Kind(ofID: cell.id))
        default: break
        }
      }
    }
    for block in notebook.footnotes.flatMap(\.blocks) {
      block.visit { if case .equation(let math) = $0, let id = math.id { addEquation(id) } }
    }
  }

  /// A heading's number by the order of headings, such as `2.1`.
  private mutating func addSection(_ heading: MarkdownBlock.Heading) {
    let number = nextSection(heading.level - topLevel + 1)
    if let id = heading.id {
      labels[id] = "Section \(number)"
      ids.append(id)
    }
  }

  /// Counts one more heading of a level (from 1) and gives its number.
  mutating func nextSection(_ level: Int) -> String {
    let level = max(1, level)
    while sectionCounts.count < level { sectionCounts.append(0) }
    sectionCounts.removeLast(sectionCounts.count - level)
    sectionCounts[level - 1] += 1
    return sectionCounts.map { String(max(1, $0)) }.joined(separator: ".")
  }

  /// Starts counting headings anew.
  mutating func restartSections() { sectionCounts = [] }

  private mutating func addEquation(_ id: String) {
    equationCount += 1
    numbers[id] = equationCount
    labels[id] = "Equation (\(equationCount))"
    ids.append(id)
  }

  private mutating func add(_ exhibit: ShownExhibit) {
    switch exhibit.content {
    case .figure: addExhibit(exhibit.id, kind: .figure)
    case .table: addExhibit(exhibit.id, kind: .table)
    case .quantity: break
    }
  }

  private mutating func addExhibit(_ id: String, kind: CrossReference.Kind?) {
    switch kind {
    case .figure:
      figureCount += 1
      numbers[id] = figureCount
      labels[id] = "Figure \(figureCount)"
    case .table:
      tableCount += 1
      numbers[id] = tableCount
      labels[id] = "Table \(tableCount)"
    default: return
    }
    ids.append(id)
  }
}
