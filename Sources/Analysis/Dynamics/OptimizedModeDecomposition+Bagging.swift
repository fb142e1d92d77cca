import LinearAlgebra

extension OptimizedModeDecomposition {
  /// The rates that random subsets of every trial's samples give, matched to those of the whole fit: bagging.
  ///
  /// - Parameters:
  ///   - recording: what the decomposition is of.
  ///   - bags: how many subsets.
  ///   - share: the share of samples in each, in (0, 1).
  /// - Returns: for each rate its namesakes, those of bags that could not be fitted left out.
  /// - Throws: `AnalysisError` for a share out of range or fewer than two bags.
  ///
  /// References: sashidhar2022.
  public func bagged(
    on recording: Recording, bags: Int, share: Double = 0.6, using random: inout SeededGenerator
  ) throws -> [[Complex<Double>]] {
    guard bags >= 2 else { throw AnalysisError.tooFew("bags", count: bags, minimum: 2) }
    guard share > 0, share < 1 else {
      throw AnalysisError.outOfRange("share of samples in a bag", share, rule: "above 0 and below 1")
    }
    var clouds = rates.map { _ in [Complex<Double>]() }
    for _ in 0..<bags {
      let trials = recording.trajectories.map { trajectory in
        let count = trajectory.sampleCount
        let kept = random.shuffled(Array(0..<count)).prefix(max(1, Int((share * Double(count)).rounded()))).sorted()
        let width = trajectory.samples.columnCount
        return SampledTrial(
          times: kept.map { Double($0) * recording.sampleInterval },
          samples: Matrix(
            rowCount: kept.count, columnCount: width,
            entries: kept.flatMap { trajectory.samples.entries[($0 * width)..<(($0 + 1) * width)] }))
      }
      guard
        let fit = try? OptimizedModeDecomposition(
          of: trials, start: rates, steps: 30, tolerance: 1e-8, timeUnit: timeUnit)
      else { continue }
      for (index, rate) in matched(fit.rates, to: rates) { clouds[index].append(rate) }
    }
    return clouds
  }
}
