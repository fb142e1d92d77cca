import CKernels

/// Arrays brought to mean 0 and variance 1, or to mean square 1, with a scale and a shift.
enum Normalization {
  static let builders: [String: OperationCatalog.Builder] = [
    "LayerNormalization": { given in
      LayerNormalization(
        axis: try given.integer("axis", default: -1),
        epsilon: try given.number("epsilon", default: Double(Float(1e-5))),
        isCentred: true)
    },
    "RMSNormalization": { given in
      LayerNormalization(
        axis: try given.integer("axis", default: -1),
        epsilon: try given.number("epsilon", default: Double(Float(1e-5))),
        isCentred: false)
    },
    "InstanceNormalization": { given in
      GroupNormalization(
        groups: nil, scalesGroups: false, epsilon: try given.number("epsilon", default: Double(Float(1e-5))))
    },
    "GroupNormalization": { given in
      guard let groups = try given.integer("num_groups") else { throw NodeFault("attribute 'num_groups' is missing") }
      // Before operator set 21 there was one scale for each group.
      return GroupNormalization(
        groups: groups, scalesGroups: given.opset < 21,
        epsilon: try given.number("epsilon", default: Double(Float(1e-5))))
    },
    "BatchNormalization": { given in
      guard try !given.flag("training_mode", default: false) else {
        throw NodeFault(
          "the batch's own mean and variance are asked for (training mode); export the model in evaluation mode")
      }
      return BatchNormalization(epsilon: try given.number("epsilon", default: Double(Float(1e-5))))
    },
  ]
}

/// Each row (all axes from `axis` on) normalised by its own mean and variance, or mean square.
struct LayerNormalization: Operation {
  let axis: Int
  let epsilon: Double
  let isCentred: Bool
  /// The normalised rows of the site that this is prepared for: ``NormalizedRows``.
  var known: (any Sendable)?

  private func rows(_ shape: [Int]) throws(NodeFault) -> (count: Int, size: Int, axis: Int) {
    let axis = try resolvedAxis(axis, rank: shape.count)
    return (shape[..<axis].reduce(1, *), shape[axis...].reduce(1, *), axis)
  }

  func prepared<S>(at site: Site<S>) throws(NodeFault) -> any Operation { try keeping(site.operands.real(0)) }

  /// The same with what is needed of its operand worked out.
  func keeping<S>(_ x: NDArray<S>) throws(NodeFault) -> LayerNormalization {
    var copy = self
    copy.known = try normalized(x)
    return copy
  }

  private func normalized<S>(_ x: NDArray<S>) throws(NodeFault) -> NormalizedRows<S> {
    if let known = known as? NormalizedRows<S> { return known }
    let (count, size, _) = try rows(x.shape)
    var scales = [S](repeating: 0, count: count)
    let rows = NDArray<S>(shape: x.shape) {
      normalize(x.values, count, size, into: $0, &scales)
    }
    return NormalizedRows(rows: rows, scales: scales)
  }

  private func normalize<S: NetworkScalar>(
    _ x: UnsafePointer<S>, _ count: Int, _ size: Int, into target: UnsafeMutablePointer<S>,
    _ scales: UnsafeMutablePointer<S>
  ) {
    Processors.share(count, grain: max(1, 1 << 12 / max(1, size))) { rows in
      let start = rows.lowerBound * size
      S.kernels.normalize(
        rows.count, size, x + start, epsilon, isCentred ? 1 : 0, target + start, scales + rows.lowerBound)
    }
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let x = try operands.real(0)
    let (count, size, axis) = try rows(x.shape)
    let parts = try normalized(x)
    var result = try combine(Int32(FBK_MUL), parts.rows, try operands.real(1))
    if let shift = try operands.optionalReal(2) { result = try combine(Int32(FBK_ADD), result, shift) }
    guard result.shape == x.shape else { throw NodeFault("the scale does not fit \(x.shape.written)") }
    guard isCentred else { return [.real(result)] }
    let outer = Array(x.shape[..<axis]) + x.shape[axis...].map { _ in 1 }
    let sums = NDArray<S>(shape: outer) { S.kernels.reduce(Int32(FBK_SUM), count, size, x.values, $0) }
    let means = try combine(Int32(FBK_DIV), sums, NDArray(shape: [], values: [S(size)]))
    return [.real(result), .real(means), .real(NDArray(shape: outer, values: parts.scales))]
  }

  private func slope<S>(_ given: [S], _ x: NDArray<S>, count: Int) throws(NodeFault) -> [S] {
    let (rowCount, size, _) = try rows(x.shape)
    let known = try normalized(x)
    return NDArray<S>(shape: [given.count]) { target in
      known.rows.values.withUnsafeBufferPointer { rows in
        given.withUnsafeBufferPointer { given in
          guard let rows = rows.baseAddress, let given = given.baseAddress else { return }
          Processors.share(count, grain: max(1, 1 << 14 / max(1, rowCount * size))) { part in
            let start = part.lowerBound * rowCount * size
            S.kernels.normalizeSlope(
              part.count, rowCount, size, rows, known.scales, isCentred ? 1 : 0, given + start, target + start)
          }
        }
      }
    }.values
  }

  func pushForward<S>(_ directions: [Directions<S>?], at site: Site<S>) throws(NodeFault) -> [Directions<S>?] {
    let x = try site.operands.real(0)
    var result: NDArray<S>?
    func add(_ part: NDArray<S>) throws(NodeFault) {
      result = try result.map { (sum) throws(NodeFault) in try combine(Int32(FBK_ADD), sum, part) } ?? part
    }
    var count = 0
    if let given = directions[0]?.expanded(to: x.shape) {
      count = given.count
      let slope = NDArray(shape: [count] + x.shape, values: try slope(given.values, x, count: count))
      try add(try scaled(slope, by: try site.operands.real(1)))
    }
    if let given = directions[1] {
      count = given.count
      let scale = aligned(given, site.operandShape(1), rank: x.rank)
      try add(try combine(Int32(FBK_MUL), scale, try normalized(x).rows))
    }
    if directions.count > 2, let given = directions[2] {
      count = given.count
      let shift = aligned(given, site.operandShape(2), rank: x.rank)
      try add(try combine(Int32(FBK_MUL), shift, NDArray(shape: x.shape, repeating: 1)))
    }
    let first = result.map { Directions(count: count, shape: x.shape, values: $0.values) }
    return [first] + site.results.dropFirst().map { _ in nil }
  }

  /// Exporters leave the scale to a later multiplication, and ones here.
  private func scaled<S>(_ x: NDArray<S>, by scale: NDArray<S>) throws(NodeFault) -> NDArray<S> {
    scale.values.allSatisfy { $0 == 1 } ? x : try combine(Int32(FBK_MUL), x, scale)
  }

  /// Directions of a smaller operand with its missing axes written out as 1.
  private func aligned<S>(_ given: Directions<S>, _ shape: [Int], rank: Int) -> NDArray<S> {
    let missing = [Int](repeating: 1, count: max(0, rank - shape.count))
    return NDArray(shape: [given.count] + missing + shape, values: given.expanded(to: shape).values)
  }

  func pullBack<S>(
    _ directions: [Directions<S>?], at site: Site<S>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<S>?] {
    var results = [Directions<S>?](repeating: nil, count: wanted.count)
    let x = try site.operands.real(0)
    guard let given = directions[0]?.expanded(to: x.shape) else { return results }
    let stack = NDArray(shape: [given.count] + x.shape, values: given.values)
    if wanted[0] {
      let scaled = try scaled(stack, by: try site.operands.real(1))
      results[0] = Directions(
        count: given.count, shape: x.shape, values: try slope(scaled.values, x, count: given.count))
    }
    for (operand, isWanted) in wanted.enumerated().dropFirst() where isWanted {
      let shape = site.operandShape(operand)
      var part = Directions<S>(zeros: given.count, shape: shape)
      let weights = operand == 1 ? try normalized(x).rows.values : nil
      StridedLoop(
        extents: stack.shape,
        strides: [
          packedStrides(stack.shape), [0] + packedStrides(x.shape),
          [shape.reduce(1, *)] + broadcastStrides(shape, to: x.shape),
        ]
      ).weigh(given.values, weights: weights, scale: 1, into: &part.values, assigning: false)
      results[operand] = part
    }
    return results
  }

  func isDifferentiable(operand: Int) -> Bool { operand < 3 }
}

/// Rows brought to mean 0 and variance 1, or to mean square 1, and what each was multiplied by.
private struct NormalizedRows<S: NetworkScalar>: Sendable {
  let rows: NDArray<S>
  let scales: [S]
}

/// Each channel (axis 1) shifted and scaled by statistics of the training.
struct BatchNormalization: PointwiseOperation {
  let epsilon: Double

  /// A channel's number as an array that broadcasts to the operand.
  private func channels<S>(_ operands: Operands<S>, _ position: Int, rank: Int) throws(NodeFault) -> NDArray<S> {
    let array = try operands.real(position)
    guard rank >= 2 else { return array }
    return array.reshaped(to: [array.count] + [Int](repeating: 1, count: rank - 2))
  }

  private func factor<S>(_ operands: Operands<S>, rank: Int) throws(NodeFault) -> NDArray<S> {
    let variance = try combine(
      Int32(FBK_ADD), try channels(operands, 4, rank: rank), NDArray(shape: [], values: [S(epsilon)]))
    let deviation = NDArray<S>(shape: variance.shape) {
      S.kernels.map(Int32(FBK_SQRT), variance.count, variance.values, $0, 0, 0)
    }
    return try combine(Int32(FBK_DIV), try channels(operands, 1, rank: rank), deviation)
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let x = try operands.real(0)
    let centred = try combine(Int32(FBK_SUB), x, try channels(operands, 3, rank: x.rank))
    let scaled = try combine(Int32(FBK_MUL), centred, try factor(operands, rank: x.rank))
    let result = try combine(Int32(FBK_ADD), scaled, try channels(operands, 2, rank: x.rank))
    guard result.shape == x.shape else { throw NodeFault("the statistics do not fit \(x.shape.written)") }
    return [.real(result)]
  }

  func partials<S>(at site: Site<S>, wanted: [Bool]) throws(NodeFault) -> [Partial<S>?] {
    [.array(try factor(site.operands, rank: site.operandShape(0).count))] + wanted.dropFirst().map { _ in nil }
  }

  func isDifferentiable(operand: Int) -> Bool { operand == 0 }
}
