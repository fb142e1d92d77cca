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
    var request = request
    request.acceptsMissingFiles = freshness == .publish
    let source = try workspace.text(at: path)
    let planned = Planner(catalog: catalog, workspace: workspace).plan(source, request: request)
    summary.diagnostics = planned.diagnostics
    guard let plan = planned.value else {
      summary.status = planned.diagnostics.first { $0.severity == .error }?.status ?? .notebookWrong
      return summary
    }
    guard let templates = try self.templates(&summary.diagnostics) else {
      summary.status = .inputDamaged
      return summary
    }
    let site = Site(notebookPath: path, output: places.output)
    guard site.isReplaceable(in: workspace) else { throw WorkspaceError.notAReport(site.folder) }
    func stamp(_ found: Findings) throws -> BuildStamp {
      try BuildStamp(
        source: source, plan: plan, records: found.records, troubles: found.troubles, templates: templates,
        software: software, command: command)
    }

    if freshness == .publish {
      let found = recall(plan, from: site, summary: &summary)
      // Where a record is missing the last good report stays.
      guard found.troubles.isEmpty else {
        let troubles = plan.steps.compactMap { found.troubles[$0.id] }
        summary.diagnostics += troubles
        summary.status = troubles.first?.status ?? .notReproducible
        return summary
      }
      try write(plan, found, templates: templates, site: site, stamp: try stamp(found), summary: &summary)
      return summary
    }
    let shelf = SourceShelf(workspace: workspace)
    // A damaged source is found before anything is measured; the last good report stays.
    let damaged = damagedSources(of: plan, on: shelf)
    guard damaged.isEmpty else {
      summary.diagnostics += damaged
      summary.status = damaged[0].status
      return summary
    }
    let beforeMeasuring = summary
    var found = measure(plan, shelf: shelf, freshness: freshness, summary: &summary)
    if freshness == .measureChanged, let kept = site.current(try stamp(found), in: workspace) {
      summary.isUnchanged = true
      summary.report = site.folder
      summary.status = kept.status
      summary.diagnostics = kept.diagnostics + summary.diagnostics.filter { !kept.diagnostics.contains($0) }
      return summary
    }
    if found.decoded(for: plan) == nil {
      // Records of this very version that do not fit it: someone is working on a probe.
      summary = beforeMeasuring
      found = measure(plan, shelf: shelf, freshness: .measureAll, summary: &summary)
    }
    try write(plan, found, templates: templates, site: site, stamp: try stamp(found), summary: &summary)
    return summary
  }

  private func write(
    _ plan: FieldPlan, _ found: Findings, templates: TemplateSet, site: Site, stamp: BuildStamp, summary: inout Summary
  ) throws {
    let files = try compose(plan, found, templates: templates, site: site, stamp: stamp, summary: &summary)
    // A report with a hole in its text is worse than yesterday's.
    guard summary.status != .notebookWrong else { return }
    try workspace.replaceFolder(site.folder, with: files)
    summary.report = site.folder
  }

  private func templates(_ diagnostics: inout [Diagnostic]) throws -> TemplateSet? {
    guard let folder = places.templates else { return .standard }
    guard workspace.exists(folder) else { throw WorkspaceError.missing(folder) }
    var own: [SourceText] = []
    for name in TemplateSet.names where workspace.exists("\(folder)/\(name)") {
      own.append(try workspace.text(at: "\(folder)/\(name)"))
    }
    let overlaid = TemplateSet.standard.overlaying(own)
    diagnostics += overlaid.diagnostics
    return overlaid.value
  }
}

/// A defect of our own making while a report is put together.
enum BuildFault: Diagnosable {
  case nothingComposed
  var message: String { "no report came of the notebook" }
  var status: ExitStatus { .internalError }
}
