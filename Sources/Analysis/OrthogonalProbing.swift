import LinearAlgebra

/// A score's Jacobian measured from the score alone: central differences along a random orthonormal frame.
///
/// The two batches of points go through the network; the two batches of scores come back. The step is σ itself, in a
/// float32 network far above round-off; for a score that is linear near the point the result is exact.
///
/// Shapes: points and scores are d×d, one point a row.
///
/// References: achilli2024.
public struct OrthogonalProbing: Sendable, Hashable {
  /// The noise level.
  public let noise: NoiseLevel
  /// signal · x₀, around which the points lie.
  public let centre: [Double]
  /// Q, one direction a row.
  public let directions: Matrix<Double>
  /// The length of each step.
  public let step: Double

  /// Prepares to probe around a clean point; the step is the noise deviation unless told.
  ///
  /// Throws: `AnalysisError.tooFew` for a point without coordinates; `.notPositive` for the step.
  public init(
    around point: [Double], noise: NoiseLevel, step: Double? = nil, using random: inout SeededGenerator
  ) throws {
    guard !point.isEmpty else { throw AnalysisError.tooFew("coordinates", count: 0, minimum: 1) }
    self.noise = noise
    self.step = try positive("probing step", step ?? noise.deviation)
    centre = point.map { noise.signal * $0 }
    directions = try Matrix.randomOrthogonal(point.count, using: &random)
  }

  /// The points one step ahead along each direction.
  public var pointsAhead: Matrix<Double> { displaced(by: step) }

  /// The points one step behind along each direction.
  public var pointsBehind: Matrix<Double> { displaced(by: -step) }

  /// The Jacobian from the scores at the points ahead and behind.
  ///
  /// Throws: `AnalysisError.sizeMismatch`; `LinearAlgebraError.notFinite`, `.notConverged`.
  public func jacobian(scoresAhead: Matrix<Double>, scoresBehind: Matrix<Double>) throws -> ScoreJacobian {
    let d = centre.count
    for (name, scores) in [("scores ahead", scoresAhead), ("scores behind", scoresBehind)] {
      guard scores.rowCount == d, scores.columnCount == d else {
        throw AnalysisError.sizeMismatch(name, size: scores.shapeText, expected: "\(d)×\(d)")
      }
    }
    // Row k of the differences is J q_k: the whole is Q Jᵀ with Q's rows the directions, and QᵀQ = 1.
    let differences = 1 / (2 * step) * (scoresAhead - scoresBehind)
    return try ScoreJacobian(of: Matrix.product(differences, directions, transposing: .left), noise: noise)
  }

  private func displaced(by length: Double) -> Matrix<Double> {
    var points = length * directions
    for row in 0..<points.rowCount {
      for column in 0..<points.columnCount { points[row, column] += centre[column] }
    }
    return points
  }
}
