import Diagnostics
import Notebooks

extension ReportComposer {
  mutating func inlines(_ inlines: [MarkdownInline]) -> [ReportInline] {
    var out: [ReportInline] = []
    for inline in inlines {
      for made in self.inline(inline) {
        if case .text(let text) = made, case .text(let before)? = out.last {
          out[out.count - 1] = .text(before + text)
        } else {
          out.append(made)
        }
      }
    }
    return out
  }

  private mutating func inline(_ inline: MarkdownInline) -> [ReportInline] {
    switch inline {
    case .text(let text): return [.text(text)]
    case .code(let text): return [.code(text)]
    case .value(let value): return [written(value)]
    case .reference(let reference): return [link(reference)]
    case .citation(let citation):
      let isNarrative = citation.isNarrative
      let unknown = citation.items.filter { material.bibliography[$0.key] == nil }
      if isNarrative, !unknown.isEmpty, material.bibliography.entries.isEmpty {
        return [.text(citation.items.map { "@\($0.key)" }.joined())]
      }
      for item in unknown {
        say(.unknownCitation(key: item.key, known: material.bibliography.keys), item.range)
      }
      return [.citation(citations.parts(citation))]
    case .math(let math):
      checkTeX(math)
      return [.math(tex: math.tex, isDisplay: math.isDisplay)]
    case .emphasis(let inner): return [.emphasis(inlines(inner))]
    case .strong(let inner): return [.strong(inlines(inner))]
    case .struck(let inner): return [.struck(inlines(inner))]
    case .link(let destination, _, let content):
      let words = content.isEmpty ? [.text(destination)] : inlines(content)
      return LinkDestination.isSafe(destination) ? [.link(destination: destination, content: words)] : words
    case .image(let source, _, let content):
      say(.imageNotShown(source), notebook.header.range, .warning)
      let words = content.isEmpty ? [.text(source)] : inlines(content)
      return LinkDestination.isSafe(source) ? [.link(destination: source, content: words)] : words
    case .footnote(let label):
      guard let number = Int(label) else { return [.text("[^\(label)]")] }
      return [.footnote(number, isFirst: mentionedNotes.insert(number).inserted)]
    case .softBreak: return [.text("\n")]
    case .hardBreak: return [.lineBreak]
    }
  }

  private mutating func written(_ value: InlineValue) -> ReportInline {
    switch material.value(value.path) {
    case .number(let number):
      return .value((value.format ?? .standard).applied(to: number), path: value.path)
    case .integer(let number):
      return .value(
        value.format?.applied(to: Double(number)) ?? ValueFormat(.whole).applied(to: Double(number)), path: value.path)
    case .text(let text): return .value(text, path: value.path)
    case .unknown(let nearest):
      say(.unknownValue(path: value.path, nearest: nearest), value.range)
      return .missing(path: value.path, reason: "no such value")
    case .unavailable(let reason): return .missing(path: value.path, reason: reason)
    }
  }

  private mutating func link(_ reference: CrossReference) -> ReportInline {
    if let label = numbering.labels[reference.id] { return .reference(text: label, id: reference.id) }
    say(.unknownReference(id: reference.id, known: numbering.ids), reference.range)
    return .missing(path: "@" + reference.id, reason: "refers to nothing")
  }

  mutating func checkTeX(_ math: MathText) {
    for problem in TeXMath(math.tex).problems { say(problem, math.range, .warning) }
  }
}

extension MarkdownInline {
  /// The keys of works cited in this inline and those inside it.
  var citedKeys: [String] {
    var keys: [String] = []
    visit { if case .citation(let citation) = $0 { keys += citation.items.map(\.key) } }
    return keys
  }
}

extension [ReportInline] {
  /// The words alone, for places that take no markup.
  public var plainText: String {
    map { inline in
      switch inline {
      case .text(let text), .code(let text), .value(let text, _), .reference(let text, _): text
      case .missing: "–"
      case .math(let tex, _): TeXMath(tex).plainText
      case .emphasis(let inner), .strong(let inner), .struck(let inner), .lowered(let inner), .raised(let inner),
        .link(_, let inner):
        inner.plainText
      case .citation(let parts): parts.map(\.text).joined()
      case .footnote: ""
      case .lineBreak: " "
      }
    }.joined()
  }
}
