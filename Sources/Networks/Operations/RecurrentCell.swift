import CKernels

/// What a recurrent network does at one time.
enum RecurrentCell: Sendable {
  case plain
  /// A GRU; whether the state is reset after its product with the weights, or before.
  case gated(resetsAfterProduct: Bool)
  /// An LSTM; whether what is forgotten makes room for just as much.
  case longShortTerm(couplesGates: Bool)

  var gateCount: Int {
    switch self {
    case .plain: 1
    case .gated: 3
    case .longShortTerm: 4
    }
  }

  var hasCellState: Bool { if case .longShortTerm = self { true } else { false } }

  var defaultActivations: [String] {
    switch self {
    case .plain: ["Tanh"]
    case .gated: ["Sigmoid", "Tanh"]
    case .longShortTerm: ["Sigmoid", "Tanh", "Tanh"]
    }
  }

  var activationCount: Int { defaultActivations.count }

  /// The functions a node asks for; the numbers of those that have some are taken in order.
  static func activations(
    _ given: Attributes, defaults: [String], directionCount: Int
  ) throws(NodeFault) -> [UnaryFunction] {
    let standard = (0..<directionCount).flatMap { _ in defaults }
    let names = try given.texts("activations") ?? standard
    guard names.count == standard.count else {
      throw NodeFault("\(names.count) activations are given; it must be \(standard.count)")
    }
    var alphas = (try given.numbers("activation_alpha") ?? [])[...]
    var betas = (try given.numbers("activation_beta") ?? [])[...]
    var result: [UnaryFunction] = []
    for name in names {
      guard let function = functions[name.lowercased()] else {
        throw NodeFault("activation '\(name)' is not known; known are \(known)")
      }
      var made = UnaryFunction(kind: Int32(function.kind))
      if let alpha = function.alpha { made.a = alphas.popFirst().map { Double($0) } ?? alpha }
      if let beta = function.beta { made.b = betas.popFirst().map { Double($0) } ?? beta }
      result.append(made)
    }
    return result
  }

  private static let known =
    "Affine, Elu, HardSigmoid, LeakyRelu, Relu, ScaledTanh, Sigmoid, Softplus, Softsign, Tanh and ThresholdedRelu"

  private static let functions: [String: (kind: Int, alpha: Double?, beta: Double?)] = [
    "affine": (Int(FBK_AFFINE), 1, 0), "elu": (Int(FBK_ELU), 1, nil),
    "hardsigmoid": (Int(FBK_HARD_SIGMOID), Double(Float(0.2)), 0.5), "leakyrelu": (Int(FBK_LEAKY_RELU), 0.01, nil),
    "relu": (Int(FBK_RELU), nil, nil), "scaledtanh": (Int(FBK_SCALED_TANH), 1, 1),
    "sigmoid": (Int(FBK_SIGMOID), nil, nil), "softplus": (Int(FBK_SOFTPLUS), nil, nil),
    "softsign": (Int(FBK_SOFTSIGN), nil, nil), "tanh": (Int(FBK_TANH), nil, nil),
    "thresholdedrelu": (Int(FBK_THRESHOLDED_RELU), 1, nil),
  ]
}

/// The gates of one direction of a recurrent network with their weights.
struct RecurrentGates<S: NetworkScalar> {
  typealias Variable = Trace<S>.Variable

  let cell: RecurrentCell
  /// Shape: gates · hidden × hidden.
  let weights: Variable
  /// Shape: 2 · gates · hidden: those of the inputs, then those of the state.
  let bias: Variable?
  /// Of input, output and forget gate.
  let peepholes: Variable?
  let activations: [UnaryFunction]
  let hidden: Int

  /// Parts of the weights and biases, made by `readied`.
  private var parts: [Variable] = []
  private var stateBias: Variable?

  init(
    cell: RecurrentCell, weights: Variable, bias: Variable?, peepholes: Variable?, activations: [UnaryFunction],
    hidden: Int
  ) {
    self.cell = cell
    self.weights = weights
    self.bias = bias
    self.peepholes = peepholes
    self.activations = activations
    self.hidden = hidden
  }

  private var gates: [Int] { [Int](repeating: hidden, count: cell.gateCount) }

  /// What the inputs bring to the gates, for each part of them and each time. Shapes: 1 × batch × part.
  func prepared(_ x: Variable, _ w: Variable, on trace: Trace<S>) throws(NodeFault) -> [[Variable]] {
    var all = try trace.matrixProduct(x, w, transposed: true)
    if let bias {
      let halves = try trace.split(bias, axis: 0, sizes: [cell.gateCount * hidden, cell.gateCount * hidden])
      var own = try trace.sum(halves[0], halves[1])
      if case .gated(true) = cell {
        // The state's bias of the new state is reset with it.
        own = try trace.joined(
          [
            try trace.slice(own, axis: 0, 0..<(2 * hidden)),
            try trace.slice(halves[0], axis: 0, (2 * hidden)..<(3 * hidden)),
          ], axis: 0)
      }
      all = try trace.sum(all, own)
    }
    let parts: [Variable]
    if case .gated = cell {
      parts = try trace.split(all, axis: 2, sizes: [2 * hidden, hidden])
    } else {
      parts = [all]
    }
    var result: [[Variable]] = []
    for part in parts where part.shape[0] > 0 {
      result.append(try trace.split(part, axis: 0, sizes: [Int](repeating: 1, count: part.shape[0])))
    }
    return result
  }

  /// The gates with their weights cut as the steps need them.
  func readied(on trace: Trace<S>) throws(NodeFault) -> RecurrentGates {
    var ready = self
    switch cell {
    case .plain: break
    case .gated(let resetsAfterProduct):
      if !resetsAfterProduct { ready.parts = try trace.split(weights, axis: 0, sizes: [2 * hidden, hidden]) }
      if resetsAfterProduct, let bias { ready.stateBias = try trace.slice(bias, axis: 0, (5 * hidden)..<(6 * hidden)) }
    case .longShortTerm:
      if let peepholes { ready.parts = try trace.split(peepholes, axis: 0, sizes: [hidden, hidden, hidden]) }
    }
    return ready
  }

  /// One time. Shapes: inputs 1 × batch × part, state and cell 1 × batch × hidden.
  func step(
    _ inputs: [Variable], _ state: Variable, _ memory: Variable?, on trace: Trace<S>
  ) throws(NodeFault) -> (state: Variable, cell: Variable?) {
    switch cell {
    case .plain:
      let sum = try trace.sum(inputs[0], try trace.matrixProduct(state, weights, transposed: true))
      return (try trace.apply(activations[0], sum), nil)
    case .gated(let resetsAfterProduct):
      return (
        try resetsAfterProduct ? resetAfter(inputs, state, on: trace) : resetBefore(inputs, state, on: trace), nil
      )
    case .longShortTerm(let couplesGates):
      guard let memory else { throw NodeFault("the cell is missing") }
      return try longShortTerm(inputs[0], state, memory, couplesGates: couplesGates, on: trace)
    }
  }

  /// n + z (h − n), where z is how much of the old state stays.
  private func mixed(
    _ update: Variable, _ old: Variable, _ new: Variable, on trace: Trace<S>
  ) throws(NodeFault) -> Variable {
    try trace.sum(new, try trace.product(update, try trace.difference(old, new)))
  }

  private func resetAfter(_ inputs: [Variable], _ state: Variable, on trace: Trace<S>) throws(NodeFault) -> Variable {
    let product = try trace.matrixProduct(state, weights, transposed: true)
    let parts = try trace.split(product, axis: 2, sizes: [2 * hidden, hidden])
    let both = try trace.apply(activations[0], try trace.sum(inputs[0], parts[0]))
    let gates = try trace.split(both, axis: 2, sizes: [hidden, hidden])
    let recurrent = try stateBias.map { (bias) throws(NodeFault) in try trace.sum(parts[1], bias) } ?? parts[1]
    let new = try trace.apply(activations[1], try trace.sum(inputs[1], try trace.product(gates[1], recurrent)))
    return try mixed(gates[0], state, new, on: trace)
  }

  private func resetBefore(_ inputs: [Variable], _ state: Variable, on trace: Trace<S>) throws(NodeFault) -> Variable {
    let product = try trace.matrixProduct(state, parts[0], transposed: true)
    let both = try trace.apply(activations[0], try trace.sum(inputs[0], product))
    let gates = try trace.split(both, axis: 2, sizes: [hidden, hidden])
    let recurrent = try trace.matrixProduct(try trace.product(gates[1], state), parts[1], transposed: true)
    let new = try trace.apply(activations[1], try trace.sum(inputs[1], recurrent))
    return try mixed(gates[0], state, new, on: trace)
  }

  private func longShortTerm(
    _ input: Variable, _ state: Variable, _ memory: Variable, couplesGates: Bool, on trace: Trace<S>
  ) throws(NodeFault) -> (state: Variable, cell: Variable?) {
    let all = try trace.sum(input, try trace.matrixProduct(state, weights, transposed: true))
    var (enter, leave, forget, new): (Variable, Variable, Variable, Variable)
    let four = try trace.split(all, axis: 2, sizes: gates)
    (enter, leave, forget, new) = (four[0], four[1], four[2], four[3])
    if peepholes != nil {
      enter = try trace.sum(enter, try trace.product(parts[0], memory))
      forget = try trace.sum(forget, try trace.product(parts[2], memory))
    }
    enter = try trace.apply(activations[0], enter)
    forget = couplesGates ? try trace.difference(trace.number(1), enter) : try trace.apply(activations[0], forget)
    new = try trace.apply(activations[1], new)
    let cell = try trace.sum(try trace.product(forget, memory), try trace.product(enter, new))
    if peepholes != nil { leave = try trace.sum(leave, try trace.product(parts[1], cell)) }
    leave = try trace.apply(activations[0], leave)
    return (try trace.product(leave, try trace.apply(activations[2], cell)), cell)
  }
}
