import LinearAlgebra

/// A part of a recording to fit on, and another to judge the fit by.
public struct RecordingSplit: Sendable, Hashable {
  /// What to fit on.
  public let training: Recording
  /// What to judge by.
  public let test: Recording
}

extension Recording {
  /// Splits the recording into folds, each tested once: whole trials where there are at least as many as folds, contiguous
  /// stretches of every trial otherwise.
  ///
  /// Where a trial is cut, `gap` samples (Theiler's window) are left out between training and test, so that no window
  /// of delays and no correlation of neighbours reaches from one to the other; what lies before and after a tested stretch
  /// are two trajectories from then on. Stretches shorter than `shortest` are left out.
  ///
  /// Throws: `AnalysisError.tooFew` for less than two folds; `RecordingError.tooShort` where a fold would have nothing to fit
  /// on or nothing to judge by.
  ///
  /// References: theiler1986.
  public func folds(_ count: Int, gap: Int, shortest: Int) throws -> [RecordingSplit] {
    guard count >= 2 else { throw AnalysisError.tooFew("folds", count: count, minimum: 2) }
    let long = trajectories.filter { $0.sampleCount >= max(1, shortest) }
    if long.count >= count {
      return (0..<count).map { fold in
        RecordingSplit(
          training: with(long.indices.filter { $0 % count != fold }.map { long[$0] }),
          test: with(long.indices.filter { $0 % count == fold }.map { long[$0] }))
      }
    }
    return try (0..<count).map { fold in
      var (training, test): ([Trajectory], [Trajectory]) = ([], [])
      for trajectory in trajectories {
        let length = trajectory.sampleCount
        let tested = (length * fold / count)..<(length * (fold + 1) / count)
        test += trajectory.stretch(tested, shortest: shortest)
        training += trajectory.stretch(0..<max(0, tested.lowerBound - gap), shortest: shortest)
        training += trajectory.stretch(min(length, tested.upperBound + gap)..<length, shortest: shortest)
      }
      guard !training.isEmpty, !test.isEmpty else {
        throw RecordingError.tooShort(
          longest: longestSampleCount, needed: count * max(1, shortest) + gap, for: "\(count) folds take")
      }
      return RecordingSplit(training: with(training), test: with(test))
    }
  }

  /// Splits off the last share of the samples for judging: whole trials where there are at least five, the end of every
  /// trial otherwise, with `gap` samples left out before it.
  ///
  /// Throws: as `folds(_:gap:shortest:)`.
  public func heldOut(share: Double, gap: Int, shortest: Int) throws -> RecordingSplit {
    guard share > 0, share < 1 else {
      throw AnalysisError.outOfRange("share held out", share, rule: "above 0 and below 1")
    }
    if trajectories.count >= 5 {
      let long = trajectories.filter { $0.sampleCount >= max(1, shortest) }
      let tested = min(long.count - 1, max(1, Int((share * Double(long.count)).rounded())))
      // Evenly spread, so that a drift over trials falls into both.
      let chosen = Set((0..<max(0, tested)).map { (2 * $0 + 1) * long.count / (2 * tested) })
      if tested >= 1 {
        return RecordingSplit(
          training: with(long.indices.filter { !chosen.contains($0) }.map { long[$0] }),
          test: with(chosen.sorted().map { long[$0] }))
      }
    }
    var (training, test): ([Trajectory], [Trajectory]) = ([], [])
    for trajectory in trajectories {
      let length = trajectory.sampleCount
      let start = length - max(1, Int((share * Double(length)).rounded()))
      training += trajectory.stretch(0..<max(0, start - gap), shortest: shortest)
      test += trajectory.stretch(start..<length, shortest: shortest)
    }
    guard !training.isEmpty, !test.isEmpty else {
      let needed = Int((Double(max(1, shortest)) / min(share, 1 - share)).rounded(.up)) + gap
      throw RecordingError.tooShort(
        longest: longestSampleCount, needed: max(needed, longestSampleCount + 1), for: "a part held out takes")
    }
    return RecordingSplit(training: with(training), test: with(test))
  }

  private func with(_ trajectories: [Trajectory]) -> Recording {
    Recording(checked: trajectories, unitNames: unitNames, sampleInterval: sampleInterval, timeUnit: timeUnit)
  }
}

extension Trajectory {
  /// A stretch of the trial, or nothing where it is too short.
  fileprivate func stretch(_ range: Range<Int>, shortest: Int) -> [Trajectory] {
    range.count >= max(1, shortest) ? [Trajectory(name: name, condition: condition, samples: samples.rows(range))] : []
  }
}
