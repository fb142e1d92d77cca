extension Network {
  /// Called with the number of finished and of all parts of a computation, from any thread.
  public typealias Progress = @Sendable (_ done: Int, _ total: Int) -> Void

  /// The derivative of one output by one input at a batch of points, which are taken as independent samples.
  ///
  /// Shapes: the input is batch × …, the output batch × …; the result batch × output size × input size. Other inputs
  /// share the batch axis, or are one row (or a single number where a sample is one), repeated for every sample.
  ///
  /// Complexity: the smaller of the two sizes times an evaluation, as matrix products over many points at once, on all
  /// processors; about 64 MB per processor beside the result.
  ///
  /// Throws: ``NetworkError``; ``NetworkError/samplesMixed(output:change:)`` when the samples are not independent.
  public func jacobian<S: NetworkScalar>(
    of output: String, withRespectTo input: String, at inputs: [String: NDArray<S>], mode: JacobianMode = .automatic,
    progress: Progress? = nil
  ) throws(NetworkError) -> NDArray<S> {
    try JacobianComputation(self, of: output, withRespectTo: input, at: inputs, mode: mode).run(progress: progress)
  }

  /// J v for a stack of directions.
  ///
  /// Shapes: directions are directions × input shape (or one direction: the input's shape); the result is
  /// directions × output shape (or the output's shape).
  ///
  /// Throws: ``NetworkError``.
  public func jacobianVectorProduct<S: NetworkScalar>(
    of output: String, withRespectTo input: String, at inputs: [String: NDArray<S>], along directions: NDArray<S>
  ) throws(NetworkError) -> NDArray<S> {
    let linearization = try linearization(of: output, withRespectTo: input, at: inputs)
    let seed = try stack(directions, of: linearization.inputShape)
    let result = try linearization.pushForward(seed).expanded(to: linearization.result.shape)
    return unstacked(result, isSingle: directions.shape == linearization.inputShape)
  }

  /// Jᵀ u for a stack of directions.
  ///
  /// Shapes: directions are directions × output shape (or one direction: the output's shape); the result is
  /// directions × input shape (or the input's shape).
  ///
  /// Throws: ``NetworkError``.
  public func vectorJacobianProduct<S: NetworkScalar>(
    of output: String, withRespectTo input: String, at inputs: [String: NDArray<S>], along directions: NDArray<S>
  ) throws(NetworkError) -> NDArray<S> {
    let linearization = try linearization(of: output, withRespectTo: input, at: inputs)
    let seed = try stack(directions, of: linearization.result.shape)
    let result = try linearization.pullBack(seed).expanded(to: linearization.inputShape)
    return unstacked(result, isSingle: directions.shape == linearization.result.shape)
  }

  /// How far forward and reverse differentiation disagree: |⟨u, J v⟩ − ⟨Jᵀ u, v⟩| / (‖u‖ ‖J v‖), for random u and v.
  ///
  /// Range: rounding error (about 1e-16 in double, 1e-7 in single precision) when all is well; 0 where J v is 0.
  ///
  /// Throws: ``NetworkError``.
  public func adjointDefect<S: NetworkScalar>(
    of output: String, withRespectTo input: String, at inputs: [String: NDArray<S>],
    using random: inout some RandomNumberGenerator
  ) throws(NetworkError) -> Double {
    let linearization = try linearization(of: output, withRespectTo: input, at: inputs)
    func draw(_ shape: [Int]) -> Directions<S> {
      let count = shape.reduce(1, *)
      return Directions(
        count: 1, shape: shape, values: (0..<count).map { _ in S(Double.random(in: -1...1, using: &random)) })
    }
    let (v, u) = (draw(linearization.inputShape), draw(linearization.result.shape))
    let forward = try linearization.pushForward(v).expanded(to: linearization.result.shape)
    let back = try linearization.pullBack(u).expanded(to: linearization.inputShape)
    let defect = abs(dot(u.values, forward.values) - dot(back.values, v.values))
    let scale = (dot(u.values, u.values) * dot(forward.values, forward.values)).squareRoot()
    return scale > 0 ? defect / scale : defect
  }

  private func dot<S: NetworkScalar>(_ x: [S], _ y: [S]) -> Double {
    zip(Double.converting(x), Double.converting(y)).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private func stack<S>(_ directions: NDArray<S>, of shape: [Int]) throws(NetworkError) -> Directions<S> {
    if directions.shape == shape { return Directions(count: 1, shape: shape, values: directions.values) }
    guard directions.rank > 0, Array(directions.shape.dropFirst()) == shape else {
      throw .wrongDirections(shape: directions.shape, expected: shape)
    }
    return Directions(count: directions.shape[0], shape: shape, values: directions.values)
  }

  private func unstacked<S>(_ result: Directions<S>, isSingle: Bool) -> NDArray<S> {
    NDArray(shape: (isSingle ? [] : [result.count]) + result.shape, values: result.values)
  }

  /// The linearisation at the whole batch.
  private func linearization<S>(
    of output: String, withRespectTo input: String, at inputs: [String: NDArray<S>]
  ) throws(NetworkError) -> Linearization<S> {
    let pair = try DifferentiablePair(self, output: output, input: input)
    let batch = try Batch(self, inputs, axisOf: nil)
    guard batch.parts.count == 1, batch.rowCount(0..<batch.count) == batch.count else {
      let port = inputs[pair.inputName].map(\.shape) ?? []
      throw .wrongInputShape(
        name: pair.inputName, shape: port, expected: self.inputs[pair.inputIndex].writtenShape)
    }
    return try pair.linearization(self, try batch.values(0..<batch.count))
  }
}

/// An input and an output of a network, both of real numbers.
struct DifferentiablePair: Sendable {
  let inputName: String
  let outputName: String
  let inputIndex: Int
  let outputIndex: Int

  init(_ network: Network, output: String, input: String) throws(NetworkError) {
    let (inputName, outputName) = (try network.inputName(input), try network.outputName(output))
    self.inputName = inputName
    self.outputName = outputName
    inputIndex = network.inputs.firstIndex { $0.name == inputName } ?? 0
    outputIndex = network.outputs.firstIndex { $0.name == outputName } ?? 0
    for (port, kind) in [(network.inputs[inputIndex], "input"), (network.outputs[outputIndex], "output")] {
      guard port.isReal else {
        throw .notDifferentiable(
          output: outputName, input: inputName, reason: "the \(kind) holds whole numbers")
      }
    }
  }

  /// The linearisation between the two at given values of the inputs.
  func linearization<S>(
    _ network: Network, _ given: [(number: Int, value: Value<S>)]
  ) throws(NetworkError) -> Linearization<S> {
    let graph = network.graph
    let chosen = graph.nodes(for: [graph.outputs[outputIndex]]).filter { !graph.constants.isConstant[$0] }
    var values = try graph.constants.values(of: graph, S.self)
    for (number, value) in given { values[number] = value }
    try Evaluation(graph: graph).run(chosen, values: &values, keeping: nil)
    guard case .real? = values[graph.outputs[outputIndex]] else {
      throw .notDifferentiable(output: outputName, input: inputName, reason: "the output holds whole numbers")
    }
    let result = try Linearization(
      graph: graph, chosen: chosen, values: values, input: graph.inputs[inputIndex], output: graph.outputs[outputIndex])
    guard result.isConnected else {
      let cut = CutWays(graph, from: graph.inputs[inputIndex]).cuts[graph.outputs[outputIndex]]
      throw .notDifferentiable(
        output: outputName, input: inputName,
        reason: cut.map { "every way between them goes through \(graph.nodes[$0].label), whose derivative is 0" }
          ?? "it does not depend on the input")
    }
    return result
  }

  /// The output alone.
  func value<S>(_ network: Network, _ given: [(number: Int, value: Value<S>)]) throws(NetworkError) -> NDArray<S> {
    let graph = network.graph
    let number = graph.outputs[outputIndex]
    let chosen = graph.nodes(for: [number]).filter { !graph.constants.isConstant[$0] }
    var values = try graph.constants.values(of: graph, S.self)
    for (number, value) in given { values[number] = value }
    try Evaluation(graph: graph).run(chosen, values: &values, keeping: [number])
    guard case .real(let result)? = values[number] else {
      throw .notDifferentiable(output: outputName, input: inputName, reason: "the output holds whole numbers")
    }
    return result
  }
}
