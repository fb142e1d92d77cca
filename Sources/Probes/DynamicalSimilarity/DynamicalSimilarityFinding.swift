import Analysis
import Diagnostics
import Probing

/// How alike the dynamics of many systems are.
public struct DynamicalSimilarityFinding: ProbeFinding {
  /// One system and its operator.
  public struct System: Codable, Hashable, Sendable {
    /// The system, as the notebook names it.
    public var name: String
    /// Its group, where there are groups.
    public var group: String?
    /// The side of its operator.
    public var rank: Int
    /// The number of states fitted; `nil` of a ready operator.
    public var stateCount: Int?
    /// The share of the states' sum of squares in the kept directions.
    public var explained: Double?
    /// The largest modulus of an eigenvalue.
    public var spectralRadius: Double
    /// ‖AAᵀ − AᵀA‖/‖A‖².
    public var nonNormality: Double
    /// The system nearest to it.
    public var nearest: String
    /// How far that is.
    public var nearestDistance: Double
    /// The distance of its two halves; `nil` where they were not compared.
    public var splitHalf: Double?
    /// The eigenvalues by falling modulus: real parts.
    public var eigenvaluesReal: [Double]
    /// The eigenvalues: imaginary parts.
    public var eigenvaluesImaginary: [Double]
  }

  /// Between what ends 95 % of each distance lie with every system's trials drawn again. Noise makes distances larger, so that an
  /// interval may lie above the distance itself.
  public struct DistanceIntervals: Codable, Hashable, Sendable {
    /// How many draws could be fitted.
    public var draws: Int
    /// The lower ends; `nil` on the diagonal, and where a system has one trial.
    public var lower: [[Double?]]
    /// The upper ends.
    public var upper: [[Double?]]
  }

  /// Distances of the same systems, with their samples in random order.
  public struct Shuffled: Codable, Hashable, Sendable {
    /// The distances of all pairs, shuffle after shuffle.
    public var distances: [Double]
    /// Their mean.
    public var mean: Double
    /// Between less within in each shuffle; empty without groups.
    public var differences: [Double]
  }

  /// What one choice of delays and rank gives, on average over systems.
  public struct Setting: Codable, Hashable, Sendable {
    /// The number of delays.
    public var delays: Int
    /// The rank.
    public var rank: Int
    /// The mean absolute error of one step on samples held out, over that of persistence.
    public var error: Double
    /// Its standard error over systems.
    public var standardError: Double
    /// Akaike's criterion.
    public var criterion: Double
    /// ‖AAᵀ − AᵀA‖/‖A‖².
    public var nonNormality: Double
    /// The mean residual of the modes.
    public var residual: Double
  }

  /// Choices of delays and rank beside each other.
  public struct Sweep: Codable, Hashable, Sendable {
    /// What could be fitted to every system.
    public var settings: [Setting]
    /// The setting to take, by position.
    public var recommended: Int
    /// Why.
    public var reason: String
  }

  /// The distances of driven systems part by part, each up to its own change of the state's coordinates.
  public struct Driven: Codable, Hashable, Sendable {
    /// The part that the finding's other numbers are of.
    public var compared: DynamicalSimilarity.Compared
    /// The names of the inputs.
    public var inputs: [String]
    /// Of all that inputs reach: the controllability matrices [B, A B, Aᵀ B, A² B, …].
    public var joint: [[Double]]
    /// Of the operators A on states, by the score.
    public var state: [[Double]]
    /// Of the operators B on inputs.
    public var control: [[Double]]
  }

  /// The names of the systems.
  public var labels: [String]
  /// The numbers with which their names end in a series, such as 0.5 of `slope-0.5`; `nil` of others.
  public var numbers: [Double?]
  /// Their groups; empty where there are none.
  public var groups: [String]
  /// The distance that was taken.
  public var score: DynamicalSimilarity.Score
  /// How operators were fitted; `nil` of ready ones.
  public var method: DynamicalSimilarity.Method?
  /// How many delays a state has.
  public var delays: Int
  /// Samples between delays.
  public var lag: Int
  /// The side at which all operators were compared; smaller ones were filled up with zeros.
  public var size: Int
  /// The distances of every two systems.
  public var distances: [[Double]]
  /// What no change of coordinates brings them below.
  public var lowerBounds: [[Double]]
  /// How far the ends of each pair's descents lie apart, of operators of norm 1 where the score is angular.
  public var spread: [[Double]]
  /// Whether each pair's search ended at a minimum.
  public var converged: [[Bool]]
  /// Whether each pair's distance is proven.
  public var certified: [[Bool]]
  /// The systems.
  public var systems: [System]
  /// How well the distances tell the groups apart; `nil` without groups.
  public var separation: GroupSeparation?
  /// Intervals of single distances; `nil` where none were asked for or found.
  public var intervals: DistanceIntervals?
  /// Distances of shuffled systems; `nil` where none were shuffled.
  public var shuffled: Shuffled?
  /// The systems by classical scaling.
  public var classical: PlanePlacement
  /// The systems by least stress, from there.
  public var majorized: PlanePlacement
  /// The tree of systems.
  public var dendrogram: Dendrogram
  /// Delays and ranks beside each other; `nil` where none were asked for.
  public var sweep: Sweep?
  /// The distances of states and of inputs apart; `nil` of systems that nothing drives.
  public var driven: Driven?
  /// The numerical doubts.
  public var caveats: [Caveat]
}
