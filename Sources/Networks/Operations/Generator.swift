import Checkpoints

/// Arrays made from nothing but shapes and bounds.
struct Generator: FlatOperation {
  enum Kind: Sendable {
    case constant(Tensor)
    case numbers([Double], isScalar: Bool)
    case integers([Int], isScalar: Bool)
    case filled(Tensor?)
    case range
    case diagonal(offset: Int, type: Conversion.Target?)
  }
  let kind: Kind

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    switch kind {
    case .constant(let tensor): return [try tensor.value()]
    case .numbers(let numbers, let isScalar):
      return [.real(NDArray(shape: isScalar ? [] : [numbers.count], values: S.converting(numbers)))]
    case .integers(let integers, let isScalar):
      return [.whole(WholeArray(shape: isScalar ? [] : [integers.count], values: integers))]
    case .filled(let tensor):
      let shape = try operands.whole(0).values
      for extent in shape where extent < 0 { throw NodeFault("extent \(extent) is negative") }
      _ = try elementCount(shape)
      let entry: Value<S> = try tensor?.value() ?? .real(NDArray(shape: [1], values: [0]))
      guard entry.count == 1 else { throw NodeFault("attribute 'value' holds \(entry.count) numbers; it must hold 1") }
      switch entry {
      case .real(let array): return [.real(NDArray(shape: shape, repeating: array.values[0]))]
      case .whole(let array):
        let values = [Int](repeating: array.values[0], count: try wholeCount(shape))
        return [.whole(WholeArray(shape: shape, values: values, isBoolean: array.isBoolean))]
      }
    case .diagonal(let offset, let type): return [try diagonal(try operands.value(0), offset: offset, type)]
    case .range: return [try range(try operands.value(0), try operands.value(1), try operands.value(2))]
    }
  }

  /// 1 on a diagonal of a matrix of the operand's shape, else 0.
  private func diagonal<S>(_ like: Value<S>, offset: Int, _ type: Conversion.Target?) throws(NodeFault) -> Value<S> {
    guard like.shape.count == 2 else { throw NodeFault("\(like.shape.written) is no matrix") }
    let (rows, columns) = (like.shape[0], like.shape[1])
    var values = [Int](repeating: 0, count: try wholeCount(like.shape))
    let start = min(max(offset, -rows), columns)
    for row in 0..<rows where row + start >= 0 && row + start < columns { values[row * columns + row + start] = 1 }
    let result = WholeArray(shape: like.shape, values: values)
    guard let type else {
      if case .whole = like { return .whole(result) }
      return .real(NDArray(shape: result.shape, values: S.converting(whole: values)))
    }
    let converted = try Conversion(target: type).values(of: Operands<S>(values: [.whole(result)]))
    return converted[0]
  }

  private func range<S>(_ start: Value<S>, _ limit: Value<S>, _ step: Value<S>) throws(NodeFault) -> Value<S> {
    guard start.count == 1, limit.count == 1, step.count == 1 else {
      throw NodeFault("start, limit and step must be single numbers")
    }
    switch (start, limit, step) {
    case (.real(let first), .real(let last), .real(let each)):
      let length = ((last.values[0] - first.values[0]) / each.values[0]).rounded(.up)
      guard length.isFinite, length <= S(largestElementCount) else {
        throw NodeFault("a range of \(length) numbers is asked for")
      }
      let count = Int(max(0, length))
      return .real(NDArray(shape: [count], values: (0..<count).map { first.values[0] + S($0) * each.values[0] }))
    case (.whole(let first), .whole(let last), .whole(let each)):
      let step = each.values[0]
      guard step != 0 else { throw NodeFault("a step of 0 is asked for") }
      let (span, overflows) = last.values[0].subtractingReportingOverflow(first.values[0])
      guard !overflows, span.magnitude / step.magnitude <= UInt(largestElementCount / 4) else {
        throw NodeFault(
          "a range from \(first.values[0]) to \(last.values[0]) is beyond the limit of \(largestElementCount / 4)")
      }
      let count = (span > 0) == (step > 0) && span != 0 ? Int((span.magnitude - 1) / step.magnitude) + 1 : 0
      return .whole(WholeArray(shape: [count], values: (0..<count).map { first.values[0] + $0 * step }))
    default: throw NodeFault("operands are real and whole numbers; they must be alike")
    }
  }

  static let builders: [String: OperationCatalog.Builder] = [
    "Constant": { given in
      if let tensor = try given.tensor("value") { return Generator(kind: .constant(tensor)) }
      if given.values["value_float"] != nil {
        return Generator(kind: .numbers([try given.number("value_float", default: 0)], isScalar: true))
      }
      if let numbers = try given.numbers("value_floats") { return Generator(kind: .numbers(numbers, isScalar: false)) }
      if let integer = try given.integer("value_int") { return Generator(kind: .integers([integer], isScalar: true)) }
      if let integers = try given.integers("value_ints") {
        return Generator(kind: .integers(integers, isScalar: false))
      }
      throw NodeFault("the constant has no value of a known kind")
    },
    "ConstantOfShape": { given in
      Generator(kind: .filled(try given.tensor("value")))
    },
    "Range": { _ in Generator(kind: .range) },
    "EyeLike": { given in
      let type = try given.integer("dtype").map { (code) throws(NodeFault) in try Conversion.Target(elementType: code) }
      return Generator(kind: .diagonal(offset: try given.integer("k", default: 0), type: type))
    },
  ]
}

extension Tensor {
  /// The tensor as the graph computes with it: real numbers in the evaluation's precision, or whole numbers.
  func value<S: NetworkScalar>() throws(NodeFault) -> Value<S> {
    do throws(CheckpointError) {
      if elementType.isInteger {
        return .whole(WholeArray(shape: shape, values: try integers(), isBoolean: elementType == .bool))
      }
      guard [.f32, .f64, .f16, .bf16].contains(elementType) else {
        throw CheckpointError.notReal(tensor: name, elementType)
      }
      if elementType == .f64 { return .real(NDArray(shape: shape, values: S.converting(try doubles()))) }
      return .real(NDArray(shape: shape, values: S.converting(try floats())))
    } catch .notReal {
      throw NodeFault("numbers of type \(elementType.rawValue) are not computed with")
    } catch {
      throw NodeFault(error.message)
    }
  }
}
