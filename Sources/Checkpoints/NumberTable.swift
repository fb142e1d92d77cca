import Foundation

/// A table of numbers out of a text: rows of fields between commas, semicolons or tabs (CSV).
///
/// Conventions: the first row gives names, unless all of it is numbers; fields may stand between double quotes, in which two
/// stand for one; lines end in LF or CR LF; what separates fields is what separates those of the first row. Nothing is
/// guessed: every row has as many fields as the first, every field of a column of numbers is a number.
public struct NumberTable: Sendable {
  /// A column's values.
  public enum Column: Sendable {
    /// Numbers; `nan` and `inf` among them are read.
    case numbers([Double])
    /// Text as it stands.
    case texts([String])
  }

  /// The largest text that is read.
  public static let largestByteCount = 1 << 28

  /// The names of the columns; `nil` where the first row is of numbers.
  public let names: [String]?
  /// The columns, left to right.
  public let columns: [Column]
  /// The number of rows below the names.
  public let rowCount: Int

  /// Reads a text.
  ///
  /// - Parameter isText: whether a column of a name holds text; all others hold numbers.
  /// - Throws: `CheckpointError.table` with the line.
  public init(decoding bytes: Bytes, isText: (String) -> Bool = { _ in false }) throws(CheckpointError) {
    do throws(TableFault) {
      var reader = try TableReader(bytes)
      guard let first = try reader.row() else { throw TableFault.noRows }
      let isHeader = !first.allSatisfy { TableReader.number($0) != nil }
      let header = isHeader ? first.map { String(decoding: $0, as: UTF8.self).trimmed } : nil
      if let header {
        var seen: Set<ExactName> = []
        for (index, name) in header.enumerated() {
          if name.isEmpty { throw TableFault.namelessColumn(index + 1) }
          if !seen.insert(ExactName(name)).inserted { throw TableFault.duplicateName(name) }
        }
      }
      let kinds = first.indices.map { index in header.map { isText($0[index]) } ?? false }
      var numbers = [[Double]](repeating: [], count: first.count)
      var texts = [[String]](repeating: [], count: first.count)
      var (rows, line) = (0, reader.lineOfRow)
      var next: [ArraySlice<UInt8>]? = isHeader ? try reader.row() : first
      while let fields = next {
        line = reader.lineOfRow
        guard fields.count == first.count else {
          throw TableFault.raggedRow(line: line, count: fields.count, expected: first.count)
        }
        for (index, field) in fields.enumerated() {
          if kinds[index] {
            texts[index].append(String(decoding: field, as: UTF8.self).trimmed)
          } else if let value = TableReader.number(field) {
            numbers[index].append(value)
          } else {
            throw TableFault.notANumber(
              line: line, column: header?[index] ?? "\(index + 1)", text: String(decoding: field, as: UTF8.self))
          }
        }
        rows += 1
        next = try reader.row()
      }
      guard rows > 0 else { throw TableFault.noRows }
      names = header
      rowCount = rows
      columns = kinds.indices.map { kinds[$0] ? .texts(texts[$0]) : .numbers(numbers[$0]) }
    } catch {
      throw .table(error)
    }
  }
}

/// How a text fails to be a table of numbers. Lines count from 1.
public enum TableFault: Error, Sendable, Hashable {
  /// It is not UTF-8.
  case notText
  /// It is larger than is read.
  case tooLarge(Int, limit: Int)
  /// There is no row of values.
  case noRows
  /// A row has more or fewer fields than the first.
  case raggedRow(line: Int, count: Int, expected: Int)
  /// A field of a column of numbers is none.
  case notANumber(line: Int, column: String, text: String)
  /// A quoted field does not end, or goes on after its end.
  case quote(line: Int)
  /// A column of a table with names has none.
  case namelessColumn(Int)
  /// Two columns have one name.
  case duplicateName(String)

  /// What is the matter.
  public var message: String {
    switch self {
    case .notText: "the table is not UTF-8 text"
    case .tooLarge(let size, let limit): "the table has \(size) bytes; at most \(limit) are read"
    case .noRows: "the table has no row of values"
    case .raggedRow(let line, let count, let expected):
      "line \(line) has \(count) \(count == 1 ? "field" : "fields"); it must have \(expected), as the first has"
    case .notANumber(let line, let column, let text):
      "line \(line), column \(quoted(column)): \(text.isEmpty ? "there is nothing" : quoted(text)); a number is needed"
    case .quote(let line): "line \(line): a quoted field must end in a quote, before the next field begins"
    case .namelessColumn(let place): "column \(place) has no name, where others have one"
    case .duplicateName(let name): "two columns are named \(quoted(name))"
    }
  }

  /// What to do.
  public var hint: String? {
    switch self {
    case .notText: "save it as UTF-8"
    case .tooLarge: "save it as .npy"
    case .noRows, .quote: nil
    case .raggedRow: "write every field, also where a value is missing"
    case .notANumber(_, _, let text):
      text.contains(",") ? "write decimals with a point" : "write missing values as nan, and leave out columns of words"
    case .namelessColumn, .duplicateName: "name every column once in the first row, or none"
    }
  }
}

/// Goes through a text row by row.
private struct TableReader {
  private let text: [UInt8]
  private var position = 0
  private var line = 1
  private let separator: UInt8
  /// The line in which the last row began.
  private(set) var lineOfRow = 1

  private static let (quote, newline, carriage) = (UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"))

  init(_ bytes: Bytes) throws(TableFault) {
    guard bytes.count <= NumberTable.largestByteCount else {
      throw .tooLarge(bytes.count, limit: NumberTable.largestByteCount)
    }
    guard String(validating: bytes.data, as: UTF8.self) != nil else { throw .notText }
    text = [UInt8](bytes.data)
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    let first = text[position...].prefix { $0 != Self.newline }
    separator = [UInt8(ascii: "\t"), UInt8(ascii: ";")].first { first.contains($0) } ?? UInt8(ascii: ",")
  }

  /// The next row that is not blank; `nil` at the end.
  mutating func row() throws(TableFault) -> [ArraySlice<UInt8>]? {
    while position < text.count {
      lineOfRow = line
      var fields: [ArraySlice<UInt8>] = []
      var isBlank = true
      while true {
        let field = try field()
        if !field.isEmpty { isBlank = false }
        fields.append(field)
        guard position < text.count else { break }
        let end = text[position]
        position += 1
        if end == separator {
          isBlank = false
          continue
        }
        line += 1
        break
      }
      if !isBlank { return fields }
    }
    return nil
  }

  /// The next field, up to a separator or the end of a line, which is not passed.
  private mutating func field() throws(TableFault) -> ArraySlice<UInt8> {
    guard position < text.count, text[position] == Self.quote else {
      let start = position
      while position < text.count, text[position] != separator, text[position] != Self.newline { position += 1 }
      var end = position
      if end > start, text[end - 1] == Self.carriage { end -= 1 }
      return text[start..<end]
    }
    let startLine = line
    position += 1
    var content: [UInt8] = []
    while position < text.count {
      let byte = text[position]
      position += 1
      if byte == Self.quote {
        if position < text.count, text[position] == Self.quote {
          content.append(byte)
          position += 1
          continue
        }
        if position < text.count, text[position] == Self.carriage { position += 1 }
        guard position >= text.count || text[position] == separator || text[position] == Self.newline else {
          throw .quote(line: startLine)
        }
        return content[...]
      }
      if byte == Self.newline { line += 1 }
      content.append(byte)
    }
    throw .quote(line: startLine)
  }

  /// A decimal number, or `nan` or `inf`; blanks around it are passed over.
  static func number(_ field: ArraySlice<UInt8>) -> Double? {
    let text = String(decoding: field, as: UTF8.self).trimmed
    guard !text.isEmpty, text.utf8.count <= 64 else { return nil }
    let isDecimal = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte)
    }
    if isDecimal { return Double(text) }
    return switch text.lowercased() {
    case "nan": .nan
    case "inf", "+inf", "infinity", "+infinity": .infinity
    case "-inf", "-infinity": -.infinity
    default: nil
    }
  }
}

extension String {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
