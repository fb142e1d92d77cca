import CKernels

/// Sums, products, powers, extremes and remainders of two or more arrays, with broadcasting.
struct Arithmetic: PointwiseOperation {
  enum Kind: Sendable {
    case add, subtract, multiply, divide, power, least, greatest, remainder(signOfDividend: Bool), mean
  }
  let kind: Kind

  var isProduct: Bool {
    if case .multiply = kind { true } else { false }
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    var result = try operands.value(0)
    for position in 1..<max(1, operands.count) {
      result = try combined(result, with: try operands.value(position))
    }
    if case .mean = kind, case .real(let sum) = result {
      let scale = NDArray<S>(shape: [], values: [1 / S(operands.count)])
      return [.real(try combine(Int32(FBK_MUL), sum, scale))]
    }
    return [result]
  }

  private var kernel: Int32 {
    switch kind {
    case .add, .mean: Int32(FBK_ADD)
    case .subtract: Int32(FBK_SUB)
    case .multiply: Int32(FBK_MUL)
    case .divide: Int32(FBK_DIV)
    case .power: Int32(FBK_POW)
    case .least: Int32(FBK_MIN)
    case .greatest: Int32(FBK_MAX)
    case .remainder(let signOfDividend): Int32(signOfDividend ? FBK_FMOD : FBK_FLOOR_MOD)
    }
  }

  private func combined<S>(_ left: Value<S>, with right: Value<S>) throws(NodeFault) -> Value<S> {
    switch (left, right) {
    case (.real(let x), .real(let y)): return .real(try combine(kernel, x, y))
    case (.whole(let x), .whole(let y)):
      return .whole(try combineWhole(x, y) { (p, q) throws(NodeFault) in try whole(p, q) })
    case (.real(let x), .whole(let y)):
      guard case .power = kind else { throw NodeFault("operands are real and whole numbers; they must be alike") }
      return .real(try combine(kernel, x, NDArray(shape: y.shape, values: S.converting(whole: y.values))))
    case (.whole(let x), .real(let y)):
      guard case .power = kind else { throw NodeFault("operands are whole and real numbers; they must be alike") }
      let power = try combine(kernel, NDArray(shape: x.shape, values: S.converting(whole: x.values)), y)
      return .whole(WholeArray(shape: power.shape, values: S.truncating(power.values)))
    }
  }

  private func whole(_ p: Int, _ q: Int) throws(NodeFault) -> Int {
    switch kind {
    case .add: return p &+ q
    case .subtract: return p &- q
    case .multiply: return p &* q
    case .divide:
      guard q != 0 else { throw NodeFault("whole numbers are divided by 0") }
      return q == -1 ? 0 &- p : p / q
    case .power: return wholePower(p, q)
    case .least: return min(p, q)
    case .greatest: return max(p, q)
    case .remainder(let signOfDividend):
      guard q != 0 else { throw NodeFault("whole numbers are divided by 0") }
      guard q != -1 else { return 0 }
      let rest = p % q
      return !signOfDividend && rest != 0 && (rest < 0) != (q < 0) ? rest + q : rest
    case .mean: throw NodeFault("operands hold whole numbers; they must hold real ones")
    }
  }

  private func wholePower(_ base: Int, _ exponent: Int) -> Int {
    if exponent < 0 { return base == 1 ? 1 : (base == -1 ? (exponent & 1 == 0 ? 1 : -1) : 0) }
    var (result, square, rest) = (1, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result = result &* square }
      square = square &* square
      rest >>= 1
    }
    return result
  }

  func partials<S>(at site: Site<S>, wanted: [Bool]) throws(NodeFault) -> [Partial<S>?] {
    let operands = site.operands
    switch kind {
    case .add: return wanted.map { _ in .constant(1) }
    case .mean: return wanted.map { _ in .constant(1 / S(operands.count)) }
    case .subtract: return [.constant(1), .constant(-1)]
    case .multiply:
      return [
        wanted[0] ? .array(try operands.real(1)) : nil,
        wanted.count > 1 && wanted[1] ? .array(try operands.real(0)) : nil,
      ]
    case .divide:
      let (x, y) = (try operands.real(0), try operands.real(1))
      return [
        wanted[0]
          ? .array(NDArray(shape: y.shape) { S.kernels.map(Int32(FBK_RECIPROCAL), y.count, y.values, $0, 0, 0) }) : nil,
        wanted[1] ? .array(try combine(Int32(FBK_DIV_BY_SECOND), x, y)) : nil,
      ]
    case .power:
      let x = try operands.real(0)
      let y: NDArray<S> =
        if case .whole(let array) = try operands.value(1) {
          NDArray(shape: array.shape, values: S.converting(whole: array.values))
        } else { try operands.real(1) }
      return [
        wanted[0] ? .array(try combine(Int32(FBK_POW_BY_FIRST), x, y)) : nil,
        wanted[1] ? .array(try combine(Int32(FBK_POW_BY_SECOND), x, y)) : nil,
      ]
    case .remainder: return try remainderPartials(operands, wanted: wanted)
    case .least, .greatest: return try shares(at: site, wanted: wanted)
    }
  }

  /// d(x mod y) = dx − floor(x / y) dy.
  private func remainderPartials<S>(_ operands: Operands<S>, wanted: [Bool]) throws(NodeFault) -> [Partial<S>?] {
    guard wanted[1] else { return [.constant(1), nil] }
    let (x, y) = (try operands.real(0), try operands.real(1))
    let rest = try combine(kernel, x, y)
    let multiple = try combine(Int32(FBK_DIV), try combine(Int32(FBK_SUB), rest, x), y)
    return [.constant(1), .array(multiple)]
  }

  /// Each operand's share in the extreme: 1 over the number of operands that reach it, 0 where it does not.
  private func shares<S>(at site: Site<S>, wanted: [Bool]) throws(NodeFault) -> [Partial<S>?] {
    guard case .real(let extreme) = site.results[0] else { throw NodeFault("the result holds whole numbers") }
    var reaches: [NDArray<S>] = []
    var total = NDArray<S>(shape: [], values: [0])
    for position in wanted.indices {
      let mask = try combine(Int32(FBK_EQUAL), try site.operands.real(position), extreme)
      total = try combine(Int32(FBK_ADD), total, mask)
      reaches.append(mask)
    }
    var result: [Partial<S>?] = []
    for position in wanted.indices {
      result.append(wanted[position] ? .array(try combine(Int32(FBK_DIV), reaches[position], total)) : nil)
    }
    return result
  }

  static let builders: [String: OperationCatalog.Builder] = {
    let plain: [(String, Kind)] = [
      ("Add", .add), ("Sub", .subtract), ("Mul", .multiply), ("Div", .divide), ("Pow", .power), ("Sum", .add),
      ("Min", .least), ("Max", .greatest), ("Mean", .mean),
    ]
    var all: [String: OperationCatalog.Builder] = [:]
    for (name, kind) in plain {
      all[name] = { _ in Arithmetic(kind: kind) }
    }
    all["Mod"] = { given in
      Arithmetic(kind: .remainder(signOfDividend: try given.flag("fmod", default: false)))
    }
    return all
  }()
}

extension Arithmetic: KinkedOperation {
  var tieRule: String? {
    switch kind {
    case .least, .greatest: Self.evenRule
    default: nil
    }
  }

  /// Results that more than one operand reaches.
  func kinkCount<S>(at site: Site<S>) throws(NodeFault) -> Int {
    guard tieRule != nil, case .real(let extreme) = site.results[0] else { return 0 }
    var total = NDArray<S>(shape: [], values: [0])
    for position in 0..<site.operands.count {
      total = try combine(
        Int32(FBK_ADD), total, try combine(Int32(FBK_EQUAL), try site.operands.real(position), extreme))
    }
    return total.values.count { $0 > 1 }
  }
}

/// f(x, y) elementwise, with broadcasting.
func combine<S>(_ kind: Int32, _ x: NDArray<S>, _ y: NDArray<S>) throws(NodeFault) -> NDArray<S> {
  let shape = try broadcastShape([x.shape, y.shape])
  let loop = StridedLoop(
    extents: shape, strides: [broadcastStrides(x.shape, to: shape), broadcastStrides(y.shape, to: shape)])
  return NDArray(shape: shape) { loop.combine(kind, x.values, y.values, into: $0) }
}

/// f(x, y) elementwise over whole numbers, with broadcasting.
func combineWhole(
  _ x: WholeArray, _ y: WholeArray, _ function: (Int, Int) throws(NodeFault) -> Int
) throws(NodeFault) -> WholeArray {
  let shape = try broadcastShape([x.shape, y.shape])
  _ = try wholeCount(shape)
  let left = offsets(of: x.shape, in: shape)
  let right = offsets(of: y.shape, in: shape)
  var values: [Int] = []
  values.reserveCapacity(left.count)
  for (p, q) in zip(left, right) { values.append(try function(x.values[p], y.values[q])) }
  return WholeArray(shape: shape, values: values)
}

/// Where each element of a broadcast result is found in an array of `shape`.
func offsets(of shape: [Int], in extents: [Int]) -> [Int] {
  offsets(extents: extents, start: 0, strides: broadcastStrides(shape, to: extents))
}

/// The offsets a strided walk visits, in C order.
func offsets(extents: [Int], start: Int, strides: [Int]) -> [Int] {
  var result = [start]
  for (extent, stride) in zip(extents, strides) {
    result = result.flatMap { first in (0..<extent).map { first + $0 * stride } }
  }
  return result
}
