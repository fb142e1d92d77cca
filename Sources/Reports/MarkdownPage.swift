/// Writes a report as GitHub-flavoured Markdown, with figures as images beside it.
public struct MarkdownPage: Sendable {
  /// Makes a writer.
  public init() {}

  /// The text. The same report gives the same text.
  public func rendered(_ report: Report) -> String { "" }
}
