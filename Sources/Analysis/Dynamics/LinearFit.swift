import LinearAlgebra

/// The inner products of reduced states and of their successors, from which every linear fit in few coordinates follows.
///
/// Shapes: of r coordinates each r×r: `past` = Σ p pᵀ, `cross` = Σ p fᵀ, `future` = Σ f fᵀ, over pairs (p, f).
struct LinearMoments {
  var past: Matrix<Double>
  var cross: Matrix<Double>
  var future: Matrix<Double>

  /// The moments of rows.
  init(past: Matrix<Double>, future: Matrix<Double>) throws(LinearAlgebraError) {
    self.past = past.columnGram
    cross = try .product(past, future, transposing: .left)
    self.future = future.columnGram
  }

  static func += (left: inout LinearMoments, right: LinearMoments) {
    left.past += right.past
    left.cross += right.cross
    left.future += right.future
  }

  /// A with f ≈ A p by the method; moments know of steps alone, and `optimized` is least squares to them.
  ///
  /// Throws: `DynamicsError.singularOperator`; `LinearAlgebraError`.
  func fitted(by method: DynamicModeDecomposition.Method, ridge: Double = 0) throws -> Matrix<Double> {
    switch method {
    case .exact, .projected, .eigenTimeDelay, .optimized: return try forward(ridge: ridge)
    case .totalLeastSquares: return try totalLeastSquares()
    case .forwardBackward:
      let back = try LeastSquares(future, cross.transposed).solution.transposed
      return try balanced(forward: try forward(), backward: back)
    }
  }

  private func forward(ridge: Double = 0) throws -> Matrix<Double> {
    let regular = ridge > 0 ? past + ridge * .identity(past.rowCount) : past
    return try LeastSquares(regular, cross).solution.transposed
  }

  /// The largest r eigenvectors [Q₁; Q₂] of the joint moments span the nearest pairs that are exactly linear.
  private func totalLeastSquares() throws -> Matrix<Double> {
    let size = past.rowCount
    var joint = Matrix<Double>.zeros(2 * size, 2 * size)
    for row in 0..<size {
      for column in 0..<size {
        joint[row, column] = past[row, column]
        joint[row, size + column] = cross[row, column]
        joint[size + column, row] = cross[row, column]
        joint[size + row, size + column] = future[row, column]
      }
    }
    let vectors = try SymmetricEigendecomposition(of: joint).vectors.columns(size..<(2 * size))
    let (upper, lower) = (vectors.rows(0..<size), vectors.rows(size..<(2 * size)))
    return try LeastSquares(upper.transposed, lower.transposed).solution.transposed
  }
}

/// The square root of A_f A_b⁻¹ that is nearest A_f, where A_f takes states forward and A_b back: noise biases both
/// alike, and so cancels.
///
/// References: dawson2016.
func balanced(forward: Matrix<Double>, backward: Matrix<Double>) throws -> Matrix<Double> {
  let size = forward.rowCount
  let refusal = DynamicsError.singularOperator(method: "forward-backward", rank: size)
  let inverse = try LeastSquares(backward.transposed, forward.transposed)
  guard inverse.rank == size else { throw refusal }
  let square = inverse.solution.transposed
  let spectrum = try Eigendecomposition(of: square)
  let form = RealModalForm(values: spectrum.values, vectors: spectrum.rightVectors)
  // Of the two roots of each eigenvalue the one is meant that A_f is near.
  guard let guides = try form.values(of: forward) else { throw refusal }
  let roots = zip(form.starts, guides).map { start, guide -> Complex<Double> in
    let value = start.value
    if value.imaginary == 0 { return Complex(abs(value.real).squareRoot() * (guide.real < 0 ? -1 : 1)) }
    let half = Complex.polar(modulus: value.modulus.squareRoot(), argument: value.argument / 2)
    return (half * guide.conjugate).real < 0 ? -half : half
  }
  guard let root = try form.matrix(withValues: roots) else { throw refusal }
  return root
}
