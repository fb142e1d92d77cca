import LinearAlgebra

/// The leading singular values and vectors of a tall or wide matrix, from the inner products of its shorter side.
///
/// Inner products square the condition, so their eigenvectors are a start alone: the space they span is turned by the matrix
/// itself, and what comes of it is believed only where X V = U S holds to rounding. There is nothing where it does not.
struct LeadingFactors {
  /// U, as columns.
  let left: Matrix<Double>
  /// The values, descending.
  let values: [Double]
  /// V, as columns.
  let right: Matrix<Double>

  /// X V = U S within this share of the largest value.
  private static let tolerance = 1e-12

  init?(of matrix: Matrix<Double>, count: Int) throws {
    let isTall = matrix.rowCount >= matrix.columnCount
    let tall = isTall ? matrix : matrix.transposed
    let width = min(tall.columnCount, count + 8)
    let products = try SymmetricEigendecomposition(of: tall.columnGram)
    var directions = products.vectors.columns((tall.columnCount - width)..<tall.columnCount)
    for _ in 0..<3 {
      let frame = try QRFactorization(of: tall * directions).orthonormal
      let reduced: Matrix<Double> = try .product(tall, frame, transposing: .left)
      let factors = try SingularValueDecomposition(of: reduced)
      directions = factors.leftVectors
      let kept = directions.columns(0..<count)
      let images = frame * factors.rightVectorsTransposed.rows(0..<count).transposed
      let rest = tall * kept - images.mapColumns { $0 * factors.values[$1] }
      if rest.frobeniusNorm <= Self.tolerance * (factors.values.first ?? 0) {
        (left, right) = isTall ? (images, kept) : (kept, images)
        values = Array(factors.values.prefix(count))
        return
      }
    }
    return nil
  }
}
