import LinearAlgebra

/// Gaussian data on a linear subspace: `x = F z`, z standard normal. All about its score is known in closed form.
///
/// Conventions: noise is measured by the variance t of a variance-exploding process (`NoiseLevel.effectiveVariance`). The
/// score's Jacobian times t has the eigenvalues −t/(t+λ), λ running over the eigenvalues of F Fᵀ; spectra here are their
/// magnitudes.
///
/// References: ventura2024.
public struct LinearManifold: Sendable, Hashable, Codable {
  /// The dimension d of the space the subspace lies in.
  public let ambientDimension: Int
  /// The variances λ > 0 along the subspace, descending.
  public let variances: [Double]

  /// Makes a manifold from the variances along it; zeros are directions normal to it.
  ///
  /// Throws: `AnalysisError.outOfRange` for a negative variance, `.tooFew` when there are fewer dimensions than variances.
  public init(variances: [Double], ambientDimension: Int) throws(AnalysisError) {
    for variance in variances where !(variance >= 0 && variance.isFinite) {
      throw .outOfRange("variance", variance, rule: "a finite number of at least 0")
    }
    let along = variances.filter { $0 > 0 }.sorted(by: >)
    guard ambientDimension >= along.count else {
      throw .tooFew("ambient dimensions", count: ambientDimension, minimum: along.count)
    }
    self.ambientDimension = ambientDimension
    self.variances = along
  }

  /// Makes a manifold from its factor F, d×m; variances at round-off are normal directions.
  ///
  /// Throws: `LinearAlgebraError.notFinite`, `.notConverged`.
  public init(factor: Matrix<Double>) throws {
    let values = try singularValues(of: factor)
    let roundOff = (values.first ?? 0) * Double.ulpOfOne * Double(max(factor.rowCount, factor.columnCount))
    try self.init(variances: values.map { $0 > roundOff ? $0 * $0 : 0 }, ambientDimension: factor.rowCount)
  }

  /// Makes a manifold from the covariance of its points, d×d; variances at round-off are normal directions.
  ///
  /// Throws: `LinearAlgebraError.notFinite`, `.notSquare`, `.notConverged`; `AnalysisError.negativeVariance`.
  public init(covariance: Matrix<Double>) throws {
    let values = try symmetricEigenvalues(of: covariance)
    let roundOff = (values.last ?? 0) * Double.ulpOfOne * Double(covariance.rowCount)
    if let least = values.first, least < -max(roundOff, 0) {
      throw AnalysisError.negativeVariance(least, largest: values.last ?? 0)
    }
    try self.init(variances: values.map { $0 > roundOff ? $0 : 0 }, ambientDimension: covariance.rowCount)
  }

  /// The dimension m of the subspace.
  public var dimension: Int { variances.count }

  /// The singular values of t times the score's Jacobian, descending: d−m ones, then t/(t+λ).
  public func spectrum(atNoiseVariance t: Double) -> [Double] {
    Array(repeating: 1, count: ambientDimension - dimension) + variances.reversed().map { t / (t + $0) }
  }

  /// The Fokker–Planck dimension (FLIPD) at a noise variance, averaged over clean data: Σ (1 − ρ²), ρ = t/(t+λ).
  ///
  /// References: kamkari2024.
  public func expectedFokkerPlanckDimension(atNoiseVariance t: Double) -> Double {
    variances.reduce(0) { total, variance in
      let ratio = t / (t + variance)
      return total + (1 - ratio * ratio)
    }
  }

  /// The variances as the support of a spectrum: one bulk of no width for each distinct value.
  public var support: SpectralSupport {
    var bulks: [SpectralSupport.Bulk] = []
    for variance in variances {
      if let last = bulks.last, last.lower - variance <= 1e-9 * last.lower {
        bulks[bulks.count - 1].count += 1
        bulks[bulks.count - 1].lower = variance
      } else {
        bulks.append(SpectralSupport.Bulk(lower: variance, upper: variance, count: 1))
      }
    }
    return SpectralSupport(bulks: bulks, ambientDimension: ambientDimension)
  }
}
