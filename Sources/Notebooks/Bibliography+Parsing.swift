import Diagnostics

extension Bibliography {
  private static let byteLimit = 16 << 20

  /// Reads BibTeX. Entries that cannot be read are diagnosed and left out.
  public static func parse(_ source: SourceText) -> Outcome<Bibliography> {
    let bytes = source.text.utf8.count
    guard bytes <= byteLimit else {
      return Outcome(nil, [BibliographyProblem.tooLarge(bytes: bytes, limit: byteLimit).diagnostic(file: source.name)])
    }
    var scanner = BibliographyScanner(SourceLines(source))
    scanner.run()
    return Outcome(Bibliography(entries: scanner.entries), scanner.diagnostics)
  }
}

extension Bibliography.Entry {
  /// Makes an entry from fields as written, TeX and all.
  init(key: String, type: String, raw: [String: String], range: SourceRange?) {
    let names = raw["author"] ?? raw["editor"] ?? ""
    var people = Self.splitNames(names)
    let hasOthers = people.last?.lowercased() == "others"
    if hasOthers { people.removeLast() }
    self.init(
      key: key, type: type, fields: raw.mapValues { TeXText.plain($0) }, people: people.map(Person.init(written:)),
      hasOthers: hasOthers, range: range)
  }

  /// Splits at ` and ` outside braces.
  static func splitNames(_ text: String) -> [String] {
    var names: [String] = []
    var current: [Substring] = []
    for word in splitWords(text) {
      if word.lowercased() == "and" {
        names.append(current.joined(separator: " "))
        current = []
      } else {
        current.append(word)
      }
    }
    names.append(current.joined(separator: " "))
    return names.filter { !$0.isEmpty }
  }

  /// Words at white space outside braces.
  static func splitWords(_ text: String) -> [Substring] {
    var words: [Substring] = []
    var depth = 0
    var start: String.Index?
    for index in text.indices {
      let character = text[index]
      if character == "{" { depth += 1 }
      if character == "}" { depth -= 1 }
      if character.isWhitespace, depth <= 0 {
        if let from = start { words.append(text[from..<index]) }
        start = nil
      } else if start == nil {
        start = index
      }
    }
    if let from = start { words.append(text[from...]) }
    return words
  }
}

extension Bibliography.Entry.Person {
  /// Reads `Given von Family`, `von Family, Given` or `von Family, Jr, Given`.
  init(written: String) {
    var parts: [String] = [""]
    var depth = 0
    for character in written {
      if character == "{" { depth += 1 }
      if character == "}" { depth -= 1 }
      if character == ",", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
    }
    if parts.count > 1 {
      let suffix = parts.count > 2 ? ", " + TeXText.plain(parts[1]) : ""
      self.init(given: TeXText.plain(parts[parts.count - 1]), family: TeXText.plain(parts[0]) + suffix)
      return
    }
    let words = Bibliography.Entry.splitWords(written)
    // A particle is written small; the family name begins there, or else is the last word.
    let particle = words.dropLast().firstIndex { $0.first?.isLowercase ?? false }
    let start = particle ?? max(0, words.count - 1)
    self.init(
      given: TeXText.plain(words[..<start].joined(separator: " ")),
      family: TeXText.plain(words[start...].joined(separator: " ")))
  }

  /// The given names as initials: `J.-P. M.`
  public var initials: String {
    given.split(whereSeparator: \.isWhitespace).map { name in
      name.split(separator: "-").compactMap { $0.first.map { "\($0)." } }.joined(separator: "-")
    }.joined(separator: "\u{A0}")
  }
}
