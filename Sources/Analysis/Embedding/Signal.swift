import Foundation
import LinearAlgebra

/// One unit over time, trial by trial: what is embedded.
///
/// Laws: every value is finite, and not all are the same.
public struct Signal: Sendable, Hashable {
  /// The samples of all trials, one trial after the other.
  public let values: [Double]
  /// The places of each trial's samples among them.
  public let trials: [Range<Int>]
  /// The mean over all samples.
  public let mean: Double
  /// The standard deviation over all samples, with n in the denominator.
  public let deviation: Double

  /// Makes a signal of trials.
  ///
  /// Throws: `SignalError.tooShort` for no samples, `.notFinite`, `.constant`.
  public init(trials: [[Double]]) throws(SignalError) {
    let values = trials.flatMap { $0 }
    guard let first = values.first else { throw .tooShort(longest: 0, needed: 2, for: "a signal takes") }
    if let place = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(sample: place, value: "\(values[place])")
    }
    var (ranges, start): ([Range<Int>], Int) = ([], 0)
    for trial in trials {
      ranges.append(start..<(start + trial.count))
      start += trial.count
    }
    // Scaled, so that squares of large numbers stay finite.
    let largest = values.reduce(0) { max($0, abs($1)) }
    let mean = largest == 0 ? 0 : values.reduce(0) { $0 + $1 / largest } / Double(values.count) * largest
    deviation = norm(of: values.map { $0 - mean }) / Double(values.count).squareRoot()
    guard deviation > 8 * Double.ulpOfOne * abs(mean) else { throw .constant(value: first) }
    self.values = values
    self.trials = ranges
    self.mean = mean
  }

  /// Makes a signal of one trial.
  ///
  /// Throws: as `init(trials:)`.
  public init(_ values: [Double]) throws(SignalError) { try self.init(trials: [values]) }

  /// One unit of a recording, by position.
  ///
  /// Throws: as `init(trials:)`.
  public init(of recording: Recording, unit: Int) throws(SignalError) {
    try self.init(trials: recording.trajectories.map { $0.samples.column(unit) })
  }

  /// The number of samples of all trials.
  public var count: Int { values.count }
  /// The number of samples of the longest trial.
  public var longest: Int { trials.map(\.count).max() ?? 0 }

  /// Less its mean, over its deviation.
  public var standardized: Signal {
    Signal(
      values: values.map { ($0 - mean) / deviation }, trials: trials, mean: 0, deviation: 1)
  }

  /// Other values in the same trials, whose mean and deviation are known.
  private init(values: [Double], trials: [Range<Int>], mean: Double, deviation: Double) {
    (self.values, self.trials, self.mean, self.deviation) = (values, trials, mean, deviation)
  }

  /// The length of its cycle, in samples, where it does nothing but repeat itself to a thousandth of its deviation.
  ///
  /// Conventions: at least three cycles must be seen; lengths between two samples are found by interpolation.
  public var period: Double? {
    let most = longest / 3
    guard most >= 4, let correlation = try? Autocorrelation(of: self, upTo: min(most, 4000)) else { return nil }
    let values = correlation.values
    let peaks = values.indices.filter { lag in
      lag >= 2 && lag < values.count - 1 && values[lag] > 0.9 && values[lag] >= values[lag - 1]
        && values[lag] >= values[lag + 1]
    }
    for peak in peaks.prefix(4) {
      // The mismatch has one least value near the peak.
      var (low, high) = (Double(peak) - 1, Double(peak) + 1)
      for _ in 0..<40 {
        let (left, right) = (low + 0.382 * (high - low), low + 0.618 * (high - low))
        if mismatch(at: left) < mismatch(at: right) { high = right } else { low = left }
      }
      let found = (low + high) / 2
      let whole = found.rounded()
      let best = mismatch(at: whole) <= mismatch(at: found) * 1.0001 + 1e-12 ? whole : found
      if mismatch(at: best) < 1e-3 { return (1000 * best).rounded() / 1000 }
    }
    return nil
  }

  /// The root mean square of x(t + P) − x(t), over the deviation.
  private func mismatch(at period: Double) -> Double {
    let whole = Int(period.rounded(.down))
    let share = period - Double(whole)
    // Lagrange's polynomial through four samples.
    let weights = [
      -share * (share - 1) * (share - 2) / 6, (share + 1) * (share - 1) * (share - 2) / 2,
      -(share + 1) * share * (share - 2) / 2, (share + 1) * share * (share - 1) / 6,
    ]
    var (sum, count) = (0.0, 0)
    for trial in trials where trial.count > whole + 3 {
      // A few thousand places tell as much as all.
      let step = max(1, (trial.count - whole) / 4000)
      for place in stride(from: trial.lowerBound, to: trial.upperBound - whole - 2, by: step)
      where place + whole > trial.lowerBound {
        var difference = -values[place]
        for k in 0..<4 { difference += weights[k] * values[place + whole - 1 + k] }
        sum += difference / deviation * (difference / deviation)
        count += 1
      }
    }
    return count == 0 ? .infinity : (sum / Double(count)).squareRoot()
  }
}
