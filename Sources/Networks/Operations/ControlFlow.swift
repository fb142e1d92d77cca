/// One of two graphs, by a condition. What decides has no derivative.
struct Conditional: ComposedOperation {
  let whenTrue: Subgraph
  let whenFalse: Subgraph

  func compose<S>(_ operands: [Trace<S>.Variable?], on trace: Trace<S>) throws(NodeFault) -> [Trace<S>.Variable] {
    guard let condition = try ControlFlow.whole(operands, 0, "the condition") else {
      throw NodeFault("the condition is missing")
    }
    return try (condition != 0 ? whenTrue : whenFalse).run([], operands, on: trace)
  }

  func isDifferentiable(operand: Int) -> Bool { operand > 0 }
}

/// A graph run again and again on what it made of its values the last time, and what it makes each time side by side.
struct Repetition: ComposedOperation {
  let body: Subgraph
  /// How many operands are the node's own: number of turns, condition, values to begin with.
  let ownCount: Int

  /// The turns that one loop may take.
  static let largestTurnCount = 1 << 16

  func compose<S>(_ operands: [Trace<S>.Variable?], on trace: Trace<S>) throws(NodeFault) -> [Trace<S>.Variable] {
    let turns = try ControlFlow.whole(operands, 0, "the number of turns")
    var goesOn = try ControlFlow.whole(operands, 1, "the condition") != 0
    var carried: [Trace<S>.Variable] = []
    for position in 2..<max(2, ownCount) {
      guard let value = operands[position] else { throw NodeFault("operand \(position) is missing") }
      carried.append(value)
    }
    guard body.resultCount >= 1 + carried.count else {
      throw NodeFault("the inner graph makes \(body.resultCount) values; it must be \(1 + carried.count) or more")
    }
    if let turns, turns > Self.largestTurnCount, goesOn {
      throw NodeFault("\(turns) turns are beyond the limit of \(Self.largestTurnCount)")
    }
    var rows = [[Trace<S>.Variable]](repeating: [], count: body.resultCount - 1 - carried.count)
    var turn = 0
    while goesOn, turn < turns ?? Int.max {
      guard turn < Self.largestTurnCount else {
        throw NodeFault("the loop has not ended after \(Self.largestTurnCount) turns")
      }
      let counter = Trace<S>.Variable(.whole(WholeArray(shape: [], values: [turn])))
      let condition = Trace<S>.Variable(.whole(WholeArray(shape: [], values: [1], isBoolean: true)))
      let results = try body.run([counter, condition] + carried, operands, on: trace)
      goesOn = try ControlFlow.whole(results, 0, "the condition") != 0
      carried = Array(results.dropFirst().prefix(carried.count))
      for (row, result) in results.dropFirst(1 + carried.count).enumerated() { rows[row].append(result) }
      turn += 1
    }
    var results = carried
    for row in rows { results.append(try ControlFlow.stacked(row, axis: 0, isReversed: false, on: trace)) }
    return results
  }

  func isDifferentiable(operand: Int) -> Bool { operand > 1 }
}

/// A graph run for each entry along an axis of some operands.
struct ScanAlongAxes: ComposedOperation {
  let body: Subgraph
  let ownCount: Int
  let scannedCount: Int
  let inputAxes: [Int]
  let inputsReversed: [Bool]
  let outputAxes: [Int]
  let outputsReversed: [Bool]

  func compose<S>(_ operands: [Trace<S>.Variable?], on trace: Trace<S>) throws(NodeFault) -> [Trace<S>.Variable] {
    var own: [Trace<S>.Variable] = []
    for position in 0..<ownCount {
      guard let value = operands[position] else { throw NodeFault("operand \(position) is missing") }
      own.append(value)
    }
    let stateCount = ownCount - scannedCount
    var carried = Array(own[..<stateCount])
    var entries: [[Trace<S>.Variable]] = []
    for (place, value) in own[stateCount...].enumerated() {
      let axis = try resolvedAxis(place < inputAxes.count ? inputAxes[place] : 0, rank: value.shape.count)
      guard value.shape[axis] <= Repetition.largestTurnCount else {
        throw NodeFault("\(value.shape[axis]) turns are beyond the limit of \(Repetition.largestTurnCount)")
      }
      var shape = value.shape
      shape.remove(at: axis)
      var parts: [Trace<S>.Variable] = []
      if value.shape[axis] > 0 {
        for part in try trace.split(value, axis: axis, sizes: [Int](repeating: 1, count: value.shape[axis])) {
          parts.append(try trace.reshaped(part, to: shape))
        }
      }
      let isReversed = place < inputsReversed.count && inputsReversed[place]
      entries.append(isReversed ? parts.reversed() : parts)
    }
    let turns = entries.first?.count ?? 0
    guard entries.allSatisfy({ $0.count == turns }) else {
      throw NodeFault("operands of \(entries.map(\.count)) entries are to be gone through together")
    }
    guard body.resultCount >= stateCount else {
      throw NodeFault("the inner graph makes \(body.resultCount) values; it must be \(stateCount) or more")
    }
    var rows = [[Trace<S>.Variable]](repeating: [], count: body.resultCount - stateCount)
    for turn in 0..<turns {
      let results = try body.run(carried + entries.map { $0[turn] }, operands, on: trace)
      carried = Array(results[..<stateCount])
      for (row, result) in results.dropFirst(stateCount).enumerated() { rows[row].append(result) }
    }
    var results = carried
    for (place, row) in rows.enumerated() {
      results.append(
        try ControlFlow.stacked(
          row, axis: place < outputAxes.count ? outputAxes[place] : 0,
          isReversed: place < outputsReversed.count && outputsReversed[place], on: trace))
    }
    return results
  }
}

/// What conditions and loops have in common.
enum ControlFlow {
  /// A single whole number or truth value, if the operand is there.
  static func whole<S>(
    _ operands: [Trace<S>.Variable?], _ position: Int, _ name: String
  ) throws(NodeFault) -> Int? {
    guard position < operands.count, let operand = operands[position] else { return nil }
    guard case .whole(let array) = operand.value, array.values.count == 1 else {
      throw NodeFault("\(name) is \(operand.shape.written); it must be a single whole number or truth value")
    }
    return array.values[0]
  }

  static func stacked<S>(
    _ rows: [Trace<S>.Variable], axis: Int, isReversed: Bool, on trace: Trace<S>
  ) throws(NodeFault) -> Trace<S>.Variable {
    guard let first = rows.first else { return try trace.zeros([0]) }
    let axis = try resolvedAxis(axis, rank: first.shape.count + 1)
    var parts: [Trace<S>.Variable] = []
    for row in rows {
      var shape = row.shape
      guard axis <= shape.count else { throw NodeFault("results of \(shape.written) cannot be put side by side") }
      shape.insert(1, at: axis)
      parts.append(try trace.reshaped(row, to: shape))
    }
    return try trace.joined(isReversed ? parts.reversed() : parts, axis: axis)
  }

  static let builders: [String: OperationCatalog.Builder] = [
    "If": { given in
      Conditional(whenTrue: try given.subgraph("then_branch"), whenFalse: try given.subgraph("else_branch"))
    },
    "Loop": { given in
      Repetition(body: try given.subgraph("body"), ownCount: given.operandCount)
    },
    "Scan": { given in
      guard given.opset >= 9 else { throw NodeFault("Scan is known from operator set 9 on") }
      guard let count = try given.integer("num_scan_inputs"), count >= 1, count <= given.operandCount else {
        throw NodeFault("attribute 'num_scan_inputs' is missing or does not fit \(given.operandCount) operands")
      }
      func reversals(_ name: String) throws(NodeFault) -> [Bool] { try (given.integers(name) ?? []).map { $0 != 0 } }
      return ScanAlongAxes(
        body: try given.subgraph("body"), ownCount: given.operandCount, scannedCount: count,
        inputAxes: try given.integers("scan_input_axes") ?? [],
        inputsReversed: try reversals("scan_input_directions"),
        outputAxes: try given.integers("scan_output_axes") ?? [],
        outputsReversed: try reversals("scan_output_directions"))
    },
  ]
}
