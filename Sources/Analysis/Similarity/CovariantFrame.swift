import LinearAlgebra

/// An orthonormal basis that turns along with an operator: eigenvectors of a symmetric matrix made of the operator alone.
///
/// If A = Q B Qᵀ, the frames of A are Q times those of B, but for signs and for turns within eigenspaces. Both are found
/// from the operators' entries in the frames.
struct CovariantFrame: Sendable {
  /// Eigenvalues, ascending.
  let values: [Double]
  /// The basis, as columns.
  let vectors: Matrix<Double>
  /// The operator in that basis.
  let matrix: Matrix<Double>

  private init(of symmetric: Matrix<Double>, for unit: Matrix<Double>) throws(LinearAlgebraError) {
    let parts = try SymmetricEigendecomposition(of: symmetric)
    values = parts.values
    vectors = parts.vectors
    matrix = try Matrix.product(vectors, unit * vectors, transposing: .left)
  }

  /// The frames of an operator of norm 1: of its symmetric part S, and of two mixtures with KᵀK and the commutator of
  /// S and K, which part what S alone leaves together.
  static func all(of unit: Matrix<Double>) throws(LinearAlgebraError) -> [CovariantFrame] {
    let (even, odd) = (unit.symmetricPart, unit.skewPart)
    let spread = Double(unit.rowCount).squareRoot()
    let turning = spread * odd.columnGram
    let commutator = 2 * spread * (even * odd).symmetricPart
    return [
      try CovariantFrame(of: even, for: unit),
      try CovariantFrame(of: even + turning + 0.7 * commutator, for: unit),
      try CovariantFrame(of: 0.2 * even + turning - 0.5 * commutator, for: unit),
    ]
  }

  /// The orthogonal Q that carries another operator's frame to this one, signs and turns within eigenspaces chosen so that
  /// the operators agree as far as they can one direction after the other.
  ///
  /// Neighbouring eigenvalues nearer than `resolution` times the mean gap count as one: noise mixes their vectors.
  func alignment(
    with other: CovariantFrame, resolution: Double
  ) throws(LinearAlgebraError) -> Matrix<Double> {
    let clusters = self.clusters(with: other, resolution: resolution)
    if clusters.count == values.count {
      let signs = synchronizedSigns(with: other)
      var scaled = vectors
      for row in 0..<scaled.rowCount {
        for column in 0..<scaled.columnCount { scaled[row, column] *= signs[column] }
      }
      return try Matrix.product(scaled, other.vectors, transposing: .right)
    }
    let turns = try synchronizedTurns(with: other, clusters: clusters)
    return try Matrix.product(vectors * turns, other.vectors, transposing: .right)
  }

  /// Neighbouring eigenvalues that lie together in both frames.
  private func clusters(with other: CovariantFrame, resolution: Double) -> [Range<Int>] {
    guard let first = values.first, let last = values.last else { return [] }
    let range = max(last - first, (other.values.last ?? 0) - (other.values.first ?? 0))
    let tolerance = resolution * range / Double(values.count)
    var starts = [0]
    for i in values.indices.dropFirst()
    where max(values[i] - values[i - 1], other.values[i] - other.values[i - 1]) > tolerance { starts.append(i) }
    return zip(starts, starts.dropFirst() + [values.count]).map { $0..<$1 }
  }

  /// A sign for each axis: every time the axis whose sign the chosen ones determine best comes next.
  private func synchronizedSigns(with other: CovariantFrame) -> [Double] {
    let n = values.count
    var signs = [Double](repeating: 0, count: n)
    var fields = signs
    var next = 0
    matrix.entries.withUnsafeBufferPointer { a in
      other.matrix.entries.withUnsafeBufferPointer { b in
        for _ in 0..<n {
          signs[next] = fields[next] < 0 ? -1 : 1
          var strongest = -1.0
          let chosen = next
          for i in 0..<n where signs[i] == 0 {
            let (here, mirror) = (chosen * n + i, i * n + chosen)
            fields[i] += signs[chosen] * (a[here] * b[here] + a[mirror] * b[mirror])
            if abs(fields[i]) > strongest { (strongest, next) = (abs(fields[i]), i) }
          }
        }
      }
    }
    return signs
  }

  /// The same with an orthogonal turn for each cluster: block diagonal, n×n.
  private func synchronizedTurns(
    with other: CovariantFrame, clusters: [Range<Int>]
  ) throws(LinearAlgebraError) -> Matrix<Double> {
    let n = values.count
    var turns = Matrix<Double>.zeros(n, n)
    var fields = clusters.map { Matrix<Double>.zeros($0.count, $0.count) }
    var remaining = Set(clusters.indices)
    var next = clusters.indices.max { clusters[$0].count < clusters[$1].count } ?? 0
    while !remaining.isEmpty {
      remaining.remove(next)
      let own = clusters[next]
      // With nothing to go by, what turns within the cluster itself is aligned.
      let turn =
        fields[next].largestMagnitude > 1e-9
        ? try fields[next].polarFactor()
        : try Matrix.product(
          skewFrame(of: matrix.block(own, own)), skewFrame(of: other.matrix.block(own, own)), transposing: .right)
      for i in own {
        for j in own { turns[i, j] = turn[i - own.lowerBound, j - own.lowerBound] }
      }
      var strongest = -1.0
      for i in remaining.sorted() {
        let (down, up) = (matrix.block(own, clusters[i]), matrix.block(clusters[i], own))
        fields[i] += try Matrix.product(down, turn * other.matrix.block(own, clusters[i]), transposing: .left)
        fields[i] += try Matrix.product(up * turn, other.matrix.block(clusters[i], own), transposing: .right)
        let strength = fields[i].frobeniusNorm / Double(clusters[i].count).squareRoot()
        if strength > strongest { (strongest, next) = (strength, i) }
      }
    }
    return turns
  }
}

/// An orthogonal matrix E for which Eᵀ Z E has the skew part of Z in 2×2 blocks of falling size along its diagonal.
func skewFrame(of matrix: Matrix<Double>) throws(LinearAlgebraError) -> Matrix<Double> {
  let n = matrix.rowCount
  let skew = matrix.skewPart
  let factors = try SingularValueDecomposition(of: skew)
  var columns: [[Double]] = []
  func remainder(of vector: [Double]) -> [Double] {
    var rest = vector
    for _ in 0..<2 {
      for column in columns {
        let share = zip(rest, column).reduce(0) { $0 + $1.0 * $1.1 }
        for i in rest.indices { rest[i] -= share * column[i] }
      }
    }
    return rest
  }
  for row in factors.rightVectorsTransposed.rowArrays where columns.count < n {
    let rest = remainder(of: row)
    let length = norm(of: rest)
    guard length > 0.5 else { continue }
    let first = rest.map { $0 / length }
    columns.append(first)
    // Z maps a singular vector to its partner in the plane that it turns.
    let image = remainder(of: skew * first)
    let size = norm(of: image)
    if size > 1e-12 * (factors.values.first ?? 0), size > 0, columns.count < n {
      columns.append(image.map { $0 / size })
    }
  }
  // Vectors half used up by planes before them fill what is left.
  for axis in 0..<n where columns.count < n {
    let rest = remainder(of: Matrix.identity(n).row(axis))
    let length = norm(of: rest)
    if length > 0.1 / Double(n) { columns.append(rest.map { $0 / length }) }
  }
  guard columns.count == n, let frame = try? Matrix(rows: columns) else { return .identity(n) }
  return frame.transposed
}

extension Matrix<Double> {
  /// The entries in a range of rows and a range of columns.
  fileprivate func block(_ rows: Range<Int>, _ columns: Range<Int>) -> Matrix {
    self.rows(rows).columns(columns)
  }
}
