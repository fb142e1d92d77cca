import COpenBLAS

/// Which factors of a product are transposed first.
public enum Transposition: Sendable, Hashable, CaseIterable {
  /// A B.
  case neither
  /// Aᵀ B.
  case left
  /// A Bᵀ.
  case right
  /// Aᵀ Bᵀ.
  case both
}

extension Matrix {
  /// The product of two matrices.
  public static func * (left: Matrix, right: Matrix) -> Matrix {
    precondition(left.columnCount == right.rowCount, "product of \(left.shapeText) and \(right.shapeText)")
    return multiplied(left, right, .neither)
  }

  /// The product of two matrices, either transposed first at no cost.
  ///
  /// Throws: `LinearAlgebraError.shapeMismatch` when the inner sizes differ.
  public static func product(
    _ left: Matrix, _ right: Matrix, transposing: Transposition = .neither
  ) throws(LinearAlgebraError) -> Matrix {
    let leftInner = transposing == .left || transposing == .both ? left.rowCount : left.columnCount
    let rightInner = transposing == .right || transposing == .both ? right.columnCount : right.rowCount
    guard leftInner == rightInner else {
      let leftMark = transposing == .left || transposing == .both ? " transposed" : ""
      let rightMark = transposing == .right || transposing == .both ? " transposed" : ""
      throw .shapeMismatch("product", left.shapeText + leftMark, right.shapeText + rightMark)
    }
    guard [left.rowCount, left.columnCount, right.rowCount, right.columnCount].allSatisfy({ $0 <= Int(Int32.max) })
    else { throw .tooLarge("product", shape: left.shapeText) }
    return multiplied(left, right, transposing)
  }

  /// The product of this matrix and a vector.
  ///
  /// Throws: `LinearAlgebraError.shapeMismatch` when the vector's length is not the column count.
  public func times(_ vector: [Scalar]) throws(LinearAlgebraError) -> [Scalar] {
    guard vector.count == columnCount else {
      throw .shapeMismatch("product", shapeText, "a vector of \(vector.count)")
    }
    guard rowCount <= Int(Int32.max), columnCount <= Int(Int32.max) else {
      throw .tooLarge("product", shape: shapeText)
    }
    return applied(to: vector)
  }

  /// The product of a matrix and a vector.
  public static func * (matrix: Matrix, vector: [Scalar]) -> [Scalar] {
    precondition(matrix.columnCount == vector.count, "product of \(matrix.shapeText) and a vector of \(vector.count)")
    return matrix.applied(to: vector)
  }

  /// `AᵀA`: the inner products of the columns.
  public var columnGram: Matrix { Matrix.multiplied(self, self, .left) }

  /// `AAᵀ`: the inner products of the rows.
  public var rowGram: Matrix { Matrix.multiplied(self, self, .right) }

  private func applied(to vector: [Scalar]) -> [Scalar] {
    var result = [Scalar](repeating: 0, count: rowCount)
    guard rowCount > 0, columnCount > 0 else { return result }
    BLASThreads.useOne()
    Scalar.routines.gemv(
      CblasRowMajor, CblasNoTrans, Int32(rowCount), Int32(columnCount), 1, entries, Int32(columnCount), vector, 1, 0,
      &result, 1)
    return result
  }

  private static func multiplied(_ left: Matrix, _ right: Matrix, _ transposing: Transposition) -> Matrix {
    let turnLeft = transposing == .left || transposing == .both
    let turnRight = transposing == .right || transposing == .both
    let rows = turnLeft ? left.columnCount : left.rowCount
    let inner = turnLeft ? left.rowCount : left.columnCount
    let columns = turnRight ? right.rowCount : right.columnCount
    guard rows > 0, columns > 0, inner > 0 else { return .zeros(rows, columns) }
    BLASThreads.useOne()
    let entries = [Scalar](unsafeUninitializedCapacity: rows * columns) { result, count in
      // A factor of 0 tells BLAS not to read what it writes to.
      Scalar.routines.gemm(
        CblasRowMajor, turnLeft ? CblasTrans : CblasNoTrans, turnRight ? CblasTrans : CblasNoTrans, Int32(rows),
        Int32(columns), Int32(inner), 1, left.entries, Int32(left.columnCount), right.entries,
        Int32(right.columnCount), 0, result.baseAddress, Int32(columns))
      count = rows * columns
    }
    return Matrix(rowCount: rows, columnCount: columns, entries: entries)
  }
}
