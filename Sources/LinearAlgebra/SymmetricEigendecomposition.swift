/// A symmetric matrix as `V Λ Vᵀ`: eigenvalues ascending, orthonormal eigenvectors as columns.
///
/// Laws: V Λ Vᵀ is the symmetric part of the matrix; VᵀV = I; the values sum to the trace.
///
/// References: golub2013, tisseur1999 (divide and conquer).
public struct SymmetricEigendecomposition<Scalar: RealScalar>: Sendable, Hashable {
  /// The eigenvalues, ascending.
  public let values: [Scalar]
  /// The eigenvectors as columns, in the order of the values.
  public let vectors: Matrix<Scalar>

  /// Decomposes the symmetric part of a square matrix; of a symmetric matrix that is the matrix itself.
  ///
  /// Throws: `LinearAlgebraError.notFinite`, `.notSquare`, `.notConverged`, `.tooLarge`.
  public init(of matrix: Matrix<Scalar>) throws(LinearAlgebraError) {
    let parts = try decomposedSymmetricPart(of: matrix, job("V"))
    values = parts.values
    // LAPACK leaves each eigenvector where we see a row.
    vectors = Matrix(rowCount: matrix.rowCount, columnCount: matrix.rowCount, entries: parts.vectors).transposed
  }
}

/// The eigenvalues, ascending, of the symmetric part of a square matrix.
///
/// Throws: `LinearAlgebraError.notFinite`, `.notSquare`, `.notConverged`, `.tooLarge`.
public func symmetricEigenvalues<Scalar: RealScalar>(
  of matrix: Matrix<Scalar>
) throws(LinearAlgebraError) -> [Scalar] {
  try decomposedSymmetricPart(of: matrix, job("N")).values
}

/// The eigenvalues, ascending, of each matrix's symmetric part; the matrices are shared out among the cores.
///
/// Throws: what `symmetricEigenvalues(of:)` throws for the first matrix that it throws for.
public func symmetricEigenvalues<Scalar: RealScalar>(
  ofEach matrices: [Matrix<Scalar>]
) throws(LinearAlgebraError) -> [[Scalar]] {
  try concurrently(matrices) { (matrix) throws(LinearAlgebraError) in try symmetricEigenvalues(of: matrix) }
}

private func decomposedSymmetricPart<Scalar: RealScalar>(
  of matrix: Matrix<Scalar>, _ letter: CChar
) throws(LinearAlgebraError) -> (values: [Scalar], vectors: [Scalar]) {
  guard matrix.rowCount == matrix.columnCount else {
    throw .notSquare("eigenvalues", shape: matrix.shapeText)
  }
  try matrix.requireFinite()
  guard matrix.rowCount > 0 else { return ([], []) }
  let size = try lapackSizes("eigenvalues", of: matrix).rows
  BLASThreads.useOne()
  var work = matrix.symmetricPart.entries
  var values = [Scalar](repeating: 0, count: matrix.rowCount)
  let status = Scalar.routines.syevd(columnMajor, letter, job("L"), size, &work, size, &values)
  guard status == 0 else { throw .notConverged("eigenvalues", shape: matrix.shapeText) }
  return (values, work)
}
