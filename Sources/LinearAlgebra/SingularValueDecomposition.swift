/// A matrix as `U S Vᵀ`: orthonormal columns U, singular values descending, orthonormal rows Vᵀ.
///
/// Shapes: of an m×n matrix with k = min(m, n), thin: U m×k, Vᵀ k×n; full: U m×m, Vᵀ n×n.
///
/// Laws: U S Vᵀ is the matrix; UᵀU = I and VᵀV = I; the values are those of the transpose.
///
/// References: gu1995 (divide and conquer), golub2013.
public struct SingularValueDecomposition<Scalar: RealScalar>: Sendable, Hashable {
  /// How many singular vectors are kept.
  public enum Extent: Sendable, Hashable {
    /// As many as there are singular values.
    case thin
    /// Enough to span both spaces.
    case full
  }

  /// U, the left singular vectors as columns.
  public let leftVectors: Matrix<Scalar>
  /// The singular values, descending; there are min(m, n).
  public let values: [Scalar]
  /// Vᵀ, the right singular vectors as rows.
  public let rightVectorsTransposed: Matrix<Scalar>

  /// Decomposes a matrix.
  ///
  /// Throws: `LinearAlgebraError.notFinite`, `.notConverged`, `.tooLarge`.
  public init(of matrix: Matrix<Scalar>, extent: Extent = .thin) throws(LinearAlgebraError) {
    try matrix.requireFinite()
    let (rows, columns) = (matrix.rowCount, matrix.columnCount)
    let valueCount = min(rows, columns)
    let (leftCount, rightCount) = extent == .full ? (rows, columns) : (valueCount, valueCount)
    guard valueCount > 0 else {
      leftVectors = .identity(rows).columns(0..<leftCount)
      rightVectorsTransposed = .identity(columns).rows(0..<rightCount)
      values = []
      return
    }
    let size = try lapackSizes("singular value decomposition", of: matrix)
    BLASThreads.useOne()
    var values = [Scalar](repeating: 0, count: valueCount)
    var left = [Scalar](repeating: 0, count: rows * leftCount)
    var right = [Scalar](repeating: 0, count: rightCount * columns)
    let letter = job(extent == .full ? "A" : "S")
    // What LAPACK reads is the transpose V S Uᵀ, so its left vectors are our right ones.
    var work = matrix.entries
    var status = Scalar.routines.gesdd(
      columnMajor, letter, size.columns, size.rows, &work, size.columns, &values, &right, size.columns, &left,
      Int32(leftCount))
    if status > 0 {
      work = matrix.entries
      var remainder = [Scalar](repeating: 0, count: valueCount)
      status = Scalar.routines.gesvd(
        columnMajor, letter, letter, size.columns, size.rows, &work, size.columns, &values, &right, size.columns,
        &left, Int32(leftCount), &remainder)
    }
    guard status == 0 else {
      throw .notConverged("singular value decomposition", shape: matrix.shapeText)
    }
    self.values = values
    leftVectors = Matrix(rowCount: rows, columnCount: leftCount, entries: left)
    rightVectorsTransposed = Matrix(rowCount: rightCount, columnCount: columns, entries: right)
  }

  /// V, the right singular vectors as columns.
  public var rightVectors: Matrix<Scalar> { rightVectorsTransposed.transposed }

  /// The number of singular values above a tolerance relative to the largest.
  ///
  /// Conventions: without a tolerance it is machine epsilon times the longer side, as in NumPy and MATLAB.
  public func rank(relativeTolerance: Scalar? = nil) -> Int {
    guard let largest = values.first else { return 0 }
    let side = max(leftVectors.rowCount, rightVectorsTransposed.columnCount)
    let bound = largest * (relativeTolerance ?? Scalar.ulpOfOne * Scalar(side))
    return values.count { $0 > bound }
  }

  /// `U S Vᵀ` of the leading singular values, all of them unless told: the nearest matrix of that rank.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func reconstructed(rank: Int? = nil) -> Matrix<Scalar> {
    let kept = min(rank ?? values.count, values.count)
    var scaled = leftVectors.columns(0..<kept)
    for row in 0..<scaled.rowCount {
      for column in 0..<kept { scaled[row, column] *= values[column] }
    }
    return scaled * rightVectorsTransposed.rows(0..<kept)
  }
}
