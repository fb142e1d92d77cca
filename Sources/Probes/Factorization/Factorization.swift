import Analysis
import Diagnostics
import LinearAlgebra
import Networks
import Probing

/// Whether a code holds several factors apart, together, on one surface, or not at all, beside ideal codes of the same conditions.
///
/// Shapes: activations are samples × units, or samples × channels × places; factors are samples × factors.
public struct Factorization: Probe {
  /// What a person should know of the probe.
  public static let card = ProbeCard(
    name: "factorization", version: 2,
    question: "Are several factors represented apart, together, or on which surface?",
    citations: [
      "liang2024", "bernardi2020", "bjorck1973", "kornblith2019", "kriegeskorte2008", "hewitt2019", "hoerl1970",
      "efron1993",
    ],
    parameters: [
      ParameterNote("activations", "arrays of samples × units, or samples × channels × places, in place of networks"),
      ParameterNote(
        "factors", "the factors' values: an array of samples × factors; given to the networks where there are such"),
      ParameterNote(
        "network", "the network or networks: cells or files, or series of them (series cells, or * in a path)"),
      ParameterNote(
        "layer",
        "an output, by name or position, or a value inside the graph, by the name that 'inspect --values' lists; of several, each; default: the first output"
      ),
      ParameterNote("condition", "the input that takes the factors; default: the only one that 'inputs' leaves out"),
      ParameterNote("grid", "the values of each factor, in place of 'factors': [from, to, count] for each"),
      ParameterNote(
        "inputs",
        "what the other inputs are given: a number, several to try one after the other, noise (Gaussian, the same for every condition), or a source of one sample or one for each condition"
      ),
      ParameterNote("deviation", "of the noise: a number (default 1), or the input that holds it"),
      ParameterNote(
        "pooling",
        "of spatial layers: flatten (default), mean over places, or channels, each by itself"),
      ParameterNote(
        "periodic", "the period of each factor, or one for all; 0 or none where it has two ends (default)"),
      ParameterNote("categorical", "the factors whose values are names without an order, by name or position"),
      ParameterNote("factorNames", "what to call the factors; default: factor 1, factor 2, …"),
      ParameterNote("names", "what to call the arrays, or the networks' sources; default: the sources' names"),
      ParameterNote(
        "decoding", "whether to tell the factors from the code by linear maps; default true"),
      ParameterNote("draws", "how often conditions are drawn again for intervals; default 200"),
      ParameterNote("precision", "of networks: float64 (default) or float32"),
      ParameterNote("seed", "another seed than the notebook's"),
    ],
    exhibits: [
      "tangents", "spectrum", "embedding", "similarity", "measures", "factors", "course", "codes", "summary",
    ])
  /// The parameters where the notebook is silent.
  public static let standard = Factorization()

  /// The deviation of noise.
  public enum Deviation: Codable, Hashable, Sendable {
    /// A number.
    case number(Double)
    /// What an input is given.
    case input(String)

    /// Reads a number or a name.
    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .input(try container.decode(String.self))
      }
    }

    /// Writes the number or the name.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .number(let number): try container.encode(number)
      case .input(let name): try container.encode(name)
      }
    }
  }

  /// The codes, as arrays.
  public var activations: [SourceReference] = []
  /// The factors' values.
  public var factors: SourceReference = ""
  /// The networks.
  public var network: [SourceReference] = []
  /// The values in them that are looked at.
  public var layer: [String] = []
  /// The input that takes the factors.
  public var condition: String?
  /// The values of each factor.
  public var grid: [[Double]] = []
  /// What other inputs are given.
  public var inputs: [String: LayerInput] = [:]
  /// The deviation of noise.
  public var deviation = Deviation.number(1)
  /// What becomes of places.
  public var pooling = ActivationPooling.flatten
  /// The period of each factor.
  public var periodic: [PeriodParameter] = []
  /// The factors whose values are names.
  public var categorical: [String] = []
  /// What to call the factors.
  public var factorNames: [String] = []
  /// What to call the sources.
  public var names: [String] = []
  /// Whether factors are decoded.
  public var decoding = true
  /// How often conditions are drawn again.
  public var draws = 200
  /// How networks compute.
  public var precision = Precision.float64
  /// Another seed than the notebook's.
  public var seed: Int?

  /// Refuses parameters that make no sense together or lie outside their range.
  public func validate() throws(ParameterError) {
    if activations.isEmpty && network.isEmpty || activations.contains(where: \.isEmpty) {
      throw .missing("activations", "name an array of samples × units, or a 'network'")
    }
    if network.contains(where: \.isEmpty) { throw .missing("network", "name a network source or file") }
    if !activations.isEmpty, !network.isEmpty {
      throw .rule("activations", is: "given beside 'network'", mustBe: "left out where networks are run")
    }
    if activations.isEmpty {
      if factors.isEmpty == grid.isEmpty {
        throw .rule(
          "grid", is: grid.isEmpty ? "left out" : "given beside 'factors'",
          mustBe: "given, or 'factors', but not both")
      }
    } else {
      if factors.isEmpty { throw .missing("factors", "name an array of samples × factors") }
      for (key, isGiven) in [
        ("layer", !layer.isEmpty), ("condition", condition != nil), ("grid", !grid.isEmpty),
        ("inputs", !inputs.isEmpty),
      ] where isGiven { throw .rule(key, is: "given", mustBe: "left out where no network is run") }
    }
    try validateGrid()
    try validateInputs()
    for (key, list) in [("names", names), ("factorNames", factorNames), ("layer", layer)] where list.contains("") {
      throw .rule(key, is: "empty for one of them", mustBe: "a name for each")
    }
    if Set(factorNames).count < factorNames.count {
      throw .rule("factorNames", is: "the same for two", mustBe: "different from each other")
    }
    for case .period(let period) in periodic where !(period > 0 && period.isFinite) {
      throw .rule("periodic", is: period, mustBe: "finite numbers above 0, or 0 or none")
    }
    if !(20...10_000).contains(draws) { throw .rule("draws", is: draws, mustBe: "from 20 to 10000") }
  }

  private func validateGrid() throws(ParameterError) {
    guard !grid.isEmpty else { return }
    if grid.count < 2 { throw .rule("grid", is: "of 1 factor", mustBe: "of two factors at least") }
    var count = 1
    for values in grid {
      guard values.count == 3, values[0] != values[1], values.allSatisfy({ $0.isFinite }),
        values[2] == values[2].rounded(), (2...1000).contains(values[2])
      else {
        throw .rule(
          "grid", is: "[\(values.map { rounded($0) }.joined(separator: ", "))] for a factor",
          mustBe: "[from, to, count] with different ends and a count from 2 to 1000")
      }
      count *= Int(values[2])
      guard count <= FactorGrid.mostConditions else {
        throw .rule("grid", is: "of \(count) conditions and more", mustBe: "of at most \(FactorGrid.mostConditions)")
      }
    }
  }

  private func validateInputs() throws(ParameterError) {
    let names = inputs.keys.sorted()
    for name in names {
      if let value = inputs[name]?.levels.first(where: { !$0.isFinite }) {
        throw .rule("inputs.\(name)", is: value, mustBe: "finite")
      }
      if case .levels(let levels)? = inputs[name], levels.isEmpty || levels.count > 100 {
        throw .rule("inputs.\(name)", is: "\(levels.count) numbers", mustBe: "from 1 to 100 of them")
      }
      if name == condition { throw .rule("inputs.\(name)", is: "given", mustBe: "left out, as it takes the factors") }
    }
    let tried = names.filter { (inputs[$0]?.levels.count ?? 0) > 1 }
    if tried.count > 1 {
      throw .rule("inputs.\(tried[1])", is: "several numbers", mustBe: "one number, as '\(tried[0])' has several")
    }
    switch deviation {
    case .number(let number) where !(number > 0 && number.isFinite):
      throw .rule("deviation", is: number, mustBe: "a finite number above 0")
    case .input(let name) where (inputs[name]?.levels ?? []).isEmpty:
      throw .rule("deviation", is: "'\(name)'", mustBe: "a number, or one of 'inputs' that is given numbers")
    default: break
    }
  }

  /// Measures; random numbers come from the generator alone.
  public func measure(_ subject: Subject, using random: inout SeededGenerator) throws -> FactorizationFinding {
    try measure(subject, using: &random) { _ in }
  }

  /// Measures, telling how far it is.
  public func measure(
    _ subject: Subject, using random: inout SeededGenerator, progress: @escaping MeasurementProgress
  ) throws -> FactorizationFinding {
    let generator = random.reseeded(by: seed)
    return try FactorizationMeasurement(of: self, subject).finding(using: generator, progress: progress)
  }
}
