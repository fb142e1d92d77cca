import LinearAlgebra

/// A window of delays: the state at a time is what the units did then and at some times before.
///
/// Shapes: of T samples of n units with d delays at lag τ: (T − (d − 1) τ) × (d n); a row is
/// [x(t), x(t − τ), …, x(t − (d − 1) τ)], the newest first.
///
/// Laws: no window reaches over the border of a trial; with one delay nothing changes.
///
/// References: takens1981, sauer1991.
public struct DelayEmbedding: Sendable, Hashable, Codable {
  /// The number of delays d, the present among them.
  public let count: Int
  /// The lag τ between delays, in samples.
  public let lagInSamples: Int

  /// Makes a window.
  ///
  /// Throws: `AnalysisError.tooFew` for no delays or no lag.
  public init(count: Int, lagInSamples: Int = 1) throws(AnalysisError) {
    guard count >= 1 else { throw .tooFew("delays", count: count, minimum: 1) }
    guard lagInSamples >= 1 else { throw .tooFew("samples of lag", count: lagInSamples, minimum: 1) }
    self.count = count
    self.lagInSamples = lagInSamples
  }

  /// The number of samples that a window reaches over.
  public var lengthInSamples: Int { (count - 1) * lagInSamples + 1 }

  /// The embedded recording; trials shorter than the window are left out.
  ///
  /// Throws: `RecordingError.tooShort` where no trial has a window and `successors` samples after it.
  public func embedded(_ recording: Recording, successors: Int = 0) throws(RecordingError) -> Recording {
    let needed = lengthInSamples + successors
    let long = recording.trajectories.filter { $0.sampleCount >= needed }
    guard !long.isEmpty else {
      throw .tooShort(
        longest: recording.longestSampleCount, needed: needed,
        for: count == 1 ? "a step takes" : "\(count) delays at lag \(lagInSamples) and a step take")
    }
    guard count > 1 else {
      return Recording(
        checked: long, unitNames: recording.unitNames, sampleInterval: recording.sampleInterval,
        timeUnit: recording.timeUnit)
    }
    let names = (0..<count).flatMap { delay in
      recording.unitNames.map { delay == 0 ? $0 : "\($0) −\(delay * lagInSamples)" }
    }
    return Recording(
      checked: long.map { Trajectory(name: $0.name, condition: $0.condition, samples: embedded($0.samples)) },
      unitNames: names, sampleInterval: recording.sampleInterval, timeUnit: recording.timeUnit)
  }

  /// The inputs beside the newest sample of every window that has a successor, trial by trial.
  ///
  /// Throws: as `Recording.requireInputs(_:)`.
  public func aligned(_ inputs: Recording, with recording: Recording) throws -> [Matrix<Double>] {
    try recording.requireInputs(inputs)
    return inputs.trajectories.compactMap { input in
      guard input.sampleCount > lengthInSamples else { return nil }
      return input.samples.rows((lengthInSamples - 1)..<(input.sampleCount - 1))
    }
  }

  /// The same of all trials, one after the other: a row beside each pair of a state and its successor.
  ///
  /// Throws: as `Recording.requireInputs(_:)`.
  public func alignedRows(_ inputs: Recording, with recording: Recording) throws -> Matrix<Double> {
    let trials = try aligned(inputs, with: recording)
    return Matrix(
      rowCount: trials.reduce(0) { $0 + $1.rowCount }, columnCount: inputs.unitCount, entries: trials.flatMap(\.entries)
    )
  }

  private func embedded(_ samples: Matrix<Double>) -> Matrix<Double> {
    let width = samples.columnCount
    let rows = samples.rowCount - lengthInSamples + 1
    let entries = [Double](unsafeUninitializedCapacity: rows * width * count) { target, filled in
      samples.entries.withUnsafeBufferPointer { source in
        guard let from = source.baseAddress, var to = target.baseAddress else { return }
        for row in 0..<rows {
          for delay in 0..<count {
            let time = row + (count - 1 - delay) * lagInSamples
            to.update(from: from + time * width, count: width)
            to += width
          }
        }
      }
      filled = rows * width * count
    }
    return Matrix(rowCount: rows, columnCount: width * count, entries: entries)
  }
}
