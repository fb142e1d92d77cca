import Diagnostics
import Foundation

/// What a diffusion network's output stands for.
public enum ScorePrediction: String, Sendable, Hashable, Codable, CaseIterable {
  /// The noise ε.
  case noise
  /// The clean data x₀.
  case x0
  /// v = μ ε − σ x₀ of a variance-preserving process.
  case v
  /// The score ∇ log p(x).
  case score
  /// The denoised data D(x; σ) of an EDM network: x₀ with μ = 1.
  case edm
  /// The velocity ε − x₀ of a rectified flow.
  case flow

  /// The numbers a and b with σ² ∇log p = a f(x) + b x, where f is the network.
  ///
  /// So the dimensionless Jacobian is σ² J = a ∂f/∂x + b I.
  public func scoreCoefficients(at level: DiffusionLevel) -> (output: Double, input: Double) {
    let (signal, sigma) = (level.signal, level.sigma)
    return switch self {
    case .noise: (-sigma, 0)
    case .x0: (signal, -1)
    case .edm: (1, -1)
    case .v: (-sigma * signal, -sigma * sigma)
    case .score: (sigma * sigma, 0)
    case .flow: (-sigma * signal, -sigma)
    }
  }
}

extension Network.Port {
  /// The size of one sample: the product of all axes but the first. `nil` where an axis is open or there is no second one.
  public var sampleSize: Int? {
    guard shape.count > 1 else { return nil }
    var size = 1
    for extent in shape.dropFirst() {
      guard let extent else { return nil }
      // A file whose ports claim more than the largest array is not read, so this cannot overflow.
      size *= extent
    }
    return size
  }
}

/// A network read as the score of a noised distribution.
///
/// Shapes: points are `count × d`, where d is the size of one sample of the network's x input; whatever axes that input has
/// are restored before the network runs.
public struct ScoreNetwork: Sendable {
  /// The network.
  public let network: Network
  /// What its output stands for.
  public let prediction: ScorePrediction
  /// The noising process it was trained on.
  public let process: NoiseProcess
  /// The input that takes the noised data.
  public let pointInput: Network.Port
  /// The input that takes the noise level; `nil` for a network that is not told.
  public let levelInput: Network.Port?
  /// The output.
  public let output: Network.Port
  /// What the level input is told.
  public let told: LevelQuantity
  /// What the network's further inputs are given, by name.
  public private(set) var conditions: [String: ScoreCondition]

  /// Reads a network as a score. Inputs that names and shapes leave in doubt must be named.
  ///
  /// `conditions` gives every input beyond the noised data and the noise level its numbers, by name or position:
  /// `rows × numbers`, with one row for all points or one for each.
  public init(
    _ network: Network, predicts prediction: ScorePrediction, process: NoiseProcess, pointInput: String? = nil,
    levelInput: String? = nil, output: String? = nil, told: LevelQuantity = .time,
    conditions: [String: NDArray<Double>] = [:]
  ) throws {
    self.network = network
    self.prediction = prediction
    self.process = process
    self.told = told
    let port = try Self.output(of: network, named: output)
    self.output = port
    let named = try pointInput.map { try network.inputName($0) }
    let namedLevel = try levelInput.map { try network.inputName($0) }
    let conditions = try ScoreCondition.conditions(conditions, of: network)
    self.conditions = conditions
    if let name = [named, namedLevel].compactMap({ $0 }).first(where: { conditions[$0] != nil }) {
      throw ScoreInputError.conditionOnRole(name)
    }
    let free = network.inputs.filter { conditions[$0.name] == nil }
    (self.pointInput, self.levelInput) = try Self.roles(among: free, point: named, level: namedLevel, output: port)
    if self.pointInput.name == self.levelInput?.name { throw ScoreInputError.sameInput(self.pointInput.name) }
    if free.count > (self.levelInput == nil ? 1 : 2) { throw ScoreInputError.tooMany(free.map(\.name)) }
  }

  /// Refuses a number of points that some condition has too few or too many rows for.
  public func requireConditions(for pointCount: Int) throws {
    for (name, condition) in conditions.sorted(by: { $0.key < $1.key }) {
      try condition.requireRows(named: name, pointCount: pointCount)
    }
  }

  /// The network given only some rows of what its conditions give point by point.
  public func conditioned(onRows rows: Range<Int>) -> ScoreNetwork {
    var part = self
    part.conditions = conditions.mapValues { $0.rows(rows) }
    return part
  }

  /// The output meant: the one that is named, the only one, or the only one as large as an input.
  private static func output(of network: Network, named name: String?) throws -> Network.Port {
    if let name {
      let known = try network.outputName(name)
      if let port = network.outputs.first(where: { $0.name == known }) { return port }
    }
    guard let first = network.outputs.first else { throw ScoreInputError.noOutput }
    guard network.outputs.count > 1 else { return first }
    let sizes = network.inputs.compactMap(\.sampleSize).filter { $0 > 1 }
    let fitting = network.outputs.filter { $0.sampleSize.map(sizes.contains) ?? true }
    guard fitting.count == 1 else { throw ScoreInputError.ambiguousOutput(network.outputs.map(\.name)) }
    return fitting[0]
  }

  /// The size of one sample, if the network fixes it.
  public var dimension: Int? { pointInput.sampleSize }

  /// σ² ∇log p at points: `count × d`.
  public func normalizedScore<Scalar: NetworkScalar>(
    at points: NDArray<Scalar>, level: DiffusionLevel
  ) throws -> NDArray<Scalar> {
    let result = try network.evaluate(inputs(points, level))
    guard let values = result[output.name], values.values.count == points.values.count else {
      throw ScoreInputError.shapes(output: result[output.name]?.shape ?? [], points: points.shape)
    }
    let (a, b) = prediction.scoreCoefficients(at: level)
    var score = points
    for index in score.values.indices {
      score.values[index] = Scalar(a) * values.values[index] + Scalar(b) * points.values[index]
    }
    return score
  }

  /// The dimensionless Jacobian σ² ∂²log p/∂x² at points: `count × d × d`, exact.
  public func normalizedJacobian<Scalar: NetworkScalar>(
    at points: NDArray<Scalar>, level: DiffusionLevel, progress: Network.Progress? = nil
  ) throws -> NDArray<Scalar> {
    var jacobian = try network.jacobian(
      of: output.name, withRespectTo: pointInput.name, at: inputs(points, level), progress: progress)
    let count = points.shape[0]
    let dimension = points.shape[1]
    guard jacobian.values.count == count * dimension * dimension else {
      throw ScoreInputError.shapes(output: jacobian.shape, points: points.shape)
    }
    let (a, b) = prediction.scoreCoefficients(at: level)
    jacobian.shape = [count, dimension, dimension]
    jacobian.values.withUnsafeMutableBufferPointer { entries in
      for index in entries.indices { entries[index] *= Scalar(a) }
      guard b != 0 else { return }
      for point in 0..<count {
        for axis in 0..<dimension { entries[(point * dimension + axis) * dimension + axis] += Scalar(b) }
      }
    }
    return jacobian
  }

  func inputs<Scalar: NetworkScalar>(
    _ points: NDArray<Scalar>, _ level: DiffusionLevel
  ) throws -> [String: NDArray<Scalar>] {
    guard points.shape.count == 2 else { throw ScoreInputError.shapes(output: [], points: points.shape) }
    if let dimension, dimension != points.shape[1] {
      throw ScoreInputError.sampleSize(expected: pointInput.shape, found: points.shape[1])
    }
    let count = points.shape[0]
    var shaped = points
    let sample = pointInput.shape.dropFirst()
    shaped.shape = sample.contains(where: { $0 == nil }) || sample.isEmpty ? points.shape : [count] + sample.map { $0! }
    var inputs = [pointInput.name: shaped]
    if let levelInput {
      let told = Scalar(told.value(at: level))
      // A level input is a scalar, one number per sample, or a column of them.
      switch levelInput.shape.count {
      case 0: inputs[levelInput.name] = NDArray(shape: [], values: [told])
      default:
        let rows = levelInput.shape[0] == 1 ? 1 : count
        inputs[levelInput.name] = NDArray(
          shape: [rows] + Array(repeating: 1, count: levelInput.shape.count - 1),
          values: Array(repeating: told, count: rows))
      }
    }
    try requireConditions(for: count)
    for (name, condition) in conditions { inputs[name] = condition.values.converted(to: Scalar.self) }
    return inputs
  }

  private static func roles(
    among inputs: [Network.Port], point: String?, level: String?, output: Network.Port
  ) throws -> (Network.Port, Network.Port?) {
    func port(_ name: String) -> Network.Port? { inputs.first { $0.name == name } }
    if let point, let chosen = port(point) {
      let others = inputs.filter { $0.name != point }
      if let level { return (chosen, port(level)) }
      if others.count <= 1 { return (chosen, others.first) }
      throw ScoreInputError.ambiguous(inputs.map(\.name), missing: "level")
    }
    let candidates = inputs.filter { $0.name != level }
    if inputs.count == 1 { return (inputs[0], level.flatMap(port)) }
    // x has the shape of the output; the level has one number per sample.
    let like = candidates.filter { $0.sampleSize != nil && $0.sampleSize == output.sampleSize }
    let levels = candidates.filter { $0.sampleSize ?? 1 == 1 }
    let points = like.count == 1 ? like : candidates.filter { candidate in !levels.contains(candidate) }
    guard points.count == 1, let chosen = points.first else {
      throw ScoreInputError.ambiguous(inputs.map(\.name), missing: "x")
    }
    if let level { return (chosen, port(level)) }
    let rest = inputs.filter { $0.name != chosen.name }
    guard rest.count == 1 else { throw ScoreInputError.ambiguous(inputs.map(\.name), missing: "level") }
    return (chosen, rest[0])
  }
}

/// What a network's level input is told.
public enum LevelQuantity: String, Sendable, Hashable, Codable, CaseIterable {
  /// The process's own time: σ, t, the step or u.
  case time
  /// σ.
  case sigma
  /// σ².
  case variance
  /// log σ.
  case logSigma = "log-sigma"
  /// log σ / 4, the noise conditioning of EDM.
  case quarterLogSigma = "quarter-log-sigma"

  /// The number told at a level.
  public func value(at level: DiffusionLevel) -> Double {
    switch self {
    case .time: level.time
    case .sigma: level.sigma
    case .variance: level.sigma * level.sigma
    case .logSigma: log(level.sigma)
    case .quarterLogSigma: log(level.sigma) / 4
    }
  }
}

/// A network whose inputs do not read as a score network's.
public enum ScoreInputError: Diagnosable, Hashable {
  /// Names and shapes leave open which input is meant.
  case ambiguous([String], missing: String)
  /// One input is named for both roles.
  case sameInput(String)
  /// Names and shapes leave open which output is meant.
  case ambiguousOutput([String])
  /// The network has inputs beyond x and the level.
  case tooMany([String])
  /// Two conditions for one input, by name and by position.
  case conditionTwice(String)
  /// A condition for an input that has a role already.
  case conditionOnRole(String)
  /// A condition of another size than its input takes.
  case conditionSize(String, expected: [Int?], found: Int)
  /// A condition with neither one row nor one for each point.
  case conditionRows(String, rows: Int, points: Int)
  /// The network has no output.
  case noOutput
  /// Points of another size than the network takes.
  case sampleSize(expected: [Int?], found: Int)
  /// An output that is not as large as x.
  case shapes(output: [Int], points: [Int])

  /// What is the matter.
  public var message: String {
    func list(_ names: [String]) -> String { names.map { "'\($0)'" }.joined(separator: ", ") }
    func size(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "×") }
    switch self {
    case .ambiguous(let names, let missing):
      return missing == "x"
        ? "inputs \(list(names)) leave open which one is the noised data"
        : "inputs \(list(names)) leave open which one is the noise level"
    case .sameInput(let name): return "input '\(name)' is named both as the noised data and as the noise level"
    case .ambiguousOutput(let names): return "outputs \(list(names)) leave open which one is the prediction"
    case .tooMany(let names): return "inputs \(list(names)) are more than the noised data and the noise level"
    case .conditionTwice(let name): return "input '\(name)' has two conditions; it takes one"
    case .conditionOnRole(let name):
      return "input '\(name)' is the noised data or the noise level; it takes no condition"
    case .conditionSize(let name, let expected, let found):
      let shape =
        expected.isEmpty ? "a single number" : expected.map { $0.map(String.init) ?? "batch" }.joined(separator: "×")
      return "input '\(name)' is \(shape); its condition has \(found) \(found == 1 ? "number" : "numbers")"
    case .conditionRows(let name, let rows, let points):
      return
        "condition '\(name)' has \(rows) rows for \(points) \(points == 1 ? "point" : "points"); it must have one row, or one for each point"
    case .noOutput: return "network has no output"
    case .sampleSize(let expected, let found):
      let shape = expected.map { $0.map(String.init) ?? "batch" }.joined(separator: "×")
      return "points have \(found) coordinates; the network's input is \(shape)"
    case .shapes(let output, let points):
      return "output is \(size(output)) where the points are \(size(points)); a score has the shape of its point"
    }
  }

  /// What to write.
  public var hint: String? {
    switch self {
    case .ambiguous(let names, let missing):
      "say which with 'inputs: {\(missing): NAME}'"
        + (names.count > 2 ? ", and what others are given with 'conditions: {NAME: [numbers]}'" : "")
    case .ambiguousOutput: "say which with 'inputs: {output: NAME}'"
    case .tooMany: "give the others their values with 'conditions: {NAME: [numbers]}'"
    default: nil
    }
  }

  /// A file that does not fit the question.
  public var status: ExitStatus { .notebookWrong }
}
