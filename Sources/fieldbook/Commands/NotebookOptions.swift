import ArgumentParser
import CairoPainting
import Diagnostics
import Fieldwork
import Foundation
import Probes

/// What every command about notebooks takes.
struct NotebookOptions: ParsableArguments {
  @Argument(help: "The notebooks; left out: 'notebook.md' here, or every 'reports/*/notebook.md'.")
  var notebooks: [String] = []

  @Option(name: .customLong("set"), help: "Give a parameter a value: --set points=16. May be repeated.")
  var set: [String] = []

  @Option(name: .customLong("params"), help: "A YAML file of parameters.")
  var parameterFile: String?

  @Option(help: "The look of the figures: screen, neurips, icml, nature …")
  var theme: String?

  @Flag(name: [.customShort("q"), .long], help: "Say nothing but errors.")
  var quiet = false

  @Flag(help: "Exit with 5 if there are warnings.")
  var strict = false

  @Flag(help: "Print what happened as JSON.")
  var json = false

  var console: Console { Console(isQuiet: quiet) }

  /// The notebooks to work on.
  func paths() throws -> [String] {
    var seen: Set<String> = []
    let named = notebooks.filter { seen.insert(URL(fileURLWithPath: $0).standardizedFileURL.path).inserted }
    if !named.isEmpty { return named }
    if FileManager.default.fileExists(atPath: "notebook.md") { return ["notebook.md"] }
    let folders = ((try? FileManager.default.contentsOfDirectory(atPath: "reports")) ?? []).sorted()
    let found = folders.map { "reports/\($0)/notebook.md" }.filter { FileManager.default.fileExists(atPath: $0) }
    guard !found.isEmpty else {
      throw Refusal("no notebook is named, and there is none here", hint: "name one, or make one with 'fieldbook new'")
    }
    return found
  }

  /// The command line that builds a notebook like this again.
  func commandLine(verb: String, notebook: String, templates: String?) -> String {
    var words = ["fieldbook", verb, notebook]
    for pair in set { words += ["--set", pair] }
    if let parameterFile { words += ["--params", parameterFile] }
    if let theme { words += ["--theme", theme] }
    if let templates { words += ["--templates", templates] }
    return words.map(\.shellWord).joined(separator: " ")
  }

  /// What is asked for beyond the notebooks themselves.
  func request() throws -> Planner.Request {
    var values: [String: String] = [:]
    for pair in set {
      guard let equals = pair.firstIndex(of: "="), equals > pair.startIndex else {
        throw Refusal("'--set \(pair)' has no value", hint: "write '--set NAME=VALUE'")
      }
      values[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
    }
    return Planner.Request(set: values, parameterFile: parameterFile, theme: theme)
  }
}

extension String {
  /// The text as one word for a shell.
  fileprivate var shellWord: String {
    let isPlain = unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || "0123456789_./=:,+@%-".unicodeScalars.contains($0)
    }
    return isPlain && !isEmpty ? self : "'" + replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}

extension FigurePress {
  /// Cairo and Pango.
  static let cairo = FigurePress(
    measurer: PangoTextMeasurer(), pdf: CairoPainter(.pdf), png: CairoPainter(.png(dotsPerInch: 300)))
}
