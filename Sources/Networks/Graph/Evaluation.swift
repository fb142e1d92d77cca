import CKernels

/// Runs nodes of a graph on values at hand.
struct Evaluation {
  let graph: Graph

  /// Lets the C library keep freed buffers for the next values, once in the process.
  static let keepFreedMemory: Void = fbk_keep_freed_memory()

  /// The numbers that may be alive at once whatever the size of file and inputs: 128 MiB in double precision.
  static let leastBudget = 1 << 24

  /// The numbers that may be alive at once: a small file must not ask for all the memory there is.
  private func budget<S>(_ values: [Value<S>?]) -> Int {
    let inputs = graph.inputs.reduce(0) { $0 + (values[$1]?.count ?? 0) }
    return max(Self.leastBudget, 256 * (graph.fileSize + inputs * MemoryLayout<S>.stride))
  }

  /// Fills in the results of the chosen nodes, in order.
  ///
  /// With `keeping`, a value is let go when its last reader among the nodes has run, unless its number is kept.
  func run<S>(_ chosen: [Int], values: inout [Value<S>?], keeping: Set<Int>?) throws(NetworkError) {
    Self.keepFreedMemory
    try S.kernels.operations.run(self, chosen, &values, keeping)
  }

  func work<S>(off chosen: [Int], values: inout [Value<S>?], keeping: Set<Int>?) throws(NetworkError) {
    var lastReader = [Int](repeating: -1, count: keeping == nil ? 0 : graph.valueCount)
    if keeping != nil {
      for index in chosen { for case let operand? in graph.nodes[index].operands { lastReader[operand] = index } }
    }
    let budget = budget(values)
    var live = values.reduce(0) { $0 + ($1?.count ?? 0) }
    for index in chosen {
      let node = graph.nodes[index]
      let results = try results(of: node, values)
      for (number, result) in zip(node.results, results) {
        guard let number else { continue }
        live += result.count
        values[number] = result
      }
      guard live <= budget else {
        throw .tooLarge(what: "the values up to \(node.label)", elementCount: "\(live)", limit: budget)
      }
      guard let keeping else { continue }
      for case let operand? in Set(node.operands) where lastReader[operand] == index && !keeping.contains(operand) {
        live -= values[operand]?.count ?? 0
        values[operand] = nil
      }
    }
  }

  private func results<S>(of node: Graph.Node, _ values: [Value<S>?]) throws(NetworkError) -> [Value<S>] {
    let operands = Operands<S>(values: node.operands.map { $0.flatMap { values[$0] } })
    do throws(NodeFault) {
      let results = try S.kernels.operations.values(node.operation, operands)
      guard results.count >= node.results.count else {
        throw NodeFault("\(node.results.count) results are named; the operation makes \(results.count)")
      }
      return results
    } catch {
      throw .node(node.label, reason: error.reason)
    }
  }
}
