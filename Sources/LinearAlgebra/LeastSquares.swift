/// The X that minimises ‖A X − B‖, and among those the one of least norm.
///
/// Shapes: A m×n, B m×p, X n×p.
///
/// Laws: the residual is orthogonal to the columns of A; X lies in the row space of A.
///
/// References: golub2013.
public struct LeastSquares<Scalar: RealScalar>: Sendable, Hashable {
  /// X.
  public let solution: Matrix<Scalar>
  /// The number of singular values of A that were not taken for zero.
  public let rank: Int
  /// The singular values of A, descending.
  public let singularValues: [Scalar]

  /// Solves A X ≈ B.
  ///
  /// Singular values at most `relativeTolerance` times the largest are taken for zero; without a tolerance it is machine
  /// epsilon times the longer side of A.
  ///
  /// Throws: `LinearAlgebraError.shapeMismatch`, `.notFinite`, `.notConverged`, `.tooLarge`.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public init(
    _ left: Matrix<Scalar>, _ right: Matrix<Scalar>, relativeTolerance: Scalar? = nil
  ) throws(LinearAlgebraError) {
    guard left.rowCount == right.rowCount else {
      throw .shapeMismatch("least squares", left.shapeText, right.shapeText)
    }
    try left.requireFinite()
    try right.requireFinite()
    let (rows, columns, count) = (left.rowCount, left.columnCount, right.columnCount)
    guard rows > 0, columns > 0, count > 0 else {
      solution = .zeros(columns, count)
      singularValues = try LinearAlgebra.singularValues(of: left)
      rank = 0
      return
    }
    let size = try lapackSizes("least squares", of: left)
    guard count <= Int(Int32.max) / 8 else { throw .tooLarge("least squares", shape: right.shapeText) }
    BLASThreads.useOne()
    let longer = max(rows, columns)
    var work = left.transposed.entries
    // B goes in and X comes out in one array of columns, each as long as the longer of both.
    var columnsInOut = [Scalar](repeating: 0, count: longer * count)
    for row in 0..<rows {
      for column in 0..<count { columnsInOut[column * longer + row] = right[row, column] }
    }
    var values = [Scalar](repeating: 0, count: min(rows, columns))
    var rank: Int32 = 0
    let status = Scalar.routines.gelsd(
      columnMajor, size.rows, size.columns, Int32(count), &work, size.rows, &columnsInOut, Int32(longer), &values,
      relativeTolerance ?? Scalar.ulpOfOne * Scalar(longer), &rank)
    guard status == 0 else { throw .notConverged("least squares", shape: left.shapeText) }
    var solution = Matrix<Scalar>.zeros(columns, count)
    for row in 0..<columns {
      for column in 0..<count { solution[row, column] = columnsInOut[column * longer + row] }
    }
    self.solution = solution
    self.rank = Int(rank)
    singularValues = values
  }
}
