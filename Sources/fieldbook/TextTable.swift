import Exhibits
import Foundation

/// A table for a terminal: numbers to the right, words to the left.
struct TextTable {
  let headings: [String]
  let rows: [[String]]
  let isNumeric: [Bool]

  init(headings: [String], rows: [[String]], isNumeric: [Bool]) {
    self.headings = headings
    self.rows = rows
    self.isNumeric = isNumeric
  }

  init(_ table: Table) {
    headings = table.columns.map { $0.heading.withoutMarkup }
    isNumeric = table.columns.map { if case .numbers = $0.values { true } else { false } }
    rows = (0..<table.rowCount).map { row in
      table.columns.map { column in
        switch column.values {
        case .numbers(let numbers, let format): numbers[row].map { $0.written(format) } ?? "–"
        case .texts(let texts): texts[row]
        }
      }
    }
  }

  var text: String {
    let all = [headings] + rows
    let widths = headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return isNumeric[column] ? padding + row[column] : row[column] + padding
      }.joined(separator: "  ").trimmingTrailingSpaces
    }.joined(separator: "\n")
  }
}

extension Exhibit {
  /// The exhibit for a terminal; `nil` for a figure.
  var plainText: String? {
    switch content {
    case .figure: nil
    case .table(let table): TextTable(table).text
    case .quantity(let quantity):
      "\(quantity.label.withoutMarkup): \(quantity.value.written(".6g"))\(quantity.unit.isEmpty ? "" : " \(quantity.unit)")"
    }
  }
}

extension Double {
  /// The number in C's format; `d` rounds, and what ends in `%` is a hundredth of what is written.
  func written(_ format: String) -> String {
    if format.hasSuffix("%") { return String(format: "%\(format.dropLast())f %%", 100 * self) }
    return format == "d" ? String(format: "%.0f", self) : String(format: "%\(format)", self)
  }
}

extension String {
  /// Label markup taken out.
  var withoutMarkup: String {
    replacingOccurrences(of: "*", with: "").replacingOccurrences(of: "_{", with: "").replacingOccurrences(
      of: "^{", with: ""
    )
    .replacingOccurrences(of: "}", with: "")
  }

  fileprivate var trimmingTrailingSpaces: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
