import Diagnostics
import Drawings
import Notebooks
import Probing

/// Reads a notebook into a plan. Everything that can be known to be wrong before measuring is said here.
public struct Planner: Sendable {
  let catalog: ProbeCatalog
  let workspace: any Workspace

  /// Makes a planner.
  public init(catalog: ProbeCatalog, workspace: any Workspace) {
    self.catalog = catalog
    self.workspace = workspace
  }

  /// What the person asks of a plan beyond the notebook itself.
  public struct Request: Sendable {
    /// Parameters from the command line.
    public var set: [String: String] = [:]
    /// A file of parameters.
    public var parameterFile: String?
    /// A theme that takes the place of the notebook's.
    public var theme: String?
    /// Whether sources may name files that are not there: publishing from records needs none of them.
    var acceptsMissingFiles = false

    /// Makes a request.
    public init(set: [String: String] = [:], parameterFile: String? = nil, theme: String? = nil) {
      self.set = set
      self.parameterFile = parameterFile
      self.theme = theme
    }
  }

  /// The plan of the notebook at a path. Throws only where the notebook itself cannot be read.
  public func plan(notebookAt path: String, request: Request = Request()) throws -> Outcome<FieldPlan> {
    plan(try workspace.text(at: path), request: request)
  }

  /// The plan of a notebook.
  public func plan(_ source: SourceText, request: Request = Request()) -> Outcome<FieldPlan> {
    let parsed = Notebook.parse(source)
    var diagnostics = parsed.diagnostics
    guard var notebook = parsed.value else { return Outcome(nil, diagnostics) }
    let folder = PathParts(source.name).folder

    var parameterFile: WrittenValue?
    if let path = request.parameterFile {
      do {
        let read = YAMLReader().read(try workspace.text(at: path))
        diagnostics += read.diagnostics
        parameterFile = read.value
      } catch {
        diagnostics.append(Diagnostic(thrown: error, file: path))
      }
    }
    let parameters = notebook.resolvingParameters(set: request.set, file: parameterFile)
    diagnostics += parameters.diagnostics
    // What the cells say can still be judged by the defaults.
    guard let values = parameters.value ?? notebook.resolvingParameters().value else {
      return Outcome(nil, diagnostics)
    }
    let substituted = notebook.substituting(values)
    diagnostics += substituted.diagnostics
    let unclear = Set(notebook.cells.filter { notebook.isUnclear($0, with: values) }.map(\.id))
    if let value = substituted.value { notebook = value }

    let (theme, themeTrouble) = theme(of: notebook, request: request)
    let (bibliography, bibliographyTrouble) = bibliography(of: notebook, folder: folder)
    diagnostics += themeTrouble + bibliographyTrouble

    var steps: [PlanStep] = []
    for cell in notebook.cells where !unclear.contains(cell.id) {
      do throws(ParameterError) {
        if let step = try step(of: cell, diagnostics: &diagnostics) { steps.append(step) }
      } catch {
        // An empty body has no place that a person could see.
        diagnostics.append(
          error.diagnostic(at: cell.isBlank ? cell.kindRange : error.range ?? cell.kindRange))
      }
    }
    // Where cells could not be read at all, what refers to them is not to blame.
    if !parsed.hasErrors {
      diagnostics += connect(
        &steps, folder: folder, notebook: notebook, acceptsMissingFiles: request.acceptsMissingFiles)
      diagnostics += wrongReferences(
        in: notebook, steps: steps, works: bibliographyTrouble.contains { $0.severity == .error } ? nil : bibliography)
      diagnostics += unknownValues(notebook, steps: steps)
      diagnostics += unknownFindings(notebook, steps: steps)
    }

    let order = sorted(steps)
    diagnostics += order.diagnostics
    var seen: Set<Diagnostic> = []
    diagnostics = diagnostics.filter { seen.insert($0).inserted }
    guard let ordered = order.value, !diagnostics.contains(where: { $0.severity == .error }) else {
      return Outcome(nil, diagnostics)
    }
    let plan = FieldPlan(
      notebook: notebook, parameters: values, seed: notebook.header.seed ?? 0, theme: theme,
      bibliography: bibliography, steps: ordered, folder: folder)
    diagnostics += unknownSourceValues(plan)
    return Outcome(diagnostics.contains { $0.severity == .error } ? nil : plan, diagnostics)
  }

  // MARK: Cells

  private var kinds: [String] { Source.kinds + catalog.kinds + Showing.kinds }

  private func step(of cell: Cell, diagnostics: inout [Diagnostic]) throws(ParameterError) -> PlanStep? {
    if let (source, references) = try Source.reading(kind: cell.kind, body: cell.body) {
      return PlanStep(id: cell.id, cell: cell, action: .load(source), references: references, dependsOn: [])
    }
    if let (showing, references) = try Showing.reading(kind: cell.kind, body: cell.body) {
      var step = PlanStep(id: cell.id, cell: cell, action: .show(showing), references: references, dependsOn: [])
      for key in ["caption", "alt", "claim"] {
        guard let written = cell.body[key], let text = written.text else { continue }
        let inlines = MarkdownInline.parse(text, at: written.range)
        diagnostics += inlines.diagnostics
        step.captions[key] = inlines.value ?? []
      }
      return step
    }
    if let probe = catalog.probe(ofKind: cell.kind) {
      let request = try probe.reading(cell.body)
      return PlanStep(
        id: cell.id, cell: cell, action: .ask(request.probe), references: request.references, dependsOn: [])
    }
    diagnostics.append(
      Diagnostic(
        .error, "unknown kind '\(cell.kind)'", at: cell.kindRange, hint: nearMissHint(for: cell.kind, among: kinds)))
    return nil
  }

  // MARK: Order

  /// Longer chains of cells are mistakes, and would end in a full stack.
  private static let longestChain = 100

  /// The steps with every one after those it depends on, otherwise in reading order.
  private func sorted(_ steps: [PlanStep]) -> Outcome<[PlanStep]> {
    enum Mark { case open, done }
    var marks: [String: Mark] = [:]
    var ordered: [PlanStep] = []
    var diagnostics: [Diagnostic] = []
    let byID = Dictionary(steps.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    func visit(_ step: PlanStep, from trail: [String]) {
      switch marks[step.id] {
      case .done?: return
      case .open?:
        let cycle = trail[(trail.firstIndex(of: step.id) ?? 0)...] + [step.id]
        diagnostics.append(
          Diagnostic(
            .error, "cells depend on each other: \(cycle.map { "'\($0)'" }.joined(separator: " → "))",
            at: step.cell.idRange, hint: "let one of them name a file instead"))
        return
      case nil: break
      }
      guard trail.count < Planner.longestChain else {
        diagnostics.append(
          Diagnostic(
            .error,
            "'\(trail[0])' depends on \(trail.count) cells in a row; at most \(Planner.longestChain - 1) may follow each other",
            at: byID[trail[0]]?.cell.idRange, hint: "let a cell in between name a file instead"))
        marks[step.id] = .done
        return
      }
      marks[step.id] = .open
      for id in step.dependsOn {
        if let next = byID[id] { visit(next, from: trail + [step.id]) }
      }
      marks[step.id] = .done
      ordered.append(step)
    }
    for step in steps { visit(step, from: []) }
    return Outcome(ordered, diagnostics)
  }

  // MARK: Theme and bibliography

  private func theme(of notebook: Notebook, request: Request) -> (Theme, [Diagnostic]) {
    let known = Theme.all.map(\.name)
    if let name = request.theme {
      if let theme = Theme.named(name) { return (theme, []) }
      return (
        .screen,
        [
          Diagnostic(
            .error, "unknown theme '\(name)'", hint: nearMissHint(for: name, among: known), status: .usage)
        ]
      )
    }
    var diagnostics: [Diagnostic] = []
    var chosen: Theme?
    for mention in notebook.header.themes {
      guard let theme = Theme.named(mention.text) else {
        diagnostics.append(
          Diagnostic(
            .error, "unknown theme '\(mention.text)'", at: mention.range,
            hint: nearMissHint(for: mention.text, among: known)))
        continue
      }
      // The last one named wins, as later style sheets do.
      chosen = theme
    }
    return (chosen ?? .screen, diagnostics)
  }

  private func bibliography(of notebook: Notebook, folder: String) -> (Bibliography, [Diagnostic]) {
    var entries: [Bibliography.Entry] = []
    var diagnostics: [Diagnostic] = []
    for mention in notebook.header.bibliography {
      do {
        let read = Bibliography.parse(try workspace.text(at: FieldPlan.resolve(mention.text, in: folder)))
        diagnostics += read.diagnostics
        entries += read.value?.entries ?? []
      } catch {
        var diagnostic = Diagnostic(thrown: error)
        diagnostic.range = mention.range
        diagnostics.append(diagnostic)
      }
    }
    return (Bibliography(entries: entries), diagnostics)
  }
}

extension Cell {
  /// Whether nothing is written in the cell.
  fileprivate var isBlank: Bool { body.entries?.isEmpty ?? (body.content == .null) }
}
