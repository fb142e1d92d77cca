import Diagnostics

extension Bibliography {
  /// Reads BibTeX. Entries that cannot be read are diagnosed and left out.
  public static func parse(_ source: SourceText) -> Outcome<Bibliography> { Outcome(nil) }
}

extension Bibliography.Entry {
  /// The authors as a sentence has them: `Ventura et al.`, `Ventura and Ambrogioni`, `Ventura`.
  public var shortNames: String { "" }
  /// The year, or `n.d.`.
  public var year: String { fields["year"] ?? "n.d." }
}
