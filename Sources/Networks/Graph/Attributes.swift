import Checkpoints

/// The parameters of a node as its file gives them.
struct Attributes: Sendable {
  /// A parameter's value.
  enum Value: Sendable {
    case integer(Int)
    case number(Double)
    case text(String)
    case texts([String])
    case integers([Int])
    case numbers([Double])
    case tensor(Tensor)
    case graph(ModelDescription)
    /// The parameter of the function that the node is in.
    case reference(String)
    case other(String)
  }

  let operation: String
  let opset: Int
  /// How many results the node names.
  let resultCount: Int
  /// How many operands the node itself names.
  var operandCount = 0
  /// The graphs among the parameters, ready to run.
  var subgraphs: [String: Subgraph] = [:]
  let values: [String: Value]

  func integer(_ name: String) throws(NodeFault) -> Int? {
    guard let value = values[name] else { return nil }
    guard case .integer(let integer) = value else { throw wrongType(name, "a whole number") }
    return integer
  }

  func integer(_ name: String, default standard: Int) throws(NodeFault) -> Int { try integer(name) ?? standard }

  func flag(_ name: String, default standard: Bool) throws(NodeFault) -> Bool {
    try integer(name, default: standard ? 1 : 0) != 0
  }

  func number(_ name: String, default standard: Double) throws(NodeFault) -> Double {
    guard let value = values[name] else { return standard }
    guard case .number(let number) = value else { throw wrongType(name, "a number") }
    return number
  }

  func text(_ name: String) throws(NodeFault) -> String? {
    guard let value = values[name] else { return nil }
    guard case .text(let text) = value else { throw wrongType(name, "a text") }
    return text
  }

  func integers(_ name: String) throws(NodeFault) -> [Int]? {
    guard let value = values[name] else { return nil }
    guard case .integers(let integers) = value else { throw wrongType(name, "a list of whole numbers") }
    return integers
  }

  func numbers(_ name: String) throws(NodeFault) -> [Double]? {
    guard let value = values[name] else { return nil }
    guard case .numbers(let numbers) = value else { throw wrongType(name, "a list of numbers") }
    return numbers
  }

  func texts(_ name: String) throws(NodeFault) -> [String]? {
    guard let value = values[name] else { return nil }
    guard case .texts(let texts) = value else { throw wrongType(name, "a list of texts") }
    return texts
  }

  func tensor(_ name: String) throws(NodeFault) -> Tensor? {
    guard let value = values[name] else { return nil }
    guard case .tensor(let tensor) = value else { throw wrongType(name, "a tensor") }
    return tensor
  }

  func subgraph(_ name: String) throws(NodeFault) -> Subgraph {
    guard let subgraph = subgraphs[name] else { throw NodeFault("attribute '\(name)', a graph, is missing") }
    return subgraph
  }

  private func wrongType(_ name: String, _ expected: String) -> NodeFault {
    NodeFault("attribute '\(name)' must be \(expected)")
  }
}
