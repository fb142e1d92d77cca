/// An operation that is made of others, step by step; value and derivatives follow from theirs.
protocol ComposedOperation: Operation {
  /// Takes the steps and gives the results.
  func compose<S>(_ operands: [Trace<S>.Variable?], on trace: Trace<S>) throws(NodeFault) -> [Trace<S>.Variable]
}

extension ComposedOperation {
  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    try compose(operands.values.map { $0.map { Trace<S>.Variable($0) } }, on: Trace<S>()).map(\.value)
  }

  func pushForward<S>(_ directions: [Directions<S>?], at site: Site<S>) throws(NodeFault) -> [Directions<S>?] {
    let trace = Trace<S>()
    let operands = site.operands.values.enumerated().map { position, value in
      value.map { trace.source($0, along: directions[position]) }
    }
    return try compose(operands, on: trace).map(\.directions)
  }

  func pullBack<S>(
    _ directions: [Directions<S>?], at site: Site<S>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<S>?] {
    let trace = Trace<S>()
    let operands = site.operands.values.enumerated().map { position, value in
      value.map { wanted[position] ? trace.source($0) : Trace<S>.Variable($0) }
    }
    let results = try compose(operands, on: trace)
    return try trace.pullBack(directions, at: results, to: operands)
  }
}
