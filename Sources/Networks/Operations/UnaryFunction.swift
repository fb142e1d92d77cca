import CKernels

/// A function applied to each element: exponentials, trigonometry, activations.
struct UnaryFunction: PointwiseOperation {
  let kind: Int32
  var a = 0.0
  var b = 0.0

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    if case .whole(var array) = try operands.value(0) {
      switch kind {
      case Int32(FBK_ABS): array.values = array.values.map { $0 < 0 ? 0 &- $0 : $0 }
      case Int32(FBK_NEG): array.values = array.values.map { 0 &- $0 }
      case Int32(FBK_SIGN): array.values = array.values.map { $0.signum() }
      case Int32(FBK_RELU): array.values = array.values.map { max(0, $0) }
      default: _ = try operands.real(0)
      }
      return [.whole(array)]
    }
    let x = try operands.real(0)
    return [.real(each(of: x, S.kernels.map))]
  }

  private func each<S>(
    of x: NDArray<S>, _ kernel: (Int32, Int, UnsafePointer<S>, UnsafeMutablePointer<S>, Double, Double) -> Void
  ) -> NDArray<S> {
    NDArray(shape: x.shape) { target in
      x.values.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress else { return }
        Processors.share(x.count, grain: 1 << 12) {
          kernel(kind, $0.count, source + $0.lowerBound, target + $0.lowerBound, a, b)
        }
      }
    }
  }

  func partials<S>(at site: Site<S>, wanted: [Bool]) throws(NodeFault) -> [Partial<S>?] {
    let x = try site.operands.real(0)
    return [.array(each(of: x, S.kernels.slope))]
  }

  static let builders: [String: OperationCatalog.Builder] = {
    let plain: [String: Int] = [
      "Exp": FBK_EXP, "Log": FBK_LOG, "Sqrt": FBK_SQRT, "Reciprocal": FBK_RECIPROCAL, "Abs": FBK_ABS, "Neg": FBK_NEG,
      "Sin": FBK_SIN, "Cos": FBK_COS,
      "Tan": FBK_TAN, "Asin": FBK_ASIN, "Acos": FBK_ACOS, "Atan": FBK_ATAN, "Sinh": FBK_SINH, "Cosh": FBK_COSH,
      "Asinh": FBK_ASINH, "Acosh": FBK_ACOSH, "Atanh": FBK_ATANH, "Tanh": FBK_TANH, "Sigmoid": FBK_SIGMOID,
      "Erf": FBK_ERF, "Softplus": FBK_SOFTPLUS, "Softsign": FBK_SOFTSIGN, "Relu": FBK_RELU,
      "HardSwish": FBK_HARD_SWISH, "Mish": FBK_MISH,
    ].mapValues { Int($0) }
    var all: [String: OperationCatalog.Builder] = plain.mapValues { kind in
      { _ in UnaryFunction(kind: Int32(kind)) }
    }
    for (name, kind) in [("Sign", FBK_SIGN), ("Floor", FBK_FLOOR), ("Ceil", FBK_CEIL), ("Round", FBK_ROUND)] {
      all[name] = { _ in StepFunction(function: UnaryFunction(kind: Int32(kind))) }
    }
    func add(_ name: String, _ kind: Int, alpha: Double, _ second: String? = nil, _ beta: Double = 0) {
      all[name] = { given in
        UnaryFunction(
          kind: Int32(kind), a: try given.number("alpha", default: alpha),
          b: try second.map { (name) throws(NodeFault) in try given.number(name, default: beta) } ?? 0)
      }
    }
    add("LeakyRelu", Int(FBK_LEAKY_RELU), alpha: 0.01)
    add("ThresholdedRelu", Int(FBK_THRESHOLDED_RELU), alpha: 1)
    add("Elu", Int(FBK_ELU), alpha: 1)
    add("Celu", Int(FBK_CELU), alpha: 1)
    add("Swish", Int(FBK_SILU), alpha: 1)
    add("Selu", Int(FBK_SELU), alpha: 1.67326319217681884765625, "gamma", 1.05070102214813232421875)
    add("HardSigmoid", Int(FBK_HARD_SIGMOID), alpha: Double(Float(0.2)), "beta", 0.5)
    all["Gelu"] = { given in
      switch try given.text("approximate") ?? "none" {
      case "none": return UnaryFunction(kind: Int32(FBK_GELU))
      case "tanh": return UnaryFunction(kind: Int32(FBK_GELU_TANH))
      case let other: throw NodeFault("attribute 'approximate' is '\(other)'; it must be 'none' or 'tanh'")
      }
    }
    return all
  }()
}

/// A function that is constant between its jumps: rounding, and the sign.
struct StepFunction: FlatOperation {
  let function: UnaryFunction

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] { try function.values(of: operands) }
}

extension UnaryFunction: KinkedOperation {
  /// Where the slope jumps.
  private var kinks: [Double] {
    switch Int(kind) {
    case Int(FBK_RELU), Int(FBK_ABS): [0]
    case Int(FBK_LEAKY_RELU), Int(FBK_ELU), Int(FBK_SELU): a == 1 ? [] : [0]
    case Int(FBK_THRESHOLDED_RELU): [a]
    case Int(FBK_HARD_SIGMOID): a == 0 ? [] : [-b / a, (1 - b) / a]
    case Int(FBK_HARD_SWISH): [-3, 3]
    default: []
    }
  }

  var tieRule: String? {
    guard !kinks.isEmpty else { return nil }
    return switch Int(kind) {
    case Int(FBK_LEAKY_RELU), Int(FBK_ELU), Int(FBK_SELU): Self.lowerRule
    case Int(FBK_HARD_SWISH): "that of values between -3 and 3"
    default: "0"
    }
  }

  func kinkCount<S>(at site: Site<S>) throws(NodeFault) -> Int {
    guard case .real(let x)? = site.operands[0] else { return 0 }
    return kinks.reduce(0) { count, kink in count + x.values.count { $0 == S(kink) } }
  }
}
