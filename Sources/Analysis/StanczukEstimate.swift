import LinearAlgebra

/// The dimension of a manifold from scores at Gaussian perturbations of one of its points.
///
/// At little noise the scores span the normal directions, so their singular values drop after d − m of them. Gaussian
/// probes blur every level by 1 ± √(d/K); `OrthogonalProbing` does not.
///
/// Data: K = 4d points is customary.
///
/// References: stanczuk2024.
public struct StanczukEstimate: Sendable, Hashable {
  /// The singular values of the scores less their mean, descending; there are min(K, d).
  public let singularValues: [Double]
  /// The gaps, and the dimension the largest shows.
  public let detection: GapDetection

  /// The points to evaluate the score at: signal · x₀ + σ ε, one a row; 4d of them unless told.
  ///
  /// Throws: `AnalysisError.tooFew` for a point without coordinates or fewer than 2 points.
  public static func points(
    around point: [Double], noise: NoiseLevel, count: Int? = nil, using random: inout SeededGenerator
  ) throws(AnalysisError) -> Matrix<Double> {
    guard !point.isEmpty else { throw .tooFew("coordinates", count: 0, minimum: 1) }
    let rowCount = count ?? 4 * point.count
    guard rowCount >= 2 else { throw .tooFew("points", count: rowCount, minimum: 2) }
    var points = noise.deviation * Matrix<Double>.gaussian(rowCount, point.count, using: &random)
    for row in 0..<rowCount {
      for column in point.indices { points[row, column] += noise.signal * point[column] }
    }
    return points
  }

  /// Reads the dimension off scores, one a row. Their mean is subtracted, as the authors' program does.
  ///
  /// Throws: `AnalysisError.tooFew` for fewer scores than dimensions, less than two of either;
  /// `LinearAlgebraError.notFinite`, `.notConverged`.
  public init(scores: Matrix<Double>) throws {
    // With K ≤ d the mean takes a direction away and the spectrum ends before the manifold's part begins.
    guard scores.rowCount > scores.columnCount else {
      throw AnalysisError.tooFew("scores", count: scores.rowCount, minimum: scores.columnCount + 1)
    }
    singularValues = try LinearAlgebra.singularValues(of: scores.centredColumns)
    detection = try GapDetection(in: singularValues)
  }

  /// The dimension: d less the number of singular values above the largest gap.
  public var dimension: Int? { detection.dimension }
}
