extension Bibliography.Entry {
  /// The authors as a sentence has them: `Ventura et al.`, `Ventura and Ambrogioni`, `Ventura`.
  public var shortNames: String {
    switch people.count {
    case 0: fields["organization"] ?? fields["institution"] ?? fields["title"] ?? key
    case 1: people[0].family + (hasOthers ? " et al." : "")
    case 2 where !hasOthers: "\(people[0].family) and \(people[1].family)"
    default: "\(people[0].family) et al."
    }
  }

  /// The year, or `n.d.`.
  public var year: String {
    if let year = fields["year"], !year.isEmpty { return year }
    let date = (fields["date"] ?? "").prefix { $0.isNumber }
    return date.isEmpty ? "n.d." : String(date)
  }

  /// The address of the work: its DOI, its arXiv number or its URL.
  public var address: String? {
    if let doi = fields["doi"]?.replacing("https://doi.org/", with: ""), !doi.isEmpty {
      return "https://doi.org/\(doi)"
    }
    if let eprint { return "https://arxiv.org/abs/\(eprint)" }
    return fields["url"].flatMap { LinkDestination.isSafe($0) ? $0 : nil }
  }

  private var eprint: String? {
    guard let number = fields["eprint"], !number.isEmpty else { return nil }
    let archive = (fields["archiveprefix"] ?? fields["eprinttype"] ?? "arxiv").lowercased()
    return archive == "arxiv" && number.allSatisfy { $0.isLetter || $0.isNumber || "./-".contains($0) } ? number : nil
  }

  /// The entry of a list of references, in author–year style.
  ///
  /// - Parameter letter: What tells works of one author and year apart: `a`, `b` …
  public func reference(letter: String = "") -> [MarkdownInline] {
    var out: [MarkdownInline] = [.text("\(longNames) (\(year)\(letter)). ")]
    if let title = fields["title"], !title.isEmpty {
      let words = Self.withMath(title)
      out += isWhole ? [.emphasis(words)] : words
      out.append(.text(title.last.map { "?!.".contains($0) } ?? false ? " " : ". "))
    }
    if let container = fields["journal"] ?? fields["journaltitle"] ?? fields["booktitle"], !container.isEmpty {
      if type == "inproceedings" || type == "incollection" { out.append(.text("In ")) }
      out.append(.emphasis(Self.withMath(container)))
      out.append(.text(details + ". "))
    } else if let publisher = fields["publisher"] ?? fields["school"] ?? fields["institution"]
      ?? fields["howpublished"],
      !publisher.isEmpty
    {
      out += Self.withMath(publisher) + [.text(". ")]
    }
    if let address {
      let label = eprint.map { "arXiv:\($0)" } ?? address.replacing("https://", with: "")
      out.append(.link(destination: address, title: "", content: [.text(label)]))
      out.append(.text("."))
    }
    return out.trimmingEnds
  }

  private var isWhole: Bool { ["book", "phdthesis", "mastersthesis", "manual", "proceedings"].contains(type) }

  /// All authors, family name first; more than eight are cut to six.
  private var longNames: String {
    guard !people.isEmpty else { return shortNames }
    let cut = people.count > 8
    var names = people.prefix(cut ? 6 : 8).map { $0.given.isEmpty ? $0.family : "\($0.family), \($0.initials)" }
    if cut || hasOthers { return names.joined(separator: ", ") + ", et al." }
    let last = names.removeLast()
    return names.isEmpty ? last : "\(names.joined(separator: ", ")) and \(last)"
  }

  private var details: String {
    var text = ""
    if let volume = fields["volume"], !volume.isEmpty { text += " \(volume)" }
    if let number = fields["number"], !number.isEmpty { text += "(\(number))" }
    if let pages = fields["pages"], !pages.isEmpty {
      text += ", \(pages.replacing("-", with: "–").replacing("––", with: "–"))"
    }
    return text
  }

  /// Words with `$…$` as formulas.
  private static func withMath(_ text: String) -> [MarkdownInline] {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count % 2 == 1 else { return [.text(text)] }
    return parts.enumerated().compactMap { index, part in
      if part.isEmpty { return nil }
      return index % 2 == 0 ? .text(String(part)) : .math(MathText(tex: String(part)))
    }
  }
}
