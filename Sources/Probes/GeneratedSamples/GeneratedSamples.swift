import Diagnostics
import LinearAlgebra
import Networks
import Probing

/// Samples drawn from a diffusion model or a flow, and how they compare with data.
///
/// Shapes: samples are `count × d`, for every row of the conditions in turn. Other cells may take them as points.
///
/// References: ho2020, song2021ddim, song2021, karras2022.
public struct GeneratedSamples: Probe {
  /// What a person should know of the probe.
  public static let card = ProbeCard(
    name: "generated-samples", version: 1,
    question: "What does a diffusion model make, and how near is it to the data?",
    citations: ["ho2020", "song2021ddim", "song2021", "karras2022"],
    parameters: [
      ParameterNote("network", "the score network: a source cell or an ONNX file"),
      ParameterNote("predicts", "what it predicts: noise, x0, v, score, edm or flow; default: what the source says"),
      ParameterNote("process", "its noising process: ve, vp, ddpm, edm or flow, or {kind, betas, steps, schedule}"),
      ParameterNote("inputs", "which graph input is which, where it is not clear: {x, level, output, told}"),
      ParameterNote("conditions", "what its further inputs are given: {name: numbers, rows of numbers or a source}"),
      ParameterNote("count", "how many samples to draw for every row of the conditions; default 16"),
      ParameterNote(
        "sampler",
        "ddpm, ddim (default), heun or edm, or {kind, steps, eta, variance, spacing, rho, highest, lowest, churn}"),
      ParameterNote("clip", "hold the clean data seen on the way within ± this; default: do not"),
      ParameterNote("data", "data to compare with: a source, or {from, count}"),
      ParameterNote("image", "rows and columns of a sample that is a picture; default: what the network's input says"),
      ParameterNote("shades", "the values shown as black and as white; default: the least and the greatest"),
      ParameterNote("seed", "another seed than the notebook's"),
      ParameterNote("precision", "the precision in which the network runs: float64 (default) or float32"),
    ], exhibits: ["grid", "distances", "summary"])
  /// The parameters where the notebook is silent.
  public static let standard = GeneratedSamples(network: "")

  /// More numbers than this in all samples are refused.
  static let mostNumbers = 50_000_000

  /// The score network.
  public var network: SourceReference
  /// What it predicts.
  public var predicts: ScorePrediction?
  /// Its noising process.
  public var process: ProcessParameters?
  /// Which input is which.
  public var inputs: ScoreInputs?
  /// What its further inputs are given.
  public var conditions: [String: ConditionParameter]?
  /// How many samples for every row of the conditions.
  public var count = 16
  /// How samples are drawn.
  public var sampler = SamplerParameters(.ddim)
  /// What the clean data seen on the way are held within.
  public var clip: Double?
  /// Data to compare with.
  public var data: PointSelection?
  /// Rows and columns of a sample that is a picture.
  public var image: [Int]?
  /// The values shown as black and as white.
  public var shades: [Double]?
  /// Another seed than the notebook's.
  public var seed: Int?
  /// The precision in which the network runs.
  public var precision = Precision.float64

  /// What one measurement needs.
  public struct Subject: Sendable {
    let score: ScoreNetwork
    let levels: [DiffusionLevel]
    let count: Int
    /// The rows of every condition; none without conditions.
    let conditions: [String: NDArray<Double>]
    let imageShape: [Int]?
    let data: NDArray<Double>?
  }

  /// Refuses parameters that make no sense together or lie outside their range.
  public func validate() throws(ParameterError) {
    if network.isEmpty { throw .missing("network", "name a network source or an ONNX file") }
    _ = try process?.noiseProcess()
    try conditions?.validate()
    if count < 1 { throw .rule("count", is: count, mustBe: "at least 1") }
    try sampler.validate()
    if let clip, !(clip > 0 && clip.isFinite) { throw .rule("clip", is: clip, mustBe: "above 0 and finite") }
    try data?.validate(key: "data")
    if let image, image.count != 2 || image.contains(where: { !(1...4096).contains($0) }) {
      throw .rule("image", is: image.description, mustBe: "two whole numbers from 1 to 4096, as [rows, columns]")
    }
    if let shades, shades.count != 2 || !(shades[0] < shades[1]) || !shades.allSatisfy(\.isFinite) {
      throw .rule("shades", is: shades.description, mustBe: "two numbers, the first below the second")
    }
  }

  /// Takes the network, the conditions and the data, and fits them to each other.
  public func gather(from bench: some Bench) throws -> Subject {
    let source = try bench.network(network)
    let convention = ScoreConvention(predicts: predicts, process: process, inputs: inputs)
      .completed(by: source.convention)
    let given = try conditions?.arrays(on: bench) ?? [:]
    let rowCount = try rowCount(of: given)
    let (total, overflows) = count.multipliedReportingOverflow(by: rowCount)
    guard !overflows, total <= Self.mostNumbers else {
      throw ParameterError.rule("count", is: count, mustBe: "at most \(Self.mostNumbers / rowCount)")
    }
    // Every row of the conditions is given as often as samples are drawn for it.
    let score = try convention.score(of: source.network, conditions: given.mapValues { repeated($0, to: rowCount) })
    guard let dimension = score.dimension else { throw SamplingError.openSize(score.pointInput.shape) }
    guard total <= Self.mostNumbers / dimension else {
      throw ParameterError.rule(
        "count", is: count,
        mustBe: "at most \(Self.mostNumbers / dimension / rowCount) for samples of \(dimension) numbers")
    }
    try score.requireConditions(for: total)
    let data = try self.data?.points(on: bench)
    if let data, data.shape[1] != dimension {
      throw ScoreInputError.sampleSize(expected: score.pointInput.shape, found: data.shape[1])
    }
    if let image, image[0] * image[1] != dimension {
      throw ParameterError.rule(
        "image", is: "\(image[0])×\(image[1])", mustBe: "of \(dimension) pixels, as a sample has numbers")
    }
    return Subject(
      score: score, levels: try sampler.levels(of: score.process), count: total,
      conditions: given, imageShape: image ?? score.pointInput.pictureShape, data: data)
  }

  /// Measures; random numbers come from the generator alone.
  public func measure(_ subject: Subject, using random: inout SeededGenerator) throws -> GeneratedSamplesFinding {
    let generator = random.reseeded(by: seed)
    func samples<Scalar: NetworkScalar>(_ type: Scalar.Type) throws -> NDArray<Double> {
      try subject.score.samples(
        subject.count, by: sampler.sampler, over: subject.levels, clippedTo: clip, in: type, using: generator)
    }
    let drawn =
      switch precision {
      case .float64: try samples(Double.self)
      case .float32: try samples(Float.self)
      }
    return GeneratedSamplesFinding(probe: self, subject: subject, samples: drawn)
  }

  /// The number of rows that the conditions have; those with one row go with any number.
  private func rowCount(of conditions: [String: NDArray<Double>]) throws -> Int {
    let counts = conditions.mapValues { $0.shape[0] }.filter { $0.value > 1 }.sorted { $0.key < $1.key }
    guard let first = counts.first else { return 1 }
    if let other = counts.first(where: { $0.value != first.value }) {
      throw ParameterError.rule(
        "conditions.\(other.key)", is: "\(other.value) rows long",
        mustBe: "one row, or \(first.value) as '\(first.key)' has")
    }
    return first.value
  }

  private func repeated(_ array: NDArray<Double>, to rowCount: Int) -> NDArray<Double> {
    guard rowCount > 1, array.shape[0] == rowCount, count > 1 else { return array }
    let width = array.shape[1]
    let values = (0..<rowCount).flatMap { row in
      (0..<count).flatMap { _ in array.values[(row * width)..<((row + 1) * width)] }
    }
    return NDArray(shape: [rowCount * count, width], values: values)
  }
}

extension Network.Port {
  /// Rows and columns, where a sample is a picture of one channel.
  fileprivate var pictureShape: [Int]? {
    let sample = shape.dropFirst().compactMap { $0 }
    guard sample.count == shape.count - 1 else { return nil }
    switch sample.count {
    case 2: return sample
    case 3 where sample[0] == 1: return Array(sample.dropFirst())
    default: return nil
    }
  }
}
