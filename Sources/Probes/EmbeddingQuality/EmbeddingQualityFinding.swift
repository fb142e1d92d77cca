import Analysis
import Diagnostics
import Probing

/// How well models' states embed a system.
public struct EmbeddingQualityFinding: ProbeFinding {
  /// How well one hidden variable is told from points.
  public struct Decoded: Codable, Hashable, Sendable {
    /// The variable.
    public var variable: String
    /// R² of the linear decoder on what it has not learnt from.
    public var linear: Double
    /// The ends of its 95 % interval over trials.
    public var linearInterval: [Double]
    /// R² of the other one.
    public var nonlinear: Double
    /// The ends of its 95 % interval over trials.
    public var nonlinearInterval: [Double]
  }

  /// Cross mapping both ways, by the number of remembered points.
  public struct Mapping: Codable, Hashable, Sendable {
    /// Sizes of libraries.
    public var sizes: [Int]
    /// The mean correlation with which hidden variables are told from near states.
    public var hidden: [Double]
    /// The correlation with which the states' principal components are told from near states of the system, weighted by their variance.
    public var states: [Double]
  }

  /// What is measured of a cloud of points that stands for the system.
  public struct Points: Codable, Hashable, Sendable {
    /// The number of coordinates.
    public var unitCount: Int
    /// How well each hidden variable is told.
    public var decoding: [Decoded]
    /// The share of a point's nearest that are nearest in the system as well.
    public var neighbourOverlap: Double
    /// L as published, at the horizon.
    public var noiseAmplification: Double
    /// L in the form of the study of sequence models.
    public var sequenceModelAmplification: Double
    /// ⟨E²⟩, the variance of what is observed so many samples after near points, by samples from 1.
    public var conditionalVariances: [Double]
    /// L as published, by the horizon from 1.
    public var amplifications: [Double]
    /// Cross mapping with the system.
    public var mapping: Mapping
    /// (Σλ)²/Σλ² of the covariance.
    public var participationRatio: Double
    /// By the two nearest neighbours, outside the window; `nil` where it cannot be told.
    public var dimension: Double?
    /// β0 and β1, if asked for.
    public var bettiNumbers: [Int]
    /// The diagrams they are read off.
    public var diagrams: [PersistenceDiagram]
    /// What a loop must outlive.
    public var loopThreshold: Double?
  }

  /// How a model that is fed its own predictions does after some steps.
  public struct Rollout: Codable, Hashable, Sendable {
    /// The number of steps.
    public var steps: Int
    /// The mean absolute error over that of a single step of persistence; `nil` where predictions leave every bound.
    public var mase: Double?
    /// R².
    public var determination: Double?
  }

  /// What a model does that goes on by itself.
  public struct FreeRun: Codable, Hashable, Sendable {
    /// For so many samples.
    public var samples: Int
    /// Kullback and Leibler's divergence of histograms, in nats.
    public var histogramDivergence: Double
    /// The correlation of spectra.
    public var spectralCorrelation: Double
  }

  /// One model.
  public struct Model: Codable, Hashable, Sendable {
    /// What it is called.
    public var name: String
    /// What it is one of.
    public var group: String
    /// Under what it was trained.
    public var condition: String?
    /// Its step or size.
    public var number: Double?
    /// The number of its parameters; 0 where states are recordings.
    public var parameterCount: Int
    /// What its states are.
    public var states: Points
    /// Which of the references has as many coordinates, or as many as there are.
    public var reference: Int
    /// The mean absolute error of the next sample, over that of persistence.
    public var mase: Double?
    /// After steps of its own predictions.
    public var rollouts: [Rollout]
    /// What it does by itself.
    public var freeRun: FreeRun?
  }

  /// What models could have been replaced by.
  public struct Reference: Codable, Hashable, Sendable {
    /// What it is: `delays`, `present`, or `shuffled`.
    public var kind: Kind
    /// Of which observation, where there are several.
    public var condition: String?
    /// What its points are.
    public var points: Points

    /// The kinds.
    public enum Kind: String, ParameterChoice {
      /// As many successive samples as the states have coordinates, the present one last.
      case delays
      /// The present sample alone.
      case present
      /// Delays, with the hidden variables of another time.
      case shuffled
    }
  }

  /// A number over models that differ by their seed alone.
  public struct Spread: Codable, Hashable, Sendable {
    /// The mean.
    public var mean: Double
    /// The least.
    public var least: Double
    /// The most.
    public var most: Double
  }

  /// Models that differ by their seed alone.
  public struct Setting: Codable, Hashable, Sendable {
    /// What they are.
    public var group: String
    /// Under what they were trained.
    public var condition: String?
    /// Their step or size.
    public var number: Double?
    /// The number of units of their states.
    public var unitCount: Int
    /// The number of their parameters.
    public var parameterCount: Int
    /// How many they are.
    public var modelCount: Int
    /// The error of the next sample.
    public var mase: Spread?
    /// R² of the linear decoder, over hidden variables.
    public var linear: Spread
    /// R² of the other one, over hidden variables.
    public var nonlinear: Spread
    /// The overlap of neighbours.
    public var neighbourOverlap: Spread
    /// L as published.
    public var noiseAmplification: Spread
  }

  /// By how much the error of the next sample rises from the first condition to another.
  public struct Increase: Codable, Hashable, Sendable {
    /// What the models are.
    public var group: String
    /// The number of units of their states.
    public var unitCount: Int
    /// The other condition.
    public var condition: String
    /// Their mean error under the first condition.
    public var from: Double
    /// Their mean error under the other.
    public var to: Double
    /// The difference.
    public var increase: Double
  }

  /// A cloud of points to look at.
  public struct Cloud: Codable, Hashable, Sendable {
    /// Whose states it is of, or `delays`.
    public var name: String
    /// Along its principal axes, three at most, each in its own deviations: one array for each axis.
    public var axes: [[Double]]
  }

  /// The names of the hidden variables.
  public var hidden: [String]
  /// How many points each cloud has.
  public var pointCount: Int
  /// The time from one sample to the next.
  public var sampleInterval: Double
  /// Its unit; empty where samples are counted.
  public var timeUnit: String
  /// Theiler's window, in samples.
  public var window: Int
  /// k of the overlap.
  public var neighbourCount: Int
  /// What points without anything in common overlap by.
  public var overlapChance: Double
  /// The names of the decoders.
  public var decoders: [String]
  /// What the models' numbers are.
  public var over: NetworkSeries.Index
  /// Of the last model: how well each hidden variable is told.
  public var decoding: [Decoded]
  /// Of the last model.
  public var neighbourOverlap: Double
  /// Of the last model: L as published.
  public var noiseAmplification: Double
  /// Of the last model.
  public var mase: Double?
  /// The models.
  public var models: [Model]
  /// The models, those together that differ by their seed alone.
  public var settings: [Setting]
  /// What another condition adds to the error of the next sample.
  public var increases: [Increase]
  /// What they are held against.
  public var references: [Reference]
  /// States of one model of each group, as trained the longest and under the first condition, and delays.
  public var clouds: [Cloud]
  /// The last hidden variable at the points of the clouds.
  public var colours: [Double]
  /// The numerical doubts.
  public var caveats: [Caveat]
}
