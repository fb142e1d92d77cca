/// Half the square of a distance as a function f of an orthogonal matrix Q, known by value, gradient and curvature.
///
/// Conventions: for a skew-symmetric W, f(exp(W) Q) = f(Q) + ⟨G, W⟩ + ½⟨W, H W⟩ + …, where ⟨·,·⟩ sums the products of all
/// entries. The gradient G and the product H W are skew-symmetric.
public protocol OrthogonalObjective {
  /// What is computed once at a matrix Q and used by everything asked there.
  associatedtype Place

  /// The side n of the matrices.
  var size: Int { get }
  /// Prepares for questions at an orthogonal n×n matrix.
  func place(_ point: Matrix<Double>) -> Place
  /// f(Q).
  func value(at place: Place) -> Double
  /// G: skew-symmetric, n×n.
  func gradient(at place: Place) -> Matrix<Double>
  /// H W along a skew-symmetric n×n matrix W; linear and symmetric in W.
  func curvature(at place: Place, along direction: Matrix<Double>) -> Matrix<Double>
  /// For each pair of axes a positive number, about one over the size of H along their rotation; symmetric, n×n. Steps are
  /// scaled by it, so only the speed depends on it.
  func inverseCurvatures(at place: Place) -> Matrix<Double>
}

/// The rotation `(I − W/2)⁻¹(I + W/2)` by a skew-symmetric matrix: exp(W) to second order, orthogonal for every W.
///
/// Shapes: n×n to n×n.
///
/// Throws: `LinearAlgebraError.notFinite`, `.notConverged`, `.tooLarge`.
public func cayleyRotation(by skew: Matrix<Double>) throws(LinearAlgebraError) -> Matrix<Double> {
  try skew.requireFinite()
  let n = skew.rowCount
  guard n > 0 else { return skew }
  let size = try lapackSizes("rotation", of: skew).rows
  BLASThreads.useOne()
  // LAPACK reads transposes: (I − W/2)ᵀ = I + W/2, and what it leaves is C as it would read it, (I+W/2)⁻¹(I−W/2) = Cᵀ.
  var left = skew.entries
  var right = skew.entries
  left.withUnsafeMutableBufferPointer { left in
    right.withUnsafeMutableBufferPointer { right in
      for i in left.indices {
        left[i] *= -0.5
        right[i] *= 0.5
      }
      for i in 0..<n {
        left[i * n + i] += 1
        right[i * n + i] += 1
      }
    }
  }
  var pivots = [Int32](repeating: 0, count: n)
  let status = Double.routines.gesv(columnMajor, size, size, &left, size, &pivots, &right, size)
  guard status == 0 else { throw .notConverged("rotation", shape: skew.shapeText) }
  return Matrix(rowCount: n, columnCount: n, entries: right)
}
