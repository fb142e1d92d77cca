import Analysis
import Diagnostics
import Probing

/// At which share of all centres features join into one component.
public struct PercolationFinding: ProbeFinding {
  /// A share of all centres with the ends of its interval of 95 % over replicas.
  public struct Estimate: Codable, Hashable, Sendable {
    /// The share.
    public var value: Double
    /// The lower end.
    public var lower: Double
    /// The upper end.
    public var upper: Double

    init(_ interval: BootstrapInterval) { (value, lower, upper) = (interval.value, interval.lower, interval.upper) }
  }

  /// One way of joining features, and how their largest component grows with the share of centres present.
  public struct Curve: Codable, Hashable, Sendable {
    /// What it is called.
    public var name: String
    /// How overlap is counted.
    public var overlap: FeatureOverlap
    /// The width of the features.
    public var width: Double
    /// The overlap from which they are joined.
    public var overlapThreshold: Double
    /// The distance up to which they are joined.
    public var radius: Double
    /// Where the second-largest component is largest; `nil` where the features never join, or always do.
    public var bySecond: Estimate?
    /// Where the largest component differs most between replicas; likewise.
    public var byDeviation: Estimate?
    /// Where several sides lead to; `nil` of one side.
    public var limit: Estimate?
    /// How fast the threshold moves with sites per side to the power −3/4; likewise.
    public var slope: Double?
    /// The threshold of an endless lattice; `nil` of points, or where no two centres are joined.
    public var theory: Double?
    /// What disks placed anywhere would give; `nil` of points.
    public var continuum: Double?
    /// The shares of all centres, ascending.
    public var fractions: [Double]
    /// The mean share that the largest component holds of the centres present.
    public var mass: [Double]
    /// Its deviation over replicas.
    public var deviation: [Double]
    /// The mean share of all centres that the second-largest component holds.
    public var second: [Double]
  }

  /// The threshold of one curve on one side.
  public struct Side: Codable, Hashable, Sendable {
    /// The curve.
    public var curve: String
    /// The side, in pixels.
    public var side: Double
    /// How many centres there are along it.
    public var sitesPerSide: Int
    /// Where the second-largest component is largest.
    public var threshold: Estimate?
  }

  /// What becomes of a training set by one way of joining.
  public struct Joined: Codable, Hashable, Sendable {
    /// The curve.
    public var curve: String
    /// How many components there are.
    public var componentCount: Int
    /// The share of the set that the largest one holds.
    public var largestShare: Double
    /// The same of as many centres at random; `nil` outside of the curve.
    public var expected: Double?
  }

  /// A training set.
  public struct TrainedSet: Codable, Hashable, Sendable {
    /// What it is called.
    public var name: String
    /// Its group; `nil` without groups.
    public var group: String?
    /// How many different centres it has.
    public var centreCount: Int
    /// That, over all centres there are.
    public var fraction: Double
    /// How well a model did on it; `nil` where that was not given.
    public var accuracy: Double?
    /// What becomes of it, curve by curve.
    public var joined: [Joined]
  }

  /// Centres with the components that they are in, by the first curve.
  public struct Picture: Codable, Hashable, Sendable {
    /// The set that they are; `nil` of centres at random.
    public var set: String?
    /// Their share of all centres.
    public var fraction: Double
    /// The share of them that the largest component holds.
    public var largestShare: Double
    /// Where they are along the first axis; where they are many, those in the middle.
    public var x: [Double]
    /// Where they are along the second.
    public var y: [Double]
    /// How many centres their components have.
    public var size: [Int]
  }

  /// The share of all centres at which the first curve's second-largest component is largest; `nil` where the features never
  /// join, or always do.
  public var threshold: Double?
  /// The lower end of its interval of 95 % over replicas.
  public var lower: Double?
  /// The upper end.
  public var upper: Double?
  /// The first curve's threshold on an endless lattice.
  public var theory: Double?
  /// How many centres there may be; of several sides, of the largest.
  public var centreCount: Int
  /// The distance of neighbouring ones; `nil` of points.
  public var spacing: Double?
  /// How many orders were tried.
  public var replicaCount: Int
  /// The ways of joining; of several sides, on the largest.
  public var curves: [Curve]
  /// The thresholds side by side; empty of one side.
  public var sides: [Side]
  /// The training sets.
  public var sets: [TrainedSet]
  /// Centres and their components, below, at and above the threshold.
  public var pictures: [Picture]
  /// The numerical doubts.
  public var caveats: [Caveat]
}
