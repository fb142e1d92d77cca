import Foundation

/// Thresholds of several sizes, followed to where there is no end: p(L) = p∞ + a L^(−1/ν), by least squares weighted by how well
/// each is known.
///
/// References: stauffer1994, newman2001.
public struct FiniteSizeScaling: Sendable, Hashable {
  /// The exponent ν of the correlation length in the plane.
  public static let exponent = 4.0 / 3

  /// The threshold of no end, with its interval of 95 % over replicas.
  public let limit: BootstrapInterval
  /// The slope a.
  public let slope: Double

  /// What a length is plotted over: L^(−1/ν).
  public static func abscissa(_ length: Double) -> Double { pow(length, -1 / exponent) }

  /// Fits.
  ///
  /// - Parameters:
  ///   - lengths: sites per side, two different ones at least.
  ///   - thresholds: one of each.
  ///
  /// Throws: `AnalysisError.tooFew` for fewer than two different lengths, `.sizeMismatch`.
  public init(lengths: [Double], thresholds: [SitePercolation.Threshold]) throws {
    guard lengths.count == thresholds.count else {
      throw AnalysisError.sizeMismatch(
        "number of thresholds", size: "\(thresholds.count)", expected: "\(lengths.count)")
    }
    let different = Set(lengths).count
    guard different >= 2 else { throw AnalysisError.tooFew("sizes", count: different, minimum: 2) }
    let places = lengths.map(Self.abscissa)
    let weights = thresholds.map { threshold in
      let middle = threshold.draws.reduce(0, +) / Double(threshold.draws.count)
      let variance = threshold.draws.reduce(0) { $0 + ($1 - middle) * ($1 - middle) } / Double(threshold.draws.count)
      // No threshold is known better than fractions are apart.
      return 1 / max(variance, 1e-6)
    }
    let total = weights.reduce(0, +)
    let centre = zip(weights, places).reduce(0) { $0 + $1.0 * $1.1 } / total
    let spread = zip(weights, places).reduce(0) { $0 + $1.0 * ($1.1 - centre) * ($1.1 - centre) }
    func line(_ values: [Double]) -> (limit: Double, slope: Double) {
      let mean = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 } / total
      let slope = values.indices.reduce(0) { $0 + weights[$1] * (places[$1] - centre) * values[$1] } / spread
      return (mean - slope * centre, slope)
    }
    let found = line(thresholds.map(\.fraction.value))
    let drawCount = thresholds.map(\.draws.count).min() ?? 0
    let draws = (0..<drawCount).map { draw in line(thresholds.map { $0.draws[draw] }).limit }
    slope = found.slope
    limit = try BootstrapInterval(value: found.limit, resampled: draws, level: 0.95)
  }
}
