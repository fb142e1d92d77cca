/// Orthonormal vectors, one a row, that grow by blocks.
///
/// Laws: the rows are orthonormal to rounding, however nearly dependent the blocks were.
struct OrthonormalRows {
  /// The vectors.
  private(set) var matrix: Matrix<Double>

  init(dimension: Int) { matrix = .zeros(0, dimension) }

  var count: Int { matrix.rowCount }

  /// Adds what is new in the rows of a block, and gives each row's coefficients along the vectors there are then. A remainder
  /// of norm at most `negligible` is dropped.
  mutating func absorb(_ block: Matrix<Double>, negligible: Double) -> [[Double]] {
    // Twice is enough against the vectors that are here: products of matrices.
    var (along, rest) = split(block, along: matrix)
    let (corrections, remainders) = split(rest, along: matrix)
    along += corrections
    rest = remainders
    var fresh = OrthonormalRows(dimension: matrix.columnCount)
    var within: [[Double]] = []
    for row in 0..<rest.rowCount {
      var remainder = rest.rows(row..<(row + 1))
      var own = [Double](repeating: 0, count: fresh.count)
      func reduce() {
        let (part, left) = split(remainder, along: fresh.matrix)
        for i in own.indices { own[i] += part.entries[i] }
        remainder = left
      }
      reduce()
      reduce()
      var length = norm(of: remainder.entries)
      // What little is left of a long row carries its rounding errors, also along the vectors that were here.
      var hasShrunk = length < 1e-3 * norm(of: Array(block.row(row)))
      for _ in 0..<3 where hasShrunk && length > negligible {
        let (part, left) = split(remainder, along: matrix)
        for i in 0..<count { along[row, i] += part.entries[i] }
        remainder = left
        reduce()
        let shorter = norm(of: remainder.entries)
        hasShrunk = shorter < 0.9 * length
        length = shorter
      }
      if length > negligible {
        fresh.append((1 / length) * remainder)
        own.append(length)
      }
      within.append(own)
    }
    append(fresh.matrix)
    return within.indices.map { row in
      along.row(row) + within[row] + [Double](repeating: 0, count: fresh.count - within[row].count)
    }
  }

  private mutating func append(_ rows: Matrix<Double>) {
    matrix = Matrix(
      rowCount: count + rows.rowCount, columnCount: matrix.columnCount, entries: matrix.entries + rows.entries)
  }
}

/// Coefficients of rows along orthonormal vectors, and what is left of the rows.
private func split(
  _ rows: Matrix<Double>, along vectors: Matrix<Double>
) -> (along: Matrix<Double>, rest: Matrix<Double>) {
  guard vectors.rowCount > 0, let along = try? Matrix.product(rows, vectors, transposing: .right) else {
    return (.zeros(rows.rowCount, 0), rows)
  }
  return (along, rows - along * vectors)
}
