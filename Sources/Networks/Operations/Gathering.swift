/// Entries of one axis picked by position.
struct Gathering: Operation {
  let axis: Int

  private struct Picks {
    let outer: Int
    let extent: Int
    let inner: Int
    let index: [Int]
    let shape: [Int]
  }

  private func picks<S>(_ operands: Operands<S>) throws(NodeFault) -> Picks {
    let shape = try operands.value(0).shape
    let index = try operands.whole(1)
    let axis = try resolvedAxis(axis, rank: shape.count)
    let extent = shape[axis]
    var positions: [Int] = []
    positions.reserveCapacity(index.values.count)
    for position in index.values {
      guard position >= -extent, position < extent else {
        throw NodeFault("index \(position) is outside the \(extent) entries of axis \(axis)")
      }
      positions.append(position < 0 ? position + extent : position)
    }
    let result = Array(shape[..<axis]) + index.shape + Array(shape[(axis + 1)...])
    _ = try elementCount(result)
    return Picks(
      outer: shape[..<axis].reduce(1, *), extent: extent, inner: shape[(axis + 1)...].reduce(1, *), index: positions,
      shape: result)
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let picks = try picks(operands)
    switch try operands.value(0) {
    case .real(let x):
      return [.real(NDArray(shape: picks.shape) { gather(x.values, picks, repeats: 1, into: $0) })]
    case .whole(let x):
      var values: [Int] = []
      for block in 0..<picks.outer {
        for position in picks.index {
          let start = (block * picks.extent + position) * picks.inner
          values.append(contentsOf: x.values[start..<(start + picks.inner)])
        }
      }
      return [.whole(WholeArray(shape: picks.shape, values: values, isBoolean: x.isBoolean))]
    }
  }

  private func gather<S: NetworkScalar>(
    _ source: [S], _ picks: Picks, repeats: Int, into target: UnsafeMutablePointer<S>
  ) {
    S.kernels.gather(repeats * picks.outer, picks.extent, picks.inner, picks.index.count, picks.index, source, target)
  }

  func pushForward<S>(_ directions: [Directions<S>?], at site: Site<S>) throws(NodeFault) -> [Directions<S>?] {
    let picks = try picks(site.operands)
    return [
      directions[0].map { given in
        let full = given.expanded(to: site.operandShape(0))
        return Directions(count: full.count, shape: picks.shape) {
          gather(full.values, picks, repeats: full.count, into: $0)
        }
      }
    ]
  }

  func pullBack<S>(
    _ directions: [Directions<S>?], at site: Site<S>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<S>?] {
    let picks = try picks(site.operands)
    guard let full = directions[0]?.expanded(to: picks.shape) else { return [nil, nil] }
    var result = Directions<S>(zeros: full.count, shape: site.operandShape(0))
    S.kernels.scatter(
      full.count * picks.outer, picks.extent, picks.inner, picks.index.count, picks.index, full.values, &result.values)
    return [result, nil]
  }

  func isDifferentiable(operand: Int) -> Bool { operand == 0 }

  static let builders: [String: OperationCatalog.Builder] = [
    "Gather": { given in
      Gathering(axis: try given.integer("axis", default: 0))
    }
  ]
}
