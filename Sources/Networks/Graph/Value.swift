/// What flows along an edge of the graph: real numbers, or whole numbers and truth values.
enum Value<S: NetworkScalar>: Sendable {
  case real(NDArray<S>)
  case whole(WholeArray)

  var shape: [Int] {
    switch self {
    case .real(let array): array.shape
    case .whole(let array): array.shape
    }
  }

  var count: Int {
    switch self {
    case .real(let array): array.count
    case .whole(let array): array.values.count
    }
  }

  /// The same elements under another shape of the same product.
  func reshaped(to shape: [Int]) -> Value {
    switch self {
    case .real(let array): .real(array.reshaped(to: shape))
    case .whole(let array): .whole(WholeArray(shape: shape, values: array.values, isBoolean: array.isBoolean))
    }
  }
}

/// An array of whole numbers, or of truth values as 0 and 1, in C order.
struct WholeArray: Sendable, Hashable {
  var shape: [Int]
  var values: [Int]
  var isBoolean = false
}

/// Why an operation cannot be evaluated on what it is given.
struct NodeFault: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

/// The most elements that one array may hold.
let largestElementCount = 1 << 26

/// The most axes that one array may have.
let largestRank = 12

/// The product of extents, refused when it is beyond the limit.
func elementCount(_ shape: [Int]) throws(NodeFault) -> Int {
  guard shape.count <= largestRank else {
    throw NodeFault("a result with \(shape.count) axes is beyond the limit of \(largestRank)")
  }
  // Extents beside a 0 are bounded too, as strides are made of them.
  var count = 1
  for extent in shape where extent != 0 {
    let (product, overflows) = count.multipliedReportingOverflow(by: extent)
    guard !overflows, extent >= 0, product <= largestElementCount else {
      throw NodeFault("a result of \(shape.written) numbers is beyond the limit of \(largestElementCount)")
    }
    count = product
  }
  return shape.contains(0) ? 0 : count
}

/// As `elementCount`, for whole numbers, which take eight bytes and more each while they are worked on.
func wholeCount(_ shape: [Int]) throws(NodeFault) -> Int {
  let count = try elementCount(shape)
  guard count <= largestElementCount / 4 else {
    throw NodeFault("a result of \(shape.written) whole numbers is beyond the limit of \(largestElementCount / 4)")
  }
  return count
}

/// The shape two or more shapes have in common, by ONNX's (NumPy's) rules of broadcasting.
func broadcastShape(_ shapes: [[Int]]) throws(NodeFault) -> [Int] {
  let rank = shapes.map(\.count).max() ?? 0
  var result = [Int](repeating: 1, count: rank)
  for shape in shapes {
    for (axis, extent) in zip((rank - shape.count)..<rank, shape) where extent != 1 {
      guard result[axis] == 1 || result[axis] == extent else {
        throw NodeFault("shapes \(shapes.map(\.written).joined(separator: " and ")) do not go together")
      }
      result[axis] = extent
    }
  }
  _ = try elementCount(result)
  return result
}

/// The strides of a packed array in C order.
func packedStrides(_ shape: [Int]) -> [Int] {
  var strides = [Int](repeating: 1, count: shape.count)
  for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * max(1, shape[axis + 1]) }
  return strides
}

/// The strides with which a packed array of `shape` is read as `extents`: 0 along repeated and missing axes.
func broadcastStrides(_ shape: [Int], to extents: [Int]) -> [Int] {
  let packed = packedStrides(shape)
  let missing = extents.count - shape.count
  return extents.indices.map { axis in
    axis < missing || shape[axis - missing] == 1 ? 0 : packed[axis - missing]
  }
}

/// An axis counted from the end when negative, refused outside the rank.
func resolvedAxis(_ axis: Int, rank: Int) throws(NodeFault) -> Int {
  guard axis >= -rank, axis < rank else { throw NodeFault("axis \(axis) is outside the \(rank) axes") }
  return axis < 0 ? axis + rank : axis
}

/// Axes counted from the end when negative; each may occur once.
func resolvedAxes(_ axes: [Int], rank: Int) throws(NodeFault) -> [Int] {
  var result: [Int] = []
  for axis in axes {
    let resolved = try resolvedAxis(axis, rank: rank)
    if result.contains(resolved) { throw NodeFault("axis \(axis) is given twice") }
    result.append(resolved)
  }
  return result
}
