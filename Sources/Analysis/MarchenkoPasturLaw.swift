import Foundation

/// The law of the eigenvalues of FᵀF for a d×m factor F with independent normal entries, as d and m grow together.
///
/// Conventions: entries have variance s²/c. What c is, is stated by `FactorNormalization`; aspect ratio α = m/d. The m
/// eigenvalues are those of F Fᵀ without its d−m zeros.
///
/// References: marchenko1967, ventura2024.
public struct MarchenkoPasturLaw: Sendable, Hashable, Codable {
  /// α = m/d.
  public let aspectRatio: Double
  /// s².
  public let variance: Double
  /// By what the entries' variance is divided.
  public let normalization: FactorNormalization

  /// Makes a law.
  ///
  /// Throws: `AnalysisError.notPositive`.
  public init(
    aspectRatio: Double, variance: Double = 1, normalization: FactorNormalization = .ambientDimension
  ) throws(AnalysisError) {
    self.aspectRatio = try positive("aspect ratio", aspectRatio)
    self.variance = try positive("variance", variance)
    self.normalization = normalization
  }

  /// The mean eigenvalue, s² d/c.
  public var mean: Double { normalization == .ambientDimension ? variance : variance / aspectRatio }

  /// The ends of the continuous part, mean · (1 ± √α)².
  public var edges: ClosedRange<Double> {
    let root = aspectRatio.squareRoot()
    return (mean * (1 - root) * (1 - root))...(mean * (1 + root) * (1 + root))
  }

  /// The weight of the eigenvalues that are 0, when there are more columns than rows.
  public var atomAtZero: Double { max(0, 1 - 1 / aspectRatio) }

  /// The density of the continuous part at an eigenvalue.
  public func density(at value: Double) -> Double {
    guard value > 0, edges.contains(value) else { return 0 }
    // Each difference from an edge by itself: their product cancels less than a difference of squares.
    let inside = (edges.upperBound - value).squareRoot() * (value - edges.lowerBound).squareRoot()
    return inside / (2 * Double.pi * aspectRatio * mean * value)
  }

  /// The mean of t/(t+λ) over the m eigenvalues: t times the Stieltjes transform at −t, in closed form.
  public func meanRatio(atNoiseVariance t: Double) -> Double {
    let scaled = t / mean
    let linear = 1 - aspectRatio + scaled
    let root = (linear * linear + 4 * aspectRatio * scaled).squareRoot()
    return linear >= 0 ? 2 * scaled / (linear + root) : (root - linear) / (2 * aspectRatio)
  }

  /// The ends of the eigenvalues r = −t/(t+λ) of t times the score's Jacobian, without the atom at −1.
  public func jacobianEdges(atNoiseVariance t: Double) -> ClosedRange<Double> {
    (-t / (t + edges.lowerBound))...(-t / (t + edges.upperBound))
  }

  /// The density of the continuous part of the eigenvalues r of t times the score's Jacobian, over all d of them.
  public func jacobianDensity(at r: Double, noiseVariance t: Double) -> Double {
    guard r < 0, r > -1 else { return 0 }
    return aspectRatio * t / (r * r) * density(at: -t * (1 + r) / r)
  }

  /// The weight at r = −1, over all d eigenvalues: the normal directions.
  public var jacobianAtom: Double { max(0, 1 - aspectRatio) }

  /// The law with its quantiles tabulated.
  public var distribution: SpectralDistribution {
    SpectralDistribution(atomAtZero: atomAtZero, bulks: [edges], density: density(at:))
  }

  /// The expected singular values of t times the score's Jacobian in d dimensions, descending.
  public func expectedSpectrum(ambientDimension: Int, noiseVariance t: Double) -> [Double] {
    let latentCount = Int((aspectRatio * Double(ambientDimension)).rounded())
    let values = distribution.expectedEigenvalues(count: latentCount).suffix(ambientDimension)
    return Array(repeating: 1, count: ambientDimension - values.count) + values.map { t / (t + $0) }
  }

  /// Where the variances lie in d dimensions.
  public func support(ambientDimension: Int) -> SpectralSupport {
    let count = min(ambientDimension, Int((aspectRatio * Double(ambientDimension)).rounded()))
    return SpectralSupport(
      bulks: [SpectralSupport.Bulk(lower: edges.lowerBound, upper: edges.upperBound, count: count)],
      ambientDimension: ambientDimension)
  }
}

/// By what the variance of the entries of a random d×m factor is divided.
public enum FactorNormalization: String, Sendable, Hashable, Codable, CaseIterable {
  /// c = d: each column has about the length s.
  case ambientDimension = "ambient"
  /// c = m: each row has about the length s, so every coordinate of the data has variance s².
  case latentDimension = "latent"
}
