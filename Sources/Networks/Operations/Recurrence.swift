/// Recurrent networks over time, forwards, backwards or both: `RNN`, `GRU` and `LSTM`.
///
/// The inputs of all times go through one product, the state of each time through another.
struct Recurrence: ComposedOperation {
  enum Sense: String, Sendable { case forward, reverse, bidirectional }

  let cell: RecurrentCell
  let sense: Sense
  /// The functions of the gates, for each direction in turn.
  let activations: [UnaryFunction]
  let hiddenSize: Int?
  /// Whether the first axis counts the sequences rather than the times.
  let batchFirst: Bool

  private var directionCount: Int { sense == .bidirectional ? 2 : 1 }

  /// The extents that all operands must agree on.
  private struct Extents {
    var times: Int
    var batch: Int
    var inputs: Int
    var hidden: Int
  }

  private func extents<S>(_ operands: [Trace<S>.Variable?]) throws(NodeFault) -> Extents {
    guard operands.count >= 3, let x = operands[0]?.shape, operands[1] != nil, let r = operands[2]?.shape else {
      throw NodeFault("sequences, weights or recurrent weights are missing")
    }
    guard x.count == 3, let hidden = r.last else {
      throw NodeFault("sequences of \(x.written) and recurrent weights of \(r.written) do not go together")
    }
    let found = Extents(
      times: x[batchFirst ? 1 : 0], batch: x[batchFirst ? 0 : 1], inputs: x[2], hidden: hiddenSize ?? hidden)
    let (rows, overflows) = cell.gateCount.multipliedReportingOverflow(by: found.hidden)
    guard !overflows, found.hidden >= 0 else { throw NodeFault("a hidden size of \(found.hidden) is asked for") }
    let state = batchFirst ? [found.batch, directionCount, found.hidden] : [directionCount, found.batch, found.hidden]
    let expected: [(String, Int, [Int])] = [
      ("weights", 1, [directionCount, rows, found.inputs]),
      ("recurrent weights", 2, [directionCount, rows, found.hidden]),
      ("biases", 3, [directionCount, 2 * rows]), ("lengths", 4, [found.batch]), ("the initial state", 5, state),
      ("the initial cell", 6, state), ("peepholes", 7, [directionCount, 3 * found.hidden]),
    ]
    for (name, position, shape) in expected where position < operands.count {
      guard let given = operands[position]?.shape, given != shape else { continue }
      throw NodeFault("\(name): \(given.written) is given; it must be \(shape.written)")
    }
    return found
  }

  func compose<S>(_ operands: [Trace<S>.Variable?], on trace: Trace<S>) throws(NodeFault) -> [Trace<S>.Variable] {
    let extents = try extents(operands)
    guard var x = operands[0] else { throw NodeFault("operand 0 is missing") }
    if batchFirst { x = try trace.transposed(x, [1, 0, 2]) }
    let masks: [Trace<S>.Variable?] = try masks(operands.count > 4 ? operands[4] : nil, extents)
    var sequences: [Trace<S>.Variable] = []
    var states: [Trace<S>.Variable] = []
    var cells: [Trace<S>.Variable] = []
    for direction in 0..<directionCount {
      /// An operand's part for this direction, under another shape.
      func part(_ position: Int, _ shape: [Int], axis: Int = 0) throws(NodeFault) -> Trace<S>.Variable? {
        guard position < operands.count, let operand = operands[position] else { return nil }
        return try trace.reshaped(try trace.slice(operand, axis: axis, direction..<(direction + 1)), to: shape)
      }
      let rows = cell.gateCount * extents.hidden
      let state = [1, extents.batch, extents.hidden]
      guard let w = try part(1, [rows, extents.inputs]), let r = try part(2, [rows, extents.hidden]) else {
        throw NodeFault("weights are missing")
      }
      let axis = batchFirst ? 1 : 0
      let gates = RecurrentGates<S>(
        cell: cell, weights: r, bias: try part(3, [2 * rows]), peepholes: try part(7, [3 * extents.hidden]),
        activations: Array(activations[(direction * cell.activationCount)..<((direction + 1) * cell.activationCount)]),
        hidden: extents.hidden)
      let zeros = try trace.zeros(state)
      let start = try part(5, state, axis: axis) ?? zeros
      let startCell = cell.hasCellState ? try part(6, state, axis: axis) ?? zeros : nil
      let isBackwards = sense == .reverse || direction == 1
      let (outputs, last, lastCell) = try run(
        gates, try gates.prepared(x, w, on: trace), masks, from: (start, startCell), isBackwards: isBackwards, extents,
        on: trace)
      sequences.append(try trace.reshaped(outputs, to: [extents.times, 1, extents.batch, extents.hidden]))
      states.append(last)
      if let lastCell { cells.append(lastCell) }
    }
    var results = [try trace.joined(sequences, axis: 1), try trace.joined(states, axis: 0)]
    if !cells.isEmpty { results.append(try trace.joined(cells, axis: 0)) }
    guard batchFirst else { return results }
    for index in results.indices {
      results[index] = try trace.transposed(results[index], index == 0 ? [2, 0, 1, 3] : [1, 0, 2])
    }
    return results
  }

  /// For each time, which sequences have not ended; `nil` where none has.
  private func masks<S>(_ lengths: Trace<S>.Variable?, _ extents: Extents) throws(NodeFault) -> [Trace<S>.Variable?] {
    guard let lengths else { return [Trace<S>.Variable?](repeating: nil, count: extents.times) }
    guard case .whole(let array) = lengths.value else { throw NodeFault("lengths must be whole numbers") }
    for length in array.values where length < 0 || length > extents.times {
      throw NodeFault("a length of \(length) is given for sequences of \(extents.times)")
    }
    return (0..<extents.times).map { time in
      let goesOn = array.values.map { time < $0 ? 1 : 0 }
      guard goesOn.contains(0) else { return nil }
      return Trace<S>.Variable(
        .whole(WholeArray(shape: [1, extents.batch, 1], values: goesOn, isBoolean: true)))
    }
  }

  /// All times of one direction: the states side by side, the last one and the last cell.
  private func run<S>(
    _ gates: RecurrentGates<S>, _ inputs: [[Trace<S>.Variable]], _ masks: [Trace<S>.Variable?],
    from start: (state: Trace<S>.Variable, cell: Trace<S>.Variable?), isBackwards: Bool, _ extents: Extents,
    on trace: Trace<S>
  ) throws(NodeFault) -> (outputs: Trace<S>.Variable, state: Trace<S>.Variable, cell: Trace<S>.Variable?) {
    var (state, cell) = start
    guard extents.times > 0 else { return (try trace.zeros([0, extents.batch, extents.hidden]), state, cell) }
    let zero = trace.number(0)
    let gates = try gates.readied(on: trace)
    var outputs: [Trace<S>.Variable] = []
    for step in 0..<extents.times {
      let time = isBackwards ? extents.times - 1 - step : step
      var next = try gates.step(inputs.map { $0[time] }, state, cell, on: trace)
      var output = next.state
      if let mask = masks[time] {
        output = try trace.apply(Where(), mask, next.state, zero)
        next.state = try trace.apply(Where(), mask, next.state, state)
        if let before = cell, let after = next.cell { next.cell = try trace.apply(Where(), mask, after, before) }
      }
      (state, cell) = next
      outputs.append(output)
    }
    return (try trace.joined(isBackwards ? outputs.reversed() : outputs, axis: 0), state, cell)
  }

  static let builders: [String: OperationCatalog.Builder] = {
    var all: [String: OperationCatalog.Builder] = [:]
    for name in ["RNN", "GRU", "LSTM"] { all[name] = { given in try Recurrence(named: name, given) } }
    return all
  }()

  private init(named name: String, _ given: Attributes) throws(NodeFault) {
    guard given.values["clip"] == nil else {
      throw NodeFault("attribute 'clip' bounds what enters the gates, which is not evaluated; export the model without")
    }
    switch name {
    case "GRU": cell = .gated(resetsAfterProduct: try given.flag("linear_before_reset", default: false))
    case "LSTM": cell = .longShortTerm(couplesGates: try given.flag("input_forget", default: false))
    default: cell = .plain
    }
    let direction = try given.text("direction") ?? "forward"
    guard let sense = Sense(rawValue: direction) else {
      throw NodeFault("attribute 'direction' is '\(direction)'; it must be 'forward', 'reverse' or 'bidirectional'")
    }
    self.sense = sense
    hiddenSize = try given.integer("hidden_size")
    batchFirst = try given.flag("layout", default: false)
    activations = try RecurrentCell.activations(
      given, defaults: cell.defaultActivations, directionCount: sense == .bidirectional ? 2 : 1)
  }
}
