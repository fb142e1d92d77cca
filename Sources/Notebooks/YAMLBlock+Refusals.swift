import Diagnostics
import Yams

extension YAMLBlock {
  /// What forbids even trying: the library recurses over nesting, and hashes keys after expanding aliases.
  var refusal: Diagnostic? {
    let here = lines.range(range.lowerBound..<range.lowerBound)
    let bytes = text.utf8.count
    if bytes > YAMLReader.byteLimit {
      return YAMLProblem.tooLarge(bytes: bytes, limit: YAMLReader.byteLimit).diagnostic(at: here)
    }
    var depth = 0
    var lead = 0
    var isLeading = true
    var aliases = 0
    var anchors = 0
    var previous: Unicode.Scalar = "\n"
    for index in range {
      let scalar = lines.scalars[index]
      let next = index + 1 < range.upperBound ? lines.scalars[index + 1] : "\n"
      if scalar == "\n" {
        isLeading = true
        lead = 0
      } else if isLeading {
        // An indentation of n columns nests at most n deep, `- - -` included.
        isLeading = scalar == " " || ((scalar == "-" || scalar == "?") && next == " ")
        lead += 1
      }
      if scalar == "[" || scalar == "{" { depth += 1 }
      if scalar == "]" || scalar == "}" { depth = max(0, depth - 1) }
      if depth > YAMLReader.depthLimit || lead > 2 * YAMLReader.depthLimit {
        return YAMLProblem.tooDeep(limit: YAMLReader.depthLimit).diagnostic(at: lines.range(index..<index + 1))
      }
      if previous.isYAMLSpace || previous == "," || previous == "[" || previous == "{", next.isIdentifierPart {
        if scalar == "*" { aliases += 1 }
        if scalar == "&" { anchors += 1 }
      }
      previous = scalar
    }
    if anchors > 0, aliases > YAMLReader.aliasLimit {
      return YAMLProblem.tooManyAliases(count: aliases, limit: YAMLReader.aliasLimit).diagnostic(at: here)
    }
    return nil
  }

  /// One of the library's errors in our words, at its place in the whole text.
  func diagnostic(for error: YamlError) -> Diagnostic {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let place = index(of: mark) ?? range.lowerBound
      if let tab = tab(near: place) { return YAMLProblem.tabInIndentation.diagnostic(at: lines.range(tab..<tab + 1)) }
      let opening = context.flatMap { index(of: $0.mark) }
      return diagnostic(for: problem, in: context?.text ?? "", at: place, opening: opening)
    case .duplicatedKeysInMapping(let keys, let context):
      return diagnostic(forDuplicate: keys.first ?? "", at: context.mark)
    case .reader(let problem, _, _, _):
      return YAMLProblem.unreadable(problem).diagnostic(at: lines.range(range.lowerBound..<range.lowerBound))
    default:
      return YAMLProblem.unreadable("\(error)").diagnostic(at: lines.range(range.lowerBound..<range.lowerBound))
    }
  }

  private func diagnostic(for problem: String, in context: String, at place: Int, opening: Int?) -> Diagnostic {
    let character = place < range.upperBound ? lines.scalars[place] : "\n"
    let here = place < range.upperBound ? lines.range(place..<place + 1) : lines.range(place..<place)
    let start = opening.map { lines.range($0..<min($0 + 1, range.upperBound)) } ?? here
    if problem.contains("mapping values are not allowed") {
      let lead = lines.scalars[lines.starts[lines.position(place).line - 1]..<place]
      let isFirst = !lead.contains(":") && lead.first == " "
      return (isFirst ? YAMLProblem.indentation : .secondColon).diagnostic(at: here)
    }
    if problem.contains("',' or ']'") { return YAMLProblem.notClosed("[").diagnostic(at: start) }
    if problem.contains("',' or '}'") { return YAMLProblem.notClosed("{").diagnostic(at: start) }
    if context.contains("quoted scalar") { return YAMLProblem.quoteNotClosed.diagnostic(at: start) }
    if problem.contains("undefined alias") { return YAMLProblem.aliasUnknown.diagnostic(at: here) }
    if problem.contains("another document") { return YAMLProblem.severalDocuments.diagnostic(at: here) }
    if problem.contains("cannot start any token") {
      return YAMLProblem.wordCannotStart(String(character)).diagnostic(at: here)
    }
    return YAMLProblem.unreadable(problem).diagnostic(at: here)
  }

  /// A tab before the first word of a line, on the line of a place or the one before it.
  private func tab(near place: Int) -> Int? {
    let line = lines.position(place).line - 1
    for line in [line, line - 1] where line >= 0 && line < lines.count {
      for index in lines.indices(ofLine: line) where range.contains(index) {
        if lines.scalars[index] == "\t" { return index }
        if lines.scalars[index] != " " { break }
      }
    }
    return nil
  }

  /// The library names one place of a key written twice; the other is found by its letters.
  private func diagnostic(forDuplicate key: String, at mark: Mark) -> Diagnostic {
    let first = index(of: mark) ?? range.lowerBound
    let column = lines.position(first).column
    let letters = Array(key.unicodeScalars)
    var places: [Int] = []
    for start in range where start + letters.count < range.upperBound && matches(letters, at: start) {
      let line = lines.starts[lines.position(start).line - 1]
      let lead = lines.scalars[line..<start]
      let startsLine = lead.allSatisfy { $0 == " " } && lines.position(start).column == column
      let inBraces = lines.scalars[..<start].last { !$0.isYAMLSpace }.map { $0 == "{" || $0 == "," } ?? false
      if startsLine || inBraces || start == first { places.append(start) }
    }
    let second = places.first { $0 > first } ?? first
    let earlier = second > first ? first : places.first ?? first
    let restoredKey = restored(key)
    return YAMLProblem.duplicateKey(restoredKey, firstLine: lines.position(earlier).line)
      .diagnostic(at: lines.range(second..<min(second + letters.count, range.upperBound)))
  }

  /// Whether a key's letters stand at a place, followed by a colon.
  private func matches(_ letters: [Unicode.Scalar], at start: Int) -> Bool {
    guard !letters.isEmpty, lines.scalars[start..<start + letters.count].elementsEqual(letters) else { return false }
    var index = start + letters.count
    while index < range.upperBound, lines.scalars[index] == " " || lines.scalars[index] == "\"" { index += 1 }
    return index < range.upperBound && lines.scalars[index] == ":"
  }
}
