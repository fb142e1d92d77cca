/// Reads the labels of figures and tables: `_{…}` lowers, `^{…}` raises, `*…*` slants.
enum LabelMarkup {
  static func inlines(_ label: String) -> [ReportInline] {
    var out: [ReportInline] = []
    var words = ""
    var rest = Substring(label)
    func close() {
      if !words.isEmpty { out.append(.text(words)) }
      words = ""
    }
    while let character = rest.popFirst() {
      if character == "_" || character == "^", rest.first == "{", let end = matchingBrace(rest) {
        close()
        let inner = inlines(String(rest[rest.index(after: rest.startIndex)..<end]))
        out.append(character == "_" ? .lowered(inner) : .raised(inner))
        rest = rest[rest.index(after: end)...]
      } else if character == "*", let end = rest.firstIndex(of: "*"), end > rest.startIndex {
        close()
        out.append(.emphasis(inlines(String(rest[..<end]))))
        rest = rest[rest.index(after: end)...]
      } else {
        words.append(character)
      }
    }
    close()
    return out
  }

  /// The brace that closes the one a text begins with, at most eight deep.
  private static func matchingBrace(_ text: Substring) -> String.Index? {
    var depth = 0
    for index in text.indices {
      if text[index] == "{" { depth += 1 }
      if text[index] == "}" {
        depth -= 1
        if depth == 0 { return index }
      }
      if depth > 8 { return nil }
    }
    return nil
  }
}
