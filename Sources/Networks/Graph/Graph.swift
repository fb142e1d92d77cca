import Checkpoints
import Synchronization

/// The operations of a network in an order in which they can be evaluated. Values are known by their numbers.
struct Graph: Sendable {
  /// One operation with what it reads and makes; `nil` where an operand is left out or a result not named.
  struct Node: Sendable {
    /// The node as messages name it: `node 3 'fc1' (Gemm)`.
    let label: String
    /// What the file calls it or what it makes; several nodes that one was read into share it.
    let name: String
    let operation: any Operation
    let operands: [Int?]
    let results: [Int?]
  }

  let nodes: [Node]
  /// The name of each value, by its number.
  let names: [String]
  let inputs: [Int]
  let outputs: [Int]
  /// The names of the inputs' open extents.
  let symbols: [[String?]]
  let constants: ConstantTable
  /// The size of the file and of those beside it, in bytes.
  let fileSize: Int

  var valueCount: Int { names.count }

  /// The nodes that the given values need, in order.
  func nodes(for wanted: [Int]) -> [Int] {
    var needed = [Bool](repeating: false, count: valueCount)
    for value in wanted { needed[value] = true }
    var chosen: [Int] = []
    for index in nodes.indices.reversed() where nodes[index].results.contains(where: { $0.map { needed[$0] } ?? false })
    {
      chosen.append(index)
      for case let operand? in nodes[index].operands { needed[operand] = true }
    }
    return chosen.reversed()
  }
}

/// The values that do not depend on any input, made once for each precision when first needed.
final class ConstantTable: Sendable {
  private let tensors: [(value: Int, tensor: Tensor)]
  /// For each node, whether it reads nothing but constants.
  let isConstant: [Bool]
  private let knownNaN = Mutex<[(name: String, count: Int)]?>(nil)
  private let made = Mutex<[Precision: any Sendable]>([:])

  /// What has been made in one precision. In an object, as casting an array takes as long as copying it.
  private final class Made<S: NetworkScalar>: Sendable {
    let values: [Value<S>?]
    init(_ values: [Value<S>?]) { self.values = values }
  }

  init(tensors: [(value: Int, tensor: Tensor)], isConstant: [Bool]) {
    self.tensors = tensors
    self.isConstant = isConstant
  }

  /// The tensors with elements that are NaN, and how many; counted once.
  var nanTensors: [(name: String, count: Int)] {
    knownNaN.withLock { known in
      if let known { return known }
      let found = tensors.map { (name: $0.tensor.name, count: $0.tensor.nanCount) }.filter { $0.count > 0 }
      known = found
      return found
    }
  }

  /// Every constant value of the graph at its number.
  func values<S: NetworkScalar>(of graph: Graph, _ type: S.Type) throws(NetworkError) -> [Value<S>?] {
    if let known = made.withLock({ $0[S.precision] }) as? Made<S> { return known.values }
    // Tensors in other files may overlap, so that a small file could ask for any amount.
    let count = tensors.reduce(0) { $0 + $1.tensor.elementCount }
    let limit = max(Evaluation.leastBudget, 2 * graph.fileSize)
    guard count <= limit else {
      throw .tooLarge(what: "the initial values", elementCount: "\(count)", limit: limit)
    }
    var values = [Value<S>?](repeating: nil, count: graph.valueCount)
    for (number, tensor) in tensors {
      do throws(NodeFault) {
        values[number] = try tensor.value()
      } catch {
        throw .wrongTensor(name: tensor.name, reason: "cannot be used: \(error.reason)")
      }
    }
    let all = graph.nodes.indices.filter { isConstant[$0] }
    try Evaluation(graph: graph).run(all, values: &values, keeping: nil)
    // What only other constants read is not needed again.
    var read = Set(graph.outputs)
    for index in graph.nodes.indices where !isConstant[index] {
      read.formUnion(graph.nodes[index].operands.compactMap { $0 })
    }
    for number in values.indices where !read.contains(number) { values[number] = nil }
    let result = Made(values)
    made.withLock { $0[S.precision] = result }
    return values
  }
}
