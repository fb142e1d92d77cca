import Checkpoints
import Diagnostics
import Foundation
import Notebooks
import Probing
import Reports

/// Takes a notebook the whole way: plan, gather, measure, exhibit, compose, publish.
public struct Build: Sendable {
  /// Where things come from and go to.
  public struct Places: Sendable {
    /// The folder that reports go to.
    public var output: String
    /// The folder that records are kept in.
    public var records: String
    /// A folder of the person's own templates.
    public var templates: String?

    /// Makes places.
    public init(output: String = "_site", records: String = ".fieldbook/records", templates: String? = nil) {
      self.output = output
      self.records = records
      self.templates = templates
    }
  }

  /// Where findings come from.
  public enum Freshness: Sendable {
    /// What changed is measured, the rest comes from records.
    case measureChanged
    /// Everything is measured.
    case measureAll
    /// Nothing is measured: the report's own records are shown again.
    case publish
  }

  /// What became of a build.
  public struct Summary: Sendable {
    /// The folder of the report; `nil` when none was written.
    public var report: String?
    /// How many probe cells were measured.
    public var measuredCount = 0
    /// How many probe cells came from records.
    public var recordedCount = 0
    /// Whether the report on disk already was what this build would write.
    public var isUnchanged = false
    /// What there is to say.
    public var diagnostics: [Diagnostic] = []
    /// The exit status.
    public var status = ExitStatus.ok

    /// A build that has not happened yet.
    public init() {}
  }

  let workspace: any Workspace
  let catalog: ProbeCatalog
  let press: FigurePress
  let places: Places
  let software: String
  let progress: @Sendable (String) -> Void

  /// Makes a builder.
  public init(
    workspace: any Workspace, catalog: ProbeCatalog, press: FigurePress, places: Places, software: String,
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.workspace = workspace
    self.catalog = catalog
    self.press = press
    self.places = places
    self.software = software
    self.progress = progress
  }

  /// Builds the notebook at a path. `command` is what the report says it was built with.
  public func run(
    notebookAt path: String, request: Planner.Request = .init(), freshness: Freshness = .measureChanged,
    command: String
  ) throws -> Summary {
    var summary = Summary()
    let source = try workspace.text(at: path)
    let planned = Planner(catalog: catalog, workspace: workspace).plan(source, request: request)
    summary.diagnostics = planned.diagnostics
    guard let plan = planned.value else {
      summary.status = planned.diagnostics.first { $0.severity == .error }?.status ?? .notebookWrong
      return summary
    }
    let templates = try self.templates(&summary.diagnostics)
    guard let templates else {
      summary.status = .inputDamaged
      return summary
    }
    let shelf = SourceShelf(workspace: workspace)
    if freshness != .publish {
      // A damaged source is found before anything is measured; the last good report stays.
      let damaged = damagedSources(of: plan, on: shelf)
      guard damaged.isEmpty else {
        summary.diagnostics += damaged
        summary.status = damaged[0].status
        return summary
      }
    }

    let site = Site(notebookPath: path, output: places.output)
    let findings = measure(plan, shelf: shelf, site: site, freshness: freshness, summary: &summary)
    let stamp = try BuildStamp(
      source: source, plan: plan, records: findings.records, templates: templates, software: software,
      command: command, troubles: findings.troubles)
    if freshness == .measureChanged, site.isCurrent(stamp, in: workspace) {
      summary.isUnchanged = true
      summary.report = site.folder
      summary.status = site.status(in: workspace)
      return summary
    }
    let files = try compose(plan, findings, templates: templates, site: site, stamp: stamp, summary: &summary)
    try workspace.replaceFolder(site.folder, with: files)
    summary.report = site.folder
    return summary
  }

  // MARK: Sources

  private func templates(_ diagnostics: inout [Diagnostic]) throws -> TemplateSet? {
    guard let folder = places.templates else { return .standard }
    var own: [SourceText] = []
    for name in TemplateSet.standard.files.keys.sorted() where workspace.exists("\(folder)/\(name)") {
      let text = try workspace.text(at: "\(folder)/\(name)")
      own.append(SourceText(name: name, text: text.text))
    }
    let overlaid = TemplateSet.standard.overlaying(own)
    diagnostics += overlaid.diagnostics
    return overlaid.value
  }

  private func damagedSources(of plan: FieldPlan, on shelf: SourceShelf) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    for step in plan.steps {
      guard case .load(let source) = step.action else { continue }
      do {
        switch source {
        case .network(let cell): _ = try shelf.network(at: plan.resolved(cell.path.name))
        case .checkpoint(let cell): _ = try shelf.checkpoint(at: plan.resolved(cell.path.name))
        case .samples(let cell):
          guard let path = cell.path else { continue }
          let whole = plan.resolved(path.name)
          let file = workspace.exists(whole) ? whole : plan.resolved(SourcePath(path.name).container)
          _ = try shelf.checkpoint(at: file)
        }
      } catch {
        diagnostics.append(Diagnostic(thrown: error, at: step.cell.body["path"]?.range ?? step.cell.range))
      }
    }
    return diagnostics
  }

  // MARK: Measuring

  /// What the probe cells came to.
  struct Findings: Sendable {
    var findings: [String: any ProbeFinding] = [:]
    var records: [String: ProbeRecord] = [:]
    var troubles: [String: Diagnostic] = [:]
  }

  private func measure(
    _ plan: FieldPlan, shelf: SourceShelf, site: Site, freshness: Freshness, summary: inout Summary
  ) -> Findings {
    var found = Findings()
    let store = RecordStore(workspace: workspace, folder: places.records)
    for step in plan.steps {
      guard case .ask(let probe) = step.action else { continue }
      do {
        let record: ProbeRecord
        if case .publish = freshness {
          record = try site.record(of: step.id, probe: probe, in: workspace)
          summary.recordedCount += 1
        } else {
          let bench = SourceBench(sources: plan.sources, folder: plan.folder, shelf: shelf)
          let prepared = try probe.prepared(on: bench)
          let key = try RecordStore.key(probe: probe, seed: plan.seed, sources: bench.used, software: software)
          if case .measureChanged = freshness, let kept = store.record(for: key) {
            record = kept
            summary.recordedCount += 1
          } else {
            progress("measuring \(step.cell.kind) #\(step.id)")
            record = try ProbeRecord(
              probe: probe, seed: plan.seed, sources: bench.used, finding: prepared.measure(plan.seed),
              software: software)
            try store.keep(record, under: key)
            summary.measuredCount += 1
          }
        }
        found.findings[step.id] = try type(of: probe).finding(in: record)
        found.records[step.id] = record
      } catch {
        found.troubles[step.id] = trouble(error, in: step)
      }
    }
    return found
  }

  private func trouble(_ error: any Error, in step: PlanStep) -> Diagnostic {
    if let error = error as? ParameterError {
      return error.located(in: step.cell.body).diagnostic(at: error.located(in: step.cell.body).range ?? step.cell.kindRange)
    }
    return Diagnostic(thrown: error, at: step.cell.kindRange)
  }

  // MARK: Publishing

  private func compose(
    _ plan: FieldPlan, _ found: Findings, templates: TemplateSet, site: Site, stamp: BuildStamp,
    summary: inout Summary
  ) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    var values = FindingValues(plan: plan)
    for (cell, record) in found.records { values.add(record.finding, of: cell) }
    for cell in found.troubles.keys { values.miss(cell, because: "cell '\(cell)' failed") }

    var results: [String: CellResult] = [:]
    var failed = found.troubles
    var hasFailedCheck = false
    var told: Set<Caveat> = []
    let exhibition = Exhibition(plan: plan, findings: found.findings, values: values, press: press)
    for step in plan.steps {
      if let diagnostic = found.troubles[step.id] { results[step.id] = .failed(diagnostic) }
      guard case .show(let showing) = step.action else { continue }
      let broken = step.dependsOn.filter { failed[$0] != nil }
      if !broken.isEmpty {
        results[step.id] = .skipped(dependsOn: broken)
        continue
      }
      do {
        let piece = try exhibition.show(showing, of: step)
        results[step.id] = piece.result.tellingOnce(&told)
        files.merge(piece.files) { first, _ in first }
        if case .checked(let check) = piece.result, !check.isPassed {
          hasFailedCheck = true
          summary.diagnostics.append(
            Diagnostic(
              .error, "check '\(step.id)' did not pass: '\(check.path)' is \(check.value); it must be \(check.bar)",
              at: step.cell.kindRange, status: .checkFailed))
        }
      } catch {
        let diagnostic = trouble(error, in: step)
        failed[step.id] = diagnostic
        results[step.id] = .failed(diagnostic)
      }
    }
    summary.diagnostics += plan.steps.compactMap { failed[$0.id] }

    let finalValues = values
    let material = ReportMaterial(
      results: results, bibliography: plan.bibliography, parameters: plan.parameters,
      methods: methods(plan, found), provenance: stamp.provenance, value: { finalValues.lookup($0) })
    let composed = Report.compose(plan.notebook, with: material)
    summary.diagnostics += composed.diagnostics
    guard let report = composed.value else {
      summary.status = .internalError
      throw BuildFault.nothingComposed
    }
    files["index.html"] = Array(try HTMLPage(templates: templates).rendered(report).utf8)
    files["\(site.name).md"] = Array(MarkdownPage().rendered(report).utf8)
    let scalars = ValuesFile(values.scalars())
    files["values.json"] = Array(scalars.json.utf8)
    files["values.tex"] = Array(scalars.tex.utf8)
    for (cell, record) in found.records {
      for (name, bytes) in try RecordFiles.write(record) { files["records/\(cell)/\(name)"] = bytes }
    }
    summary.status = failed.isEmpty ? (hasFailedCheck ? .checkFailed : .ok) : .cellFailed
    if summary.status == .ok, composed.hasErrors { summary.status = .notebookWrong }
    files["build.json"] = Array(stamp.json(diagnostics: summary.diagnostics, status: summary.status).utf8)
    return files
  }

  private func methods(_ plan: FieldPlan, _ found: Findings) -> [ReportMethod] {
    plan.steps.compactMap { step in
      guard case .ask(let probe) = step.action else { return nil }
      let card = type(of: probe).card
      var records: [ReportRecord] = []
      if let record = found.records[step.id] {
        if case .record(let parameters) = record.parameters {
          for key in parameters.keys.sorted() {
            records.append(ReportRecord(key, parameters[key]!.text ?? String(decoding: parameters[key]!.jsonData(), as: UTF8.self)))
          }
        }
        records.append(ReportRecord("seed", String(record.seed)))
        for source in record.sources {
          records.append(ReportRecord("\(source.part) of \(source.name)", "sha256 \(source.sha256.prefix(16))…"))
        }
      }
      return ReportMethod(
        id: step.id, kind: "\(card.name) \(card.version)", question: card.question, records: records,
        citations: card.citations)
    }
  }
}

extension CellResult {
  /// The result without the caveats that an earlier exhibit has told already.
  fileprivate func tellingOnce(_ told: inout Set<Caveat>) -> CellResult {
    guard case .shown(var exhibits) = self else { return self }
    for index in exhibits.indices {
      exhibits[index].caveats.removeAll { !told.insert($0).inserted }
    }
    return .shown(exhibits)
  }
}

/// A defect of our own making while a report is put together.
enum BuildFault: Diagnosable {
  case nothingComposed
  var message: String { "no report came of the notebook" }
  var status: ExitStatus { .internalError }
}
