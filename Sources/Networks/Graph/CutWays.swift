/// Which values of a graph follow an input with a derivative, and which follow it also through operations that have none.
///
/// Shapes are no ways, and an operand that only chooses among values that follow the input makes kinks, not cuts: the
/// condition of `Where`, the positions of `Gather`, a comparison that a value is multiplied by. What happens inside
/// conditions and loops is not looked into.
struct CutWays {
  /// By value: whether a differentiable way leads there.
  private(set) var isReached: [Bool]
  /// By value: the node that cuts a way which leads there.
  private(set) var cuts: [Int?]

  init(_ graph: Graph, from input: Int) {
    isReached = Array(repeating: false, count: graph.valueCount)
    cuts = Array(repeating: nil, count: graph.valueCount)
    isReached[input] = true
    for (index, node) in graph.nodes.enumerated() where !graph.constants.isConstant[index] {
      if node.operation is ShapeQuestion || node.operation is Generator { continue }
      let isFlat = node.operation is any FlatOperation || (node.operation as? Conversion)?.isFlat ?? false
      let reaching = node.operands.indices.filter { position in node.operands[position].map { isReached[$0] } ?? false }
      let passes = !isFlat && reaching.contains { node.operation.isDifferentiable(operand: $0) }
      var cut = isFlat && !reaching.isEmpty ? index : nil
      for (position, operand) in node.operands.enumerated() {
        guard cut == nil, let operand, let earlier = cuts[operand] else { continue }
        let isMask = graph.nodes[earlier].operation is Comparison && (node.operation as? Arithmetic)?.isProduct ?? false
        let onlyChooses = isMask || !node.operation.isDifferentiable(operand: position)
        if !passes || !onlyChooses { cut = earlier }
      }
      for case let result? in node.results {
        isReached[result] = passes
        cuts[result] = cut
      }
    }
  }
}
