import Foundation
import LinearAlgebra

/// How the largest component grows while sites of a graph appear in random order, over replicas.
///
/// One sweep over all sites gives a replica's whole curve. The threshold is where the largest share differs most from replica to
/// replica, or where the second-largest component is largest on average; both move towards the same place as sites become many.
///
/// Laws: the same generator gives the same curves, whatever the number of cores.
///
/// References: newman2000, newman2001, liang2024, efron1993.
public struct SitePercolation: Sendable {
  /// Where curves have a peak.
  public struct Threshold: Sendable, Hashable {
    /// The fraction, with its interval of 95 % over replicas.
    public let fraction: BootstrapInterval
    /// The same of every resample of replicas.
    let draws: [Double]
  }

  /// How many sites there are.
  public let siteCount: Int
  /// How many orders were tried.
  public let replicaCount: Int
  /// The fractions of sites present, ascending up to 1, closer where the curve is steep.
  public let fractions: [Double]
  /// The mean over replicas of the largest component's share of the sites present.
  public let mass: [Double]
  /// The deviation of that share over replicas.
  public let deviation: [Double]
  /// The mean over replicas of the second-largest component's share of all sites.
  public let second: [Double]
  /// Where the deviation is largest; `nil` where no component ever holds half of the sites, or all are joined from the first.
  public let byDeviation: Threshold?
  /// Where the second-largest component is largest; `nil` likewise.
  public let bySecond: Threshold?

  /// The share that the largest component holds once all sites are there.
  public var fullMass: Double { mass.last ?? 0 }

  /// More replicas than this are refused: every one is kept until all are there.
  public static let mostReplicas = 1000
  /// More sites than this over all replicas are refused.
  public static let mostWork = 50_000_000
  /// So many numbers of sites are looked at, evenly, and as many at equal ratios.
  private static let looks = 1000
  /// Curves begin here, or before the largest component begins to grow.
  private static let leastFraction = 0.01

  /// Sweeps.
  ///
  /// - Parameters:
  ///   - replicas: how many orders are tried, two at least.
  ///   - places: how many fractions to keep, ten at least.
  ///   - draws: how often replicas are drawn again, for intervals.
  ///
  /// Throws: `AnalysisError.tooFew` for fewer than ten sites, two replicas, ten places or two draws; `.outOfRange` for
  /// more replicas than `mostReplicas` and `mostWork` allow.
  public init(
    on graph: OverlapGraph, replicas: Int, places: Int = 100, draws: Int = 200, using random: SeededGenerator
  ) throws {
    let count = graph.siteCount
    for (name, given, least) in [
      ("centres", count, 10), ("replicas", replicas, 2), ("fractions", places, 10), ("draws", draws, 2),
    ] where given < least { throw AnalysisError.tooFew(name, count: given, minimum: least) }
    let most = min(Self.mostReplicas, Self.mostWork / count)
    guard replicas <= most else {
      throw AnalysisError.outOfRange(
        "number of replicas", Double(replicas), rule: "at most \(most) of \(count) centres")
    }
    siteCount = count
    replicaCount = replicas
    let steps = Set(
      (1...Self.looks).flatMap { look -> [Int] in
        let part = Double(look) / Double(Self.looks)
        return [Int((part * Double(count)).rounded(.up)), Int(pow(Double(count), part).rounded())]
      }
    ).filter { (1...count).contains($0) }.sorted()
    let sweeps = concurrently(Array(0..<replicas)) { replica in
      var order = random.split(replica)
      return graph.sweep(order.shuffled(Array(0..<count)), at: steps)
    }
    let means = steps.indices.map { place in
      sweeps.reduce(0) { $0 + Double($1[place].largest) } / Double(replicas * steps[place])
    }
    // While few sites are there the largest component is a large share of them: the curve begins where that is over.
    let foot = means.indices.min { means[$0] < means[$1] } ?? 0
    let begin = min(foot, steps.firstIndex { Double($0) >= Self.leastFraction * Double(count) } ?? 0)
    let kept = Self.evenly(places, along: steps.map { Double($0) / Double(count) }, means, from: begin)
    let fractions = kept.map { Double(steps[$0]) / Double(count) }
    let shares = sweeps.map { sweep in kept.map { Double(sweep[$0].largest) / Double(steps[$0]) } }
    let seconds = sweeps.map { sweep in kept.map { Double(sweep[$0].second) / Double(count) } }
    self.fractions = fractions
    mass = kept.map { means[$0] }
    let equal = [Double](repeating: 1, count: replicas)
    deviation = Self.deviations(of: shares, weights: equal).map {
      $0 * (Double(replicas) / Double(replicas - 1)).squareRoot()
    }
    second = Self.means(of: seconds, weights: equal)
    let range = (kept.firstIndex { $0 >= foot } ?? 0)..<kept.count
    guard let last = means.last, last >= 0.5, range.count >= 3, second[range].contains(where: { $0 > 0 }),
      deviation[range].contains(where: { $0 > 0 })
    else {
      (byDeviation, bySecond) = (nil, nil)
      return
    }
    var resampling = random.split("draws")
    let weights = (0..<draws).map { _ in
      var weights = [Double](repeating: 0, count: replicas)
      for _ in 0..<replicas { weights[resampling.index(below: replicas)] += 1 }
      return weights
    }
    func threshold(_ curve: ([Double]) -> [Double]) throws -> Threshold {
      func peak(_ weights: [Double]) -> Double { CurvePeak(of: curve(weights), over: fractions, within: range).place }
      let found = weights.map(peak)
      return Threshold(
        fraction: try BootstrapInterval(value: peak(equal), resampled: found, level: 0.95), draws: found)
    }
    byDeviation = try threshold { Self.deviations(of: shares, weights: $0) }
    bySecond = try threshold { Self.means(of: seconds, weights: $0) }
  }

  /// The mean share of the largest component at a fraction, between those kept; `nil` outside.
  public func mass(at fraction: Double) -> Double? {
    guard let above = fractions.firstIndex(where: { $0 >= fraction }) else { return nil }
    guard fractions[above] > fraction else { return mass[above] }
    guard above > 0 else { return nil }
    let part = (fraction - fractions[above - 1]) / (fractions[above] - fractions[above - 1])
    return mass[above - 1] + part * (mass[above] - mass[above - 1])
  }

  /// Places at equal lengths along a curve, its first and last among them.
  private static func evenly(_ count: Int, along x: [Double], _ y: [Double], from begin: Int) -> [Int] {
    var lengths = [0.0]
    for place in (begin + 1)..<max(begin + 1, x.count) {
      lengths.append((lengths.last ?? 0) + abs(x[place] - x[place - 1]) + abs(y[place] - y[place - 1]))
    }
    let whole = lengths.last ?? 0
    var (kept, next): ([Int], Int) = ([], 0)
    for (offset, length) in lengths.enumerated() where length >= whole * Double(next) / Double(count - 1) {
      kept.append(begin + offset)
      while next < count, length >= whole * Double(next) / Double(count - 1) { next += 1 }
    }
    // Rounding must not lose the end.
    if kept.last != x.count - 1 { kept.append(x.count - 1) }
    return kept
  }

  /// Weighted means over replicas.
  private static func means(of curves: [[Double]], weights: [Double]) -> [Double] {
    let total = weights.reduce(0, +)
    var sums = [Double](repeating: 0, count: curves.first?.count ?? 0)
    for (curve, weight) in zip(curves, weights) where weight > 0 {
      for place in sums.indices { sums[place] += weight / total * curve[place] }
    }
    return sums
  }

  /// Weighted deviations over replicas.
  private static func deviations(of curves: [[Double]], weights: [Double]) -> [Double] {
    let middle = means(of: curves, weights: weights)
    let total = weights.reduce(0, +)
    var sums = [Double](repeating: 0, count: middle.count)
    for (curve, weight) in zip(curves, weights) where weight > 0 {
      for place in sums.indices {
        let apart = curve[place] - middle[place]
        sums[place] += weight / total * apart * apart
      }
    }
    return sums.map { $0.squareRoot() }
  }
}
