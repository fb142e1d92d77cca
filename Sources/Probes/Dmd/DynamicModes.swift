import Analysis
import Diagnostics
import LinearAlgebra
import Probing

/// The linear dynamics of a recording: eigenvalues, modes, forecasts, and what of them to believe.
///
/// Shapes: recordings are trials × time × units; a state is what the units do, and did some delays ago.
public struct DynamicModes: Probe {
  /// What a person should know of the probe.
  public static let card = ProbeCard(
    name: "dmd", version: 1,
    question:
      "Which frequencies, growth rates and modes do a recording's linear dynamics have, and which of them are real?",
    citations: ["schmid2010", "tu2014", "colbrook2024"],
    parameters: [
      ParameterNote("recording", "the recording: a recording cell, or a file of trials × time × units"),
      ParameterNote(
        "sampleInterval", "the time from one sample to the next; default: what the source says, or samples"),
      ParameterNote("timeUnit", "the unit of time; default: what the source says, or s"),
      ParameterNote(
        "layout", "time-units, units-time or time-trials-units; default: what the source says, or time-units"),
      ParameterNote("inputs", "inputs that drive the recording, sample by sample; with them the fit has control"),
      ParameterNote("scaling", "none (default), centre or z-score, over all trials"),
      ParameterNote("components", "how many principal components to reduce the units to first; default: none"),
      ParameterNote("subsample", "keep every so many samples; default 1"),
      ParameterNote("delays", "how many delays a state has, the present among them; default 1"),
      ParameterNote("lag", "samples between delays; default 1"),
      ParameterNote(
        "method",
        "exact (default), projected, total-least-squares, forward-backward, optimized, eigen-time-delay, or subspace (with inputs)"
      ),
      ParameterNote(
        "rank", "a number, a share of energy below 1, held-out (default), hard-threshold or all"),
      ParameterNote("heldOut", "the share of samples that forecasts are judged by; default 0.2"),
      ParameterNote("horizon", "how many steps ahead to forecast; default 20"),
      ParameterNote("draws", "how many times data are drawn again for intervals; default 100, 0 for none"),
      ParameterNote("residualBound", "the residual above which a mode counts as spurious; default 0.1"),
      ParameterNote("grid", "points along each side of the pseudospectrum; default 41, 0 for none"),
      ParameterNote(
        "forcing", "whether to look for bursts of forcing in the last delay coordinate (HAVOK); default false"),
    ],
    exhibits: [
      "eigenvalues", "pseudospectrum", "shapes", "ranks", "forecast", "forcing", "modes", "summary",
    ])
  /// The parameters where the notebook is silent.
  public static let standard = DynamicModes(recording: "")

  /// How dynamics are fitted.
  public enum Method: String, ParameterChoice {
    case exact, projected
    case totalLeastSquares = "total-least-squares"
    case forwardBackward = "forward-backward"
    case optimized
    case eigenTimeDelay = "eigen-time-delay"
    /// Hidden dynamics behind outputs that inputs drive.
    case subspace

    /// The decomposition's method; `nil` for what is no decomposition of states.
    var decomposition: DynamicModeDecomposition.Method? { .init(rawValue: rawValue) }
  }

  /// How units are brought to a common scale.
  public enum Scaling: String, ParameterChoice {
    case none, centre
    case zScore = "z-score"
  }

  /// The recording.
  public var recording: RecordingReference
  /// The time from one sample to the next.
  public var sampleInterval: Double?
  /// The unit of time.
  public var timeUnit: String?
  /// Which axis is which.
  public var layout: RecordingLayout?
  /// Inputs that drive the recording.
  public var inputs: RecordingReference?
  /// How units are brought to a common scale.
  public var scaling = Scaling.none
  /// How many principal components the units are reduced to.
  public var components: Int?
  /// Which samples are kept.
  public var subsample = 1
  /// How many delays a state has.
  public var delays = 1
  /// Samples between delays.
  public var lag = 1
  /// How dynamics are fitted.
  public var method = Method.exact
  /// How many directions are kept.
  public var rank = RankParameter.rule(.heldOut)
  /// The share of samples that forecasts are judged by.
  public var heldOut = 0.2
  /// How many steps ahead to forecast.
  public var horizon = 20
  /// How many times data are drawn again.
  public var draws = 100
  /// Above which residual a mode counts as spurious.
  public var residualBound = 0.1
  /// Points along each side of the pseudospectrum.
  public var grid = 41
  /// Whether to look for bursts of forcing.
  public var forcing = false

  /// What one measurement needs.
  public struct Subject: Sendable {
    let name: String
    let recording: Recording
    let inputs: Recording?
  }

  private var convention: RecordingConvention {
    RecordingConvention(sampleInterval: sampleInterval, timeUnit: timeUnit, layout: layout)
  }

  /// Refuses parameters that make no sense together or lie outside their range.
  public func validate() throws(ParameterError) {
    if recording.isEmpty { throw .missing("recording", "name a recording source or a file of trajectories") }
    try convention.validate()
    try rank.validate(key: "rank")
    let ranges: [(String, Int, ClosedRange<Int>)] = [
      ("subsample", subsample, 1...10_000), ("delays", delays, 1...2000), ("lag", lag, 1...10_000),
      ("horizon", horizon, 1...1000), ("draws", draws, 0...2000), ("grid", grid, 0...201),
      ("components", components ?? 1, 1...2000),
    ]
    for (key, value, range) in ranges where !range.contains(value) {
      throw .rule(key, is: value, mustBe: "from \(range.lowerBound) to \(range.upperBound)")
    }
    if draws == 1 { throw .rule("draws", is: draws, mustBe: "0 or at least 2") }
    if grid > 0, grid < 5 { throw .rule("grid", is: grid, mustBe: "0 or at least 5") }
    if !(heldOut > 0 && heldOut < 1) { throw .rule("heldOut", is: heldOut, mustBe: "above 0 and below 1") }
    if !(residualBound > 0 && residualBound.isFinite) {
      throw .rule("residualBound", is: residualBound, mustBe: "a finite number above 0")
    }
    if forcing, delays < 3 { throw .rule("forcing", is: forcing, mustBe: "false where there are fewer than 3 delays") }
    switch (method, inputs) {
    case (.subspace, nil): throw .missing("inputs", "the method 'subspace' needs what drives the recording")
    case (.exact, _), (.subspace, _), (_, nil): break
    default:
      throw .rule("method", is: "'\(method.rawValue)'", mustBe: "'exact' or 'subspace' where there are inputs")
    }
  }

  /// Takes the recording, and the inputs if there are any.
  public func gather(from bench: some Bench) throws -> Subject {
    let found = try read(recording, on: bench)
    let driven = try inputs.map { try read($0, on: bench) }
    if let driven { try found.requireInputs(driven) }
    return Subject(name: recording.name, recording: found, inputs: driven)
  }

  private func read(_ reference: RecordingReference, on bench: some Bench) throws -> Recording {
    do {
      let found = try bench.recording(reference.source, convention: convention)
      try found.requireScale()
      return found
    } catch let error as RecordingError { throw RecordingTrouble(reference.name, error) }
  }

  /// Measures; random numbers come from the generator alone.
  public func measure(_ subject: Subject, using random: inout SeededGenerator) throws -> DynamicModesFinding {
    try measure(subject, using: &random) { _ in }
  }

  /// Measures, telling how far it is.
  public func measure(
    _ subject: Subject, using random: inout SeededGenerator, progress: @escaping MeasurementProgress
  ) throws -> DynamicModesFinding {
    try DynamicModesMeasurement(of: self, subject).finding(using: &random, progress: progress)
  }
}
