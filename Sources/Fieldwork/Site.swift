import Checkpoints
import Diagnostics
import Foundation
import Probing

/// The folder that one notebook's report lives in.
public struct Site: Sendable {
  /// The report's name: the notebook file's, or its folder's where the file is called `notebook.md`.
  public let name: String
  /// The folder.
  public let folder: String

  /// The site of a notebook among the reports of a folder.
  public init(notebookPath: String, output: String) {
    let path = PathParts(FieldPlan.resolve(notebookPath, in: "."))
    let (stem, parent) = (path.stem, PathParts(path.folder).name)
    let isGeneric = ["notebook", "index", "readme"].contains(stem.lowercased())
    let isNamedByFolder = isGeneric && !["", ".", "..", "/"].contains(parent)
    // A leading dot would hide the report.
    let visible = (isNamedByFolder ? parent : stem).drop { $0 == "." }
    name = visible.isEmpty ? "notebook" : String(visible)
    folder = "\(output)/\(name)"
  }

  /// Whether nothing but a report, perhaps an older version's, would be lost if this folder were replaced.
  func isReplaceable(in workspace: any Workspace) -> Bool {
    guard workspace.exists(folder) else { return true }
    guard let bytes = try? workspace.bytes(at: "\(folder)/\(BuildSummaryFile.name)"),
      let summary = try? JSONValue(json: bytes.data)
    else { return workspace.exists("\(folder)/index.html") && workspace.exists("\(folder)/values.tex") }
    return summary["software"]?.text?.hasPrefix("fieldbook ") == true
  }

  /// What the report on disk says of itself; `nil` if there is none.
  func summary(in workspace: any Workspace) -> BuildSummaryFile? {
    guard let bytes = try? workspace.bytes(at: "\(folder)/\(BuildSummaryFile.name)") else { return nil }
    return try? JSONValue(json: bytes.data).decoded(as: BuildSummaryFile.self)
  }

  /// What the report on disk says of itself, if it is whole and the one that a stamp stands for.
  func current(_ stamp: BuildStamp, in workspace: any Workspace) -> BuildSummaryFile? {
    guard let summary = summary(in: workspace), summary.key == stamp.key.hex else { return nil }
    for (file, digest) in summary.files {
      guard let bytes = try? workspace.bytes(at: "\(folder)/\(file)"), ContentDigest(of: bytes).hex == digest else {
        return nil
      }
    }
    return summary
  }

  /// The record that the report on disk shows for a probe cell of a plan.
  func record(of step: PlanStep, asking probe: any Probe, in plan: FieldPlan, workspace: any Workspace) throws
    -> KeptRecord
  {
    let path = "\(folder)/records/\(step.id)"
    guard let summary = summary(in: workspace), let question = summary.questions[step.id],
      workspace.exists("\(path)/\(RecordFiles.recordName)")
    else { throw StaleRecord.missing(cell: step.id, folder: folder) }
    let record: ProbeRecord
    let digest: String
    do {
      digest = ContentDigest(of: try workspace.bytes(at: "\(path)/\(RecordFiles.recordName)")).hex
      record = try RecordFiles.read { try workspace.bytes(at: "\(path)/\($0)") }
    } catch {
      throw StaleRecord.damaged(cell: step.id, folder: folder)
    }
    let card = type(of: probe).card
    guard record.probe.name == card.name, record.probe.version == card.version,
      question == (try plan.question(of: step)).hex
    else { throw StaleRecord.differs(cell: step.id, folder: folder) }
    return KeptRecord(record: record, digest: digest)
  }
}

/// A record that cannot stand for its cell any more.
enum StaleRecord: Diagnosable, Hashable {
  /// There is none.
  case missing(cell: String, folder: String)
  /// It cannot be read.
  case damaged(cell: String, folder: String)
  /// It was measured with other parameters.
  case differs(cell: String, folder: String)

  var message: String {
    switch self {
    case .missing(let cell, let folder): "cell '\(cell)' has no record in '\(folder)'"
    case .damaged(let cell, let folder): "record of cell '\(cell)' in '\(folder)' cannot be read"
    case .differs(let cell, let folder):
      "record of cell '\(cell)' in '\(folder)' was measured with other parameters or another version"
    }
  }
  var hint: String? { "run 'fieldbook build' to measure it" }
  var status: ExitStatus { .notReproducible }
}
