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
    let folder = Planner.folder(of: source.name)

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
    let substituted = notebook.substituting(parameters.value ?? [])
    diagnostics += parameters.diagnostics + substituted.diagnostics
    if let value = substituted.value { notebook = value }

    let (theme, themeTrouble) = theme(of: notebook, request: request)
    let (bibliography, bibliographyTrouble) = bibliography(of: notebook, folder: folder)
    diagnostics += themeTrouble + bibliographyTrouble

    var steps: [PlanStep] = []
    for cell in notebook.cells {
      do throws(ParameterError) {
        if let step = try step(of: cell, diagnostics: &diagnostics) { steps.append(step) }
      } catch {
        diagnostics.append(error.diagnostic(at: error.range ?? cell.kindRange))
      }
    }
    diagnostics += connect(&steps, folder: folder, notebook: notebook, acceptsMissingFiles: request.acceptsMissingFiles)
    diagnostics += notebook.checkReferences(
      exhibits: exhibitIDs(notebook), bibliography: notebook.header.bibliography.isEmpty ? nil : bibliography,
      captions: steps.flatMap { step in step.captions.keys.sorted().map { step.captions[$0]! } })
    diagnostics += unknownValues(notebook, steps: steps)

    let order = sorted(steps)
    diagnostics += order.diagnostics
    var seen: Set<Diagnostic> = []
    diagnostics = diagnostics.filter { seen.insert($0).inserted }
    guard let ordered = order.value, !diagnostics.contains(where: { $0.severity == .error }) else {
      return Outcome(nil, diagnostics)
    }
    let plan = FieldPlan(
      notebook: notebook, parameters: parameters.value ?? [], seed: notebook.header.seed ?? 0, theme: theme,
      bibliography: bibliography, steps: ordered, folder: folder)
    diagnostics += unknownSourceValues(plan)
    return Outcome(diagnostics.contains { $0.severity == .error } ? nil : plan, diagnostics)
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
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

  /// Whether a cell's exhibits take a number: only figures and tables do.
  private func exhibitIDs(_ notebook: Notebook) -> [String] {
    notebook.cells.filter { [FigureCell.kind, TableCell.kind].contains($0.kind) }.map(\.id)
  }

  // MARK: References

  private func connect(
    _ steps: inout [PlanStep], folder: String, notebook: Notebook, acceptsMissingFiles: Bool
  ) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    let sourceIDs = steps.filter { if case .load = $0.action { true } else { false } }.map(\.id)
    let probeIDs = steps.filter { if case .ask = $0.action { true } else { false } }.map(\.id)
    // A cell that could not be read is still a cell: do not also complain of the references to it.
    let unread = notebook.cells.map(\.id).filter { id in !steps.contains { $0.id == id } }
    for index in steps.indices {
      for reference in steps[index].references {
        let place = reference.range ?? steps[index].cell.range
        switch reference.target {
        case .source(let source):
          let head = SourcePath(source.name)
          if sourceIDs.contains(head.container) {
            steps[index].dependsOn.append(head.container)
          } else if !unread.contains(head.container) {
            let path = FieldPlan.resolve(head.container, in: folder)
            let whole = FieldPlan.resolve(source.name, in: folder)
            guard !workspace.exists(path), !workspace.exists(whole) else { continue }
            if probeIDs.contains(head.container) {
              diagnostics.append(
                Diagnostic(.error, "'\(source.name)' is a probe; '\(reference.key)' must name a source", at: place))
            } else {
              let isPath = head.container.contains("/") || head.container.contains(".")
              if isPath, acceptsMissingFiles { continue }
              diagnostics.append(
                Diagnostic(
                  .error,
                  isPath ? "file '\(path)' does not exist" : "source '\(source.name)' is neither a cell nor a file",
                  at: place, hint: isPath ? nil : nearMissHint(for: source.name, among: sourceIDs),
                  status: isPath ? .inputDamaged : .notebookWrong))
            }
          }
        case .finding(let finding):
          if probeIDs.contains(finding.cell) || sourceIDs.contains(finding.cell) {
            steps[index].dependsOn.append(finding.cell)
          } else if !unread.contains(finding.cell) {
            diagnostics.append(
              Diagnostic(
                .error, "'\(finding.path)' does not begin with the id of a probe cell", at: place,
                hint: nearMissHint(for: finding.cell, among: probeIDs)))
          }
        }
      }
    }
    return diagnostics
  }

  private func valuesShown(_ notebook: Notebook, steps: [PlanStep]) -> [InlineValue] {
    notebook.inlineValues
      + steps.flatMap { step in step.captions.keys.sorted().flatMap { step.captions[$0]!.values } }
  }

  /// Values of sources and parameters are known before anything is measured.
  private func unknownSourceValues(_ plan: FieldPlan) -> [Diagnostic] {
    let values = FindingValues(plan: plan)
    return valuesShown(plan.notebook, steps: plan.steps).compactMap { value in
      guard values.isKnown(cell: value.cellID), case .unknown(let nearest) = values.lookup(value.path) else {
        return nil
      }
      return Diagnostic(
        .error, "unknown value '\(value.path)'", at: value.range, hint: nearest.map { "did you mean '\($0)'?" })
    }
  }

  private func unknownValues(_ notebook: Notebook, steps: [PlanStep]) -> [Diagnostic] {
    let heads = ValueHeads(notebook: notebook)
    return valuesShown(notebook, steps: steps).compactMap { value in
      guard heads.cell(for: value.cellID) == nil, value.cellID != ValueHeads.parameters else { return nil }
      return Diagnostic(
        .error, "unknown value '\(value.path)': '\(value.cellID)' is not a cell", at: value.range,
        hint: nearMissHint(for: value.cellID, among: notebook.cells.map(\.id)))
    }
  }

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

/// Which cell the first word of an inline value means: a cell's id, or a kind that only one cell has.
struct ValueHeads {
  /// The word that stands for the notebook's parameters.
  static let parameters = "params"
  private let cells: [Cell]

  init(notebook: Notebook) { cells = notebook.cells }

  func cell(for head: String) -> Cell? {
    if let cell = cells.first(where: { $0.id == head }) { return cell }
    let ofKind = cells.filter { $0.kind == head }
    return ofKind.count == 1 ? ofKind[0] : nil
  }
}

/// A source's name in two parts: `runs.npz:test` is the member `test` of `runs.npz`.
struct SourcePath {
  let container: String
  let member: String?

  init(_ name: String) {
    guard let colon = name.lastIndex(of: ":"), colon > name.startIndex, name.index(after: colon) < name.endIndex else {
      (container, member) = (name, nil)
      return
    }
    container = String(name[..<colon])
    member = String(name[name.index(after: colon)...])
  }
}

extension Diagnostic {
  /// What was thrown, as a diagnostic. Errors that cannot speak for themselves are defects of ours.
  public init(thrown error: any Error, at range: SourceRange? = nil, file: String? = nil) {
    if let error = error as? any Diagnosable {
      self = error.diagnostic(at: range, file: file)
    } else {
      self.init(.error, "internal error: \(error)", at: range, file: file, status: .internalError)
    }
  }
}

extension [MarkdownInline] {
  /// The inline values in a run of text.
  var values: [InlineValue] {
    flatMap { inline -> [InlineValue] in
      switch inline {
      case .value(let value): [value]
      case .emphasis(let inner), .strong(let inner), .struck(let inner), .link(_, _, let inner),
        .image(_, _, let inner):
        inner.values
      default: []
      }
    }
  }
}
