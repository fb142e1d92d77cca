import LinearAlgebra

/// The geometry of a code over the conditions of a grid: what can be read off the inner products of conditions.
///
/// Complexity: O(n²) for n conditions, but for the products of the factors' functions with the n × n Gram matrix.
public struct CodeGeometry: Sendable, Hashable {
  /// Cosines between tangents; `nil` where conditions make no grid.
  public let tangents: TangentCosines?
  /// How much is a sum over factors.
  public let additive: AdditiveModel
  /// Where each factor is followed.
  public let subspaces: FactorSubspaces
  /// (Σλ)²/Σλ² of the covariance's eigenvalues.
  public let participationRatio: Double

  /// Measures.
  ///
  /// - Parameter gram: the inner products of conditions' activations less their mean.
  init(gram: Matrix<Double>, grid: FactorGrid, design: FactorDesign) throws {
    tangents = grid.isGrid ? TangentCosines(gram: gram, grid: grid) : nil
    additive = try AdditiveModel(gram: gram, grid: grid, design: design)
    subspaces = try FactorSubspaces(gram: gram, design: design)
    let (trace, norm) = (gram.trace, gram.frobeniusNorm)
    participationRatio = norm > 0 ? (trace / norm) * (trace / norm) : 0
  }
}
