import Diagnostics

/// What a notebook says of itself, between the `---` lines at its top.
public struct FrontMatter: Sendable, Hashable {
  /// A word or path with the place where it was written.
  public struct Mention: Sendable, Hashable {
    /// What was written.
    public var text: String
    /// Where it stands.
    public var range: SourceRange?

    /// Makes a mention.
    public init(_ text: String, at range: SourceRange? = nil) {
      self.text = text
      self.range = range
    }
  }

  /// The title; empty when there is none.
  public var title: [MarkdownInline] = []
  /// A line under the title; empty when there is none.
  public var subtitle: [MarkdownInline] = []
  /// The authors' names.
  public var authors: [String] = []
  /// What the notebook finds, in a paragraph or two.
  public var abstract: [MarkdownBlock] = []
  /// One plain sentence, for listings and the page's metadata.
  public var description: String = ""
  /// The declared parameters, in the order written.
  public var parameters: [Parameter] = []
  /// The seed all random numbers come from; `nil` where the notebook is silent.
  public var seed: UInt64?
  /// The figure themes asked for.
  public var themes: [Mention] = []
  /// The BibTeX files, as paths relative to the notebook.
  public var bibliography: [Mention] = []
  /// Whether headings carry numbers even where nothing refers to them.
  public var numbersSections = false
  /// Where the front matter stands; `nil` when there is none.
  public var range: SourceRange?

  /// An empty front matter.
  public init() {}

  /// The keys that front matter knows.
  public static let keys = [
    "title", "subtitle", "author", "authors", "abstract", "description", "params", "seed", "theme", "bibliography",
    "number-sections",
  ]
}
