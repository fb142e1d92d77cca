import Diagnostics
import Notebooks
import Probing
import Reports

extension Build {
  /// The files of the report.
  func compose(
    _ plan: FieldPlan, _ found: Findings, templates: TemplateSet, site: Site, stamp: BuildStamp,
    summary: inout Summary
  ) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    var values = FindingValues(plan: plan)
    for (cell, kept) in found.records { values.add(kept.record.finding, of: cell) }
    try values.add(networksOf: found.records.values.map(\.record))
    for cell in found.troubles.keys { values.miss(cell, because: "cell '\(cell)' failed") }

    var results: [String: CellResult] = [:]
    var failed = found.troubles
    var unmet: [String: Diagnostic] = [:]
    var told: Set<Caveat> = []
    let exhibition = Exhibition(plan: plan, findings: found.decoded(for: plan) ?? [:], values: values, press: press)
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
        if case .checked(let check) = piece.result, !check.isPassed { unmet[step.id] = check.diagnostic(of: step) }
      } catch {
        let diagnostic = trouble(error, in: step)
        failed[step.id] = diagnostic
        results[step.id] = .failed(diagnostic)
      }
    }
    summary.diagnostics += plan.steps.compactMap { failed[$0.id] ?? unmet[$0.id] }

    let finalValues = values
    let material = ReportMaterial(
      results: results, bibliography: citable(plan), parameters: plan.parameters,
      methods: methods(plan, found), provenance: stamp.provenance, value: { finalValues.lookup($0) })
    let composed = Report.compose(plan.notebook, with: material)
    summary.diagnostics += composed.diagnostics
    guard let report = composed.value else {
      summary.status = .internalError
      throw BuildFault.nothingComposed
    }
    files["index.html"] = Array(HTMLPage(templates: templates).rendered(report).utf8)
    files["\(site.name).md"] = Array(MarkdownPage().rendered(report).utf8)
    // What the text says, wherever it stands in a finding, and every single number.
    let spoken = plan.notebook.inlineValues.map { ($0.path, finalValues.lookup($0.path)) }
    let scalars = ValuesFile(values.scalars().merging(spoken) { single, _ in single })
    files["values.json"] = Array(scalars.json.utf8)
    files["values.tex"] = Array(scalars.tex.utf8)
    for (cell, kept) in found.records {
      for (name, bytes) in try RecordFiles.write(kept.record) { files["records/\(cell)/\(name)"] = bytes }
    }
    summary.status = failed.isEmpty ? (!unmet.isEmpty ? .checkFailed : .ok) : .cellFailed
    if summary.status == .ok, composed.hasErrors { summary.status = .notebookWrong }
    let own = stamp.summary(of: files, diagnostics: summary.diagnostics, status: summary.status)
    files[BuildSummaryFile.name] = try own.bytes()
    return files
  }

  /// The notebook's works, and those of the probes it asks.
  private func citable(_ plan: FieldPlan) -> Bibliography {
    let known = plan.bibliography.keys
    let cited = plan.steps.flatMap { step -> [String] in
      if case .ask(let probe) = step.action { type(of: probe).card.citations } else { [] }
    }
    let missing = Set(cited).subtracting(known)
    guard !missing.isEmpty else { return plan.bibliography }
    let literature = Bibliography.parse(SourceText(name: "references.bib", text: catalog.literature)).value
    return Bibliography(
      entries: plan.bibliography.entries + (literature?.entries ?? []).filter { missing.contains($0.key) })
  }

  private func methods(_ plan: FieldPlan, _ found: Findings) -> [ReportMethod] {
    plan.steps.compactMap { step in
      guard case .ask(let probe) = step.action else { return nil }
      let card = type(of: probe).card
      var records: [ReportRecord] = []
      if let record = found.records[step.id]?.record {
        if case .record(let parameters) = record.parameters {
          for key in parameters.keys.sorted() {
            records.append(
              ReportRecord(key, parameters[key]!.text ?? String(decoding: parameters[key]!.jsonData(), as: UTF8.self)))
          }
        }
        records.append(ReportRecord("seed", String(record.seed)))
        for source in record.sources {
          records.append(ReportRecord("\(source.part) of \(source.name)", source.words))
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

extension CheckResult {
  /// What to say where the check did not pass.
  fileprivate func diagnostic(of step: PlanStep) -> Diagnostic {
    var rule = "be \(bar)"
    if bar.hasPrefix("equals ") { rule = "equal \(bar.dropFirst(7))" }
    if bar.hasPrefix("is ") { rule = "be \(bar.dropFirst(3))" }
    return Diagnostic(
      .error, "check '\(step.id)' did not pass: '\(path)' is \(value); it must \(rule)", at: step.cell.kindRange,
      status: .checkFailed)
  }
}
