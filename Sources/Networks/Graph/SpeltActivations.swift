import CKernels
import Checkpoints

/// Activations that a file spells out in several nodes, read as one: x · sigmoid(x), and ½ x (1 + erf(x / √2)).
///
/// The last node of such a spelling becomes the activation itself; the others stay, and run only if something else reads
/// them.
struct SpeltActivations {
  private var makers: [Int: Graph.Node] = [:]
  private let tensors: [Int: Tensor]

  /// The nodes with activations in place of their spellings. They must be in an order in which they can be evaluated.
  static func joined(_ nodes: [Graph.Node], tensors: [(value: Int, tensor: Tensor)]) -> [Graph.Node] {
    var spelt = SpeltActivations(
      tensors: Dictionary(tensors.map { ($0.value, $0.tensor) }, uniquingKeysWith: { first, _ in first }))
    return nodes.map { node in
      let node = spelt.joined(node)
      for case let result? in node.results { spelt.makers[result] = node }
      return node
    }
  }

  private init(tensors: [Int: Tensor]) { self.tensors = tensors }

  private func joined(_ node: Graph.Node) -> Graph.Node {
    guard let (x, activation) = sigmoidLinearUnit(node) ?? gaussianErrorLinearUnit(node) else { return node }
    return Graph.Node(label: node.label, name: node.name, operation: activation, operands: [x], results: node.results)
  }

  private func sigmoidLinearUnit(_ node: Graph.Node) -> (Int, UnaryFunction)? {
    for (x, other) in pairs(node, isProduct) {
      if argument(of: other, FBK_SIGMOID) == x { return (x, UnaryFunction(kind: Int32(FBK_SILU), a: 1)) }
    }
    return nil
  }

  /// The half may be a factor of x, or of the whole product.
  private func gaussianErrorLinearUnit(_ node: Graph.Node) -> (Int, UnaryFunction)? {
    let gelu = UnaryFunction(kind: Int32(FBK_GELU))
    for (first, second) in pairs(node, isProduct) {
      if number(second) == 0.5, let product = makers[first] {
        for (x, sum) in pairs(product, isProduct) where errorFunctionArgument(sum) == x { return (x, gelu) }
      }
      if let argument = errorFunctionArgument(second), let product = makers[first] {
        for (x, half) in pairs(product, isProduct) where number(half) == 0.5 && argument == x { return (x, gelu) }
      }
    }
    return nil
  }

  /// The x of 1 + erf(x / √2).
  private func errorFunctionArgument(_ value: Int) -> Int? {
    guard let sum = makers[value] else { return nil }
    for (one, other) in pairs(sum, isSum) where number(one) == 1 {
      guard let scaled = argument(of: other, FBK_ERF), let scaling = makers[scaled] else { continue }
      for (x, factor) in pairs(scaling, isProduct) where isNear(number(factor), 0.5.squareRoot()) { return x }
      if let arithmetic = scaling.operation as? Arithmetic, case .divide = arithmetic.kind,
        scaling.operands.count == 2, let x = scaling.operands[0], let divisor = scaling.operands[1],
        isNear(number(divisor), 2.0.squareRoot())
      {
        return x
      }
    }
    return nil
  }

  /// The two operands in both orders, if the node is what it should be.
  private func pairs(_ node: Graph.Node, _ isRight: (Arithmetic) -> Bool) -> [(Int, Int)] {
    guard let arithmetic = node.operation as? Arithmetic, isRight(arithmetic), node.operands.count == 2,
      let first = node.operands[0], let second = node.operands[1]
    else { return [] }
    return [(first, second), (second, first)]
  }

  private func isProduct(_ operation: Arithmetic) -> Bool { operation.isProduct }
  private func isSum(_ operation: Arithmetic) -> Bool { if case .add = operation.kind { true } else { false } }

  private func argument(of value: Int, _ function: Int) -> Int? {
    guard let maker = makers[value], let unary = maker.operation as? UnaryFunction, unary.kind == Int32(function) else {
      return nil
    }
    return maker.operands[0]
  }

  /// A constant that is a single number of no axes, which changes no shape.
  private func number(_ value: Int) -> Double? {
    guard let tensor = tensors[value], tensor.shape.isEmpty,
      case .real(let array)? = try? tensor.value() as Value<Double>
    else { return nil }
    return array.values.first
  }

  /// Whether a stored number is another in single precision.
  private func isNear(_ number: Double?, _ wanted: Double) -> Bool {
    number.map { abs($0 - wanted) < 1e-6 } ?? false
  }
}
