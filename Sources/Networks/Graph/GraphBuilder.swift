import Checkpoints

/// Makes a graph of what a file describes: names become numbers, nodes operations in order.
struct GraphBuilder {
  static let knownOpsets = 7...28
  /// For how many inputs ways are followed at load: a hostile file may name any number.
  private static let tracedInputCount = 16

  private let model: ModelDescription
  private let opset: Int
  /// Where an inner graph is, for messages: ` in body of node 3 (Loop)`.
  private let place: String
  private let fileSize: Int
  private var numbers: [String: Int] = [:]
  private var names: [String] = []

  /// The network that a description is of.
  static func network(_ model: ModelDescription, name: String) throws(NetworkError) -> Network {
    var builder = try GraphBuilder(model)
    return try builder.build(name: name)
  }

  private init(_ model: ModelDescription) throws(NetworkError) {
    guard let opset = model.opset else {
      throw .damaged(place: "model", reason: "the version of the operator set is missing")
    }
    guard Self.knownOpsets.contains(opset) else { throw .unsupportedOpset(version: opset, known: Self.knownOpsets) }
    self.init(try FunctionInlining.inlined(model), opset: opset, place: "", fileSize: model.fileSize)
  }

  private init(_ model: ModelDescription, opset: Int, place: String, fileSize: Int) {
    var model = model
    // What inner graphs read is read by the nodes that hold them.
    for index in model.nodes.indices {
      var captures: Set<String> = []
      for inner in model.nodes[index].graphs {
        for name in inner.graph.outerNames where captures.insert(name).inserted {
          model.nodes[index].captures.append(name)
        }
      }
    }
    self.model = model
    self.opset = opset
    self.place = place
    self.fileSize = fileSize
  }

  private mutating func build(name: String) throws(NetworkError) -> Network {
    let initialized = Set(model.tensors.map(\.name))
    let inputs = model.inputs.filter { !initialized.contains($0.name) }
    var ports: [Network.Port] = []
    for input in inputs { ports.append(try input.checked(kind: "input")) }
    guard !model.outputs.isEmpty else { throw .damaged(place: "graph", reason: "there is no output") }
    let graph = try makeGraph(inputs: inputs.map(\.name), symbols: inputs.map(\.symbols))
    var outputs: [Network.Port] = []
    var outputNames: Set<String> = []
    for output in model.outputs {
      guard outputNames.insert(output.name).inserted else { throw .duplicateName(output.name) }
      outputs.append(try output.checked(kind: "output"))
    }
    return Network(
      name: name, form: model.form, inputs: ports, outputs: outputs,
      warnings: model.warnings + warnings(graph, ports),
      parameterCount: model.parameterCount, operationCounts: operationCounts(), externalFiles: model.externalFiles,
      graph: graph)
  }

  /// The graph of the model's nodes.
  private mutating func makeGraph(
    inputs: [String], symbols: [[String?]]
  ) throws(NetworkError) -> Graph {
    var tensors: [(value: Int, tensor: Tensor)] = []
    for tensor in model.tensors + model.constants { tensors.append((try define(tensor.name), tensor)) }
    var inputNumbers: [Int] = []
    for input in inputs { inputNumbers.append(try define(input)) }
    let operations = try makeOperations()
    for node in model.nodes { for result in node.results where !result.isEmpty { _ = try define(result) } }

    let nodes = SpeltActivations.joined(
      try ordered(operations, given: names.count, sources: Set(inputNumbers + tensors.map(\.value))), tensors: tensors)
    var isVariable = [Bool](repeating: false, count: names.count)
    for number in inputNumbers { isVariable[number] = true }
    var isConstant: [Bool] = []
    for node in nodes {
      let variable = node.operands.contains { $0.map { isVariable[$0] } ?? false }
      isConstant.append(!variable)
      for case let result? in node.results { isVariable[result] = variable }
    }
    var outputNumbers: [Int] = []
    for output in model.outputs {
      guard let number = numbers[output.name] else { throw missing(output.name, reader: "the list of outputs") }
      outputNumbers.append(number)
    }
    return Graph(
      nodes: nodes, names: names, inputs: inputNumbers, outputs: outputNumbers, symbols: symbols,
      constants: ConstantTable(tensors: tensors, isConstant: isConstant), fileSize: fileSize)
  }

  /// The graphs in a node, ready to run.
  private func subgraphs(of node: ModelDescription.Node, _ label: String) throws(NetworkError) -> [String: Subgraph] {
    var result: [String: Subgraph] = [:]
    for (name, inner) in node.graphs {
      let outer = inner.outerNames
      var builder = GraphBuilder(
        inner, opset: node.opset ?? opset, place: " in \(name) of \(label)", fileSize: fileSize)
      let formals = inner.inputs.map(\.name)
      let graph = try builder.makeGraph(inputs: formals + outer, symbols: [])
      let captures = outer.compactMap { name in
        node.captures.firstIndex(of: name).map { node.operands.count + $0 }
      }
      result[name] = Subgraph(graph: graph, formalCount: formals.count, captures: captures)
    }
    return result
  }

  private mutating func define(_ name: String) throws(NetworkError) -> Int {
    guard !name.isEmpty else { throw .damaged(place: "graph", reason: "an input or tensor has no name") }
    guard numbers[name] == nil else { throw .duplicateName(name) }
    numbers[name] = names.count
    names.append(name)
    return names.count - 1
  }

  private func missing(_ name: String, reader: String) -> NetworkError {
    .missingValue(name: name, reader: reader, known: Array(names.prefix(1000)))
  }

  private func label(_ index: Int) -> String {
    let node = model.nodes[index]
    return "\(node.origin)node \(index)\(node.name.isEmpty ? "" : " '\(node.name)'") (\(node.operation))\(place)"
  }

  private func makeOperations() throws(NetworkError) -> [any Operation] {
    var operations: [any Operation] = []
    for (index, node) in model.nodes.enumerated() {
      guard node.isOwn, let builder = OperationCatalog.builders[node.operation] else {
        throw .unknownOperation(name: node.qualifiedName, node: label(index))
      }
      let attributes = Attributes(
        operation: node.operation, opset: node.opset ?? opset, resultCount: node.results.count,
        operandCount: node.operands.count, subgraphs: try subgraphs(of: node, label(index)), values: node.attributes)
      do {
        operations.append(try builder(attributes))
      } catch let fault as NodeFault {
        throw .node(label(index), reason: fault.reason)
      } catch {
        throw .node(label(index), reason: "\(error)")
      }
    }
    return operations
  }

  /// The nodes in an order in which each finds its operands ready.
  private func ordered(
    _ operations: [any Operation], given count: Int, sources: Set<Int>
  ) throws(NetworkError) -> [Graph.Node] {
    var waiting: [[Int]] = Array(repeating: [], count: count)
    var open = [Int](repeating: 0, count: model.nodes.count)
    var all: [Graph.Node] = []
    for (index, node) in model.nodes.enumerated() {
      var operands: [Int?] = []
      for name in node.operands + node.captures {
        guard !name.isEmpty else {
          operands.append(nil)
          continue
        }
        guard let number = numbers[name] else { throw missing(name, reader: label(index)) }
        operands.append(number)
        if !sources.contains(number) {
          open[index] += 1
          waiting[number].append(index)
        }
      }
      all.append(
        Graph.Node(
          label: label(index), name: node.variable.isEmpty ? node.name : node.variable, operation: operations[index],
          operands: operands,
          results: node.results.map { $0.isEmpty ? nil : numbers[$0] }))
    }
    // Ready nodes run in the file's order: the heap is a sorted walk, as files are nearly always sorted already.
    var order: [Int] = []
    var ready = model.nodes.indices.filter { open[$0] == 0 }
    var next = 0
    while next < ready.count {
      let index = ready[next]
      next += 1
      order.append(index)
      for case let result? in all[index].results {
        for reader in waiting[result] {
          open[reader] -= 1
          if open[reader] == 0 { ready.append(reader) }
        }
      }
    }
    guard order.count == all.count else {
      let done = Set(order)
      throw .cycle(nodes: all.indices.filter { !done.contains($0) }.map { all[$0].label })
    }
    return order.map { all[$0] }
  }

  private func operationCounts() -> [(name: String, count: Int)] {
    Dictionary(grouping: model.nodes, by: \.operation).map { ($0.key, $0.value.count) }.sorted { $0.0 < $1.0 }
  }

  private func warnings(_ graph: Graph, _ ports: [Network.Port]) -> [String] {
    cutWays(graph, ports) + randomZeros()
  }

  /// Ways from an input to an output that its derivative leaves out, where there are others.
  private func cutWays(_ graph: Graph, _ ports: [Network.Port]) -> [String] {
    var warnings: [String] = []
    for (index, port) in ports.enumerated().prefix(Self.tracedInputCount) where port.isReal {
      let ways = CutWays(graph, from: graph.inputs[index])
      var named: Set<Int> = []
      for (number, output) in zip(graph.outputs, model.outputs) {
        guard ways.isReached[number], let cut = ways.cuts[number], named.insert(cut).inserted else { continue }
        warnings.append(
          "output '\(output.name)' follows input '\(port.name)' also through \(graph.nodes[cut].label), whose derivative is 0: the Jacobian leaves that way out"
        )
      }
    }
    return warnings
  }

  private func randomZeros() -> [String] {
    let constants = Dictionary(model.tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    return model.nodes.indices.compactMap { index in
      let node = model.nodes[index]
      guard node.operation == "Dropout", node.operands.count > 2, !node.operands[2].isEmpty else { return nil }
      if let mode = constants[node.operands[2]], mode.bytes.count == 1, mode.bytes[0] == 0 { return nil }
      return "\(label(index)) may ask for random zeros; it is evaluated as in inference, without"
    }
  }
}
