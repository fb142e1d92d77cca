extension Matrix {
  /// Entry by entry sum.
  public static func + (left: Matrix, right: Matrix) -> Matrix {
    var sum = left
    sum += right
    return sum
  }

  /// Entry by entry difference.
  public static func - (left: Matrix, right: Matrix) -> Matrix {
    var difference = left
    difference -= right
    return difference
  }

  /// Adds another matrix in place.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public static func += (left: inout Matrix, right: Matrix) {
    precondition(left.hasShape(of: right), "sum of \(left.shapeText) and \(right.shapeText)")
    left.entries.withUnsafeMutableBufferPointer { target in
      right.entries.withUnsafeBufferPointer { source in
        for i in target.indices { target[i] += source[i] }
      }
    }
  }

  /// Subtracts another matrix in place.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public static func -= (left: inout Matrix, right: Matrix) {
    precondition(left.hasShape(of: right), "difference of \(left.shapeText) and \(right.shapeText)")
    left.entries.withUnsafeMutableBufferPointer { target in
      right.entries.withUnsafeBufferPointer { source in
        for i in target.indices { target[i] -= source[i] }
      }
    }
  }

  /// Every entry times a number.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public static func * (factor: Scalar, matrix: Matrix) -> Matrix {
    Matrix(
      rowCount: matrix.rowCount, columnCount: matrix.columnCount, entries: matrix.entries.map { factor * $0 })
  }

  /// The negative.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public static prefix func - (matrix: Matrix) -> Matrix {
    Matrix(rowCount: matrix.rowCount, columnCount: matrix.columnCount, entries: matrix.entries.map { -$0 })
  }

  /// Whether both have the same numbers of rows and columns.
  public func hasShape(of other: Matrix) -> Bool {
    rowCount == other.rowCount && columnCount == other.columnCount
  }

  /// `(A + Aᵀ)/2` of a square matrix.
  public var symmetricPart: Matrix {
    @specialized(where Scalar == Float) @specialized(where Scalar == Double)
    get {
      precondition(rowCount == columnCount, "symmetric part of \(shapeText)")
      var part = self
      for i in 0..<rowCount {
        for j in 0..<i {
          // Halves first: the sum of two large entries may overflow where their mean does not.
          let mean = self[i, j] / 2 + self[j, i] / 2
          part[i, j] = mean
          part[j, i] = mean
        }
      }
      return part
    }
  }

  /// The mean of each column; empty when there are no rows.
  public var columnMeans: [Scalar] {
    @specialized(where Scalar == Float) @specialized(where Scalar == Double)
    get {
      guard rowCount > 0 else { return [] }
      var sums = [Scalar](repeating: 0, count: columnCount)
      for row in 0..<rowCount {
        for column in 0..<columnCount { sums[column] += entries[row * columnCount + column] }
      }
      return sums.map { $0 / Scalar(rowCount) }
    }
  }

  /// This matrix less each column's mean.
  public var centredColumns: Matrix {
    @specialized(where Scalar == Float) @specialized(where Scalar == Double)
    get {
      let means = columnMeans
      var centred = self
      for row in 0..<rowCount {
        for column in 0..<columnCount { centred.entries[row * columnCount + column] -= means[column] }
      }
      return centred
    }
  }
}
