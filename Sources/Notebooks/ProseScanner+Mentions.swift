import Diagnostics

extension ProseScanner {
  /// `@fig-x`, or `@key` in running text.
  mutating func mention() {
    let start = here
    let before = at(start - 1)
    move(to: start + 1)
    if let before, before.isIdentifierPart || before == "/" || before == "@" || before == "." { return }
    guard let end = keyEnd(from: start + 1) else { return }
    let key = text(start + 1..<end)
    if let kind = CrossReference.Kind(ofID: key) {
      return add(.reference(CrossReference(kind: kind, id: key, range: place(start..<end))), start..<end)
    }
    let item = Citation.Item(key: key, range: place(start..<end))
    add(.citation(Citation(items: [item], isNarrative: true)), start..<end)
  }

  /// `[@key]`, `[see @a; @b, p. 3]`.
  mutating func bracket() {
    let start = here
    move(to: start + 1)
    if at(start + 1) == "^" { return footnote() }
    if let before = at(start - 1), before == "!" || before == "]" { return }
    var end = start + 1
    while let scalar = at(end), scalar != "]" {
      if scalar == "[" || scalar == "`" || (scalar == "\n" && at(end + 1) == "\n") { return }
      end += 1
    }
    guard at(end) == "]", at(end + 1) != "(", at(end + 1) != "[" else { return }
    var items: [Citation.Item] = []
    var partStart = start + 1
    for place in start + 1...end where place == end || at(place) == ";" {
      guard let item = item(in: partStart..<place) else { return }
      items.append(item)
      partStart = place + 1
    }
    // `[@fig-a; @fig-b]` is a pair of references in brackets.
    guard items.contains(where: { CrossReference.Kind(ofID: $0.key) == nil }) else { return }
    add(.citation(Citation(items: items)), start..<end + 1)
  }

  /// `[^label]`; remembered only, for Markdown knows footnotes.
  private mutating func footnote() {
    let start = here - 1
    var end = start + 2
    while let scalar = at(end), scalar != "]", scalar != "[", !scalar.isYAMLSpace { end += 1 }
    guard at(end) == "]", end > start + 2 else { return }
    footnotes.append(
      ProtectedProse.FootnoteMention(
        label: text(start + 2..<end), range: start..<end + 1, isDefinition: at(end + 1) == ":"))
    move(to: end + 1)
  }

  private func item(in part: Range<Int>) -> Citation.Item? {
    guard
      let sign = part.first(where: { scalars[$0] == "@" && !($0 > part.lowerBound && scalars[$0 - 1].isIdentifierPart) }
      ),
      let end = keyEnd(from: sign + 1), end <= part.upperBound
    else { return nil }
    var suffix = text(end..<part.upperBound).trimmed
    if suffix.first == "," { suffix = String(suffix.dropFirst()).trimmed }
    return Citation.Item(
      key: text(sign + 1..<end), prefix: text(part.lowerBound..<sign).trimmed, suffix: suffix,
      range: place(sign..<end))
  }

  /// The end of a BibTeX key or id, without the punctuation of the sentence around it.
  private func keyEnd(from start: Int) -> Int? {
    guard let first = at(start), first.isASCIILetter || first == "_" else { return nil }
    var end = start
    while let scalar = at(end), scalar.isIdentifierPart || [":", ".", "+", "/", "&", "'"].contains(scalar) { end += 1 }
    while end > start, !(scalars[end - 1].isASCIILetter || scalars[end - 1].isASCIIDigit) { end -= 1 }
    return end > start ? end : nil
  }
}

extension InlineValue {
  /// Whether a text is a dotted path: `gaps.levels[0].sigma`.
  static func isPath(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard let first = parts.first, first.unicodeScalars.first?.isASCIILetter ?? false, text.utf8.count <= 400 else {
      return false
    }
    return parts.allSatisfy { part in
      let name = part.prefix { $0 != "[" }
      let indices = part[name.endIndex...]
      guard !name.isEmpty, name.unicodeScalars.allSatisfy(\.isIdentifierPart) else { return false }
      return indices.isEmpty
        || indices.dropFirst().dropLast().split(separator: "][", omittingEmptySubsequences: false).allSatisfy {
          Int($0) != nil
        } && indices.last == "]"
    }
  }
}

extension String {
  /// The text without white space at its ends.
  var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else {
      return ""
    }
    return String(self[first...last])
  }
}
