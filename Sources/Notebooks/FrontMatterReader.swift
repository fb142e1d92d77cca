import Diagnostics

/// Turns the mapping at a notebook's top into a `FrontMatter`, collecting what is wrong with it.
struct FrontMatterReader {
  private(set) var header = FrontMatter()
  private(set) var diagnostics: [Diagnostic] = []

  init(_ value: WrittenValue) {
    header.range = value.range
    guard let entries = value.entries else {
      diagnostics.append(
        NotebookProblem.frontMatterNotMapping(kind: value.kindName).diagnostic(at: value.range))
      return
    }
    for entry in entries { read(entry) }
  }

  private mutating func read(_ entry: WrittenValue.Entry) {
    let value = entry.value
    switch entry.key {
    case "title": header.title = inlines(entry)
    case "subtitle": header.subtitle = inlines(entry)
    case "author", "authors": header.authors = mentions(entry).map(\.text)
    case "abstract":
      guard let text = text(entry) else { return }
      let outcome = MarkdownBlock.parse(text, at: value.range)
      header.abstract = outcome.value ?? []
      diagnostics += outcome.diagnostics
    case "description": header.description = text(entry) ?? ""
    case "params": readParameters(entry)
    case "seed":
      if let seed = value.integer, seed >= 0 {
        header.seed = UInt64(seed)
      } else {
        let written = value.written
        diagnostics.append(NotebookProblem.badSeed(written).diagnostic(at: value.range))
      }
    case "theme": header.themes = mentions(entry)
    case "bibliography": header.bibliography = mentions(entry)
    case "number-sections":
      if case .boolean(let isOn) = value.content {
        header.numbersSections = isOn
      } else {
        refuse(entry, "true or false")
      }
    default:
      diagnostics.append(
        NotebookProblem.unknownKey(entry.key, known: FrontMatter.keys).diagnostic(at: entry.keyRange))
    }
  }

  private mutating func readParameters(_ entry: WrittenValue.Entry) {
    if case .null = entry.value.content { return }
    guard let entries = entry.value.entries else { return refuse(entry, "a mapping of names to parameters") }
    for item in entries {
      var reader = ParameterReader(item)
      if let parameter = reader.parameter() { header.parameters.append(parameter) }
      diagnostics += reader.diagnostics
    }
  }

  private mutating func inlines(_ entry: WrittenValue.Entry) -> [MarkdownInline] {
    guard let text = text(entry) else { return [] }
    let outcome = MarkdownInline.parse(text, at: entry.value.range)
    diagnostics += outcome.diagnostics
    return outcome.value ?? []
  }

  /// Text, a number or a truth value, as text.
  private mutating func text(_ entry: WrittenValue.Entry) -> String? {
    switch entry.value.content {
    case .text, .integer, .number, .boolean: return entry.value.written
    case .null: return nil
    case .list, .record:
      refuse(entry, "text")
      return nil
    }
  }

  /// One word, or a list of them.
  private mutating func mentions(_ entry: WrittenValue.Entry) -> [FrontMatter.Mention] {
    switch entry.value.content {
    case .null: return []
    case .record:
      refuse(entry, "text or a list")
      return []
    case .list(let items):
      return items.compactMap { item in
        switch item.content {
        case .text, .integer, .number: return FrontMatter.Mention(item.written, at: item.range)
        default:
          let problem = NotebookProblem.wrongKind(
            key: entry.key, expected: "a list of texts", found: "a list with \(item.kindName)")
          diagnostics.append(problem.diagnostic(at: item.range))
          return nil
        }
      }
    default: return [FrontMatter.Mention(entry.value.written, at: entry.value.range)]
    }
  }

  private mutating func refuse(_ entry: WrittenValue.Entry, _ expected: String) {
    let problem = NotebookProblem.wrongKind(key: entry.key, expected: expected, found: entry.value.kindName)
    diagnostics.append(problem.diagnostic(at: entry.value.range))
  }
}

extension WrittenValue {
  /// A word, number or truth value as text; lists and mappings by their kind.
  var written: String {
    switch content {
    case .null: "nothing"
    case .boolean(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .number(let value): ValueFormat.plain(value)
    case .text(let text): text
    case .list, .record: kindName
    }
  }
}
