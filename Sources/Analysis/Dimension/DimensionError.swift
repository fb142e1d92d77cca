import Diagnostics

/// What an estimate of dimension refuses, and why.
public enum DimensionError: Diagnosable, Hashable, Sendable {
  /// All points are the same.
  case onePlace(points: Int)
  /// Too few distinct points for what is asked.
  case fewDistinct(count: Int, points: Int, minimum: Int)
  /// All points are equally far from their neighbours, as on a grid: distances say nothing about dimension.
  case equalDistances
  /// No range of radii holds enough pairs to fit a slope.
  case noScalingRange(pairs: Int)

  /// What is the matter, with the offending values.
  public var message: String {
    switch self {
    case .onePlace(let points): "all \(points) points are the same; they have no dimension"
    case .fewDistinct(let count, let points, let minimum):
      "\(count) of \(points) points are distinct; at least \(minimum) are needed"
    case .equalDistances: "every point's neighbours are equally far; their distances do not tell the dimension"
    case .noScalingRange(let pairs):
      "\(pairs) pairs of points are no range of distances to fit a slope in; at least three radii must tell them apart"
    }
  }

  /// What the reader can do now.
  public var hint: String? {
    switch self {
    case .onePlace: "check that points run along the rows and coordinates along the columns"
    case .fewDistinct, .noScalingRange: "take more points, or a shorter Theiler window"
    case .equalDistances: "add a little noise, or take another estimate"
    }
  }

  /// A cell that meets this fails; the rest of the report stands.
  public var status: ExitStatus { .cellFailed }
}
