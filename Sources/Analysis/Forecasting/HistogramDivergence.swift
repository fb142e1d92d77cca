import Foundation

/// How differently two sets of numbers are distributed: Kullback and Leibler's divergence of histograms, of what there was from what was
/// generated, in nats.
///
/// Conventions: even bins over the mean ± 2 standard deviations of what there was; the outermost also hold what lies beyond.
/// 10⁻⁵ is added to every share, so that what never occurs is not infinitely surprising.
///
/// Range: 0 or more; about 11.5 where nothing overlaps.
///
/// References: kullback1951, ostrow2024.
public struct HistogramDivergence: Sendable, Hashable {
  /// Divided by this, small shares are as if an observation in 10⁵ were elsewhere.
  private static let floor = 1e-5

  /// The divergence, in nats.
  public let value: Double

  /// Compares; values that are not finite count as lying beyond.
  ///
  /// Throws: `AnalysisError.tooFew` for fewer than two numbers on either side or two bins; `SignalError.constant`.
  public init(of truth: [Double], from generated: [Double], binCount: Int = 100) throws {
    guard binCount >= 2 else { throw AnalysisError.tooFew("bins", count: binCount, minimum: 2) }
    guard min(truth.count, generated.count) >= 2 else {
      throw AnalysisError.tooFew("numbers to compare", count: min(truth.count, generated.count), minimum: 2)
    }
    let signal = try Signal(truth)
    func shares(_ values: [Double]) -> [Double] {
      var counts = [Double](repeating: 0, count: binCount)
      for value in values {
        let place = ((value - signal.mean) / signal.deviation + 2) / 4 * Double(binCount)
        // What is not a number goes to the end, as what has left every bound.
        counts[place.isFinite ? min(binCount - 1, max(0, Int(max(-1, min(Double(binCount), place))))) : binCount - 1] +=
          1
      }
      let whole = Double(values.count) * (1 + Self.floor * Double(binCount))
      return counts.map { ($0 + Self.floor * Double(values.count)) / whole }
    }
    value = zip(shares(truth), shares(generated)).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) }
  }
}
