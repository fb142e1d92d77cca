import LinearAlgebra

/// States, and what became of each one step later: what linear operators are fitted to.
///
/// Shapes: of L pairs of n units: past L×n, future L×n. Row i of the future follows row i of the past.
///
/// Laws: no pair reaches over the border of a trial.
public struct SnapshotPairs: Sendable, Hashable {
  /// The states.
  public let past: Matrix<Double>
  /// Each state's successor.
  public let future: Matrix<Double>
  /// The rows of each trial that has any.
  public let trialRows: [Range<Int>]
  /// The time from a state to its successor, in `timeUnit`.
  public let stepInterval: Double
  /// The unit of time; empty where samples are counted.
  public let timeUnit: String

  /// Pairs every sample with the one `step` samples later in its trial.
  ///
  /// Throws: `RecordingError.tooShort` where no trial has such a pair.
  public init(of recording: Recording, step: Int = 1) throws(RecordingError) {
    let step = max(1, step)
    let width = recording.unitCount
    var (past, future): ([Double], [Double]) = ([], [])
    past.reserveCapacity(recording.sampleCount * width)
    future.reserveCapacity(recording.sampleCount * width)
    var rows: [Range<Int>] = []
    for trajectory in recording.trajectories where trajectory.sampleCount > step {
      let entries = trajectory.samples.entries
      let start = past.count / width
      past.append(contentsOf: entries[..<(entries.count - step * width)])
      future.append(contentsOf: entries[(step * width)...])
      rows.append(start..<(start + trajectory.sampleCount - step))
    }
    guard !rows.isEmpty else {
      throw .tooShort(longest: recording.longestSampleCount, needed: step + 1, for: "a step takes")
    }
    self.past = Matrix(rowCount: past.count / width, columnCount: width, entries: past)
    self.future = Matrix(rowCount: past.count / width, columnCount: width, entries: future)
    trialRows = rows
    stepInterval = recording.sampleInterval * Double(step)
    timeUnit = recording.timeUnit
  }

  /// The same states with other successors.
  init(_ pairs: SnapshotPairs, future: Matrix<Double>) {
    past = pairs.past
    self.future = future
    trialRows = pairs.trialRows
    stepInterval = pairs.stepInterval
    timeUnit = pairs.timeUnit
  }

  /// The number of pairs L.
  public var count: Int { past.rowCount }
  /// The number of units n of a state.
  public var stateSize: Int { past.columnCount }
}
