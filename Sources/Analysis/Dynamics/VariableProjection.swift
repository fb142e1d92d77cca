import LinearAlgebra

/// Least squares in rates alone: for given rates the amplitudes are the best ones.
///
/// With P the projection on the columns of Φ, R = (1 − P) X, D = t ∘ Φ and Φ = Q T: a column of the Jacobian of vec R is a sum
/// of outer products p_k ⊗ b_l and g_k ⊗ h_l, where p = (1 − P) D, b = Φ⁺X, g = Q T⁻ᵀ and h = DᵀR. As p is orthogonal to g,
/// JᵀJ follows from four small matrices of inner products, and J is never made.
struct VariableProjection {
  let trials: [SampledTrial]
  let exponents: ExponentSet

  /// Where the search is.
  struct State {
    let exponents: ExponentSet
    /// Φ⁺X of each trial: r×n.
    let amplitudes: [Matrix<Double>]
    let squaredResidual: Double
    /// JᵀJ and Jᵀ vec R.
    let curvature: Matrix<Double>
    let slope: [Double]
  }

  /// A product of one column of D's part with one row of amplitudes, with a sign.
  private struct Piece {
    let column: Int
    let partner: Int
    let sign: Double
  }

  /// dΦ for each parameter: of a pair dc = (t c, t s), dω = (−t s, t c), in pieces d_k ⊗ (row l).
  private static func pieces(_ exponents: ExponentSet) -> [[Piece]] {
    exponents.terms.flatMap { term -> [[Piece]] in
      let c = term.column
      guard term.isPair else { return [[Piece(column: c, partner: c, sign: 1)]] }
      let s = c + 1
      return [
        [Piece(column: c, partner: c, sign: 1), Piece(column: s, partner: s, sign: 1)],
        [Piece(column: s, partner: c, sign: -1), Piece(column: c, partner: s, sign: 1)],
      ]
    }
  }

  /// What the rates give; `nil` where the columns are not finite or not independent.
  func state(at exponents: ExponentSet) throws -> State? {
    let count = exponents.columnCount
    let pieces = Self.pieces(exponents)
    var curvature = Matrix<Double>.zeros(count, count)
    var slope = [Double](repeating: 0, count: count)
    var amplitudes: [Matrix<Double>] = []
    var residual = 0.0
    for trial in trials {
      let columns = exponents.columns(at: trial.times)
      guard columns.entries.allSatisfy(\.isFinite) else { return nil }
      let factors = try QRFactorization(of: columns)
      guard let inverse = invertedTriangle(factors.triangular) else { return nil }
      let q = factors.orthonormal
      let b = inverse * (try .product(q, trial.samples, transposing: .left))
      let rest = trial.samples - columns * b
      residual += rest.entries.reduce(0) { $0 + $1 * $1 }
      amplitudes.append(b)
      var moved = columns
      // Times from the trial's start: what is left out is in the span of Φ and changes nothing.
      let first = trial.times.first ?? 0
      for (row, time) in trial.times.enumerated() {
        for column in 0..<count { moved[row, column] *= time - first }
      }
      let p = moved - q * (try .product(q, moved, transposing: .left))
      let h: Matrix<Double> = try .product(moved, rest, transposing: .left)
      let (pp, bb, hh) = (p.columnGram, b.rowGram, h.rowGram)
      // GᵀG with G = Q T⁻ᵀ.
      let gg = inverse.rowGram
      let pr: Matrix<Double> = try .product(p, rest, transposing: .left)
      let prb: Matrix<Double> = try .product(pr, b, transposing: .right)
      for i in 0..<count {
        for piece in pieces[i] { slope[i] -= piece.sign * prb[piece.column, piece.partner] }
        for j in 0...i {
          var sum = 0.0
          for left in pieces[i] {
            for right in pieces[j] {
              sum +=
                left.sign * right.sign
                * (pp[left.column, right.column] * bb[left.partner, right.partner]
                  // Transposed, dΦᵀ lays the row h of D's column beside the column g of its partner.
                  + gg[left.partner, right.partner] * hh[left.column, right.column])
            }
          }
          curvature[i, j] += sum
          if i != j { curvature[j, i] += sum }
        }
      }
    }
    guard residual.isFinite, curvature.entries.allSatisfy(\.isFinite) else { return nil }
    return State(
      exponents: exponents, amplitudes: amplitudes, squaredResidual: residual, curvature: curvature, slope: slope)
  }

  /// Levenberg and Marquardt's descent.
  mutating func minimized(
    steps: Int, tolerance: Double, energy: Double
  ) throws -> (state: State, isConverged: Bool, stepCount: Int) {
    guard var here = try state(at: exponents) else {
      throw LinearAlgebraError.notConverged("variable projection", shape: "\(exponents.columnCount)-exponential")
    }
    var damping = 1e-3
    var taken = 0
    while taken < steps {
      taken += 1
      var improved = false
      for _ in 0..<16 {
        var damped = here.curvature
        for i in 0..<damped.rowCount { damped[i, i] += damping * max(damped[i, i], 1e-300) }
        let step = try LeastSquares(damped, Matrix(column: here.slope.map { -$0 })).solution.entries
        var next = here.exponents
        next.move(by: step)
        if step.allSatisfy(\.isFinite), let there = try state(at: next),
          there.squaredResidual < here.squaredResidual
        {
          let gain = here.squaredResidual - there.squaredResidual
          here = there
          damping = max(damping / 5, 1e-12)
          // Below the rounding of the energy there is nothing to win.
          if gain <= tolerance * there.squaredResidual || there.squaredResidual <= 1e-26 * energy {
            return (here, true, taken)
          }
          improved = true
          break
        }
        damping *= 4
      }
      if !improved { return (here, true, taken) }
    }
    return (here, false, taken)
  }
}

/// The inverse of an upper triangle; `nil` where it is singular to working precision.
private func invertedTriangle(_ triangle: Matrix<Double>) -> Matrix<Double>? {
  let size = triangle.columnCount
  guard triangle.rowCount == size else { return nil }
  let largest = triangle.diagonalEntries.reduce(0) { max($0, abs($1)) }
  guard largest > 0, triangle.diagonalEntries.allSatisfy({ abs($0) > 1e-14 * largest }) else { return nil }
  var inverse = Matrix<Double>.zeros(size, size)
  for column in 0..<size {
    inverse[column, column] = 1 / triangle[column, column]
    for row in stride(from: column - 1, through: 0, by: -1) {
      var sum = 0.0
      for k in (row + 1)...column { sum += triangle[row, k] * inverse[k, column] }
      inverse[row, column] = -sum / triangle[row, row]
    }
  }
  return inverse
}
