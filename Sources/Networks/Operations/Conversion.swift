/// The same numbers in another type. Real types are all the precision of the evaluation.
struct Conversion: Operation {
  enum Target: Sendable {
    case real, boolean, whole(bits: Int, isSigned: Bool)

    /// The target of ONNX's number for an element type.
    init(elementType code: Int) throws(NodeFault) {
      switch code {
      case 1, 10, 11, 16: self = .real
      case 9: self = .boolean
      case 2: self = .whole(bits: 8, isSigned: false)
      case 3: self = .whole(bits: 8, isSigned: true)
      case 4: self = .whole(bits: 16, isSigned: false)
      case 5: self = .whole(bits: 16, isSigned: true)
      case 6: self = .whole(bits: 32, isSigned: true)
      case 7, 13: self = .whole(bits: 64, isSigned: code == 7)
      case 12: self = .whole(bits: 32, isSigned: false)
      default:
        throw NodeFault("a cast to element type \(code) is asked for; it must be a whole, truth, float or double type")
      }
    }
  }
  let target: Target

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    switch (try operands.value(0), target) {
    case (.real(let x), .real): return [.real(x)]
    case (.real(let x), .boolean):
      return [.whole(WholeArray(shape: x.shape, values: S.truth(x.values), isBoolean: true))]
    case (.real(let x), .whole(let bits, let isSigned)):
      let values = S.truncating(x.values).map { wrapped($0, bits: bits, isSigned: isSigned) }
      return [.whole(WholeArray(shape: x.shape, values: values))]
    case (.whole(let x), .real): return [.real(NDArray(shape: x.shape, values: S.converting(whole: x.values)))]
    case (.whole(let x), .boolean):
      return [.whole(WholeArray(shape: x.shape, values: x.values.map { $0 != 0 ? 1 : 0 }, isBoolean: true))]
    case (.whole(let x), .whole(let bits, let isSigned)):
      return [.whole(WholeArray(shape: x.shape, values: x.values.map { wrapped($0, bits: bits, isSigned: isSigned) }))]
    }
  }

  private func wrapped(_ value: Int, bits: Int, isSigned: Bool) -> Int {
    guard bits < 64 else { return value }
    let shifted = value << (64 - bits)
    return isSigned ? shifted >> (64 - bits) : Int(UInt(bitPattern: shifted) >> UInt(64 - bits))
  }

  func pushForward<S>(_ directions: [Directions<S>?], at site: Site<S>) throws(NodeFault) -> [Directions<S>?] {
    if case (.real, .real) = (try site.operands.value(0), site.results[0]) { return [directions[0]] }
    return [nil]
  }

  func pullBack<S>(
    _ directions: [Directions<S>?], at site: Site<S>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<S>?] {
    if case (.real, .real) = (try site.operands.value(0), site.results[0]) { return [directions[0]] }
    return wanted.map { _ in nil }
  }

  /// Whether fractions are lost, and derivatives with them.
  var isFlat: Bool {
    if case .real = target { false } else { true }
  }

  func isDifferentiable(operand: Int) -> Bool { operand == 0 && !isFlat }

  static let builders: [String: OperationCatalog.Builder] = [
    "Cast": { given in
      guard let code = try given.integer("to") else { throw NodeFault("attribute 'to' is missing") }
      return Conversion(target: try Target(elementType: code))
    },
    "Dropout": { _ in Dropout() },
  ]
}

/// Nothing: in inference no entry is dropped. The second result, if named, says that all are kept.
struct Dropout: Operation {
  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let x = try operands.real(0)
    let kept = WholeArray(shape: x.shape, values: [Int](repeating: 1, count: x.count), isBoolean: true)
    return [.real(x), .whole(kept)]
  }

  func pushForward<S>(_ directions: [Directions<S>?], at site: Site<S>) throws(NodeFault) -> [Directions<S>?] {
    [directions[0], nil]
  }

  func pullBack<S>(
    _ directions: [Directions<S>?], at site: Site<S>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<S>?] {
    [directions[0]] + wanted.dropFirst().map { _ in nil }
  }

  func isDifferentiable(operand: Int) -> Bool { operand == 0 }
}
