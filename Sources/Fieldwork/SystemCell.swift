import Analysis
import Diagnostics
import Probing

extension SimulatedSystem.Kind: ParameterChoice {}

/// A recording of a system whose equations are known, simulated at every build: ground truth for what is measured of it.
public struct SystemCell: CellForm {
  /// The kind under which notebooks ask for it.
  public static let kind = "system"
  /// The keys where the notebook is silent.
  public static let standard = SystemCell()

  /// Which equations.
  public var equations: SimulatedSystem.Kind?
  /// Their parameters, where they differ from the literature's.
  public var parameters: [String: Double]?
  /// Where the system starts.
  public var start: [Double]?
  /// The time from one sample to the next; of maps, one step.
  public var sampleInterval: Double?
  /// The unit of time.
  public var timeUnit: String?
  /// How many samples a trial has.
  public var samples = 10_000
  /// How many samples before them are left out.
  public var discard = 1000
  /// How many trials there are.
  public var trials = 1
  /// The deviation of what is added to the record, in the units' own measure.
  public var noise = 0.0
  /// The deviation of what pushes the state; in a flow, per root of a unit of time.
  public var processNoise = 0.0
  /// What chance goes by.
  public var seed: UInt64 = 1

  /// Refuses keys that make no sense.
  public func validate() throws(ParameterError) {
    guard let equations else {
      throw .missing(
        "equations", "name one of \(SimulatedSystem.Kind.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", "))")
    }
    let known = equations.standardParameters.keys.sorted()
    for (name, value) in (parameters ?? [:]).sorted(by: { $0.key < $1.key }) {
      guard known.contains(name) else {
        throw .unknownKey("parameters.\(name)", known: known.map { "parameters.\($0)" }, nil)
      }
      guard value.isFinite else { throw .rule("parameters.\(name)", is: value, mustBe: "a finite number") }
    }
    if let start, start.count != equations.unitNames.count || !start.allSatisfy(\.isFinite) {
      throw .rule(
        "start", is: "\(start)",
        mustBe:
          "\(equations.unitNames.count) finite \(equations.unitNames.count == 1 ? "number" : "numbers"): \(equations.unitNames.joined(separator: ", "))"
      )
    }
    if let sampleInterval {
      if !(sampleInterval > 0 && sampleInterval.isFinite) {
        throw .rule("sampleInterval", is: sampleInterval, mustBe: "a finite number above 0")
      }
      if !equations.isFlow {
        throw .rule("sampleInterval", is: "given", mustBe: "left out where the system goes by steps")
      }
    }
    for (key, value, least) in [("samples", samples, 1), ("discard", discard, 0), ("trials", trials, 1)]
    where value < least {
      throw .rule(key, is: value, mustBe: "at least \(least)")
    }
    let numbers = (Double(samples) + Double(discard)) * Double(trials)
    if numbers > Double(SystemSampling.mostNumbers) {
      throw .rule(
        "samples", is: samples,
        mustBe: "fewer: with those discarded, all trials may have \(SystemSampling.mostNumbers) samples together")
    }
    for (key, value) in [("noise", noise), ("processNoise", processNoise)] where !(value >= 0 && value.isFinite) {
      throw .rule(key, is: value, mustBe: "a finite number from 0")
    }
  }

  /// The recording, as simulated.
  func recording() throws -> Recording {
    guard let equations else { throw ParameterError.missing("equations", "a system has equations") }
    let system = try SimulatedSystem(equations, parameters: parameters ?? [:], start: start)
    return try system.recording(
      SystemSampling(
        sampleCount: samples, sampleInterval: sampleInterval ?? equations.standardInterval, discarded: discard,
        trialCount: trials, processNoise: processNoise, observationNoise: noise, seed: seed))
  }
}
