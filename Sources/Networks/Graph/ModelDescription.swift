import Checkpoints

/// A network as a file describes it, read but not yet understood: ONNX's operations by name, whatever form the file has.
///
/// Every reader of functions makes one, and ``GraphBuilder`` makes the graph of it: there is one set of operations, with one
/// set of derivatives.
struct ModelDescription {
  struct Node {
    var name = ""
    /// What its file calls its first result, where that is not the result's name here.
    var variable = ""
    var operation = ""
    var domain = ""
    var operands: [String] = []
    var results: [String] = []
    var attributes: [String: Attributes.Value] = [:]

    /// Whether the operation is one of ONNX's own.
    var isOwn: Bool { domain.isEmpty || domain == "ai.onnx" }
    /// The operation's name, after that of its domain if that is a foreign one.
    var qualifiedName: String { isOwn ? operation : "\(domain)::\(operation)" }
    /// The values of the graph around it that graphs in it read.
    var captures: [String] = []
    /// The version of the operations, where it is not the model's.
    var opset: Int?
    /// Which function's call the node comes from, in front of its place.
    var origin = ""

    /// The graphs among its parameters, by name.
    var graphs: [(name: String, graph: ModelDescription)] {
      attributes.compactMap { name, value in if case .graph(let graph) = value { (name, graph) } else { nil } }
        .sorted { $0.0 < $1.0 }
    }
  }

  struct Port {
    var name = ""
    /// The type of an element; ``unknownType`` is its number in ONNX where that names none.
    var type: ElementType?
    var unknownType = 0
    var shape: [Int?] = []
    /// The names of the open extents.
    var symbols: [String?] = []
    /// What it is if not a tensor.
    var otherKind: String?
  }

  var producer = ""
  /// What the file is.
  var form = NetworkForm.onnx
  var opset: Int?
  /// The functions that the file itself defines, by domain and name.
  var functions: [String: ModelFunction] = [:]
  var nodes: [Node] = []
  var tensors: [Tensor] = []
  /// The files beside the model that tensors lie in.
  var externalFiles: [String] = []
  /// The size of the file and of those beside it, in bytes.
  var fileSize = 0
  /// Tensors that are part of the function rather than learnt: numbers that a recipe or a module's class spells out, and the
  /// buffers of an exported program.
  var constants: [Tensor] = []
  /// What a reader of the results should know.
  var warnings: [String] = []
  /// What a tolerant reader left out, and why.
  var notes: [String] = []
  var inputs: [Port] = []
  var outputs: [Port] = []
}

extension ModelDescription {
  /// The function of the file's own that a node calls.
  func function(of node: Node) -> ModelFunction? { functions["\(node.domain)::\(node.operation)"] }

  /// Whether a node's operation can be evaluated, as far as its name says. What is found of the file's own functions is
  /// kept in `known`: functions that call others several times over would take exponentially long.
  func supports(_ node: Node, depth: Int = 0, known: inout [String: Bool]) -> Bool {
    guard let function = function(of: node) else {
      return node.isOwn && OperationCatalog.builders[node.operation] != nil
        && node.graphs.allSatisfy { $0.graph.nodes.allSatisfy { supports($0, depth: depth + 1, known: &known) } }
    }
    if let answer = known[function.qualifiedName] { return answer }
    // A function within itself cannot be.
    known[function.qualifiedName] = false
    let answer =
      depth < FunctionInlining.largestDepth
      && function.nodes.allSatisfy { supports($0, depth: depth + 1, known: &known) }
    known[function.qualifiedName] = answer
    return answer
  }

  /// The names that the graph reads but does not define: values of the graph around it.
  var outerNames: [String] {
    var known = Set(inputs.map(\.name) + tensors.map(\.name))
    for node in nodes { known.formUnion(node.results) }
    var found: [String] = []
    func read(_ name: String) {
      if !name.isEmpty, known.insert(name).inserted { found.append(name) }
    }
    for node in nodes {
      for name in node.operands { read(name) }
      for inner in node.graphs { for name in inner.graph.outerNames { read(name) } }
    }
    for output in outputs { read(output.name) }
    return found
  }

  static func isParameter(_ type: ElementType) -> Bool { [.f32, .f64, .f16, .bf16].contains(type) }

  /// The number of real constants: initial values and constants in nodes.
  var parameterCount: Int {
    let inNodes = nodes.compactMap { node -> Tensor? in
      if node.operation == "Constant", case .tensor(let tensor)? = node.attributes["value"] { tensor } else { nil }
    }
    let own = (tensors + inNodes).filter { Self.isParameter($0.elementType) }.reduce(0) { $0 + $1.elementCount }
    return nodes.flatMap(\.graphs).reduce(own) { $0 + $1.graph.parameterCount }
  }
}

extension ModelDescription.Port {
  /// The port as a network has it; `kind` is for messages.
  func checked(kind: String) throws(NetworkError) -> Network.Port {
    if let other = otherKind {
      throw .unsupportedFeature("\(kind) '\(name)' is \(other)", hint: "export a model of tensors")
    }
    guard let elementType = type else {
      throw .wrongTensor(name: name, reason: "has the unknown element type \(unknownType)")
    }
    guard shape.count <= largestRank else {
      throw .wrongTensor(name: name, reason: "has \(shape.count) axes; the limit is \(largestRank)")
    }
    var count = 1
    for case let extent? in shape {
      let (product, overflows) = count.multipliedReportingOverflow(by: max(1, extent))
      guard !overflows, product <= largestElementCount else {
        let written = shape.map { $0.map(String.init) ?? "…" }.joined(separator: "×")
        throw .wrongTensor(
          name: name, reason: "has shape \(written), beyond the limit of \(largestElementCount) numbers")
      }
      count = product
    }
    return Network.Port(name: name, shape: shape, elementType: elementType)
  }
}
