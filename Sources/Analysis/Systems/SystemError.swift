import Diagnostics

/// What a simulated system refuses, and why.
public enum SystemError: Diagnosable, Hashable, Sendable {
  /// A parameter that the system does not have.
  case unknownParameter(String, system: String, known: [String])
  /// A start with another number of coordinates than the system has.
  case start(count: Int, system: String, expected: [String])
  /// A number that is not finite.
  case notFinite(String, Double)
  /// The solution grew beyond what can be written.
  case leftAllBounds(time: Double)
  /// The step fell below what numbers can tell apart.
  case stepTooSmall(time: Double)
  /// The solution takes more steps than are allowed.
  case tooManySteps(Int, time: Double)

  /// What is the matter, with the offending values.
  public var message: String {
    switch self {
    case .unknownParameter(let name, let system, _): "system '\(system)' has no parameter '\(name)'"
    case .start(let count, let system, let expected):
      "the start has \(count) \(count == 1 ? "coordinate" : "coordinates"); system '\(system)' has \(expected.count): \(expected.joined(separator: ", "))"
    case .notFinite(let name, let value): "\(name) is \(value); it must be a finite number"
    case .leftAllBounds(let time): "the solution leaves all bounds at time \(shown(time))"
    case .stepTooSmall(let time): "at time \(shown(time)) no step is short enough for the tolerances"
    case .tooManySteps(let count, let time): "after \(count) steps the solution has come to time \(shown(time)) only"
    }
  }

  /// Three decimals: what is beyond them depends on the last bits of the step.
  private func shown(_ time: Double) -> String { "\((1000 * time).rounded() / 1000)" }

  /// What the reader can do now.
  public var hint: String? {
    switch self {
    case .unknownParameter(let name, _, let known): nearMissHint(for: name, among: known)
    case .leftAllBounds: "take another start, other parameters or less noise"
    case .stepTooSmall, .tooManySteps: "take larger tolerances, fewer samples or a shorter sample interval"
    default: nil
    }
  }

  /// What was asked for is at fault.
  public var status: ExitStatus { .cellFailed }
}
