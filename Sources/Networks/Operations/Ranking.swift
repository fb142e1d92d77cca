/// Places of the largest or smallest entries along an axis: the first of equals (`ArgMax`, `ArgMin`), or the first `k`
/// with their values (`TopK`). NaN counts as the largest number.
struct Ranking: Sendable {
  var picksLargest: Bool
  /// Whether the last of equals is taken.
  var picksLast = false

  /// The entries of a line in the order asked for, as positions.
  private func ordered(_ line: [Double]) -> [Int] {
    func comesFirst(_ p: Int, _ q: Int) -> Bool {
      let (x, y) = (line[p], line[q])
      if x == y || (x.isNaN && y.isNaN) { return p < q }
      if x.isNaN || y.isNaN { return picksLargest ? x.isNaN : y.isNaN }
      return picksLargest ? x > y : x < y
    }
    return line.indices.sorted(by: comesFirst)
  }

  private func best(_ line: [Double]) -> Int {
    var best = 0
    for place in line.indices.dropFirst() {
      let (x, y) = (line[place], line[best])
      if picksLast, x == y {
        best = place
      } else if y.isNaN {
        continue
      } else if x.isNaN || (picksLargest ? x > y : x < y) {
        best = place
      }
    }
    return best
  }

  /// The numbers of a value; whole ones beyond 2⁵³ lose their last digits.
  private func numbers<S>(_ value: Value<S>) -> [Double] {
    switch value {
    case .real(let array): Double.converting(array.values)
    case .whole(let array): array.values.map { Double($0) }
    }
  }

  /// For each line along the axis the wanted positions: outer × count × inner.
  func positions<S>(_ value: Value<S>, axis: Int, count: Int?) -> [Int] {
    let shape = value.shape
    let (outer, extent) = (shape[..<axis].reduce(1, *), shape[axis])
    let inner = shape[(axis + 1)...].reduce(1, *)
    let all = numbers(value)
    let picked = count ?? 1
    var result = [Int](repeating: 0, count: outer * picked * inner)
    for block in 0..<outer {
      for column in 0..<inner {
        let line = (0..<extent).map { all[(block * extent + $0) * inner + column] }
        let order = count == nil ? [best(line)] : Array(ordered(line).prefix(picked))
        for (place, position) in order.enumerated() { result[(block * picked + place) * inner + column] = position }
      }
    }
    return result
  }

  static let builders: [String: OperationCatalog.Builder] = {
    var all: [String: OperationCatalog.Builder] = [:]
    for (name, largest) in [("ArgMax", true), ("ArgMin", false)] {
      all[name] = { given in
        ExtremePlace(
          ranking: Ranking(
            picksLargest: largest, picksLast: try given.flag("select_last_index", default: false)),
          axis: try given.integer("axis", default: 0), keepsAxis: try given.flag("keepdims", default: true))
      }
    }
    all["TopK"] = { given in
      let count = given.opset < 10 ? try given.integer("k") : nil
      guard given.opset >= 10 || count != nil else { throw NodeFault("attribute 'k' is missing") }
      return LargestEntries(
        ranking: Ranking(picksLargest: try given.flag("largest", default: true)),
        axis: try given.integer("axis", default: -1), count: count)
    }
    return all
  }()
}

/// Where the extreme is, along an axis.
struct ExtremePlace: FlatOperation {
  let ranking: Ranking
  let axis: Int
  let keepsAxis: Bool

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let value = try operands.value(0)
    var shape = value.shape
    let axis = try resolvedAxis(axis, rank: shape.count)
    guard shape[axis] > 0 else { throw NodeFault("there is no extreme of no numbers") }
    let positions = ranking.positions(value, axis: axis, count: nil)
    if keepsAxis { shape[axis] = 1 } else { shape.remove(at: axis) }
    return [.whole(WholeArray(shape: shape, values: positions))]
  }
}

/// The largest or smallest entries of an axis in order, and their places.
struct LargestEntries: ComposedOperation, KinkedOperation {
  let ranking: Ranking
  let axis: Int
  let count: Int?

  private func chosen<S>(_ operands: Operands<S>) throws(NodeFault) -> (axis: Int, index: WholeArray) {
    let value = try operands.value(0)
    let axis = try resolvedAxis(axis, rank: value.shape.count)
    let asked = try operands.optionalWhole(1)?.values
    guard let given = count ?? asked?.first else { throw NodeFault("the number of entries is missing") }
    guard given >= 0, given <= value.shape[axis] else {
      throw NodeFault("\(given) entries are asked for of the \(value.shape[axis]) of axis \(axis)")
    }
    var shape = value.shape
    shape[axis] = given
    let positions = given == 0 ? [] : ranking.positions(value, axis: axis, count: given)
    return (axis, WholeArray(shape: shape, values: positions))
  }

  func compose<S>(_ operands: [Trace<S>.Variable?], on trace: Trace<S>) throws(NodeFault) -> [Trace<S>.Variable] {
    guard let x = operands.first ?? nil else { throw NodeFault("operand 0 is missing") }
    let (axis, index) = try chosen(Operands<S>(values: operands.map { $0?.value }))
    let places = Trace<S>.Variable(.whole(index))
    return [try trace.apply(Gathering(kind: .elements(axis: axis)), x, places), places]
  }

  func isDifferentiable(operand: Int) -> Bool { operand == 0 }

  var tieRule: String? { Self.firstRule }

  /// Lines whose last chosen entry is as large as the first that is not.
  func kinkCount<S>(at site: Site<S>) throws(NodeFault) -> Int {
    guard case .real(let x)? = site.operands[0] else { return 0 }
    let (axis, index) = try chosen(site.operands)
    let (count, extent) = (index.shape[axis], x.shape[axis])
    guard count > 0, count < extent else { return 0 }
    let values = Double.converting(x.values)
    let inner = x.shape[(axis + 1)...].reduce(1, *)
    let next = ranking.positions(.real(x), axis: axis, count: count + 1)
    var kinks = 0
    for line in 0..<(x.count / extent) {
      let (block, column) = (line / inner, line % inner)
      func entry(_ place: Int) -> Double {
        values[(block * extent + next[(block * (count + 1) + place) * inner + column]) * inner + column]
      }
      if entry(count - 1) == entry(count) { kinks += 1 }
    }
    return kinks
  }
}
