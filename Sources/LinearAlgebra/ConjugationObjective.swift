import COpenBLAS

/// Half the squared distance `½‖A − Q B Qᵀ‖²` of a matrix from the conjugates of another, as a function of the orthogonal Q.
///
/// With the symmetric and skew parts A = S + K and Q B Qᵀ = T + L, the gradient is [T, S] + [K, L], and
/// H W = −½([S, [W, T]] + [[S, W], T]) + ½([K, [W, L]] + [[K, W], L]).
///
/// Shapes: A, B and Q n×n.
///
/// References: schonemann1968 (two-sided Procrustes problems), ostrow2023.
public struct ConjugationObjective: OrthogonalObjective, Sendable {
  /// The side of the matrices.
  public let size: Int
  /// B.
  let moving: Matrix<Double>
  /// S and K, the parts of A.
  let symmetric: Matrix<Double>
  let skew: Matrix<Double>
  /// The entries of S when it has no others, which spares products.
  let diagonal: [Double]?

  /// Makes the function of two square matrices of one size.
  ///
  /// Throws: `LinearAlgebraError.notSquare`, `.shapeMismatch`, `.notFinite`.
  public init(fixed: Matrix<Double>, moving: Matrix<Double>) throws(LinearAlgebraError) {
    guard fixed.rowCount == fixed.columnCount else { throw .notSquare("conjugation", shape: fixed.shapeText) }
    guard fixed.hasShape(of: moving) else {
      throw .shapeMismatch("conjugation", fixed.shapeText, moving.shapeText)
    }
    try fixed.requireFinite()
    try moving.requireFinite()
    size = fixed.rowCount
    self.moving = moving
    symmetric = fixed.symmetricPart
    skew = fixed.skewPart
    diagonal = symmetric.isDiagonal ? symmetric.diagonalEntries : nil
  }

  /// The parts of Q B Qᵀ.
  public struct Place: Sendable {
    /// T over L, a 2n×n matrix.
    let parts: Matrix<Double>
    /// S − T over K − L.
    let residual: Matrix<Double>
    /// G.
    let gradient: Matrix<Double>
  }

  /// Conjugates B.
  public func place(_ point: Matrix<Double>) -> Place {
    let turned = try? Matrix.product(point * moving, point, transposing: .right)
    return place(conjugated: turned ?? moving)
  }

  /// The place at which Q B Qᵀ is a given matrix.
  func place(conjugated turned: Matrix<Double>) -> Place {
    let (n, count) = (size, size * size)
    var parts = Matrix<Double>.zeros(2 * n, n)
    var residual = parts
    parts.entries.withUnsafeMutableBufferPointer { parts in
      residual.entries.withUnsafeMutableBufferPointer { residual in
        turned.entries.withUnsafeBufferPointer { turned in
          symmetric.entries.withUnsafeBufferPointer { symmetric in
            skew.entries.withUnsafeBufferPointer { skew in
              forEachMirroredPair(n) { here, mirror in
                let (x, y) = (turned[here], turned[mirror])
                let (even, odd) = (0.5 * (x + y), 0.5 * (x - y))
                parts[here] = even
                parts[mirror] = even
                parts[count + here] = odd
                parts[count + mirror] = -odd
                residual[here] = symmetric[here] - even
                residual[mirror] = symmetric[mirror] - even
                residual[count + here] = skew[here] - odd
                residual[count + mirror] = skew[mirror] + odd
              }
            }
          }
        }
      }
    }
    // [K − L, L] − [S − T, T]: the residual in place of A, so that it has all digits where it is small.
    var half = Matrix<Double>.zeros(n, n)
    accumulate(-1, residual, 0, parts, 0, into: &half)
    accumulate(1, residual, 1, parts, 1, into: &half)
    half.subtractTranspose()
    return Place(parts: parts, residual: residual, gradient: half)
  }

  /// ½‖A − Q B Qᵀ‖², with all digits where it is small.
  public func value(at place: Place) -> Double { 0.5 * place.residual.innerProduct(with: place.residual) }

  /// G.
  public func gradient(at place: Place) -> Matrix<Double> { place.gradient }

  /// H W = [K, [W, L]] − [S, [W, T]] − ½[W, G] with the gradient G, which is the formula above by Jacobi's identity and takes fewer
  /// products.
  public func curvature(at place: Place, along direction: Matrix<Double>) -> Matrix<Double> {
    let n = size
    // [W, T] and [W, L]: symmetric and skew.
    var inner = Matrix<Double>.zeros(2 * n, n)
    accumulate(1, direction, 0, place.parts, 0, into: &inner)
    accumulate(1, direction, 0, place.parts, 1, into: &inner, block: 1)
    inner.addTransposes(signs: (1, -1))
    var half = Matrix<Double>.zeros(n, n)
    if let diagonal {
      half.scaleRows(of: inner, by: diagonal, factor: -1)
    } else {
      accumulate(-1, symmetric, 0, inner, 0, into: &half)
    }
    accumulate(1, skew, 0, inner, 1, into: &half)
    accumulate(-0.5, direction, 0, place.gradient, 0, into: &half)
    half.subtractTranspose()
    return half
  }

  /// One over H on the rotation of each two axes alone, (sᵢ − sⱼ)(tᵢ − tⱼ) + rᵢ + rⱼ − 2KᵢⱼLᵢⱼ with r the row sums of K ∘ L, kept
  /// away from 0. It is meant for a diagonal S; for others it takes the diagonals.
  public func inverseCurvatures(at place: Place) -> Matrix<Double> {
    let (n, count) = (size, size * size)
    var rows = [Double](repeating: 0, count: n)
    var scale = Matrix<Double>(rowCount: n, columnCount: n, repeating: 1)
    let axes = symmetric.diagonalEntries
    place.parts.entries.withUnsafeBufferPointer { parts in
      skew.entries.withUnsafeBufferPointer { skew in
        scale.entries.withUnsafeMutableBufferPointer { scale in
          for i in 0..<n {
            for j in 0..<n { rows[i] += skew[i * n + j] * parts[count + i * n + j] }
          }
          var total = 0.0
          for i in 0..<n {
            for j in 0..<n where i != j {
              let here = i * n + j
              let stretch = (axes[i] - axes[j]) * (parts[i * n + i] - parts[j * n + j])
              let turn = rows[i] + rows[j] - 2 * skew[here] * parts[count + here]
              scale[here] = abs(stretch + turn)
              total += scale[here]
            }
          }
          let floor = max(0.3 * total / Double(max(1, n * (n - 1))), 1e-12)
          for i in 0..<count { scale[i] = 1 / max(scale[i], floor) }
        }
      }
    }
    return scale
  }

  /// The matrix of opposite determinant that is reached from Q by reversing the axis for which the value rises least.
  public func reversed(_ point: Matrix<Double>) -> Matrix<Double> {
    let place = place(point)
    // Reversing axis i turns the sign of A's i-th row and column against those of Q B Qᵀ.
    func rise(_ i: Int) -> Double {
      var sum = 0.0
      for j in 0..<size where j != i {
        sum += symmetric[i, j] * place.parts[i, j] + skew[i, j] * place.parts[size + i, j]
      }
      return sum
    }
    let rises = (0..<size).map(rise)
    guard let axis = rises.indices.min(by: { rises[$0] < rises[$1] }) else { return point }
    var reversed = point
    for column in 0..<size { reversed[axis, column].negate() }
    return reversed
  }

  /// Adds `factor` times the product of two n×n blocks, counted from the top, to a block.
  private func accumulate(
    _ factor: Double, _ left: Matrix<Double>, _ leftBlock: Int, _ right: Matrix<Double>, _ rightBlock: Int,
    into target: inout Matrix<Double>, block: Int = 0
  ) {
    guard size > 0 else { return }
    BLASThreads.useOne()
    let (n, count) = (Int32(size), size * size)
    left.entries.withUnsafeBufferPointer { left in
      right.entries.withUnsafeBufferPointer { right in
        target.entries.withUnsafeMutableBufferPointer { target in
          guard let left = left.baseAddress, let right = right.baseAddress, let target = target.baseAddress else {
            return
          }
          cblas_dgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, factor, left + leftBlock * count, n,
            right + rightBlock * count, n, 1, target + block * count, n)
        }
      }
    }
  }
}

/// Calls for each place of a square matrix on or below the diagonal and its mirror image, tile by tile, so that both stay within
/// a few cache lines.
@inline(__always)
private func forEachMirroredPair(_ n: Int, _ body: (_ here: Int, _ mirror: Int) -> Void) {
  let tile = 8
  for top in stride(from: 0, to: n, by: tile) {
    for left in stride(from: 0, through: top, by: tile) {
      for i in top..<min(top + tile, n) {
        for j in left..<min(left + tile, i + 1) { body(i * n + j, j * n + i) }
      }
    }
  }
}

extension Matrix<Double> {
  fileprivate var isDiagonal: Bool {
    for i in 0..<rowCount {
      for j in 0..<columnCount where i != j && self[i, j] != 0 { return false }
    }
    return true
  }

  /// A − Aᵀ.
  fileprivate mutating func subtractTranspose() {
    let n = columnCount
    entries.withUnsafeMutableBufferPointer { a in
      forEachMirroredPair(n) { here, mirror in
        let difference = a[here] - a[mirror]
        a[here] = difference
        a[mirror] = -difference
      }
    }
  }

  /// A ± Aᵀ in each of two square blocks, one over the other.
  fileprivate mutating func addTransposes(signs: (Double, Double)) {
    let (n, count) = (columnCount, columnCount * columnCount)
    entries.withUnsafeMutableBufferPointer { a in
      forEachMirroredPair(n) { here, mirror in
        let even = a[here] + signs.0 * a[mirror]
        a[here] = even
        a[mirror] = signs.0 * even
        let odd = a[count + here] + signs.1 * a[count + mirror]
        a[count + here] = odd
        a[count + mirror] = signs.1 * odd
      }
    }
  }

  /// Sets the upper square block to another's, each row times a number of its own.
  fileprivate mutating func scaleRows(of other: Matrix, by factors: [Double], factor: Double = 1) {
    let n = columnCount
    entries.withUnsafeMutableBufferPointer { target in
      other.entries.withUnsafeBufferPointer { source in
        for i in 0..<n {
          let scale = factor * factors[i]
          for j in 0..<n { target[i * n + j] = scale * source[i * n + j] }
        }
      }
    }
  }
}
