import Foundation

/// How much of a signal is left after some samples, linearly.
///
/// ρ(k) = ⟨(x(t) − μ)(x(t + k) − μ)⟩/σ², the mean over all pairs within trials.
///
/// Laws: ρ(0) is 1; shift and scale change nothing.
public struct Autocorrelation: Sendable, Hashable {
  /// ρ, by lag from 0.
  public let values: [Double]

  /// Correlates a signal with itself, up to a lag.
  ///
  /// Throws: `SignalError.tooShort` where no trial is longer than the lag.
  public init(of signal: Signal, upTo most: Int) throws {
    guard most >= 1 else { throw AnalysisError.tooFew("lags", count: most, minimum: 1) }
    guard signal.longest > most else {
      throw SignalError.tooShort(longest: signal.longest, needed: most + 1, for: "lags up to \(most) take")
    }
    let centred = signal.values.map { ($0 - signal.mean) / signal.deviation }
    values = centred.withUnsafeBufferPointer { centred in
      guard let base = centred.baseAddress else { return [] }
      return (0...most).map { lag in
        var (sum, count) = (0.0, 0)
        for trial in signal.trials where trial.count > lag {
          var place = base + trial.lowerBound
          let end = base + (trial.upperBound - lag)
          while place < end {
            sum += place[0] * place[lag]
            place += 1
          }
          count += trial.count - lag
        }
        return sum / Double(count)
      }
    }
  }

  /// The first lag at which it is 0 or less.
  public var firstZero: Int? { values.firstIndex { $0 <= 0 } }
  /// The first lag at which it is below 1/e.
  public var firstBelowInverseE: Int? { values.firstIndex { $0 < exp(-1) } }
  /// The first lag at which it is lower than before and after.
  public var firstMinimum: Int? {
    values.indices.dropFirst().dropLast().first { values[$0] < values[$0 - 1] && values[$0] <= values[$0 + 1] }
  }
}
