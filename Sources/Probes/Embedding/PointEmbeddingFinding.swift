import Diagnostics
import Probing

/// Clouds of points in two or three dimensions.
public struct PointEmbeddingFinding: ProbeFinding {
  /// Something that points are coloured by.
  public struct Factor: Codable, Hashable, Sendable {
    /// What it is called.
    public var name: String
    /// After how much it begins anew; `nil` for one that does not.
    public var period: Double?
  }

  /// A cloud laid out in one way.
  public struct Arrangement: Codable, Hashable, Sendable {
    /// How.
    public var method: PointEmbedding.Method
    /// The coordinates of all points, axis by axis.
    public var axes: [[Double]]
    /// 1 less the ranks by which neighbours in the layout are strangers.
    public var trustworthiness: Double
    /// 1 less the ranks by which neighbours are strangers in the layout.
    public var continuity: Double
    /// The share of neighbours that are neighbours in the layout.
    public var keptNeighbours: Double
    /// In how many pieces the graph of neighbours is; `nil` where none is made.
    public var pieceCount: Int?
    /// How many points the others were placed by; `nil` where all count alike.
    public var landmarkCount: Int?
  }

  /// One cloud.
  public struct Cloud: Codable, Hashable, Sendable {
    /// What it is called.
    public var name: String
    /// How many points were laid out.
    public var pointCount: Int
    /// How many points there are.
    public var givenCount: Int
    /// How many coordinates a point has.
    public var coordinateCount: Int
    /// The cloud by each method.
    public var layouts: [Arrangement]
    /// The values of each factor at the points laid out.
    public var factors: [[Double]]
  }

  /// How many points make a neighbourhood.
  public var neighbourCount: Int
  /// Into how many dimensions clouds were laid out.
  public var dimensionCount: Int
  /// What points are coloured by.
  public var factors: [Factor]
  /// The clouds.
  public var clouds: [Cloud]
  /// The numerical doubts.
  public var caveats: [Caveat]
}
