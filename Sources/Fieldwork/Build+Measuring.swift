import Checkpoints
import Diagnostics
import Networks
import Probing

extension Build {
  /// What the probe cells came to.
  struct Findings: Sendable {
    var records: [String: KeptRecord] = [:]
    var troubles: [String: Diagnostic] = [:]

    /// The points that a cell has found; `nil` where the cell is none that finds points.
    func points(of id: String, in plan: FieldPlan) throws -> NDArray<Double>? {
      guard let step = plan.step(id), step.findsPoints, case .ask(let probe) = step.action else { return nil }
      guard let kept = records[id] else { throw MissingPoints(cell: id) }
      return (try type(of: probe).finding(in: kept.record) as? any PointsFinding)?.points
    }

    /// The findings in the records; `nil` if one is of another layout than its probe now has.
    func decoded(for plan: FieldPlan) -> [String: any ProbeFinding]? {
      var findings: [String: any ProbeFinding] = [:]
      for step in plan.steps {
        guard case .ask(let probe) = step.action, let kept = records[step.id] else { continue }
        guard let finding = try? type(of: probe).finding(in: kept.record) else { return nil }
        findings[step.id] = finding
      }
      return findings
    }
  }

  /// The sources that cannot be read, whether cells name them or probes do.
  func damagedSources(of plan: FieldPlan, on shelf: SourceShelf) -> [Diagnostic] {
    // What a probe finds is not there yet.
    let cells = Set(plan.sources.keys).union(plan.steps.filter(\.findsPoints).map(\.id))
    var diagnostics: [Diagnostic] = []
    for step in plan.steps {
      if case .load(.series(let cell)) = step.action {
        do { _ = try SeriesFiles(cell, in: plan.folder, workspace: workspace) } catch {
          diagnostics.append(Diagnostic(thrown: error, at: step.cell.body["path"]?.range ?? step.cell.range))
        }
      }
      for reference in step.references {
        guard case .source(let source) = reference.target,
          !cells.contains(SourcePath(source.name, cells: cells).container)
        else { continue }
        do {
          switch step.action {
          case .load(.network(let cell)):
            _ = try shelf.network(at: plan.resolved(source.name), architecture: cell.architecture)
          case .load(.checkpoint(let cell)):
            _ = try shelf.checkpoint(at: plan.resolved(source.name), set: cell.set)
          case .load(.series), .load(.system): break
          case .load(.recording(let cell)):
            if source == cell.network {
              _ = try shelf.network(at: plan.resolved(source.name))
            } else if source == cell.inputs {
              _ = try shelf.tensor(named: source.name, in: plan.folder)
            } else {
              try shelf.openRecordings(named: source.name, in: plan.folder, convention: cell.convention)
            }
          case .load(.samples): _ = try shelf.tensor(named: source.name, in: plan.folder)
          case .ask: try shelf.open(source.name, in: plan.folder, wantsRecording: reference.wantsRecording)
          case .show: break
          }
        } catch {
          diagnostics.append(Diagnostic(thrown: error, at: reference.range ?? step.cell.range))
        }
      }
    }
    return diagnostics
  }

  /// Measures what changed, or all, and takes the rest from records.
  func measure(_ plan: FieldPlan, shelf: SourceShelf, freshness: Freshness, summary: inout Summary) -> Findings {
    var found = Findings()
    let store = RecordStore(workspace: workspace, folder: places.records)
    let sources = plan.sources
    for step in plan.steps {
      guard case .ask(let probe) = step.action else { continue }
      do {
        let bench = SourceBench(sources: sources, folder: plan.folder, shelf: shelf) { [found] id in
          try found.points(of: id, in: plan)
        }
        let prepared = try probe.prepared(on: bench)
        let key = try RecordStore.key(probe: probe, seed: plan.seed, sources: bench.used, software: software)
        if freshness == .measureChanged, let kept = store.record(for: key) {
          found.records[step.id] = kept
          summary.recordedCount += 1
          continue
        }
        progress("measuring \(step.cell.kind) #\(step.id)")
        let finding = try prepared.measure(plan.seed, progress: ProgressPace(say: progress).progress(of: step.id))
        let record = try ProbeRecord(
          probe: probe, seed: plan.seed, sources: bench.used, finding: finding, software: software)
        let files = try RecordFiles.write(record)
        found.records[step.id] = KeptRecord(record: record, digest: RecordFiles.digest(of: files))
        summary.measuredCount += 1
        keep(files, under: key, in: store, summary: &summary)
      } catch {
        found.troubles[step.id] = trouble(error, in: step)
      }
    }
    return found
  }

  /// A record that cannot be kept costs time tomorrow, not the report today.
  private func keep(
    _ files: [String: [UInt8]], under key: ContentDigest, in store: RecordStore, summary: inout Summary
  ) {
    do {
      try store.keep(files, under: key)
    } catch {
      var diagnostic = Diagnostic(thrown: error)
      diagnostic.severity = .warning
      diagnostic.hint = "choose another folder with '--records', or free some space"
      if !summary.diagnostics.contains(diagnostic) { summary.diagnostics.append(diagnostic) }
    }
  }

  /// The findings that the report on disk shows.
  func recall(_ plan: FieldPlan, from site: Site, summary: inout Summary) -> Findings {
    var found = Findings()
    for step in plan.steps {
      guard case .ask(let probe) = step.action else { continue }
      do {
        let kept = try site.record(of: step, asking: probe, in: plan, workspace: workspace)
        guard (try? type(of: probe).finding(in: kept.record)) != nil else {
          throw StaleRecord.damaged(cell: step.id, folder: site.folder)
        }
        found.records[step.id] = kept
        summary.recordedCount += 1
      } catch {
        found.troubles[step.id] = trouble(error, in: step)
      }
    }
    return found
  }

  func trouble(_ error: any Error, in step: PlanStep) -> Diagnostic {
    if let error = error as? ParameterError {
      let located = error.located(in: step.cell.body)
      return located.diagnostic(at: located.range ?? step.cell.kindRange)
    }
    return Diagnostic(thrown: error, at: step.cell.kindRange)
  }
}

/// A cell that should have found points, and failed.
struct MissingPoints: Diagnosable, Hashable {
  let cell: String
  var message: String { "cell '\(cell)' failed, so there are no points to take from it" }
  var status: ExitStatus { .cellFailed }
}
