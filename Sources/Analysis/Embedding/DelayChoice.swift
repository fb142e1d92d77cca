/// The lag to embed a signal with, and why this one.
public struct DelayChoice: Sendable, Hashable {
  /// What the choice rests on.
  public enum Reason: String, Sendable, Hashable, Codable, CaseIterable {
    /// The first lag at which the mutual information is least.
    case firstMinimum = "first-minimum"
    /// The mutual information has no minimum: the autocorrelation's fall below 1/e.
    case decay
    /// Nothing is left after one sample.
    case nothingLeft = "nothing-left"
    /// Neither happens within the lags looked at: the last of them.
    case longest
  }

  /// The lag, in samples.
  public let lag: Int
  /// What it rests on.
  public let reason: Reason

  /// Chooses from what was measured of one signal.
  public init(_ information: MutualInformation, _ correlation: Autocorrelation) {
    let isSpent = information.values.dropFirst().prefix(2).allSatisfy { $0 <= 2 * information.chance + 1e-3 }
    if isSpent, abs(correlation.values.dropFirst().first ?? 0) < 0.1 {
      (lag, reason) = (1, .nothingLeft)
    } else if let minimum = information.firstMinimum {
      (lag, reason) = (minimum, .firstMinimum)
    } else if let decayed = correlation.firstBelowInverseE {
      (lag, reason) = (max(1, decayed), .decay)
    } else {
      (lag, reason) = (max(1, correlation.values.count - 1), .longest)
    }
  }
}
