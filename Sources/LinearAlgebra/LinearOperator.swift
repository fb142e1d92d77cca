/// A linear map from vectors of `columnCount` numbers to vectors of `rowCount`, known by what it does to them.
///
/// Shapes: blocks hold one vector a column, as many as one likes: `applied` takes columnCount × k to rowCount × k, and
/// `transposeApplied` takes rowCount × k to columnCount × k.
///
/// Laws: both are linear; ⟨u, A v⟩ = ⟨Aᵀ u, v⟩ up to rounding. Everything built on operators rests on that.
public protocol LinearOperator: Sendable {
  /// The size of an image.
  var rowCount: Int { get }
  /// The size of what it is applied to.
  var columnCount: Int { get }
  /// How many vectors must go together for a good rate. Where few do, a process that goes on from what it has found needs fewer
  /// products in all.
  var blockSize: Int { get }
  /// A X.
  func applied(to block: Matrix<Double>) throws -> Matrix<Double>
  /// Aᵀ X.
  func transposeApplied(to block: Matrix<Double>) throws -> Matrix<Double>
}

extension LinearOperator {
  /// 8, as products of matrices have it.
  public var blockSize: Int { 8 }

  /// The shape, for messages: `64×32`.
  public var shapeText: String { "\(rowCount)×\(columnCount)" }

  /// The images of vectors given as rows, as rows; refuses images of another size, or that are not finite.
  func images(ofRows rows: Matrix<Double>) throws -> Matrix<Double> {
    try checked(try applied(to: rows.transposed), size: rowCount, count: rows.rowCount, "image")
  }

  /// As ``images(ofRows:)``, under the transpose.
  func transposeImages(ofRows rows: Matrix<Double>) throws -> Matrix<Double> {
    try checked(try transposeApplied(to: rows.transposed), size: columnCount, count: rows.rowCount, "transposed image")
  }

  private func checked(
    _ block: Matrix<Double>, size: Int, count: Int, _ name: String
  ) throws(LinearAlgebraError) -> Matrix<Double> {
    guard block.rowCount == size, block.columnCount == count else {
      throw .shapeMismatch(name, "\(shapeText) operator", "\(block.shapeText) block")
    }
    try block.requireFinite()
    return block.transposed
  }
}

extension Matrix: LinearOperator where Scalar == Double {
  /// The product with a block.
  public func applied(to block: Matrix<Double>) throws -> Matrix<Double> { try .product(self, block) }

  /// The transpose's product with a block.
  public func transposeApplied(to block: Matrix<Double>) throws -> Matrix<Double> {
    try .product(self, block, transposing: .left)
  }
}

/// a A + b I of a square operator A.
public struct ShiftedOperator<Base: LinearOperator>: LinearOperator {
  /// A.
  public let base: Base
  /// a.
  public let scale: Double
  /// b.
  public let shift: Double

  /// Scales and shifts an operator.
  ///
  /// Throws: `LinearAlgebraError.notSquare`.
  public init(_ base: Base, scale: Double, shift: Double) throws(LinearAlgebraError) {
    guard base.rowCount == base.columnCount else { throw .notSquare("shift", shape: base.shapeText) }
    self.base = base
    self.scale = scale
    self.shift = shift
  }

  /// The size of an image.
  public var rowCount: Int { base.rowCount }
  /// The size of what it is applied to.
  public var columnCount: Int { base.columnCount }
  /// As many as A takes.
  public var blockSize: Int { base.blockSize }

  /// (a A + b I) X.
  public func applied(to block: Matrix<Double>) throws -> Matrix<Double> {
    combined(try base.applied(to: block), block)
  }

  /// (a Aᵀ + b I) X.
  public func transposeApplied(to block: Matrix<Double>) throws -> Matrix<Double> {
    combined(try base.transposeApplied(to: block), block)
  }

  private func combined(_ image: Matrix<Double>, _ block: Matrix<Double>) -> Matrix<Double> {
    // A wrong shape is refused by whoever asked, by name.
    guard image.hasShape(of: block) else { return image }
    return shift == 0 ? scale * image : scale * image + shift * block
  }
}
