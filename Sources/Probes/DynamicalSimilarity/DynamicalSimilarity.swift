import Analysis
import Diagnostics
import LinearAlgebra
import Probing

/// How alike the dynamics of many systems are, whatever the coordinates they are seen in.
///
/// One linear operator is fitted to each system; every two are compared up to an orthogonal change of coordinates.
public struct DynamicalSimilarity: Probe {
  /// What a person should know of the probe.
  public static let card = ProbeCard(
    name: "dynamical-similarity", version: 2,
    question: "How alike are the dynamics of many systems, whatever the coordinates they are seen in?",
    citations: ["ostrow2023", "huang2025", "redman2024", "torgerson1952", "deleeuw1977", "sokal1958", "rousseeuw1987"],
    parameters: [
      ParameterNote(
        "recordings", "the systems: recording cells, or files of trials × time × units; with * in a path, several"),
      ParameterNote("operators", "ready operators instead: square arrays, or several in one of k × n × n"),
      ParameterNote(
        "inputs",
        "what drove the recordings, sample by sample: one recording for each, or one for all; default: nothing"),
      ParameterNote("systems", "what a system is: recordings (default), or trials or conditions of them"),
      ParameterNote("names", "what to call the systems; default: their sources' names"),
      ParameterNote("groups", "the group of each system; default: their conditions, recordings or series"),
      ParameterNote(
        "sampleInterval", "the time from one sample to the next; default: what the sources say, or samples"),
      ParameterNote("timeUnit", "the unit of time; default: what the sources say, or s"),
      ParameterNote(
        "layout", "time-units, units-time or time-trials-units; default: what the sources say, or time-units"),
      ParameterNote("scaling", "none (default), centre or z-score, each system by itself"),
      ParameterNote("components", "how many principal components to reduce each system's units to; default: none"),
      ParameterNote("subsample", "keep every so many samples; default 1"),
      ParameterNote("delays", "how many delays a state has, the present among them; default 1"),
      ParameterNote("lag", "samples between delays; default 1"),
      ParameterNote(
        "rank",
        "a number, a share of energy below 1, held-out (default), hard-threshold or all; one rank for all systems"),
      ParameterNote(
        "method",
        "eigen-time-delay (default), exact, projected, total-least-squares, forward-backward or optimized; with inputs exact (default) or subspace"
      ),
      ParameterNote("score", "angular (default), euclidean, or wasserstein between eigenvalues"),
      ParameterNote(
        "compare", "what of driven systems the distances are of: joint (default), state or control"),
      ParameterNote("search", "how thoroughly minima are sought; default 1"),
      ParameterNote("neighbours", "how many neighbours vote on a system's group; default 1"),
      ParameterNote("permutations", "how many times labels are drawn again for the test; default 1000"),
      ParameterNote("draws", "how many times systems are drawn again for intervals; default 1000, 0 for none"),
      ParameterNote(
        "trialDraws",
        "how many times each system's trials are drawn again for intervals of single distances; default 0, none"),
      ParameterNote("splitHalf", "whether the halves of each system are compared; default true"),
      ParameterNote("surrogates", "how many times the systems' samples are shuffled in time; default 1, 0 for none"),
      ParameterNote("sweepDelays", "numbers of delays to try; default: none"),
      ParameterNote("sweepRanks", "ranks to try; default: none"),
      ParameterNote("heldOut", "the share of samples by which a sweep judges; default 0.2"),
      ParameterNote("seed", "another seed than the notebook's"),
    ],
    exhibits: [
      "distances", "embedding", "classical", "dendrogram", "nulls", "sweep", "separation", "parts", "pairs", "systems",
      "summary",
    ])
  /// The parameters where the notebook is silent.
  public static let standard = DynamicalSimilarity()

  /// What a system is.
  public enum Systems: String, ParameterChoice {
    case recordings, trials, conditions
  }

  /// How operators are fitted.
  public enum Method: String, ParameterChoice {
    case eigenTimeDelay = "eigen-time-delay"
    case exact, projected
    case totalLeastSquares = "total-least-squares"
    case forwardBackward = "forward-backward"
    case optimized
    /// Hidden dynamics behind outputs that inputs drive.
    case subspace

    /// The decomposition's method; `nil` for what is no decomposition of states.
    var decomposition: DynamicModeDecomposition.Method? { .init(rawValue: rawValue) }
  }

  /// The distance of two operators.
  public enum Score: String, ParameterChoice {
    /// The angle between them, at best over orthogonal changes of coordinates, in radians.
    case angular
    /// The norm of their difference, likewise.
    case euclidean
    /// Between their eigenvalues, of order 2.
    case wasserstein
  }

  /// What of driven systems is compared, each up to its own orthogonal change of the state's coordinates.
  public enum Compared: String, ParameterChoice {
    /// How inputs move states, and what the states make of it: the controllability matrices.
    case joint
    /// The dynamics left to themselves.
    case state
    /// How inputs move states.
    case control
  }

  /// The systems.
  public var recordings: [RecordingReference] = []
  /// Ready operators instead.
  public var operators: [SourceReference] = []
  /// What drove the recordings.
  public var inputs: [RecordingReference] = []
  /// What a system is.
  public var systems = Systems.recordings
  /// What to call the systems.
  public var names: [String] = []
  /// The group of each system.
  public var groups: [String] = []
  /// The time from one sample to the next.
  public var sampleInterval: Double?
  /// The unit of time.
  public var timeUnit: String?
  /// Which axis is which.
  public var layout: RecordingLayout?
  /// How units are brought to a common scale.
  public var scaling = DynamicModes.Scaling.none
  /// How many principal components the units are reduced to.
  public var components: Int?
  /// Which samples are kept.
  public var subsample = 1
  /// How many delays a state has.
  public var delays = 1
  /// Samples between delays.
  public var lag = 1
  /// How many directions are kept, the same of all systems.
  public var rank = RankParameter.rule(.heldOut)
  /// How operators are fitted; unless told `eigenTimeDelay`, or with inputs `exact`.
  public var method: Method?
  /// The distance of two operators.
  public var score = Score.angular
  /// What of driven systems the distances are of; unless told all of it.
  public var compare: Compared?
  /// How thoroughly minima are sought.
  public var search = 1
  /// How many neighbours vote.
  public var neighbours = 1
  /// How many times labels are drawn again.
  public var permutations = 1000
  /// How many times systems are drawn again.
  public var draws = 1000
  /// How many times trials are drawn again.
  public var trialDraws = 0
  /// Whether halves are compared.
  public var splitHalf = true
  /// How many times samples are shuffled.
  public var surrogates = 1
  /// Numbers of delays to try.
  public var sweepDelays: [Int] = []
  /// Ranks to try.
  public var sweepRanks: [Int] = []
  /// The share of samples by which a sweep judges.
  public var heldOut = 0.2
  /// Another seed than the notebook's.
  public var seed: Int?

  /// How operators are fitted.
  var fitMethod: Method { method ?? (inputs.isEmpty ? .eigenTimeDelay : .exact) }
  /// How many delays a window has: of hidden dynamics two at least, of past and of future.
  var windowDelays: Int { fitMethod == .subspace ? max(2, delays) : delays }
  /// What the distances are of; `nil` of systems that nothing drives.
  var compared: Compared? { inputs.isEmpty ? nil : compare ?? .joint }

  var convention: RecordingConvention {
    RecordingConvention(sampleInterval: sampleInterval, timeUnit: timeUnit, layout: layout)
  }

  /// Refuses parameters that make no sense together or lie outside their range.
  public func validate() throws(ParameterError) {
    let known = recordings.filter { !$0.isEmpty }.count + operators.filter { !$0.isEmpty }.count
    if known == 0 { throw .missing("recordings", "name recording sources or files of trajectories, or 'operators'") }
    if !recordings.isEmpty, !operators.isEmpty {
      throw .rule("operators", is: "given", mustBe: "left out where there are recordings")
    }
    try convention.validate()
    try rank.validate(key: "rank")
    var ranges: [(String, Int, ClosedRange<Int>)] = [
      ("subsample", subsample, 1...10_000), ("delays", delays, 1...2000), ("lag", lag, 1...10_000),
      ("components", components ?? 1, 1...2000), ("search", search, 1...100), ("neighbours", neighbours, 1...1000),
      ("permutations", permutations, 1...100_000), ("draws", draws, 0...100_000), ("surrogates", surrogates, 0...20),
      ("trialDraws", trialDraws, 0...10_000),
    ]
    ranges += sweepDelays.map { ("sweepDelays", $0, 1...2000) } + sweepRanks.map { ("sweepRanks", $0, 1...500) }
    for (key, value, range) in ranges where !range.contains(value) {
      throw .rule(key, is: value, mustBe: "from \(range.lowerBound) to \(range.upperBound)")
    }
    for (key, value) in [("draws", draws), ("trialDraws", trialDraws)] where value == 1 {
      throw .rule(key, is: value, mustBe: "0 or at least 2")
    }
    if !(heldOut > 0 && heldOut < 1) { throw .rule("heldOut", is: heldOut, mustBe: "above 0 and below 1") }
    if case .count(let count) = rank, count > PreparedOperator.largestSize {
      throw .rule("rank", is: count, mustBe: "at most \(PreparedOperator.largestSize)")
    }
    for (key, list) in [("sweepDelays", sweepDelays), ("sweepRanks", sweepRanks)] where list.count > 40 {
      throw .rule(key, is: "\(list.count) long", mustBe: "at most 40 long")
    }
    if sweepDelays.isEmpty != sweepRanks.isEmpty {
      let (given, other) = sweepRanks.isEmpty ? ("sweepDelays", "sweepRanks") : ("sweepRanks", "sweepDelays")
      throw .missing(other, "a sweep takes it beside '\(given)'")
    }
    try validateInputs()
    if !operators.isEmpty, systems != .recordings {
      throw .rule("systems", is: "'\(systems.rawValue)'", mustBe: "left out where there are operators")
    }
    if !operators.isEmpty, trialDraws > 0 {
      throw .rule("trialDraws", is: trialDraws, mustBe: "left out where there are operators")
    }
    if !operators.isEmpty, !sweepRanks.isEmpty {
      throw .rule("sweepRanks", is: "given", mustBe: "left out where there are operators")
    }
  }

  private func validateInputs() throws(ParameterError) {
    guard !inputs.isEmpty else {
      if method == .subspace { throw .missing("inputs", "the method 'subspace' needs what drives the systems") }
      if let compare {
        throw .rule("compare", is: "'\(compare.rawValue)'", mustBe: "left out where there are no 'inputs'")
      }
      return
    }
    if !operators.isEmpty { throw .rule("inputs", is: "given", mustBe: "left out where there are operators") }
    if let method, method != .exact, method != .subspace {
      throw .rule("method", is: "'\(method.rawValue)'", mustBe: "'exact' or 'subspace' where there are inputs")
    }
    if score == .wasserstein, compared != .state {
      throw .rule("score", is: "'wasserstein'", mustBe: "'angular' or 'euclidean' unless 'compare' is 'state'")
    }
    guard method == .subspace else { return }
    if lag != 1 { throw .rule("lag", is: lag, mustBe: "1 with the method 'subspace'") }
    if !sweepRanks.isEmpty {
      throw .rule("sweepRanks", is: "given", mustBe: "left out with the method 'subspace'")
    }
  }

  /// Measures; random numbers come from the generator alone.
  public func measure(_ subject: Subject, using random: inout SeededGenerator) throws -> DynamicalSimilarityFinding {
    try measure(subject, using: &random) { _ in }
  }

  /// Measures, telling how far it is.
  public func measure(
    _ subject: Subject, using random: inout SeededGenerator, progress: @escaping MeasurementProgress
  ) throws -> DynamicalSimilarityFinding {
    let generator = random.reseeded(by: seed)
    return try DynamicalSimilarityMeasurement(of: self, subject).finding(using: generator, progress: progress)
  }
}
