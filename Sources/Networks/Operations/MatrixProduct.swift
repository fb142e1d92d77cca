/// Products of matrices: `MatMul` (stacks of matrices, broadcast) and `Gemm` (one product, scaled, plus a third operand).
struct MatrixProduct: Operation {
  var transposesLeft = false
  var transposesRight = false
  var scale = 1.0
  /// The factor of the third operand; `nil` for `MatMul`, which has none.
  var addendScale: Double?

  /// How two operands are taken as stacks of matrices, left (rows × depth) and right (depth × columns).
  struct Plan {
    var rows: Int
    var columns: Int
    var depth: Int
    /// Where each product of the stack finds its left and right matrix, in matrices.
    var left: [Int]
    var right: [Int]
    var resultShape: [Int]
    /// Whether every direction of the left operand can go through one product with the right matrix.
    var isRowwise: Bool
  }

  func plan(_ left: [Int], _ right: [Int]) throws(NodeFault) -> Plan {
    let mismatch = NodeFault("a product of \(left.written) and \(right.written) does not exist")
    if addendScale != nil { guard left.count == 2, right.count == 2 else { throw mismatch } }
    guard !left.isEmpty, !right.isEmpty else { throw mismatch }
    let first = left.count == 1 ? [1] + left : left
    let second = right.count == 1 ? right + [1] : right
    var (rows, depth) = (first[first.count - 2], first[first.count - 1])
    var (otherDepth, columns) = (second[second.count - 2], second[second.count - 1])
    if transposesLeft { swap(&rows, &depth) }
    if transposesRight { swap(&otherDepth, &columns) }
    guard depth == otherDepth else { throw mismatch }
    let stack = try broadcastShape([Array(first.dropLast(2)), Array(second.dropLast(2))])
    let result = stack + (left.count == 1 ? [] : [rows]) + (right.count == 1 ? [] : [columns])
    _ = try elementCount(result)
    guard max(rows, columns, depth) < Int(Int32.max) else { throw mismatch }
    if second.dropLast(2).allSatisfy({ $0 == 1 }), !transposesLeft {
      // One right matrix: all rows of the left stack go through it together.
      let all = try elementCount(Array(first.dropLast()))
      return Plan(
        rows: all, columns: columns, depth: depth, left: [0], right: [0], resultShape: result,
        isRowwise: left.count >= 2 && right.count <= 2)
    }
    return Plan(
      rows: rows, columns: columns, depth: depth, left: offsets(of: Array(first.dropLast(2)), in: stack),
      right: offsets(of: Array(second.dropLast(2)), in: stack), resultShape: result, isRowwise: false)
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let (left, right) = (try operands.real(0), try operands.real(1))
    let plan = try plan(left.shape, right.shape)
    let addend = try addend(operands, shape: plan.resultShape)
    return [
      .real(
        NDArray(shape: plan.resultShape) { target in
          if let addend, let addendScale {
            let shape = plan.resultShape
            StridedLoop(
              extents: shape,
              strides: [broadcastStrides(addend.shape, to: shape), shape.map { _ in 0 }, packedStrides(shape)]
            ).weigh(addend.values, weights: nil, scale: S(addendScale), into: target, assigning: true)
          }
          product(plan, left.values, 0, right.values, 0, into: target, 0, accumulates: addend != nil)
        })
    ]
  }

  private func addend<S>(_ operands: Operands<S>, shape: [Int]) throws(NodeFault) -> NDArray<S>? {
    guard addendScale != nil, let addend = try operands.optionalReal(2) else { return nil }
    guard try broadcastShape([addend.shape, shape]) == shape else {
      throw NodeFault("\(addend.shape.written) cannot be added to \(shape.written)")
    }
    return addend
  }

  /// Every product of the stack; left and right begin at the given elements.
  private func product<S: NetworkScalar>(
    _ plan: Plan, _ left: [S], _ leftStart: Int, _ right: [S], _ rightStart: Int, into target: UnsafeMutablePointer<S>,
    _ start: Int, accumulates: Bool
  ) {
    let size = plan.rows * plan.columns
    guard size > 0 else { return }
    if plan.depth == 0 {
      if !accumulates { (target + start).fill(with: 0, count: size * plan.left.count) }
      return
    }
    left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { right in
        guard let left = left.baseAddress, let right = right.baseAddress else { return }
        // Where the products of the stack are too few for the processors, each is cut along its longer side.
        let isSmall = plan.left.count * size * plan.depth < 1 << 18
        let cuts = isSmall || plan.left.count >= Processors.count ? 1 : Processors.count
        let cutsRows = plan.rows >= plan.columns
        let side = cutsRows ? plan.rows : plan.columns
        let work = size * plan.depth / cuts
        Processors.share(plan.left.count * cuts, grain: max(1, 1 << 16 / max(1, work))) { pieces in
          for piece in pieces {
            let (index, cut) = (piece / cuts, piece % cuts)
            let part = (side * cut / cuts)..<(side * (cut + 1) / cuts)
            guard !part.isEmpty else { continue }
            let (row, column) = cutsRows ? (part.lowerBound, 0) : (0, part.lowerBound)
            S.kernels.multiply(
              MatrixCall(
                rows: cutsRows ? part.count : plan.rows, columns: cutsRows ? plan.columns : part.count,
                depth: plan.depth, scale: S(scale),
                left: left + leftStart + plan.left[index] * plan.rows * plan.depth
                  + row * (transposesLeft ? 1 : plan.depth),
                leftStride: transposesLeft ? plan.rows : plan.depth, transposesLeft: transposesLeft,
                right: right + rightStart + plan.right[index] * plan.depth * plan.columns
                  + column * (transposesRight ? plan.depth : 1),
                rightStride: transposesRight ? plan.depth : plan.columns, transposesRight: transposesRight,
                result: target + start + index * size + row * plan.columns + column, resultStride: plan.columns,
                accumulates: accumulates))
          }
        }
      }
    }
  }

  func pushForward<S>(_ directions: [Directions<S>?], at site: Site<S>) throws(NodeFault) -> [Directions<S>?] {
    let (left, right) = (try site.operands.real(0), try site.operands.real(1))
    let plan = try plan(left.shape, right.shape)
    var result: Directions<S>?
    func add(_ part: Directions<S>) {
      if result == nil { result = part } else { result?.add(part, at: plan.resultShape) }
    }
    if let given = directions[0] { add(pushLeft(given, plan, left.shape, right.values)) }
    if let given = directions[1]?.expanded(to: right.shape) {
      add(
        Directions(count: given.count, shape: plan.resultShape) { target in
          for index in 0..<given.count {
            product(
              plan, left.values, 0, given.values, index * right.count, into: target,
              index * plan.resultShape.reduce(1, *), accumulates: false)
          }
        })
    }
    if directions.count > 2, let given = directions[2], let addendScale {
      let shape = site.operandShape(2)
      let full = given.expanded(to: shape)
      let strides = addendStrides(shape, plan.resultShape, count: full.count)
      var part = Directions<S>(zeros: full.count, shape: plan.resultShape)
      StridedLoop(
        extents: [full.count] + plan.resultShape,
        strides: [strides.addend, strides.result.map { _ in 0 }, strides.result]
      )
      .weigh(full.values, weights: nil, scale: S(addendScale), into: &part.values, assigning: true)
      add(part)
    }
    return [result]
  }

  private func addendStrides(_ shape: [Int], _ result: [Int], count: Int) -> (addend: [Int], result: [Int]) {
    ([shape.reduce(1, *)] + broadcastStrides(shape, to: result), packedStrides([count] + result))
  }

  /// Directions of the left operand: all in one product where there is one right matrix.
  private func pushLeft<S>(_ given: Directions<S>, _ plan: Plan, _ shape: [Int], _ right: [S]) -> Directions<S> {
    let source = plan.isRowwise ? given : given.expanded(to: shape)
    var resultShape = plan.resultShape
    if source.isUniform(for: shape) { resultShape[0] = 1 }
    return Directions(count: source.count, shape: resultShape) { target in
      if plan.left.count == 1, !transposesLeft {
        var all = plan
        all.rows = source.values.count / max(1, plan.depth)
        if !sparseProduct(all, source.values, right, into: target) {
          product(all, source.values, 0, right, 0, into: target, 0, accumulates: false)
        }
        return
      }
      for index in 0..<source.count {
        product(
          plan, source.values, index * source.elementCount, right, 0, into: target, index * resultShape.reduce(1, *),
          accumulates: false)
      }
    }
  }

  /// The product when the left matrix has no more than one element other than zero per row, as seeds have: sums of
  /// rows of the right matrix. Says whether it was done.
  private func sparseProduct<S: NetworkScalar>(
    _ plan: Plan, _ left: [S], _ right: [S], into target: UnsafeMutablePointer<S>
  ) -> Bool {
    guard plan.rows > 1, plan.depth > 8, plan.columns > 0 else { return false }
    let positions = [Int](unsafeUninitializedCapacity: plan.rows) { buffer, initialized in
      guard let base = buffer.baseAddress else { return }
      let count = S.kernels.nonzeros(left.count, left, plan.rows, base)
      initialized = min(count, plan.rows)
      // More than fit: leave none, which no seed does.
      if count > plan.rows { initialized = 0 }
    }
    guard !positions.isEmpty else { return false }
    var rows = right
    if transposesRight {
      rows =
        NDArray<S>(shape: [right.count]) {
          S.kernels.transpose(plan.columns, plan.depth, right, plan.depth, $0, plan.columns)
        }.values
    }
    target.fill(with: 0, count: plan.rows * plan.columns)
    let line = StridedLoop(extents: [plan.columns], strides: [[1], [0], [1]])
    for position in positions {
      let (row, entry) = (position / plan.depth, position % plan.depth)
      line.weigh(
        rows, from: entry * plan.columns, weights: nil, scale: left[position] * S(scale),
        into: target + row * plan.columns, assigning: false)
    }
    return true
  }

  func pullBack<S>(
    _ directions: [Directions<S>?], at site: Site<S>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<S>?] {
    guard let given = directions[0] else { return wanted.map { _ in nil } }
    let (left, right) = (try site.operands.real(0), try site.operands.real(1))
    let plan = try plan(left.shape, right.shape)
    var results = [Directions<S>?](repeating: nil, count: wanted.count)
    if wanted[0] { results[0] = pullLeft(given, plan, left.shape, right) }
    if wanted[1] {
      let full = given.expanded(to: plan.resultShape)
      results[1] = pullRight(full, plan, left, right.shape)
    }
    if wanted.count > 2, wanted[2], let addendScale {
      let shape = site.operandShape(2)
      let full = given.expanded(to: plan.resultShape)
      let strides = addendStrides(shape, plan.resultShape, count: full.count)
      var part = Directions<S>(zeros: full.count, shape: shape)
      StridedLoop(
        extents: [full.count] + plan.resultShape,
        strides: [strides.result, strides.result.map { _ in 0 }, strides.addend]
      )
      .weigh(full.values, weights: nil, scale: S(addendScale), into: &part.values, assigning: false)
      results[2] = part
    }
    return results
  }

  /// left* = result* · rightᵀ (or its transpose).
  private func pullLeft<S>(_ given: Directions<S>, _ plan: Plan, _ shape: [Int], _ right: NDArray<S>) -> Directions<S> {
    let source = plan.isRowwise ? given : given.expanded(to: plan.resultShape)
    var targetShape = shape
    if source.isUniform(for: plan.resultShape) { targetShape[0] = 1 }
    // The product with the transposed right matrix.
    let back = MatrixProduct(transposesRight: !transposesRight, scale: scale)
    if plan.left.count == 1, !transposesLeft {
      let all = Plan(
        rows: source.values.count / max(1, plan.columns), columns: plan.depth, depth: plan.columns, left: [0],
        right: [0],
        resultShape: targetShape, isRowwise: true)
      return Directions(count: source.count, shape: targetShape) { target in
        if !back.sparseProduct(all, source.values, right.values, into: target) {
          back.product(all, source.values, 0, right.values, 0, into: target, 0, accumulates: false)
        }
      }
    }
    var result = Directions<S>(zeros: source.count, shape: shape)
    let (size, matrix) = (shape.reduce(1, *), plan.rows * plan.depth)
    accumulate(into: &result.values) { target in
      for index in 0..<source.count {
        for (item, (p, q)) in zip(plan.left, plan.right).enumerated() {
          let cotangent = index * source.elementCount + item * plan.rows * plan.columns
          let place = index * size + p * matrix
          let other = q * plan.depth * plan.columns
          if transposesLeft {
            // left (depth × rows) gains right · cotangentᵀ.
            let one = Plan(
              rows: plan.depth, columns: plan.rows, depth: plan.columns, left: [0], right: [0], resultShape: [],
              isRowwise: false)
            MatrixProduct(transposesLeft: transposesRight, transposesRight: true, scale: scale)
              .product(one, right.values, other, source.values, cotangent, into: target, place, accumulates: true)
          } else {
            let one = Plan(
              rows: plan.rows, columns: plan.depth, depth: plan.columns, left: [0], right: [0], resultShape: [],
              isRowwise: false)
            back.product(one, source.values, cotangent, right.values, other, into: target, place, accumulates: true)
          }
        }
      }
    }
    return result
  }

  /// right* = leftᵀ · result* (or its transpose).
  private func pullRight<S>(_ given: Directions<S>, _ plan: Plan, _ left: NDArray<S>, _ shape: [Int]) -> Directions<S> {
    var result = Directions<S>(zeros: given.count, shape: shape)
    let (size, matrix) = (shape.reduce(1, *), plan.depth * plan.columns)
    accumulate(into: &result.values) { target in
      for index in 0..<given.count {
        for (item, (p, q)) in zip(plan.left, plan.right).enumerated() {
          let cotangent = index * given.elementCount + item * plan.rows * plan.columns
          let place = index * size + q * matrix
          let other = p * plan.rows * plan.depth
          if transposesRight {
            // right (columns × depth) gains cotangentᵀ · left.
            let one = Plan(
              rows: plan.columns, columns: plan.depth, depth: plan.rows, left: [0], right: [0], resultShape: [],
              isRowwise: false)
            MatrixProduct(transposesLeft: true, transposesRight: transposesLeft, scale: scale)
              .product(one, given.values, cotangent, left.values, other, into: target, place, accumulates: true)
          } else {
            let one = Plan(
              rows: plan.depth, columns: plan.columns, depth: plan.rows, left: [0], right: [0], resultShape: [],
              isRowwise: false)
            MatrixProduct(transposesLeft: !transposesLeft, scale: scale)
              .product(one, left.values, other, given.values, cotangent, into: target, place, accumulates: true)
          }
        }
      }
    }
    return result
  }

  private func accumulate<S>(into values: inout [S], _ body: (UnsafeMutablePointer<S>) -> Void) {
    values.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { body(base) }
    }
  }

  static let builders: [String: OperationCatalog.Builder] = [
    "MatMul": { _ in MatrixProduct() },
    "Gemm": { given in
      MatrixProduct(
        transposesLeft: try given.flag("transA", default: false),
        transposesRight: try given.flag("transB", default: false), scale: try given.number("alpha", default: 1),
        addendScale: try given.number("beta", default: 1))
    },
  ]
}
