import Foundation
import LinearAlgebra

/// A linear operator of a dynamical system, with all that comparisons with others need of it alone.
///
/// Preparing costs a few eigendecompositions, once for each system; comparing two prepared operators needs none.
///
/// Shapes: n×n, or smaller and filled up with zeros to n×n: the missing directions are at rest.
///
/// Range: 1 ≤ n ≤ 500; every entry finite.
///
/// References: ostrow2023.
public struct PreparedOperator: Sendable {
  /// The largest side that is compared.
  public static let largestSize = 500

  /// The operator as it was given.
  public let matrix: Matrix<Double>
  /// n, the side after filling up with zeros.
  public let size: Int
  /// The Frobenius norm.
  public let norm: Double
  /// The n eigenvalues by falling modulus; those of added directions are 0.
  public let eigenvalues: [Complex<Double>]

  /// The operator over its norm, in the basis where its symmetric part is diagonal; 0 of a zero operator.
  let unit: Matrix<Double>
  /// That basis, as columns.
  let basis: Matrix<Double>
  /// Bases that turn along with the operator, beginning with the symmetric part's own.
  let frames: [CovariantFrame]
  /// Eigenvectors of `unit`.
  let eigenframe: Eigenframe
  /// What no change of coordinates alters.
  let invariants: OperatorInvariants

  /// Whether zeros were added.
  public var isPadded: Bool { size > matrix.rowCount }
  /// Whether the operator is 0, so that it has no direction and no angle with another.
  public var isZero: Bool { norm == 0 }

  /// Prepares an operator, filled up with zeros to a larger size where one is given.
  ///
  /// Throws: `LinearAlgebraError.notSquare`, `.notFinite`, `.notConverged`; `AnalysisError.tooFew` for an empty matrix,
  /// `.outOfRange` for one that is too large, whose norm is, or whose size is above the one to fill up to.
  public init(_ matrix: Matrix<Double>, paddedTo paddedSize: Int? = nil) throws {
    guard matrix.rowCount == matrix.columnCount else {
      throw LinearAlgebraError.notSquare("comparison", shape: matrix.shapeText)
    }
    guard matrix.rowCount > 0 else { throw AnalysisError.tooFew("rows of an operator", count: 0, minimum: 1) }
    let size = paddedSize ?? matrix.rowCount
    guard size <= Self.largestSize else {
      throw AnalysisError.outOfRange("size of an operator", Double(size), rule: "at most \(Self.largestSize)")
    }
    guard size >= matrix.rowCount else {
      throw AnalysisError.outOfRange(
        "padded size", Double(size), rule: "at least the operator's own, \(matrix.rowCount)")
    }
    try matrix.requireFinite()
    let norm = matrix.frobeniusNorm
    guard norm <= 1e150 else {
      throw AnalysisError.outOfRange("norm of an operator", norm, rule: "at most 1e150")
    }
    self.matrix = matrix
    self.size = size
    // A norm below this has no digits left in its square.
    self.norm = norm < 1e-150 ? 0 : norm
    let padded = self.norm > 0 ? (1 / norm) * matrix.padded(to: size) : .zeros(size, size)
    let symmetric = try SymmetricEigendecomposition(of: padded)
    basis = symmetric.vectors
    let turned = try Matrix.product(basis, padded.skewPart * basis, transposing: .left)
    unit = .diagonal(symmetric.values) + turned.skewPart
    frames = try CovariantFrame.all(of: unit)
    eigenframe = try Eigenframe(of: unit)
    eigenvalues = eigenframe.values.map { norm * $0 }
    invariants = try OperatorInvariants(of: unit)
  }

  /// The operator over its norm, in its own basis, filled up with zeros.
  var paddedUnit: Matrix<Double> { (1 / norm) * matrix.padded(to: size) }

  /// Prepares several operators over the processors, all filled up with zeros to the largest one's size unless told a size.
  ///
  /// Throws: what the first operator that cannot be prepared throws; `AnalysisError.tooFew` for none at all.
  public static func all(_ matrices: [Matrix<Double>], paddedTo paddedSize: Int? = nil) throws -> [PreparedOperator] {
    guard let largest = matrices.map(\.rowCount).max() else {
      throw AnalysisError.tooFew("operators", count: 0, minimum: 1)
    }
    let size = paddedSize ?? largest
    return try concurrently(matrices) { try PreparedOperator($0, paddedTo: max(size, $0.rowCount)) }
  }
}

extension Matrix<Double> {
  /// A square matrix with zeros below and to the right, up to a size.
  func padded(to size: Int) -> Matrix {
    guard size > rowCount else { return self }
    var result = Matrix.zeros(size, size)
    for row in 0..<rowCount {
      for column in 0..<columnCount { result[row, column] = self[row, column] }
    }
    return result
  }

  /// The entries of chosen rows and columns, in their order.
  func reordered(rows: [Int], columns: [Int]) -> Matrix {
    Matrix(
      rowCount: rows.count, columnCount: columns.count,
      entries: rows.flatMap { row in columns.map { self[row, $0] } })
  }
}
