/// The largest singular values of an operator from its products with a random block: a quick look.
///
/// The range of (A Aᵀ)^q A Ω is taken for that of A. Good where the values fall fast; on a flat spectrum it is not, and its
/// bounds say so. ``GolubKahanLanczos`` reaches more with as many products.
///
/// Shapes: of an m×n operator and k values: left vectors m×k, right vectors n×k.
///
/// Conventions: values descend; each right vector's largest entry is positive. Where k is more than min(m, n), there are
/// min(m, n).
///
/// Laws: Aᵀ u = σ v; the vectors are orthonormal; the values never exceed the true ones but for rounding.
///
/// Complexity: (q + 1)(k + p) products with A, as many with Aᵀ, and k more for the bounds.
///
/// References: halko2011.
public struct RandomizedSVD: Sendable, Hashable {
  /// The singular values, descending.
  public let values: [Double]
  /// The left singular vectors as columns.
  public let leftVectors: Matrix<Double>
  /// The right singular vectors as columns.
  public let rightVectors: Matrix<Double>
  /// For each value, how far a true one is at most, from what A leaves of its vectors. That there is no other, larger one is
  /// likely and not sure.
  public let errorBounds: [Double]
  /// How many vectors A was applied to.
  public let forwardCount: Int
  /// How many vectors Aᵀ was applied to.
  public let transposedCount: Int

  /// How many products with A and Aᵀ there were in all.
  public var productCount: Int { forwardCount + transposedCount }

  /// Computes the largest values of an operator, with p random vectors more than values and q power iterations.
  ///
  /// `progress` is told the number of products after each block.
  ///
  /// Throws: what the operator throws; `LinearAlgebraError.shapeMismatch` and `.notFinite` for images that are not what they
  /// should be; `.notConverged`.
  public init<Operator: LinearOperator>(
    of map: Operator, count: Int, oversampling: Int = 8, powerIterations: Int = 2,
    using random: inout SeededGenerator, progress: ((Int) -> Void)? = nil
  ) throws {
    let least = min(map.rowCount, map.columnCount)
    let wanted = max(0, min(count, least))
    let width = wanted == 0 ? 0 : min(least, wanted + max(0, oversampling))
    var (forward, transposed) = (0, 0)
    var rows = Matrix<Double>.gaussian(width, map.columnCount, using: &random)
    var range = OrthonormalRows(dimension: map.rowCount)
    var back = Matrix<Double>.zeros(0, map.columnCount)
    for _ in 0...(width == 0 ? 0 : max(0, powerIterations)) where rows.rowCount > 0 {
      let images = try map.images(ofRows: rows)
      forward += rows.rowCount
      progress?(forward + transposed)
      range = OrthonormalRows(dimension: map.rowCount)
      _ = range.absorb(images, negligible: negligible(images))
      guard range.count > 0 else { break }
      back = try map.transposeImages(ofRows: range.matrix)
      transposed += range.count
      progress?(forward + transposed)
      var domain = OrthonormalRows(dimension: map.columnCount)
      _ = domain.absorb(back, negligible: negligible(back))
      rows = domain.matrix
    }
    if range.count == 0 { back = .zeros(0, map.columnCount) }
    // Qᵀ A = P S Vᵀ, so A ≈ (Q P) S Vᵀ.
    let factors = try SingularValueDecomposition(of: back)
    let found = min(wanted, factors.values.count)
    let shown = min(wanted + 1, factors.values.count)
    let left = factors.leftVectors.columns(0..<shown).transposed * range.matrix
    let right = factors.rightVectorsTransposed.rows(0..<shown)
    var residuals = [Double](repeating: 0, count: shown)
    if shown > 0 {
      let images = try map.images(ofRows: right)
      forward += shown
      progress?(forward + transposed)
      for i in 0..<shown {
        residuals[i] = norm(of: zip(images.row(i), left.row(i)).map { $0 - factors.values[i] * $1 })
      }
    }
    let bounds = singularValueErrorBounds(
      values: Array(factors.values.prefix(shown)), residuals: residuals, isWhole: range.count == least,
      floor: 4 * Double.ulpOfOne * (factors.values.first ?? 0))
    values = Array(factors.values.prefix(found)) + [Double](repeating: 0, count: wanted - found)
    errorBounds = Array(bounds.prefix(found)) + [Double](repeating: 0, count: wanted - found)
    let pair = completedPair(left: left.rows(0..<found), right: right.rows(0..<found), count: wanted, using: &random)
    (leftVectors, rightVectors) = (pair.left, pair.right)
    (forwardCount, transposedCount) = (forward, transposed)
  }
}

private func negligible(_ images: Matrix<Double>) -> Double {
  4 * Double.ulpOfOne * Double(max(1, images.columnCount)).squareRoot() * images.frobeniusNorm
}

/// Singular vectors, given as rows, as columns: filled up to a count by any orthonormal ones where the rank is less, and with
/// the largest entry of each right one positive.
func completedPair(
  left: Matrix<Double>, right: Matrix<Double>, count: Int, using random: inout SeededGenerator
) -> (left: Matrix<Double>, right: Matrix<Double>) {
  var left = completed(left, to: count, using: &random)
  var right = completed(right, to: count, using: &random)
  for row in 0..<count {
    guard let top = right.row(row).max(by: { abs($0) < abs($1) }), top < 0 else { continue }
    for i in 0..<right.columnCount { right[row, i].negate() }
    for i in 0..<left.columnCount { left[row, i].negate() }
  }
  return (left.transposed, right.transposed)
}

private func completed(
  _ rows: Matrix<Double>, to count: Int, using random: inout SeededGenerator
) -> Matrix<Double> {
  guard rows.rowCount < count else { return rows }
  var all = OrthonormalRows(dimension: rows.columnCount)
  _ = all.absorb(rows, negligible: 0)
  _ = all.absorb(.gaussian(count - rows.rowCount, rows.columnCount, using: &random), negligible: 0)
  return all.matrix
}
