/// Entries picked by position: along one axis (`Gather`), element by element along one axis (`GatherElements`), or by the
/// coordinates in the last axis of the positions (`GatherND`).
struct Gathering: Operation {
  enum Kind: Sendable {
    case axis(Int)
    case elements(axis: Int)
    case coordinates(batchAxes: Int)
  }
  let kind: Kind

  /// The operand as `outer` × `extent` × `inner`; `index` picks along the middle axis.
  private struct Picks {
    var outer = 1
    var extent: Int
    var inner = 1
    var index: [Int]
    var shape: [Int]
  }

  private func picks<S>(_ operands: Operands<S>) throws(NodeFault) -> Picks {
    let shape = try operands.value(0).shape
    let index = try operands.whole(1)
    switch kind {
    case .axis(let axis): return try picks(shape, index, axis: try resolvedAxis(axis, rank: shape.count))
    case .elements(let axis): return try picks(shape, index, elementsAlong: try resolvedAxis(axis, rank: shape.count))
    case .coordinates(let batchAxes): return try picks(shape, index, batchAxes: batchAxes)
    }
  }

  /// A position counted from the end when negative, refused outside the axis.
  private func resolved(_ position: Int, extent: Int, axis: Int) throws(NodeFault) -> Int {
    guard position >= -extent, position < extent else {
      throw NodeFault("index \(position) is outside the \(extent) entries of axis \(axis)")
    }
    return position < 0 ? position + extent : position
  }

  private func picks(_ shape: [Int], _ index: WholeArray, axis: Int) throws(NodeFault) -> Picks {
    var positions: [Int] = []
    positions.reserveCapacity(index.values.count)
    for position in index.values { positions.append(try resolved(position, extent: shape[axis], axis: axis)) }
    let result = Array(shape[..<axis]) + index.shape + Array(shape[(axis + 1)...])
    _ = try elementCount(result)
    return Picks(
      outer: shape[..<axis].reduce(1, *), extent: shape[axis], inner: shape[(axis + 1)...].reduce(1, *),
      index: positions, shape: result)
  }

  private func picks(_ shape: [Int], _ index: WholeArray, elementsAlong axis: Int) throws(NodeFault) -> Picks {
    let fits =
      index.shape.count == shape.count && shape.indices.allSatisfy { $0 == axis || index.shape[$0] <= shape[$0] }
    guard fits else {
      throw NodeFault("positions of \(index.shape.written) do not pick elements of \(shape.written) along axis \(axis)")
    }
    var strides = packedStrides(shape)
    let step = strides[axis]
    strides[axis] = 0
    var positions = offsets(extents: index.shape, start: 0, strides: strides)
    for (place, position) in index.values.enumerated() {
      positions[place] += try resolved(position, extent: shape[axis], axis: axis) * step
    }
    return Picks(extent: shape.reduce(1, *), index: positions, shape: index.shape)
  }

  private func picks(_ shape: [Int], _ index: WholeArray, batchAxes: Int) throws(NodeFault) -> Picks {
    let mismatch = NodeFault(
      "coordinates of \(index.shape.written) do not pick from \(shape.written) with \(batchAxes) batch axes")
    guard let size = index.shape.last, size >= 1, batchAxes >= 0, batchAxes < index.shape.count,
      batchAxes <= shape.count, size <= shape.count - batchAxes,
      index.shape[..<batchAxes] == shape[..<batchAxes]
    else { throw mismatch }
    let result = Array(index.shape.dropLast()) + shape[(batchAxes + size)...]
    _ = try elementCount(result)
    let picked = batchAxes..<(batchAxes + size)
    let strides = packedStrides(Array(shape[picked]))
    let block = shape[picked].reduce(1, *)
    let perBatch = index.shape[batchAxes...].dropLast().reduce(1, *)
    var positions: [Int] = []
    positions.reserveCapacity(index.values.count / size)
    for start in stride(from: 0, to: index.values.count, by: size) {
      var position = positions.count / perBatch * block
      for (entry, axis) in picked.enumerated() {
        position += try resolved(index.values[start + entry], extent: shape[axis], axis: axis) * strides[entry]
      }
      positions.append(position)
    }
    return Picks(
      extent: shape[..<picked.upperBound].reduce(1, *), inner: shape[picked.upperBound...].reduce(1, *),
      index: positions, shape: result)
  }

  /// Where in an array of `shape` the picked entries (or blocks of them) lie.
  func places(_ shape: [Int], _ index: WholeArray) throws(NodeFault) -> [Int] {
    switch kind {
    case .axis(let axis): return try picks(shape, index, axis: axis).index
    case .elements(let axis): return try picks(shape, index, elementsAlong: axis).index
    case .coordinates(let batchAxes): return try picks(shape, index, batchAxes: batchAxes).index
    }
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
      Gathering(kind: .axis(try given.integer("axis", default: 0)))
    },
    "GatherElements": { given in
      Gathering(kind: .elements(axis: try given.integer("axis", default: 0)))
    },
    "GatherND": { given in
      Gathering(kind: .coordinates(batchAxes: try given.integer("batch_dims", default: 0)))
    },
  ]
}
