import Foundation
import LinearAlgebra

/// The share of pairs of points nearer than a radius, by radius, without pairs too near in time: C(r) = #{d ≤ r, |i − j| > w}/#{|i − j| > w}.
///
/// References: grassberger1983, theiler1986.
public struct CorrelationSum: Sendable, Hashable {
  /// Rising radii.
  public let radii: [Double]
  /// C at each.
  public let values: [Double]
  /// The number of pairs nearer than each radius.
  public let pairCounts: [Int]

  /// Counts pairs.
  ///
  /// Throws: `AnalysisError.outOfRange` for radii that do not rise, `.tooFew` for no radii or no pair beyond the window.
  public init(
    of points: Matrix<Double>, times: [Int]? = nil, radii: [Double], window: Int = 0,
    metric: NeighbourSearch.Metric = .euclidean
  ) throws {
    guard !radii.isEmpty else { throw AnalysisError.tooFew("radii", count: 0, minimum: 1) }
    let search = try NeighbourSearch(of: points, times: times, metric: metric)
    let counts = try search.counts(within: radii, window: window)
    var sums = [Int](repeating: 0, count: radii.count)
    for line in counts { for (index, count) in line.enumerated() { sums[index] += count } }
    let pairs = CorrelationSum.pairCount(search.times, window: window)
    guard pairs > 0 else {
      throw AnalysisError.tooFew("pairs of points beyond the Theiler window of \(window)", count: 0, minimum: 1)
    }
    self.radii = radii
    pairCounts = sums.map { $0 / 2 }
    values = sums.map { Double($0) / 2 / Double(pairs) }
  }

  /// Radii evenly spaced in their logarithm.
  public static func radii(from least: Double, to most: Double, count: Int) -> [Double] {
    (0..<count).map { least * pow(most / least, Double($0) / Double(max(1, count - 1))) }
  }

  private static func pairCount(_ times: [Int], window: Int) -> Int {
    let sorted = times.sorted()
    var (start, count) = (0, 0)
    for time in sorted {
      while time - sorted[start] > window { start += 1 }
      count += start
    }
    return count
  }

  /// The correlation dimension: the slope of ln C over ln r, by least squares.
  ///
  /// Throws: `AnalysisError.tooFew` where fewer than three radii with pairs lie in the range.
  public func dimension(over range: ClosedRange<Double>) throws -> Double {
    let kept = radii.indices.filter { range.contains(radii[$0]) && pairCounts[$0] > 0 }
    guard kept.count >= 3 else {
      throw AnalysisError.tooFew("radii with pairs in the range", count: kept.count, minimum: 3)
    }
    return LineFit(kept.map { log(radii[$0]) }, kept.map { log(values[$0]) }).slope
  }

  /// The local slopes of ln C over ln r, between neighbouring radii; `nil` where there are no pairs.
  public var slopes: [Double?] {
    radii.indices.dropLast().map { index in
      pairCounts[index] > 0
        ? log(values[index + 1] / values[index]) / log(radii[index + 1] / radii[index]) : nil
    }
  }

  /// The range of radii over which slopes differ least: of all stretches over at least a third of the radii with enough pairs
  /// (a hundred) and C below a tenth, the one in which the local slopes have the least deviation.
  public var scalingRange: ClosedRange<Double>? {
    let kept = radii.indices.filter { pairCounts[$0] >= 100 && values[$0] <= 0.1 }
    guard kept.count >= 4, let first = kept.first, let last = kept.last else { return nil }
    let local = slopes
    let least = max(3, kept.count / 3)
    var best: (deviation: Double, range: ClosedRange<Double>)?
    for start in first...(last - least) {
      let part = (start..<(start + least)).compactMap { local[$0] }
      guard part.count == least else { continue }
      let mean = part.reduce(0, +) / Double(least)
      let deviation = part.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot() / max(mean, 1e-12)
      if best.map({ deviation < $0.deviation }) ?? true { best = (deviation, radii[start]...radii[start + least]) }
    }
    return best?.range
  }
}
