import LinearAlgebra

/// The trace of a matrix that is only known by what it does to vectors: the mean of vᵀJv over random v.
///
/// References: hutchinson1990.
public struct HutchinsonTrace: Sendable, Hashable, Codable {
  /// The estimate.
  public let value: Double
  /// Its standard error.
  public let standardError: Double

  /// Random vectors of signs, one a row; among all with unit variance they make the estimate's own variance least.
  public static func directions(
    _ count: Int, dimension: Int, using random: inout SeededGenerator
  ) -> Matrix<Double> {
    Matrix(
      rowCount: count, columnCount: dimension, entries: (0..<(count * dimension)).map { _ in random.sign() })
  }

  /// Estimates from directions v and their images Jv, one a row each.
  ///
  /// Throws: `AnalysisError.sizeMismatch`; `.tooFew` for fewer than two directions.
  public init(directions: Matrix<Double>, images: Matrix<Double>) throws(AnalysisError) {
    guard directions.hasShape(of: images) else {
      throw .sizeMismatch("matrix of images", size: images.shapeText, expected: directions.shapeText)
    }
    let count = directions.rowCount
    guard count >= 2 else { throw .tooFew("directions", count: count, minimum: 2) }
    let samples = (0..<count).map { row in
      zip(directions.row(row), images.row(row)).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let mean = samples.reduce(0, +) / Double(count)
    let squares = samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    value = mean
    standardError = (squares / Double(count - 1) / Double(count)).squareRoot()
  }
}
