extension ExportLowering {
  /// Sums, products, quotients and powers, with PyTorch's promotion of kinds.
  static let arithmeticRules: [String: Rule] = {
    var rules: [String: Rule] = [:]
    func add(_ names: [String], _ rule: @escaping Rule) { for name in names { rules["aten.\(name)"] = rule } }
    add(["add.Tensor", "add.Scalar"]) { call throws(NetworkError) in try call.sum("Add", "self", "other") }
    add(["sub.Tensor", "sub.Scalar"]) { call throws(NetworkError) in try call.sum("Sub", "self", "other") }
    add(["rsub.Scalar", "rsub.Tensor"]) { call throws(NetworkError) in try call.sum("Sub", "other", "self") }
    add(["mul.Tensor", "mul.Scalar"]) { call throws(NetworkError) in
      let kind = try call.resultKind()
      let (x, y) = (try call.tensor("self"), try call.tensor("other"))
      if kind == .complex { return [call.complexProduct(x, y)] }
      return [call.binary("Mul", call.cast(x, to: kind), call.cast(y, to: kind))]
    }
    add(["div.Tensor", "div.Scalar", "true_divide.Tensor"]) { call throws(NetworkError) in
      let kind = try call.resultKind()
      let (x, y) = (try call.tensor("self"), try call.tensor("other"))
      if kind == .complex { return [call.complexQuotient(x, y)] }
      return [call.binary("Div", call.cast(x, to: kind), call.cast(y, to: kind))]
    }
    add(["div.Tensor_mode", "div.Scalar_mode", "floor_divide.default"]) { call throws(NetworkError) in
      let kind = try call.resultKind()
      let (x, y) = (try call.tensor("self", as: kind), try call.tensor("other", as: kind))
      let mode = call.target == "aten.floor_divide.default" ? "floor" : try call.text("rounding_mode", default: "")
      guard kind == .real || kind == .whole else { throw call.fault("a quotient of truth values is asked for") }
      if mode.isEmpty { return [call.binary("Div", x, y)] }
      guard mode == "floor" || mode == "trunc" else { throw call.fault("'rounding_mode' is '\(mode)'") }
      if kind == .whole {
        guard mode == "floor" else { return [call.binary("Div", x, y)] }
        let rest = call.binary("Mod", x, y)
        return [call.binary("Div", call.binary("Sub", x, rest), y)]
      }
      let quotient = call.binary("Div", x, y)
      return [mode == "floor" ? call.result(call.emit("Floor", [quotient.name])) : call.truncated(quotient)]
    }
    add(["remainder.Tensor", "remainder.Scalar", "fmod.Tensor", "fmod.Scalar"]) { call throws(NetworkError) in
      let kind = try call.resultKind()
      let (x, y) = (try call.tensor("self", as: kind), try call.tensor("other", as: kind))
      let takesDividend = call.target.hasPrefix("aten.fmod")
      return [call.result(call.emit("Mod", [x.name, y.name], ["fmod": .integer(takesDividend ? 1 : 0)]), kind)]
    }
    add(["pow.Tensor_Scalar", "pow.Tensor_Tensor", "pow.Scalar"]) { call throws(NetworkError) in
      let kind = try call.resultKind()
      if kind == .complex {
        let exponent = try call.integer("exponent")
        guard (1...16).contains(exponent) else { throw call.fault("complex numbers are raised to the powers 1 to 16") }
        let x = try call.tensor("self", as: .complex)
        return [(1..<exponent).reduce(x) { power, _ in call.complexProduct(power, x) }]
      }
      return [call.binary("Pow", try call.tensor("self", as: kind), try call.tensor("exponent", as: kind))]
    }
    add(["square.default"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      return [x.kind == .complex ? call.complexProduct(x, x) : call.binary("Mul", x, x)]
    }
    add(["addcmul.default", "addcdiv.default"]) { call throws(NetworkError) in
      let product = call.binary(
        call.target == "aten.addcmul.default" ? "Mul" : "Div", try call.tensor("tensor1", as: .real),
        try call.tensor("tensor2", as: .real))
      let scaled = call.binary("Mul", product, call.constant(try call.number("value", default: 1)))
      return [call.binary("Add", try call.tensor("self", as: .real), scaled)]
    }
    add(["lerp.Scalar", "lerp.Tensor"]) { call throws(NetworkError) in
      let start = try call.tensor("self", as: .real)
      let span = call.binary("Sub", try call.tensor("end", as: .real), start)
      return [call.binary("Add", start, call.binary("Mul", span, try call.tensor("weight", as: .real)))]
    }
    for (name, operation) in [("maximum", "Max"), ("minimum", "Min"), ("max", "Max"), ("min", "Min")] {
      add([name + (name.count > 3 ? ".default" : ".other")]) { call throws(NetworkError) in
        let kind = try call.resultKind()
        return [call.binary(operation, try call.tensor("self", as: kind), try call.tensor("other", as: kind))]
      }
    }
    add(["clamp.default", "clamp_min.default", "clamp_max.default", "hardtanh.default", "relu6.default"]) {
      call throws(NetworkError) in
      let kind = try call.resultKind()
      let x = try call.tensor("self", as: kind)
      var (low, high) = ("", "")
      if call.isGiven("min") { low = try call.tensor("min", as: kind).name }
      if call.isGiven("max") { high = try call.tensor("max", as: kind).name }
      if call.target == "aten.hardtanh.default" {
        low = call.constant(try call.number("min_val", default: -1)).name
        high = call.constant(try call.number("max_val", default: 1)).name
      } else if call.target == "aten.relu6.default" {
        (low, high) = (call.constant(0.0).name, call.constant(6.0).name)
      }
      return [call.result(call.emit("Clip", [x.name, low, high]), kind)]
    }
    add(["clamp.Tensor", "clamp_min.Tensor", "clamp_max.Tensor"]) { call throws(NetworkError) in
      let kind = try call.resultKind()
      var x = try call.tensor("self", as: kind)
      if call.isGiven("min") { x = call.binary("Max", x, try call.tensor("min", as: kind)) }
      if call.isGiven("max") { x = call.binary("Min", x, try call.tensor("max", as: kind)) }
      return [x]
    }
    return rules
  }()

  mutating func binary(_ operation: String, _ x: Term, _ y: Term) -> Term {
    Term(name: emit(operation, [x.name, y.name]), kind: x.kind, sizes: [])
  }

  func sizedLike(_ term: Term, _ name: String) -> Term { Term(name: name, kind: term.kind, sizes: term.sizes) }

  /// x ± alpha y.
  private mutating func sum(_ operation: String, _ first: String, _ second: String) throws(NetworkError) -> [Term] {
    let kind = try resultKind()
    let x = try tensor(first, as: kind)
    var y = try tensor(second, as: kind)
    if isGiven("alpha"), second == "other" || target.contains("rsub") {
      let alpha = try tensor("alpha", as: kind == .complex ? .real : kind)
      if target.contains("rsub") {
        let scaled = kind == .complex ? complexProduct(y, alpha) : binary("Mul", y, alpha)
        return [binary(operation, x, scaled)]
      }
      y = kind == .complex ? complexProduct(y, alpha) : binary("Mul", y, alpha)
    }
    return [binary(operation, x, y)]
  }

  /// Rounded towards 0.
  mutating func truncated(_ x: Term) -> Term {
    let size = emit("Floor", [emit("Abs", [x.name])])
    return result(emit("Mul", [emit("Sign", [x.name]), size]))
  }
}
