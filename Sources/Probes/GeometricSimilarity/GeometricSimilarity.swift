import Analysis
import Diagnostics
import LinearAlgebra
import Probing

/// How alike the geometry of several systems is, by every usual measure, pair by pair.
///
/// Shapes: recordings are samples × units, or trials × samples × units; samples correspond, units need not.
public struct GeometricSimilarity: Probe {
  /// What a person should know of the probe.
  public static let card = ProbeCard(
    name: "geometric-similarity", version: 1,
    question: "How alike is the geometry of what several systems do at the same samples?",
    citations: ["williams2021", "kornblith2019", "kriegeskorte2008"],
    parameters: [
      ParameterNote(
        "recordings",
        "the systems, at least two: recording cells, or files of samples × units, with * in a path several; all of the same samples"
      ),
      ParameterNote("names", "what to call the systems; default: their sources' names"),
      ParameterNote("groups", "the group of each system, or of each source; default: the series it is of"),
      ParameterNote(
        "layout", "time-units, units-time or time-trials-units; default: what the source says, or time-units"),
      ParameterNote("scaling", "none (default), or z-score of every unit"),
      ParameterNote("subsample", "keep every so many samples; default 1"),
      ParameterNote(
        "measures",
        "which to take of procrustes, procrustes-euclidean, whitened, cka, debiased-cka, cca, svcca, rsa, neighbours; default: all"
      ),
      ParameterNote(
        "regularization", "of the whitened distances: 0 whitens as CCA does, 1 is Procrustes; default [0, 0.5]"),
      ParameterNote("explained", "the share of variance that SVCCA keeps; default 0.99"),
      ParameterNote("dissimilarity", "of two samples in RSA: euclidean (default) or correlation"),
      ParameterNote("comparison", "of dissimilarities in RSA: pearson (default), spearman or cosine"),
      ParameterNote("neighbours", "how many nearest samples are compared; default 10"),
      ParameterNote("permutations", "how many times the groups are drawn again for the test; default 1000"),
      ParameterNote("seed", "another seed than the notebook's"),
    ],
    exhibits: ["distances", "similarities", "embedding", "separation", "pairs"])
  /// The parameters where the notebook is silent.
  public static let standard = GeometricSimilarity()

  /// What is measured of two systems.
  public enum Measure: String, ParameterChoice {
    case procrustes
    case procrustesDistance = "procrustes-euclidean"
    case whitened, cka
    case debiasedAlignment = "debiased-cka"
    case cca, svcca, rsa, neighbours
  }

  /// How units are brought to a common scale; all are centred.
  public enum Scaling: String, ParameterChoice {
    case none
    case zScore = "z-score"
  }

  /// How two samples differ.
  public enum Dissimilarity: String, ParameterChoice {
    case euclidean, correlation
  }

  /// How dissimilarities are compared.
  public enum Comparison: String, ParameterChoice {
    case pearson, spearman, cosine
  }

  /// The systems.
  public var recordings: [RecordingReference] = []
  /// What to call the systems.
  public var names: [String] = []
  /// The group of each.
  public var groups: [String] = []
  /// Which axis is which.
  public var layout: RecordingLayout?
  /// How units are brought to a common scale.
  public var scaling = Scaling.none
  /// Which samples are kept.
  public var subsample = 1
  /// What is measured.
  public var measures = Measure.allCases
  /// How little is whitened.
  public var regularization = [0, 0.5]
  /// The share of variance that SVCCA keeps.
  public var explained = 0.99
  /// How two samples differ.
  public var dissimilarity = Dissimilarity.euclidean
  /// How dissimilarities are compared.
  public var comparison = Comparison.pearson
  /// How many nearest samples are compared.
  public var neighbours = 10
  /// How many times the groups are drawn again.
  public var permutations = 1000
  /// Another seed than the notebook's.
  public var seed: Int?

  /// What one measurement needs.
  public struct Subject: Sendable {
    let systems: [ComparedRecording]
    let groups: [String]
  }

  /// Refuses parameters that make no sense together or lie outside their range.
  public func validate() throws(ParameterError) {
    if recordings.isEmpty || recordings.contains(where: \.isEmpty) {
      throw .missing("recordings", "name at least two recording sources or files of samples × units")
    }
    if names.contains("") { throw .rule("names", is: "empty for a system", mustBe: "a name for each") }
    if !(1...100_000).contains(permutations) {
      throw .rule("permutations", is: permutations, mustBe: "from 1 to 100000")
    }
    if measures.isEmpty { throw .rule("measures", is: "empty", mustBe: "left out, or name one at least") }
    for (index, measure) in measures.enumerated() where measures[..<index].contains(measure) {
      throw .rule("measures", is: "'\(measure.rawValue)' twice", mustBe: "a list of different measures")
    }
    if !(1...10_000).contains(subsample) { throw .rule("subsample", is: subsample, mustBe: "from 1 to 10000") }
    if measures.contains(.whitened), regularization.isEmpty {
      throw .rule("regularization", is: "empty", mustBe: "a list of numbers from 0 to 1")
    }
    for (index, value) in regularization.enumerated() {
      if !(0...1).contains(value) { throw .rule("regularization", is: value, mustBe: "from 0 to 1") }
      if regularization[..<index].contains(value) {
        throw .rule("regularization", is: "\(value) twice", mustBe: "a list of different numbers")
      }
    }
    if !(explained > 0 && explained <= 1) {
      throw .rule("explained", is: explained, mustBe: "above 0 and at most 1")
    }
    if !(1...1000).contains(neighbours) { throw .rule("neighbours", is: neighbours, mustBe: "from 1 to 1000") }
  }

  /// Takes the recordings, and sees that their samples correspond.
  public func gather(from bench: some Bench) throws -> Subject {
    let systems = try bench.comparedRecordings(recordings, convention: RecordingConvention(layout: layout))
    guard systems.count >= 2 else {
      throw ParameterError.rule("recordings", is: "one", mustBe: "at least two, to be compared")
    }
    guard names.isEmpty || names.count == systems.count else {
      throw ParameterError.rule(
        "names", is: "\(names.count) long", mustBe: "\(systems.count) long, one for each system")
    }
    let labels = try groups.spread(over: systems.map(\.sourceIndex), key: "groups")
    for system in systems.dropFirst() { try refuseOther(system, than: systems[0]) }
    return Subject(systems: systems, groups: labels)
  }

  private func refuseOther(_ system: ComparedRecording, than first: ComparedRecording) throws(AnalysisError) {
    let (here, there) = (system.recording.trajectories, first.recording.trajectories)
    guard here.count == there.count else {
      throw .sizeMismatch(
        "number of trials of '\(system.source)'", size: "\(here.count)",
        expected: "\(there.count), as '\(first.source)' has")
    }
    for (trial, other) in zip(here, there) where trial.sampleCount != other.sampleCount {
      let place = here.count > 1 ? "trial '\(trial.name)' of '\(system.source)'" : "'\(system.source)'"
      throw .sizeMismatch(
        "number of samples of \(place)", size: "\(trial.sampleCount)",
        expected: "\(other.sampleCount), as '\(first.source)' has")
    }
  }

  /// Measures; random numbers come from the generator alone.
  public func measure(_ subject: Subject, using random: inout SeededGenerator) throws -> GeometricSimilarityFinding {
    try measure(subject, using: &random) { _ in }
  }

  /// Measures, telling how far it is.
  public func measure(
    _ subject: Subject, using random: inout SeededGenerator, progress: @escaping MeasurementProgress
  ) throws -> GeometricSimilarityFinding {
    let generator = random.reseeded(by: seed)
    return try GeometricSimilarityMeasurement(of: self, subject, progress: progress)
      .finding(using: generator, progress: progress)
  }
}
