/// The singular values of a matrix, descending.
///
/// Throws: `LinearAlgebraError.notFinite`, `.notConverged`, `.tooLarge`.
public func singularValues<Scalar: RealScalar>(
  of matrix: Matrix<Scalar>
) throws(LinearAlgebraError) -> [Scalar] {
  try matrix.requireFinite()
  let valueCount = min(matrix.rowCount, matrix.columnCount)
  guard valueCount > 0 else { return [] }
  let size = try lapackSizes("singular values", of: matrix)
  BLASThreads.useOne()
  var values = [Scalar](repeating: 0, count: valueCount)
  var work = matrix.entries
  var status = Scalar.routines.gesdd(
    columnMajor, job("N"), size.columns, size.rows, &work, size.columns, &values, nil, 1, nil, 1)
  if status > 0 {
    work = matrix.entries
    var remainder = [Scalar](repeating: 0, count: valueCount)
    status = Scalar.routines.gesvd(
      columnMajor, job("N"), job("N"), size.columns, size.rows, &work, size.columns, &values, nil, 1, nil, 1,
      &remainder)
  }
  guard status == 0 else { throw .notConverged("singular values", shape: matrix.shapeText) }
  return values
}

/// The singular values of each matrix, descending; the matrices are shared out among the processor's cores.
///
/// Throws: what `singularValues(of:)` throws for the first matrix that it throws for.
public func singularValues<Scalar: RealScalar>(
  ofEach matrices: [Matrix<Scalar>]
) throws(LinearAlgebraError) -> [[Scalar]] {
  try concurrently(matrices) { (matrix) throws(LinearAlgebraError) in try singularValues(of: matrix) }
}
