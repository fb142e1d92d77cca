import LinearAlgebra

/// The Jacobian of a score at a point, times the noise variance: σ²J, without dimension.
///
/// Range: of an exact score it is symmetric with eigenvalues that are −1 in directions normal to the manifold and between
/// −1 and 0 along it. A trained network's is neither exactly; the defect says by how much.
public struct ScoreJacobian: Sendable, Hashable {
  /// σ²J, d×d.
  public let matrix: Matrix<Double>
  /// The singular values, descending.
  public let singularValues: [Double]
  /// The eigenvalues of the symmetric part, ascending.
  public let symmetricEigenvalues: [Double]
  /// ‖J − Jᵀ‖ / ‖J + Jᵀ‖; 0 of an exact score.
  public let symmetryDefect: Double

  /// Analyses a matrix that is σ²J already.
  ///
  /// Throws: `LinearAlgebraError.notFinite`, `.notSquare`, `.notConverged`.
  public init(dimensionless matrix: Matrix<Double>) throws(LinearAlgebraError) {
    symmetricEigenvalues = try LinearAlgebra.symmetricEigenvalues(of: matrix)
    singularValues = try LinearAlgebra.singularValues(of: matrix)
    symmetryDefect = matrix.symmetryDefect
    self.matrix = matrix
  }

  /// Analyses a score's Jacobian J at a noise level.
  ///
  /// Throws: `LinearAlgebraError.notFinite`, `.notSquare`, `.notConverged`.
  public init(of jacobian: Matrix<Double>, noise: NoiseLevel) throws(LinearAlgebraError) {
    try self.init(dimensionless: noise.deviation * noise.deviation * jacobian)
  }
}
