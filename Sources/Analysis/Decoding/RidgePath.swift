import LinearAlgebra

/// Linear maps from features to targets that minimise ‖Y − X W‖² + λ ‖W‖², for any λ from one decomposition.
///
/// Shapes: X n×p, Y n×q, W p×q; nothing is centred or scaled.
///
/// References: hoerl1970.
public struct RidgePath: Sendable {
  private let basis: Matrix<Double>
  private let squares: [Double]
  /// Vᵀ Xᵀ Y.
  private let products: Matrix<Double>

  /// Decomposes.
  ///
  /// Throws: `AnalysisError.sizeMismatch` for other rows; `LinearAlgebraError`.
  public init(_ features: Matrix<Double>, _ targets: Matrix<Double>) throws {
    guard features.rowCount == targets.rowCount else {
      throw AnalysisError.sizeMismatch(
        "number of targets", size: "\(targets.rowCount)", expected: "\(features.rowCount)")
    }
    if features.columnCount <= features.rowCount {
      let found = try SymmetricEigendecomposition(of: features.columnGram)
      (basis, squares) = (found.vectors, found.values.map { max(0, $0) })
      products = basis.transposed * (features.transposed * targets)
    } else {
      // X Xᵀ = U S² Uᵀ: the same by the shorter side, V = Xᵀ U / S.
      let found = try SymmetricEigendecomposition(of: features.rowGram)
      let largest = found.values.map { abs($0) }.max() ?? 0
      let kept = found.values.indices.filter { found.values[$0] > 1e-14 * largest }
      var turned = features.transposed * found.vectors
      for row in 0..<turned.rowCount {
        for column in kept { turned[row, column] /= found.values[column].squareRoot() }
      }
      basis = turned.selectingColumns(kept)
      squares = kept.map { found.values[$0] }
      products = basis.transposed * (features.transposed * targets)
    }
  }

  /// W at a penalty λ.
  public func weights(penalty: Double) -> Matrix<Double> {
    var shrunk = products
    for (row, square) in squares.enumerated() {
      let gain = square + penalty
      for column in 0..<shrunk.columnCount { shrunk[row, column] = gain > 0 ? shrunk[row, column] / gain : 0 }
    }
    return basis * shrunk
  }
}
