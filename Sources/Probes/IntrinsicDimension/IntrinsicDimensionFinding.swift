import Analysis
import Diagnostics
import Probing

/// How many dimensions clouds of points fill.
public struct IntrinsicDimensionFinding: ProbeFinding {
  /// A dimension with the ends of its interval of 95 %.
  public struct Part: Codable, Hashable, Sendable {
    /// How many points it is of.
    public var pointCount: Int
    /// The scale that it is of: a distance.
    public var scale: Double
    /// The dimension.
    public var value: Double
    /// The lower end.
    public var lower: Double
    /// The upper end.
    public var upper: Double
  }

  /// A dimension by one method.
  public struct Estimate: Codable, Hashable, Sendable {
    /// The method.
    public var method: IntrinsicDimension.Method
    /// The dimension.
    public var value: Double
    /// The lower end of its interval of 95 %.
    public var lower: Double
    /// The upper end.
    public var upper: Double
    /// The scale that it is of: a distance.
    public var scale: Double
    /// The same of all points, of half of them, of a quarter …
    public var curve: [Part]
  }

  /// One cloud.
  public struct Cloud: Codable, Hashable, Sendable {
    /// What it is called.
    public var name: String
    /// Its group; `nil` without groups.
    public var group: String?
    /// The number that it has in its series.
    public var number: Double?
    /// How many different points were looked at.
    public var pointCount: Int
    /// How many points there are.
    public var givenCount: Int
    /// How many coordinates a point has.
    public var coordinateCount: Int
    /// Theiler's window, in samples; 0 of points without time.
    public var window: Int
    /// The dimensions, in the order of the methods; a method that refused is left out.
    public var estimates: [Estimate]
    /// The share of variance that the first principal components hold, of one, of two, … up to 99.9 %.
    public var explained: [Double]

    /// The estimate by a method.
    func estimate(by method: IntrinsicDimension.Method) -> Estimate? { estimates.first { $0.method == method } }
  }

  /// The participation ratio of the first cloud; `nil` where it was not asked for.
  public var participationRatio: Double?
  /// The first cloud's dimension by the ratio of two neighbours' distances; `nil` where it was not asked for or refused.
  public var twoNeighbours: Double?
  /// The same by twenty neighbours' distances.
  public var likelihood: Double?
  /// The same by local principal components.
  public var localComponents: Double?
  /// The first cloud's correlation dimension.
  public var correlation: Double?
  /// The methods, in the order asked for.
  public var methods: [IntrinsicDimension.Method]
  /// The clouds.
  public var clouds: [Cloud]
  /// The numerical doubts.
  public var caveats: [Caveat]

  /// Takes the clouds' dimensions.
  init(methods: [IntrinsicDimension.Method], clouds: [Cloud], caveats: [Caveat]) {
    func first(_ method: IntrinsicDimension.Method) -> Double? { clouds.first?.estimate(by: method)?.value }
    participationRatio = first(.participationRatio)
    twoNeighbours = first(.twoNeighbours)
    likelihood = first(.likelihood)
    localComponents = first(.localComponents)
    correlation = first(.correlation)
    (self.methods, self.clouds, self.caveats) = (methods, clouds, caveats)
  }
}
