import LinearAlgebra

/// What a signal was at several times, one lag after the other, as points: the oldest first.
///
/// Shapes: points × dimension; no vector reaches over the border of a trial.
///
/// References: takens1981, sauer1991.
public struct DelayVectors: Sendable, Hashable {
  /// The number of coordinates.
  public let dimension: Int
  /// The samples from one coordinate to the next.
  public let lag: Int
  /// The vectors as rows.
  public let points: Matrix<Double>
  /// Where each vector's first and oldest coordinate stands among the signal's values.
  public let starts: [Int]
  /// A time for every vector: its start, with trials farther apart than any window.
  public let times: [Int]

  /// Embeds a signal; every vector has as many samples after it as are `reserved`, so that what follows is known.
  ///
  /// Throws: `AnalysisError.tooFew` for no dimension or lag; `.outOfRange` for more numbers than memory should hold;
  /// `SignalError.tooShort` where fewer than two vectors fit.
  public init(of signal: Signal, dimension: Int, lag: Int, reserved: Int = 0) throws {
    guard dimension >= 1 else { throw AnalysisError.tooFew("dimensions", count: dimension, minimum: 1) }
    guard lag >= 1 else { throw AnalysisError.tooFew("samples of lag", count: lag, minimum: 1) }
    let length = Double(dimension - 1) * Double(lag) + 1 + Double(max(0, reserved))
    guard length < Double(signal.longest) else {
      throw SignalError.tooShort(
        longest: signal.longest, needed: length < 1e15 ? Int(length) + 1 : .max,
        for: "\(dimension) \(dimension == 1 ? "dimension" : "dimensions") at lag \(lag) take")
    }
    guard Double(dimension) * Double(signal.count) <= 50_000_000 else {
      throw AnalysisError.outOfRange(
        "number of coordinates of all vectors", Double(dimension) * Double(signal.count), rule: "at most 50000000")
    }
    let reach = (dimension - 1) * lag + max(0, reserved)
    var (starts, times): ([Int], [Int]) = ([], [])
    for (number, trial) in signal.trials.enumerated() where trial.count > reach {
      for start in trial.lowerBound..<(trial.upperBound - reach) {
        starts.append(start)
        times.append(start + number * signal.count)
      }
    }
    guard starts.count >= 2 else {
      throw SignalError.tooShort(
        longest: signal.longest, needed: reach + 2, for: "\(dimension) dimensions at lag \(lag) take")
    }
    self.dimension = dimension
    self.lag = lag
    self.starts = starts
    self.times = times
    let entries = [Double](unsafeUninitializedCapacity: starts.count * dimension) { target, filled in
      signal.values.withUnsafeBufferPointer { values in
        for (row, start) in starts.enumerated() {
          for column in 0..<dimension { target[row * dimension + column] = values[start + column * lag] }
        }
      }
      filled = starts.count * dimension
    }
    points = Matrix(rowCount: starts.count, columnCount: dimension, entries: entries)
  }

  /// The number of vectors.
  public var count: Int { starts.count }
  /// Where each vector's last and newest coordinate stands among the signal's values.
  public var presents: [Int] { starts.map { $0 + (dimension - 1) * lag } }
}
