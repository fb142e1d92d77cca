extension Network {
  /// The outputs at given inputs, by name.
  ///
  /// Shapes: every input as its port says. Where ports share an open first axis (the batch), an input may also be one
  /// row, or a single number where a sample is one, and is then repeated. Where ports fix the first axis, of outputs too, any number of samples is
  /// evaluated part by part; a part that is short is filled up with its last sample.
  ///
  /// Throws: ``NetworkError`` when an input is missing or has another shape, or a node cannot be evaluated.
  public func evaluate<S: NetworkScalar>(_ inputs: [String: NDArray<S>]) throws(NetworkError) -> [String: NDArray<S>] {
    let batch = try Batch(self, inputs, axisOf: nil)
    let constants = try graph.constants.values(of: graph, S.self)
    let chosen = graph.nodes(for: graph.outputs).filter { !graph.constants.isConstant[$0] }
    var parts: [[NDArray<S>]] = []
    for rows in batch.parts {
      var values = constants
      for (number, value) in try batch.values(rows) { values[number] = value }
      try Evaluation(graph: graph).run(chosen, values: &values, keeping: Set(graph.outputs))
      parts.append(
        try outputs.indices.map { (index) throws(NetworkError) in
          let output = try self.output(index, values)
          guard batch.rowCount(rows) > rows.count else { return output }
          guard output.shape.first == batch.rowCount(rows) else {
            throw .batchMismatch(
              what: "output '\(outputs[index].name)'", shape: output.shape, batch: batch.rowCount(rows))
          }
          return output.rows(0..<rows.count)
        })
    }
    var result: [String: NDArray<S>] = [:]
    for (index, port) in outputs.enumerated() {
      result[port.name] = try joined(parts.map { $0[index] }, port.name)
    }
    return result
  }

  private func output<S>(_ index: Int, _ values: [Value<S>?]) throws(NetworkError) -> NDArray<S> {
    switch values[graph.outputs[index]] {
    case .real(let array): return array
    case .whole(let array): return NDArray(shape: array.shape, values: S.converting(whole: array.values))
    case nil: throw .missingValue(name: outputs[index].name, reader: "the list of outputs", known: [])
    }
  }

  private func joined<S>(_ parts: [NDArray<S>], _ name: String) throws(NetworkError) -> NDArray<S> {
    guard parts.count != 1, let first = parts.first else { return parts[0] }
    guard !first.shape.isEmpty else { return first }
    return NDArray(
      shape: [parts.reduce(0) { $0 + $1.shape[0] }] + first.shape.dropFirst(), values: parts.flatMap(\.values))
  }
}
