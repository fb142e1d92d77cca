import Checkpoints
import Diagnostics
import Foundation
import Notebooks
import Probing
import Reports

/// Where a report comes from, and the digest of all that it is made of.
struct BuildStamp: Sendable {
  let key: ContentDigest
  let provenance: [ReportRecord]
  private let software: String
  private let command: String
  private let sources: [ProbeRecord.SourceDigest]
  private let notebook: String
  private let questions: [String: String]

  init(
    source: SourceText, plan: FieldPlan, records: [String: KeptRecord], troubles: [String: Diagnostic],
    templates: TemplateSet, software: String, command: String
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
      digester.append(field: parameter.origin.rawValue)
    }
    for entry in plan.bibliography.entries {
      digester.append(field: entry.key)
      digester.append(field: entry.type)
      for key in entry.fields.keys.sorted() { digester.append(field: "\(key)=\(entry.fields[key]!)") }
    }
    for name in templates.files.keys.sorted() { digester.append(field: templates.files[name]!) }
    var sources: [ProbeRecord.SourceDigest] = []
    for cell in records.keys.sorted() {
      digester.append(field: cell)
      digester.append(field: records[cell]!.digest)
      for source in records[cell]!.record.sources where !sources.contains(source) { sources.append(source) }
    }
    for cell in troubles.keys.sorted() { digester.append(field: troubles[cell]!.rendered()) }
    var questions: [String: String] = [:]
    for step in plan.steps where records[step.id] != nil { questions[step.id] = try plan.question(of: step).hex }
    self.questions = questions
    key = digester.finish()
    self.software = software
    self.command = command
    self.sources = sources.sorted { ($0.name, $0.part) < ($1.name, $1.part) }
    notebook = ContentDigest(of: Bytes(Array(source.text.utf8))).hex
    provenance =
      [ReportRecord("notebook", "\(source.name) (sha256 \(notebook.prefix(16))…)")]
      + self.sources.map { ReportRecord("\($0.part) '\($0.name)'", $0.words) }
      + [ReportRecord("seed", String(plan.seed)), ReportRecord("theme", plan.theme.name)]
      + [ReportRecord("software", software), ReportRecord("command", command)]
  }

  /// What a report with these files says of itself.
  func summary(
    of files: [String: [UInt8]], diagnostics: [Diagnostic], status: ExitStatus
  ) -> BuildSummaryFile {
    BuildSummaryFile(
      schema: BuildSummaryFile.currentSchema, key: key.hex, software: software, command: command, notebook: notebook,
      status: status, diagnostics: diagnostics, sources: sources, questions: questions,
      files: files.mapValues { ContentDigest(of: Bytes($0)).hex })
  }
}

extension ProbeRecord.SourceDigest {
  /// The digest's beginning, and the state of a network.
  var words: String { "sha256 \(sha256.prefix(16))…" + (state.map { "; \($0)" } ?? "") }
}
