import Exhibits
import Foundation

/// A table as comma-separated values.
struct TableSheet {
  let table: Table

  var csv: String {
    var lines = [
      table.columns.map { field($0.unit.isEmpty ? $0.heading : "\($0.heading) (\($0.unit))") }.joined(separator: ",")
    ]
    for row in 0..<table.rowCount {
      lines.append(
        table.columns.map { column in
          switch column.values {
          case .numbers(let numbers, _): numbers[row].map { $0.isFinite ? "\($0)" : "" } ?? ""
          case .texts(let texts): field(texts[row])
          }
        }.joined(separator: ","))
    }
    return lines.joined(separator: "\r\n") + "\r\n"
  }

  private func field(_ text: String) -> String {
    // A leading sign of a formula would run in a spreadsheet. Scalars: `\r\n` is one character to Swift.
    let isFormula = text.unicodeScalars.first.map { "=+-@\t\r\n|%".unicodeScalars.contains($0) } == true
    let safe = isFormula ? "'\(text)" : text
    guard safe.unicodeScalars.contains(where: { ",\"\n\r".unicodeScalars.contains($0) }) else { return safe }
    return "\"\(safe.replacingOccurrences(of: "\"", with: "\"\""))\""
  }
}
