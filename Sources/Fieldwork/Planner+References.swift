import Diagnostics
import Notebooks
import Probing

extension Planner {
  func connect(
    _ steps: inout [PlanStep], folder: String, notebook: Notebook, acceptsMissingFiles: Bool
  ) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    let sourceIDs = steps.filter { if case .load = $0.action { true } else { false } }.map(\.id)
    let probeIDs = steps.filter { if case .ask = $0.action { true } else { false } }.map(\.id)
    // A cell that could not be read is still a cell: do not also complain of the references to it.
    let unread = Set(notebook.cells.map(\.id)).subtracting(steps.map(\.id))
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

  /// What is wrong with references and citations; without readable works citations are not judged.
  func wrongReferences(in notebook: Notebook, steps: [PlanStep], works: Bibliography?) -> [Diagnostic] {
    // Only figures and tables take a number.
    let exhibits = notebook.cells.filter { [FigureCell.kind, TableCell.kind].contains($0.kind) }.map(\.id)
    let captions = steps.flatMap { step in step.captions.keys.sorted().map { step.captions[$0]! } }
    var bibliography = notebook.header.bibliography.isEmpty ? nil : works
    if works == nil {
      let cited = (notebook.allInlines + captions.joined()).flatMap(\.citedKeys)
      bibliography = Bibliography(entries: cited.map { .init(key: $0, type: "misc", fields: [:]) })
    }
    return notebook.checkReferences(exhibits: exhibits, bibliography: bibliography, captions: captions)
  }

  private func valuesShown(_ notebook: Notebook, steps: [PlanStep]) -> [InlineValue] {
    notebook.inlineValues
      + steps.flatMap { step in step.captions.keys.sorted().flatMap { step.captions[$0]!.values } }
  }

  /// Values of sources and parameters are known before anything is measured.
  func unknownSourceValues(_ plan: FieldPlan) -> [Diagnostic] {
    let values = FindingValues(plan: plan)
    return valuesShown(plan.notebook, steps: plan.steps).compactMap { value in
      guard values.isKnown(cell: value.cellID), case .unknown(let nearest) = values.lookup(value.path) else {
        return nil
      }
      return Diagnostic(
        .error, "unknown value '\(value.path)'", at: value.range, hint: nearest.map { "did you mean '\($0)'?" })
    }
  }

  func unknownValues(_ notebook: Notebook, steps: [PlanStep]) -> [Diagnostic] {
    let heads = ValueHeads(notebook: notebook)
    return valuesShown(notebook, steps: steps).compactMap { value in
      guard heads.cell(for: value.cellID) == nil, value.cellID != ValueHeads.parameters else { return nil }
      return Diagnostic(
        .error, "unknown value '\(value.path)': '\(value.cellID)' is not a cell", at: value.range,
        hint: nearMissHint(for: value.cellID, among: notebook.cells.map(\.id)))
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

extension MarkdownInline {
  fileprivate var citedKeys: [String] {
    var keys: [String] = []
    visit { if case .citation(let citation) = $0 { keys += citation.items.map(\.key) } }
    return keys
  }
}

extension Notebook {
  /// Whether a cell names parameters that there are none of.
  func isUnclear(_ cell: Cell, with parameters: [ResolvedParameter]) -> Bool {
    let values = parameters.map { ($0.parameter.name, $0.value) }
    return cell.substituting(Dictionary(values) { first, _ in first }).hasErrors
  }
}
