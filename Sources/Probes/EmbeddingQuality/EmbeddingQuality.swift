import Analysis
import Diagnostics
import LinearAlgebra
import Networks
import Probing

/// How well the states of sequence models embed the system behind what the models are given.
///
/// Shapes: what is observed and what is hidden are trials × time × units, sampled at the same times; networks take what is observed and give states, and the
/// next sample, at every time.
public struct EmbeddingQuality: Probe {
  /// What a person should know of the probe.
  public static let card = ProbeCard(
    name: "embedding-quality", version: 1,
    question: "How well do a sequence model's states unfold the hidden system that its input comes from?",
    citations: ["ostrow2024", "uzal2011", "sugihara2012", "huh2024", "hyndman2006"],
    parameters: [
      ParameterNote(
        "network", "the model or models: network cells or files, or series of them (series cells, or * in a path)"),
      ParameterNote("states", "recordings of states, in place of networks: trials × time × units"),
      ParameterNote("groups", "what each source is one of, such as its architecture; default: its name"),
      ParameterNote("conditions", "under what each source was trained, such as its noise; default: none"),
      ParameterNote(
        "over",
        "what * in a path stands for: step (default), seed or size; models that differ by seed alone are one setting"),
      ParameterNote("observed", "what the models are given: one recording, or one for each source"),
      ParameterNote("hidden", "what they are not given: a recording of the same times"),
      ParameterNote("signal", "what is observed, without its noise; default: as observed"),
      ParameterNote("input", "the networks' input, by name or position; default the first"),
      ParameterNote(
        "layer", "the output with the states, by name or position, or a value inside the graph; default the last output"
      ),
      ParameterNote(
        "prediction", "the output with the next sample; default the first, if its shape is that of what is observed"),
      ParameterNote(
        "layout", "of the networks' arrays: time-units (trials × time × units, default) or time-trials-units"),
      ParameterNote("discard", "samples at the start of each trial that are left out; default 50"),
      ParameterNote(
        "window",
        "Theiler's window in samples: points of a trial nearer in time are no neighbours; default: where the autocorrelation of what is observed falls below 1/e"
      ),
      ParameterNote("linear", "the linear decoder: ridge (default) or elastic-net"),
      ParameterNote("nonlinear", "the other one: kernel (default) or neighbours"),
      ParameterNote("folds", "of cross-validation, of whole trials where there are as many; default 5"),
      ParameterNote("neighbours", "k of the neighbour overlap, without the point itself; default 20"),
      ParameterNote("horizon", "how many samples ahead noise amplification looks; default 10"),
      ParameterNote("rollouts", "after how many steps of its own predictions a model is scored; default [1, 7, 14]"),
      ParameterNote("freeRun", "how many samples a model goes on by itself; default 50, 0 for none"),
      ParameterNote("landmarks", "how many states persistent homology is of; default 0, for none"),
      ParameterNote("seed", "another seed than the notebook's"),
    ],
    exhibits: [
      "decoding", "states", "quality", "forecasts", "horizons", "mapping", "training", "size", "diagrams", "settings",
      "increase",
      "summary",
    ])
  /// The parameters where the notebook is silent.
  public static let standard = EmbeddingQuality()

  /// The linear decoders.
  public enum Linear: String, ParameterChoice {
    case ridge
    case elasticNet = "elastic-net"
  }

  /// The others.
  public enum Nonlinear: String, ParameterChoice {
    case kernel, neighbours
  }

  /// The models.
  public var network: [SourceReference] = []
  /// Recordings of states.
  public var states: [RecordingReference] = []
  /// What each source is one of.
  public var groups: [String] = []
  /// Under what each was trained.
  public var conditions: [String] = []
  /// What `*` stands for.
  public var over = NetworkSeries.Index.step
  /// What the models are given.
  public var observed: [RecordingReference] = []
  /// What they are not given.
  public var hidden: RecordingReference = ""
  /// What is observed, without its noise.
  public var signal: RecordingReference?
  /// The networks' input.
  public var input: String?
  /// The output with the states.
  public var layer: String?
  /// The output with the next sample.
  public var prediction: String?
  /// Which axis is which.
  public var layout: RecordingLayout?
  /// Samples at the start of each trial that are left out.
  public var discard = 50
  /// Theiler's window.
  public var window: Int?
  /// The linear decoder.
  public var linear = Linear.ridge
  /// The other one.
  public var nonlinear = Nonlinear.kernel
  /// The number of folds.
  public var folds = 5
  /// k of the overlap.
  public var neighbours = 20
  /// How far ahead noise amplification looks.
  public var horizon = 10
  /// After how many steps a model is scored.
  public var rollouts = [1, 7, 14]
  /// How many samples a model goes on by itself.
  public var freeRun = 50
  /// How many states persistent homology is of.
  public var landmarks = 0
  /// Another seed than the notebook's.
  public var seed: Int?

  /// Refuses parameters that make no sense together or lie outside their range.
  public func validate() throws(ParameterError) {
    if network.isEmpty, states.isEmpty {
      throw .missing("network", "name the network or networks, or recordings of 'states'")
    }
    if !network.isEmpty, !states.isEmpty {
      throw .rule("states", is: "given beside 'network'", mustBe: "left out where networks are run")
    }
    if network.contains(where: \.isEmpty) { throw .missing("network", "name a network source or file") }
    if states.contains(where: \.isEmpty) { throw .missing("states", "name a recording source or file") }
    if observed.isEmpty || observed.contains(where: \.isEmpty) {
      throw .missing("observed", "name the recording that the models are given")
    }
    if hidden.isEmpty { throw .missing("hidden", "name the recording of what the models are not given") }
    if signal?.isEmpty == true {
      throw .missing("signal", "name the recording of what is observed without noise, or leave it out")
    }
    if layout == .unitsByTime {
      throw .rule("layout", is: "'units-time'", mustBe: "time-units or time-trials-units, as networks have it")
    }
    let ranges: [(String, Int, ClosedRange<Int>)] = [
      ("discard", discard, 0...100_000), ("window", window ?? 0, 0...100_000), ("folds", folds, 3...20),
      ("neighbours", neighbours, 1...1000), ("horizon", horizon, 1...1000), ("freeRun", freeRun, 0...100_000),
      ("landmarks", landmarks, 0...1000),
    ]
    for (key, value, range) in ranges where !range.contains(value) {
      throw .rule(key, is: value, mustBe: "from \(range.lowerBound) to \(range.upperBound)")
    }
    if (1..<10).contains(landmarks) { throw .rule("landmarks", is: landmarks, mustBe: "0, or from 10 to 1000") }
    if (1..<16).contains(freeRun) { throw .rule("freeRun", is: freeRun, mustBe: "0, or 16 at least, for a spectrum") }
    if rollouts.isEmpty || rollouts.count > 20 {
      throw .rule("rollouts", is: "\(rollouts.count) numbers", mustBe: "from 1 to 20 of them")
    }
    for (earlier, later) in zip([0] + rollouts, rollouts) where later <= earlier || later > 1000 {
      throw .rule("rollouts", is: later, mustBe: "above the one before, \(earlier), and at most 1000")
    }
    if !states.isEmpty {
      for (key, isGiven) in [("input", input != nil), ("layer", layer != nil), ("prediction", prediction != nil)]
      where isGiven {
        throw .rule(key, is: "given", mustBe: "left out where 'states' are recordings")
      }
    }
  }

  /// Measures; random numbers come from the generator alone.
  public func measure(_ subject: Subject, using random: inout SeededGenerator) throws -> EmbeddingQualityFinding {
    try measure(subject, using: &random) { _ in }
  }

  /// Measures, telling how far it is.
  public func measure(
    _ subject: Subject, using random: inout SeededGenerator, progress: @escaping MeasurementProgress
  ) throws -> EmbeddingQualityFinding {
    var generator = random.reseeded(by: seed)
    return try EmbeddingQualityMeasurement(of: self, subject).finding(using: &generator, progress: progress)
  }
}
