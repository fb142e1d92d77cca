import LinearAlgebra

/// Chaos as a linear system with forcing: the leading delay coordinates obey dv/dt = A v + b v_r, in which the last one, v_r,
/// comes in bursts (HAVOK).
///
/// Shapes: of r coordinates: A (r − 1)×(r − 1), b r − 1 numbers; the forcing has a value for every sample that has neighbours
/// for its derivative.
///
/// Conventions: derivatives by central differences of fourth order, per unit of time, within trials.
///
/// References: brunton2017.
public struct IntermittentForcing: Sendable, Hashable {
  /// A.
  public let stateOperator: Matrix<Double>
  /// b: how the forcing acts on each coordinate.
  public let inputWeights: [Double]
  /// v_r, trial by trial.
  public let forcing: [[Double]]
  /// The kurtosis of the forcing: 3 of a Gaussian, above where it comes in bursts.
  public let kurtosis: Double
  /// The share of the derivatives' squares that the linear system explains.
  public let explained: Double

  /// Fits an embedded recording.
  ///
  /// Throws: `AnalysisError.tooFew` for fewer than 2 coordinates; `RecordingError.tooShort`; `DynamicsError`.
  public init(ofEmbedded recording: Recording, rank: Int) throws {
    guard rank >= 2 else { throw AnalysisError.tooFew("coordinates", count: rank, minimum: 2) }
    let usable = recording.trajectories.filter { $0.sampleCount >= 5 }
    guard !usable.isEmpty else {
      throw RecordingError.tooShort(
        longest: recording.longestSampleCount, needed: 5, for: "a derivative within the window's rows takes")
    }
    let basis = try SnapshotBasis(
      of: Matrix(
        rowCount: usable.reduce(0) { $0 + $1.sampleCount }, columnCount: recording.unitCount,
        entries: usable.flatMap(\.samples.entries)), count: rank)
    _ = try basis.rank(by: .count(rank))
    var (states, derivatives): ([Double], [Double]) = ([], [])
    var forcing: [[Double]] = []
    var start = 0
    for trajectory in usable {
      let v = basis.coordinates.rows(start..<(start + trajectory.sampleCount))
      start += trajectory.sampleCount
      var bursts: [Double] = []
      for t in 2..<(v.rowCount - 2) {
        for column in 0..<rank { states.append(v[t, column]) }
        for column in 0..<(rank - 1) {
          let near = 8 * (v[t + 1, column] - v[t - 1, column])
          derivatives.append((near - v[t + 2, column] + v[t - 2, column]) / (12 * recording.sampleInterval))
        }
        bursts.append(v[t, rank - 1])
      }
      forcing.append(bursts)
    }
    let count = states.count / rank
    let left = Matrix(rowCount: count, columnCount: rank, entries: states)
    let right = Matrix(rowCount: count, columnCount: rank - 1, entries: derivatives)
    let solution = try LeastSquares(left, right).solution
    stateOperator = solution.rows(0..<(rank - 1)).transposed
    inputWeights = solution.row(rank - 1)
    self.forcing = forcing
    let values = forcing.flatMap { $0 }
    let mean = values.reduce(0, +) / Double(values.count)
    let second = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    let fourth = values.reduce(0) { sum, value in
      let square = (value - mean) * (value - mean)
      return sum + square * square
    }
    kurtosis = second > 0 ? fourth / Double(values.count) / (second * second) : 0
    let size = right.frobeniusNorm
    let rest = (right - left * solution).frobeniusNorm
    explained = size > 0 ? 1 - (rest / size) * (rest / size) : 0
  }
}
