import Checkpoints
import Diagnostics

/// A differentiable map from named arrays to named arrays, read from a file: a graph of operations, each of which
/// gives its value, its Jacobian-vector product and its vector-Jacobian product.
///
/// Conventions: arrays are in C order. Evaluation in ``Precision/float64`` widens the weights and keeps every
/// intermediate result in double precision, whatever the file casts to. Dropout is evaluated as in inference.
///
/// Ties: the derivative of `Relu` and `Abs` at 0 is 0; `Max`, `Min` and `ReduceMax` share it evenly among equals; the first of
/// equals has it in `TopK` and `MaxPool`. ``kinks(of:withRespectTo:at:)`` counts them.
public struct Network: Sendable {
  /// A named input or output.
  public struct Port: Sendable, Hashable {
    /// The name in the file.
    public let name: String
    /// The extent of each axis; `nil` where the file leaves it open.
    public let shape: [Int?]
    /// The type of an element in the file.
    public let elementType: ElementType
  }

  /// What the network is called: the file's name, as a rule.
  public let name: String
  /// What the file is that it was read from.
  public let form: NetworkForm
  /// The inputs, in the file's order, without those that have an initial value.
  public let inputs: [Port]
  /// The outputs, in the file's order.
  public let outputs: [Port]
  /// What a reader of the results should know, such as ignored randomness.
  public let warnings: [String]
  /// The number of real numbers in parameters; in ONNX, which does not tell them apart, in all constants.
  public let parameterCount: Int
  /// How often each operation occurs, by name.
  public let operationCounts: [(name: String, count: Int)]
  /// The files beside the model that some of its tensors were read from, in the order of their first use.
  public let externalFiles: [String]

  let graph: Graph
}

extension Network {
  /// The initial values with elements that are NaN, and how many, in the file's order; counted once.
  public var nanTensors: [(name: String, count: Int)] { graph.constants.nanTensors }

  /// The input meant by a name or a position (`"x"`, `"0"`).
  ///
  /// Throws: ``NetworkError/unknownPort(kind:name:known:)``.
  public func inputName(_ nameOrPosition: String) throws(NetworkError) -> String {
    try portName(nameOrPosition, among: inputs, kind: "input")
  }

  /// The output meant by a name or a position.
  ///
  /// Throws: ``NetworkError/unknownPort(kind:name:known:)``.
  public func outputName(_ nameOrPosition: String) throws(NetworkError) -> String {
    try portName(nameOrPosition, among: outputs, kind: "output")
  }

  /// The value meant by a name or a position: an output, or a value inside the graph by its name alone.
  ///
  /// Throws: ``NetworkError/unknownPort(kind:name:known:)``, whose hint knows inner names too.
  public func valueName(_ nameOrPosition: String) throws(NetworkError) -> String {
    if let position = Int(nameOrPosition), outputs.indices.contains(position) { return try outputName(nameOrPosition) }
    _ = try valueNumber(nameOrPosition)
    return nameOrPosition
  }

  /// The values inside the graph that depend on an input, in the file's order, without the outputs, and the node that makes each,
  /// as its file names it. What a file leaves without a name of its own goes by that of its node.
  public var innerValues: [(name: String, maker: String)] {
    let outputs = Set(graph.outputs)
    let named = Dictionary(namedNodes.map { ($0.result, $0.name) }, uniquingKeysWith: { first, _ in first })
    let made = graph.nodes.indices.filter { !graph.constants.isConstant[$0] }.flatMap { index in
      graph.nodes[index].results.compactMap { $0 }.filter { !outputs.contains($0) }.map {
        ($0, graph.nodes[index].label)
      }
    }
    return made.sorted { $0.0 < $1.0 }.map { number, label in
      (form == .onnx ? graph.names[number] : named[number] ?? graph.names[number], label)
    }
  }

  /// The first result of every node with a name, the last where several share it: what the file's own node makes.
  private var namedNodes: [(name: String, result: Int)] {
    var found: [String: Int] = [:]
    for index in graph.nodes.indices where !graph.constants.isConstant[index] {
      let node = graph.nodes[index]
      guard !node.name.isEmpty, let result = node.results.first ?? nil else { continue }
      found[node.name] = max(result, found[node.name] ?? result)
    }
    return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private static let mostNamesCompared = 2000

  /// The number of an output or of a value inside the graph, by its name or that of the node that makes it.
  func valueNumber(_ name: String) throws(NetworkError) -> Int {
    if let index = outputs.firstIndex(where: { $0.name == name }) { return graph.outputs[index] }
    for index in graph.nodes.indices where !graph.constants.isConstant[index] {
      for case let result? in graph.nodes[index].results where graph.names[result] == name { return result }
    }
    if let node = namedNodes.first(where: { $0.name == name }) { return node.result }
    // Of a hostile file there may be any number.
    throw .unknownPort(
      kind: "output", name: name, known: outputs.map(\.name) + innerValues.prefix(Self.mostNamesCompared).map(\.name))
  }

  private func portName(_ wanted: String, among ports: [Port], kind: String) throws(NetworkError) -> String {
    if ports.contains(where: { $0.name == wanted }) { return wanted }
    if let position = Int(wanted), ports.indices.contains(position) { return ports[position].name }
    throw .unknownPort(kind: kind, name: wanted, known: ports.map(\.name))
  }
}
