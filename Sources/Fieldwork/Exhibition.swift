import Diagnostics
import Drawings
import Exhibits
import Foundation
import Notebooks
import Probing
import Reports

/// Shows findings as a notebook's show cells ask for them. Pure but for the painters.
struct Exhibition: Sendable {
  let plan: FieldPlan
  let findings: [String: any ProbeFinding]
  let values: FindingValues
  let press: FigurePress

  /// What a show cell came to, and the files it leaves.
  struct Showpiece: Sendable {
    var result: CellResult
    var files: [String: [UInt8]] = [:]
  }

  func show(_ showing: Showing, of step: PlanStep) throws -> Showpiece {
    switch showing {
    case .figure(let cell): try show(cell, of: step)
    case .table(let cell): try show(cell, of: step)
    case .check(let cell): .init(result: .checked(try judge(cell, of: step)))
    }
  }

  // MARK: Figures

  private func show(_ cell: FigureCell, of step: PlanStep) throws -> Showpiece {
    var panels: [Panel] = []
    var captions: [String] = []
    var altTexts: [String] = []
    var doubts: [(panels: String, caveats: [Caveat])] = []
    var aspect = cell.aspect
    var columns = cell.columns
    for reference in cell.show ?? [] {
      let exhibit = try exhibit(reference)
      switch exhibit.content {
      case .figure(let figure):
        let letters = Self.letters(from: panels.count, count: figure.panels.count)
        doubts.append((letters, findings[reference.cell]?.caveats ?? []))
        captions.append(cell.show?.count == 1 ? exhibit.caption : "\(letters) \(exhibit.caption)")
        panels += figure.panels
        aspect = aspect ?? figure.aspect
        if cell.show?.count == 1 { columns = columns ?? figure.columnCount }
        altTexts.append(figure.altText)
      case .table, .quantity:
        guard cell.show?.count == 1 else {
          throw ShowFault.wrongExhibit(reference.path, expected: "a figure", found: exhibit.kindName)
        }
        return try showAlone(exhibit, reference: reference, of: step)
      }
    }
    if let marks = cell.marks, let x = cell.x, let y = cell.y {
      panels.append(Panel(x: x.axis, y: y.axis, layers: try layers(marks)))
    }
    let figure = Figure(
      panels, columnCount: columns, aspect: aspect, altText: cell.alt ?? altTexts.joined(separator: " "))
    let print = try press.print(figure, id: step.id, theme: plan.theme, width: cell.figureWidth ?? .column)
    let shown = ShownExhibit(
      id: step.id, content: .figure(svg: print.svg, narrow: print.narrowSVG),
      caption: caption(step, or: captions.joined(separator: " ")),
      altText: step.captions["alt"] ?? [.text(figure.altText)], files: print.links, caveats: Self.merged(doubts))
    return Showpiece(result: .shown([shown]), files: print.files)
  }

  /// The doubts of a figure, each name once: where panels differ, in the words of the first of them.
  private static func merged(_ doubts: [(panels: String, caveats: [Caveat])]) -> [Caveat] {
    var names: [String] = []
    for caveat in doubts.flatMap(\.caveats) where !names.contains(caveat.name) { names.append(caveat.name) }
    return names.flatMap { name -> [Caveat] in
      let told = doubts.map { (panels: $0.panels, caveats: $0.caveats.filter { $0.name == name }) }
      guard let first = told.first(where: { !$0.caveats.isEmpty })?.caveats,
        told.contains(where: { $0.caveats != first })
      else { return told.first?.caveats ?? [] }
      let same = told.filter { $0.caveats == first }.map(\.panels).joined(separator: " ")
      let others = told.filter { !$0.caveats.isEmpty && $0.caveats != first }.map(\.panels).joined(separator: " ")
      let rest = others.isEmpty ? "" : "; with other numbers \(others)"
      return first.map { Caveat(name, "\(same) \($0.message)\(rest)") }
    }
  }

  /// How a caption names panels: `(a)`, or `(b–d)`.
  private static func letters(from first: Int, count: Int) -> String {
    func letter(_ index: Int) -> String {
      index < 26 ? String(UnicodeScalar(UInt8(ascii: "a") + UInt8(index))) : String(index + 1)
    }
    return count == 1 ? "(\(letter(first)))" : "(\(letter(first))–\(letter(first + count - 1)))"
  }

  private func layers(_ marks: [MarkRecipe]) throws -> [Layer] {
    var next = 0
    return try marks.map { recipe in
      let mark: Mark
      if let line = recipe.line {
        mark = .line(try points(line))
      } else if let points = recipe.points {
        mark = .points(try self.points(points))
      } else if let band = recipe.band {
        let x = try values.column(band.x)
        let (lower, upper) = (try values.column(band.lower), try values.column(band.upper))
        try same(band.x, x, band.lower, lower)
        try same(band.x, x, band.upper, upper)
        mark = .band(x.indices.map { Mark.Interval(x[$0], lower[$0], upper[$0]) })
      } else if let height = recipe.horizontal {
        mark = .rules(.init(.horizontal, at: [height]))
      } else if let place = recipe.vertical {
        mark = .rules(.init(.vertical, at: [place]))
      } else {
        throw ParameterError.missing(
          "marks", "each mark needs one of 'line', 'points', 'band', 'horizontal', 'vertical'")
      }
      let role: Layer.Role
      switch mark {
      case .rules: role = recipe.role ?? .reference
      case .band: role = recipe.role ?? .uncertainty
      default: role = recipe.role ?? .series
      }
      let series = recipe.series ?? next
      if recipe.series == nil, role == .series { next += 1 }
      return Layer(mark, role: role, label: recipe.label ?? "", series: series)
    }
  }

  private func points(_ columns: MarkRecipe.Columns) throws -> [Mark.Point] {
    let (x, y) = (try values.column(columns.x), try values.column(columns.y))
    try same(columns.x, x, columns.y, y)
    return zip(x, y).map { Mark.Point($0, $1) }
  }

  private func same(_ left: FindingReference, _ leftValues: [Double], _ right: FindingReference, _ values: [Double])
    throws
  {
    guard leftValues.count == values.count else {
      throw ShowFault.unequal(left.path, leftValues.count, right.path, values.count)
    }
  }

  // MARK: Tables and quantities

  private func show(_ cell: TableCell, of step: PlanStep) throws -> Showpiece {
    if let reference = cell.show {
      let exhibit = try exhibit(reference)
      guard case .table = exhibit.content else {
        throw ShowFault.wrongExhibit(reference.path, expected: "a table", found: exhibit.kindName)
      }
      return try showAlone(exhibit, reference: reference, of: step)
    }
    var columns: [Table.Column] = []
    for column in cell.columns ?? [] {
      let value = try values.value(column.values.path)
      let elements = value.elements ?? [value]
      let texts = elements.compactMap(\.text)
      let content: Table.Column.Values =
        texts.count == elements.count
        ? .texts(texts) : .numbers(try values.column(column.values), format: column.format ?? ".4g")
      columns.append(Table.Column(column.heading, unit: column.unit ?? "", content))
      if let first = columns.first, first.count != columns[columns.count - 1].count {
        throw ShowFault.unequal(
          cell.columns![0].values.path, first.count, column.values.path, columns[columns.count - 1].count)
      }
    }
    return tableShowpiece(Table(columns: columns), caption: "", caveats: [], step: step)
  }

  private func showAlone(_ exhibit: Exhibit, reference: FindingReference, of step: PlanStep) throws -> Showpiece {
    let caveats = findings[reference.cell]?.caveats ?? []
    switch exhibit.content {
    case .table(let table): return tableShowpiece(table, caption: exhibit.caption, caveats: caveats, step: step)
    case .quantity(let quantity):
      return Showpiece(
        result: .shown([
          ShownExhibit(
            id: step.id, content: .quantity(quantity), caption: caption(step, or: exhibit.caption), caveats: caveats)
        ]))
    case .figure: throw ShowFault.wrongExhibit(reference.path, expected: "a table", found: exhibit.kindName)
    }
  }

  private func tableShowpiece(_ table: Table, caption text: String, caveats: [Caveat], step: PlanStep) -> Showpiece {
    let path = "tables/\(step.id).csv"
    let shown = ShownExhibit(
      id: step.id, content: .table(table), caption: caption(step, or: text), files: [ReportFile("CSV", path: path)],
      caveats: caveats)
    return Showpiece(result: .shown([shown]), files: [path: Array(TableSheet(table: table).csv.utf8)])
  }

  // MARK: Checks

  private func judge(_ cell: CheckCell, of step: PlanStep) throws -> CheckResult {
    guard let reference = cell.value else { throw ParameterError.missing("value", "name the value to judge") }
    let value = try values.value(reference.path)
    let isPassed: Bool
    let bar: String
    switch cell.equals {
    case .number(let wanted)?:
      guard let number = value.number else { throw ShowFault.notNumbers(reference.path) }
      let tolerance = cell.tolerance ?? 0
      isPassed = abs(number - wanted) <= tolerance
      bar = ValueFormat.plain(wanted) + (tolerance > 0 ? " ± \(ValueFormat.plain(tolerance))" : "")
    case .text(let wanted)?:
      isPassed = value.text == wanted
      bar = "“\(wanted)”"
    case .boolean(let wanted)?:
      isPassed = value == .boolean(wanted)
      bar = wanted ? "yes" : "no"
    case nil:
      guard let number = value.number else { throw ShowFault.notNumbers(reference.path) }
      isPassed = number >= cell.min ?? -.infinity && number <= cell.max ?? .infinity
      bar = [cell.min.map { "at least \(ValueFormat.plain($0))" }, cell.max.map { "at most \(ValueFormat.plain($0))" }]
        .compactMap { $0 }.joined(separator: " and ")
    }
    let found =
      switch value {
      case .text(let text): text
      case .boolean(let boolean): boolean ? "yes" : "no"
      default: value.number.map { ValueFormat.standard.applied(to: $0) } ?? "nothing"
      }
    return CheckResult(
      claim: step.captions["claim"] ?? [], path: reference.path, value: found, bar: bar, isPassed: isPassed)
  }

  // MARK: Shared

  private func exhibit(_ reference: FindingReference) throws -> Exhibit {
    let exhibits = findings[reference.cell]?.exhibits ?? []
    guard let exhibit = exhibits.first(where: { $0.name == reference.rest }) else {
      throw ShowFault.unknownExhibit(reference.path, known: exhibits.map { "\(reference.cell).\($0.name)" })
    }
    return exhibit
  }

  private func caption(_ step: PlanStep, or text: String) -> [MarkdownInline] {
    step.captions["caption"] ?? MarkdownInline.parse(text).value ?? [.text(text)]
  }
}

extension Exhibit {
  var kindName: String {
    switch content {
    case .figure: "a figure"
    case .table: "a table"
    case .quantity: "a number"
    }
  }
}
