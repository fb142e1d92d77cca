import Diagnostics

/// What a recording refuses to be, and why.
public enum RecordingError: Diagnosable, Hashable, Sendable {
  /// There is no trial.
  case noTrials
  /// There is no unit.
  case noUnits(trial: String)
  /// A trial has no samples.
  case noSamples(trial: String)
  /// Trials differ in the number of units.
  case unequalUnits(trial: String, count: Int, first: String, expected: Int)
  /// There are more or fewer names than units.
  case unitNames(count: Int, units: Int)
  /// A value is NaN or infinite; the first one's place, samples from 0, and how many there are in the trial.
  case notFinite(trial: String, sample: Int, unit: String, value: String, count: Int)
  /// The time between samples is no time.
  case sampleInterval(Double)
  /// Every unit stands still, so that there is nothing to scale or to model.
  case allConstant
  /// Values whose squares are no numbers any more, or none yet.
  case scale(largest: Double)
  /// No trial is long enough for a window.
  case tooShort(longest: Int, needed: Int, for: String)

  /// What is the matter, with the offending places and values.
  public var message: String {
    switch self {
    case .noTrials: "the recording has no trials; at least one is needed"
    case .noUnits(let trial): "trial '\(trial)' has no units; at least one is needed"
    case .noSamples(let trial): "trial '\(trial)' has no samples; at least one is needed"
    case .unequalUnits(let trial, let count, let first, let expected):
      "trial '\(trial)' has \(units(count)); it must have \(expected), as trial '\(first)' has"
    case .unitNames(let count, let units): "\(count) names for \(self.units(units)); there must be one for each"
    case .notFinite(let trial, let sample, let unit, let value, let count):
      "sample \(sample) of unit '\(unit)' in trial '\(trial)' is \(value)"
        + (count > 1 ? ", and \(count - 1) more of the trial \(count == 2 ? "is" : "are") not finite" : "")
        + "; every value must be a finite number"
    case .sampleInterval(let value): "sample interval is \(value); it must be a finite number above 0"
    case .allConstant: "every unit is constant; at least one must change over time"
    case .scale(let largest):
      "the largest value is \(largest); it must be from 1e-140 to 1e+140, so that squares of values are numbers"
    case .tooShort(let longest, let needed, let purpose):
      "the longest trial has \(longest) \(longest == 1 ? "sample" : "samples"); \(purpose) at least \(needed)"
    }
  }

  private func units(_ count: Int) -> String { "\(count) \(count == 1 ? "unit" : "units")" }

  /// What the reader can do now.
  public var hint: String? {
    switch self {
    case .notFinite: "cut the gap out, or fill it, before the recording is saved"
    case .allConstant: "check that time runs along the rows and units along the columns"
    case .scale: "record in another unit"
    case .tooShort: "take fewer delays, a shorter lag or a smaller subsampling factor"
    default: nil
    }
  }

  /// The recording is at fault, or what is asked of it.
  public var status: ExitStatus {
    switch self {
    case .allConstant, .scale, .tooShort: .cellFailed
    default: .inputDamaged
    }
  }
}
