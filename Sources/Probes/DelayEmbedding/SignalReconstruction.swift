import Analysis
import Diagnostics
import LinearAlgebra
import Probing

/// The hidden state of a system rebuilt from the history of one unit: with which delay, in how many dimensions, and how well.
///
/// Shapes: recordings are trials × time × units; one unit is embedded.
public struct SignalReconstruction: Probe {
  /// What a person should know of the probe.
  public static let card = ProbeCard(
    name: "delay-embedding", version: 2,
    question:
      "With which delay and in how many dimensions does one unit's history unfold the system behind it, and how well?",
    citations: ["takens1981", "fraser1986", "kennel1992", "cao1997", "uzal2011", "ostrow2024"],
    parameters: [
      ParameterNote("recording", "the recording: a recording or system cell, or a file of trials × time × units"),
      ParameterNote("unit", "the unit to embed, by name or by position from 1; default the first"),
      ParameterNote(
        "sampleInterval", "the time from one sample to the next; default: what the source says, or samples"),
      ParameterNote("timeUnit", "the unit of time; default: what the source says, or s"),
      ParameterNote(
        "layout", "time-units, units-time or time-trials-units; default: what the source says, or time-units"),
      ParameterNote("subsample", "keep every so many samples; default 1"),
      ParameterNote("delay", "the samples from one coordinate to the next; default: chosen"),
      ParameterNote("dimension", "the number of coordinates; default: chosen"),
      ParameterNote("window", "Theiler's window in samples: points nearer in time are no neighbours; default: chosen"),
      ParameterNote("largestDelay", "how far autocorrelation and mutual information are followed; default 100 samples"),
      ParameterNote("largestDimension", "how many dimensions are tried; default 7"),
      ParameterNote("estimator", "of mutual information: bins (default), adaptive-bins or neighbours"),
      ParameterNote("bins", "how many bins the range has for the estimator 'bins'; default by the number of samples"),
      ParameterNote("ratio", "Kennel's bound on how far a new coordinate drives neighbours apart; default 15"),
      ParameterNote("neighbours", "k of the noise amplification; default 3"),
      ParameterNote("horizon", "how many samples ahead the noise amplification looks; default 40"),
      ParameterNote(
        "costDelays", "the delays at which noise amplification is measured; default: spread around the delay"),
      ParameterNote("surrogates", "how many surrogates predictability is compared with; default 39, 0 for none"),
      ParameterNote("against", "another unit, for cross mapping both ways; default: none"),
      ParameterNote(
        "colour", "another unit, hidden from the reconstruction, whose values colour its figure; default: none"),
      ParameterNote(
        "colourPeriod", "after how much that unit begins anew, such as 6.2832 for an angle; default: never"),
      ParameterNote("draws", "how many libraries of each size cross mapping draws; default 20"),
      ParameterNote("nonUniform", "whether to choose delays one by one too (PECUZAL); default false"),
    ],
    exhibits: [
      "delay", "dimension", "amplification", "embedding", "forecasts", "divergence", "cross-mapping", "estimates",
      "summary",
    ])
  /// The parameters where the notebook is silent.
  public static let standard = SignalReconstruction(recording: "")

  /// How mutual information is estimated.
  public enum Estimator: String, ParameterChoice {
    case bins
    case adaptiveBins = "adaptive-bins"
    case neighbours
  }

  /// The recording.
  public var recording: RecordingReference
  /// The unit to embed.
  public var unit: String?
  /// The time from one sample to the next.
  public var sampleInterval: Double?
  /// The unit of time.
  public var timeUnit: String?
  /// Which axis is which.
  public var layout: RecordingLayout?
  /// Which samples are kept.
  public var subsample = 1
  /// The samples from one coordinate to the next.
  public var delay: Int?
  /// The number of coordinates.
  public var dimension: Int?
  /// Theiler's window.
  public var window: Int?
  /// How far correlation and information are followed.
  public var largestDelay = 100
  /// How many dimensions are tried.
  public var largestDimension = 7
  /// How mutual information is estimated.
  public var estimator = Estimator.bins
  /// How many bins the range has.
  public var bins: Int?
  /// Kennel's bound.
  public var ratio = 15.0
  /// k of the noise amplification.
  public var neighbours = 3
  /// How far ahead the noise amplification looks.
  public var horizon = 40
  /// At which delays it is measured.
  public var costDelays: [Int]?
  /// How many surrogates predictability is compared with.
  public var surrogates = 39
  /// Another unit, for cross mapping.
  public var against: String?
  /// Another unit, to colour the reconstruction by.
  public var colour: String?
  /// After how much that unit begins anew.
  public var colourPeriod: Double?
  /// How many libraries of each size are drawn.
  public var draws = 20
  /// Whether to choose delays one by one too.
  public var nonUniform = false

  /// What one measurement needs.
  public struct Subject: Sendable {
    let name: String
    let recording: Recording
    /// The unit to embed, by position from 0.
    let unit: Int
    /// The other one, for cross mapping.
    let other: Int?
    /// The one that colours.
    let colour: Int?
  }

  private var convention: RecordingConvention {
    RecordingConvention(sampleInterval: sampleInterval, timeUnit: timeUnit, layout: layout)
  }

  /// Refuses parameters that make no sense together or lie outside their range.
  public func validate() throws(ParameterError) {
    if recording.isEmpty { throw .missing("recording", "name a recording source or a file of trajectories") }
    try convention.validate()
    let ranges: [(String, Int, ClosedRange<Int>)] = [
      ("subsample", subsample, 1...10_000), ("delay", delay ?? 1, 1...10_000), ("dimension", dimension ?? 1, 1...50),
      ("window", window ?? 0, 0...100_000), ("largestDelay", largestDelay, 4...10_000),
      ("largestDimension", largestDimension, 2...20), ("bins", bins ?? 16, 2...1000),
      ("neighbours", neighbours, 1...50),
      ("horizon", horizon, 1...1000), ("surrogates", surrogates, 0...1000), ("draws", draws, 2...1000),
    ]
    for (key, value, range) in ranges where !range.contains(value) {
      throw .rule(key, is: value, mustBe: "from \(range.lowerBound) to \(range.upperBound)")
    }
    if surrogates > 0, surrogates < 19 {
      throw .rule("surrogates", is: surrogates, mustBe: "0, or at least 19 to tell anything at a level of 5 %")
    }
    if bins != nil, estimator != .bins {
      throw .rule("bins", is: "given", mustBe: "left out unless 'estimator' is bins")
    }
    if !(ratio > 0 && ratio.isFinite) { throw .rule("ratio", is: ratio, mustBe: "a finite number above 0") }
    if let colourPeriod {
      if !(colourPeriod > 0 && colourPeriod.isFinite) {
        throw .rule("colourPeriod", is: colourPeriod, mustBe: "a finite number above 0")
      }
      if colour == nil { throw .rule("colourPeriod", is: "given", mustBe: "left out unless 'colour' names a unit") }
    }
    if let costDelays {
      if costDelays.isEmpty || costDelays.count > 40 {
        throw .rule("costDelays", is: "\(costDelays.count) delays", mustBe: "from 1 to 40 of them")
      }
      for (earlier, later) in zip([0] + costDelays, costDelays) where later <= earlier || later > 10_000 {
        throw .rule("costDelays", is: later, mustBe: "above the one before, \(earlier), and at most 10000")
      }
    }
  }

  /// Takes the recording and finds the units.
  public func gather(from bench: some Bench) throws -> Subject {
    let found: Recording
    do {
      found = try bench.recording(recording.source, convention: convention)
    } catch let error as RecordingError { throw RecordingTrouble(recording.name, error) }
    let unit = try self.unit.map { try position(of: $0, key: "unit", in: found) } ?? 0
    let other = try against.map { try position(of: $0, key: "against", in: found) }
    let colour = try self.colour.map { try position(of: $0, key: "colour", in: found) }
    for (key, other) in [("against", other), ("colour", colour)] where other == unit {
      throw ParameterError.rule(key, is: "the unit itself", mustBe: "another one")
    }
    return Subject(name: recording.name, recording: found, unit: unit, other: other, colour: colour)
  }

  private func position(of name: String, key: String, in recording: Recording) throws(ParameterError) -> Int {
    if let found = recording.unitNames.firstIndex(of: name) { return found }
    if let number = Int(name), (1...recording.unitCount).contains(number) { return number - 1 }
    let known = recording.unitNames.prefix(6).map { "'\($0)'" }.joined(separator: ", ")
    throw .rule(
      key, is: "'\(name)'",
      mustBe: "one of the \(counted(recording.unitCount, "unit")) \(known)\(recording.unitCount > 6 ? ", …" : "")")
  }

  /// Measures; random numbers come from the generator alone.
  public func measure(_ subject: Subject, using random: inout SeededGenerator) throws -> SignalReconstructionFinding {
    try measure(subject, using: &random) { _ in }
  }

  /// Measures, telling how far it is.
  public func measure(
    _ subject: Subject, using random: inout SeededGenerator, progress: @escaping MeasurementProgress
  ) throws -> SignalReconstructionFinding {
    try ReconstructionMeasurement(of: self, subject).finding(using: &random, progress: progress)
  }
}
