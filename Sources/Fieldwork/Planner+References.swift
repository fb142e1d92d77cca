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
    let pointsIDs = steps.filter(\.findsPoints).map(\.id)
    // A cell that could not be read is still a cell: do not also complain of the references to it.
    let unread = Set(notebook.cells.map(\.id)).subtracting(steps.map(\.id))
    for index in steps.indices {
      for reference in steps[index].references {
        let place = reference.range ?? steps[index].cell.range
        switch reference.target {
        case .source(let source):
          let head = SourcePath(source.name, cells: sourceIDs)
          if sourceIDs.contains(head.container) || head.member == nil && pointsIDs.contains(head.container) {
            steps[index].dependsOn.append(head.container)
          } else if !unread.contains(head.container) {
            let path = FieldPlan.resolve(head.container, in: folder)
            let whole = FieldPlan.resolve(source.name, in: folder)
            guard !workspace.exists(path), !workspace.exists(whole) else { continue }
            if [whole, path].contains(where: { SeriesPattern($0)?.matchesSomething(in: workspace) == true }) {
              continue
            }
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

  /// Values and exhibits that no finding of the probe can have.
  func unknownFindings(_ notebook: Notebook, steps: [PlanStep]) -> [Diagnostic] {
    let heads = ValueHeads(notebook: notebook)
    let probes = Dictionary(
      steps.compactMap { step -> (String, any Probe.Type)? in
        if case .ask(let probe) = step.action { (step.id, type(of: probe)) } else { nil }
      }, uniquingKeysWith: { first, _ in first })
    var diagnostics = valuesShown(notebook, steps: steps).compactMap { value -> Diagnostic? in
      guard let id = heads.cell(for: value.cellID)?.id, let probe = probes[id] else { return nil }
      return misfit(of: FindingReference(value.path), asking: probe, mustBeSingle: true, at: value.range)
    }
    for step in steps {
      for reference in step.references {
        guard case .finding(let finding) = reference.target, let probe = probes[finding.cell] else { continue }
        let place = reference.range ?? step.cell.range
        guard reference.key == "show" || reference.key.hasPrefix("show.") else {
          let isJudged = if case .show(.check) = step.action { true } else { false }
          diagnostics += [misfit(of: finding, asking: probe, mustBeSingle: isJudged, at: place)].compactMap { $0 }
          continue
        }
        guard !probe.card.exhibits.contains(finding.rest) else { continue }
        let fault = ShowFault.unknownExhibit(finding.path, known: probe.card.exhibits.map { "\(finding.cell).\($0)" })
        diagnostics.append(fault.diagnostic(at: place))
      }
    }
    return diagnostics
  }

  private func misfit(
    of reference: FindingReference, asking probe: any Probe.Type, mustBeSingle: Bool, at place: SourceRange?
  ) -> Diagnostic? {
    guard let shape = probe.findingShape else { return nil }
    let path = reference.path
    guard let way = ValuePath(reference.rest) else {
      return Diagnostic(
        .error,
        reference.rest.isEmpty ? "'\(path)' is a whole finding; name one of its values" : "unknown value '\(path)'",
        at: place)
    }
    do {
      switch try shape.shape(at: way) {
      case .record where mustBeSingle:
        return Diagnostic(.error, "value '\(path)' is a mapping; name one of its values", at: place)
      case .list where mustBeSingle:
        return Diagnostic(
          .error, "value '\(path)' is a list; name one of its values", at: place,
          hint: "write '\(path)[0]' for the first")
      default: return nil
      }
    } catch {
      let nearest = nearestName(to: error.key, among: error.known).map { path.replacingLast(error.key, with: $0) }
      return Diagnostic(
        .error, "unknown value '\(path)'", at: place,
        hint: nearest.map { "did you mean '\($0)'?" } ?? nearMissHint(for: error.key, among: error.known))
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
