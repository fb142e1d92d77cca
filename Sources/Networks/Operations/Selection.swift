import CKernels

/// Choices between values: by a condition (`Where`), by bounds (`Clip`), by sign (`PRelu`).
///
/// What is not selected passes nothing, not even an infinite or undefined derivative.
enum Selection {
  static let builders: [String: OperationCatalog.Builder] = [
    "Where": { _ in Where() },
    "PRelu": { _ in ParametricRelu() },
    "Clip": { given in
      guard given.opset < 11 else { return Clip(low: nil, high: nil) }
      return Clip(
        low: try given.number("min", default: -.infinity), high: try given.number("max", default: .infinity))
    },
  ]
}

/// One of two values by a condition.
struct Where: PointwiseOperation {
  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let condition = try operands.whole(0)
    switch (try operands.value(1), try operands.value(2)) {
    case (.whole(let x), .whole(let y)):
      let shape = try broadcastShape([condition.shape, x.shape, y.shape])
      _ = try wholeCount(shape)
      let picks = offsets(of: condition.shape, in: shape)
      let (left, right) = (offsets(of: x.shape, in: shape), offsets(of: y.shape, in: shape))
      let values = picks.indices.map { condition.values[picks[$0]] != 0 ? x.values[left[$0]] : y.values[right[$0]] }
      return [.whole(WholeArray(shape: shape, values: values, isBoolean: x.isBoolean))]
    case (.real(let x), .real(let y)):
      let shape = try broadcastShape([condition.shape, x.shape, y.shape])
      let masks: (NDArray<S>, NDArray<S>) = masks(condition)
      var result = [S](repeating: 0, count: shape.reduce(1, *))
      for (source, mask) in [(x, masks.0), (y, masks.1)] {
        StridedLoop(
          extents: shape,
          strides: [
            broadcastStrides(source.shape, to: shape), broadcastStrides(mask.shape, to: shape), packedStrides(shape),
          ]
        ).weigh(source.values, weights: mask.values, scale: 1, into: &result, assigning: false)
      }
      return [.real(NDArray(shape: shape, values: result))]
    default: throw NodeFault("operands are real and whole numbers; they must be alike")
    }
  }

  private func masks<S>(_ condition: WholeArray) -> (NDArray<S>, NDArray<S>) {
    (
      NDArray(shape: condition.shape, values: S.converting(whole: condition.values.map { $0 != 0 ? 1 : 0 })),
      NDArray(shape: condition.shape, values: S.converting(whole: condition.values.map { $0 != 0 ? 0 : 1 }))
    )
  }

  func partials<S>(at site: Site<S>, wanted: [Bool]) throws(NodeFault) -> [Partial<S>?] {
    let masks: (NDArray<S>, NDArray<S>) = masks(try site.operands.whole(0))
    return [nil, .array(masks.0), .array(masks.1)]
  }

  func isDifferentiable(operand: Int) -> Bool { operand > 0 }
}

/// Values kept within bounds; the derivative is 1 on the bounds too, as in PyTorch.
private struct Clip: PointwiseOperation, KinkedOperation {
  let low: Double?
  let high: Double?

  private func bound<S>(_ given: Double?, _ operands: Operands<S>, _ position: Int) throws(NodeFault) -> NDArray<S>? {
    if let given { return NDArray(shape: [], values: [S(given)]) }
    return try operands.optionalReal(position)
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    if case .whole(var array) = try operands.value(0) {
      let low = try operands.optionalWhole(1)?.values.first ?? Int.min
      let high = try operands.optionalWhole(2)?.values.first ?? Int.max
      array.values = array.values.map { min(max($0, low), high) }
      return [.whole(array)]
    }
    var result = try operands.real(0)
    if let low = try bound(low, operands, 1) { result = try combine(Int32(FBK_MAX), result, low) }
    if let high = try bound(high, operands, 2) { result = try combine(Int32(FBK_MIN), result, high) }
    return [.real(result)]
  }

  func partials<S>(at site: Site<S>, wanted: [Bool]) throws(NodeFault) -> [Partial<S>?] {
    let x = try site.operands.real(0)
    var mask = NDArray<S>(shape: [], values: [1])
    if let low = try bound(low, site.operands, 1) {
      mask = try combine(Int32(FBK_MUL), mask, try combine(Int32(FBK_LESS_EQUAL), low, x))
    }
    if let high = try bound(high, site.operands, 2) {
      mask = try combine(Int32(FBK_MUL), mask, try combine(Int32(FBK_LESS_EQUAL), x, high))
    }
    return [.array(mask), nil, nil]
  }

  func isDifferentiable(operand: Int) -> Bool { operand == 0 }

  var tieRule: String? { "1" }

  /// Numbers on a bound.
  func kinkCount<S>(at site: Site<S>) throws(NodeFault) -> Int {
    guard case .real(let x)? = site.operands[0] else { return 0 }
    var count = 0
    for bound in [try bound(low, site.operands, 1), try bound(high, site.operands, 2)] {
      if let bound { count += try combine(Int32(FBK_EQUAL), x, bound).values.count { $0 != 0 } }
    }
    return count
  }
}

/// x where positive, slope · x where negative.
private struct ParametricRelu: PointwiseOperation, KinkedOperation {
  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let x = try operands.real(0)
    return [.real(try combine(Int32(FBK_MUL), x, try factor(x, try operands.real(1))))]
  }

  /// 1 where x is positive, the slope elsewhere.
  private func factor<S>(_ x: NDArray<S>, _ slope: NDArray<S>) throws(NodeFault) -> NDArray<S> {
    let zero = NDArray<S>(shape: [], values: [0])
    let positive = try combine(Int32(FBK_LESS), zero, x)
    let rest = try combine(Int32(FBK_LESS_EQUAL), x, zero)
    return try combine(Int32(FBK_ADD), positive, try combine(Int32(FBK_MUL), rest, slope))
  }

  func partials<S>(at site: Site<S>, wanted: [Bool]) throws(NodeFault) -> [Partial<S>?] {
    let x = try site.operands.real(0)
    let zero = NDArray<S>(shape: [], values: [0])
    return [
      .array(try factor(x, try site.operands.real(1))), .array(try combine(Int32(FBK_MIN), x, zero)),
    ]
  }

  var tieRule: String? { Self.lowerRule }

  func kinkCount<S>(at site: Site<S>) throws(NodeFault) -> Int {
    try site.operands.real(0).values.count { $0 == 0 }
  }
}
