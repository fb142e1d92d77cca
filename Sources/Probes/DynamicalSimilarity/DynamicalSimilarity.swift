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
    name: "dynamical-similarity", version: 1,
    question: "How alike are the dynamics of many systems, whatever the coordinates they are seen in?",
    citations: ["ostrow2023", "redman2024", "torgerson1952", "deleeuw1977", "sokal1958", "rousseeuw1987"],
    parameters: [
      ParameterNote(
        "recordings", "the systems: recording cells, or files of trials × time × units; with * in a path, several"),
      ParameterNote("operators", "ready operators instead: square arrays, or several in one of k × n × n"),
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
        "eigen-time-delay (default), exact, projected, total-least-squares, forward-backward or optimized"),
      ParameterNote("score", "angular (default), euclidean, or wasserstein between eigenvalues"),
      ParameterNote("search", "how thoroughly minima are sought; default 1"),
      ParameterNote("neighbours", "how many neighbours vote on a system's group; default 1"),
      ParameterNote("permutations", "how many times labels are drawn again for the test; default 1000"),
      ParameterNote("draws", "how many times systems are drawn again for intervals; default 1000, 0 for none"),
      ParameterNote("splitHalf", "whether the halves of each system are compared; default true"),
      ParameterNote("surrogates", "how many times the systems' samples are shuffled in time; default 1, 0 for none"),
      ParameterNote("sweepDelays", "numbers of delays to try; default: none"),
      ParameterNote("sweepRanks", "ranks to try; default: none"),
      ParameterNote("heldOut", "the share of samples by which a sweep judges; default 0.2"),
      ParameterNote("seed", "another seed than the notebook's"),
    ],
    exhibits: [
      "distances", "embedding", "classical", "dendrogram", "nulls", "sweep", "separation", "systems", "summary",
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

    /// The decomposition's method.
    var decomposition: DynamicModeDecomposition.Method { .init(rawValue: rawValue) ?? .eigenTimeDelay }
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

  /// The systems.
  public var recordings: [RecordingReference] = []
  /// Ready operators instead.
  public var operators: [SourceReference] = []
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
  /// How operators are fitted.
  public var method = Method.eigenTimeDelay
  /// The distance of two operators.
  public var score = Score.angular
  /// How thoroughly minima are sought.
  public var search = 1
  /// How many neighbours vote.
  public var neighbours = 1
  /// How many times labels are drawn again.
  public var permutations = 1000
  /// How many times systems are drawn again.
  public var draws = 1000
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

  /// What one measurement needs.
  public struct Subject: Sendable {
    /// A system as it came.
    enum Content: Sendable {
      case recording(Recording)
      case stateOperator(Matrix<Double>)
    }
    /// Its name, the group and number it has by itself, and what it is.
    struct System: Sendable {
      var name: String
      var sourceIndex: Int
      var group: String?
      var number: Double?
      let content: Content
    }
    let systems: [System]
  }

  /// More systems than this take too long in pairs.
  private static let mostSystems = 1000

  private var convention: RecordingConvention {
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
    ]
    ranges += sweepDelays.map { ("sweepDelays", $0, 1...2000) } + sweepRanks.map { ("sweepRanks", $0, 1...500) }
    for (key, value, range) in ranges where !range.contains(value) {
      throw .rule(key, is: value, mustBe: "from \(range.lowerBound) to \(range.upperBound)")
    }
    if draws == 1 { throw .rule("draws", is: draws, mustBe: "0 or at least 2") }
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
    if !operators.isEmpty, systems != .recordings {
      throw .rule("systems", is: "'\(systems.rawValue)'", mustBe: "left out where there are operators")
    }
    if !operators.isEmpty, !sweepRanks.isEmpty {
      throw .rule("sweepRanks", is: "given", mustBe: "left out where there are operators")
    }
  }

  /// Takes the recordings or the operators.
  public func gather(from bench: some Bench) throws -> Subject {
    var found: [Subject.System] = []
    for (index, label) in SourceReference.shortNames(of: operators.map(\.name)).enumerated() {
      found += try stateOperators(operators[index], at: index, named: label, on: bench)
    }
    let compared = try bench.comparedRecordings(recordings, convention: convention)
    for each in compared { found += try parts(of: each, isAlone: compared.count == 1) }
    guard found.count >= 2 else { throw AnalysisError.tooFew("systems", count: found.count, minimum: 2) }
    guard found.count <= Self.mostSystems else {
      throw AnalysisError.outOfRange("number of systems", Double(found.count), rule: "at most \(Self.mostSystems)")
    }
    guard names.isEmpty || names.count == found.count else {
      throw ParameterError.rule(
        "names", is: "\(names.count) long", mustBe: "\(found.count) long, one for each system")
    }
    let labels = try groups.spread(over: found.map(\.sourceIndex), key: "groups")
    for (index, label) in labels.enumerated() { found[index].group = label }
    for (index, name) in names.enumerated() { found[index].name = name }
    return Subject(systems: found)
  }

  private func stateOperators(
    _ reference: SourceReference, at position: Int, named label: String, on bench: some Bench
  ) throws -> [Subject.System] {
    let array = try bench.array(reference)
    let shape = array.shape
    let side = shape.last ?? 0
    guard (2...3).contains(shape.count), !shape.contains(0), shape[shape.count - 2] == side,
      side <= PreparedOperator.largestSize
    else {
      throw BenchError.wrongShape(
        reference.name, shape: shape,
        rule: "n × n, or k × n × n for k operators, with n at most \(PreparedOperator.largestSize)")
    }
    let bad = array.values.count { !$0.isFinite }
    guard bad == 0 else { throw BenchError.notFinite(reference.name, count: bad) }
    let count = shape.count == 3 ? shape[0] : 1
    return (0..<count).map { index in
      let entries = Array(array.values[(index * side * side)..<((index + 1) * side * side)])
      return Subject.System(
        name: shape.count == 3 ? "\(label) \(index + 1)" : label, sourceIndex: position, group: nil,
        content: .stateOperator(Matrix(rowCount: side, columnCount: side, entries: entries)))
    }
  }

  private func parts(of source: ComparedRecording, isAlone: Bool) throws -> [Subject.System] {
    let (name, recording) = (source.name, source.recording)
    func system(_ suffix: String?, _ condition: String?, _ part: Recording) -> Subject.System {
      guard let suffix else {
        return .init(
          name: name, sourceIndex: source.sourceIndex, group: source.group, number: source.number,
          content: .recording(part))
      }
      return .init(
        name: isAlone ? suffix : "\(name) \(suffix)", sourceIndex: source.sourceIndex,
        group: condition ?? (isAlone ? nil : name),
        content: .recording(part))
    }
    switch systems {
    case .recordings: return [system(nil, nil, recording)]
    case .trials:
      return try recording.trajectories.map { trial in
        system(
          trial.name, trial.condition,
          try Recording(
            [trial], unitNames: recording.unitNames, sampleInterval: recording.sampleInterval,
            timeUnit: recording.timeUnit))
      }
    case .conditions:
      guard !recording.conditions.isEmpty else {
        throw BenchError.wrongKind(name, expected: "a recording with conditions", found: "without any")
      }
      return try recording.conditions.map { condition in
        system(condition, nil, try recording.keeping { $0.condition == condition })
      }
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
    let generator = seed.map { SeededGenerator(seed: UInt64(bitPattern: Int64($0))) } ?? random
    return try DynamicalSimilarityMeasurement(of: self, subject).finding(using: generator, progress: progress)
  }
}

/// What is wrong with one of many systems, and which one it is.
struct SystemTrouble: Diagnosable {
  let name: String
  let error: any Diagnosable

  init(_ name: String, _ error: any Diagnosable) { (self.name, self.error) = (name, error) }

  var message: String { "system '\(name)': \(error.message)" }
  var hint: String? { error.hint }
  var status: ExitStatus { error.status }
}
