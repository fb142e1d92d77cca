extension Matrix {
  /// A matrix of zeros.
  public static func zeros(_ rowCount: Int, _ columnCount: Int) -> Matrix {
    Matrix(rowCount: rowCount, columnCount: columnCount, repeating: 0)
  }

  /// The square matrix with ones on its diagonal.
  public static func identity(_ size: Int) -> Matrix {
    diagonal([Scalar](repeating: 1, count: size))
  }

  /// The square matrix with given diagonal entries and zeros elsewhere.
  public static func diagonal(_ values: [Scalar]) -> Matrix {
    var matrix = zeros(values.count, values.count)
    for (i, value) in values.enumerated() { matrix[i, i] = value }
    return matrix
  }

  /// A matrix whose entries are all the same.
  public init(rowCount: Int, columnCount: Int, repeating value: Scalar) {
    self.init(
      rowCount: rowCount, columnCount: columnCount, entries: Array(repeating: value, count: rowCount * columnCount))
  }

  /// A matrix from its rows.
  ///
  /// Throws: `LinearAlgebraError.raggedRows` when a row's length differs from the first one's.
  public init(rows: [[Scalar]]) throws(LinearAlgebraError) {
    let columnCount = rows.first?.count ?? 0
    for (index, row) in rows.enumerated() where row.count != columnCount {
      throw .raggedRows(row: index, length: row.count, expected: columnCount)
    }
    self.init(rowCount: rows.count, columnCount: columnCount, entries: rows.flatMap { $0 })
  }

  /// A matrix of one column.
  public init(column: [Scalar]) {
    self.init(rowCount: column.count, columnCount: 1, entries: column)
  }

  /// A matrix of one row.
  public init(row: [Scalar]) {
    self.init(rowCount: 1, columnCount: row.count, entries: row)
  }

  /// The same numbers in another real type.
  public init<Other: RealScalar>(_ other: Matrix<Other>) {
    self.init(rowCount: other.rowCount, columnCount: other.columnCount, entries: other.entries.map { Scalar($0) })
  }

  /// A matrix of independent standard normal entries, drawn row after row.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public static func gaussian(
    _ rowCount: Int, _ columnCount: Int, using random: inout SeededGenerator
  ) -> Matrix {
    var entries = [Scalar]()
    entries.reserveCapacity(rowCount * columnCount)
    for _ in 0..<(rowCount * columnCount) { entries.append(Scalar(random.gaussian())) }
    return Matrix(rowCount: rowCount, columnCount: columnCount, entries: entries)
  }
}
