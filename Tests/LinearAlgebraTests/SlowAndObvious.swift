import LinearAlgebra

/// Slow, obvious versions that the fast ones are held against.
enum SlowAndObvious {
  /// Singular values by one-sided Jacobi rotations: orthogonalise the columns pair by pair until none moves.
  static func singularValues(of matrix: Matrix<Double>) -> [Double] {
    var a = matrix.rowCount >= matrix.columnCount ? matrix : matrix.transposed
    for _ in 0..<60 {
      var moved = false
      for p in 0..<max(0, a.columnCount - 1) {
        for q in (p + 1)..<a.columnCount {
          let (x, y) = (a.column(p), a.column(q))
          let (xx, yy, xy) = (dot(x, x), dot(y, y), dot(x, y))
          guard abs(xy) > 1e-16 * (xx * yy).squareRoot(), xy != 0 else { continue }
          moved = true
          let zeta = (yy - xx) / (2 * xy)
          let t = (zeta < 0 ? -1 : 1) / (abs(zeta) + (1 + zeta * zeta).squareRoot())
          let c = 1 / (1 + t * t).squareRoot()
          for row in 0..<a.rowCount {
            a[row, p] = c * (x[row] - t * y[row])
            a[row, q] = c * (y[row] + t * x[row])
          }
        }
      }
      if !moved { break }
    }
    return (0..<a.columnCount).map { norm(of: a.column($0)) }.sorted(by: >)
  }

  /// The product by its definition.
  static func product<S: RealScalar>(_ left: Matrix<S>, _ right: Matrix<S>) -> Matrix<S> {
    var result = Matrix<S>.zeros(left.rowCount, right.columnCount)
    for i in 0..<left.rowCount {
      for j in 0..<right.columnCount {
        result[i, j] = (0..<left.columnCount).reduce(0) { $0 + left[i, $1] * right[$1, j] }
      }
    }
    return result
  }

  /// The determinant by elimination with pivots.
  static func determinant(of matrix: Matrix<Double>) -> Double {
    var a = matrix.rowArrays
    var result = 1.0
    for k in a.indices {
      let pivot = (k..<a.count).max { abs(a[$0][k]) < abs(a[$1][k]) } ?? k
      if pivot != k {
        a.swapAt(pivot, k)
        result = -result
      }
      result *= a[k][k]
      for i in (k + 1)..<max(k + 1, a.count) {
        let factor = a[i][k] / a[k][k]
        for j in k..<a.count { a[i][j] -= factor * a[k][j] }
      }
    }
    return result
  }

  static func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
}

/// Shapes that have tripped numerical code before: empty, single, tall, wide, and not a multiple of anything.
let shapes: [(rows: Int, columns: Int)] = [
  (0, 0), (0, 3), (3, 0), (1, 1), (1, 5), (5, 1), (4, 4), (7, 3), (3, 7), (33, 17), (17, 33), (20, 20),
]

extension Matrix {
  /// A Gaussian matrix of its own seed.
  static func seeded(_ rows: Int, _ columns: Int, seed: UInt64 = 1) -> Matrix {
    var random = SeededGenerator(seed: seed)
    return gaussian(rows, columns, using: &random)
  }

  /// A Gaussian matrix of a given rank.
  static func seeded(_ rows: Int, _ columns: Int, rank: Int, seed: UInt64 = 1) -> Matrix {
    seeded(rows, rank, seed: seed) * seeded(rank, columns, seed: seed + 1)
  }

  /// The distance of the columns from orthonormal.
  var orthonormalityDefect: Scalar { (columnGram - .identity(columnCount)).frobeniusNorm }
}
