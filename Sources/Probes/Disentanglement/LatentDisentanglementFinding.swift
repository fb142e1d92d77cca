import Analysis
import Diagnostics
import Probing

/// How far latent variables hold sources apart.
public struct LatentDisentanglementFinding: ProbeFinding {
  /// One of the scores: at most 1; 0 of what holds nothing apart, but for chance.
  public struct Score: Codable, Hashable, Sendable {
    /// Its name.
    public var name: String
    /// `nil` where it is not defined.
    public var value: Double?
    /// The ends of its 95 % interval.
    public var interval: [Double]?
  }

  /// One latent variable.
  public struct Latent: Codable, Hashable, Sendable {
    /// What it is called.
    public var name: String
    /// Whether it varies enough to count.
    public var isActive: Bool
    /// Its largest value less its smallest.
    public var range: Double
    /// How the encoder uses it; `nil` without variances.
    public var use: LatentUse?
    /// The mean of the encoder's variances.
    public var meanVariance: Double?
    /// The variance of the encoder's variances.
    public var varianceSpread: Double?
    /// The source that it tells most of; `nil` where it tells hardly more than chance.
    public var source: String?
  }

  /// How far latents are from independent, as far as covariances tell.
  public struct Geometry: Codable, Hashable, Sendable {
    /// The exponential of the entropy of the covariance's eigenvalues over their sum.
    public var effectiveRank: Double
    /// −½ ln det of the correlations, in nats; `nil` where one follows from others.
    public var totalCorrelation: Double?
    /// −½ ln(1 − ρ²) of two, the mean over pairs, in nats; `nil` where one follows from another.
    public var pairInformation: Double?
    /// The squared distance to the Gaussian without correlations, over the variance.
    public var wassersteinCorrelation: Double
  }

  /// The latents that an encoder uses in one way, two at least.
  public struct Subset: Codable, Hashable, Sendable {
    /// How it uses them; `nil` for all.
    public var use: LatentUse?
    /// How many there are.
    public var latentCount: Int
    /// The encoder's means.
    public var means: Geometry
    /// What is drawn around these with the encoder's variances.
    public var samples: Geometry
  }

  /// One source.
  public struct Source: Codable, Hashable, Sendable {
    /// What it is called.
    public var name: String
    /// How many classes it has.
    public var classCount: Int
    /// Whether these are bins of a number.
    public var isBinned: Bool
    /// In nats.
    public var entropy: Double
  }

  /// How many samples there are.
  public var sampleCount: Int
  /// How information was estimated.
  public var estimator: LatentDisentanglement.Estimator
  /// InfoM: whether each latent tells of one source alone; `nil` where it is not defined, as all scores are.
  public var modularity: Double?
  /// InfoC: whether each source is told of by one latent alone.
  public var compactness: Double?
  /// InfoE: whether sources can be read off by a simple map.
  public var explicitness: Double?
  /// MIG: by how much the latent that tells most exceeds the next.
  public var informationGap: Double?
  /// All scores, with intervals.
  public var scores: [Score]
  /// Information over the entropy of the source: a row for each source, an entry for each latent.
  public var information: [[Double]]
  /// The latents.
  public var latents: [Latent]
  /// The sources that vary.
  public var sources: [Source]
  /// The exponential of the entropy of the covariance's eigenvalues over their sum.
  public var effectiveRank: Double
  /// Of latents that vary, in nats, by their correlations; `nil` where one follows from others.
  public var totalCorrelation: Double?
  /// All latents and those of each use, as means and as samples; empty without variances.
  public var subsets: [Subset]
  /// What unrelated variables tell of each other by chance, over the source's entropy, at most; `nil` of neighbours.
  public var bias: Double?
  /// The numerical doubts.
  public var caveats: [Caveat]
}

extension LatentDisentanglementFinding.Geometry {
  init(_ found: LatentGeometry) {
    (effectiveRank, totalCorrelation) = (found.effectiveRank, found.totalCorrelation)
    (pairInformation, wassersteinCorrelation) = (found.pairInformation, found.wassersteinCorrelation)
  }
}
