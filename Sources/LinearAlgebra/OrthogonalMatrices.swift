extension Matrix {
  /// A random orthogonal matrix, by Haar measure: every rotation and reflection equally likely.
  ///
  /// QR of a Gaussian matrix, each column's sign fixed so that R has a positive diagonal; without that the law of Q would
  /// depend on the factorisation's conventions.
  ///
  /// Throws: `LinearAlgebraError.tooLarge`.
  ///
  /// References: mezzadri2007.
  public static func randomOrthogonal(
    _ size: Int, using random: inout SeededGenerator
  ) throws(LinearAlgebraError) -> Matrix {
    try randomOrthonormal(rowCount: size, columnCount: size, using: &random)
  }

  /// A random matrix with orthonormal columns, every one equally likely; there are at most as many columns as rows.
  ///
  /// Throws: `LinearAlgebraError.shapeMismatch` when there are more columns than rows; `.tooLarge`.
  ///
  /// References: mezzadri2007.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public static func randomOrthonormal(
    rowCount: Int, columnCount: Int, using random: inout SeededGenerator
  ) throws(LinearAlgebraError) -> Matrix {
    guard columnCount <= rowCount else {
      throw .shapeMismatch("orthonormal frame", "\(columnCount) columns", "\(rowCount) dimensions")
    }
    let factors = try QRFactorization(of: gaussian(rowCount, columnCount, using: &random))
    var frame = factors.orthonormal
    let flips = factors.triangular.diagonalEntries.map { $0 < 0 }
    for row in 0..<rowCount {
      for column in 0..<columnCount where flips[column] { frame[row, column].negate() }
    }
    return frame
  }

  /// The nearest matrix with orthonormal columns (or rows, if it is wide): the factor `U Vᵀ` of the polar decomposition.
  ///
  /// Laws: it maximises the trace of its transpose times this matrix among all such matrices.
  ///
  /// Throws: `LinearAlgebraError.notFinite`, `.notConverged`, `.tooLarge`.
  ///
  /// References: higham1986.
  public func polarFactor() throws(LinearAlgebraError) -> Matrix {
    let factors = try SingularValueDecomposition(of: self)
    return factors.leftVectors * factors.rightVectorsTransposed
  }
}

extension Matrix<Double> {
  /// 1 for a rotation, −1 for one with a reflection: the sign of an orthogonal matrix's determinant.
  ///
  /// Throws: `LinearAlgebraError.notSquare`, `.notFinite`, `.tooLarge`.
  public func determinantSign() throws(LinearAlgebraError) -> Double {
    guard rowCount == columnCount else { throw .notSquare("determinant", shape: shapeText) }
    let n = rowCount
    guard n > 0 else { return 1 }
    try requireFinite()
    let size = try lapackSizes("determinant", of: self).rows
    BLASThreads.useOne()
    var factors = entries
    var pivots = [Int32](repeating: 0, count: n)
    var right = [Double](repeating: 0, count: n)
    _ = Double.routines.gesv(columnMajor, size, 1, &factors, size, &pivots, &right, size)
    return (0..<n).reduce(1) { sign, i in
      let isExchanged = Int(pivots[i]) != i + 1
      return sign * (isExchanged ? -1 : 1) * (factors[i * n + i] < 0 ? -1 : 1)
    }
  }

  /// The orthogonal matrix near one that is orthogonal but for round-off: a step of Newton and Schulz.
  public var reorthogonalized: Matrix {
    let excess = columnGram - .identity(columnCount)
    return self - 0.5 * (self * excess)
  }
}
