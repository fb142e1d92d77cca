import LinearAlgebra

/// The Jacobians of a score network as maps, for spectra without the whole matrix.
///
/// Derivation: with x = μ x₀ + σ ε, Tweedie's formula gives the denoiser D(x) = E[x₀ | x] = (x + σ² ∇log p)/μ. So with the
/// dimensionless N = σ² ∂²log p/∂x² its Jacobian is ∂D/∂x = (I + N)/μ, and μ ∂D/∂x = I + N has no dimension either. For an exact
/// score N is symmetric with eigenvalues in [−1, 0], and the singular values p of I + N and s of N are p = 1 − s: what the score
/// pulls back (s ≈ 1, normal to the data) the denoiser forgets (p ≈ 0), and what the score leaves free (s ≈ 0) the denoiser keeps
/// (p ≈ 1). A trained network's N has a skew part K, and then |p − (1 − s)| ≤ 2‖K‖ in the spectral norm.
///
/// The kept directions are the few large values of I + N, well apart from a crowd near 0 that is smaller still when squared. So
/// it is there that a Krylov process converges in few steps; in N the same directions hide below a flat top of d − m values.
extension ScoreNetwork {
  /// N = σ² ∂²log p/∂x² at one point: a ∂f/∂x + b I of the network f.
  ///
  /// Shapes: the point is 1 × d; the operator d × d. `isAlone` says that no other work runs beside it.
  public func normalizedJacobianOperator<Scalar: NetworkScalar>(
    at point: NDArray<Scalar>, level: DiffusionLevel, isAlone: Bool = true
  ) throws -> ShiftedOperator<JacobianOperator<Scalar>> {
    let (a, b) = prediction.scoreCoefficients(at: level)
    return try ShiftedOperator(networkJacobian(at: point, level, isAlone), scale: a, shift: b)
  }

  /// μ ∂D/∂x = I + N at one point, where D(x) = E[x₀ | x] is the denoiser: a ∂f/∂x + (1 + b) I of the network f.
  ///
  /// Shapes: the point is 1 × d; the operator d × d. `isAlone` says that no other work runs beside it.
  public func denoiserJacobianOperator<Scalar: NetworkScalar>(
    at point: NDArray<Scalar>, level: DiffusionLevel, isAlone: Bool = true
  ) throws -> ShiftedOperator<JacobianOperator<Scalar>> {
    let (a, b) = prediction.scoreCoefficients(at: level)
    return try ShiftedOperator(networkJacobian(at: point, level, isAlone), scale: a, shift: 1 + b)
  }

  private func networkJacobian<Scalar: NetworkScalar>(
    at point: NDArray<Scalar>, _ level: DiffusionLevel, _ isAlone: Bool
  ) throws -> JacobianOperator<Scalar> {
    guard point.shape.first == 1 else { throw ScoreInputError.shapes(output: [], points: point.shape) }
    let jacobian = try network.jacobianOperator(
      of: output.name, withRespectTo: pointInput.name, at: inputs(point, level), isAlone: isAlone)
    guard jacobian.rowCount == point.shape[1], jacobian.columnCount == point.shape[1] else {
      throw ScoreInputError.shapes(output: [1, jacobian.rowCount], points: point.shape)
    }
    return jacobian
  }
}
