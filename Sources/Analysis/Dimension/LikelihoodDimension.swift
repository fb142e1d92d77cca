import Foundation
import LinearAlgebra

/// The dimension under which the distances of each point's k nearest others are likeliest.
///
/// Around each point, neighbours are taken to come as a Poisson process whose rate does not vary within reach. With T_j the distance of
/// the j-th neighbour, the inverse dimension at a point is the mean of ln(T_k/T_j) over the nearer ones. Levina and Bickel average the
/// dimensions of the points, MacKay and Ghahramani the inverses.
///
/// Conventions: both without bias: dimensions are (k − 2)/Σ ln(T_k/T_j), inverses Σ ln(T_k/T_j)/(k − 1). Euclidean distances; copies
/// of points are left out. Intervals resample the points, and are widened for neighbourhoods' overlapping.
///
/// Laws: unchanged by translation, rotation and scale. Too low in many dimensions, where points are too few to be near.
///
/// References: levina2004, mackay2005.
public struct LikelihoodDimension: Sendable, Hashable, Codable {
  /// The mean of the points' dimensions.
  public let mean: BootstrapInterval
  /// One over the mean of their inverses, which no single point can pull far up.
  public let inverseMean: BootstrapInterval
  /// k.
  public let neighbourCount: Int
  /// The second estimate for each number of neighbours from 3 to k: how it depends on scale.
  public let byNeighbourCount: [Double]
  /// How many points the estimates average over.
  public let pointCount: Int
  /// The median distance of k-th neighbours: the scale that the estimate is of.
  public let scale: Double

  /// Estimates from the rows of a matrix.
  ///
  /// - Parameters:
  ///   - neighbourCount: k, at least 3.
  ///   - times: each point's time, its row unless told.
  ///   - window: points that are no further apart in time are no neighbours (Theiler's window).
  ///
  /// Throws: `LinearAlgebraError.notFinite`; `DimensionError`; `AnalysisError.tooFew` for fewer points than k + 1 or fewer than three
  /// neighbours, `.outOfRange`.
  public init(
    of points: Matrix<Double>, neighbourCount: Int = 20, times: [Int]? = nil, window: Int = 0, level: Double = 0.95,
    resampleCount: Int = 200, using random: inout SeededGenerator
  ) throws {
    guard neighbourCount >= 3 else { throw AnalysisError.tooFew("neighbours", count: neighbourCount, minimum: 3) }
    guard neighbourCount < points.rowCount else {
      throw AnalysisError.tooFew(
        "points for \(neighbourCount) neighbours", count: points.rowCount, minimum: neighbourCount + 1)
    }
    let distinct = try DistinctPoints(of: points, times: times, atLeast: neighbourCount + 1)
    let nearest = try distinct.nearest(neighbourCount, window: window)
    var sums: [Double] = []
    var totals = [Double](repeating: 0, count: neighbourCount + 1)
    for point in 0..<distinct.points.rowCount {
      let logs = nearest.distances(of: point).map { log($0) }
      var before = 0.0
      for (place, own) in logs.enumerated() {
        totals[place + 1] += Double(place) * own - before
        if place == neighbourCount - 1 { sums.append(Double(place) * own - before) }
        before += own
      }
    }
    // A point whose neighbours are all equally far has no finite dimension of its own.
    let spread = sums.filter { $0 > 1e-9 }
    guard spread.count >= 2 else { throw DimensionError.equalDistances }
    mean = try BootstrapInterval(
      meanOf: spread.map { Double(neighbourCount - 2) / $0 }, level: level, resampleCount: resampleCount, using: &random
    )
    inverseMean = try BootstrapInterval(
      of: sums, level: level, resampleCount: resampleCount, using: &random
    ) { Double(neighbourCount - 1) * Double($0.count) / $0.reduce(0, +) }
    .widened(forDeviations: sums, among: nearest)
    byNeighbourCount = (3...neighbourCount).map { count in
      totals[count] > 0 ? Double(count - 1) * Double(sums.count) / totals[count] : .infinity
    }
    self.neighbourCount = neighbourCount
    pointCount = sums.count
    scale = quantile(
      of: (0..<sums.count).map { nearest.distances[($0 + 1) * neighbourCount - 1] }.sorted(), 0.5)
  }
}
