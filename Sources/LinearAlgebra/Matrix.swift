/// A dense real matrix in row-major order.
///
/// Shapes: `rowCount × columnCount`; either may be 0.
///
/// Conventions: operators are for shapes already known to agree and trap where they do not; named functions throw.
public struct Matrix<Scalar: RealScalar>: Sendable, Hashable {
  /// The number of rows.
  public let rowCount: Int
  /// The number of columns.
  public let columnCount: Int
  /// The entries, row after row.
  public var entries: [Scalar]

  /// Makes a matrix from its entries, row after row.
  @inlinable
  public init(rowCount: Int, columnCount: Int, entries: [Scalar]) {
    precondition(rowCount >= 0 && columnCount >= 0 && entries.count == rowCount * columnCount)
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.entries = entries
  }

  /// The entry in a row and a column, both from 0.
  public subscript(row: Int, column: Int) -> Scalar {
    @inlinable get { entries[row * columnCount + column] }
    @inlinable _modify { yield &entries[row * columnCount + column] }
  }

  /// The shape, for messages: `64×32`.
  public var shapeText: String { "\(rowCount)×\(columnCount)" }
}
