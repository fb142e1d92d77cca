import Diagnostics
import Exhibits
import Notebooks

/// Writes inlines and blocks as HTML. All text is escaped here or by the templates.
struct HTMLWriter {
  let templates: TemplateSet

  // MARK: Inlines

  func inlines(_ inlines: [ReportInline]) -> String { inlines.map { inline($0) }.joined() }

  /// A heading's words for the table of contents: no links inside the link.
  func contentsEntry(_ inlines: [ReportInline]) -> String { inlines.map { inline($0, isLinked: false) }.joined() }

  private func inline(_ inline: ReportInline, isLinked: Bool = true) -> String {
    func inner(_ content: [ReportInline]) -> String { content.map { self.inline($0, isLinked: isLinked) }.joined() }
    switch inline {
    case .text(let text): return HTMLText.escaped(text)
    case .code(let text): return "<code>\(HTMLText.escaped(text))</code>"
    case .value(let text, let path):
      return "<span class=\"value\" title=\"\(HTMLText.escaped(path))\">\(HTMLText.escaped(text))</span>"
    case .missing(let path, let reason):
      let title = HTMLText.escaped("\(path): \(reason)")
      return "<span class=\"missing\" title=\"\(title)\">–<span class=\"unseen\"> (\(title))</span></span>"
    case .math(let tex, let isDisplay): return TeXMath(tex).mathML(isDisplay: isDisplay)
    case .emphasis(let content): return "<em>\(inner(content))</em>"
    case .strong(let content): return "<strong>\(inner(content))</strong>"
    case .struck(let content): return "<del>\(inner(content))</del>"
    case .lowered(let content): return "<sub>\(inner(content))</sub>"
    case .raised(let content): return "<sup>\(inner(content))</sup>"
    case .link(let destination, let content):
      // The second lock: `compose` lets no other destination through.
      guard isLinked, LinkDestination.isSafe(destination) else { return inner(content) }
      return "<a href=\"\(HTMLText.escaped(destination))\">\(inner(content))</a>"
    case .reference(let text, let id):
      let words = HTMLText.escaped(text.replacing(" ", with: "\u{A0}"))
      return isLinked ? "<a href=\"#\(HTMLText.escaped(id))\">\(words)</a>" : words
    case .citation(let parts):
      return parts.map { part in
        guard isLinked, let key = part.key else { return HTMLText.escaped(part.text) }
        return "<a href=\"#\(Self.referenceID(key))\">\(HTMLText.escaped(part.text))</a>"
      }.joined()
    case .footnote(let number, let isFirst):
      guard isLinked else { return "" }
      let anchor = isFirst ? " id=\"fb-mark-\(number)\"" : ""
      return "<sup><a\(anchor) href=\"#fb-note-\(number)\" aria-label=\"Footnote \(number)\">\(number)</a></sup>"
    case .lineBreak: return "<br />"
    }
  }

  /// The anchor of a work: its key, with all but letters and digits written as numbers.
  static func referenceID(_ key: String) -> String {
    "fb-ref-"
      + key.unicodeScalars.map { scalar in
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "-")
          ? String(scalar) : "_\(String(scalar.value, radix: 16))"
      }.joined()
  }

  func referenceLink(_ work: ReportReference) -> String {
    "<a href=\"#\(Self.referenceID(work.key))\">\(HTMLText.escaped(work.label))</a>"
  }

  // MARK: Blocks

  func blocks(_ blocks: [ReportBlock]) -> String { blocks.map { block($0) }.joined(separator: "\n") }

  private func block(_ block: ReportBlock) -> String {
    switch block {
    case .paragraph(let content): return "<p>\(inlines(content))</p>"
    case .heading(let heading): return self.heading(heading)
    case .code(let language, let text):
      let kind = language.isEmpty ? "" : " class=\"language-\(HTMLText.escaped(language))\""
      return "<pre tabindex=\"0\"><code\(kind)>\(HTMLText.escaped(text))</code></pre>"
    case .quote(let inner): return "<blockquote>\(blocks(inner))</blockquote>"
    case .list(let list): return self.list(list)
    case .grid(let grid): return self.grid(grid)
    case .equation(let tex, let id, let number):
      let anchor = id.map { " id=\"\(HTMLText.escaped($0))\"" } ?? ""
      let mark = number.map { "<span class=\"number\">(\($0))</span>" } ?? ""
      return "<div class=\"equation\"\(anchor) tabindex=\"0\">\(TeXMath(tex).mathML(isDisplay: true))\(mark)</div>"
    case .rule: return "<hr />"
    case .figure(let figure): return self.figure(figure)
    case .table(let table): return self.table(table)
    case .quantity(let quantity): return self.quantity(quantity)
    case .check(let check):
      var context = [
        "id": check.id, "tone": check.isPassed ? "good" : "bad", "verdict": check.isPassed ? "✓ Passed" : "✗ Failed",
        "claim": inlines(check.claim), "value": check.value, "bar": check.bar,
      ]
      if !check.note.isEmpty { context["note"] = check.note }
      return templates.render("check", context)
    case .trouble(let trouble):
      let isWaiting = !trouble.waitedFor.isEmpty
      var context: [String: Any] = [
        "id": trouble.id, "kind": trouble.kind, "message": trouble.message, "place": trouble.place,
        "isWaiting": isWaiting, "verdict": isWaiting ? "Not run" : "Failed",
      ]
      if let hint = trouble.hint { context["hint"] = hint }
      if !trouble.label.isEmpty { context["label"] = trouble.label }
      return templates.render("trouble", context)
    }
  }

  private func heading(_ heading: ReportHeading) -> String {
    let tag = "h\(min(6, max(2, heading.level + 1)))"
    let id = HTMLText.escaped(heading.id)
    let number = heading.number.map { "<span class=\"number\">\($0)</span> " } ?? ""
    return "<\(tag) id=\"\(id)\">\(number)\(inlines(heading.content))"
      + "<a class=\"anchor\" href=\"#\(id)\" aria-label=\"Link to this section\">#</a></\(tag)>"
  }

  private func list(_ list: ReportList) -> String {
    let tag = list.start == nil ? "ul" : "ol"
    let start = list.start.map { $0 == 1 ? "" : " start=\"\($0)\"" } ?? ""
    let isTasks = list.items.contains { $0.isDone != nil }
    let items = list.items.map { item -> String in
      var words = item.blocks.map { block -> String in
        if list.isTight, case .paragraph(let content) = block { return inlines(content) }
        return self.block(block)
      }.joined(separator: "\n")
      if let isDone = item.isDone {
        words = "<span aria-label=\"\(isDone ? "done" : "to do")\">\(isDone ? "☑" : "☐")</span> " + words
      }
      return "<li>\(words)</li>"
    }
    return "<\(tag)\(start)\(isTasks ? " class=\"tasks\"" : "")>\(items.joined(separator: "\n"))</\(tag)>"
  }

  private func grid(_ grid: ReportGrid) -> String {
    func cell(_ tag: String, _ column: Int, _ content: [ReportInline]) -> String {
      let alignment = column < grid.alignments.count ? grid.alignments[column] : .none
      let kind = alignment == .right || alignment == .center ? " class=\"\(alignment.rawValue)\"" : ""
      return "<\(tag)\(tag == "th" ? " scope=\"col\"" : "")\(kind)>\(inlines(content))</\(tag)>"
    }
    let head = grid.header.enumerated().map { cell("th", $0.offset, $0.element) }.joined()
    let rows = grid.rows.map { "<tr>\($0.enumerated().map { cell("td", $0.offset, $0.element) }.joined())</tr>" }
    return
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table\"><table><thead><tr>\(head)</tr></thead>"
      + "<tbody>\(rows.joined(separator: "\n"))</tbody></table></div>"
  }

  // MARK: Exhibits

  private func figure(_ figure: ReportFigure) -> String {
    var values: [String: Any] = [
      "id": figure.id, "number": String(figure.number), "alternative": figure.altText, "picture": figure.svg,
      "caption": inlines(figure.caption), "files": files(figure.files), "caveats": caveats(figure.caveats),
    ]
    if let narrow = figure.narrowSVG { values["narrow"] = narrow }
    return templates.render("figure", values)
  }

  private func table(_ table: ReportTable) -> String {
    let columns = table.table.columns
    let heads = columns.map { column -> [String: String] in
      var head = ["kind": column.isNumeric ? "n" : "t", "heading": inlines(LabelMarkup.inlines(column.heading))]
      if !column.unit.isEmpty { head["unit"] = column.unit }
      return head
    }
    let rows = (0..<table.table.rowCount).map { row in
      [
        "cells": columns.map { column -> [String: String] in
          var cell = ["kind": column.isNumeric ? "n" : "t", "text": column.written(row)]
          if let number = column.number(row), !number.isNaN { cell["sort"] = Self.sortKey(number) }
          return cell
        }
      ]
    }
    return templates.render(
      "table",
      [
        "id": table.id, "number": String(table.number), "caption": inlines(table.caption), "columns": heads,
        "rows": rows, "caveats": caveats(table.caveats), "files": files(table.files), "hasFiles": !table.files.isEmpty,
      ])
  }

  /// A number as the page's script reads it.
  private static func sortKey(_ number: Double) -> String {
    number.isFinite ? String(number) : number < 0 ? "-Infinity" : "Infinity"
  }

  private func quantity(_ quantity: ReportQuantity) -> String {
    let format = ValueFormat.standard
    var context: [String: Any] = [
      "id": quantity.id, "amount": format.applied(to: quantity.quantity.value),
      "label": inlines(LabelMarkup.inlines(quantity.quantity.label)), "caveats": caveats(quantity.caveats),
    ]
    if !quantity.quantity.unit.isEmpty { context["unit"] = quantity.quantity.unit }
    if !quantity.caption.isEmpty { context["caption"] = inlines(quantity.caption) }
    if let ends = quantity.quantity.interval, ends.count == 2 {
      context["interval"] = "[\(format.applied(to: ends[0])), \(format.applied(to: ends[1]))]"
    }
    return templates.render("quantity", context)
  }

  private func files(_ files: [ReportFile]) -> [[String: String]] {
    files.filter { LinkDestination.isSafe($0.path) }.map { file in
      [
        "label": file.label, "path": file.path,
        "name": file.path.split(separator: "/").last.map(String.init) ?? file.path,
      ]
    }
  }

  private func caveats(_ caveats: [Caveat]) -> [[String: String]] { caveats.map { ["message": $0.message] } }
}

extension Table.Column {
  /// Whether the column holds numbers.
  var isNumeric: Bool { if case .numbers = values { true } else { false } }

  /// The number in a row, if there is one.
  func number(_ row: Int) -> Double? {
    guard case .numbers(let numbers, _) = values else { return nil }
    return numbers[row]
  }

  /// The entry in a row, as written on a page.
  func written(_ row: Int) -> String {
    switch values {
    case .texts(let texts): texts[row]
    case .numbers(let numbers, let format):
      numbers[row].map { (ValueFormat(format) ?? .standard).applied(to: $0) } ?? "–"
    }
  }
}
