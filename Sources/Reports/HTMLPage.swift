import Diagnostics

/// Writes a report as one self-contained HTML file.
public struct HTMLPage: Sendable {
  /// The templates, style and script used.
  public var templates: TemplateSet

  /// Makes a writer.
  public init(templates: TemplateSet = .standard) { self.templates = templates }

  /// The page. The same report gives the same text.
  public func rendered(_ report: Report) throws(ReportProblem) -> String { "" }
}

/// The page's templates, by file name: `page.mustache`, `style.css`, `script.js` …
public struct TemplateSet: Sendable, Hashable {
  /// The text of each file.
  public var files: [String: String]

  /// The templates that come with the program.
  public static let standard = TemplateSet(files: [:])

  init(files: [String: String]) { self.files = files }

  /// These templates with some files replaced, such as those in a person's own folder.
  public func overlaying(_ own: [SourceText]) -> Outcome<TemplateSet> { Outcome(self) }
}

/// What can be wrong with a report's making.
public enum ReportProblem: Diagnosable {
  /// A template lacks its text.
  case missingTemplate(String)

  /// What is the matter.
  public var message: String { "" }
  /// A template is the person's own.
  public var status: ExitStatus { .inputDamaged }
}
