import Analysis
import Diagnostics
import Probing

/// What one unit's history tells of the system behind it.
public struct SignalReconstructionFinding: ProbeFinding {
  /// Why the delay is what it is.
  public enum DelayReason: String, ParameterChoice {
    case given
    case firstMinimum = "first-minimum"
    case decay
    case nothingLeft = "nothing-left"
    case longest
  }

  /// Why the dimension is what it is.
  public enum DimensionReason: String, ParameterChoice {
    /// It was given.
    case given
    /// Fewer than a hundredth of neighbours are false.
    case falseNeighbours = "false-neighbours"
    /// Cao's E1 has settled.
    case cao
    /// Nothing says that any would do.
    case none
  }

  /// What kind of rules the signal follows, as far as it can be foretold.
  public enum Structure: String, ParameterChoice {
    /// It is foretold no better than its values in any other order.
    case none
    /// It is foretold, but no better than signals of the same spectrum.
    case linear
    /// It is foretold better than signals of the same spectrum.
    case nonlinear
    /// No surrogates were drawn.
    case untested
  }

  /// Noise amplification L over delays and dimensions.
  public struct Amplification: Codable, Hashable, Sendable {
    /// The delays, in samples.
    public var delays: [Int]
    /// The dimensions.
    public var dimensions: [Int]
    /// L: rows by dimension; `nil` where the signal is too short.
    public var values: [[Double?]]
    /// The least L.
    public var least: Double
    /// The delay at which it is.
    public var leastDelay: Int
    /// The dimension at which it is.
    public var leastDimension: Int
  }

  /// How well the signal is foretold.
  public struct Forecasts: Codable, Hashable, Sendable {
    /// How many samples ahead.
    public var horizon: Int
    /// Simplex projection's correlation with what came, from dimension 1.
    public var simplex: [Double]
    /// The θ of local linear maps.
    public var localities: [Double]
    /// The correlation at each.
    public var local: [Double]
    /// Simplex projection's correlation at the dimension taken.
    public var skill: Double
    /// The ends of its 95 % interval, from blocks of time drawn again; `nil` where there are fewer than four blocks.
    public var skillInterval: [Double]?
    /// The same a single sample ahead.
    public var nextSkill: Double
    /// `nextSkill` of shuffled signals, ascending.
    public var shuffled: [Double]
    /// `skill` of signals with the same spectrum, ascending.
    public var randomPhase: [Double]
    /// How likely such `nextSkill` is of shuffled signals; `nil` without surrogates.
    public var shuffledProbability: Double?
    /// How likely such `skill` is of signals with the same spectrum.
    public var randomPhaseProbability: Double?
  }

  /// How near states come apart.
  public struct Divergence: Codable, Hashable, Sendable {
    /// The mean logarithm of distances, by samples from 0.
    public var curve: [Double]
    /// The first and the last sample of the straight part.
    public var fitRange: [Int]
    /// The exponent, per unit of time.
    public var exponent: Double
    /// The standard error of the line's slope.
    public var standardError: Double
  }

  /// Pairs of near points by radius.
  public struct Correlation: Codable, Hashable, Sendable {
    /// The radii, in deviations of the signal.
    public var radii: [Double]
    /// The share of pairs that are nearer.
    public var sums: [Double]
    /// The correlation dimension over the scaling range; `nil` where nothing scales.
    public var dimension: Double?
    /// The ends of the scaling range.
    public var range: [Double]?
  }

  /// Cross mapping one way.
  public struct Mapping: Codable, Hashable, Sendable {
    /// What is told.
    public var target: String
    /// From whose history.
    public var witness: String
    /// Sizes of libraries.
    public var sizes: [Int]
    /// The mean correlation at each.
    public var means: [Double]
    /// The 2.5th percentile over draws.
    public var lower: [Double]
    /// The 97.5th percentile.
    public var upper: [Double]
    /// Whether it rises with the library.
    public var converges: Bool
    /// How likely such skill is of targets shifted in time; `nil` without surrogates.
    public var probability: Double?
  }

  /// One of the delays chosen one by one.
  public struct Coordinate: Codable, Hashable, Sendable {
    /// The unit.
    public var unit: String
    /// Samples before the present.
    public var lag: Int
    /// How much it lowers L; `nil` of the first.
    public var gain: Double?
  }

  /// A unit that the reconstruction has not seen, beside its states.
  public struct Colouring: Codable, Hashable, Sendable {
    /// The unit.
    public var unit: String
    /// Its value at the present of every state of the cloud.
    public var values: [Double]
    /// After how much it begins anew; `nil` for a quantity that does not.
    public var period: Double?
  }

  /// The recording, as the notebook names it.
  public var recording: String
  /// The unit that is embedded.
  public var unit: String
  /// The number of trials.
  public var trialCount: Int
  /// The number of samples of all trials, as thinned.
  public var sampleCount: Int
  /// The time from one sample to the next, as thinned.
  public var sampleInterval: Double
  /// The unit of time; empty where samples are counted.
  public var timeUnit: String
  /// The delay, in samples.
  public var delay: Int
  /// The delay in time.
  public var delayTime: Double
  /// Why it is that.
  public var delayReason: DelayReason
  /// The number of dimensions; `nil` where nothing says that any would do.
  public var dimension: Int?
  /// Why it is that.
  public var dimensionReason: DimensionReason
  /// Theiler's window, in samples.
  public var window: Int
  /// By lag from 0.
  public var autocorrelation: [Double]
  /// The first lag at which it is 0 or less.
  public var autocorrelationZero: Int?
  /// The first lag at which it is below 1/e.
  public var autocorrelationDecay: Int?
  /// In nats, by lag from 0.
  public var mutualInformation: [Double]
  /// What independent values would show.
  public var informationChance: Double
  /// Kennel's share of false neighbours, from dimension 1.
  public var falseNearestNeighbours: [Double]
  /// Hegger's and Kantz's share, from dimension 1; `nil` where no two points are near.
  public var heggerKantz: [Double?]
  /// Cao's E1, from dimension 1.
  public var caoE1: [Double]
  /// Cao's E2, from dimension 1.
  public var caoE2: [Double]
  /// L at the delay and dimension taken.
  public var noiseAmplification: Double
  /// The ends of its 95 % interval, from blocks of time drawn again; `nil` where there are fewer than four blocks.
  public var noiseAmplificationInterval: [Double]?
  /// L at the same in the form of the study of sequence models, ten samples ahead at most.
  public var sequenceModelAmplification: Double
  /// L over delays and dimensions.
  public var amplification: Amplification
  /// What kind of rules the signal follows.
  public var structure: Structure
  /// How well it is foretold.
  public var forecasts: Forecasts
  /// How near states come apart; `nil` where nothing is to be unfolded.
  public var divergence: Divergence?
  /// Pairs of near points.
  public var correlation: Correlation
  /// Cross mapping both ways, if asked for.
  public var crossMapping: [Mapping]
  /// Delays chosen one by one, if asked for.
  public var coordinates: [Coordinate]
  /// The reconstruction along its first three principal axes, in deviations of the signal: one array for each axis.
  public var cloud: [[Double]]
  /// What the cloud is coloured by, if asked for.
  public var colouring: Colouring?
  /// The numerical doubts.
  public var caveats: [Caveat]
}
