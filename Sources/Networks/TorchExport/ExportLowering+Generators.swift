extension ExportLowering {
  /// Arrays made from nothing but shapes and bounds.
  static let generatorRules: [String: Rule] = {
    var rules: [String: Rule] = [:]
    func add(_ names: [String], _ rule: @escaping Rule) { for name in names { rules["aten.\(name)"] = rule } }
    add([
      "zeros.default", "ones.default", "full.default", "empty.memory_format", "new_zeros.default", "new_ones.default",
      "new_full.default",
    ]) { call throws(NetworkError) in
      try call.filled { call throws(NetworkError) in try call.shape(try call.sizes("size")) }
    }
    add(["zeros_like.default", "ones_like.default", "full_like.default"]) { call throws(NetworkError) in
      let x = try call.tensor("self")
      return try call.filled { call throws(NetworkError) in
        call.emit("Shape", [x.name], ["end": .integer(x.rank)])
      }
    }
    add(["scalar_tensor.default"]) { call throws(NetworkError) in
      [try call.tensor("s", as: try call.resultKind())]
    }
    add(["arange.default", "arange.start", "arange.start_step"]) { call throws(NetworkError) in
      let kind = try call.resultKind()
      guard kind == .real || kind == .whole else { throw call.fault("a range of numbers is needed") }
      let start = call.isGiven("start") ? try call.tensor("start", as: kind) : call.cast(call.constant(0), to: kind)
      let step = call.isGiven("step") ? try call.tensor("step", as: kind) : call.cast(call.constant(1), to: kind)
      let end = try call.tensor("end", as: kind)
      return [call.result(call.emit("Range", [start.name, end.name, step.name]), kind)]
    }
    add(["linspace.default"]) { call throws(NetworkError) in
      let steps = try call.integer("steps")
      guard (1...(1 << 20)).contains(steps) else { throw call.fault("\(steps) steps are asked for") }
      let (start, end) = (try call.number("start"), try call.number("end"))
      let width = steps > 1 ? (end - start) / Double(steps - 1) : 0
      return [call.constant((0..<steps).map { $0 == steps - 1 && steps > 1 ? end : start + width * Double($0) })]
    }
    return rules
  }()

  private mutating func filled(
    _ extents: (inout ExportLowering) throws(NetworkError) -> String
  ) throws(NetworkError) -> [Term] {
    let kind = try resultKind()
    let inner: Kind = kind == .complex ? .real : kind
    let value: Term
    if target.contains("full") {
      value = try tensor("fill_value", as: inner)
    } else {
      value = cast(constant(target.contains("ones") ? 1 : 0), to: inner)
    }
    let array = result(emit("Expand", [value.name, try extents(&self)]), inner)
    return [cast(array, to: kind)]
  }

  /// Numbers made of extents.
  static let symbolRules: [String: Rule] = {
    var rules: [String: Rule] = [:]
    // Assigned directly, such closures crash the compiler.
    func add(_ name: String, _ rule: @escaping Rule) { rules[name] = rule }
    add("aten.sym_size.int") { call throws(NetworkError) in
      let x = try call.tensor("self")
      let axis = try call.axis(of: x)
      let extent = call.emit("Shape", [x.name], ["start": .integer(axis), "end": .integer(axis + 1)])
      return [call.result(call.emit("Squeeze", [extent]), .whole)]
    }
    add("aten.sym_numel.default") { call throws(NetworkError) in
      let x = try call.tensor("self")
      guard x.kind != .complex else { throw call.fault("complex numbers are not taken") }
      return [call.result(call.emit("Size", [x.name]), .whole)]
    }
    for (name, operation) in [("add", "Add"), ("sub", "Sub"), ("mul", "Mul"), ("mod", "Mod")] {
      add("_operator.\(name)") { call throws(NetworkError) in
        let (x, y) = (try call.tensor("a", as: .whole), try call.tensor("b", as: .whole))
        return [call.result(call.emit(operation, [x.name, y.name]), .whole)]
      }
    }
    add("_operator.floordiv") { call throws(NetworkError) in
      let (x, y) = (try call.tensor("a", as: .whole), try call.tensor("b", as: .whole))
      let rest = call.emit("Mod", [x.name, y.name])
      return [call.result(call.emit("Div", [call.emit("Sub", [x.name, rest]), y.name]), .whole)]
    }
    add("_operator.neg") { call throws(NetworkError) in
      [call.result(call.emit("Neg", [try call.tensor("a", as: .whole).name]), .whole)]
    }
    for (name, operation) in [("sym_max", "Max"), ("sym_min", "Min")] {
      add("torch.\(name)") { call throws(NetworkError) in
        let (x, y) = (try call.tensor("a", as: .whole), try call.tensor("b", as: .whole))
        return [call.result(call.emit(operation, [x.name, y.name]), .whole)]
      }
    }
    return rules
  }()
}
