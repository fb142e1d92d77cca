import Diagnostics

/// Reads BibTeX: entries, `@string`, `@comment`, `@preamble`; values in braces or quotation marks, joined by `#`.
struct BibliographyScanner {
  private let lines: SourceLines
  private var index = 0
  private var abbreviations: [String: String]
  private var firstLines: [String: Int] = [:]
  private(set) var entries: [Bibliography.Entry] = []
  private(set) var diagnostics: [Diagnostic] = []

  private static let months = [
    "jan": "January", "feb": "February", "mar": "March", "apr": "April", "may": "May", "jun": "June", "jul": "July",
    "aug": "August", "sep": "September", "oct": "October", "nov": "November", "dec": "December",
  ]

  init(_ lines: SourceLines) {
    self.lines = lines
    abbreviations = Self.months
  }

  mutating func run() {
    while let sign = peek {
      index += 1
      if sign == "@" { statement(from: index - 1) }
    }
  }

  private var peek: Unicode.Scalar? { index < lines.scalars.count ? lines.scalars[index] : nil }

  private mutating func skipSpace() {
    while let scalar = peek {
      if scalar == "%" {
        while let scalar = peek, scalar != "\n" { index += 1 }
      } else if scalar.isYAMLSpace {
        index += 1
      } else {
        return
      }
    }
  }

  private mutating func word() -> String {
    let start = index
    while let scalar = peek, !scalar.isYAMLSpace, !"{}(),=#\"%@".unicodeScalars.contains(scalar) { index += 1 }
    return lines.text(start..<index)
  }

  /// `@type{…}`, from after the `@`.
  private mutating func statement(from start: Int) {
    skipSpace()
    let type = word().lowercased()
    skipSpace()
    guard !type.isEmpty, peek == "{" || peek == "(" else { return }
    let close: Unicode.Scalar = peek == "{" ? "}" : ")"
    if type == "comment" {
      skipBalanced()
      return
    }
    index += 1
    if type == "preamble" {
      _ = value(of: "preamble")
      skipSpace()
      if peek == close { index += 1 }
      return
    }
    skipSpace()
    let keyStart = index
    var key = ""
    if type != "string" {
      while let scalar = peek, scalar != ",", scalar != close, scalar != "\n", scalar != "=" { index += 1 }
      key = lines.text(keyStart..<index).trimmed
      guard !key.isEmpty, peek != "=" else {
        say(.withoutKey(type: type), start..<keyStart)
        recover()
        return
      }
    }
    guard let fields = fields(of: type, key: key, from: start, until: close) else { return }
    if type == "string" {
      for (name, value) in fields { abbreviations[name] = value }
      return
    }
    add(
      Bibliography.Entry(
        key: key, type: type, raw: fields, range: lines.range(keyStart..<keyStart + key.unicodeScalars.count)))
  }

  /// `name = value, …` up to the entry's end; `nil` when it cannot be read on.
  private mutating func fields(
    of type: String, key: String, from start: Int, until close: Unicode.Scalar
  ) -> [String: String]? {
    var fields: [String: String] = [:]
    while true {
      skipSpace()
      if peek == "," {
        index += 1
        continue
      }
      guard let sign = peek else {
        say(.entryNotClosed(type: type, key: key), start..<start + 1 + type.count)
        return nil
      }
      if sign == close {
        index += 1
        return fields
      }
      let nameStart = index
      let name = word().lowercased()
      guard !name.isEmpty else {
        say(
          sign == "@" ? .entryNotClosed(type: type, key: key) : .straySign(String(sign)),
          sign == "@" ? start..<start + 1 + type.count : nameStart..<nameStart + 1)
        recover()
        return nil
      }
      skipSpace()
      guard peek == "=" else {
        let found = peek.map(String.init) ?? "the end"
        say(.withoutSign(field: name, found: found == "\n" ? "line end" : found), nameStart..<nameStart + name.count)
        recover()
        return nil
      }
      index += 1
      guard let value = value(of: name) else {
        recover()
        return nil
      }
      // The first of two equal fields counts, as in BibTeX.
      if fields[name] == nil { fields[name] = value }
    }
  }

  /// Parts joined by `#`.
  private mutating func value(of field: String) -> String? {
    var text = ""
    while true {
      skipSpace()
      let start = index
      switch peek {
      case "{":
        skipBalanced()
        guard lines.scalars[index - 1] == "}", index - start >= 2 else { return refuseUnclosed(start) }
        text += lines.text(start + 1..<index - 1)
      case "\"":
        index += 1
        var depth = 0
        while let scalar = peek, scalar != "\"" || depth > 0 {
          if scalar == "{" { depth += 1 }
          if scalar == "}" { depth -= 1 }
          index += scalar == "\\" ? 2 : 1
        }
        guard peek == "\"" else { return refuseUnclosed(start) }
        text += lines.text(start + 1..<index)
        index += 1
      default:
        let word = word()
        if word.isEmpty {
          say(.withoutValue(field: field), start..<min(start + 1, lines.scalars.count))
          return nil
        }
        if word.allSatisfy({ $0.isASCII && $0.isNumber }) {
          text += word
        } else if let meaning = abbreviations[word.lowercased()] {
          text += meaning
        } else {
          say(.unknownAbbreviation(word, known: abbreviations.keys.sorted()), start..<index)
          text += word
        }
      }
      skipSpace()
      guard peek == "#" else { return text }
      index += 1
    }
  }

  private mutating func refuseUnclosed(_ start: Int) -> String? {
    let sign = String(lines.scalars[start])
    say(.valueNotClosed(sign), start..<start + 1)
    // What follows an open brace is anybody's guess: go on behind it.
    index = start + 1
    return nil
  }

  /// Skips `{…}` or `(…)`, escaped braces aside.
  private mutating func skipBalanced() {
    let open = peek
    let close: Unicode.Scalar = open == "(" ? ")" : "}"
    var depth = 0
    while let scalar = peek {
      if scalar == "\\" {
        index = min(index + 2, lines.scalars.count)
        continue
      }
      if scalar == open { depth += 1 }
      if scalar == close { depth -= 1 }
      index += 1
      if depth == 0 { return }
    }
  }

  /// Goes on at the next line that begins an entry.
  private mutating func recover() {
    while let scalar = peek {
      if scalar == "@", index == 0 || lines.scalars[index - 1] == "\n" { return }
      index += 1
    }
  }

  private mutating func add(_ entry: Bibliography.Entry) {
    if let line = firstLines[entry.key] {
      diagnostics.append(
        BibliographyProblem.duplicateKey(entry.key, firstLine: line).diagnostic(at: entry.range))
      return
    }
    firstLines[entry.key] = entry.range?.start.line ?? 0
    entries.append(entry)
  }

  private mutating func say(_ problem: BibliographyProblem, _ range: Range<Int>) {
    let end = min(range.upperBound, lines.scalars.count)
    diagnostics.append(problem.diagnostic(at: lines.range(min(range.lowerBound, end)..<end)))
  }
}
