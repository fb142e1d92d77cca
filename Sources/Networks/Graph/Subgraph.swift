/// A graph inside a node: a branch of a condition, or the body of a loop.
struct Subgraph: Sendable {
  /// Its inputs are the formal ones, and then the values of the outer graph that it reads.
  let graph: Graph
  let formalCount: Int
  /// Where among the node's operands the outer values are.
  let captures: [Int]

  var resultCount: Int { graph.outputs.count }

  /// The results, given the formal inputs and the node's operands.
  func run<S>(
    _ formals: [Trace<S>.Variable], _ operands: [Trace<S>.Variable?], on trace: Trace<S>
  ) throws(NodeFault) -> [Trace<S>.Variable] {
    guard formals.count == formalCount else {
      throw NodeFault("the inner graph takes \(formalCount) values; \(formals.count) are given")
    }
    let constants: [Value<S>?]
    do throws(NetworkError) {
      constants = try graph.constants.values(of: graph, S.self)
    } catch {
      throw NodeFault(error.message)
    }
    var values = constants.map { $0.map { Trace<S>.Variable($0) } }
    for (number, formal) in zip(graph.inputs, formals) { values[number] = formal }
    for (number, position) in zip(graph.inputs.dropFirst(formalCount), captures) { values[number] = operands[position] }
    for index in graph.nodes.indices where !graph.constants.isConstant[index] {
      let node = graph.nodes[index]
      let results: [Trace<S>.Variable]
      do throws(NodeFault) {
        results = try trace.run(node.operation, node.operands.map { $0.flatMap { values[$0] } })
        guard results.count >= node.results.count else {
          throw NodeFault("\(node.results.count) results are named; the operation makes \(results.count)")
        }
      } catch {
        throw NodeFault("\(node.label): \(error.reason)")
      }
      for (number, result) in zip(node.results, results) { if let number { values[number] = result } }
    }
    var results: [Trace<S>.Variable] = []
    for output in graph.outputs {
      guard let result = values[output] else { throw NodeFault("the inner graph leaves a result out") }
      results.append(result)
    }
    return results
  }
}
