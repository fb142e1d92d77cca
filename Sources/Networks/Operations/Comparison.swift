import CKernels

/// Questions about numbers and truth values; the answers have no derivative.
struct Comparison: FlatOperation {
  enum Kind: Sendable { case equal, less, lessOrEqual, greater, greaterOrEqual, and, or, xor, not, isNaN, isInfinite }
  let kind: Kind
  var takesNegative = true
  var takesPositive = true

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    switch kind {
    case .not:
      var array = try operands.whole(0)
      array.values = array.values.map { $0 == 0 ? 1 : 0 }
      array.isBoolean = true
      return [.whole(array)]
    case .isNaN, .isInfinite:
      let x = try operands.real(0)
      let values = Double.converting(x.values).map { value -> Int in
        if case .isNaN = kind { return value.isNaN ? 1 : 0 }
        return value.isInfinite && (value > 0 ? takesPositive : takesNegative) ? 1 : 0
      }
      return [.whole(WholeArray(shape: x.shape, values: values, isBoolean: true))]
    default: return [.whole(try compared(try operands.value(0), try operands.value(1)))]
    }
  }

  private func compared<S>(_ left: Value<S>, _ right: Value<S>) throws(NodeFault) -> WholeArray {
    switch (left, right) {
    case (.whole(let x), .whole(let y)):
      var result = try combineWhole(x, y) { (p, q) throws(NodeFault) in holds(p, q) ? 1 : 0 }
      result.isBoolean = true
      return result
    case (.real(let x), .real(let y)):
      let answer: NDArray<S> =
        switch kind {
        case .equal: try combine(Int32(FBK_EQUAL), x, y)
        case .less: try combine(Int32(FBK_LESS), x, y)
        case .lessOrEqual: try combine(Int32(FBK_LESS_EQUAL), x, y)
        case .greater: try combine(Int32(FBK_LESS), y, x)
        case .greaterOrEqual: try combine(Int32(FBK_LESS_EQUAL), y, x)
        default: throw NodeFault("operands hold real numbers; they must hold truth values")
        }
      return WholeArray(shape: answer.shape, values: S.truth(answer.values), isBoolean: true)
    default: throw NodeFault("operands are real and whole numbers; they must be alike")
    }
  }

  private func holds(_ p: Int, _ q: Int) -> Bool {
    switch kind {
    case .equal: p == q
    case .less: p < q
    case .lessOrEqual: p <= q
    case .greater: p > q
    case .greaterOrEqual: p >= q
    case .and: p != 0 && q != 0
    case .or: p != 0 || q != 0
    case .xor: (p != 0) != (q != 0)
    case .not, .isNaN, .isInfinite: false
    }
  }

  static let builders: [String: OperationCatalog.Builder] = {
    let plain: [(String, Kind)] = [
      ("Equal", .equal), ("Less", .less), ("LessOrEqual", .lessOrEqual), ("Greater", .greater),
      ("GreaterOrEqual", .greaterOrEqual), ("And", .and), ("Or", .or), ("Xor", .xor), ("Not", .not),
      ("IsNaN", .isNaN),
    ]
    var all: [String: OperationCatalog.Builder] = [:]
    for (name, kind) in plain {
      all[name] = { _ in Comparison(kind: kind) }
    }
    all["IsInf"] = { given in
      Comparison(
        kind: .isInfinite, takesNegative: try given.flag("detect_negative", default: true),
        takesPositive: try given.flag("detect_positive", default: true))
    }
    return all
  }()
}
