import Analysis
import Diagnostics
import Probing

/// How many pieces, loops and hollows clouds of points have.
public struct TopologyFinding: ProbeFinding {
  /// What the Betti numbers are those of, as far as homology was computed.
  public enum Shape: String, ParameterChoice {
    /// One piece without loops and hollows: no shape that could be told from none.
    case none
    /// Several pieces, of which none has a loop or a hollow.
    case pieces
    /// One piece with one loop.
    case ring
    /// As many pieces as loops, more than one.
    case rings
    /// One piece with two loops and a hollow.
    case torus
    /// One piece with a hollow.
    case sphere
    /// Anything else.
    case other

    init(_ numbers: [Int]) {
      let pieces = numbers.first ?? 0
      let (loops, hollows) = (numbers.dropFirst().first ?? 0, numbers.dropFirst(2).first ?? 0)
      self =
        switch (pieces, loops, hollows) {
        case (1, 0, 0): .none
        case (_, 0, 0): .pieces
        case (1, 1, 0): .ring
        case (_, pieces, 0): .rings
        case (1, 2, 1): .torus
        case (1, 0, 1): .sphere
        default: .other
        }
    }
  }

  /// A class: at which distance it appears and fills in.
  public struct Bar: Codable, Hashable, Sendable {
    /// The distance at which it appears.
    public var birth: Double
    /// That at which it fills in; `nil` for a class that stays.
    public var death: Double?
  }

  /// The classes of one dimension, beside those of clouds without a shape.
  public struct Diagram: Codable, Hashable, Sendable {
    /// 0 for pieces, 1 for loops, 2 for hollows.
    public var dimension: Int
    /// How many classes count.
    public var number: Int
    /// What a class must outlive: mean life in the null clouds plus three standard deviations.
    public var threshold: Double
    /// The longest life in any null cloud; 0 where there is none.
    public var nullLongest: Double
    /// How many times longer the shortest class that counts lives than the next; `nil` where none counts or none is next.
    public var gap: Double?
    /// The classes, the longest-lived first.
    public var bars: [Bar]

    /// The lives of classes that end, descending.
    public var lives: [Double] { bars.compactMap { bar in bar.death.map { $0 - bar.birth } } }
    /// How many classes stay.
    var lastingCount: Int { bars.count { $0.death == nil } }
  }

  /// Angles along a loop.
  public struct Loop: Codable, Hashable, Sendable {
    /// The distance at which the loop appears.
    public var birth: Double
    /// That at which it fills in; `nil` for one that stays.
    public var death: Double?
    /// The angle of each point shown, in turns from 0 to below 1.
    public var turns: [Double]
  }

  /// Points in the plane of the first two principal components, with angles along the loops.
  public struct Circular: Codable, Hashable, Sendable {
    /// Along the first component.
    public var x: [Double]
    /// Along the second; 0 where there is none.
    public var y: [Double]
    /// The loops, the longest-lived first.
    public var loops: [Loop]
  }

  /// One cloud.
  public struct Cloud: Codable, Hashable, Sendable {
    /// What it is called.
    public var name: String
    /// Its group; `nil` without groups.
    public var group: String?
    /// The number that it has in its series.
    public var number: Double?
    /// How many points landmarks were chosen from.
    public var pointCount: Int
    /// How many points there are.
    public var givenCount: Int
    /// How many coordinates a point has.
    public var coordinateCount: Int
    /// How many points were looked at.
    public var landmarkCount: Int
    /// The largest distance of a point from its nearest landmark.
    public var coveringRadius: Double
    /// The longest distance looked at.
    public var limit: Double
    /// β0, β1, …
    public var bettiNumbers: [Int]
    /// What they are those of.
    public var shape: Shape
    /// The classes by dimension.
    public var diagrams: [Diagram]
    /// Angles along loops; `nil` where they were not asked for or there is no loop.
    public var circular: Circular?
  }

  /// β0, β1, … of the first cloud.
  public var bettiNumbers: [Int]
  /// What they are those of.
  public var shape: Shape
  /// The first cloud's classes by dimension.
  public var diagrams: [Diagram]
  /// The prime of the field.
  public var prime: Int
  /// How many null clouds there were for each.
  public var surrogateCount: Int
  /// The clouds.
  public var clouds: [Cloud]
  /// The numerical doubts.
  public var caveats: [Caveat]
}
