/// A run of text on the page.
public indirect enum ReportInline: Sendable, Hashable, Codable {
  /// Plain text.
  case text(String)
  /// Code.
  case code(String)
  /// A value from a finding, with its path for those who ask.
  case value(String, path: String)
  /// A value that could not be had, with the reason.
  case missing(path: String, reason: String)
  /// A formula in TeX.
  case math(tex: String, isDisplay: Bool)
  /// Emphasis.
  case emphasis([ReportInline])
  /// Strong emphasis.
  case strong([ReportInline])
  /// Struck out.
  case struck([ReportInline])
  /// Lowered.
  case lowered([ReportInline])
  /// Raised.
  case raised([ReportInline])
  /// A link out of the page. Only `http`, `https`, `mailto`, relative places and `#…` get this far.
  case link(destination: String, content: [ReportInline])
  /// A link to something numbered, such as “Figure 1”.
  case reference(text: String, id: String)
  /// Cited works, written out: pairs of text and the key it links to.
  case citation([CitationPart])
  /// A footnote's mark; the note links back to its first.
  case footnote(Int, isFirst: Bool)
  /// A line break.
  case lineBreak

  /// Part of a citation: words, linked where they stand for a work.
  public struct CitationPart: Sendable, Hashable, Codable {
    /// The words.
    public var text: String
    /// The BibTeX key they link to.
    public var key: String?

    /// Makes a part.
    public init(_ text: String, key: String? = nil) {
      self.text = text
      self.key = key
    }
  }
}
