import Analysis
import LinearAlgebra
import Networks
import Probing

/// What a network holds at a layer, for every value of its factors.
struct LayerRun {
  let probe: Factorization
  let network: Network
  let name: String
  /// The factors' values, sample by sample.
  let labels: Matrix<Double>
  /// What inputs are given that are sources.
  let given: [String: NDArray<Double>]
  private let condition: Network.Port
  let layers: [String]

  /// So many samples go through the network at once: values inside it are many times as large as its input.
  private static let batchSize = 64
  /// More numbers than this, of all conditions together, are too many to compare.
  private static let largestCount = 1 << 26

  init(
    _ probe: Factorization, _ network: Network, named name: String, labels: Matrix<Double>,
    given: [String: NDArray<Double>]
  ) throws {
    (self.probe, self.network, self.name, self.labels, self.given) = (probe, network, name, labels, given)
    for input in probe.inputs.keys.sorted() { _ = try network.inputName(input) }
    let taking: Network.Port
    if let wanted = probe.condition {
      let known = try network.inputName(wanted)
      guard let port = network.inputs.first(where: { $0.name == known }) else {
        throw NetworkError.unknownPort(kind: "input", name: wanted, known: network.inputs.map(\.name))
      }
      taking = port
    } else {
      let free = network.inputs.filter { probe.inputs[$0.name] == nil }
      guard free.count == 1 else {
        let names = free.map { "'\($0.name)'" }.joined(separator: ", ")
        throw ParameterError.missing(
          "condition",
          free.isEmpty
            ? "no input of '\(name)' is left to take the factors"
            : "name the input of '\(name)' that takes the factors, and give 'inputs' for the others of \(names)")
      }
      taking = free[0]
    }
    condition = taking
    if let open = network.inputs.first(where: { $0.name != taking.name && probe.inputs[$0.name] == nil }) {
      throw ParameterError.missing("inputs.\(open.name)", "a number, noise or a source, of \(open.writtenShape)")
    }
    layers = try (probe.layer.isEmpty ? ["0"] : probe.layer).map { try network.valueName($0) }
  }

  /// The values of the layers at one level of the input that has several.
  func activations(level: Int, noise: SeededGenerator) throws -> [NDArray<Double>] {
    var constant: [String: NDArray<Double>] = [:]
    for port in network.inputs where port.name != condition.name {
      constant[port.name] = try constantInput(port, level: level, noise: noise)
    }
    let factors = try conditionInput()
    var parts: [[NDArray<Double>]] = []
    for start in stride(from: 0, to: labels.rowCount, by: Self.batchSize) {
      let rows = start..<min(start + Self.batchSize, labels.rowCount)
      var inputs = constant.mapValues { $0.shape.first == labels.rowCount && $0.rank > 0 ? $0.rows(rows) : $0 }
      inputs[condition.name] = factors.rows(rows)
      let found = try evaluated(inputs)
      parts.append(
        try layers.map { layer in
          guard let array = found[layer], array.shape.first == rows.count else {
            throw BenchError.wrongShape(
              "\(name):\(layer)", shape: found[layer]?.shape ?? [],
              rule: "one row for each of the \(rows.count) conditions given at once")
          }
          guard array.count / rows.count <= Self.largestCount / labels.rowCount else {
            throw BenchError.wrongShape(
              "\(name):\(layer)", shape: array.shape,
              rule: "small enough for \(labels.rowCount) conditions: at most \(Self.largestCount) numbers together")
          }
          return array
        })
    }
    return try layers.indices.map { index in
      let shape = parts[0][index].shape
      guard parts.allSatisfy({ $0[index].shape.dropFirst() == shape.dropFirst() }) else {
        throw BenchError.wrongShape(
          "\(name):\(layers[index])", shape: shape, rule: "of the same shape for every condition")
      }
      let joined = NDArray(
        shape: [labels.rowCount] + shape.dropFirst(), values: parts.flatMap { $0[index].values })
      let bad = joined.values.count { !$0.isFinite }
      if bad > 0 { throw BenchError.notFinite("\(name):\(layers[index])", count: bad) }
      return joined
    }
  }

  private func evaluated(_ inputs: [String: NDArray<Double>]) throws -> [String: NDArray<Double>] {
    switch probe.precision {
    case .float64: try network.evaluate(inputs, only: layers)
    case .float32:
      try network.evaluate(inputs.mapValues { $0.converted(to: Float.self) }, only: layers)
        .mapValues { $0.converted(to: Double.self) }
    }
  }

  /// The factors, in the shape that their input has.
  private func conditionInput() throws -> NDArray<Double> {
    let sample = condition.shape.dropFirst()
    let open = sample.count { $0 == nil }
    let size = sample.reduce(1) { $0 * ($1 ?? 1) }
    let fits = open == 0 ? size == labels.columnCount : open == 1 && size > 0 && labels.columnCount % size == 0
    guard fits, !condition.shape.isEmpty else {
      throw BenchError.wrongShape(
        "\(name):\(condition.name)", shape: condition.shape.map { $0 ?? 0 },
        rule: "conditions × \(labels.columnCount), one number for each factor")
    }
    return NDArray(
      shape: [labels.rowCount] + sample.map { $0 ?? labels.columnCount / size }, values: labels.entries)
  }

  private func constantInput(_ port: Network.Port, level: Int, noise: SeededGenerator) throws -> NDArray<Double> {
    /// One sample of the port.
    func shape() throws -> [Int] {
      let sample = port.shape.enumerated().map { $0.offset == 0 ? 1 : $0.element }
      guard sample.allSatisfy({ $0 != nil }) else {
        throw ParameterError.rule(
          "inputs.\(port.name)", is: "a number or noise", mustBe: "a source, as the network leaves its shape open")
      }
      return sample.compactMap { $0 }
    }
    switch probe.inputs[port.name] {
    case .levels(let levels)?:
      return NDArray(shape: try shape(), repeating: levels.count > 1 ? levels[level] : levels[0])
    case .noise?:
      var draws = noise.split(port.name)
      let shape = try shape()
      let scale = deviation(level: level)
      return NDArray(shape: shape, values: draws.gaussians(shape.reduce(1, *)).map { scale * $0 })
    case .source?, nil:
      let array = given[port.name] ?? NDArray(shape: [], values: [0])
      // One sample may be written without its first axis.
      return array.rank == port.shape.count - 1 && array.shape.first != labels.rowCount
        ? array.reshaped(to: [1] + array.shape) : array
    }
  }

  private func deviation(level: Int) -> Double {
    switch probe.deviation {
    case .number(let number): return number
    case .input(let name):
      let levels = probe.inputs[name]?.levels ?? []
      return levels.count > 1 ? levels[level] : levels.first ?? 1
    }
  }
}
