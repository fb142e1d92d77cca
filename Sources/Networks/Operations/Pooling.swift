import CKernels
import Foundation

/// Means over the places of a window.
struct AveragePool: SeparableOperation {
  let window: WindowParameters
  /// Whether the window is the whole array.
  var isGlobal = false
  /// Whether zeros beyond the array count as numbers.
  var countsPadding = false
  /// Whether sums are made instead of means.
  var sums = false

  func map<S>(of operands: Operands<S>) throws(NodeFault) -> SeparableMap {
    let shape = try operands.real(0).shape
    let places = try WindowParameters.places(shape)
    let window = try window.window(over: places, taps: isGlobal ? places : nil)
    _ = try elementCount(shape.prefix(2) + window.output)
    var maps: [AxisMap?] = [nil, nil]
    for axis in places.indices {
      var map = AxisMap(extent: places[axis])
      let (dilation, taps) = (window.dilations[axis], window.taps[axis])
      for place in 0..<window.output[axis] {
        let start = place * window.strides[axis] - window.before[axis]
        func tapsBefore(_ end: Int) -> Int { end <= start ? 0 : min(taps, (end - start - 1) / dilation + 1) }
        let (first, last) = (tapsBefore(0), tapsBefore(places[axis]))
        guard last > first else { throw Self.emptyWindow(place, axis) }
        let count = countsPadding ? tapsBefore(places[axis] + window.after[axis]) : last - first
        let weight = sums ? 1 : 1 / Double(count)
        try map.append((first..<last).lazy.map { (entry: start + $0 * dilation, weight: weight) })
      }
      maps.append(map)
    }
    return SeparableMap(operandShape: shape, maps: maps)
  }

  static func emptyWindow(_ place: Int, _ axis: Int) -> NodeFault {
    NodeFault("place \(place) of the window along axis \(axis + 2) lies in the padding only")
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    [.real(try map(of: operands).applied(to: try operands.real(0)))]
  }
}

/// The largest number in each place of a window, and where it is; among equal ones the first, as in PyTorch.
struct MaxPool: Operation {
  let window: WindowParameters
  var isGlobal = false
  /// Whether the positions count the first axis of an image as the fastest.
  var columnsFirst = false
  /// How many results the node names.
  var resultCount = 1

  private func found<S>(_ x: NDArray<S>) throws(NodeFault) -> (largest: NDArray<S>, places: [Int], window: Window) {
    let places = try WindowParameters.places(x.shape)
    let window = try window.window(over: places, taps: isGlobal ? places : nil)
    let channels = x.shape[0] * x.shape[1]
    let shape = x.shape.prefix(2) + window.output
    let count = try elementCount(Array(shape))
    var positions = [Int](repeating: 0, count: count)
    var isComplete = true
    let largest = NDArray<S>(shape: Array(shape)) { target in
      isComplete =
        withUnsafePointer(to: window.forKernels) {
          S.kernels.largest(channels, $0, x.values, target, &positions)
        } != 0
      if !isComplete { target.update(repeating: 0, count: count) }
    }
    guard isComplete else { throw NodeFault("some places of the window lie in the padding only") }
    return (largest, positions, window)
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let (largest, places, window) = try found(try operands.real(0))
    guard resultCount > 1 else { return [.real(largest)] }
    _ = try wholeCount(largest.shape)
    let size = window.inputSize
    var positions = inArray(places, window)
    if columnsFirst {
      let (extents, strides) = (window.input, packedStrides(window.input))
      for index in positions.indices {
        var (rest, turned, step) = (positions[index] % size, 0, 1)
        for axis in extents.indices {
          turned += rest / strides[axis] * step
          rest %= strides[axis]
          step *= extents[axis]
        }
        positions[index] += turned - positions[index] % size
      }
    }
    return [.real(largest), .whole(WholeArray(shape: largest.shape, values: positions))]
  }

  /// Places in channels as positions in the whole array.
  private func inArray(_ places: [Int], _ window: Window) -> [Int] {
    let (size, count) = (window.inputSize, max(1, window.outputSize))
    return places.indices.map { $0 / count * size + places[$0] }
  }

  func pushForward<S>(_ directions: [Directions<S>?], at site: Site<S>) throws(NodeFault) -> [Directions<S>?] {
    let x = try site.operands.real(0)
    let (largest, places, window) = try found(x)
    let first = directions[0]?.expanded(to: x.shape).picked(inArray(places, window), shape: largest.shape)
    return [first] + site.results.dropFirst().map { _ in nil }
  }

  func pullBack<S>(
    _ directions: [Directions<S>?], at site: Site<S>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<S>?] {
    let x = try site.operands.real(0)
    let (largest, places, window) = try found(x)
    return [directions[0]?.expanded(to: largest.shape).spread(inArray(places, window), shape: x.shape)]
  }
}

extension MaxPool: KinkedOperation {
  var tieRule: String? { Self.firstRule }

  /// Windows whose largest number is there more than once.
  func kinkCount<S>(at site: Site<S>) throws(NodeFault) -> Int {
    let x = try site.operands.real(0)
    let (largest, _, window) = try found(x)
    let (strides, outputStrides) = (packedStrides(window.input), packedStrides(window.output))
    let channels = x.shape[0] * x.shape[1]
    var count = 0
    for place in 0..<window.outputSize {
      var offsets = [0]
      for axis in window.input.indices {
        let start = place / outputStrides[axis] % window.output[axis] * window.strides[axis] - window.before[axis]
        let inside = (0..<window.taps[axis]).lazy.map { start + $0 * window.dilations[axis] }
          .filter { $0 >= 0 && $0 < window.input[axis] }
        offsets = offsets.flatMap { offset in inside.map { offset + $0 * strides[axis] } }
      }
      for channel in 0..<channels {
        let top = largest.values[channel * window.outputSize + place]
        let base = channel * window.inputSize
        if offsets.count(where: { x.values[base + $0] == top }) > 1 { count += 1 }
      }
    }
    return count
  }
}

extension Directions {
  /// The elements at given positions.
  fileprivate func picked(_ positions: [Int], shape: [Int]) -> Directions {
    Directions(count: count, shape: shape) {
      S.kernels.gather(count, elementCount, 1, positions.count, positions, values, $0)
    }
  }

  /// The elements added up at given positions.
  fileprivate func spread(_ positions: [Int], shape: [Int]) -> Directions {
    var result = Directions(zeros: count, shape: shape)
    S.kernels.scatter(count, result.elementCount, 1, positions.count, positions, values, &result.values)
    return result
  }
}

/// The p-norm of the numbers in each place of a window.
struct LpPool: Operation {
  let pool: AveragePool
  let exponent: Int

  private func powers<S>(_ x: NDArray<S>, _ exponent: Double) throws(NodeFault) -> NDArray<S> {
    let sizes = NDArray(shape: x.shape) { S.kernels.map(Int32(FBK_ABS), x.count, x.values, $0, 0, 0) }
    return try combine(Int32(FBK_POW), sizes, NDArray(shape: [], values: [S(exponent)]))
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let x = try operands.real(0)
    let sums = try pool.map(of: operands).applied(to: try powers(x, Double(exponent)))
    return [.real(try powers(sums, 1 / Double(exponent)))]
  }

  /// The derivative of the norm by the sum of powers times that of each power: sign(x) |x|^(p − 1), and y^(1 − p), which
  /// is taken as 0 where the norm is 0.
  private func factors<S>(at site: Site<S>) throws(NodeFault) -> (inner: NDArray<S>, outer: NDArray<S>) {
    let x = try site.operands.real(0)
    guard case .real(let y) = site.results[0] else { throw NodeFault("the result holds whole numbers") }
    let signs = NDArray(shape: x.shape) { S.kernels.map(Int32(FBK_SIGN), x.count, x.values, $0, 0, 0) }
    var outer = try powers(y, Double(1 - exponent))
    for index in outer.values.indices where y.values[index] == 0 { outer.values[index] = 0 }
    return (try combine(Int32(FBK_MUL), signs, try powers(x, Double(exponent - 1))), outer)
  }

  private func product<S>(_ given: Directions<S>, _ factor: NDArray<S>) throws(NodeFault) -> Directions<S> {
    let full = given.expanded(to: factor.shape)
    let stack = NDArray(shape: [full.count] + factor.shape, values: full.values)
    return Directions(
      count: full.count, shape: factor.shape, values: try combine(Int32(FBK_MUL), stack, factor).values)
  }

  func pushForward<S>(_ directions: [Directions<S>?], at site: Site<S>) throws(NodeFault) -> [Directions<S>?] {
    guard let given = directions[0] else { return [nil] }
    let (inner, outer) = try factors(at: site)
    return [try product(try pool.map(of: site.operands).applied(to: try product(given, inner)), outer)]
  }

  func pullBack<S>(
    _ directions: [Directions<S>?], at site: Site<S>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<S>?] {
    guard let given = directions[0] else { return [nil] }
    let (inner, outer) = try factors(at: site)
    return [try product(try pool.map(of: site.operands).transposed.applied(to: try product(given, outer)), inner)]
  }
}

/// The pools by their names.
enum Pooling {
  static let builders: [String: OperationCatalog.Builder] = [
    "AveragePool": { given in
      AveragePool(
        window: try WindowParameters(given), countsPadding: try given.flag("count_include_pad", default: false))
    },
    "GlobalAveragePool": { _ in AveragePool(window: WindowParameters(), isGlobal: true) },
    "MaxPool": { given in
      MaxPool(
        window: try WindowParameters(given), columnsFirst: try given.flag("storage_order", default: false),
        resultCount: given.resultCount)
    },
    "GlobalMaxPool": { _ in MaxPool(window: WindowParameters(), isGlobal: true) },
    "LpPool": { given in try lpPool(given, AveragePool(window: try WindowParameters(given), sums: true)) },
    "GlobalLpPool": { given in
      try lpPool(given, AveragePool(window: WindowParameters(), isGlobal: true, sums: true))
    },
  ]

  private static func lpPool(_ given: Attributes, _ pool: AveragePool) throws(NodeFault) -> LpPool {
    let exponent = try given.integer("p", default: 2)
    guard (1...64).contains(exponent) else { throw NodeFault("attribute 'p' is \(exponent); it must be from 1 to 64") }
    return LpPool(pool: pool, exponent: exponent)
  }
}
