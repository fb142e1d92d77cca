/// Entries put before and behind an axis, or cut off where their number is negative: what `Pad`'s modes share.
struct PadParameters: Sendable {
  /// The numbers before each axis and then behind each, where they are parameters.
  let pads: [Int]?

  /// The entries that an axis keeps, and how many come before and behind them.
  struct Axis {
    var kept: Range<Int>
    var before: Int
    var after: Int
    var extent: Int { before + kept.count + after }
  }

  /// What happens along each axis of the first operand.
  func axes<S>(of operands: Operands<S>) throws(NodeFault) -> [Axis] {
    let shape = try operands.value(0).shape
    guard let pads = try operands.integers(pads, or: 1) else { throw NodeFault("the pads are missing") }
    let named = try operands.optionalWhole(3)?.values
    let axes = try named.map { list throws(NodeFault) in try resolvedAxes(list, rank: shape.count) }
    let padded = axes ?? Array(shape.indices)
    guard pads.count == 2 * padded.count else {
      throw NodeFault("\(pads.count) pads are given for \(padded.count) axes; each takes two")
    }
    var result = shape.map { Axis(kept: 0..<$0, before: 0, after: 0) }
    for (place, axis) in padded.enumerated() {
      let (before, after) = (pads[place], pads[place + padded.count])
      for pad in [before, after] where !(-largestElementCount...largestElementCount).contains(pad) {
        throw NodeFault("a pad of \(pad) is beyond the limit of \(largestElementCount)")
      }
      let (low, high) = (max(0, -before), shape[axis] - max(0, -after))
      guard low <= high else {
        throw NodeFault("pads of \(before) and \(after) cut off more than the \(shape[axis]) entries of axis \(axis)")
      }
      result[axis] = Axis(kept: low..<high, before: max(0, before), after: max(0, after))
    }
    _ = try elementCount(result.map(\.extent))
    return result
  }
}

/// An array surrounded by one number, `Pad`'s `constant` mode.
struct ConstantPad: PiecewiseOperation {
  let parameters: PadParameters
  /// The number where it is a parameter.
  let constant: Double

  /// The kept part of the operand, and where it lies in the operand and the result.
  private func interior<S>(_ axes: [PadParameters.Axis], at operands: Operands<S>) throws(NodeFault) -> Piece<S> {
    let strides = packedStrides(try operands.value(0).shape)
    let resultStrides = packedStrides(axes.map(\.extent))
    return Piece(
      operand: 0, extents: axes.map(\.kept.count),
      operandStart: zip(axes, strides).reduce(0) { $0 + $1.0.kept.lowerBound * $1.1 },
      operandStrides: strides, resultStart: zip(axes, resultStrides).reduce(0) { $0 + $1.0.before * $1.1 },
      resultStrides: resultStrides)
  }

  /// The one element of a constant's values.
  private func single<T>(_ values: [T]) throws(NodeFault) -> T {
    guard values.count == 1, let value = values.first else {
      throw NodeFault("the constant is \(values.count) numbers; it must be one")
    }
    return value
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let axes = try parameters.axes(of: operands)
    let shape = axes.map(\.extent)
    let block = try interior(axes, at: operands)
    switch try operands.value(0) {
    case .real(let x):
      let number = try operands.optionalReal(2).map { array throws(NodeFault) in try single(array.values) }
      var result = NDArray(shape: shape, repeating: number ?? S(constant))
      guard x.count > 0 else { return [.real(result)] }
      result.values.withUnsafeMutableBufferPointer { buffer in
        guard let target = buffer.baseAddress else { return }
        StridedLoop(extents: block.extents, strides: [block.operandStrides, block.resultStrides])
          .copy(x.values, from: block.operandStart, to: target, at: block.resultStart)
      }
      return [.real(result)]
    case .whole(let x):
      let number = try operands.optionalWhole(2).map { array throws(NodeFault) in try single(array.values) }
      var values = [Int](repeating: number ?? 0, count: try wholeCount(shape))
      let from = offsets(extents: block.extents, start: block.operandStart, strides: block.operandStrides)
      let to = offsets(extents: block.extents, start: block.resultStart, strides: block.resultStrides)
      for (p, q) in zip(from, to) { values[q] = x.values[p] }
      return [.whole(WholeArray(shape: shape, values: values, isBoolean: x.isBoolean))]
    }
  }

  func pieces<S>(at site: Site<S>, wanted: [Bool]) throws(NodeFault) -> [Piece<S>] {
    let block = try interior(try parameters.axes(of: site.operands), at: site.operands)
    var pieces = wanted[0] ? [block] : []
    if wanted.count > 2, wanted[2] {
      // The constant goes everywhere but inside.
      let shape = site.results[0].shape
      let nowhere = [Int](repeating: 0, count: shape.count)
      pieces.append(Piece(operand: 2, extents: shape, operandStrides: nowhere, resultStrides: packedStrides(shape)))
      var inside = block
      (inside.operand, inside.operandStart, inside.operandStrides, inside.scale) = (2, 0, nowhere, -1)
      pieces.append(inside)
    }
    return pieces
  }

  func isDifferentiable(operand: Int) -> Bool { operand == 0 || operand == 2 }
}

/// An array continued by its own numbers, `Pad`'s other modes.
struct ContinuedPad: SeparableOperation {
  enum Mode: String, Sendable, CaseIterable {
    case reflect, edge, wrap
  }
  let parameters: PadParameters
  let mode: Mode

  /// For each entry of a padded axis the entry it is a copy of.
  private func sources(_ axis: PadParameters.Axis) throws(NodeFault) -> [Int] {
    let count = axis.kept.count
    guard count > 0 || axis.extent == 0 else { throw NodeFault("an axis without entries cannot be continued") }
    return (0..<axis.extent).map { place in
      let place = place - axis.before
      let entry: Int
      switch mode {
      case .edge: entry = min(max(place, 0), count - 1)
      case .wrap: entry = (place % count + count) % count
      case .reflect:
        let period = max(1, 2 * (count - 1))
        let rest = (place % period + period) % period
        entry = min(rest, period - rest)
      }
      return axis.kept.lowerBound + (count == 1 ? 0 : entry)
    }
  }

  func map<S>(of operands: Operands<S>) throws(NodeFault) -> SeparableMap {
    let shape = try operands.value(0).shape
    var maps: [AxisMap?] = []
    for (extent, axis) in zip(shape, try parameters.axes(of: operands)) {
      guard axis.extent != extent || axis.before != 0 || axis.kept.count != extent else {
        maps.append(nil)
        continue
      }
      var map = AxisMap(extent: extent)
      for entry in try sources(axis) { try map.append(CollectionOfOne((entry: entry, weight: 1))) }
      maps.append(map)
    }
    return SeparableMap(operandShape: shape, maps: maps)
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    guard case .whole(let x) = try operands.value(0) else {
      return [.real(try map(of: operands).applied(to: try operands.real(0)))]
    }
    let axes = try parameters.axes(of: operands)
    let shape = axes.map(\.extent)
    var positions = try wholeCount(shape) == 0 ? [] : [0]
    for (extent, axis) in zip(x.shape, axes) {
      let sources = try sources(axis)
      positions = positions.flatMap { start in sources.map { start * extent + $0 } }
    }
    return [.whole(WholeArray(shape: shape, values: positions.map { x.values[$0] }, isBoolean: x.isBoolean))]
  }
}

/// `Pad` by its mode.
enum Padding {
  static let builders: [String: OperationCatalog.Builder] = [
    "Pad": { given in
      let name = try given.text("mode") ?? "constant"
      let parameters = PadParameters(pads: given.opset < 11 ? try given.integers("pads") ?? [] : nil)
      if name == "constant" {
        return ConstantPad(parameters: parameters, constant: try given.number("value", default: 0))
      }
      guard let mode = ContinuedPad.Mode(rawValue: name) else {
        throw NodeFault("attribute 'mode' is '\(name)'; it must be constant, reflect, edge or wrap")
      }
      return ContinuedPad(parameters: parameters, mode: mode)
    }
  ]
}
