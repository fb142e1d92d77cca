import Networks

/// A finding whose rows other cells may take as points: `points: {from: generated}`, where `generated` is the cell that
/// found them.
public protocol PointsFinding: ProbeFinding {
  /// The points: `count × d`.
  var points: NDArray<Double> { get }
}

extension Probe {
  /// Whether other cells may take its finding as points.
  public static var findsPoints: Bool { Finding.self is any PointsFinding.Type }
}
