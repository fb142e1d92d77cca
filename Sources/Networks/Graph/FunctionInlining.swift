import Checkpoints

/// A function that a file itself defines: nodes under a name.
struct ModelFunction {
  var name = ""
  var domain = ""
  var inputs: [String] = []
  var outputs: [String] = []
  var nodes: [ModelDescription.Node] = []
  /// Parameters with the values they have where a call gives none.
  var defaults: [String: Attributes.Value] = [:]
  var opset: Int?

  var qualifiedName: String { "\(domain)::\(name)" }
}

/// Puts a function's nodes in the place of each call, under names of their own.
struct FunctionInlining {
  /// How deep functions may call each other.
  static let largestDepth = 16
  /// How many nodes and calls a model with functions may have when all calls are written out.
  static let largestNodeCount = 1 << 16

  private let functions: [String: ModelFunction]
  private var callCount = 0
  private var nodeCount = 0

  static func inlined(_ model: ModelDescription) throws(NetworkError) -> ModelDescription {
    guard !model.functions.isEmpty else { return model }
    var inlining = FunctionInlining(functions: model.functions)
    var result = model
    result.nodes = try inlining.written(model.nodes, depth: 0)
    return result
  }

  private init(functions: [String: ModelFunction]) { self.functions = functions }

  private mutating func written(
    _ nodes: [ModelDescription.Node], depth: Int
  ) throws(NetworkError) -> [ModelDescription.Node] {
    var result: [ModelDescription.Node] = []
    for var node in nodes {
      if let function = functions["\(node.domain)::\(node.operation)"] {
        guard depth < Self.largestDepth else {
          throw .unsupportedFeature(
            "function '\(function.name)' lies more than \(Self.largestDepth) calls deep, or calls itself",
            hint: "export the model with its functions inlined")
        }
        callCount += 1
        try count()
        result += try written(body(of: function, calledBy: node), depth: depth + 1)
        continue
      }
      for (name, graph) in node.graphs {
        var inner = graph
        inner.nodes = try written(graph.nodes, depth: depth)
        node.attributes[name] = .graph(inner)
      }
      try count()
      result.append(node)
    }
    return result
  }

  /// Counts a node or a call: calls of empty functions take time as well.
  private mutating func count() throws(NetworkError) {
    nodeCount += 1
    guard nodeCount <= Self.largestNodeCount else {
      throw .unsupportedFeature(
        "the graph has more than \(Self.largestNodeCount) nodes when its functions are written out",
        hint: "export the model with its functions inlined")
    }
  }

  /// A function's nodes on the operands and results of a call.
  private func body(of function: ModelFunction, calledBy call: ModelDescription.Node) -> [ModelDescription.Node] {
    var names = ["": ""]
    for (position, name) in function.inputs.enumerated() {
      names[name] = position < call.operands.count ? call.operands[position] : ""
    }
    var copies: [ModelDescription.Node] = []
    for (position, name) in function.outputs.enumerated() where position < call.results.count {
      let result = call.results[position]
      guard !result.isEmpty else { continue }
      // What goes in and out at once, or out twice, needs a node of its own.
      if names[name] == nil {
        names[name] = result
      } else {
        var copy = ModelDescription.Node()
        (copy.operation, copy.operands, copy.results) = ("Identity", [names[name] ?? ""], [result])
        copies.append(copy)
      }
    }
    let prefix = "call \(callCount)/"
    func renamed(_ name: String) -> String { names[name] ?? prefix + name }
    func renamed(_ node: ModelDescription.Node) -> ModelDescription.Node {
      var node = node
      node.operands = node.operands.map { renamed($0) }
      node.results = node.results.map { renamed($0) }
      node.opset = node.opset ?? function.opset
      node.origin = "\(call.origin)\(function.name), "
      for (name, value) in node.attributes {
        switch value {
        case .reference(let parameter):
          node.attributes[name] = call.attributes[parameter] ?? function.defaults[parameter]
        case .graph(var graph):
          for index in graph.inputs.indices { graph.inputs[index].name = renamed(graph.inputs[index].name) }
          for index in graph.outputs.indices { graph.outputs[index].name = renamed(graph.outputs[index].name) }
          graph.tensors = graph.tensors.map {
            Tensor(name: renamed($0.name), elementType: $0.elementType, shape: $0.shape, bytes: $0.bytes)
          }
          graph.nodes = graph.nodes.map { renamed($0) }
          node.attributes[name] = .graph(graph)
        default: break
        }
      }
      return node
    }
    return function.nodes.map { renamed($0) } + copies
  }
}
