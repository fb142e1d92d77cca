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
        "recordings", "the systems, at least two: recording cells, or files of samples × units, all of the same samples"
      ),
      ParameterNote("labels", "a name for each system; default: the names of the recordings"),
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
    ],
    exhibits: ["distances", "similarities", "pairs"])
  /// The parameters where the notebook is silent.
  public static let standard = GeometricSimilarity(recordings: [])

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
  public var recordings: [RecordingReference]
  /// A name for each.
  public var labels: [String]?
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

  /// What one measurement needs.
  public struct Subject: Sendable {
    let names: [String]
    let recordings: [Recording]
  }

  /// Refuses parameters that make no sense together or lie outside their range.
  public func validate() throws(ParameterError) {
    if recordings.isEmpty || recordings.contains(where: \.isEmpty) {
      throw .missing("recordings", "name at least two recording sources or files of samples × units")
    }
    if recordings.count < 2 { throw .rule("recordings", is: "one", mustBe: "at least two, to be compared") }
    if let labels, labels.count != recordings.count {
      throw .rule(
        "labels", is: counted(labels.count, "name"), mustBe: "\(recordings.count), one for each recording")
    }
    if labels?.contains("") == true { throw .rule("labels", is: "empty for a recording", mustBe: "a name for each") }
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
    let convention = RecordingConvention(layout: layout)
    let found = try recordings.map { reference in
      do { return try bench.recording(reference.source, convention: convention) } catch let error as RecordingError {
        throw RecordingTrouble(reference.name, error)
      }
    }
    for (recording, reference) in zip(found, recordings).dropFirst() {
      try refuseOther(recording, reference.name, than: found[0])
    }
    return Subject(names: recordings.map(\.name), recordings: found)
  }

  private func refuseOther(_ recording: Recording, _ name: String, than first: Recording) throws(AnalysisError) {
    let (here, there) = (recording.trajectories, first.trajectories)
    guard here.count == there.count else {
      throw .sizeMismatch(
        "number of trials of '\(name)'", size: "\(here.count)",
        expected: "\(there.count), as '\(recordings[0].name)' has")
    }
    for (trial, other) in zip(here, there) where trial.sampleCount != other.sampleCount {
      let place = here.count > 1 ? "trial '\(trial.name)' of '\(name)'" : "'\(name)'"
      throw .sizeMismatch(
        "number of samples of \(place)", size: "\(trial.sampleCount)",
        expected: "\(other.sampleCount), as '\(recordings[0].name)' has")
    }
  }

  /// Measures; nothing is left to chance.
  public func measure(_ subject: Subject, using random: inout SeededGenerator) throws -> GeometricSimilarityFinding {
    try measure(subject, using: &random) { _ in }
  }

  /// Measures, telling how far it is.
  public func measure(
    _ subject: Subject, using random: inout SeededGenerator, progress: @escaping MeasurementProgress
  ) throws -> GeometricSimilarityFinding {
    try GeometricSimilarityMeasurement(of: self, subject, progress: progress).finding(progress: progress)
  }
}
