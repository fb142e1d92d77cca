import Foundation

extension ExportLowering {
  /// Functions of single numbers, and changes of type.
  static let functionRules: [String: Rule] = {
    var rules: [String: Rule] = [:]
    func add(_ names: [String], _ rule: @escaping Rule) { for name in names { rules["aten.\(name)"] = rule } }
    let plain = [
      "log": "Log", "sqrt": "Sqrt", "sin": "Sin", "cos": "Cos", "tan": "Tan", "asin": "Asin", "acos": "Acos",
      "atan": "Atan", "sinh": "Sinh", "cosh": "Cosh", "asinh": "Asinh", "acosh": "Acosh", "atanh": "Atanh",
      "tanh": "Tanh", "sigmoid": "Sigmoid", "erf": "Erf", "silu": "Swish", "mish": "Mish", "hardswish": "HardSwish",
      "softsign": "Softsign",
    ]
    for (name, operation) in plain {
      add(["\(name).default"]) { call throws(NetworkError) in
        [call.result(call.emit(operation, [try call.realArgument().name]))]
      }
    }
    // These are defined for whole numbers too.
    let alike = [
      "relu": "Relu", "sign": "Sign", "sgn": "Sign", "floor": "Floor", "ceil": "Ceil", "round": "Round",
    ]
    for (name, operation) in alike {
      add(["\(name).default"]) { call throws(NetworkError) in
        let x = try call.tensor("self")
        guard x.kind != .complex else { throw call.fault("complex numbers are not taken") }
        if x.kind == .whole, ["Floor", "Ceil", "Round"].contains(operation) { return [x] }
        return [call.result(call.emit(operation, [x.name]), x.kind)]
      }
    }
    add(["neg.default"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      return [call.result(call.emit("Neg", [x.name]), x.kind)]
    }
    add(["trunc.default", "fix.default"]) { call throws(NetworkError) in [call.truncated(try call.realArgument())] }
    add(["reciprocal.default"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      guard x.kind != .complex else { return [call.complexQuotient(call.constant(1.0), x)] }
      return [call.result(call.emit("Reciprocal", [call.cast(x, to: .real).name]))]
    }
    add(["rsqrt.default"]) { call throws(NetworkError) in
      [call.result(call.emit("Reciprocal", [call.emit("Sqrt", [try call.realArgument().name])]))]
    }
    add(["log1p.default", "expm1.default"]) { call throws(NetworkError) in
      let (x, one) = (try call.realArgument(), call.constant(1.0))
      if call.target == "aten.log1p.default" {
        return [call.result(call.emit("Log", [call.binary("Add", x, one).name]))]
      }
      return [call.binary("Sub", call.result(call.emit("Exp", [x.name])), one)]
    }
    add(["log2.default", "log10.default"]) { call throws(NetworkError) in
      let log = call.result(call.emit("Log", [try call.realArgument().name]))
      return [
        call.binary(
          "Div", log, call.constant(call.target == "aten.log2.default" ? Foundation.log(2) : Foundation.log(10)))
      ]
    }
    add(["exp2.default"]) { call throws(NetworkError) in
      [call.binary("Pow", call.constant(2.0), try call.realArgument())]
    }
    add(["gelu.default"]) { call throws(NetworkError) in
      let kind = try call.text("approximate", default: "none")
      return [call.result(call.emit("Gelu", [try call.realArgument().name], ["approximate": .text(kind)]))]
    }
    add(["leaky_relu.default"]) { call throws(NetworkError) in
      let slope = try call.number("negative_slope", default: 0.01)
      return [call.result(call.emit("LeakyRelu", [try call.realArgument().name], ["alpha": .number(slope)]))]
    }
    add(["elu.default"]) { call throws(NetworkError) in
      let (scale, inner) = (try call.number("scale", default: 1), try call.number("input_scale", default: 1))
      guard scale == 1, inner == 1 else { throw call.fault("'scale' and 'input_scale' must be 1") }
      let alpha = try call.number("alpha", default: 1)
      return [call.result(call.emit("Elu", [try call.realArgument().name], ["alpha": .number(alpha)]))]
    }
    add(["selu.default"]) { call throws(NetworkError) in
      let attributes: [String: Attributes.Value] = [
        "alpha": .number(1.6732632423543772848170429916717), "gamma": .number(1.0507009873554804934193349852946),
      ]
      return [call.result(call.emit("Selu", [try call.realArgument().name], attributes))]
    }
    add(["celu.default"]) { call throws(NetworkError) in
      let alpha = try call.number("alpha", default: 1)
      return [call.result(call.emit("Celu", [try call.realArgument().name], ["alpha": .number(alpha)]))]
    }
    add(["hardsigmoid.default"]) { call throws(NetworkError) in
      let attributes: [String: Attributes.Value] = ["alpha": .number(1.0 / 6), "beta": .number(0.5)]
      return [call.result(call.emit("HardSigmoid", [try call.realArgument().name], attributes))]
    }
    add(["softplus.default"]) { call throws(NetworkError) in
      let x = try call.realArgument()
      let (beta, threshold) = (try call.number("beta", default: 1), try call.number("threshold", default: 20))
      let scaled = beta == 1 ? x : call.binary("Mul", x, call.constant(beta))
      var soft = call.result(call.emit("Softplus", [scaled.name]))
      if beta != 1 { soft = call.binary("Div", soft, call.constant(beta)) }
      // PyTorch goes on linearly, which is not the same in double precision.
      let isLinear = call.emit("Greater", [scaled.name, call.constant(threshold).name])
      return [call.result(call.emit("Where", [isLinear, x.name, soft.name]))]
    }
    add(["log_sigmoid.default", "logsigmoid.default"]) { call throws(NetworkError) in
      let flipped = call.emit("Neg", [try call.realArgument().name])
      return [call.result(call.emit("Neg", [call.emit("Softplus", [flipped])]))]
    }
    add(["glu.default"]) { call throws(NetworkError) in
      let x = try call.realArgument()
      let axis = try call.axis(of: x, default: -1)
      let halves = call.emit("Split", [x.name], ["axis": .integer(axis), "num_outputs": .integer(2)], results: 2)
      return [call.result(call.emit("Mul", [halves[0], call.emit("Sigmoid", [halves[1]])]))]
    }
    for (name, operation) in [
      ("softmax.int", "Softmax"), ("_softmax.default", "Softmax"), ("_safe_softmax.default", "Softmax"),
      ("log_softmax.int", "LogSoftmax"), ("_log_softmax.default", "LogSoftmax"),
    ] {
      add([name]) { call throws(NetworkError) in
        let x = try call.realArgument()
        return [call.result(call.emit(operation, [x.name], ["axis": .integer(try call.axis(of: x))]))]
      }
    }
    add([
      "clone.default", "contiguous.default", "detach.default", "detach_.default", "alias.default",
      "lift_fresh_copy.default",
      "lift_fresh.default", "positive.default", "resolve_conj.default", "resolve_neg.default", "detach_copy.default",
    ]) { call throws(NetworkError) in [try call.tensor("self")] }
    add([
      "to.dtype", "to.dtype_layout", "to.device", "to.other", "_to_copy.default", "type_as.default",
      "_cast_Float.default", "_cast_Double.default",
    ]) { call throws(NetworkError) in [try call.tensor("self", as: try call.resultKind())] }
    add(["dropout.default", "feature_dropout.default", "alpha_dropout.default"]) { call throws(NetworkError) in
      let trains = try call.flag("train")
      guard !trains else { throw call.trainingFault() }
      return [try call.tensor("input")]
    }
    return rules
  }()

  func trainingFault() -> NetworkError {
    fault("it is in training mode; export the model in evaluation mode")
  }

  /// The first argument, which must be no complex one, as real numbers.
  mutating func realArgument(_ name: String = "self") throws(NetworkError) -> Term {
    let x = try tensor(name)
    guard x.kind != .complex else { throw fault("complex numbers are not taken") }
    return cast(x, to: .real)
  }

  /// Questions about numbers, and choices by the answers.
  static let comparisonRules: [String: Rule] = {
    var rules: [String: Rule] = [:]
    func add(_ names: [String], _ rule: @escaping Rule) { for name in names { rules["aten.\(name)"] = rule } }
    for (name, operation) in [
      ("eq", "Equal"), ("lt", "Less"), ("le", "LessOrEqual"), ("gt", "Greater"), ("ge", "GreaterOrEqual"),
    ] {
      add(["\(name).Scalar", "\(name).Tensor"]) { call throws(NetworkError) in try call.compared(operation) }
    }
    add(["ne.Scalar", "ne.Tensor"]) { call throws(NetworkError) in
      let equal = try call.compared("Equal")[0]
      return [call.result(call.emit("Not", [equal.name]), .boolean)]
    }
    for (name, operation) in [
      ("logical_and.default", "And"), ("logical_or.default", "Or"), ("logical_xor.default", "Xor"),
      ("bitwise_and.Tensor", "And"), ("bitwise_or.Tensor", "Or"), ("bitwise_xor.Tensor", "Xor"),
      ("__and__.Tensor", "And"), ("__or__.Tensor", "Or"),
    ] {
      add([name]) { call throws(NetworkError) in
        guard try call.resultKind() == .boolean else { throw call.fault("only truth values are combined") }
        let (x, y) = (try call.tensor("self", as: .boolean), try call.tensor("other", as: .boolean))
        return [call.result(call.emit(operation, [x.name, y.name]), .boolean)]
      }
    }
    add(["logical_not.default", "bitwise_not.default"]) { call throws(NetworkError) in
      guard try call.resultKind() == .boolean else { throw call.fault("only truth values are combined") }
      return [call.result(call.emit("Not", [try call.tensor("self", as: .boolean).name]), .boolean)]
    }
    for (name, operation) in [("isnan", "IsNaN"), ("isinf", "IsInf")] {
      add(["\(name).default"]) { call throws(NetworkError) in
        [call.result(call.emit(operation, [try call.realArgument().name]), .boolean)]
      }
    }
    add(["where.self", "where.ScalarSelf", "where.ScalarOther", "where.Scalar"]) { call throws(NetworkError) in
      let kind = try call.resultKind()
      let condition = try call.tensor("condition", as: .boolean)
      let (x, y) = (try call.tensor("self", as: kind), try call.tensor("other", as: kind))
      return [call.chosen(condition, x, y, kind)]
    }
    add(["masked_fill.Scalar", "masked_fill.Tensor"]) { call throws(NetworkError) in
      let kind = try call.resultKind()
      let mask = try call.tensor("mask", as: .boolean)
      let (x, value) = (try call.tensor("self", as: kind), try call.tensor("value", as: kind))
      return [call.chosen(mask, value, x, kind)]
    }
    return rules
  }()

  private mutating func chosen(_ condition: Term, _ x: Term, _ y: Term, _ kind: Kind) -> Term {
    let mask = kind == .complex ? unsqueeze(condition.name, [-1]) : condition.name
    return result(emit("Where", [mask, x.name, y.name]), kind)
  }

  private mutating func compared(_ operation: String) throws(NetworkError) -> [Term] {
    let (x, y) = (try tensor("self"), try tensor("other"))
    let kind = x.kind.rawValue > y.kind.rawValue ? x.kind : y.kind
    guard kind != .complex else { throw fault("complex numbers are not compared") }
    return [result(emit(operation, [cast(x, to: kind).name, cast(y, to: kind).name]), .boolean)]
  }
}
