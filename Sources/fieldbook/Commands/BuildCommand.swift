import ArgumentParser
import Diagnostics
import Fieldwork
import Foundation
import Probes
import Probing

struct BuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build", abstract: "Measure what changed, draw, and write the reports.")

  @OptionGroup var options: NotebookOptions

  @Option(help: "The folder that reports go to.")
  var output = "_site"

  @Option(help: "The folder that records are kept in.")
  var records = ".fieldbook/records"

  @Option(help: "A folder of your own templates, over the built-in ones.")
  var templates: String?

  @Flag(help: "Measure everything again.")
  var fresh = false

  func run() throws {
    try runBuild(options, output: output, records: records, templates: templates, freshness: fresh ? .measureAll : .measureChanged, verb: "build")
  }
}

struct PublishCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish", abstract: "Write reports again from their own records; measures nothing.")

  @OptionGroup var options: NotebookOptions

  @Option(help: "The folder that holds the reports.")
  var output = "_site"

  @Option(help: "A folder of your own templates, over the built-in ones.")
  var templates: String?

  func run() throws {
    try runBuild(options, output: output, records: ".fieldbook/records", templates: templates, freshness: .publish, verb: "publish")
  }
}

/// Builds or publishes notebooks one after the other; the worst status counts.
private func runBuild(
  _ options: NotebookOptions, output: String, records: String, templates: String?, freshness: Build.Freshness,
  verb: String
) throws {
  let console = options.console
  try console.run {
    let workspace = DiskWorkspace()
    let lock = try FolderLock(folder: output)
    defer { withExtendedLifetime(lock) {} }
    let build = Build(
      workspace: workspace, catalog: .battery, press: .cairo,
      places: Build.Places(output: output, records: records, templates: templates), software: Fieldbook.software,
      progress: { console.progress($0) })
    var worst = ExitStatus.ok
    var summaries: [JSONValue] = []
    for path in try options.paths() {
      let command = "fieldbook \(verb) \(path)" + (options.set.isEmpty ? "" : " --set " + options.set.joined(separator: " --set "))
      var summary: Build.Summary
      do {
        summary = try build.run(notebookAt: path, request: try options.request(), freshness: freshness, command: command)
      } catch {
        // One broken notebook never hides the others.
        summary = Build.Summary()
        let refused = (error as? Refusal)?.diagnostics ?? [Diagnostic(thrown: error)]
        summary.diagnostics = refused
        summary.status = refused.first?.status ?? .internalError
      }
      for diagnostic in summary.diagnostics { console.report(diagnostic) }
      if options.strict, summary.status == .ok, summary.diagnostics.contains(where: { $0.severity == .warning }) {
        summary.status = .warnings
      }
      if let report = summary.report {
        let what = summary.isUnchanged ? "unchanged" : "\(summary.measuredCount) measured, \(summary.recordedCount) from records"
        console.progress("\(path) → \(report)/index.html (\(what))")
      }
      summaries.append(summary.json(notebook: path))
      if worst == .ok || summary.status == .cellFailed && worst == .checkFailed { worst = summary.status }
    }
    if options.json { console.print(String(decoding: JSONValue.list(summaries).jsonData(isPretty: true), as: UTF8.self)) }
    return worst
  }
}

extension Build.Summary {
  func json(notebook: String) -> JSONValue {
    .record([
      "notebook": .text(notebook), "report": report.map { .text($0) } ?? .null, "measured": .integer(measuredCount),
      "recorded": .integer(recordedCount), "unchanged": .boolean(isUnchanged), "status": .integer(Int(status.rawValue)),
      "diagnostics": .list(diagnostics.map(\.json)),
    ])
  }
}

extension Diagnostic {
  var json: JSONValue {
    var record: [String: JSONValue] = ["severity": .text(severity.rawValue), "message": .text(message)]
    if let range {
      record["file"] = .text(range.file)
      record["line"] = .integer(range.start.line)
      record["column"] = .integer(range.start.column)
    } else if let file {
      record["file"] = .text(file)
    }
    if let hint { record["hint"] = .text(hint) }
    return .record(record)
  }
}
