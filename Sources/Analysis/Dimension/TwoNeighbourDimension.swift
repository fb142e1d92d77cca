import Foundation
import LinearAlgebra

/// The dimension in which the second neighbour is as much farther than the first one as it is, for each point.
///
/// The ratio μ of both distances follows Pareto's law with the dimension d as exponent, wherever the density hardly varies as far as
/// the second neighbour. The fit is the slope through 0 of −ln(1 − F) over ln μ, with F the share of smaller ratios and the largest
/// ratios discarded; the maximum likelihood is (N − 1)/Σ ln μ.
///
/// Conventions: Euclidean distances; copies of points are left out; F of the i-th of N ratios is i/N. Intervals resample the
/// ratios, and are widened for neighbours' having the same first neighbour distance.
///
/// Laws: unchanged by translation, rotation and scale. Too low in many dimensions, where points are too few to be near.
///
/// References: facco2017.
public struct TwoNeighbourDimension: Sendable, Hashable, Codable {
  /// The slope of the fit.
  public let fit: BootstrapInterval
  /// The maximum of the likelihood.
  public let likelihood: BootstrapInterval
  /// How many ratios there are: one for each distinct point.
  public let ratioCount: Int
  /// The median distance of second neighbours: the scale that the estimate is of.
  public let scale: Double

  /// Estimates from the rows of a matrix.
  ///
  /// - Parameters:
  ///   - times: each point's time, its row unless told.
  ///   - window: points that are no further apart in time are no neighbours (Theiler's window).
  ///   - discard: the share of largest ratios that the fit leaves out.
  ///
  /// Throws: `LinearAlgebraError.notFinite`; `DimensionError`; `AnalysisError.tooFew` for fewer than four points, or where a window leaves
  /// no two neighbours, `.outOfRange`.
  public init(
    of points: Matrix<Double>, times: [Int]? = nil, window: Int = 0, discard: Double = 0.1, level: Double = 0.95,
    resampleCount: Int = 200, using random: inout SeededGenerator
  ) throws {
    guard discard >= 0, discard < 1 else {
      throw AnalysisError.outOfRange("discard", discard, rule: "from 0 to below 1")
    }
    guard resampleCount <= 100_000 else {
      throw AnalysisError.outOfRange("number of resamples", Double(resampleCount), rule: "at most 100000")
    }
    let distinct = try DistinctPoints(of: points, times: times, atLeast: 4)
    let nearest = try distinct.nearest(2, window: window)
    let count = distinct.points.rowCount
    let logs = (0..<count).map { log(nearest.distances[2 * $0 + 1] / nearest.distances[2 * $0]) }
    let ratios = logs.sorted()
    // The largest ratio has F = 1, and no height.
    let kept = min(count - 1, max(2, Int(Double(count) * (1 - discard))))
    guard let widest = ratios.last, widest > 1e-9, ratios[kept - 1] > 0 else { throw DimensionError.equalDistances }
    // −ln(1 − F): what the fit's line is to pass through.
    let heights = (0..<kept).map { -log1p(-Double($0 + 1) / Double(count)) }
    @Sendable func slope(_ values: (Int) -> Double) -> Double {
      var (product, square) = (0.0, 0.0)
      for place in 0..<kept {
        let value = values(place)
        product += heights[place] * value
        square += value * value
      }
      return product / square
    }
    let seed = SeededGenerator(seed: random.next())
    // Resamples in parts, of ratios that are sorted once.
    let resampled = concurrently(Array(stride(from: 0, to: max(0, resampleCount), by: 25))) { start in
      var own = seed.split(start)
      var statistics: [(fit: Double, likelihood: Double)] = []
      var counts = [Int32](repeating: 0, count: count)
      var drawn = [Double](repeating: 0, count: count)
      for _ in start..<min(resampleCount, start + 25) {
        for place in 0..<count { counts[place] = 0 }
        for _ in 0..<count { counts[own.index(below: count)] += 1 }
        var (sum, filled) = (0.0, 0)
        for place in 0..<count {
          for _ in 0..<counts[place] {
            drawn[filled] = ratios[place]
            filled += 1
          }
          sum += Double(counts[place]) * ratios[place]
        }
        // All ratios may be 0 in a resample of few.
        guard drawn[kept - 1] > 0 else { continue }
        statistics.append((slope { drawn[$0] }, Double(count - 1) / sum))
      }
      return statistics
    }.flatMap { $0 }
    fit = try BootstrapInterval(value: slope { ratios[$0] }, resampled: resampled.map(\.fit), level: level)
      .widened(forDeviations: logs, among: nearest)
    likelihood = try BootstrapInterval(
      value: Double(count - 1) / ratios.reduce(0, +), resampled: resampled.map(\.likelihood), level: level
    ).widened(forDeviations: logs, among: nearest)
    ratioCount = count
    scale = quantile(of: (0..<count).map { nearest.distances[2 * $0 + 1] }.sorted(), 0.5)
  }
}
