import Checkpoints

/// A network as a file describes it, read but not yet understood: ONNX's operations by name, whatever form the file has.
///
/// Every reader of functions makes one, and ``GraphBuilder`` makes the graph of it: there is one set of operations, with one
/// set of derivatives.
struct ModelDescription {
  struct Node {
    var name = ""
    var operation = ""
    var domain = ""
    var operands: [String] = []
    var results: [String] = []
    var attributes: [String: Attributes.Value] = [:]

    /// Whether the operation is one of ONNX's own.
    var isOwn: Bool { domain.isEmpty || domain == "ai.onnx" }
    /// The operation's name, after that of its domain if that is a foreign one.
    var qualifiedName: String { isOwn ? operation : "\(domain)::\(operation)" }
    /// Whether one of its parameters is a graph.
    var holdsGraph: Bool { attributes.contains { if case .other("subgraph") = $0.value { true } else { false } } }
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
  var functions: Set<String> = []
  var nodes: [Node] = []
  var tensors: [Tensor] = []
  /// The files beside the model that tensors lie in.
  var externalFiles: [String] = []
  /// The size of the file and of those beside it, in bytes.
  var fileSize = 0
  /// Tensors that are part of the function rather than weights: numbers that a recipe or a module's class spells out.
  var constants: [Tensor] = []
  /// What a reader of the results should know.
  var warnings: [String] = []
  /// What a tolerant reader left out, and why.
  var notes: [String] = []
  var inputs: [Port] = []
  var outputs: [Port] = []
}

extension ModelDescription {
  /// Whether a node calls a function that the file defines.
  func calls(_ node: Node) -> Bool { functions.contains("\(node.domain)::\(node.operation)") }

  /// Whether a node's operation can be evaluated.
  func supports(_ node: Node) -> Bool {
    node.isOwn && !calls(node) && !node.holdsGraph && OperationCatalog.builders[node.operation] != nil
  }

  static func isParameter(_ type: ElementType) -> Bool { [.f32, .f64, .f16, .bf16].contains(type) }

  /// The number of real constants: initial values and constants in nodes.
  var parameterCount: Int {
    let inNodes = nodes.compactMap { node -> Tensor? in
      if node.operation == "Constant", case .tensor(let tensor)? = node.attributes["value"] { tensor } else { nil }
    }
    return (tensors + inNodes).filter { Self.isParameter($0.elementType) }.reduce(0) { $0 + $1.elementCount }
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
