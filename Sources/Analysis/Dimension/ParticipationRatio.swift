import LinearAlgebra

/// How many directions the variance of a cloud is spread over: (Σ λ)²/Σ λ² of the covariance's eigenvalues λ.
///
/// Range: from 1 to the number of coordinates.
///
/// Conventions: the interval resamples what each point adds to the ratio in first order; points of one trajectory that follow each other
/// closely make it too narrow.
///
/// Complexity: the product of the points with the smaller of both sides' Gram matrices.
///
/// Laws: unchanged by translation, rotation and scale; d for equal variances along d directions. It says nothing of curvature: a circle
/// has 2.
public struct ParticipationRatio: Sendable, Hashable, Codable {
  /// The ratio.
  public let value: BootstrapInterval
  /// The root of the variance: the scale that the estimate is of.
  public let scale: Double

  /// Estimates from the rows of a matrix.
  ///
  /// Throws: `LinearAlgebraError.notFinite`; `DimensionError.onePlace`; `AnalysisError.tooFew` for fewer than two points, `.outOfRange`.
  public init(
    of points: Matrix<Double>, level: Double = 0.95, resampleCount: Int = 200, using random: inout SeededGenerator
  ) throws {
    try points.requireFinite()
    guard points.rowCount >= 2 else { throw AnalysisError.tooFew("points", count: points.rowCount, minimum: 2) }
    let most = points.largestMagnitude
    guard most > 0 else { throw DimensionError.onePlace(points: points.rowCount) }
    // Scaled, so that fourth powers stay finite.
    let centred = ((1 / most) * points).centredColumns
    guard centred.largestMagnitude > 1e-14 else { throw DimensionError.onePlace(points: points.rowCount) }
    let rescale = 1 / centred.largestMagnitude
    let cloud = rescale * centred
    let count = Double(cloud.rowCount)
    // Rows of X Xᵀ X/n: each point's image under the covariance.
    let images =
      cloud.columnCount <= cloud.rowCount
      ? cloud * ((1 / count) * cloud.columnGram) : ((1 / count) * cloud.rowGram) * cloud
    var (squares, turned) = ([Double](), [Double]())
    for row in 0..<cloud.rowCount {
      let (point, image) = (cloud.row(row), images.row(row))
      squares.append(point.reduce(0) { $0 + $1 * $1 })
      turned.append(zip(point, image).reduce(0) { $0 + $1.0 * $1.1 })
    }
    let trace = squares.reduce(0, +) / count
    let square = turned.reduce(0, +) / count
    let ratio = trace * trace / square
    let pseudo = zip(squares, turned).map { own, along in
      ratio * (1 + 2 * (own - trace) / trace - 2 * (along - square) / square)
    }
    let spread = try BootstrapInterval(meanOf: pseudo, level: level, resampleCount: resampleCount, using: &random)
    value = spread
    scale = most / rescale * trace.squareRoot()
  }
}
