import CKernels

/// Exponentials over their sum along an axis (`Softmax`), or the logarithm of that (`LogSoftmax`).
struct SoftmaxOperation: Operation {
  let isLogarithmic: Bool
  let axis: Int
  /// Before operator set 13 all axes from `axis` on were taken together.
  let joinsTrailingAxes: Bool

  /// The operand's axes with the summed ones last, as rows × entries.
  private struct Plan {
    var shape: [Int]
    var order: [Int]
    var rows: Int
    var entries: Int
    var isPlain: Bool { order == Array(shape.indices) }
  }

  private func plan(_ shape: [Int]) throws(NodeFault) -> Plan {
    guard !shape.isEmpty else { return Plan(shape: [], order: [], rows: 1, entries: 1) }
    let axis = try resolvedAxis(axis, rank: shape.count)
    if joinsTrailingAxes {
      let entries = shape[axis...].reduce(1, *)
      return Plan(shape: shape, order: Array(shape.indices), rows: shape[..<axis].reduce(1, *), entries: entries)
    }
    let order = shape.indices.filter { $0 != axis } + [axis]
    return Plan(
      shape: shape, order: order, rows: shape.indices.filter { $0 != axis }.map { shape[$0] }.reduce(1, *),
      entries: shape[axis])
  }

  /// `count` stacks with the summed axes last, or back.
  private func arranged<S: NetworkScalar>(_ values: [S], _ plan: Plan, count: Int, back: Bool) -> [S] {
    guard !plan.isPlain else { return values }
    let size = plan.shape.reduce(1, *)
    let strides = [size] + plan.order.map { packedStrides(plan.shape)[$0] }
    let extents = [count] + plan.order.map { plan.shape[$0] }
    let packed = packedStrides(extents)
    return NDArray(shape: [count * size]) {
      StridedLoop(extents: extents, strides: back ? [packed, strides] : [strides, packed]).copy(values, to: $0)
    }.values
  }

  private func softmax<S>(_ x: NDArray<S>, _ plan: Plan) -> [S] {
    let lines = arranged(x.values, plan, count: 1, back: false)
    return NDArray(shape: [x.count]) { target in
      lines.withUnsafeBufferPointer { lines in
        guard let lines = lines.baseAddress else { return }
        Processors.share(plan.rows, grain: max(1, 1 << 12 / max(1, plan.entries))) { rows in
          let start = rows.lowerBound * plan.entries
          S.kernels.softmax(rows.count, plan.entries, lines + start, target + start)
        }
      }
    }.values
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let x = try operands.real(0)
    let plan = try plan(x.shape)
    guard isLogarithmic else {
      return [.real(NDArray(shape: x.shape, values: arranged(softmax(x, plan), plan, count: 1, back: true)))]
    }
    // x − max − log Σ exp(x − max): the logarithm of a small softmax would lose its digits.
    let lines = NDArray(shape: [plan.rows, plan.entries], values: arranged(x.values, plan, count: 1, back: false))
    let top = NDArray<S>(shape: [plan.rows, 1]) {
      S.kernels.reduce(Int32(FBK_LARGEST), plan.rows, plan.entries, lines.values, $0)
    }
    let relative = try combine(Int32(FBK_SUB), lines, top)
    let exponentials = NDArray<S>(shape: lines.shape) {
      S.kernels.map(Int32(FBK_EXP), relative.count, relative.values, $0, 0, 0)
    }
    let sums = NDArray<S>(shape: top.shape) {
      S.kernels.reduce(Int32(FBK_SUM), plan.rows, plan.entries, exponentials.values, $0)
    }
    let logs = NDArray<S>(shape: top.shape) { S.kernels.map(Int32(FBK_LOG), sums.count, sums.values, $0, 0, 0) }
    let result = try combine(Int32(FBK_SUB), relative, logs)
    return [.real(NDArray(shape: x.shape, values: arranged(result.values, plan, count: 1, back: true)))]
  }

  func pushForward<S>(_ directions: [Directions<S>?], at site: Site<S>) throws(NodeFault) -> [Directions<S>?] {
    [try directions[0].map { (given) throws(NodeFault) in try passed(given, at: site, back: false) }]
  }

  func pullBack<S>(
    _ directions: [Directions<S>?], at site: Site<S>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<S>?] {
    [try directions[0].map { (given) throws(NodeFault) in try passed(given, at: site, back: true) }]
  }

  /// s (x − ⟨s, x⟩), its own adjoint; for the logarithm x − ⟨s, x⟩ forward and x − s Σx back.
  private func passed<S>(_ given: Directions<S>, at site: Site<S>, back: Bool) throws(NodeFault) -> Directions<S> {
    let x = try site.operands.real(0)
    let plan = try plan(x.shape)
    let full = given.expanded(to: x.shape)
    let lines = arranged(full.values, plan, count: full.count, back: false)
    let probabilities = softmax(x, plan)
    var result: [S]
    if isLogarithmic {
      let shape = [full.count, plan.rows, plan.entries]
      let weights = NDArray(shape: [plan.rows, plan.entries], values: probabilities)
      let given = NDArray(shape: shape, values: lines)
      let weighted = back ? given : try combine(Int32(FBK_MUL), given, weights)
      let sums = NDArray<S>(shape: [full.count, plan.rows, 1]) {
        S.kernels.reduce(Int32(FBK_SUM), full.count * plan.rows, plan.entries, weighted.values, $0)
      }
      let shift = back ? try combine(Int32(FBK_MUL), sums, weights) : sums
      result = try combine(Int32(FBK_SUB), given, shift).values
    } else {
      result =
        NDArray<S>(shape: [lines.count]) {
          S.kernels.softmaxSlope(full.count, plan.rows, plan.entries, probabilities, lines, $0)
        }.values
    }
    result = arranged(result, plan, count: full.count, back: true)
    return Directions(count: full.count, shape: x.shape, values: result)
  }

  static let builders: [String: OperationCatalog.Builder] = {
    var all: [String: OperationCatalog.Builder] = [:]
    for (name, isLogarithmic) in [("Softmax", false), ("LogSoftmax", true)] {
      all[name] = { given in
        SoftmaxOperation(
          isLogarithmic: isLogarithmic, axis: try given.integer("axis", default: given.opset < 13 ? 1 : -1),
          joinsTrailingAxes: given.opset < 13)
      }
    }
    return all
  }()
}
