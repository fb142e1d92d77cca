import LinearAlgebra

/// Eigenvalues and vectors of a real matrix kept real: of a pair the real and the imaginary part of one vector are two columns,
/// in which the matrix is a block [c d; −d c].
struct RealModalForm {
  /// The columns.
  private(set) var frame: Matrix<Double>
  /// The first column of each real eigenvalue or pair, and the value above the axis.
  private(set) var starts: [(column: Int, value: Complex<Double>)]

  /// Makes the form from values and vectors; those below the real axis are the partners of those above.
  init(values: [Complex<Double>], vectors: [[Complex<Double>]]) {
    frame = .zeros(vectors.first?.count ?? 0, values.count)
    starts = []
    var column = 0
    for (value, vector) in zip(values, vectors) where value.imaginary >= 0 {
      let width = value.imaginary > 0 ? 2 : 1
      guard column + width <= values.count else { break }
      starts.append((column, value))
      for row in 0..<frame.rowCount {
        frame[row, column] = vector[row].real
        if width == 2 { frame[row, column + 1] = vector[row].imaginary }
      }
      column += width
    }
  }

  /// The real matrix with the frame's vectors and other values, one for each start; `nil` where the vectors are dependent.
  func matrix(withValues values: [Complex<Double>]) throws -> Matrix<Double>? {
    let size = frame.columnCount
    var blocks = Matrix<Double>.zeros(size, size)
    for ((column, old), value) in zip(starts, values) {
      blocks[column, column] = value.real
      guard old.imaginary > 0 else { continue }
      blocks[column + 1, column + 1] = value.real
      blocks[column, column + 1] = value.imaginary
      blocks[column + 1, column] = -value.imaginary
    }
    let solved = try LeastSquares(frame.transposed, (frame * blocks).transposed)
    return solved.rank == size ? solved.solution.transposed : nil
  }

  /// What a matrix does in the frame, seen as one number for each start; `nil` where the vectors are dependent.
  func values(of matrix: Matrix<Double>) throws -> [Complex<Double>]? {
    let solved = try LeastSquares(frame, matrix * frame)
    guard solved.rank == frame.columnCount else { return nil }
    let seen = solved.solution
    return starts.map { column, value in
      guard value.imaginary > 0 else { return Complex(seen[column, column]) }
      return Complex(
        (seen[column, column] + seen[column + 1, column + 1]) / 2,
        (seen[column, column + 1] - seen[column + 1, column]) / 2)
    }
  }
}
