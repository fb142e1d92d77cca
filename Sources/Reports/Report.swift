import Diagnostics
import Exhibits
import Notebooks

/// A document with everything resolved: values are written out, things are numbered, references are links. The form
/// before HTML and Markdown, and what tests compare.
public struct Report: Sendable, Hashable, Codable {
  /// The title.
  public var title: [ReportInline]
  /// A line under the title.
  public var subtitle: [ReportInline]
  /// The authors' names.
  public var authors: [String]
  /// What was found, in a paragraph or two.
  public var abstract: [ReportBlock]
  /// One plain sentence for the page's metadata.
  public var description: String
  /// The body in reading order.
  public var blocks: [ReportBlock]
  /// Footnotes in the order of their numbers.
  public var footnotes: [ReportFootnote]
  /// The cited works, those of the probes included, by author and year.
  public var references: [ReportReference]
  /// The parameters of this build.
  public var parameters: [ReportParameter]
  /// How each thing was measured.
  public var methods: [ReportMethod]
  /// Where it all comes from.
  public var provenance: [ReportRecord]
  /// What the build has to say beyond the panels.
  public var notices: [Diagnostic]

  /// Makes a report.
  public init(
    title: [ReportInline], subtitle: [ReportInline] = [], authors: [String] = [], abstract: [ReportBlock] = [],
    description: String = "", blocks: [ReportBlock] = [], footnotes: [ReportFootnote] = [],
    references: [ReportReference] = [], parameters: [ReportParameter] = [], methods: [ReportMethod] = [],
    provenance: [ReportRecord] = [], notices: [Diagnostic] = []
  ) {
    self.title = title
    self.subtitle = subtitle
    self.authors = authors
    self.abstract = abstract
    self.description = description
    self.blocks = blocks
    self.footnotes = footnotes
    self.references = references
    self.parameters = parameters
    self.methods = methods
    self.provenance = provenance
    self.notices = notices
  }
}

/// A footnote with its number.
public struct ReportFootnote: Sendable, Hashable, Codable {
  /// The number, from 1.
  public var number: Int
  /// What it says.
  public var blocks: [ReportBlock]

  /// Makes a footnote.
  public init(number: Int, blocks: [ReportBlock]) {
    self.number = number
    self.blocks = blocks
  }
}

/// An entry of the list of references.
public struct ReportReference: Sendable, Hashable, Codable {
  /// The BibTeX key.
  public var key: String
  /// How the text speaks of it, such as `Ventura et al., 2024`.
  public var label: String
  /// The entry as printed.
  public var content: [ReportInline]

  /// Makes an entry.
  public init(key: String, label: String, content: [ReportInline]) {
    self.key = key
    self.label = label
    self.content = content
  }
}

/// A parameter with the value of this build.
public struct ReportParameter: Sendable, Hashable, Codable {
  /// The name.
  public var name: String
  /// The value as text.
  public var value: String
  /// Who gave it, such as `default` or `command line`.
  public var origin: String
  /// What it is for.
  public var help: String

  /// Makes a parameter.
  public init(name: String, value: String, origin: String = "default", help: String = "") {
    self.name = name
    self.value = value
    self.origin = origin
    self.help = help
  }
}

/// How one cell measured: folded away under the report.
public struct ReportMethod: Sendable, Hashable, Codable {
  /// The cell's id.
  public var id: String
  /// The probe or source kind with its version, such as `spectral-gap 1`.
  public var kind: String
  /// The question it answers.
  public var question: String
  /// Parameters, seed, sources, in order.
  public var records: [ReportRecord]
  /// The BibTeX keys of the works it follows.
  public var citations: [String]

  /// Makes a method note.
  public init(id: String, kind: String, question: String, records: [ReportRecord], citations: [String] = []) {
    self.id = id
    self.kind = kind
    self.question = question
    self.records = records
    self.citations = citations
  }
}

/// A label with a value.
public struct ReportRecord: Sendable, Hashable, Codable {
  /// What it is.
  public var label: String
  /// The value as text.
  public var value: String

  /// Makes a record.
  public init(_ label: String, _ value: String) {
    self.label = label
    self.value = value
  }
}
