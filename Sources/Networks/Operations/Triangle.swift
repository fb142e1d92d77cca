/// The upper or lower triangle of the matrices in the last two axes; the rest is 0.
struct Triangle: PiecewiseOperation {
  let isUpper: Bool

  /// 1 where an entry stays. Shape: rows × columns.
  private func mask<S>(_ operands: Operands<S>) throws(NodeFault) -> [Int] {
    let shape = try operands.value(0).shape
    guard shape.count >= 2 else { throw NodeFault("\(shape.written) has no matrices") }
    let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
    let given = try operands.optionalWhole(1)?.values ?? [0]
    guard given.count == 1 else { throw NodeFault("\(given.count) diagonals are given; it must be one") }
    // Beyond the corners nothing changes.
    let diagonal = min(max(given[0], -rows), columns)
    var mask: [Int] = []
    mask.reserveCapacity(rows * columns)
    for row in 0..<rows {
      for column in 0..<columns { mask.append((isUpper ? column - row >= diagonal : column - row <= diagonal) ? 1 : 0) }
    }
    return mask
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let mask = try mask(operands)
    switch try operands.value(0) {
    case .whole(var array):
      for place in array.values.indices where mask[place % mask.count] == 0 { array.values[place] = 0 }
      return [.whole(array)]
    case .real(let x):
      var result = [S](repeating: 0, count: x.count)
      if x.count > 0 {
        StridedLoop(
          extents: [x.count / mask.count, mask.count], strides: [[mask.count, 1], [0, 1], [mask.count, 1]]
        )
        .weigh(x.values, weights: S.converting(whole: mask), scale: 1, into: &result, assigning: false)
      }
      return [.real(NDArray(shape: x.shape, values: result))]
    }
  }

  func pieces<S>(at site: Site<S>, wanted: [Bool]) throws(NodeFault) -> [Piece<S>] {
    guard wanted[0] else { return [] }
    let shape = site.operandShape(0)
    var piece = Piece<S>(
      operand: 0, extents: shape, operandStrides: packedStrides(shape), resultStrides: packedStrides(shape))
    piece.weights = S.converting(whole: try mask(site.operands))
    piece.weightStrides = broadcastStrides(Array(shape.suffix(2)), to: shape)
    return [piece]
  }

  func isDifferentiable(operand: Int) -> Bool { operand == 0 }

  static let builders: [String: OperationCatalog.Builder] = [
    "Trilu": { given in Triangle(isUpper: try given.flag("upper", default: true)) }
  ]
}
