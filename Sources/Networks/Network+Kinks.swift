extension Network {
  /// Values that sit exactly where the derivative of an operation jumps.
  public struct Kink: Sendable, Hashable {
    /// The node, as messages name it: `node 3 'act' (Relu)`.
    public let node: String
    /// How many of its results sit there, over all samples.
    public let count: Int
    /// What the derivative is there.
    public let rule: String

    /// What a reader should know, in a sentence.
    public var sentence: String {
      "\(count) value\(count == 1 ? " sits" : "s sit") on a kink of \(node); the derivative there is \(rule) by convention"
    }
  }

  /// The ties on the ways from an input to an output, in the order of evaluation: what the Jacobian there is by convention.
  ///
  /// Shapes: as for ``jacobian(of:withRespectTo:at:mode:progress:)``. Where the file fixes the number of samples, the last
  /// one counts as often as it fills up a part.
  ///
  /// Complexity: one evaluation.
  ///
  /// Throws: ``NetworkError``.
  public func kinks<S: NetworkScalar>(
    of output: String, withRespectTo input: String, at inputs: [String: NDArray<S>]
  ) throws(NetworkError) -> [Kink] {
    let pair = try DifferentiablePair(self, output: output, input: input)
    let batch = try Batch(self, inputs, axisOf: pair.inputName)
    let target = graph.outputs[pair.outputIndex]
    let chosen = graph.nodes(for: [target]).filter { !graph.constants.isConstant[$0] }
    let constants = try graph.constants.values(of: graph, S.self)
    var counts: [Int: [String: Int]] = [:]
    // All values of a part are alive at once.
    let parts =
      batch.fixedPart == nil
      ? stride(from: 0, to: batch.count, by: 16).map { $0..<min($0 + 16, batch.count) } : batch.parts
    for part in parts {
      var values = constants
      for (number, value) in try batch.values(part) { values[number] = value }
      try Evaluation(graph: graph).run(chosen, values: &values, keeping: nil)
      let active = Linearization<S>.activeNodes(
        graph, chosen, values, from: graph.inputs[pair.inputIndex], to: target)
      for index in active.nodes {
        counts[index, default: [:]].merge(try kinks(at: graph.nodes[index], values), uniquingKeysWith: +)
      }
    }
    return counts.sorted { $0.key < $1.key }.flatMap { index, rules in
      rules.sorted { $0.key < $1.key }.map { Kink(node: graph.nodes[index].label, count: $0.value, rule: $0.key) }
    }
  }

  /// How many results of a node sit on kinks, by the rule that holds there.
  private func kinks<S>(at node: Graph.Node, _ values: [Value<S>?]) throws(NetworkError) -> [String: Int] {
    guard node.operation is any KinkedOperation || node.operation is any ComposedOperation else { return [:] }
    let trace = Trace<S>(countingKinks: true)
    do throws(NodeFault) {
      _ = try trace.run(
        node.operation, node.operands.map { $0.flatMap { values[$0] }.map { Trace<S>.Variable($0) } })
    } catch {
      throw .node(node.label, reason: error.reason)
    }
    return trace.kinks
  }
}
