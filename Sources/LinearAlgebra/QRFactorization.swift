/// A matrix as `Q R`: orthonormal columns and an upper triangle.
///
/// Shapes: of an m×n matrix with k = min(m, n): Q m×k, R k×n.
///
/// Laws: Q R is the matrix; QᵀQ = I; R is zero below its diagonal.
public struct QRFactorization<Scalar: RealScalar>: Sendable, Hashable {
  /// Q, with orthonormal columns.
  public let orthonormal: Matrix<Scalar>
  /// R, upper triangular.
  public let triangular: Matrix<Scalar>

  /// Factorises a matrix.
  ///
  /// Throws: `LinearAlgebraError.notFinite`, `.tooLarge`.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public init(of matrix: Matrix<Scalar>) throws(LinearAlgebraError) {
    let (rows, columns) = (matrix.rowCount, matrix.columnCount)
    let rank = min(rows, columns)
    guard rank > 0 else {
      try matrix.requireFinite()
      orthonormal = .zeros(rows, 0)
      triangular = .zeros(0, columns)
      return
    }
    let (work, reflectors) = try Self.reflected(matrix, rank: rank)
    triangular = Self.upperTriangle(work, rank: rank, columns: columns)
    var packed = Matrix(rowCount: rows, columnCount: columns, entries: work).columns(0..<rank).entries
    let status = Scalar.routines.orglq(
      columnMajor, Int32(rank), Int32(rows), Int32(rank), &packed, Int32(rank), reflectors)
    guard status == 0 else { throw .notConverged("QR factorisation", shape: matrix.shapeText) }
    orthonormal = Matrix(rowCount: rows, columnCount: rank, entries: packed)
  }

  /// R alone, at half the cost.
  ///
  /// Throws: as the factorisation.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public static func triangle(of matrix: Matrix<Scalar>) throws(LinearAlgebraError) -> Matrix<Scalar> {
    let rank = min(matrix.rowCount, matrix.columnCount)
    guard rank > 0 else { return .zeros(0, matrix.columnCount) }
    return upperTriangle(try reflected(matrix, rank: rank).work, rank: rank, columns: matrix.columnCount)
  }

  /// What LAPACK leaves: R above the diagonal, reflections below.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  private static func reflected(
    _ matrix: Matrix<Scalar>, rank: Int
  ) throws(LinearAlgebraError) -> (work: [Scalar], reflectors: [Scalar]) {
    try matrix.requireFinite()
    let size = try lapackSizes("QR factorisation", of: matrix)
    BLASThreads.useOne()
    // What LAPACK reads is Aᵀ = Rᵀ Qᵀ: a lower triangle times orthonormal rows, its LQ factorisation.
    var work = matrix.entries
    var reflectors = [Scalar](repeating: 0, count: rank)
    let status = Scalar.routines.gelqf(columnMajor, size.columns, size.rows, &work, size.columns, &reflectors)
    guard status == 0 else { throw .notConverged("QR factorisation", shape: matrix.shapeText) }
    return (work, reflectors)
  }

  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  private static func upperTriangle(_ work: [Scalar], rank: Int, columns: Int) -> Matrix<Scalar> {
    var triangular = Matrix<Scalar>.zeros(rank, columns)
    for row in 0..<rank {
      for column in row..<columns { triangular[row, column] = work[row * columns + column] }
    }
    return triangular
  }
}
