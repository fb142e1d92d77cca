import Foundation

/// A power law y = a·x^b through points, by least squares between logarithms.
public struct ScalingLaw: Codable, Hashable, Sendable {
  /// b.
  public let exponent: Double
  /// The standard error of b; `nil` for fewer than three points.
  public let standardError: Double?
  /// ln a.
  public let offset: Double

  /// Fits the points, whose coordinates are above 0.
  ///
  /// - Throws: `AnalysisError.tooFew` for fewer than two different x; `.notPositive` for a coordinate that is not above 0;
  /// `.sizeMismatch` for another number of y than of x.
  public init(x: [Double], y: [Double]) throws(AnalysisError) {
    guard x.count == y.count else { throw .sizeMismatch("number of y", size: "\(y.count)", expected: "\(x.count)") }
    for value in x { _ = try positive("x", value) }
    for value in y { _ = try positive("y", value) }
    let distinct = Set(x).count
    guard distinct >= 2 else { throw .tooFew("different x", count: distinct, minimum: 2) }
    let (u, v) = (x.map { log($0) }, y.map { log($0) })
    let (uMean, vMean) = (u.reduce(0, +) / Double(u.count), v.reduce(0, +) / Double(v.count))
    let squares = u.reduce(0) { $0 + ($1 - uMean) * ($1 - uMean) }
    let slope = zip(u, v).reduce(0) { $0 + ($1.0 - uMean) * ($1.1 - vMean) } / squares
    let rest = zip(u, v).reduce(0) { sum, pair in
      let missed = pair.1 - vMean - slope * (pair.0 - uMean)
      return sum + missed * missed
    }
    exponent = slope
    offset = vMean - slope * uMean
    standardError = u.count > 2 ? (rest / Double(u.count - 2) / squares).squareRoot() : nil
  }

  /// a·x^b.
  public func value(at x: Double) -> Double { exp(offset + exponent * log(x)) }
}
