import Analysis
import Diagnostics
import Networks
import Probing

/// How codes hold several factors.
public struct FactorizationFinding: PointsFinding {
  /// Cosines between tangents, of many pairs.
  public struct Cosines: Codable, Hashable, Sendable {
    /// The mean.
    public var mean: Double
    /// The mean of absolute values.
    public var meanAbsolute: Double
    /// The root of the mean square.
    public var rms: Double
    /// The number of pairs.
    public var pairCount: Int
    /// The share of pairs in each of equal bins from −1 to 1.
    public var shares: [Double]
  }

  /// An estimate with the ends of its interval of 95 % over conditions.
  public struct Estimate: Codable, Hashable, Sendable {
    /// The estimate.
    public var value: Double
    /// The lower end.
    public var lower: Double
    /// The upper end.
    public var upper: Double
  }

  /// One of the factors.
  public struct Described: Codable, Hashable, Sendable {
    /// What it is called.
    public var name: String
    /// What its values are.
    public var kind: Kind
    /// The period; `nil` where there is none.
    public var period: Double?
    /// How many values it has.
    public var levelCount: Int
    /// Whether the last is followed by the first.
    public var goesRound: Bool

    /// The kinds.
    public enum Kind: String, ParameterChoice {
      case periodic, bounded, categorical
    }
  }

  /// How a code follows one factor.
  public struct Followed: Codable, Hashable, Sendable {
    /// Cosines of tangents along it at the same value, other factors being different; `nil` without a grid.
    public var parallelism: Cosines?
    /// Cosines of tangents along it at different values, other factors being the same; `nil` without a grid.
    public var alongItself: Cosines?
    /// The share of the code's variance that goes with the factor by itself.
    public var share: Double
    /// That, over that and all interaction.
    public var separability: Double
    /// How many dimensions hold 95 % of what goes with it by itself.
    public var dimensions: Int
    /// R² of a linear decoder on conditions that it has not learnt from; `nil` where it was not asked for or conditions are too few.
    public var determination: Double?
    /// R² of the same for shuffled values.
    public var control: Double?
    /// R² of the same at values of other factors that it has not learnt from.
    public var generalisation: Double?
  }

  /// Two factors beside each other.
  public struct Pair: Codable, Hashable, Sendable {
    /// Their names.
    public var factors: [String]
    /// Cosines of tangents along the one and the other, at all pairs of conditions; `nil` without a grid.
    public var orthogonality: Cosines?
    /// How far the smaller of their subspaces lies in the other, from 0 to 1.
    public var overlap: Double
    /// The principal angles of their subspaces in degrees, ascending.
    public var angles: [Double]
  }

  /// How like an ideal code it is.
  public struct Similarity: Codable, Hashable, Sendable {
    /// The ideal.
    public var code: FactorCode
    /// Of a torus: the factor that goes the long way round.
    public var major: String?
    /// The alignment of Gram matrices, from 0 to 1.
    public var alignment: Estimate
    /// The correlation of distances between conditions; `nil` where those of the ideal are all the same.
    public var distanceCorrelation: Double?
  }

  /// An ideal code at the same conditions.
  public struct Reference: Codable, Hashable, Sendable {
    /// Which it is.
    public var code: FactorCode
    /// What it looks like.
    public var name: String
    /// Of a torus: the factor that goes the long way round.
    public var major: String?
    /// How it follows each factor.
    public var factors: [Followed]
    /// For every two factors.
    public var pairs: [Pair]
    /// R² of the sum over factors.
    public var additiveR2: Double
    /// (Σλ)²/Σλ² of the covariance.
    public var participationRatio: Double
    /// The shares of variance of the first principal components.
    public var spectrum: [Double]
  }

  /// What a code is.
  public enum Verdict: String, ParameterChoice {
    case factorised
    case hyperFactorised = "hyper-factorised"
    case entangled
    case conjunctive
    case none
  }

  /// One code: an array, or what a network holds at a layer.
  public struct Code: Codable, Hashable, Sendable {
    /// What it is called.
    public var name: String
    /// What its source is called.
    public var group: String
    /// The number of its network in the series.
    public var number: Double?
    /// The layer.
    public var layer: String?
    /// What the input with several numbers is given.
    public var level: Double?
    /// The channel, counted from 0, where each is looked at by itself.
    public var channel: Int?
    /// The extents of a sample.
    public var sampleShape: [Int]
    /// How many units it has.
    public var unitCount: Int
    /// What it is.
    public var verdict: Verdict
    /// In what share of resamples it is that.
    public var verdictSupport: Double
    /// R² of the sum over factors.
    public var additiveR2: Estimate
    /// The least separability of a factor.
    public var separability: Estimate
    /// (Σλ)²/Σλ² of the covariance.
    public var participationRatio: Double
    /// The shares of variance of the first principal components.
    public var spectrum: [Double]
    /// How it follows each factor.
    public var factors: [Followed]
    /// For every two factors.
    public var pairs: [Pair]
    /// How like it is to each reference, in their order.
    public var similarities: [Similarity]
  }

  /// Of the last code: cosines of tangents along its first two factors, or of those that overlap the most; `nil` without a grid.
  public var orthogonality: Cosines?
  /// Of the last code: the mean cosine of tangents along each factor at the same value; empty without a grid.
  public var parallelism: [Double]
  /// Of the last code: R² of the sum over factors.
  public var additiveR2: Double
  /// Of the last code: the separability of each factor.
  public var separability: [Double]
  /// Of the last code: the most that two factors' subspaces overlap.
  public var subspaceOverlap: Double
  /// Of the last code: the principal angles of these, in degrees.
  public var principalAngles: [Double]
  /// Of the last code: (Σλ)²/Σλ² of the covariance.
  public var participationRatio: Double
  /// What the last code is.
  public var verdict: Verdict
  /// In what share of resamples it is that.
  public var verdictSupport: Double
  /// The ideal codes at the same conditions.
  public var references: [Reference]
  /// The codes.
  public var codes: [Code]
  /// The factors.
  public var factors: [Described]
  /// How many different conditions there are.
  public var conditionCount: Int
  /// How many samples there are.
  public var sampleCount: Int
  /// Whether conditions make a grid.
  public var isGrid: Bool
  /// What became of places.
  public var pooling: ActivationPooling
  /// The input with several numbers, one after the other.
  public var levelInput: String?
  /// What the networks' numbers are.
  public var over: NetworkSeries.Index?
  /// The last code along its principal axes, four at most, in units of the root of its variance: one array for each.
  public var axes: [[Double]]
  /// The last code: conditions × principal components, twenty at most. Other cells may take them as points.
  public var coordinates: [[Double]]
  /// Each factor's value at the conditions.
  public var values: [[Double]]
  /// The numerical doubts.
  public var caveats: [Caveat]

  /// The last code along its principal components.
  public var points: NDArray<Double> {
    NDArray(shape: [coordinates.count, coordinates.first?.count ?? 0], values: coordinates.flatMap { $0 })
  }
}

extension FactorizationFinding.Verdict {
  init(_ code: FactorCode?) {
    self =
      switch code {
      case .factorised: .factorised
      case .hyperFactorised: .hyperFactorised
      case .entangled: .entangled
      case .conjunctive: .conjunctive
      case nil: .none
      }
  }
}

extension FactorizationFinding.Cosines {
  init?(_ found: TangentCosines.Statistics?) {
    guard let found else { return nil }
    (mean, meanAbsolute, rms, pairCount, shares) = (
      found.mean, found.meanAbsolute, found.rms, found.count, found.shares
    )
  }
}

extension FactorizationFinding.Estimate {
  init(_ found: BootstrapInterval) { (value, lower, upper) = (found.value, found.lower, found.upper) }
}

extension FactorizationFinding.Code {
  /// The two factors whose subspaces overlap the most.
  var nearestPair: FactorizationFinding.Pair? { pairs.max { $0.overlap < $1.overlap } }
}
