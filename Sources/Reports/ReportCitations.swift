import Notebooks

/// The cited works with the letters that tell those of one author and year apart.
struct ReportCitations {
  private let works: [String: Bibliography.Entry]
  private var letters: [String: String] = [:]
  /// The works in the order of the list of references.
  let entries: [Bibliography.Entry]

  init(keys: [String], in bibliography: Bibliography) {
    var works: [String: Bibliography.Entry] = [:]
    for key in keys where works[key] == nil { works[key] = bibliography[key] }
    func sortKey(_ entry: Bibliography.Entry) -> [String] {
      let names = entry.people.isEmpty ? [entry.shortNames] : entry.people.map { "\($0.family) \($0.given)" }
      return [names.joined(separator: " ").lowercased(), entry.year, entry.fields["title"] ?? "", entry.key]
    }
    self.works = works
    entries = works.values.sorted { sortKey($0).lexicographicallyPrecedes(sortKey($1)) }
    let groups = Dictionary(grouping: entries) { "\($0.shortNames) \($0.year)" }
    for group in groups.values where group.count > 1 {
      for (index, entry) in group.enumerated() where index < 26 {
        letters[entry.key] = String(UnicodeScalar(UInt8(97 + index)))
      }
    }
  }

  /// The list of references.
  func references(_ resolve: ([MarkdownInline]) -> [ReportInline]) -> [ReportReference] {
    entries.map { entry in
      let letter = letters[entry.key] ?? ""
      return ReportReference(
        key: entry.key, label: "\(entry.shortNames), \(entry.year)\(letter)",
        content: resolve(entry.reference(letter: letter)))
    }
  }

  /// A citation written out: `(see Ventura et al., 2024, p. 3)` or `Ventura et al. (2024)`.
  func parts(_ citation: Citation) -> [ReportInline.CitationPart] {
    var parts: [ReportInline.CitationPart] = []
    if !citation.isNarrative { parts.append(.init("(")) }
    for (index, item) in citation.items.enumerated() {
      if index > 0 { parts.append(.init("; ")) }
      if !item.prefix.isEmpty { parts.append(.init(item.prefix + " ")) }
      if let work = works[item.key] {
        let year = work.year + (letters[item.key] ?? "")
        let text = citation.isNarrative ? "\(work.shortNames) (\(year))" : "\(work.shortNames), \(year)"
        parts.append(.init(text, key: item.key))
      } else {
        parts.append(.init(citation.isNarrative ? "@\(item.key)" : item.key))
      }
      if !item.suffix.isEmpty { parts.append(.init(", " + item.suffix)) }
    }
    if !citation.isNarrative { parts.append(.init(")")) }
    return parts
  }
}
