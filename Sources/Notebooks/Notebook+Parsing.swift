import Diagnostics

extension Notebook {
  /// Reads a notebook. Never throws: what is wrong with the text is said in diagnostics, in reading order.
  public static func parse(_ source: SourceText) -> Outcome<Notebook> { Outcome(nil) }
}
