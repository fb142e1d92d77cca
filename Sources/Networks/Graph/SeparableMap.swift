/// A linear map along one axis: each entry of the result is a weighted sum of entries of the operand.
struct AxisMap: Sendable {
  /// The number of entries of the operand.
  let extent: Int
  /// The terms of the result's entry j are those from starts[j] up to starts[j + 1].
  private(set) var starts = [0]
  private(set) var entries: [Int] = []
  private(set) var weights: [Double] = []

  /// The number of entries of the result.
  var resultExtent: Int { starts.count - 1 }

  init(extent: Int) { self.extent = extent }

  /// Adds one entry to the result.
  mutating func append(_ terms: some Sequence<(entry: Int, weight: Double)>) throws(NodeFault) {
    for term in terms where term.weight != 0 {
      entries.append(term.entry)
      weights.append(term.weight)
    }
    starts.append(entries.count)
    guard entries.count <= largestElementCount else {
      throw NodeFault("sums of more than \(largestElementCount) terms along one axis are beyond the limit")
    }
  }

  var transposed: AxisMap {
    var result = AxisMap(extent: resultExtent)
    var counts = [Int](repeating: 0, count: extent + 1)
    for entry in entries { counts[entry + 1] += 1 }
    for entry in 0..<extent { counts[entry + 1] += counts[entry] }
    result.starts = counts
    result.entries = [Int](repeating: 0, count: entries.count)
    result.weights = [Double](repeating: 0, count: entries.count)
    for place in 0..<resultExtent {
      for term in starts[place]..<starts[place + 1] {
        let next = counts[entries[term]]
        result.entries[next] = place
        result.weights[next] = weights[term]
        counts[entries[term]] += 1
      }
    }
    return result
  }
}

/// A linear map that works along each axis by itself: pooling, resizing, padding.
struct SeparableMap: Sendable {
  let operandShape: [Int]
  /// What happens along each axis; `nil` where nothing does.
  let maps: [AxisMap?]

  var resultShape: [Int] { zip(operandShape, maps).map { $1?.resultExtent ?? $0 } }

  var transposed: SeparableMap {
    SeparableMap(operandShape: resultShape, maps: maps.map { $0?.transposed })
  }

  func applied<S>(to x: NDArray<S>) -> NDArray<S> {
    NDArray(shape: resultShape, values: applied(to: x.values, count: 1, shape: operandShape))
  }

  func applied<S>(to given: Directions<S>) -> Directions<S> {
    guard let first = maps.first else { return given }
    let source = first == nil ? given : given.expanded(to: operandShape)
    var shape = resultShape
    if source.isUniform(for: operandShape) { shape[0] = source.shape[0] }
    return Directions(
      count: source.count, shape: shape, values: applied(to: source.values, count: source.count, shape: source.shape))
  }

  private func applied<S: NetworkScalar>(to values: [S], count: Int, shape: [Int]) -> [S] {
    var (values, shape) = (values, shape)
    // Axes that shrink come first, so that no array on the way is larger than both ends.
    func growth(_ axis: Int) -> Double { Double(maps[axis]?.resultExtent ?? 1) / Double(max(1, shape[axis])) }
    // Last axes take most time, so they go where there is least of the others.
    func goesBefore(_ a: Int, _ b: Int) -> Bool {
      growth(a) == growth(b) ? (growth(a) > 1) == (a > b) && a != b : growth(a) < growth(b)
    }
    for axis in maps.indices.sorted(by: goesBefore) {
      guard let map = maps[axis] else { continue }
      let outer = shape[..<axis].reduce(count, *)
      let inner = shape[(axis + 1)...].reduce(1, *)
      let (from, to) = (map.extent * inner, map.resultExtent * inner)
      shape[axis] = map.resultExtent
      let source = values
      values =
        NDArray<S>(shape: [outer * to]) { target in
          source.withUnsafeBufferPointer { source in
            guard let source = source.baseAddress else {
              target.fill(with: 0, count: outer * to)
              return
            }
            Processors.share(outer, grain: max(1, 1 << 13 / max(1, from + to))) { rows in
              S.kernels.mix(
                rows.count, map.extent, map.resultExtent, inner, map.starts, map.entries, map.weights,
                source + rows.lowerBound * from, target + rows.lowerBound * to)
            }
          }
        }.values
    }
    return values
  }
}

/// An operation whose first result depends on its first operand by a separable map.
protocol SeparableOperation: Operation {
  func map<S>(of operands: Operands<S>) throws(NodeFault) -> SeparableMap
}

extension SeparableOperation {
  func pushForward<S>(_ directions: [Directions<S>?], at site: Site<S>) throws(NodeFault) -> [Directions<S>?] {
    guard let given = directions[0] else { return [nil] }
    return [try map(of: site.operands).applied(to: given)]
  }

  func pullBack<S>(
    _ directions: [Directions<S>?], at site: Site<S>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<S>?] {
    guard let given = directions[0] else { return wanted.map { _ in nil } }
    return [try map(of: site.operands).transposed.applied(to: given)] + wanted.dropFirst().map { _ in nil }
  }

  func isDifferentiable(operand: Int) -> Bool { operand == 0 }
}
