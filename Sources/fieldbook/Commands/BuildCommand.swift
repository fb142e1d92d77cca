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
    try runBuild(
      options, output: output, records: records, templates: templates, freshness: fresh ? .measureAll : .measureChanged,
      verb: "build")
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
    try runBuild(
      options, output: output, records: ".fieldbook/records", templates: templates, freshness: .publish, verb: "publish"
    )
  }
}

/// Builds or publishes notebooks one after the other; the worst status counts.
private func runBuild(
  _ options: NotebookOptions, output: String, records: String, templates: String?, freshness: Build.Freshness,
  verb: String
) throws {
  let console = options.console
  try console.run {
    let request = try options.request()
    let paths = try options.paths()
    try refuseSharedSites(paths, output: output)
    let lock = try FolderLock(folder: output)
    defer { withExtendedLifetime(lock) {} }
    let build = Build(
      workspace: DiskWorkspace(), catalog: .battery, press: .cairo,
      places: Build.Places(output: output, records: records, templates: templates), software: Fieldbook.software,
      progress: { console.progress($0) })
    var worst = ExitStatus.ok
    var summaries: [JSONValue] = []
    for path in paths {
      let command = options.commandLine(verb: verb, notebook: path, templates: templates)
      var summary: Build.Summary
      do {
        summary = try build.run(notebookAt: path, request: request, freshness: freshness, command: command)
      } catch {
        // One broken notebook never hides the others.
        let diagnostic = Diagnostic(thrown: error)
        summary = Build.Summary()
        summary.diagnostics = [diagnostic]
        summary.status = diagnostic.status
      }
      console.report(summary.diagnostics)
      if options.strict, summary.status == .ok, summary.diagnostics.contains(where: { $0.severity == .warning }) {
        summary.status = .warnings
      }
      if let report = summary.report {
        let what =
          summary.isUnchanged ? "unchanged" : "\(summary.measuredCount) measured, \(summary.recordedCount) from records"
        console.progress("\(path) → \(report)/index.html (\(what))")
      }
      summaries.append(summary.json(notebook: path))
      worst = worst.worse(summary.status)
    }
    if options.json { try console.print(.list(summaries)) }
    return worst
  }
}

/// Refuses notebooks whose reports would overwrite each other.
private func refuseSharedSites(_ paths: [String], output: String) throws {
  var owners: [String: String] = [:]
  for path in paths {
    let site = Site(notebookPath: path, output: output)
    if let owner = owners.updateValue(path, forKey: site.folder) {
      throw Refusal(
        "'\(owner)' and '\(path)' would both be written to '\(site.folder)'",
        hint: "rename one of them, or build them with different '--output' folders")
    }
  }
}

extension ExitStatus {
  /// The status that says more of the two: what keeps reports from being written, then what is wrong with them.
  func worse(_ other: ExitStatus) -> ExitStatus {
    let order: [ExitStatus] = [
      .internalError, .cannotWrite, .locked, .usage, .inputDamaged, .notebookWrong, .notReproducible, .cellFailed,
      .checkFailed, .warnings,
    ]
    return order.first { $0 == self || $0 == other } ?? .ok
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
