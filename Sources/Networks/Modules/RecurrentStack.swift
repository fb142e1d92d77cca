import Checkpoints

/// Layers of one of PyTorch's three recurrent networks, over time or for one step.
struct RecurrentStack {
  enum Kind: String, Sendable, CaseIterable {
    case rnn, gru, lstm

    var operation: String { rawValue.uppercased() }
    var gateCount: Int { self == .rnn ? 1 : self == .gru ? 3 : 4 }
    /// The places of ONNX's gates among PyTorch's: update, reset, new; in, out, forget, cell.
    var gateOrder: [Int] { self == .rnn ? [0] : self == .gru ? [1, 0, 2] : [0, 3, 1, 2] }
  }

  /// One direction of one layer.
  struct Direction {
    /// (gates · hidden) × inputs
    let input: Tensor
    /// (gates · hidden) × hidden
    let state: Tensor
    let inputBias: Tensor?
    let stateBias: Tensor?
  }

  let kind: Kind
  /// `tanh` or `relu`, for the plain network.
  let nonlinearity: String
  /// One or two directions each.
  let layers: [[Direction]]

  var hidden: Int { layers[0][0].state.shape[1] }
  var inputCount: Int { layers[0][0].input.shape[1] }

  /// Takes the layers from weights by PyTorch's names (`weight_ih_l0`, `bias_hh_l1_reverse`); as many as there are.
  ///
  /// - Parameter fault: makes an error of what is the matter.
  init(
    kind: Kind, nonlinearity: String = "tanh", weights: (String) -> Tensor?, fault: (String) -> NetworkError
  ) throws(NetworkError) {
    self.kind = kind
    self.nonlinearity = nonlinearity
    var layers: [[Direction]] = []
    var width: Int?
    while layers.count < 64, weights("weight_ih_l\(layers.count)") != nil {
      var directions: [Direction] = []
      for suffix in ["", "_reverse"] {
        let name = "l\(layers.count)\(suffix)"
        guard let input = weights("weight_ih_\(name)") else { continue }
        directions.append(
          try Self.direction(kind, input, name: name, width: width, weights: weights, fault: fault))
      }
      if let first = directions.first, let other = directions.last, first.state.shape != other.state.shape {
        throw fault("has directions of \(first.state.shape.written) and \(other.state.shape.written)")
      }
      if let first = layers.first, first.count != directions.count {
        throw fault("has layers of \(first.count) and \(directions.count) directions")
      }
      width = directions.reduce(0) { $0 + $1.state.shape[1] }
      layers.append(directions)
    }
    guard !layers.isEmpty else { throw fault("has no tensor 'weight_ih_l0'") }
    self.layers = layers
  }

  /// One cell, whose weights bear no number of a layer.
  init(kind: Kind, nonlinearity: String = "tanh", cell: Direction) {
    self.kind = kind
    self.nonlinearity = nonlinearity
    layers = [[cell]]
  }

  static func direction(
    _ kind: Kind, _ input: Tensor, name: String, width: Int?, weights: (String) -> Tensor?,
    fault: (String) -> NetworkError
  ) throws(NetworkError) -> Direction {
    let rows = input.shape.first ?? 0
    let hidden = rows / kind.gateCount
    guard input.shape.count == 2, hidden > 0, rows % kind.gateCount == 0, width == nil || input.shape[1] == width else {
      throw fault(
        "has 'weight_ih_\(name)' of \(input.shape.written); it must have \(kind.gateCount) rows for each unit"
          + (width.map { " and \($0) columns" } ?? ""))
    }
    func tensor(_ name: String, _ shape: [Int]) throws(NetworkError) -> Tensor? {
      guard let tensor = weights(name) else { return nil }
      guard tensor.shape == shape, ModelDescription.isParameter(tensor.elementType) else {
        throw fault(
          "has '\(name)' of \(tensor.shape.written) \(tensor.elementType.rawValue); real numbers of \(shape.written) are needed"
        )
      }
      return tensor
    }
    guard weights("weight_hr_\(name)") == nil else {
      throw fault("projects its state (proj_size), which is not evaluated here")
    }
    guard let state = try tensor("weight_hh_\(name)", [rows, hidden]) else {
      throw fault("has no tensor 'weight_hh_\(name)'")
    }
    return Direction(
      input: input, state: state, inputBias: try tensor("bias_ih_\(name)", [rows]),
      stateBias: try tensor("bias_hh_\(name)", [rows]))
  }

  // MARK: Over time

  /// The layers over all times, from a state of zero.
  ///
  /// Shapes: `x` and the output are batch × time × width, or time × batch × width; the states are
  /// (layers · directions) × batch × hidden, as PyTorch has them.
  func overTime(
    _ x: String, batchFirst: Bool, in writer: inout DescriptionWriter
  ) throws(NetworkError) -> (output: String, states: [String]) {
    var flow = x
    var states: [[String]] = []
    for (number, directions) in layers.enumerated() {
      let name = "layer \(number)"
      var operands = [flow]
      operands.append(try stacked(directions.map(\.input), in: &writer))
      operands.append(try stacked(directions.map(\.state), in: &writer))
      operands.append(try biases(directions, in: &writer))
      var attributes: [String: Attributes.Value] = [
        "hidden_size": .integer(hidden), "layout": .integer(batchFirst ? 1 : 0),
        "direction": .text(directions.count == 2 ? "bidirectional" : "forward"),
      ]
      if kind == .gru { attributes["linear_before_reset"] = .integer(1) }
      if kind == .rnn {
        let function = nonlinearity == "relu" ? "Relu" : "Tanh"
        attributes["activations"] = .texts(directions.map { _ in function })
      }
      var results = try writer.nodes(
        kind.operation, operands, attributes, results: kind == .lstm ? 3 : 2, name: name)
      // Directions stand before the units of each.
      if !batchFirst { results[0] = try writer.node("Transpose", [results[0]], ["perm": .integers([0, 2, 1, 3])]) }
      flow = try writer.node("Reshape", [results[0], writer.wholes([0, 0, directions.count * hidden])])
      for state in 1..<results.count where batchFirst {
        results[state] = try writer.node("Transpose", [results[state]], ["perm": .integers([1, 0, 2])])
      }
      states.append(Array(results.dropFirst()))
    }
    var last: [String] = []
    for state in states[0].indices {
      last.append(try writer.node("Concat", states.map { $0[state] }, ["axis": .integer(0)]))
    }
    return (flow, last)
  }

  /// The gates of a weight in ONNX's order.
  private func reordered(_ tensor: Tensor, in writer: inout DescriptionWriter) throws(NetworkError) -> String {
    let name = writer.tensor(tensor)
    guard kind.gateCount > 1 else { return name }
    var parts: [String] = []
    for gate in kind.gateOrder {
      parts.append(try writer.slice(name, axis: 0, from: gate * hidden, to: (gate + 1) * hidden))
    }
    return try writer.node("Concat", parts, ["axis": .integer(0)])
  }

  private func stacked(_ tensors: [Tensor], in writer: inout DescriptionWriter) throws(NetworkError) -> String {
    var parts: [String] = []
    for tensor in tensors {
      parts.append(try writer.node("Unsqueeze", [reordered(tensor, in: &writer), writer.wholes([0])]))
    }
    return try writer.node("Concat", parts, ["axis": .integer(0)])
  }

  private func biases(_ directions: [Direction], in writer: inout DescriptionWriter) throws(NetworkError) -> String {
    guard directions.contains(where: { $0.inputBias != nil || $0.stateBias != nil }) else { return "" }
    let rows = kind.gateCount * hidden
    var parts: [String] = []
    for direction in directions {
      var both: [String] = []
      for bias in [direction.inputBias, direction.stateBias] {
        if let bias {
          both.append(try reordered(bias, in: &writer))
        } else {
          both.append(writer.numbers([Double](repeating: 0, count: rows), shape: [rows]))
        }
      }
      let joined = try writer.node("Concat", both, ["axis": .integer(0)])
      parts.append(try writer.node("Unsqueeze", [joined, writer.wholes([0])]))
    }
    return try writer.node("Concat", parts, ["axis": .integer(0)])
  }

  // MARK: One step

  /// One step of one layer: `x` is batch × inputs, the states batch × hidden.
  func step(
    _ x: String, state: String, cell: String?, layer: Int, in writer: inout DescriptionWriter
  ) throws(NetworkError) -> (state: String, cell: String?) {
    let direction = layers[layer][0]
    let name = "layer \(layer)"
    let fromInput = try writer.linear(x, direction.input, direction.inputBias, name: name)
    let fromState = try writer.linear(state, direction.state, direction.stateBias, name: name)
    func part(_ value: String, _ gate: Int, _ writer: inout DescriptionWriter) throws(NetworkError) -> String {
      try writer.slice(value, axis: -1, from: gate * hidden, to: (gate + 1) * hidden)
    }
    switch kind {
    case .rnn:
      let sum = try writer.node("Add", [fromInput, fromState])
      return (try writer.node(nonlinearity == "relu" ? "Relu" : "Tanh", [sum]), nil)
    case .gru:
      var gates: [String] = []
      for gate in 0..<2 {
        let sum = try writer.node("Add", [part(fromInput, gate, &writer), part(fromState, gate, &writer)])
        gates.append(try writer.node("Sigmoid", [sum]))
      }
      let reset = try writer.node("Mul", [gates[0], part(fromState, 2, &writer)])
      let new = try writer.node("Tanh", [writer.node("Add", [part(fromInput, 2, &writer), reset])])
      // n + z (h − n)
      let difference = try writer.node("Sub", [state, new])
      return (try writer.node("Add", [new, writer.node("Mul", [gates[1], difference])]), nil)
    case .lstm:
      let sum = try writer.node("Add", [fromInput, fromState])
      var gates: [String] = []
      for gate in 0..<4 {
        gates.append(try writer.node(gate == 2 ? "Tanh" : "Sigmoid", [part(sum, gate, &writer)]))
      }
      let kept = try writer.node("Mul", [gates[1], cell ?? state])
      let next = try writer.node("Add", [kept, writer.node("Mul", [gates[0], gates[2]])])
      return (try writer.node("Mul", [gates[3], writer.node("Tanh", [next])]), next)
    }
  }
}

extension RecurrentStack {
  /// Writes the whole network over time: input `x`, outputs `output`, `h_n` and, for LSTM, `c_n`.
  func writeOverTime(batchFirst: Bool, in writer: inout DescriptionWriter) throws(NetworkError) {
    let x = writer.input("x", [nil, nil, inputCount])
    let (output, states) = try overTime(x, batchFirst: batchFirst, in: &writer)
    let directions = layers[0].count
    writer.output("output", output, [nil, nil, directions * hidden])
    for (name, state) in zip(["h_n", "c_n"], states) {
      writer.output(name, state, [layers.count * directions, nil, hidden])
    }
    writer.warn("the state starts from zero")
    if !batchFirst {
      writer.warn("the first axis of the input is time, the second the batch, as the module has it (batch_first=False)")
    }
  }

  /// Writes one step: inputs `x` and `h` (and `c`), outputs `h_next` (and `c_next`); numbered where there are layers.
  func writeStep(in writer: inout DescriptionWriter) throws(NetworkError) {
    guard layers.allSatisfy({ $0.count == 1 }) else {
      throw .architecture(
        reason: "a network in both directions has no step: its backward half starts from the end",
        hint: "leave 'step' out to run it over time")
    }
    var flow = writer.input("x", [nil, inputCount])
    var next: [(state: String, cell: String?)] = []
    let numbers = layers.indices.map { layers.count == 1 ? "" : "\($0)" }
    for (layer, number) in numbers.enumerated() {
      let state = writer.input("h\(number)", [nil, hidden])
      let cell = kind == .lstm ? writer.input("c\(number)", [nil, hidden]) : nil
      let made = try step(flow, state: state, cell: cell, layer: layer, in: &writer)
      flow = made.state
      next.append(made)
    }
    for (made, number) in zip(next, numbers) {
      writer.output("h\(number)_next", made.state, [nil, hidden])
      if let cell = made.cell { writer.output("c\(number)_next", cell, [nil, hidden]) }
    }
  }
}
