extension Network {
  /// The outputs at given inputs, by name.
  ///
  /// Shapes: every input as its port says. Where ports share an open first axis (the batch), an input may also be one
  /// row, or a single number where a sample is one, and is then repeated. Where ports fix the first axis, of outputs too, any number of samples is
  /// evaluated part by part; a part that is short is filled up with its last sample.
  ///
  /// Throws: ``NetworkError`` when an input is missing or has another shape, or a node cannot be evaluated.
  public func evaluate<S: NetworkScalar>(_ inputs: [String: NDArray<S>]) throws(NetworkError) -> [String: NDArray<S>] {
    try evaluate(inputs, only: outputs.map(\.name))
  }

  /// Some values at given inputs, by name: outputs, or values inside the graph, and no others.
  ///
  /// Shapes: as for `evaluate(_:)`. Names are those of ``valueName(_:)``.
  ///
  /// Throws: ``NetworkError``, for an unknown name too.
  public func evaluate<S: NetworkScalar>(
    _ inputs: [String: NDArray<S>], only names: [String]
  ) throws(NetworkError) -> [String: NDArray<S>] {
    var wanted: [(name: String, number: Int)] = []
    for name in names { wanted.append((name, try valueNumber(name))) }
    let batch = try Batch(self, inputs, axisOf: nil)
    let constants = try graph.constants.values(of: graph, S.self)
    let numbers = wanted.map(\.number)
    let chosen = graph.nodes(for: numbers).filter { !graph.constants.isConstant[$0] }
    var parts: [[NDArray<S>]] = []
    for rows in batch.parts {
      var values = constants
      for (number, value) in try batch.values(rows) { values[number] = value }
      try Evaluation(graph: graph).run(chosen, values: &values, keeping: Set(numbers))
      parts.append(
        try wanted.map { (name, number) throws(NetworkError) in
          let value = try self.value(number, named: name, values)
          guard batch.rowCount(rows) > rows.count else { return value }
          guard value.shape.first == batch.rowCount(rows) else {
            throw .batchMismatch(what: described(name), shape: value.shape, batch: batch.rowCount(rows))
          }
          return value.rows(0..<rows.count)
        })
    }
    var result: [String: NDArray<S>] = [:]
    for (index, each) in wanted.enumerated() { result[each.name] = try joined(parts.map { $0[index] }, each.name) }
    return result
  }

  private func described(_ name: String) -> String {
    "\(outputs.contains { $0.name == name } ? "output" : "value") '\(name)'"
  }

  private func value<S>(_ number: Int, named name: String, _ values: [Value<S>?]) throws(NetworkError) -> NDArray<S> {
    switch values[number] {
    case .real(let array): return array
    case .whole(let array): return NDArray(shape: array.shape, values: S.converting(whole: array.values))
    case nil: throw .missingValue(name: name, reader: "the list of outputs", known: [])
    }
  }

  private func joined<S>(_ parts: [NDArray<S>], _ name: String) throws(NetworkError) -> NDArray<S> {
    guard parts.count != 1, let first = parts.first else { return parts[0] }
    guard !first.shape.isEmpty else { return first }
    return NDArray(
      shape: [parts.reduce(0) { $0 + $1.shape[0] }] + first.shape.dropFirst(), values: parts.flatMap(\.values))
  }
}
