import LinearAlgebra

/// Points in few dimensions whose distances come nearest given ones in the sum of squares (metric scaling by SMACOF).
///
/// Laws: the stress never rises from step to step; it is at most that of the start.
///
/// References: deleeuw1977.
public struct StressMajorization: Sendable, Hashable, Codable {
  /// The points, as rows: centred.
  public let coordinates: Matrix<Double>
  /// The root of Σ(δ − d)²/Σδ² over all pairs.
  public let stress: Double
  /// The number of steps made.
  public let stepCount: Int
  /// Whether the steps ended because nothing was left to gain.
  public let hasConverged: Bool

  /// Moves points from a start until the stress falls by less than a share of `tolerance` in a step.
  ///
  /// Throws: as `ClassicalScaling`; `AnalysisError.sizeMismatch` for a start of another number of points.
  public init(
    of distances: Matrix<Double>, from start: Matrix<Double>, greatestStepCount: Int = 500, tolerance: Double = 1e-7
  ) throws {
    try distances.requireDistances()
    try start.requireFinite()
    let count = distances.rowCount
    guard start.rowCount == count else {
      throw AnalysisError.sizeMismatch(
        "start", size: "\(start.rowCount) points", expected: "\(count) points, as there are distances")
    }
    var points = start.centredColumns
    var stress = relativeStress(of: points, against: distances)
    var (steps, isDone) = (0, stress < 1e-12)
    while !isDone, steps < greatestStepCount {
      // Guttman's transform: each point to the mean of where its partners want it.
      let current = pointDistances(points)
      var weights = Matrix<Double>.zeros(count, count)
      for row in 0..<count {
        var sum = 0.0
        for column in 0..<count where row != column && current[row, column] > 0 {
          let ratio = distances[row, column] / current[row, column]
          weights[row, column] = -ratio
          sum += ratio
        }
        weights[row, row] = sum
      }
      let moved = (1 / Double(count)) * (weights * points)
      let next = relativeStress(of: moved, against: distances)
      steps += 1
      isDone = !(next < stress * (1 - tolerance)) || next < 1e-12
      if next <= stress { (points, stress) = (moved, next) }
    }
    coordinates = points
    self.stress = stress
    stepCount = steps
    hasConverged = isDone
  }
}
