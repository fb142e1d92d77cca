import Checkpoints

/// Arrays made from nothing but shapes and bounds.
struct Generator: FlatOperation {
  enum Kind: Sendable {
    case constant(Tensor)
    case numbers([Float], isScalar: Bool)
    case integers([Int], isScalar: Bool)
    case filled(Tensor?)
    case range
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
      let count = try elementCount(shape)
      let entry: Value<S> = try tensor?.value() ?? .real(NDArray(shape: [1], values: [0]))
      guard entry.count == 1 else { throw NodeFault("attribute 'value' holds \(entry.count) numbers; it must hold 1") }
      switch entry {
      case .real(let array): return [.real(NDArray(shape: shape, repeating: array.values[0]))]
      case .whole(let array):
        return [
          .whole(
            WholeArray(
              shape: shape, values: [Int](repeating: array.values[0], count: count), isBoolean: array.isBoolean))
        ]
      }
    case .range: return [try range(try operands.value(0), try operands.value(1), try operands.value(2))]
    }
  }

  private func range<S>(_ start: Value<S>, _ limit: Value<S>, _ step: Value<S>) throws(NodeFault) -> Value<S> {
    guard start.count == 1, limit.count == 1, step.count == 1 else { throw NodeFault("start, limit and step must be single numbers") }
    switch (start, limit, step) {
    case (.real(let first), .real(let last), .real(let each)):
      let length = ((last.values[0] - first.values[0]) / each.values[0]).rounded(.up)
      guard length.isFinite, length <= S(largestElementCount) else { throw NodeFault("a range of \(length) numbers is asked for") }
      let count = max(0, Int(length))
      return .real(NDArray(shape: [count], values: (0..<count).map { first.values[0] + S($0) * each.values[0] }))
    case (.whole(let first), .whole(let last), .whole(let each)):
      let step = each.values[0]
      guard step != 0, step != Int.min else { throw NodeFault("a step of \(step) is asked for") }
      let (span, overflows) = last.values[0].subtractingReportingOverflow(first.values[0])
      guard !overflows, abs(span / step) <= largestElementCount else {
        throw NodeFault("a range from \(first.values[0]) to \(last.values[0]) is beyond the limit of \(largestElementCount)")
      }
      let count = (span > 0) == (step > 0) && span != 0 ? (abs(span) + abs(step) - 1) / abs(step) : 0
      return .whole(WholeArray(shape: [count], values: (0..<count).map { first.values[0] + $0 * step }))
    default: throw NodeFault("operands are real and whole numbers; they must be alike")
    }
  }

  static let builders: [String: OperationCatalog.Builder] = [
    "Constant": { given in
      if let tensor = try given.tensor("value") { return Generator(kind: .constant(tensor)) }
      if given.values["value_float"] != nil {
        return Generator(kind: .numbers([Float(try given.number("value_float", default: 0))], isScalar: true))
      }
      if let numbers = try given.numbers("value_floats") { return Generator(kind: .numbers(numbers, isScalar: false)) }
      if let integer = try given.integer("value_int") { return Generator(kind: .integers([integer], isScalar: true)) }
      if let integers = try given.integers("value_ints") { return Generator(kind: .integers(integers, isScalar: false)) }
      throw NodeFault("the constant has no value of a known kind")
    },
    "ConstantOfShape": { given in
      Generator(kind: .filled(try given.tensor("value")))
    },
    "Range": { _ in Generator(kind: .range) },
  ]
}

extension Tensor {
  /// The tensor as the graph computes with it: real numbers in the evaluation's precision, or whole numbers.
  func value<S: NetworkScalar>() throws(NodeFault) -> Value<S> {
    let count = elementCount
    func load<T>(_ type: T.Type) -> [T] {
      bytes.withUnsafeBytes { raw in
        (0..<count).map { raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.stride, as: type) }
      }
    }
    func real<T: NetworkScalar>(_ values: [T]) -> Value<S> { .real(NDArray(shape: shape, values: S.converting(values))) }
    func whole<T: FixedWidthInteger>(_ values: [T]) -> Value<S> {
      .whole(WholeArray(shape: shape, values: values.map { Int(truncatingIfNeeded: $0) }))
    }
    switch elementType {
    case .f32:
      let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
        initialized = count
      }
      return real(values)
    case .f64: return real(load(Double.self))
    case .f16: return real(load(UInt16.self).map(halfPrecision))
    case .bf16: return real(load(UInt16.self).map { Float(bitPattern: UInt32($0) << 16) })
    case .i64: return whole(load(Int64.self))
    case .i32: return whole(load(Int32.self))
    case .i16: return whole(load(Int16.self))
    case .i8: return whole(load(Int8.self))
    case .u64: return whole(load(UInt64.self))
    case .u32: return whole(load(UInt32.self))
    case .u16: return whole(load(UInt16.self))
    case .u8: return whole(load(UInt8.self))
    case .bool:
      return .whole(WholeArray(shape: shape, values: load(UInt8.self).map { $0 != 0 ? 1 : 0 }, isBoolean: true))
    default: throw NodeFault("numbers of type \(elementType.rawValue) are not computed with")
    }
  }
}

/// A number from its 16 bits: sign, 5 bits of exponent, 10 of significand.
private func halfPrecision(_ bits: UInt16) -> Float {
  let sign: Float = bits >> 15 == 0 ? 1 : -1
  let exponent = Int(bits >> 10) & 0x1F
  let significand = Float(bits & 0x3FF)
  switch exponent {
  case 0: return sign * significand * 0x1p-24
  case 31: return significand == 0 ? sign * .infinity : .nan
  default: return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + significand * 0x1p-10)
  }
}
