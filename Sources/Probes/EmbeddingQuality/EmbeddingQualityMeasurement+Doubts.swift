import Analysis
import Diagnostics

extension EmbeddingQualityMeasurement {
  /// What a reader should doubt, with its numbers.
  func doubts(_ models: [Finding.Model], mostDelays: Int) -> [Caveat] {
    var caveats: [Caveat] = []
    let largest = models.map(\.states.unitCount).max() ?? 0
    if largest > mostDelays {
      caveats.append(
        Caveat(
          "fewer-delays",
          "states have up to \(counted(largest, "unit")); the delays they are held against have \(mostDelays), as no more samples are known before every point"
        ))
    }
    let isOfNetworks = models.contains { $0.parameterCount > 0 }
    let silent = models.filter { $0.rollouts.isEmpty }
    if isOfNetworks, let first = silent.first {
      caveats.append(
        Caveat(
          "no-prediction",
          "\(named(silent, first)) no output of the shape of what is observed: nothing is said of how well the next sample is foretold"
        ))
    }
    let lost = models.filter { $0.rollouts.contains { $0.mase == nil } }
    if let first = lost.first {
      caveats.append(
        Caveat(
          "leaves-bounds",
          "\(named(lost, first)) predictions that leave every bound when fed back: no score is given there"))
    }
    let flat = models.filter { $0.states.dimension == nil }
    if let first = flat.first {
      caveats.append(
        Caveat(
          "no-dimension", "\(named(flat, first)) states whose near neighbours are all as far: no dimension is told"))
    }
    if measurement.folds.blocks.count > subject.hidden.trajectories.count {
      caveats.append(
        Caveat(
          "few-trials",
          "\(counted(subject.hidden.trajectories.count, "trial")) for \(probe.folds) folds: trials are cut, with \(counted(measurement.window, "sample")) left out beside each cut"
        ))
    }
    if measurement.times.count < 500 {
      caveats.append(
        Caveat("few-points", "\(measurement.times.count) points: neighbours are far, and every number here is coarse"))
    }
    return caveats
  }

  private func named(_ models: [Finding.Model], _ first: Finding.Model) -> String {
    models.count == 1 ? "'\(first.name)' has" : "'\(first.name)' and \(models.count - 1) more have"
  }
}
