extension ExportLowering {
  /// Recurrent networks, unrolled over their steps.
  static let recurrentRules: [String: Rule] = {
    var rules: [String: Rule] = [:]
    func add(_ name: String, _ rule: @escaping Rule) { rules[name] = rule }
    for (name, cell) in [
      ("gru", Cell.gru), ("lstm", .lstm), ("rnn_tanh", .plain("Tanh")), ("rnn_relu", .plain("Relu")),
    ] {
      add("aten.\(name).input") { call throws(NetworkError) in try call.recurrence(cell) }
      add("aten.\(name)_cell.default") { call throws(NetworkError) in try call.singleStep(cell) }
    }
    return rules
  }()

  enum Cell: Sendable {
    case gru, lstm, plain(String)

    var gates: Int {
      switch self {
      case .gru: 3
      case .lstm: 4
      case .plain: 1
      }
    }
  }

  /// The weights of one layer in one sense.
  private struct Layer {
    var inner: String
    var recurrent: String
    var innerBias: String?
    var recurrentBias: String?
  }

  private mutating func affine(_ x: String, _ weight: String, _ bias: String?) -> String {
    let product = emit("MatMul", [x, weight])
    return bias.map { emit("Add", [product, $0]) } ?? product
  }

  private mutating func parts(_ gates: String, _ count: Int) -> [String] {
    guard count > 1 else { return [gates] }
    return emit("Split", [gates], ["axis": .integer(-1), "num_outputs": .integer(count)], results: count)
  }

  /// One step: the gates' share of the input is given.
  private mutating func step(_ cell: Cell, _ given: String, _ state: [String], _ layer: Layer) -> [String] {
    let fed = affine(state[0], layer.recurrent, layer.recurrentBias)
    switch cell {
    case .plain(let function): return [emit(function, [emit("Add", [given, fed])])]
    case .gru:
      let (a, b) = (parts(given, 3), parts(fed, 3))
      let reset = emit("Sigmoid", [emit("Add", [a[0], b[0]])])
      let update = emit("Sigmoid", [emit("Add", [a[1], b[1]])])
      let fresh = emit("Tanh", [emit("Add", [a[2], emit("Mul", [reset, b[2]])])])
      let kept = emit("Mul", [update, emit("Sub", [state[0], fresh])])
      return [emit("Add", [fresh, kept])]
    case .lstm:
      let gates = parts(emit("Add", [given, fed]), 4)
      let kept = emit("Mul", [emit("Sigmoid", [gates[1]]), state[1]])
      let gained = emit("Mul", [emit("Sigmoid", [gates[0]]), emit("Tanh", [gates[2]])])
      let memory = emit("Add", [kept, gained])
      return [emit("Mul", [emit("Sigmoid", [gates[3]]), emit("Tanh", [memory])]), memory]
    }
  }

  private mutating func recurrence(_ cell: Cell) throws(NetworkError) -> [Term] {
    let x = try realArgument("input")
    let (trains, dropout) = (try flag("train"), try number("dropout", default: 0))
    guard !trains || dropout == 0 else { throw trainingFault() }
    let isBatched = x.rank == 3
    guard x.rank == 2 || x.rank == 3 else { throw fault("'input' has \(x.rank) axes; it must have 3") }
    let isBatchFirst = try flag("batch_first")
    let timeAxis = isBatched && isBatchFirst ? 1 : 0
    let steps = try extent(timeAxis, of: x)
    let senses = try flag("bidirectional") ? 2 : 1
    let layers = try integer("num_layers")
    guard steps > 0, layers > 0, layers <= 1024 else { throw fault("\(layers) layers of \(steps) steps are asked for") }
    // A step takes about a dozen nodes.
    try checkRoom(for: 12 * steps * layers * senses)
    let isLong: Bool = if case .lstm = cell { true } else { false }
    let starts = isLong ? try allTensors("hx") : [try tensor("hx")]
    guard starts.count == (isLong ? 2 : 1) else { throw fault("'hx' holds \(starts.count) states") }
    let hasBiases = try flag("has_biases", default: true)
    let weights = try allTensors("params")
    let perLayer = hasBiases ? 4 : 2
    guard weights.count == layers * senses * perLayer else {
      throw fault("'params' holds \(weights.count) tensors; \(layers * senses * perLayer) are needed")
    }
    var sequence = x.name
    var finals: [[String]] = starts.map { _ in [] }
    for number in 0..<layers {
      var outputs: [String] = []
      for sense in 0..<senses {
        let index = number * senses + sense
        let own = weights[(index * perLayer)..<((index + 1) * perLayer)].map { $0 }
        let layer = Layer(
          inner: turned(own[0]).name, recurrent: turned(own[1]).name, innerBias: hasBiases ? own[2].name : nil,
          recurrentBias: hasBiases ? own[3].name : nil)
        let given = affine(sequence, layer.inner, layer.innerBias)
        var state = starts.map { emit("Gather", [$0.name, constant(index).name], ["axis": .integer(0)]) }
        var outcomes = [String](repeating: "", count: steps)
        for step in sense == 0 ? Array(0..<steps) : (0..<steps).reversed() {
          let share = emit("Gather", [given, constant(step).name], ["axis": .integer(timeAxis)])
          state = self.step(cell, share, state, layer)
          outcomes[step] = unsqueeze(state[0], [timeAxis])
        }
        outputs.append(emit("Concat", outcomes, ["axis": .integer(timeAxis)]))
        for position in state.indices { finals[position].append(unsqueeze(state[position], [0])) }
      }
      sequence = outputs.count == 1 ? outputs[0] : emit("Concat", outputs, ["axis": .integer(-1)])
    }
    return [result(sequence)] + finals.map { result(emit("Concat", $0, ["axis": .integer(0)])) }
  }

  private mutating func singleStep(_ cell: Cell) throws(NetworkError) -> [Term] {
    let x = try realArgument("input")
    let isLong: Bool = if case .lstm = cell { true } else { false }
    let state = isLong ? try allTensors("hx") : [try tensor("hx")]
    guard state.count == (isLong ? 2 : 1) else { throw fault("'hx' holds \(state.count) states") }
    let layer = Layer(
      inner: turned(try tensor("w_ih")).name, recurrent: turned(try tensor("w_hh")).name, innerBias: nil,
      recurrentBias: try optionalTensor("b_hh")?.name)
    let given = affine(x.name, layer.inner, try optionalTensor("b_ih")?.name)
    return step(cell, given, state.map(\.name), layer).map { result($0) }
  }
}
