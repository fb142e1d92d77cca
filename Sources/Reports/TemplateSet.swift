import Diagnostics
import Mustache

/// The page's templates, style and script by file name: `page.mustache`, `style.css`, `script.js` …
public struct TemplateSet: Sendable {
  /// The text of each file.
  public let files: [String: String]
  private let library: MustacheLibrary

  /// The names of all files.
  public static let names = [
    "check.mustache", "figure.mustache", "page.mustache", "quantity.mustache", "script.js", "style.css",
    "table.mustache", "trouble.mustache",
  ]

  /// The templates that come with the program.
  public static let standard: TemplateSet = {
    let files = [
      "check.mustache": PackageResources.check_mustache, "figure.mustache": PackageResources.figure_mustache,
      "page.mustache": PackageResources.page_mustache, "quantity.mustache": PackageResources.quantity_mustache,
      "script.js": PackageResources.script_js, "style.css": PackageResources.style_css,
      "table.mustache": PackageResources.table_mustache, "trouble.mustache": PackageResources.trouble_mustache,
    ].mapValues { String(decoding: $0, as: UTF8.self) }
    var library = MustacheLibrary()
    for (name, text) in files where name.hasSuffix(".mustache") {
      // A test parses them all; a template that is broken all the same leaves its part of the page empty.
      if let template = try? MustacheTemplate(string: text) { library.register(template, named: name) }
    }
    return TemplateSet(files: files, library: library)
  }()

  private init(files: [String: String], library: MustacheLibrary) {
    self.files = files
    self.library = library
  }

  /// These templates with some files replaced, such as those in a person's own folder. A source's name ends in the
  /// file's name.
  public func overlaying(_ own: [SourceText]) -> Outcome<TemplateSet> {
    var files = files
    var library = library
    var diagnostics: [Diagnostic] = []
    for source in own {
      let name = source.name.split(separator: "/").last.map(String.init) ?? source.name
      guard Self.names.contains(name) else {
        let problem = ReportProblem.unknownTemplate(name, known: Self.names)
        diagnostics.append(
          Diagnostic(.warning, problem.message, file: source.name, hint: problem.hint, status: problem.status))
        continue
      }
      files[name] = source.text
      guard name.hasSuffix(".mustache") else { continue }
      do {
        library.register(try MustacheTemplate(string: source.text), named: name)
      } catch let error as MustacheTemplate.ParserError {
        let start = SourcePosition(line: error.context.lineNumber, column: max(1, error.context.columnNumber))
        let problem = ReportProblem.badTemplate(name: name, reason: "\(error.error)")
        diagnostics.append(problem.diagnostic(at: SourceRange(file: source.name, start: start)))
      } catch {
        let problem = ReportProblem.badTemplate(name: name, reason: "\(error)")
        diagnostics.append(problem.diagnostic(file: source.name))
      }
    }
    let isBroken = diagnostics.contains { $0.severity == .error }
    return Outcome(isBroken ? nil : TemplateSet(files: files, library: library), diagnostics)
  }

  /// A template filled in.
  func render(_ name: String, _ context: [String: Any]) -> String {
    library.render(context, withTemplate: "\(name).mustache") ?? ""
  }
}
