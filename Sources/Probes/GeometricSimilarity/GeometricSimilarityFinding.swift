import Analysis
import Diagnostics
import Probing

/// How alike the geometry of every two systems is.
public struct GeometricSimilarityFinding: ProbeFinding {
  /// One measure of all pairs.
  public struct Measure: Codable, Hashable, Sendable {
    /// Its name, such as `debiased-cka`; of the whitened family with the regularisation, as `whitened-0.5`.
    public var name: String
    /// What it is, in words.
    public var meaning: String
    /// Whether it grows with likeness.
    public var kind: RepresentationMeasureKind
    /// Whether it is an angle, in radians.
    public var isAngle: Bool
    /// The values: a row and a column for each system.
    public var matrix: [[Double]]
    /// What systems with nothing in common reach on average, over all pairs and all orders of the samples; `nil` where there is no
    /// formula for it.
    public var chance: Double?
    /// How well it tells the groups apart, by 1 less each similarity; `nil` without groups.
    public var separation: GroupSeparation?
    /// The systems in the plane, as far apart as it has them.
    public var placement: PlanePlacement
  }

  /// The systems' names, in the order of the rows.
  public var labels: [String]
  /// The numbers with which their names end in a series, such as 0.5 of `slope-0.5`; `nil` of others.
  public var numbers: [Double?]
  /// Their groups; empty where there are none.
  public var groups: [String]
  /// The number of samples compared.
  public var sampleCount: Int
  /// The number of units of each system.
  public var unitCounts: [Int]
  /// The number of directions in which each system's samples vary.
  public var ranks: [Int]
  /// (Σ λ)²/Σ λ² of the variances λ along the principal components of each system: how many directions there are in effect.
  public var participationRatios: [Double]
  /// The measures, in the order asked for.
  public var measures: [Measure]
  /// The numerical doubts.
  public var caveats: [Caveat]
}
