import Networks

/// How a network is to be read as a score. Whatever is left open must be clear from the network itself.
public struct ScoreConvention: Codable, Hashable, Sendable {
  /// What the output stands for.
  public var predicts: ScorePrediction?
  /// The noising process.
  public var process: ProcessParameters?
  /// Which input is which.
  public var inputs: ScoreInputs?

  /// Makes a convention.
  public init(predicts: ScorePrediction? = nil, process: ProcessParameters? = nil, inputs: ScoreInputs? = nil) {
    self.predicts = predicts
    self.process = process
    self.inputs = inputs
  }

  /// This convention, with another one's answers where this one is silent.
  public func completed(by other: ScoreConvention) -> ScoreConvention {
    ScoreConvention(
      predicts: predicts ?? other.predicts, process: process ?? other.process, inputs: inputs ?? other.inputs)
  }

  /// The score network that this convention makes of a network; `conditions` gives its further inputs their rows.
  public func score(of network: Network, conditions: [String: NDArray<Double>] = [:]) throws -> ScoreNetwork {
    guard let predicts else {
      throw ParameterError.missing("predicts", "say what the network predicts: noise, x0, v, score, edm or flow")
    }
    let process: ProcessParameters
    switch (self.process, predicts) {
    case (let given?, _): process = given
    // These two parameterisations belong to one process each.
    case (nil, .edm): process = ProcessParameters(.edm)
    case (nil, .flow): process = ProcessParameters(.flow)
    default: throw ParameterError.missing("process", "say which noising process: ve, vp, ddpm, edm or flow")
    }
    let noising = try process.noiseProcess()
    try Self.check(predicts, of: noising, named: process.kind)
    return try ScoreNetwork(
      network, predicts: predicts, process: noising, pointInput: inputs?.x, levelInput: inputs?.level,
      output: inputs?.output, told: inputs?.told ?? .time, conditions: conditions)
  }
}

extension ScoreConvention {
  /// Refuses a prediction whose formula holds for another process only: its score would be wrong without a sign of it.
  private static func check(
    _ prediction: ScorePrediction, of process: NoiseProcess, named kind: ProcessParameters.Kind
  ) throws(ParameterError) {
    let rule: String
    switch (prediction, process) {
    case (.noise, _), (.x0, _), (.score, _), (.edm, .varianceExploding), (.flow, .flow), (.v, .variancePreserving),
      (.v, .denoisingDiffusion):
      return
    case (.edm, _): rule = "'edm' or 've' where the network predicts 'edm'"
    case (.flow, _): rule = "'flow' where the network predicts 'flow'"
    case (.v, _): rule = "'vp' or 'ddpm' where the network predicts 'v'"
    }
    throw .rule("process", is: "'\(kind.rawValue)'", mustBe: rule)
  }
}

/// Which graph input is which.
public struct ScoreInputs: Codable, Hashable, Sendable {
  /// The input that takes the noised data, by name or position.
  public var x: String?
  /// The input that takes the noise level, by name or position.
  public var level: String?
  /// The output, by name or position.
  public var output: String?
  /// What the level input is told.
  public var told: LevelQuantity?

  /// Makes a choice of inputs.
  public init(x: String? = nil, level: String? = nil, output: String? = nil, told: LevelQuantity? = nil) {
    self.x = x
    self.level = level
    self.output = output
    self.told = told
  }
}

extension ScorePrediction: ParameterChoice {}
extension LevelQuantity: ParameterChoice {}
extension Precision: ParameterChoice {}
extension NoiseProcess.BetaSchedule.Shape: ParameterChoice {}

/// A noising process as a person writes it: `ve`, or `{kind: ddpm, betas: [0.0001, 0.02], steps: 1000}`.
public struct ProcessParameters: Codable, Hashable, Sendable, ShorthandParameters {
  /// The families of processes.
  public enum Kind: String, ParameterChoice {
    case ve, vp, ddpm, edm, flow
  }

  /// The key that a single value stands for.
  public static let shorthandKey = "kind"

  /// The family.
  public var kind: Kind
  /// The first and the last β.
  public var betas: [Double]?
  /// The number of steps; a `vp` process with steps is a `ddpm`.
  public var steps: Int?
  /// How β runs from first to last.
  public var schedule: NoiseProcess.BetaSchedule.Shape?

  /// Makes a process of a family with its usual constants.
  public init(_ kind: Kind, betas: [Double]? = nil, steps: Int? = nil) {
    self.kind = kind
    self.betas = betas
    self.steps = steps
  }

  /// The process these parameters stand for.
  public func noiseProcess() throws(ParameterError) -> NoiseProcess {
    let isStepped = kind == .ddpm || (kind == .vp && (steps != nil || schedule != nil))
    if !isStepped {
      if let steps {
        throw .rule("process.steps", is: steps, mustBe: "left out: a '\(kind.rawValue)' process has no steps")
      }
      if let schedule {
        throw .rule(
          "process.schedule", is: schedule.rawValue,
          mustBe: "left out: a '\(kind.rawValue)' process has no schedule")
      }
    }
    if kind != .ddpm, kind != .vp, let betas {
      throw .rule(
        "process.betas", is: betas.description, mustBe: "left out: a '\(kind.rawValue)' process has no betas")
    }
    if schedule == .cosine, let betas {
      throw .rule("process.betas", is: betas.description, mustBe: "left out: a 'cosine' schedule has betas of its own")
    }
    let ends = betas ?? (isStepped ? [1e-4, 0.02] : [0.1, 20])
    guard ends.count == 2, ends[0] > 0, ends[1] >= ends[0], ends[1].isFinite, !isStepped || ends[1] < 1 else {
      throw .rule(
        "process.betas", is: ends.description,
        mustBe: isStepped ? "two numbers with 0 < first ≤ last < 1" : "two numbers with 0 < first ≤ last")
    }
    if let steps, !(1...1_000_000).contains(steps) {
      throw .rule("process.steps", is: steps, mustBe: "from 1 to 1000000")
    }
    return switch kind {
    case .ve, .edm: .varianceExploding
    case .flow: .flow
    case .vp where !isStepped: .variancePreserving(betaMin: ends[0], betaMax: ends[1])
    case .vp, .ddpm:
      .denoisingDiffusion(
        NoiseProcess.BetaSchedule(first: ends[0], last: ends[1], stepCount: steps ?? 1000, shape: schedule ?? .linear))
    }
  }
}

/// Points to evaluate at: a source, or some of its rows. `points: x.npy` is short for `points: {from: x.npy}`.
public struct PointSelection: Codable, Hashable, Sendable, ShorthandParameters {
  /// The key that a single value stands for.
  public static let shorthandKey = "from"

  /// Where the points are.
  public var from: SourceReference
  /// How many to take, evenly spread over the source; `nil` takes all.
  public var count: Int?

  /// Makes a selection.
  public init(from: SourceReference, count: Int? = nil) {
    self.from = from
    self.count = count
  }

  /// Refuses a selection of nothing.
  public func validate(key: String = "points") throws(ParameterError) {
    if from.isEmpty { throw .missing("\(key).from", "say where the points are: a file or a source cell") }
    if let count, count < 1 { throw .rule("\(key).count", is: count, mustBe: "at least 1") }
  }

  /// The points: `count × d`, one row each, further axes flattened.
  public func points(on bench: some Bench) throws -> NDArray<Double> {
    try validate()
    let all = try bench.array(from)
    guard let rows = all.shape.first, rows > 0, all.values.count > 0 else {
      throw BenchError.wrongShape(from.name, shape: all.shape, rule: "points × coordinates, with at least one point")
    }
    let bad = all.values.count(where: { !$0.isFinite })
    if bad > 0 { throw BenchError.notFinite(from.name, count: bad) }
    let flat = all.reshaped(to: [rows, all.values.count / rows])
    if let count, count > rows {
      throw BenchError.wrongShape(from.name, shape: all.shape, rule: "at least \(count) points, as 'count' asks for")
    }
    return taken(from: flat)
  }

  /// The rows that the selection takes of an array with a row for each of the source's points.
  private func taken(from array: NDArray<Double>) -> NDArray<Double> {
    let (rows, width) = (array.shape[0], array.shape[1])
    guard let count, count < rows else { return array }
    var values: [Double] = []
    values.reserveCapacity(count * width)
    for index in 0..<count {
      let row = index * rows / count
      values += array.values[(row * width)..<((row + 1) * width)]
    }
    return NDArray(shape: [count, width], values: values)
  }

  /// Conditions fitted to the points taken: a condition with a row for each of the source's points gives the rows of
  /// those that were taken.
  public func fitting(_ conditions: [String: NDArray<Double>], on bench: some Bench) throws -> [String: NDArray<Double>]
  {
    guard let count, conditions.values.contains(where: { $0.shape[0] > 1 }) else { return conditions }
    let all = try bench.array(from).shape.first ?? 0
    return conditions.mapValues { $0.shape[0] == all && all > count ? taken(from: $0) : $0 }
  }
}
