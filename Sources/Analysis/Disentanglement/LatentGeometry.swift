import Foundation
import LinearAlgebra

/// How an encoder uses a latent variable, by the variances that it gives for each input.
///
/// References: bonheme2023.
public enum LatentUse: String, Sendable, Hashable, Codable, CaseIterable {
  /// Its variance is small for every input: it tells something.
  case active
  /// Its variance is that of the prior for every input: it is noise.
  case passive
  /// Anything else.
  case mixed

  /// Judges by the mean of variances and their variance: steady is less than 0.1 of it; active up to a mean of 0.1, passive within 0.1 of 1.
  public init(variances: [Double]) {
    let count = Double(max(1, variances.count))
    let mean = variances.reduce(0, +) / count
    let spread = variances.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    let isSteady = spread < 0.1
    self = isSteady && mean <= 0.1 ? .active : isSteady && (0.9...1.1).contains(mean) ? .passive : .mixed
  }
}

/// How many directions latents fill, and how far they are from independent, as far as covariances tell.
///
/// Conventions: with an encoder's variances they are of the sampled representation, which is drawn around the means with these; its covariance is
/// that of the means plus the mean variances, without drawing anything.
///
/// References: roy2007 (effective rank), watanabe1960 (total correlation), olkin1982 (the distance), bonheme2023 (means and samples).
public struct LatentGeometry: Sendable, Hashable {
  /// The exponential of the entropy of the covariance's singular values over their sum; 0 where nothing varies.
  public let effectiveRank: Double
  /// −½ ln det of the correlations of those that vary, in nats; `nil` where one follows from others, and it is infinite.
  public let totalCorrelation: Double?
  /// −½ ln(1 − ρ²) of two latents that vary, the mean over all such pairs, in nats; `nil` without a pair, or where one follows from another.
  public let pairInformation: Double?
  /// Wasserstein's squared distance of Gaussians with the covariance and with its diagonal alone, over its trace: 0 of uncorrelated latents, and
  /// hardly more of correlations among latents that hardly vary; 0 where nothing varies.
  public let wassersteinCorrelation: Double

  /// Measures samples × latents, sampled with the encoder's variances if these are given.
  ///
  /// Throws: `AnalysisError.tooFew` for fewer than two samples, `.sizeMismatch` for variances of another shape; `LinearAlgebraError`.
  public init(of latents: Matrix<Double>, variances: Matrix<Double>? = nil) throws {
    guard latents.rowCount >= 2 else { throw AnalysisError.tooFew("samples", count: latents.rowCount, minimum: 2) }
    try latents.requireFinite()
    let centred = latents.centredColumns
    var covariance = (1 / Double(latents.rowCount)) * centred.columnGram
    if let variances {
      guard variances.hasShape(of: latents) else {
        throw AnalysisError.sizeMismatch("array of variances", size: variances.shapeText, expected: latents.shapeText)
      }
      for (latent, mean) in variances.columnMeans.enumerated() { covariance[latent, latent] += mean }
    }
    try self.init(covariance: covariance)
  }

  /// Measures a covariance.
  ///
  /// Throws: `LinearAlgebraError.notSquare`, `.notFinite`, `.notConverged`.
  public init(covariance: Matrix<Double>) throws {
    let values = try symmetricEigenvalues(of: covariance).map { max(0, $0) }
    let sum = values.reduce(0, +)
    effectiveRank = sum > 0 ? exp(values.reduce(0) { $1 > 0 ? $0 - $1 / sum * log($1 / sum) : $0 }) : 0
    let varying = (0..<covariance.rowCount).filter { covariance[$0, $0] > 1e-24 * sum }
    var correlations = covariance.selectingRows(varying).selectingColumns(varying)
    let deviations = correlations.diagonalEntries.map { $0.squareRoot() }
    for row in varying.indices {
      for column in varying.indices { correlations[row, column] /= deviations[row] * deviations[column] }
    }
    let shares = try symmetricEigenvalues(of: correlations)
    let isSingular = (shares.first ?? 1) <= 1e-10
    totalCorrelation = isSingular ? nil : max(0, -0.5 * shares.reduce(0) { $0 + log($1) })
    let pairs = varying.indices.flatMap { row in (0..<row).map { correlations[row, $0] } }
    let rest = pairs.map { (1 - $0) * (1 + $0) }
    pairInformation =
      rest.isEmpty || rest.contains { $0 <= 1e-10 }
      ? nil : max(0, -0.5 * rest.reduce(0) { $0 + log($1) } / Double(rest.count))
    // √D Σ √D has the eigenvalues of Σ D and is symmetric.
    var scaled = covariance
    let sizes = covariance.diagonalEntries.map { max(0, $0).squareRoot() }
    for row in sizes.indices {
      for column in sizes.indices { scaled[row, column] *= sizes[row] * sizes[column] }
    }
    let roots = try symmetricEigenvalues(of: scaled).reduce(0) { $0 + max(0, $1).squareRoot() }
    wassersteinCorrelation = sum > 0 ? max(0, 2 * (1 - roots / sum)) : 0
  }
}
