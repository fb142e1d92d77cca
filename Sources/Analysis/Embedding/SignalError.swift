import Diagnostics

/// What a signal refuses to be embedded for, and why.
public enum SignalError: Diagnosable, Hashable, Sendable {
  /// Nothing changes.
  case constant(value: Double)
  /// Too few different values for any two states to be near and yet apart.
  case coarse(values: Int, needed: Int)
  /// Everything is said after one period.
  case periodic(samples: Double)
  /// No trial is long enough.
  case tooShort(longest: Int, needed: Int, for: String)
  /// A value is NaN or infinite; its place from 0.
  case notFinite(sample: Int, value: String)
  /// Two signals that should go side by side do not.
  case unequalTrials(first: [Int], second: [Int])

  /// What is the matter, with the offending values.
  public var message: String {
    switch self {
    case .constant(let value): "every sample is \(value); a signal must change over time to be embedded"
    case .coarse(let values, let needed):
      "the signal takes \(values) different values only; at least \(needed) are needed for states to be near and yet apart"
    case .periodic(let samples):
      "the signal repeats itself every \(samples) samples; what never leaves one closed curve has no delay and no dimension to be measured"
    case .tooShort(let longest, let needed, let purpose):
      "the longest trial has \(longest) \(longest == 1 ? "sample" : "samples"); \(purpose) at least \(needed)"
    case .notFinite(let sample, let value): "sample \(sample) is \(value); every value must be a finite number"
    case .unequalTrials(let first, let second):
      "the signals' trials have \(lengths(first)) and \(lengths(second)) samples; they must be recorded side by side"
    }
  }

  private func lengths(_ counts: [Int]) -> String {
    let shown = counts.prefix(4).map(String.init).joined(separator: ", ")
    return counts.count > 4 ? shown + ", …" : shown
  }

  /// What the reader can do now.
  public var hint: String? {
    switch self {
    case .constant: "take another unit, or check that time runs along the rows"
    case .periodic:
      "record the system where it does not settle on a cycle, or take two delays a quarter of the period apart"
    case .tooShort: "take a shorter delay, fewer dimensions, a smaller window or more samples"
    case .coarse: "take a unit that is not counted or rounded so coarsely"
    case .notFinite: "cut the gap out, or fill it, before the signal is embedded"
    case .unequalTrials: nil
    }
  }

  /// The signal is at fault, or what is asked of it.
  public var status: ExitStatus {
    if case .notFinite = self { return .inputDamaged }
    return .cellFailed
  }
}
