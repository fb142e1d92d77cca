/// Blocks of the operands put in other places: transposing, slicing, splitting, joining, repeating.
struct Rearrangement: PiecewiseOperation {
  enum Kind: Sendable {
    case transpose(order: [Int]?)
    case concat(axis: Int)
    case expand
    case tile
    case slice(starts: [Int], ends: [Int], axes: [Int]?)
    case sliceByOperands
    case split(axis: Int, sizes: [Int]?, count: Int?)
    /// Channels spread over squares of so many entries a side, and the way back.
    case depthToSpace(side: Int, channelsFirst: Bool)
    case spaceToDepth(side: Int, channelsFirst: Bool)
  }
  let kind: Kind
  /// How many results the node names; a split without sizes is into so many equal parts.
  var resultCount = 1

  /// The results' shapes and the blocks that are copied to them.
  private struct Layout {
    var shapes: [[Int]]
    var blocks: [Block]
  }

  private struct Block {
    var operand = 0
    var result = 0
    var extents: [Int]
    var operandStart = 0
    var operandStrides: [Int]
    var resultStart = 0
    var resultStrides: [Int]
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let layout = try layout(operands)
    var results: [Value<S>] = []
    let blocksOfResults =
      layout.shapes.count == 1 ? [0: layout.blocks] : Dictionary(grouping: layout.blocks, by: \.result)
    for (index, shape) in layout.shapes.enumerated() {
      _ = try elementCount(shape)
      let blocks = blocksOfResults[index] ?? []
      if case .whole(let first) = try operands.value(blocks.first?.operand ?? 0) {
        var values = [Int](repeating: 0, count: try wholeCount(shape))
        for block in blocks {
          let source = try operands.whole(block.operand).values
          let from = offsets(extents: block.extents, start: block.operandStart, strides: block.operandStrides)
          let to = offsets(extents: block.extents, start: block.resultStart, strides: block.resultStrides)
          for (p, q) in zip(from, to) { values[q] = source[p] }
        }
        results.append(.whole(WholeArray(shape: shape, values: values, isBoolean: first.isBoolean)))
      } else {
        var sources: [[S]] = []
        for block in blocks { sources.append(try operands.real(block.operand).values) }
        results.append(
          .real(
            NDArray(shape: shape) { target in
              for (block, source) in zip(blocks, sources) {
                StridedLoop(extents: block.extents, strides: [block.operandStrides, block.resultStrides])
                  .copy(source, from: block.operandStart, to: target, at: block.resultStart)
              }
            }))
      }
    }
    return results
  }

  func pieces<S>(at site: Site<S>, wanted: [Bool]) throws(NodeFault) -> [Piece<S>] {
    try layout(site.operands).blocks.filter { wanted[$0.operand] }.map {
      Piece(
        operand: $0.operand, result: $0.result, extents: $0.extents, operandStart: $0.operandStart,
        operandStrides: $0.operandStrides, resultStart: $0.resultStart, resultStrides: $0.resultStrides)
    }
  }

  func isDifferentiable(operand: Int) -> Bool {
    if case .concat = kind { true } else { operand == 0 }
  }

  private func layout<S>(_ operands: Operands<S>) throws(NodeFault) -> Layout {
    let shape = try operands.value(0).shape
    let strides = packedStrides(shape)
    switch kind {
    case .transpose(let order):
      let order = order ?? Array(shape.indices.reversed())
      guard order.sorted() == Array(shape.indices) else {
        throw NodeFault("'perm' is \(order); it must order the \(shape.count) axes")
      }
      let result = order.map { shape[$0] }
      // Walking in the result's order keeps the first axis of both first when it stays in place.
      let block = Block(
        extents: result, operandStrides: order.map { strides[$0] }, resultStrides: packedStrides(result))
      return Layout(shapes: [result], blocks: [block])
    case .concat(let axis): return try concat(operands, axis: axis)
    case .expand:
      let wanted = try operands.whole(1).values
      for extent in wanted where extent < 0 { throw NodeFault("extent \(extent) is negative") }
      let result = try broadcastShape([shape, wanted])
      return Layout(
        shapes: [result],
        blocks: [
          Block(
            extents: result, operandStrides: broadcastStrides(shape, to: result), resultStrides: packedStrides(result))
        ])
    case .tile: return try tile(shape, repeats: try operands.whole(1).values)
    case .slice(let starts, let ends, let axes):
      return try slice(shape, starts: starts, ends: ends, axes: axes, steps: nil)
    case .sliceByOperands:
      return try slice(
        shape, starts: try operands.whole(1).values, ends: try operands.whole(2).values,
        axes: try operands.optionalWhole(3)?.values, steps: try operands.optionalWhole(4)?.values)
    case .split(let axis, let sizes, let count):
      return try split(
        shape, axis: try resolvedAxis(axis, rank: shape.count), sizes: try operands.integers(sizes, or: 1),
        count: count ?? resultCount)
    case .depthToSpace(let side, let channelsFirst):
      let (n, c, h, w) = try image(shape)
      guard c % (side * side) == 0 else {
        throw NodeFault("\(c) channels do not fill squares of \(side)×\(side)")
      }
      let (channels, plane) = (c / (side * side), h * w)
      let steps =
        channelsFirst
        ? [side * side * plane, side * plane, plane] : [plane, side * channels * plane, channels * plane]
      return tiled(
        [n, channels, h * side, w * side], extents: [n, channels, h, side, w, side],
        operandStrides: [c * plane, steps[0], w, steps[1], 1, steps[2]])
    case .spaceToDepth(let side, let channelsFirst):
      let (n, c, h, w) = try image(shape)
      guard h % side == 0, w % side == 0 else {
        throw NodeFault("\(h)×\(w) entries do not consist of squares of \(side)×\(side)")
      }
      let shape = [n, c * side * side, h / side, w / side]
      return channelsFirst
        ? tiled(
          shape, extents: [n, c, side, side, h / side, w / side],
          operandStrides: [c * h * w, h * w, w, 1, side * w, side])
        : tiled(
          shape, extents: [n, side, side, c, h / side, w / side],
          operandStrides: [c * h * w, w, 1, h * w, side * w, side])
    }
  }

  private func image(_ shape: [Int]) throws(NodeFault) -> (Int, Int, Int, Int) {
    guard shape.count == 4 else { throw NodeFault("\(shape.written) is not samples × channels × height × width") }
    return (shape[0], shape[1], shape[2], shape[3])
  }

  /// One block that fills the result in its own order.
  private func tiled(_ shape: [Int], extents: [Int], operandStrides: [Int]) -> Layout {
    Layout(
      shapes: [shape],
      blocks: [Block(extents: extents, operandStrides: operandStrides, resultStrides: packedStrides(extents))])
  }

  /// The side of the squares of `DepthToSpace` and `SpaceToDepth`, and whether the channel is counted before the place.
  private static func squares(_ given: Attributes) throws(NodeFault) -> (side: Int, channelsFirst: Bool) {
    guard let side = try given.integer("blocksize") else { throw NodeFault("attribute 'blocksize' is missing") }
    guard (1...8192).contains(side) else {
      throw NodeFault("attribute 'blocksize' is \(side); it must be from 1 to 8192")
    }
    let mode = try given.text("mode") ?? "DCR"
    guard ["DCR", "CRD"].contains(mode) else {
      throw NodeFault("attribute 'mode' is '\(mode)'; it must be DCR or CRD")
    }
    return (side, mode == "CRD")
  }

  private func concat<S>(_ operands: Operands<S>, axis: Int) throws(NodeFault) -> Layout {
    var shape = try operands.value(0).shape
    let axis = try resolvedAxis(axis, rank: shape.count)
    var extents: [Int] = []
    for position in 0..<operands.count {
      let other = try operands.value(position).shape
      guard other.count == shape.count, shape.indices.allSatisfy({ $0 == axis || other[$0] == shape[$0] }) else {
        throw NodeFault("\(other.written) cannot be joined to \(shape.written) along axis \(axis)")
      }
      extents.append(other[axis])
    }
    shape[axis] = extents.reduce(0, +)
    _ = try elementCount(shape)
    let resultStrides = packedStrides(shape)
    var start = 0
    var blocks: [Block] = []
    for (position, extent) in extents.enumerated() {
      var part = shape
      part[axis] = extent
      blocks.append(
        Block(
          operand: position, extents: part, operandStrides: packedStrides(part),
          resultStart: start * resultStrides[axis],
          resultStrides: resultStrides))
      start += extent
    }
    return Layout(shapes: [shape], blocks: blocks)
  }

  private func tile(_ shape: [Int], repeats: [Int]) throws(NodeFault) -> Layout {
    guard repeats.count == shape.count else {
      throw NodeFault("\(repeats.count) repeats are given for \(shape.count) axes")
    }
    var result: [Int] = []
    for (extent, times) in zip(shape, repeats) {
      guard times >= 0, times <= largestElementCount else { throw NodeFault("\(times) repeats are asked for") }
      result.append(try elementCount([extent, times]))
    }
    _ = try elementCount(result)
    let (strides, resultStrides) = (packedStrides(shape), packedStrides(result))
    let block = Block(
      extents: shape.indices.flatMap { [repeats[$0], shape[$0]] },
      operandStrides: shape.indices.flatMap { [0, strides[$0]] },
      resultStrides: shape.indices.flatMap { [resultStrides[$0] * shape[$0], resultStrides[$0]] })
    return Layout(shapes: [result], blocks: [block])
  }

  private func slice(_ shape: [Int], starts: [Int], ends: [Int], axes: [Int]?, steps: [Int]?) throws(NodeFault)
    -> Layout
  {
    let axes = try resolvedAxes(axes ?? Array(starts.indices), rank: shape.count)
    let steps = steps ?? axes.map { _ in 1 }
    guard starts.count == axes.count, ends.count == axes.count, steps.count == axes.count else {
      throw NodeFault(
        "\(starts.count) starts, \(ends.count) ends, \(axes.count) axes and \(steps.count) steps are given")
    }
    var result = shape
    var strides = packedStrides(shape)
    var offset = 0
    for (index, axis) in axes.enumerated() {
      let (extent, step) = (shape[axis], steps[index])
      guard step != 0, step > -largestElementCount, step < largestElementCount else {
        throw NodeFault("a step of \(step) is asked for")
      }
      // Ends beyond the axis are moved to it; a negative one counts from the end.
      func place(_ index: Int, low: Int, high: Int) -> Int { min(max(index < 0 ? index + extent : index, low), high) }
      let (start, end): (Int, Int) =
        step > 0
        ? (place(starts[index], low: 0, high: extent), place(ends[index], low: 0, high: extent))
        : (place(starts[index], low: 0, high: extent - 1), place(ends[index], low: -1, high: extent - 1))
      let span = step > 0 ? end - start : start - end
      result[axis] = extent == 0 || span <= 0 ? 0 : (span + abs(step) - 1) / abs(step)
      if result[axis] > 0 { offset += start * strides[axis] }
      strides[axis] *= step
    }
    return Layout(
      shapes: [result],
      blocks: [
        Block(extents: result, operandStart: offset, operandStrides: strides, resultStrides: packedStrides(result))
      ])
  }

  private func split(_ shape: [Int], axis: Int, sizes: [Int]?, count: Int) throws(NodeFault) -> Layout {
    let extent = shape[axis]
    guard count > 0, count <= max(extent, resultCount) else { throw NodeFault("\(count) parts are asked for") }
    let equal = (extent + count - 1) / count
    let sizes = sizes ?? (0..<count).map { max(0, min(equal, extent - $0 * equal)) }
    guard sizes.allSatisfy({ $0 >= 0 && $0 <= extent }), sizes.count <= extent + 1024, sizes.reduce(0, +) == extent
    else {
      throw NodeFault("parts of \(sizes.prefix(8)) do not make up extent \(extent) of axis \(axis)")
    }
    guard sizes.count == resultCount else {
      throw NodeFault("\(sizes.count) parts are made, but \(resultCount) results are named")
    }
    let strides = packedStrides(shape)
    var start = 0
    var layout = Layout(shapes: [], blocks: [])
    for (index, size) in sizes.enumerated() {
      var part = shape
      part[axis] = size
      layout.shapes.append(part)
      layout.blocks.append(
        Block(
          result: index, extents: part, operandStart: start * strides[axis], operandStrides: strides,
          resultStrides: packedStrides(part)))
      start += size
    }
    return layout
  }

  static let builders: [String: OperationCatalog.Builder] = [
    "Transpose": { given in
      Rearrangement(kind: .transpose(order: try given.integers("perm")))
    },
    "Concat": { given in
      guard let axis = try given.integer("axis") else { throw NodeFault("attribute 'axis' is missing") }
      return Rearrangement(kind: .concat(axis: axis))
    },
    "Expand": { _ in Rearrangement(kind: .expand) },
    "Tile": { _ in Rearrangement(kind: .tile) },
    "Slice": { given in
      guard given.opset < 10 else { return Rearrangement(kind: .sliceByOperands) }
      guard let starts = try given.integers("starts"), let ends = try given.integers("ends") else {
        throw NodeFault("attribute 'starts' or 'ends' is missing")
      }
      return Rearrangement(kind: .slice(starts: starts, ends: ends, axes: try given.integers("axes")))
    },
    "Split": { given in
      Rearrangement(
        kind: .split(
          axis: try given.integer("axis", default: 0), sizes: given.opset < 13 ? try given.integers("split") : nil,
          count: try given.integer("num_outputs")), resultCount: given.resultCount)
    },
    "DepthToSpace": { given in
      let (side, channelsFirst) = try squares(given)
      return Rearrangement(kind: .depthToSpace(side: side, channelsFirst: channelsFirst))
    },
    "SpaceToDepth": { given in
      let (side, channelsFirst) = try squares(given)
      return Rearrangement(kind: .spaceToDepth(side: side, channelsFirst: channelsFirst))
    },
  ]
}
