import LinearAlgebra

/// The directions along which the units of a recording vary most, over all samples of all trials.
///
/// Shapes: of n units and k components: directions n×k with orthonormal columns, n means, k variances.
///
/// Conventions: variances descend, with n in the denominator; each direction's largest entry is positive.
///
/// Laws: the components are uncorrelated; the variances of all components sum to that of the units.
public struct PrincipalComponents: Sendable, Hashable {
  /// What is taken off before projecting.
  public let means: [Double]
  /// The directions as columns.
  public let directions: Matrix<Double>
  /// The variance along each direction.
  public let variances: [Double]
  /// The variance of all units together.
  public let totalVariance: Double

  /// Finds the first components of a recording; as many as there are if more are asked for.
  ///
  /// Throws: `LinearAlgebraError`.
  public init(of recording: Recording, count: Int) throws(LinearAlgebraError) {
    let stacked = recording.stacked
    means = stacked.columnMeans
    let factors = try SingularValueDecomposition(of: stacked.centredColumns)
    let kept = max(0, min(count, factors.values.count))
    let samples = Double(stacked.rowCount)
    totalVariance = factors.values.reduce(0) { $0 + $1 * $1 } / samples
    variances = factors.values.prefix(kept).map { $0 * $0 / samples }
    var rows = factors.rightVectorsTransposed.rows(0..<kept)
    for row in 0..<kept {
      guard let top = rows.row(row).max(by: { abs($0) < abs($1) }), top < 0 else { continue }
      for column in 0..<rows.columnCount { rows[row, column].negate() }
    }
    directions = rows.transposed
  }

  /// The share of variance that the components hold, in [0, 1].
  public var explained: Double { totalVariance > 0 ? min(1, variances.reduce(0, +) / totalVariance) : 0 }

  /// The recording in the components, named PC1, PC2, …
  public func projected(_ recording: Recording) -> Recording {
    recording.mapped(unitNames: variances.indices.map { "PC\($0 + 1)" }) { samples in
      samples.mapColumns { $0 - means[$1] } * directions
    }
  }
}
