import Checkpoints
import Diagnostics
import Foundation
import Notebooks
import Probing
import Reports

/// The folder that one notebook's report lives in.
struct Site: Sendable {
  /// The report's name: the notebook file's, or its folder's where the file is called `notebook.md`.
  let name: String
  /// The folder.
  let folder: String

  init(notebookPath: String, output: String) {
    let path = notebookPath as NSString
    let stem = (path.lastPathComponent as NSString).deletingPathExtension
    let parent = (path.deletingLastPathComponent as NSString).lastPathComponent
    let isGeneric = ["notebook", "index", "readme"].contains(stem.lowercased())
    name = isGeneric && !parent.isEmpty && parent != "." && parent != ".." && parent != "/" ? parent : stem
    folder = "\(output)/\(name)"
  }

  /// Whether the report on disk is the one that this stamp stands for.
  func isCurrent(_ stamp: BuildStamp, in workspace: any Workspace) -> Bool {
    guard workspace.exists("\(folder)/index.html") else { return false }
    return field("key", in: workspace)?.text == stamp.key.hex
  }

  /// The status that the report on disk was built with.
  func status(in workspace: any Workspace) -> ExitStatus {
    let code = field("status", in: workspace)?.number ?? 0
    return ExitStatus(rawValue: Int32(code)) ?? .ok
  }

  private func field(_ key: String, in workspace: any Workspace) -> JSONValue? {
    guard let bytes = try? workspace.bytes(at: "\(folder)/build.json") else { return nil }
    return (try? JSONValue(json: bytes.data))?[key]
  }

  /// The record that the report on disk shows for a cell.
  func record(of cell: String, probe: any Probe, in workspace: any Workspace) throws -> ProbeRecord {
    let path = "\(folder)/records/\(cell)"
    guard workspace.exists("\(path)/record.json") else { throw StaleRecord.missing(cell: cell, folder: folder) }
    let record = try RecordFiles.read { try workspace.bytes(at: "\(path)/\($0)") }
    let card = type(of: probe).card
    guard record.probe.name == card.name, record.probe.version == card.version,
      record.parameters == (try JSONValue(encoding: probe))
    else { throw StaleRecord.differs(cell: cell, folder: folder) }
    return record
  }
}

/// A record that cannot stand for its cell any more.
enum StaleRecord: Diagnosable, Hashable {
  /// There is none.
  case missing(cell: String, folder: String)
  /// It was measured with other parameters.
  case differs(cell: String, folder: String)

  var message: String {
    switch self {
    case .missing(let cell, let folder): "cell '\(cell)' has no record in '\(folder)'"
    case .differs(let cell, let folder):
      "record of cell '\(cell)' in '\(folder)' was measured with other parameters or another version"
    }
  }
  var hint: String? { "run 'fieldbook build' to measure it" }
  var status: ExitStatus { .notReproducible }
}

/// Where a report comes from, and the digest of all that it is made of.
struct BuildStamp: Sendable {
  let key: ContentDigest
  let provenance: [ReportRecord]
  private let software: String
  private let command: String
  private let sources: [ProbeRecord.SourceDigest]
  private let notebook: String

  init(
    source: SourceText, plan: FieldPlan, records: [String: ProbeRecord], templates: TemplateSet, software: String,
    command: String, troubles: [String: Diagnostic]
  ) throws {
    let digester = ContentDigester()
    digester.append(field: software)
    digester.append(field: command)
    digester.append(field: source.name)
    digester.append(field: source.text)
    digester.append(field: plan.theme.name)
    for parameter in plan.parameters {
      digester.append(field: parameter.parameter.name)
      digester.append(field: parameter.value.description)
    }
    for entry in plan.bibliography.entries {
      digester.append(field: entry.key)
      for key in entry.fields.keys.sorted() { digester.append(field: "\(key)=\(entry.fields[key]!)") }
    }
    for name in templates.files.keys.sorted() { digester.append(field: templates.files[name]!) }
    var sources: [ProbeRecord.SourceDigest] = []
    for cell in records.keys.sorted() {
      let record = records[cell]!
      digester.append(field: cell)
      digester.append(Bytes(data: try JSONValue(encoding: record).jsonData()))
      for source in record.sources where !sources.contains(source) { sources.append(source) }
    }
    for cell in troubles.keys.sorted() { digester.append(field: troubles[cell]!.headline) }
    key = digester.finish()
    self.software = software
    self.command = command
    self.sources = sources.sorted { ($0.name, $0.part) < ($1.name, $1.part) }
    notebook = ContentDigest(of: Bytes(Array(source.text.utf8))).hex
    provenance =
      [ReportRecord("notebook", "\(source.name) (sha256 \(notebook.prefix(16))…)")]
      + self.sources.map { ReportRecord("\($0.part) '\($0.name)'", "sha256 \($0.sha256.prefix(16))…") }
      + [ReportRecord("seed", String(plan.seed)), ReportRecord("theme", plan.theme.name)]
      + [ReportRecord("software", software), ReportRecord("command", command)]
  }

  /// The stamp as a file.
  func json(diagnostics: [Diagnostic], status: ExitStatus) -> String {
    let value = JSONValue.record([
      "schema": .integer(1), "key": .text(key.hex), "software": .text(software), "command": .text(command),
      "notebook": .text(notebook), "status": .integer(Int(status.rawValue)),
      "diagnostics": .list(diagnostics.map { .text($0.headline) }),
      "sources": .list(
        sources.map { .record(["name": .text($0.name), "part": .text($0.part), "sha256": .text($0.sha256)]) }),
    ])
    return String(decoding: value.jsonData(isPretty: true), as: UTF8.self) + "\n"
  }
}
