import CKernels

/// Sums, means, extremes and norms along axes.
struct Reduction: PiecewiseOperation, KinkedOperation {
  enum Kind: Sendable { case sum, mean, largest, smallest, product, l1, l2, sumOfSquares, logSum, logSumExp }
  let kind: Kind
  let axes: [Int]?
  let keepsAxes: Bool
  let keepsAllWithoutAxes: Bool

  private struct Plan {
    /// The operand's axes that stay and those that go.
    var kept: [Int]
    var reduced: [Int]
    var resultShape: [Int]
    var count: Int
  }

  private func plan<S>(_ operands: Operands<S>) throws(NodeFault) -> Plan {
    let shape = try operands.value(0).shape
    let given = try operands.integers(axes, or: 1) ?? []
    let reduced: [Int]
    if given.isEmpty {
      reduced = keepsAllWithoutAxes ? [] : Array(shape.indices)
    } else {
      reduced = try resolvedAxes(given, rank: shape.count).sorted()
    }
    let kept = shape.indices.filter { !reduced.contains($0) }
    return Plan(
      kept: kept, reduced: reduced,
      resultShape: keepsAxes ? shape.indices.map { reduced.contains($0) ? 1 : shape[$0] } : kept.map { shape[$0] },
      count: reduced.map { shape[$0] }.reduce(1, *))
  }

  /// The operand with the reduced axes last.
  private func arranged<S>(_ x: NDArray<S>, _ plan: Plan) -> [S] {
    let order = plan.kept + plan.reduced
    guard order != Array(x.shape.indices) else { return x.values }
    let strides = packedStrides(x.shape)
    let extents = order.map { x.shape[$0] }
    return NDArray(shape: extents) {
      StridedLoop(extents: extents, strides: [order.map { strides[$0] }, packedStrides(extents)]).copy(x.values, to: $0)
    }.values
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let plan = try plan(operands)
    if case .whole(let array) = try operands.value(0) { return [.whole(try wholeValues(array, plan))] }
    let x = try operands.real(0)
    let rows = plan.resultShape.reduce(1, *)
    let lines = arranged(x, plan)
    func reduced(_ kernel: Int, _ values: [S]) -> NDArray<S> {
      NDArray(shape: plan.resultShape) { S.kernels.reduce(Int32(kernel), rows, plan.count, values, $0) }
    }
    func mapped(_ function: Int, _ array: NDArray<S>) -> NDArray<S> {
      NDArray(shape: array.shape) { S.kernels.map(Int32(function), array.count, array.values, $0, 0, 0) }
    }
    switch kind {
    case .sum: return [.real(reduced(Int(FBK_SUM), lines))]
    case .mean:
      let scale = NDArray<S>(shape: [], values: [S(plan.count)])
      return [.real(try combine(Int32(FBK_DIV), reduced(Int(FBK_SUM), lines), scale))]
    case .largest: return [.real(reduced(Int(FBK_LARGEST), lines))]
    case .smallest: return [.real(reduced(Int(FBK_SMALLEST), lines))]
    case .product: return [.real(reduced(Int(FBK_PRODUCT), lines))]
    case .l1: return [.real(reduced(Int(FBK_SUM_ABS), lines))]
    case .sumOfSquares: return [.real(reduced(Int(FBK_SUM_SQUARES), lines))]
    case .l2: return [.real(mapped(Int(FBK_SQRT), reduced(Int(FBK_SUM_SQUARES), lines)))]
    case .logSum: return [.real(mapped(Int(FBK_LOG), reduced(Int(FBK_SUM), lines)))]
    case .logSumExp:
      guard plan.count > 0 else { return [.real(NDArray(shape: plan.resultShape, repeating: -S.infinity))] }
      // Relative to the largest, where that is finite.
      let largest = reduced(Int(FBK_LARGEST), lines)
      let shift = NDArray<S>(shape: [rows, 1], values: largest.values.map { $0.isFinite ? $0 : 0 })
      let relative = try combine(Int32(FBK_SUB), NDArray(shape: [rows, plan.count], values: lines), shift)
      let logs = mapped(Int(FBK_LOG), reduced(Int(FBK_SUM), mapped(Int(FBK_EXP), relative).values))
      return [.real(try combine(Int32(FBK_ADD), logs, shift.reshaped(to: plan.resultShape)))]
    }
  }

  private func wholeValues(_ array: WholeArray, _ plan: Plan) throws(NodeFault) -> WholeArray {
    let strides = packedStrides(array.shape)
    let starts = offsets(extents: plan.kept.map { array.shape[$0] }, start: 0, strides: plan.kept.map { strides[$0] })
    let steps = offsets(
      extents: plan.reduced.map { array.shape[$0] }, start: 0, strides: plan.reduced.map { strides[$0] })
    var values: [Int] = []
    for start in starts {
      let entries = steps.map { array.values[start + $0] }
      switch kind {
      case .sum: values.append(entries.reduce(0, &+))
      case .product: values.append(entries.reduce(1, &*))
      case .mean: values.append(entries.isEmpty ? 0 : entries.reduce(0, &+) / entries.count)
      case .l1: values.append(entries.reduce(0) { $0 &+ ($1 < 0 ? 0 &- $1 : $1) })
      case .sumOfSquares: values.append(entries.reduce(0) { $0 &+ $1 &* $1 })
      case .largest, .smallest:
        let entry = { if case .largest = kind { entries.max() } else { entries.min() } }()
        if entry == nil, array.isBoolean {
          values.append({ if case .largest = kind { 0 } else { 1 } }())
          continue
        }
        guard let entry else { throw NodeFault("there is no extreme of no numbers") }
        values.append(entry)
      default: throw NodeFault("operand 0 holds whole numbers; it must hold real ones")
      }
    }
    return WholeArray(shape: plan.resultShape, values: values, isBoolean: array.isBoolean)
  }

  func pieces<S>(at site: Site<S>, wanted: [Bool]) throws(NodeFault) -> [Piece<S>] {
    guard wanted[0] else { return [] }
    let plan = try plan(site.operands)
    let x = try site.operands.real(0)
    let full = x.shape.indices.map { plan.reduced.contains($0) ? 1 : x.shape[$0] }
    guard case .real(let result) = site.results[0] else { return [] }
    var piece = Piece<S>(
      operand: 0, extents: x.shape, operandStrides: packedStrides(x.shape),
      resultStrides: broadcastStrides(full, to: x.shape).enumerated().map {
        plan.reduced.contains($0.offset) ? 0 : $0.element
      })
    switch kind {
    case .sum: break
    case .mean: piece.scale = 1 / S(plan.count)
    default:
      piece.weights = try weights(x, result.reshaped(to: full), plan).values
      piece.weightStrides = packedStrides(x.shape)
    }
    return [piece]
  }

  /// The derivative of each result by each of the numbers it is made of.
  private func weights<S>(_ x: NDArray<S>, _ result: NDArray<S>, _ plan: Plan) throws(NodeFault) -> NDArray<S> {
    func mapped(_ function: Int, _ array: NDArray<S>) -> NDArray<S> {
      NDArray(shape: array.shape) { S.kernels.map(Int32(function), array.count, array.values, $0, 0, 0) }
    }
    func constant(_ value: S) -> NDArray<S> { NDArray(shape: [], values: [value]) }
    let broadcast: NDArray<S> = try combine(Int32(FBK_MUL), NDArray(shape: x.shape, repeating: 1), result)
    switch kind {
    case .sum, .mean: return NDArray(shape: x.shape, repeating: 1)
    case .l1: return mapped(Int(FBK_SIGN), x)
    case .sumOfSquares: return try combine(Int32(FBK_MUL), x, constant(2))
    case .l2:
      // 0 where the norm is 0.
      let safe = try combine(Int32(FBK_ADD), broadcast, try combine(Int32(FBK_EQUAL), broadcast, constant(0)))
      return try combine(Int32(FBK_DIV), x, safe)
    case .logSum: return mapped(Int(FBK_EXP), mapped(Int(FBK_NEG), broadcast))
    case .logSumExp: return mapped(Int(FBK_EXP), try combine(Int32(FBK_SUB), x, broadcast))
    case .largest, .smallest:
      let reaches = try combine(Int32(FBK_EQUAL), x, result)
      let count = NDArray(shape: result.shape) {
        S.kernels.reduce(Int32(FBK_SUM), result.count, plan.count, arranged(reaches, plan), $0)
      }
      return try combine(Int32(FBK_DIV), reaches, count)
    case .product: return productWeights(x, plan)
    }
  }

  /// The product of the others, for each number.
  private func productWeights<S>(_ x: NDArray<S>, _ plan: Plan) -> NDArray<S> {
    let strides = packedStrides(x.shape)
    let starts = offsets(extents: plan.kept.map { x.shape[$0] }, start: 0, strides: plan.kept.map { strides[$0] })
    let steps = offsets(extents: plan.reduced.map { x.shape[$0] }, start: 0, strides: plan.reduced.map { strides[$0] })
    var weights = [S](repeating: 1, count: x.count)
    for start in starts {
      var before: S = 1
      for step in steps {
        weights[start + step] = before
        before *= x.values[start + step]
      }
      var after: S = 1
      for step in steps.reversed() {
        weights[start + step] *= after
        after *= x.values[start + step]
      }
    }
    return NDArray(shape: x.shape, values: weights)
  }

  func isDifferentiable(operand: Int) -> Bool { operand == 0 }

  var tieRule: String? {
    switch kind {
    case .largest, .smallest: Self.evenRule
    case .l1, .l2: "0"
    default: nil
    }
  }

  /// Extremes that more than one number reaches; absolute values of 0; norms of 0.
  func kinkCount<S>(at site: Site<S>) throws(NodeFault) -> Int {
    guard case .real(let x)? = site.operands[0], case .real(let result) = site.results[0] else { return 0 }
    switch kind {
    case .l1: return x.values.count { $0 == 0 }
    case .l2: return result.values.count { $0 == 0 }
    case .largest, .smallest:
      let plan = try plan(site.operands)
      let lines = arranged(x, plan)
      return result.values.indices.count { row in
        lines[(row * plan.count)..<((row + 1) * plan.count)].count { $0 == result.values[row] } > 1
      }
    default: return 0
    }
  }

  static let builders: [String: OperationCatalog.Builder] = {
    let kinds: [(String, Kind)] = [
      ("ReduceSum", .sum), ("ReduceMean", .mean), ("ReduceMax", .largest), ("ReduceMin", .smallest),
      ("ReduceProd", .product), ("ReduceL1", .l1), ("ReduceL2", .l2), ("ReduceSumSquare", .sumOfSquares),
      ("ReduceLogSum", .logSum), ("ReduceLogSumExp", .logSumExp),
    ]
    var all: [String: OperationCatalog.Builder] = [:]
    for (name, kind) in kinds {
      all[name] = { given in
        // The axes became an operand with operator set 18, for sums with 13.
        let byOperand = given.opset >= (name == "ReduceSum" ? 13 : 18)
        return Reduction(
          kind: kind, axes: byOperand ? nil : try given.integers("axes"),
          keepsAxes: try given.flag("keepdims", default: true),
          keepsAllWithoutAxes: try given.flag("noop_with_empty_axes", default: false))
      }
    }
    return all
  }()
}
