import LinearAlgebra

/// A percentile interval of a statistic, from samples drawn again with replacement.
///
/// References: efron1993.
public struct BootstrapInterval: Sendable, Hashable, Codable {
  /// The statistic of the samples themselves.
  public let value: Double
  /// The lower end.
  public let lower: Double
  /// The upper end.
  public let upper: Double
  /// The share of resampled statistics within, such as 0.95.
  public let level: Double

  init(value: Double, lower: Double, upper: Double, level: Double) {
    (self.value, self.lower, self.upper, self.level) = (value, lower, upper, level)
  }

  /// Takes the interval from statistics of resamples, two or more.
  init(value: Double, resampled: [Double], level: Double) throws(AnalysisError) {
    guard resampled.count >= 2 else { throw .tooFew("resamples", count: resampled.count, minimum: 2) }
    guard level > 0, level < 1 else { throw .outOfRange("level", level, rule: "above 0 and below 1") }
    let statistics = resampled.sorted()
    self.level = level
    self.value = value
    lower = quantile(of: statistics, (1 - level) / 2)
    upper = quantile(of: statistics, (1 + level) / 2)
  }

  /// Resamples; the statistic is the mean unless told.
  ///
  /// Throws: `AnalysisError.tooFew` for fewer than two samples or a single resample; `.outOfRange` for the level.
  public init<Sample: Sendable>(
    of samples: [Sample], level: Double = 0.95, resampleCount: Int = 1000, using random: inout SeededGenerator,
    statistic: ([Sample]) -> Double
  ) throws(AnalysisError) {
    guard samples.count >= 2 else { throw .tooFew("samples", count: samples.count, minimum: 2) }
    var statistics: [Double] = []
    for _ in 0..<max(0, resampleCount) {
      statistics.append(statistic(samples.map { _ in samples[random.index(below: samples.count)] }))
    }
    try self.init(value: statistic(samples), resampled: statistics, level: level)
  }

  /// Resamples the mean.
  ///
  /// Throws: `AnalysisError.tooFew` for fewer than two samples or a single resample; `.outOfRange` for the level.
  public init(
    meanOf samples: [Double], level: Double = 0.95, resampleCount: Int = 1000, using random: inout SeededGenerator
  ) throws(AnalysisError) {
    try self.init(of: samples, level: level, resampleCount: resampleCount, using: &random) {
      $0.reduce(0, +) / Double($0.count)
    }
  }

  /// Resamples a series whose samples depend on the ones before: blocks of successive samples are drawn, and the statistic
  /// is taken of the means of several columns over them. Columns far from zero for their spread are better centred first.
  ///
  /// References: kunsch1989.
  ///
  /// Throws: `AnalysisError.tooFew` for fewer samples than four blocks, or a single resample; `.sizeMismatch` for columns
  /// of unequal length; `.outOfRange` for the level.
  public init(
    meansOf columns: [[Double]], blockLength: Int, level: Double = 0.95, resampleCount: Int = 1000,
    using random: inout SeededGenerator, statistic: ([Double]) -> Double
  ) throws(AnalysisError) {
    let count = columns.first?.count ?? 0
    for column in columns where column.count != count {
      throw .sizeMismatch("number of samples", size: "\(column.count)", expected: "\(count)")
    }
    guard blockLength >= 1 else { throw .tooFew("samples of a block", count: blockLength, minimum: 1) }
    guard count / 4 >= blockLength else {
      throw .tooFew("samples for four blocks of \(blockLength)", count: count, minimum: blockLength * 4)
    }
    let sums = columns.map { $0.reduce(into: [0.0]) { $0.append(($0.last ?? 0) + $1) } }
    let blockCount = (count + blockLength - 1) / blockLength
    var statistics: [Double] = []
    var means = [Double](repeating: 0, count: columns.count)
    for _ in 0..<max(0, resampleCount) {
      for index in means.indices { means[index] = 0 }
      for _ in 0..<blockCount {
        let start = random.index(below: count - blockLength + 1)
        for index in means.indices { means[index] += sums[index][start + blockLength] - sums[index][start] }
      }
      statistics.append(statistic(means.map { $0 / Double(blockCount * blockLength) }))
    }
    let whole = statistic(sums.map { ($0.last ?? 0) / Double(count) })
    try self.init(value: whole, resampled: statistics, level: level)
  }
}

/// A quantile of ascending values, interpolated between neighbours (Hyndman and Fan's type 7); not a number of none.
public func quantile(of ascending: [Double], _ weight: Double) -> Double {
  guard !ascending.isEmpty else { return .nan }
  let place = weight * Double(ascending.count - 1)
  let below = min(max(0, Int(place)), ascending.count - 1)
  let above = min(below + 1, ascending.count - 1)
  return ascending[below] + (place - Double(below)) * (ascending[above] - ascending[below])
}
