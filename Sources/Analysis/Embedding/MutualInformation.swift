import Foundation
import LinearAlgebra

/// What a signal's value tells of its value some samples later, in nats.
///
/// Range: from 0 (estimates may fall below by chance); without limit for signals without noise.
///
/// Laws: shift and scale change nothing; adaptive bins and nearest neighbours see only the order of values, or nearly so.
///
/// References: fraser1986, kraskov2004.
public struct MutualInformation: Sendable, Hashable {
  /// How information is estimated.
  public enum Estimator: Sendable, Hashable {
    /// Bins of equal width over the range; by default max(4, ⌊√(N/20)⌋) of them.
    case fixedBins(Int?)
    /// Cells of equal shares, divided as long as their points lie unevenly.
    case adaptiveBins
    /// Kraskov's first estimator, from the distances to the k-th neighbours.
    case neighbours(Int)
  }

  /// How it was estimated.
  public let estimator: Estimator
  /// By lag from 0; of nearest neighbours, which know no bound for a signal and itself, lag 0 repeats lag 1.
  public let values: [Double]
  /// What independent values would show by chance: the mean under the estimator.
  public let chance: Double
  /// The deviation of what they would show.
  public let spread: Double

  /// Measures a signal, up to a lag.
  ///
  /// Throws: `SignalError.tooShort` where no trial has ten samples beyond the lag; `AnalysisError` for no lags, bins or neighbours.
  public init(of signal: Signal, upTo most: Int, estimator: Estimator = .fixedBins(nil)) throws {
    guard most >= 1 else { throw AnalysisError.tooFew("lags", count: most, minimum: 1) }
    guard signal.longest >= most + 10 else {
      throw SignalError.tooShort(longest: signal.longest, needed: most + 10, for: "lags up to \(most) take")
    }
    self.estimator = estimator
    let lags = Array(0...most)
    @Sendable func pairs(_ lag: Int) -> [(Int, Int)] {
      signal.trials.filter { $0.count > lag }.flatMap { trial in
        (trial.lowerBound..<(trial.upperBound - lag)).map { ($0, $0 + lag) }
      }
    }
    switch estimator {
    case .fixedBins(let asked):
      let bins = asked ?? max(4, Int((Double(signal.count) / 20).squareRoot()))
      guard bins >= 2, bins <= 1000 else {
        throw AnalysisError.outOfRange("number of bins", Double(bins), rule: "from 2 to 1000")
      }
      let low = signal.values.min() ?? 0
      let width = ((signal.values.max() ?? 1) - low) / Double(bins)
      let cells = signal.values.map { min(bins - 1, max(0, Int(($0 - low) / width))) }
      values = concurrently(lags) { lag in JointBins(cells, bins, signal.trials, lag: lag).information }
      // 2 N times the information of independent values is χ² distributed.
      chance = Double((bins - 1) * (bins - 1)) / Double(2 * signal.count)
      spread = Double(bins - 1) / (2.0.squareRoot() * Double(signal.count))
    case .adaptiveBins:
      values = concurrently(lags) { lag in
        let places = pairs(lag)
        return AdaptiveCells(places.map { signal.values[$0.0] }, places.map { signal.values[$0.1] }).information
      }
      chance = 0
      spread = 1 / Double(signal.count).squareRoot()
    case .neighbours(let count):
      guard count >= 1 else { throw AnalysisError.tooFew("neighbours", count: count, minimum: 1) }
      let found = try lags.dropFirst().map { lag in
        let places = pairs(lag)
        return try MutualInformation.kraskov(
          places.map { (signal.values[$0.0] - signal.mean) / signal.deviation },
          places.map { (signal.values[$0.1] - signal.mean) / signal.deviation }, neighbours: count)
      }
      values = [found[0]] + found
      chance = 0
      spread = 1 / Double(signal.count).squareRoot()
    }
  }

  /// The first lag at which it is lower than at the lag before and rises for two lags after, each the mean of three; and then rises, before
  /// as much time has passed again, by more than chance would let it. `nil` where there is none.
  public var firstMinimum: Int? {
    guard values.count >= 5 else { return nil }
    let smooth = values.indices.map { lag -> Double in
      lag == 0 || lag == values.count - 1 ? values[lag] : (values[lag - 1] + values[lag] + values[lag + 1]) / 3
    }
    func isLeast(_ lag: Int) -> Bool {
      let (before, here, next, last) = (smooth[lag - 1], smooth[lag], smooth[lag + 1], smooth[lag + 2])
      return here <= before && here < next && next < last && rises(after: lag)
    }
    guard let lag = (1..<(values.count - 3)).first(where: isLeast) else { return nil }
    // The raw least value beside it.
    return (max(1, lag - 1)...(lag + 1)).min { values[$0] < values[$1] }
  }

  /// Whether what follows a least value rises above it by three deviations.
  private func rises(after lag: Int) -> Bool {
    let following = values[(lag + 1)..<min(values.count, 2 * lag + 4)]
    return (following.max() ?? 0) > values[lag] + 3 * spread
  }

  /// Kraskov's estimate of what two variables tell of each other, in nats.
  ///
  /// Throws: `AnalysisError.sizeMismatch` for unequal counts, `.tooFew` for fewer than k + 1 pairs; `LinearAlgebraError.notFinite`.
  public static func kraskov(_ first: [Double], _ second: [Double], neighbours count: Int = 4) throws -> Double {
    guard first.count == second.count else {
      throw AnalysisError.sizeMismatch("number of values", size: "\(second.count)", expected: "\(first.count)")
    }
    let points = Matrix(
      rowCount: first.count, columnCount: 2, entries: zip(first, second).flatMap { (x: Double, y: Double) in [x, y] })
    let nearest = try NeighbourSearch(of: points, metric: .maximum).nearest(count)
    let (rows, columns) = (first.sorted(), second.sorted())
    var sum = 0.0
    for query in first.indices {
      let radius = nearest.distances[(query + 1) * count - 1]
      sum += digamma(Double(max(1, within(radius, of: first[query], in: rows))))
      sum += digamma(Double(max(1, within(radius, of: second[query], in: columns))))
    }
    return digamma(Double(count)) + digamma(Double(first.count)) - sum / Double(first.count)
  }

  /// How many of ascending values are nearer than a radius, the value itself among them.
  private static func within(_ radius: Double, of value: Double, in sorted: [Double]) -> Int {
    func place(_ isBefore: (Double) -> Bool) -> Int {
      var (low, high) = (0, sorted.count)
      while low < high {
        let middle = (low + high) / 2
        if isBefore(sorted[middle]) { low = middle + 1 } else { high = middle }
      }
      return low
    }
    let end = place { (other: Double) -> Bool in other <= value || other - value < radius }
    let start = place { (other: Double) -> Bool in other < value && value - other >= radius }
    return end - start
  }
}
