import Analysis
import Diagnostics
import LinearAlgebra
import Probing

extension DynamicalSimilarityMeasurement {
  /// What one setting gives of one system.
  private struct Judgement: Sendable {
    let error: Double
    let criterion: Double
    let nonNormality: Double
    let residual: Double
  }

  /// Fits every system at every number of delays and every rank, all judged by the same samples.
  func sweep(
    progress: @escaping MeasurementProgress, caveats: inout [Caveat]
  ) throws -> DynamicalSimilarityFinding.Sweep? {
    let ranks = Array(Set(probe.sweepRanks)).sorted()
    let windows = try Array(Set(probe.sweepDelays)).sorted().map {
      try DelayEmbedding(count: $0, lagInSamples: probe.lag)
    }
    let longest = windows.map(\.lengthInSamples).max() ?? 1
    var settings: [DynamicalSimilarityFinding.Setting] = []
    var systemErrors: [[Double]] = []
    for window in windows {
      progress("trying \(counted(window.count, "delay"))")
      let found = try concurrently(Array(recordings.indices)) { index in
        try SystemTrouble.locating(systems[index].name) {
          try judgements(recordings[index], window, ranks, longest: longest)
        }
      }
      for (place, rank) in ranks.enumerated() {
        let judged = found.compactMap { $0[place] }
        guard judged.count == recordings.count else { continue }
        let errors = judged.map(\.error)
        systemErrors.append(errors)
        settings.append(
          .init(
            delays: window.count, rank: rank, error: mean(errors), standardError: standardError(errors),
            criterion: mean(judged.map(\.criterion)),
            nonNormality: mean(judged.map(\.nonNormality)), residual: mean(judged.map(\.residual))))
      }
    }
    guard let best = settings.indices.min(by: { settings[$0].error < settings[$1].error }) else {
      caveats.append(
        Caveat("no-sweep", "no setting of the sweep could be fitted to every system; take lower ranks or more delays"))
      return nil
    }
    if settings.count < windows.count * ranks.count {
      caveats.append(
        Caveat(
          "settings-left-out",
          "\(windows.count * ranks.count - settings.count) of \(windows.count * ranks.count) settings of the sweep could not be fitted to every system"
        ))
    }
    // Systems differ more than settings do: each is compared with itself. Below 1e-8 a difference is one of rounding.
    let recommended =
      settings.indices.filter { index in
        let excess = zip(systemErrors[index], systemErrors[best]).map { $0 - $1 }
        return mean(excess) <= max(standardError(excess), 0.05 * settings[best].error, 1e-8)
      }
      .min { (settings[$0].rank, settings[$0].delays) < (settings[$1].rank, settings[$1].delays) } ?? best
    return .init(
      settings: settings, recommended: recommended, reason: reason(settings[recommended], best: settings[best]))
  }

  private func standardError(_ values: [Double]) -> Double {
    let centre = mean(values)
    let variance = values.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(max(1, values.count - 1))
    return (variance / Double(max(1, values.count))).squareRoot()
  }

  private func reason(
    _ taken: DynamicalSimilarityFinding.Setting, best: DynamicalSimilarityFinding.Setting
  ) -> String {
    func words(_ setting: DynamicalSimilarityFinding.Setting) -> String {
      "\(counted(setting.delays, "delay")) at rank \(setting.rank)"
    }
    let error = "\(words(taken)): its held-out error, \(rounded(taken.error)) of persistence's,"
    return taken == best
      ? "\(error) is the least, and no smaller rank comes near it"
      : "\(error) is near the least (\(rounded(best.error)), of \(words(best))), and no smaller rank comes as near"
  }

  /// One judgement for each rank; none where it cannot be fitted or judged.
  private func judgements(
    _ recording: DrivenRecording, _ window: DelayEmbedding, _ ranks: [Int], longest: Int
  ) throws -> [Judgement?] {
    let split = try recording.split { try $0.heldOut(share: probe.heldOut, gap: longest, shortest: longest + 1) }
    // Shorter windows begin later, so that all predict the same samples.
    let late = longest - window.lengthInSamples
    let training = try split.training.mapped { try started($0, after: late) }
    let test = try split.test.mapped { try started($0, after: late) }
    let pairs = try SnapshotPairs(of: try window.embedded(training.states, successors: 1))
    let drive = try training.inputs.map { try window.alignedRows($0, with: training.states) }
    let basis = try SnapshotBasis(of: drive == nil ? pairs.past : pairs.future)
    return ranks.map { rank in
      guard rank <= basis.numericalRank else { return nil }
      do {
        let fit = try dynamics(of: pairs, drivenBy: drive, rank: rank, successors: basis)
        let push = fit.weights.flatMap { weights in test.inputs.map { (weights: weights, inputs: $0) } }
        let error = try ForecastError(
          of: fit.dynamics, on: test.states, embedding: window, horizon: 1, drive: push
        ).scaledAbsoluteError
        guard let error, error.isFinite else { return nil }
        let residuals = try ModeResiduals(of: fit.dynamics, on: fit.pairs).residuals.filter(\.isFinite)
        // Without any error the criterion is −∞, which no record can hold.
        let criterion = fit.dynamics.akaikeCriterion(
          on: fit.pairs, unitCount: recording.states.unitCount, inputCount: drive?.columnCount ?? 0)
        return Judgement(
          error: error, criterion: max(criterion, -700), nonNormality: fit.dynamics.nonNormality,
          residual: mean(residuals))
      } catch { return nil }
    }
  }

  /// The dynamics, the pairs as they would be without inputs, and what inputs do.
  private func dynamics(
    of pairs: SnapshotPairs, drivenBy inputs: Matrix<Double>?, rank: Int, successors: SnapshotBasis
  ) throws -> (dynamics: DynamicModeDecomposition, pairs: SnapshotPairs, weights: Matrix<Double>?) {
    guard let inputs else {
      let method = probe.fitMethod.decomposition ?? .exact
      return (try DynamicModeDecomposition(of: pairs, method: method, rank: .count(rank)), pairs, nil)
    }
    let driven = try ControlledModeDecomposition(of: pairs, inputs: inputs, rank: .count(rank), basis: successors)
    return (driven.autonomous, driven.withoutInputs(pairs, inputs: inputs), driven.inputOperator)
  }

  private func started(_ recording: Recording, after sampleCount: Int) throws -> Recording {
    guard sampleCount > 0 else { return recording }
    return try Recording(
      recording.trajectories.map { trial in
        Trajectory(
          name: trial.name, condition: trial.condition,
          samples: trial.samples.rows(min(sampleCount, trial.sampleCount)..<trial.sampleCount))
      }, unitNames: recording.unitNames, sampleInterval: recording.sampleInterval, timeUnit: recording.timeUnit)
  }
}
