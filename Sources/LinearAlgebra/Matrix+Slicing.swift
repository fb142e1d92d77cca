extension Matrix {
  /// One row.
  public func row(_ index: Int) -> [Scalar] {
    Array(entries[(index * columnCount)..<((index + 1) * columnCount)])
  }

  /// One column.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func column(_ index: Int) -> [Scalar] {
    precondition(index >= 0 && index < columnCount)
    return (0..<rowCount).map { entries[$0 * columnCount + index] }
  }

  /// The rows in a range.
  public func rows(_ range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= rowCount)
    return Matrix(
      rowCount: range.count, columnCount: columnCount,
      entries: Array(entries[(range.lowerBound * columnCount)..<(range.upperBound * columnCount)]))
  }

  /// Some rows, in a given order; each position from 0 to below the number of rows.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func selectingRows(_ positions: [Int]) -> Matrix {
    let (width, height) = (columnCount, rowCount)
    let kept = [Scalar](unsafeUninitializedCapacity: positions.count * width) { target, filled in
      entries.withUnsafeBufferPointer { source in
        for (place, row) in positions.enumerated() {
          precondition(row >= 0 && row < height)
          for column in 0..<width {
            target.initializeElement(at: place * width + column, to: source[row * width + column])
          }
        }
      }
      filled = positions.count * width
    }
    return Matrix(rowCount: positions.count, columnCount: width, entries: kept)
  }

  /// Some columns, in a given order; each position from 0 to below the number of columns.
  public func selectingColumns(_ positions: [Int]) -> Matrix {
    Matrix(
      rowCount: rowCount, columnCount: positions.count,
      entries: (0..<rowCount).flatMap { row in positions.map { entries[row * columnCount + $0] } })
  }

  /// The columns in a range.
  public func columns(_ range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= columnCount)
    var kept = [Scalar]()
    kept.reserveCapacity(rowCount * range.count)
    for row in 0..<rowCount {
      kept.append(contentsOf: entries[(row * columnCount + range.lowerBound)..<(row * columnCount + range.upperBound)])
    }
    return Matrix(rowCount: rowCount, columnCount: range.count, entries: kept)
  }

  /// All rows as arrays.
  public var rowArrays: [[Scalar]] { (0..<rowCount).map { row($0) } }

  /// The diagonal entries, from the upper left.
  public var diagonalEntries: [Scalar] {
    (0..<min(rowCount, columnCount)).map { entries[$0 * columnCount + $0] }
  }

  /// The sum of the diagonal entries.
  public var trace: Scalar { diagonalEntries.reduce(0, +) }

  /// Rows and columns exchanged.
  public var transposed: Matrix {
    @specialized(where Scalar == Float) @specialized(where Scalar == Double)
    get {
      var turned = [Scalar](repeating: 0, count: entries.count)
      let (height, width) = (rowCount, columnCount)
      // Tiles keep both the reads and the writes within a few cache lines.
      let tile = 32
      entries.withUnsafeBufferPointer { source in
        turned.withUnsafeMutableBufferPointer { target in
          for top in stride(from: 0, to: height, by: tile) {
            for left in stride(from: 0, to: width, by: tile) {
              for i in top..<min(top + tile, height) {
                for j in left..<min(left + tile, width) { target[j * height + i] = source[i * width + j] }
              }
            }
          }
        }
      }
      return Matrix(rowCount: width, columnCount: height, entries: turned)
    }
  }

  /// This matrix with another's rows below it.
  ///
  /// Throws: `LinearAlgebraError.shapeMismatch` when the column counts differ.
  public func stacked(above other: Matrix) throws(LinearAlgebraError) -> Matrix {
    guard columnCount == other.columnCount else { throw .shapeMismatch("stacking", shapeText, other.shapeText) }
    return Matrix(
      rowCount: rowCount + other.rowCount, columnCount: columnCount, entries: entries + other.entries)
  }
}
