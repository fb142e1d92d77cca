/// The discrete Fourier transform along an axis, or its inverse; the last axis holds real and imaginary part. Linear.
struct DiscreteFourier: Operation {
  let isInverse: Bool
  /// Whether only the first half of the frequencies is there; the rest follows, as the numbers over time are real.
  let isOneSided: Bool
  /// The axis; `nil` when an operand says it.
  let axis: Int?

  /// One side of the transform: entries of `extent` along the axis, `parts` numbers each.
  private struct Side {
    var shape: [Int]
    var extent: Int
    var parts: Int
    /// Whether what is here stands for a whole spectrum: all but the first and the middle frequency count twice.
    var isHalf: Bool
  }

  private struct Plan {
    var axis: Int
    var length: Int
    var from: Side
    var to: Side
    var scale: Double
  }

  private func plan<S>(_ operands: Operands<S>) throws(NodeFault) -> Plan {
    let shape = try operands.real(0).shape
    guard shape.count >= 2, let parts = shape.last, parts == 1 || parts == 2 else {
      throw NodeFault("\(shape.written) does not end in an axis of 1 or 2, the real and the imaginary part")
    }
    let asked = try single(operands.optionalWhole(2), "axis")
    let given = axis ?? asked ?? -2
    let axis = try resolvedAxis(given, rank: shape.count)
    guard axis != shape.count - 1 else { throw NodeFault("axis \(given) holds the real and the imaginary part") }
    let turnsReal = isInverse && isOneSided
    guard parts == 1 || isInverse || !isOneSided else {
      throw NodeFault("one side of the spectrum of complex numbers is asked for")
    }
    let askedLength = try single(operands.optionalWhole(1), "length")
    let length = askedLength ?? (turnsReal ? 2 * (shape[axis] - 1) : shape[axis])
    guard length >= 1, length <= largestElementCount / 4 else {
      throw NodeFault("a transform of \(length) numbers is asked for")
    }
    var result = shape
    result[axis] = isOneSided && !isInverse ? length / 2 + 1 : length
    result[shape.count - 1] = turnsReal ? 1 : 2
    _ = try elementCount(result)
    return Plan(
      axis: axis, length: length, from: Side(shape: shape, extent: shape[axis], parts: parts, isHalf: turnsReal),
      to: Side(shape: result, extent: result[axis], parts: result[shape.count - 1], isHalf: false),
      scale: isInverse ? 1 / Double(length) : 1)
  }

  private func single(_ array: WholeArray?, _ name: String) throws(NodeFault) -> Int? {
    guard let array else { return nil }
    guard array.values.count == 1 else { throw NodeFault("\(array.values.count) numbers are given for the \(name)") }
    return array.values[0]
  }

  /// The sums for `count` stacks of one side's shape; back: the adjoint.
  private func transformed<S: NetworkScalar>(_ given: [S], _ plan: Plan, count: Int, back: Bool) -> [S] {
    let (from, to) = back ? (plan.to, plan.from) : (plan.from, plan.to)
    let source = Double.converting(given)
    let inner = from.shape[(plan.axis + 1)...].dropLast().reduce(1, *)
    let outer = count * from.shape[..<plan.axis].reduce(1, *)
    let transform = FourierTransform(count: plan.length)
    var result = [Double](repeating: 0, count: outer * to.extent * inner * to.parts)
    let used = min(from.extent, from.isHalf ? plan.length / 2 + 1 : plan.length)
    let made = min(to.extent, to.isHalf ? plan.length / 2 + 1 : plan.length)
    func weight(_ index: Int, _ side: Side) -> Double {
      side.isHalf && index > 0 && 2 * index != plan.length ? 2 * plan.scale : plan.scale
    }
    for line in 0..<(outer * inner) {
      let (block, column) = (line / inner, line % inner)
      var real = [Double](repeating: 0, count: plan.length)
      var imaginary = real
      for index in 0..<used {
        let place = ((block * from.extent + index) * inner + column) * from.parts
        let factor = from.isHalf ? weight(index, from) : 1
        real[index] = source[place] * factor
        if from.parts == 2 { imaginary[index] = source[place + 1] * factor }
      }
      transform.run(&real, &imaginary, isInverse: isInverse != back)
      for index in 0..<made {
        let place = ((block * to.extent + index) * inner + column) * to.parts
        let factor = from.isHalf ? 1 : weight(index, to)
        result[place] = real[index] * factor
        if to.parts == 2 { result[place + 1] = imaginary[index] * factor }
      }
    }
    return S.converting(result)
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let plan = try plan(operands)
    let x = try operands.real(0)
    return [.real(NDArray(shape: plan.to.shape, values: transformed(x.values, plan, count: 1, back: false)))]
  }

  func pushForward<S>(_ directions: [Directions<S>?], at site: Site<S>) throws(NodeFault) -> [Directions<S>?] {
    let plan = try plan(site.operands)
    guard let full = directions[0]?.expanded(to: plan.from.shape) else { return [nil] }
    let values = transformed(full.values, plan, count: full.count, back: false)
    return [Directions(count: full.count, shape: plan.to.shape, values: values)]
  }

  func pullBack<S>(
    _ directions: [Directions<S>?], at site: Site<S>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<S>?] {
    let plan = try plan(site.operands)
    guard let full = directions[0]?.expanded(to: plan.to.shape) else { return wanted.map { _ in nil } }
    let values = transformed(full.values, plan, count: full.count, back: true)
    return [Directions(count: full.count, shape: plan.from.shape, values: values)] + wanted.dropFirst().map { _ in nil }
  }

  func isDifferentiable(operand: Int) -> Bool { operand == 0 }

  static let builders: [String: OperationCatalog.Builder] = [
    "DFT": { given in
      DiscreteFourier(
        isInverse: try given.flag("inverse", default: false), isOneSided: try given.flag("onesided", default: false),
        axis: given.opset < 20 ? try given.integer("axis", default: 1) : nil)
    }
  ]
}
