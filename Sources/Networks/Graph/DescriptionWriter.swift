import Checkpoints

/// Writes a network's description node by node; what has no name of its own is given one.
struct DescriptionWriter {
  /// The most nodes that one network may be written as.
  static let mostNodes = 20_000

  private(set) var model = ModelDescription()
  private var written: [ExactTensor: String] = [:]
  private var counter = 0

  /// A tensor's name, compared byte for byte.
  private struct ExactTensor: Hashable { let bytes: [UInt8] }

  init(form: NetworkForm, fileSize: Int) {
    model.form = form
    // Of this set on, a group's scale has a number for each channel, and there is a normalisation by the mean square.
    model.opset = 23
    model.fileSize = fileSize
  }

  // MARK: Ports

  mutating func input(_ name: String, _ shape: [Int?], type: ElementType = .f64, symbols: [String?]? = nil) -> String {
    model.inputs.append(
      ModelDescription.Port(
        name: name, type: type, shape: shape, symbols: symbols ?? shape.map { _ in nil }))
    return name
  }

  /// Makes a value an output under a name.
  mutating func output(_ name: String, _ value: String, _ shape: [Int?], type: ElementType = .f64) {
    model.nodes.append(
      ModelDescription.Node(name: name, operation: "Identity", operands: [value], results: [name]))
    model.outputs.append(
      ModelDescription.Port(name: name, type: type, shape: shape, symbols: shape.map { _ in nil }))
  }

  mutating func warn(_ sentence: String) {
    if !model.warnings.contains(sentence) { model.warnings.append(sentence) }
  }

  mutating func readFrom(_ file: String, size: Int) {
    model.externalFiles.append(file)
    model.fileSize += size
  }

  // MARK: Constants

  private mutating func fresh() -> String {
    counter += 1
    return "%\(counter)"
  }

  /// A tensor of the file, once however often it is used.
  mutating func tensor(_ tensor: Tensor) -> String {
    let key = ExactTensor(bytes: Array(tensor.name.utf8))
    if let name = written[key] { return name }
    model.tensors.append(tensor)
    written[key] = tensor.name
    return tensor.name
  }

  /// A constant that no file holds; it does not count as a parameter.
  mutating func numbers(_ values: [Double], shape: [Int]) -> String {
    constant { Tensor(name: $0, shape: shape, doubles: values) }
  }

  mutating func number(_ value: Double) -> String { numbers([value], shape: []) }

  mutating func wholes(_ values: [Int]) -> String {
    constant { Tensor(name: $0, shape: [values.count], integers: values) }
  }

  private mutating func constant(_ make: (String) -> Tensor) -> String {
    let name = fresh()
    model.constants.append(make(name))
    return name
  }

  // MARK: Nodes

  /// Remembers what the file first calls a value that the node before has made.
  mutating func call(_ value: String, _ variable: String) {
    if let last = model.nodes.indices.last, model.nodes[last].results.first == value, model.nodes[last].variable.isEmpty
    {
      model.nodes[last].variable = variable
    }
  }

  /// Adds a node with one result.
  mutating func node(
    _ operation: String, _ operands: [String], _ attributes: [String: Attributes.Value] = [:], name: String = ""
  ) throws(NetworkError) -> String {
    try nodes(operation, operands, attributes, results: 1, name: name)[0]
  }

  /// Adds a node with several results.
  mutating func nodes(
    _ operation: String, _ operands: [String], _ attributes: [String: Attributes.Value] = [:], results: Int,
    name: String = ""
  ) throws(NetworkError) -> [String] {
    guard model.nodes.count < Self.mostNodes else {
      throw .unsupportedFeature(
        "the network needs more than \(Self.mostNodes) nodes", hint: "take fewer steps or parts")
    }
    let names = (0..<results).map { _ in fresh() }
    model.nodes.append(
      ModelDescription.Node(
        name: name, operation: operation, operands: operands, results: names, attributes: attributes))
    return names
  }

  /// x Wᵀ + b over the last axis.
  mutating func linear(
    _ x: String, _ weight: Tensor, _ bias: Tensor?, name: String = ""
  ) throws(NetworkError) -> String {
    let turned = try node("Transpose", [tensor(weight)], ["perm": .integers([1, 0])])
    let product = try node("MatMul", [x, turned], name: name)
    guard let bias else { return product }
    return try node("Add", [product, tensor(bias)], name: name)
  }

  /// Some of the entries of an axis.
  mutating func slice(_ x: String, axis: Int, from start: Int, to end: Int) throws(NetworkError) -> String {
    try node("Slice", [x, wholes([start]), wholes([end]), wholes([axis])])
  }
}
