/// Groups of channels (axis 1), each normalised for each sample by its own mean and variance, then scaled and shifted.
struct GroupNormalization: Operation {
  /// The number of groups; `nil` when every channel is its own.
  let groups: Int?
  /// Whether scale and shift have one number for each group; otherwise one for each channel.
  let scalesGroups: Bool
  /// The same as rows of samples × groups × channels of a group × places.
  private var rows: LayerNormalization

  init(groups: Int?, scalesGroups: Bool, epsilon: Double) {
    self.groups = groups
    self.scalesGroups = scalesGroups
    rows = LayerNormalization(axis: 2, epsilon: epsilon, isCentred: true)
  }

  func prepared<S>(at site: Site<S>) throws(NodeFault) -> any Operation {
    var copy = self
    copy.rows = try rows.keeping(try seenAsRows(site.operands, try shapes(site.operands)).real(0))
    return copy
  }

  /// The shapes of the operands as `rows` takes them.
  private func shapes<S>(_ operands: Operands<S>) throws(NodeFault) -> [[Int]] {
    let shape = try operands.real(0).shape
    guard shape.count >= 2 else { throw NodeFault("\(shape.written) has no axis of channels") }
    let channels = shape[1]
    let groups = groups ?? channels
    guard groups >= 0, groups > 0 ? channels % groups == 0 : channels == 0 else {
      throw NodeFault("\(channels) channels do not make \(groups) equal groups")
    }
    let size = groups > 0 ? channels / groups : 0
    let factors = scalesGroups ? groups : channels
    for position in 1...2 {
      let found = try operands.real(position).shape
      guard found == [factors] else {
        throw NodeFault("operand \(position) is \(found.written); it must be \(factors), one number for each")
      }
    }
    let factor = [groups, scalesGroups ? 1 : size, 1]
    return [[shape[0], groups, size, shape.dropFirst(2).reduce(1, *)], factor, factor]
  }

  private func seenAsRows<S>(_ operands: Operands<S>, _ shapes: [[Int]]) throws(NodeFault) -> Operands<S> {
    var values: [Value<S>?] = []
    for (position, shape) in shapes.enumerated() { values.append(try operands.value(position).reshaped(to: shape)) }
    return Operands(values: values)
  }

  private func seenAsRows<S>(_ site: Site<S>, _ shapes: [[Int]]) throws(NodeFault) -> Site<S> {
    Site(operands: try seenAsRows(site.operands, shapes), results: [site.results[0].reshaped(to: shapes[0])])
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let shape = try operands.value(0).shape
    let results = try rows.values(of: try seenAsRows(operands, try shapes(operands)))
    return [results[0].reshaped(to: shape)]
  }

  func pushForward<S>(_ directions: [Directions<S>?], at site: Site<S>) throws(NodeFault) -> [Directions<S>?] {
    let shapes = try shapes(site.operands)
    let given = directions.indices.map { directions[$0]?.reshaped(from: site.operandShape($0), to: shapes[$0]) }
    let results = try rows.pushForward(given, at: try seenAsRows(site, shapes))
    return [results[0]?.reshaped(from: shapes[0], to: site.operandShape(0))]
  }

  func pullBack<S>(
    _ directions: [Directions<S>?], at site: Site<S>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<S>?] {
    let shapes = try shapes(site.operands)
    let given = directions[0]?.reshaped(from: site.operandShape(0), to: shapes[0])
    let results = try rows.pullBack([given], at: try seenAsRows(site, shapes), wanted: wanted)
    return results.indices.map { results[$0]?.reshaped(from: shapes[$0], to: site.operandShape($0)) }
  }

  func isDifferentiable(operand: Int) -> Bool { operand < 3 }
}
