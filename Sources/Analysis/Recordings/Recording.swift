import LinearAlgebra

/// Trajectories of the same units, evenly sampled: trials × time × units, where trials may differ in length.
///
/// Units: `sampleInterval` is in `timeUnit`; an empty unit means samples are counted.
///
/// Laws: every trajectory has as many columns as there are unit names, at least one sample, and finite values.
public struct Recording: Sendable, Hashable {
  /// The trials, in order.
  public let trajectories: [Trajectory]
  /// The names of the units, in the order of the columns.
  public let unitNames: [String]
  /// The time from one sample to the next.
  public let sampleInterval: Double
  /// The unit of time, such as `s`; empty where samples are counted.
  public let timeUnit: String

  /// Makes a recording. Units are named 1, 2, … unless told.
  ///
  /// Throws: `RecordingError` for no trials or units, differing unit counts, values that are not finite, an interval that is
  /// not positive.
  public init(
    _ trajectories: [Trajectory], unitNames: [String]? = nil, sampleInterval: Double = 1, timeUnit: String = ""
  ) throws(RecordingError) {
    guard let first = trajectories.first else { throw .noTrials }
    let count = first.samples.columnCount
    guard count > 0 else { throw .noUnits(trial: first.name) }
    guard sampleInterval > 0, sampleInterval.isFinite else { throw .sampleInterval(sampleInterval) }
    let names = unitNames ?? (1...count).map(String.init)
    guard names.count == count else { throw .unitNames(count: names.count, units: count) }
    for trajectory in trajectories {
      let samples = trajectory.samples
      guard samples.columnCount == count else {
        throw .unequalUnits(
          trial: trajectory.name, count: samples.columnCount, first: first.name, expected: count)
      }
      guard samples.rowCount > 0 else { throw .noSamples(trial: trajectory.name) }
      let bad = samples.entries.withUnsafeBufferPointer { $0.firstIndex { !$0.isFinite } }
      if let bad {
        throw .notFinite(
          trial: trajectory.name, sample: bad / count, unit: names[bad % count], value: "\(samples.entries[bad])",
          count: samples.entries.count { !$0.isFinite })
      }
    }
    self.trajectories = trajectories
    self.unitNames = names
    self.sampleInterval = sampleInterval
    self.timeUnit = timeUnit
  }

  /// A recording of one trial, time × units.
  ///
  /// Throws: as the initialiser for several trials.
  public init(_ samples: Matrix<Double>, sampleInterval: Double = 1, timeUnit: String = "") throws(RecordingError) {
    try self.init([Trajectory(name: "1", samples: samples)], sampleInterval: sampleInterval, timeUnit: timeUnit)
  }

  /// What is already known to obey the laws.
  init(
    checked trajectories: [Trajectory], unitNames: [String], sampleInterval: Double, timeUnit: String
  ) {
    self.trajectories = trajectories
    self.unitNames = unitNames
    self.sampleInterval = sampleInterval
    self.timeUnit = timeUnit
  }

  /// The number of units.
  public var unitCount: Int { unitNames.count }
  /// The number of samples of all trials.
  public var sampleCount: Int { trajectories.reduce(0) { $0 + $1.sampleCount } }
  /// The number of samples of the longest trial.
  public var longestSampleCount: Int { trajectories.map(\.sampleCount).max() ?? 0 }
  /// The conditions there are, in order of first appearance.
  public var conditions: [String] {
    trajectories.reduce(into: []) { found, trajectory in
      if let condition = trajectory.condition, !found.contains(condition) { found.append(condition) }
    }
  }

  /// All samples of all trials, one after the other: samples × units.
  public var stacked: Matrix<Double> {
    Matrix(
      rowCount: sampleCount, columnCount: unitCount, entries: trajectories.flatMap(\.samples.entries))
  }

  /// The same trials with other values, time × units.
  func mapped(unitNames: [String]? = nil, _ change: (Matrix<Double>) -> Matrix<Double>) -> Recording {
    Recording(
      checked: trajectories.map {
        Trajectory(name: $0.name, condition: $0.condition, samples: change($0.samples))
      }, unitNames: unitNames ?? self.unitNames, sampleInterval: sampleInterval, timeUnit: timeUnit)
  }

  /// The recording of some of the trials.
  ///
  /// Throws: `RecordingError.noTrials` where none is left.
  public func keeping(_ isKept: (Trajectory) -> Bool) throws(RecordingError) -> Recording {
    let kept = trajectories.filter(isKept)
    guard !kept.isEmpty else { throw .noTrials }
    return Recording(checked: kept, unitNames: unitNames, sampleInterval: sampleInterval, timeUnit: timeUnit)
  }

  /// Every k-th sample, from the first; the sample interval grows k-fold.
  public func subsampled(by factor: Int) -> Recording {
    guard factor > 1 else { return self }
    let thinned = trajectories.map { trajectory in
      let samples = trajectory.samples
      let rows = stride(from: 0, to: samples.rowCount, by: factor)
      return Trajectory(
        name: trajectory.name, condition: trajectory.condition,
        samples: Matrix(
          rowCount: rows.underestimatedCount, columnCount: samples.columnCount,
          entries: rows.flatMap {
            samples.entries[($0 * samples.columnCount)..<(($0 + 1) * samples.columnCount)]
          }))
    }
    return Recording(
      checked: thinned, unitNames: unitNames, sampleInterval: sampleInterval * Double(factor), timeUnit: timeUnit)
  }
}
