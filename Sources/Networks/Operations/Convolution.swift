/// `Conv`, and `ConvTranspose`, which is the adjoint of a convolution from its result to its operand, plus a shift for
/// each channel of the result.
///
/// It is differentiated by the operand, the weights and the shift.
struct Convolution: Operation {
  var window: WindowParameters
  var groups = 1
  /// Whether it goes from what a convolution gives to what it takes.
  var isTransposed = false
  /// Of `ConvTranspose`: places that are added behind, and the extents of the result if they are given.
  var addedPlaces: [Int]?
  var resultPlaces: [Int]?
  /// The faster way for directions through weights that are known, where there is one.
  var tiled: WinogradConvolution?

  func prepared<S>(at site: Site<S>) throws(NodeFault) -> any Operation {
    let (x, weights) = (try site.operands.real(0), try site.operands.real(1))
    guard let numbers = weights.values as? [Double] else { return self }
    var copy = self
    copy.tiled = WinogradConvolution(try plan(x.shape, weights.shape).plan, weights: numbers)
    return copy
  }

  private func plan(_ x: [Int], _ weights: [Int]) throws(NodeFault) -> (plan: ConvolutionPlan, result: [Int]) {
    let places = try WindowParameters.places(x)
    guard weights.count == x.count else {
      throw NodeFault("weights \(weights.written) do not go with \(x.written): the numbers of axes must be equal")
    }
    guard groups >= 1, groups <= max(1, x[1]) else {
      throw NodeFault("attribute 'group' is \(groups); it must be from 1 to the \(x[1]) channels")
    }
    let taps = Array(weights.dropFirst(2))
    let expected = isTransposed ? weights[0] : weights[1] * groups
    guard x[1] == expected, weights[0] % groups == 0 else {
      throw NodeFault(
        "weights \(weights.written) in \(groups) groups do not go with the \(x[1]) channels of \(x.written)")
    }
    let window = isTransposed ? try transposed(over: places, taps) : try window.window(over: places, taps: taps)
    let result =
      [x[0], isTransposed ? weights[1] * groups : weights[0]] + (isTransposed ? window.input : window.output)
    _ = try elementCount(result)
    let plan = try ConvolutionPlan(
      window: window, groups: groups, channels: weights[1], features: weights[0] / groups)
    return (plan, result)
  }

  /// The window of the convolution whose adjoint this is: it steps over the result.
  private func transposed(over input: [Int], _ known: [Int]) throws(NodeFault) -> Window {
    let rank = input.count
    let taps = try window.taps(known: known, rank: rank)
    var (strides, dilations, before, after) = try window.steps(rank: rank)
    let limit = largestElementCount
    let added = try WindowParameters.checked(addedPlaces, "output_padding", count: rank, in: 0...limit, standard: 0)
    if let resultPlaces {
      _ = try WindowParameters.checked(resultPlaces, "output_shape", count: rank, in: 1...limit, standard: 1)
    }
    var output: [Int] = []
    for axis in 0..<rank {
      let reach =
        (max(1, input[axis]) - 1) * strides[axis] + added[axis]
        + Window.span(taps: taps[axis], dilation: dilations[axis])
      let isSame = window.padding == .sameUpper || window.padding == .sameLower
      if let extent = resultPlaces?[axis] ?? (isSame ? input[axis] * strides[axis] : nil) {
        let total = max(0, reach - extent)
        before[axis] = window.padding == .sameUpper ? total / 2 : total - total / 2
        after[axis] = total - before[axis]
        output.append(extent)
      } else {
        if window.padding == .none { (before[axis], after[axis]) = (0, 0) }
        output.append(reach - before[axis] - after[axis])
      }
      guard output[axis] >= 1 else {
        throw NodeFault(
          "padding of \(before[axis]) and \(after[axis]) leaves nothing of the \(reach) entries of axis \(axis + 2)")
      }
    }
    return Window(
      input: output, output: input, taps: taps, strides: strides, dilations: dilations, before: before, after: after)
  }

  private func shift<S>(_ operands: Operands<S>, _ channels: Int) throws(NodeFault) -> [S]? {
    guard let shift = try operands.optionalReal(2) else { return nil }
    guard shift.shape == [channels] else {
      throw NodeFault("operand 2 is \(shift.shape.written); it must be \(channels), one number for each channel")
    }
    return shift.values
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let (x, weights) = (try operands.real(0), try operands.real(1))
    let (plan, shape) = try plan(x.shape, weights.shape)
    let shift = try shift(operands, shape[1])
    return [
      .real(
        NDArray(shape: shape) { target in
          Self.fill(target, shape, with: shift)
          run(plan, weights.values, x.values, images: x.shape[0], into: target, isForward: !isTransposed)
        })
    ]
  }

  /// Each channel's shift in all its places, or zeros.
  private static func fill<S: NetworkScalar>(_ target: UnsafeMutablePointer<S>, _ shape: [Int], with shift: [S]?) {
    let size = shape.dropFirst(2).reduce(1, *)
    StridedLoop(
      extents: [shape[0], shape[1], size],
      strides: [[0, shift == nil ? 0 : 1, 0], [shape[1] * size, size, 1]]
    ).copy(shift ?? [0], to: target)
  }

  /// Adds W x, or Wᵀ x, to what is there.
  private func run<S: NetworkScalar>(
    _ plan: ConvolutionPlan, _ weights: [S], at place: Int = 0, _ given: [S], images: Int,
    into target: UnsafeMutablePointer<S>, isForward: Bool
  ) {
    weights.withUnsafeBufferPointer { weights in
      given.withUnsafeBufferPointer { given in
        guard let weights = weights.baseAddress, let given = given.baseAddress else { return }
        if isForward {
          plan.apply(weights + place, to: given, images: images, addingTo: target)
        } else {
          plan.applyAdjoint(weights + place, to: given, images: images, addingTo: target)
        }
      }
    }
  }

  /// Directions through the weights, one way or the other; uniform ones stay so.
  private func through<S>(
    _ plan: ConvolutionPlan, _ weights: [S], _ given: Directions<S>, to shape: [Int], isForward: Bool
  ) -> Directions<S> {
    let images = given.count * given.shape[0]
    let result = [given.shape[0]] + shape.dropFirst()
    return Directions(count: given.count, shape: result) { target in
      if let tiled {
        given.values.withUnsafeBytes { given in
          guard let given = given.bindMemory(to: Double.self).baseAddress else { return }
          tiled.apply(
            to: given, images: images, into: UnsafeMutableRawPointer(target).assumingMemoryBound(to: Double.self),
            isForward: isForward)
        }
        return
      }
      target.fill(with: 0, count: given.count * result.reduce(1, *))
      run(plan, weights, given.values, images: images, into: target, isForward: isForward)
    }
  }

  func pushForward<S>(_ directions: [Directions<S>?], at site: Site<S>) throws(NodeFault) -> [Directions<S>?] {
    let (x, weights) = (try site.operands.real(0), try site.operands.real(1))
    let (plan, shape) = try plan(x.shape, weights.shape)
    var result: Directions<S>?
    func add(_ part: Directions<S>) {
      if result == nil { result = part } else { result?.add(part, at: shape) }
    }
    if let given = directions[0] { add(through(plan, weights.values, given, to: shape, isForward: !isTransposed)) }
    let size = shape.reduce(1, *)
    if let given = directions[1]?.expanded(to: weights.shape) {
      add(
        Directions(count: given.count, shape: shape) { target in
          target.fill(with: 0, count: given.count * size)
          for index in 0..<given.count {
            run(
              plan, given.values, at: index * weights.count, x.values, images: x.shape[0], into: target + index * size,
              isForward: !isTransposed)
          }
        })
    }
    if directions.count > 2, let given = directions[2]?.expanded(to: [shape[1]]) {
      add(
        Directions(count: given.count, shape: shape) { target in
          for index in 0..<given.count {
            let row = Array(given.values[(index * shape[1])..<((index + 1) * shape[1])])
            Self.fill(target + index * size, shape, with: row)
          }
        })
    }
    return [result]
  }

  func pullBack<S>(
    _ directions: [Directions<S>?], at site: Site<S>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<S>?] {
    guard let given = directions[0] else { return wanted.map { _ in nil } }
    let (x, weights) = (try site.operands.real(0), try site.operands.real(1))
    let (plan, shape) = try plan(x.shape, weights.shape)
    var result = [Directions<S>?](repeating: nil, count: wanted.count)
    if wanted[0] { result[0] = through(plan, weights.values, given, to: x.shape, isForward: isTransposed) }
    guard wanted.dropFirst().contains(true) else { return result }
    let whole = given.expanded(to: shape)
    let size = shape.reduce(1, *)
    if wanted[1] {
      result[1] = Directions(count: whole.count, shape: weights.shape) { target in
        target.fill(with: 0, count: whole.count * weights.count)
        whole.values.withUnsafeBufferPointer { whole in
          x.values.withUnsafeBufferPointer { x in
            guard let y = whole.baseAddress, let seen = x.baseAddress else { return }
            for index in 0..<given.count {
              let cotangent = y + index * size
              plan.addWeights(
                seeing: isTransposed ? cotangent : seen, for: isTransposed ? seen : cotangent, images: shape[0],
                to: target + index * weights.count)
            }
          }
        }
      }
    }
    if wanted.count > 2, wanted[2] {
      let places = shape.dropFirst(2).reduce(1, *)
      var sums = Directions<S>(zeros: whole.count, shape: [shape[1]])
      StridedLoop(
        extents: [whole.count, shape[0], shape[1], places],
        strides: [[size, shape[1] * places, places, 1], [0, 0, 0, 0], [shape[1], 0, 1, 0]]
      ).weigh(whole.values, weights: nil, scale: 1, into: &sums.values, assigning: false)
      result[2] = sums
    }
    return result
  }

  func isDifferentiable(operand: Int) -> Bool { operand < 3 }

  static let builders: [String: OperationCatalog.Builder] = [
    "Conv": { given in
      Convolution(window: try WindowParameters(given), groups: try given.integer("group", default: 1))
    },
    "ConvTranspose": { given in
      Convolution(
        window: try WindowParameters(given), groups: try given.integer("group", default: 1), isTransposed: true,
        addedPlaces: try given.integers("output_padding"), resultPlaces: try given.integers("output_shape"))
    },
  ]
}
