/// Sums of all entries of an axis up to each, or from each on.
struct CumulativeSum: Operation {
  /// Whether an entry is left out of its own sum.
  let isExclusive: Bool
  /// Whether the sums begin at the axis's end.
  let isReversed: Bool

  /// The operand as outer × extent × inner.
  private struct Lines {
    var outer: Int
    var extent: Int
    var inner: Int
  }

  private func lines<S>(_ operands: Operands<S>) throws(NodeFault) -> Lines {
    let shape = try operands.value(0).shape
    let given = try operands.whole(1)
    guard given.values.count == 1 else { throw NodeFault("\(given.values.count) axes are given; it must be one") }
    let axis = try resolvedAxis(given.values[0], rank: shape.count)
    return Lines(
      outer: shape[..<axis].reduce(1, *), extent: shape[axis], inner: shape[(axis + 1)...].reduce(1, *))
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let lines = try lines(operands)
    switch try operands.value(0) {
    case .real(let x):
      return [.real(NDArray(shape: x.shape, values: sums(x.values, lines, count: 1, isReversed: isReversed)))]
    case .whole(let x): return [.whole(WholeArray(shape: x.shape, values: sums(x.values, lines)))]
    }
  }

  private func sums<S: NetworkScalar>(_ values: [S], _ lines: Lines, count: Int, isReversed: Bool) -> [S] {
    let rows = count * lines.outer
    let size = lines.extent * lines.inner
    var running = [S](repeating: 0, count: rows * lines.inner)
    let reading = StridedLoop(extents: [rows, lines.inner], strides: [[size, 1], [0, 0], [lines.inner, 1]])
    let writing = StridedLoop(extents: [rows, lines.inner], strides: [[lines.inner, 1], [size, 1]])
    return NDArray<S>(shape: [values.count]) { target in
      for step in 0..<lines.extent {
        let place = (isReversed ? lines.extent - 1 - step : step) * lines.inner
        if isExclusive { writing.copy(running, to: target, at: place) }
        reading.weigh(values, from: place, weights: nil, scale: 1, into: &running, assigning: false)
        if !isExclusive { writing.copy(running, to: target, at: place) }
      }
    }.values
  }

  /// Whole numbers wrap, as in NumPy.
  private func sums(_ values: [Int], _ lines: Lines) -> [Int] {
    var result = values
    for outer in 0..<lines.outer {
      for inner in 0..<lines.inner {
        var running = 0
        for step in 0..<lines.extent {
          let entry = isReversed ? lines.extent - 1 - step : step
          let place = (outer * lines.extent + entry) * lines.inner + inner
          let next = running &+ values[place]
          result[place] = isExclusive ? running : next
          running = next
        }
      }
    }
    return result
  }

  func pushForward<S>(_ directions: [Directions<S>?], at site: Site<S>) throws(NodeFault) -> [Directions<S>?] {
    [try passed(directions[0], at: site, isReversed: isReversed)]
  }

  func pullBack<S>(
    _ directions: [Directions<S>?], at site: Site<S>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<S>?] {
    // Each entry is in the sums of those after it.
    [try passed(directions[0], at: site, isReversed: !isReversed), nil]
  }

  private func passed<S>(
    _ given: Directions<S>?, at site: Site<S>, isReversed: Bool
  ) throws(NodeFault) -> Directions<S>? {
    let shape = site.operandShape(0)
    guard let full = given?.expanded(to: shape) else { return nil }
    let values = sums(full.values, try lines(site.operands), count: full.count, isReversed: isReversed)
    return Directions(count: full.count, shape: shape, values: values)
  }

  func isDifferentiable(operand: Int) -> Bool { operand == 0 }

  static let builders: [String: OperationCatalog.Builder] = [
    "CumSum": { given in
      CumulativeSum(
        isExclusive: try given.flag("exclusive", default: false), isReversed: try given.flag("reverse", default: false))
    }
  ]
}
