import Diagnostics
import Probing

/// `key=value` words from the command line, as if they had been written in a cell.
struct CommandLineValues {
  /// The words as a text, so that diagnostics can point into them.
  let source: SourceText
  private let pairs: [String]

  init(pairs: [String]) {
    self.pairs = pairs
    source = SourceText(name: "command line", text: pairs.joined(separator: " "))
  }

  /// The mapping that the words spell.
  func written() throws -> WrittenValue {
    var root: [WrittenValue.Entry] = []
    var column = 1
    for pair in pairs {
      let length = pair.unicodeScalars.count
      let range = SourceRange(
        file: source.name, start: SourcePosition(line: 1, column: column),
        end: SourcePosition(line: 1, column: column + length))
      column += length + 1
      guard let equals = pair.firstIndex(of: "="), equals > pair.startIndex else {
        throw Refusal([
          Diagnostic(.error, "'\(pair)' has no value", at: range, hint: "write 'key=value'", status: .usage)
        ])
      }
      let path = pair[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard path.allSatisfy({ !$0.isEmpty }) else {
        throw Refusal([Diagnostic(.error, "key '\(pair[..<equals])' has an empty part", at: range, status: .usage)])
      }
      let text = String(pair[pair.index(after: equals)...])
      if text.hasPrefix("["), Self.parts(of: text) == nil {
        throw Refusal([
          Diagnostic(.error, "brackets of '\(pair[..<equals])' do not match", at: range, status: .usage)
        ])
      }
      let value = Self.value(text, at: range)
      try insert(value, at: path[...], into: &root, range: range, key: String(pair[..<equals]))
    }
    return WrittenValue(.record(root))
  }

  private func insert(
    _ value: WrittenValue, at path: ArraySlice<String>, into entries: inout [WrittenValue.Entry], range: SourceRange,
    key: String
  ) throws {
    guard let head = path.first else { return }
    let position = entries.firstIndex { $0.key == head }
    if path.count == 1 {
      guard let position else {
        entries.append(.init(key: head, keyRange: range, value: value))
        return
      }
      guard var inner = entries[position].value.entries, !inner.contains(where: { $0.key == WrittenValue.itself })
      else {
        throw Refusal([Diagnostic(.error, "'\(key)' is given twice", at: range, status: .usage)])
      }
      // `process.steps=10 process=ddpm`: the plain value stands for the key that matters most.
      inner.append(.init(key: WrittenValue.itself, keyRange: range, value: value))
      entries[position].value.content = .record(inner)
      return
    }
    var inner: [WrittenValue.Entry] = []
    if let position {
      inner =
        entries[position].value.entries
        ?? [.init(key: WrittenValue.itself, keyRange: entries[position].keyRange, value: entries[position].value)]
    }
    try insert(value, at: path.dropFirst(), into: &inner, range: range, key: key)
    let record = WrittenValue(.record(inner), at: range)
    if let position {
      entries[position].value = record
    } else {
      entries.append(.init(key: head, keyRange: range, value: record))
    }
  }

  /// A list between commas, or one word. Brackets keep a list within a list: `[-1,1,16],[0,1,8]`, or `[[-1,1,16],[0,1,8]]`.
  private static func value(_ text: String, at range: SourceRange) -> WrittenValue {
    guard let parts = parts(of: text) else { return scalar(text, at: range) }
    if parts.count == 1 {
      // What stands between a pair of brackets is a list, also of one.
      guard let inner = bracketed(text), let items = inner.isEmpty ? [] : self.parts(of: inner) else {
        return scalar(text, at: range)
      }
      return WrittenValue(.list(items.map { value($0, at: range) }), at: range)
    }
    return WrittenValue(.list(parts.map { value($0, at: range) }), at: range)
  }

  /// What stands between the commas that no bracket holds; `nil` where brackets do not match, or lie deeper than anything takes.
  private static func parts(of text: String) -> [String]? {
    var (parts, depth) = ([""], 0)
    for character in text {
      if character == "[" { depth += 1 }
      if character == "]" { depth -= 1 }
      guard (0...8).contains(depth) else { return nil }
      if character == ",", depth == 0 {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    return depth == 0 ? parts : nil
  }

  private static func bracketed(_ text: String) -> String? {
    text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : nil
  }

  private static func scalar(_ text: String, at range: SourceRange) -> WrittenValue {
    let content: WrittenValue.Content
    if text == "true" || text == "false" {
      content = .boolean(text == "true")
    } else if let integer = Int(text) {
      content = .integer(integer)
    } else if let number = Double(text), number.isFinite, text.first?.isLetter == false {
      content = .number(number)
    } else {
      content = .text(text)
    }
    return WrittenValue(content, at: range)
  }
}
