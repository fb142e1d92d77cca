import LinearAlgebra

/// The local dimension from the rate at which a point's density changes with noise (FLIPD): d + σ² tr J + σ²‖s‖².
///
/// Conventions: the score s and its Jacobian J are taken at signal · x₀, without added noise, in the coordinates of the
/// process itself. That is the estimator for exploding and for preserved variance alike.
///
/// References: kamkari2024.
public struct FokkerPlanckDimension: Sendable, Hashable, Codable {
  /// The estimate; it may lie outside [0, d] for a score that is not exact.
  public let value: Double

  /// Estimates from the trace of J and the squared norm of the score.
  public init(ambientDimension: Int, noise: NoiseLevel, jacobianTrace: Double, squaredScoreNorm: Double) {
    let variance = noise.deviation * noise.deviation
    value = Double(ambientDimension) + variance * jacobianTrace + variance * squaredScoreNorm
  }

  /// Estimates from the whole Jacobian and the score at one point.
  public init(jacobian: ScoreJacobian, score: [Double], noise: NoiseLevel) {
    let length = norm(of: score)
    let variance = noise.deviation * noise.deviation
    value = Double(score.count) + jacobian.matrix.trace + variance * length * length
  }

  /// The dimension at the knee of a curve of estimates over diffusion time, d when there is no knee.
  ///
  /// Only times strictly between the bounds count, as the authors have it.
  ///
  /// Throws: `AnalysisError.sizeMismatch` when times and estimates differ in number.
  public static func atKnee(
    times: [Double], estimates: [Double], ambientDimension: Int, within bounds: ClosedRange<Double> = 0.05...0.5
  ) throws(AnalysisError) -> Double {
    guard times.count == estimates.count else {
      throw .sizeMismatch("curve of estimates", size: "\(estimates.count)", expected: "\(times.count), as the times")
    }
    let kept = times.indices.filter { times[$0] > bounds.lowerBound && times[$0] < bounds.upperBound }
    guard let knee = knee(x: kept.map { times[$0] }, y: kept.map { estimates[$0] }) else {
      return Double(ambientDimension)
    }
    return estimates[kept[knee]]
  }
}
