import Foundation

extension ExportLowering {
  /// Products of matrices, and attention.
  static let productRules: [String: Rule] = {
    var rules: [String: Rule] = [:]
    func add(_ names: [String], _ rule: @escaping Rule) { for name in names { rules["aten.\(name)"] = rule } }
    add(["linear.default"]) { call throws(NetworkError) in
      let (x, weight) = (try call.tensor("input"), try call.tensor("weight"))
      guard weight.rank == 2 else { throw call.fault("'weight' has \(weight.rank) axes; it must have 2") }
      var product = call.matrixProduct(x, call.turned(weight))
      guard let bias = try call.optionalTensor("bias") else { return [product] }
      if product.kind == .complex || bias.kind == .complex {
        product = call.cast(product, to: .complex)
        return [call.binary("Add", product, call.cast(bias, to: .complex))]
      }
      return [call.binary("Add", product, bias)]
    }
    for (name, first, second) in [
      ("mm.default", "self", "mat2"), ("bmm.default", "self", "mat2"), ("matmul.default", "self", "other"),
      ("mv.default", "self", "vec"), ("dot.default", "self", "tensor"),
    ] {
      add([name]) { call throws(NetworkError) in
        [call.matrixProduct(try call.tensor(first), try call.tensor(second))]
      }
    }
    for (name, first, second) in [
      ("addmm.default", "mat1", "mat2"), ("baddbmm.default", "batch1", "batch2"), ("addmv.default", "mat", "vec"),
    ] {
      add([name]) { call throws(NetworkError) in
        guard try call.resultKind() == .real else { throw call.fault("only real numbers are taken") }
        var product = call.matrixProduct(try call.tensor(first), try call.tensor(second))
        var start = try call.tensor("self")
        let (alpha, beta) = (try call.number("alpha", default: 1), try call.number("beta", default: 1))
        if alpha != 1 { product = call.binary("Mul", product, call.constant(alpha)) }
        if beta != 1 { start = call.binary("Mul", start, call.constant(beta)) }
        return [call.binary("Add", product, start)]
      }
    }
    add(["outer.default"]) { call throws(NetworkError) in
      let (x, y) = (try call.realArgument(), try call.tensor("vec2", as: .real))
      return [call.result(call.emit("Mul", [call.unsqueeze(x.name, [1]), call.unsqueeze(y.name, [0])]))]
    }
    add(["einsum.default"]) { call throws(NetworkError) in
      let equation = try call.text("equation", default: "").filter { $0 != " " }
      let operands = try call.allTensors("tensors")
      guard operands.contains(where: { $0.kind == .complex }) else {
        return [call.result(call.emit("Einsum", operands.map(\.name), ["equation": .text(equation)]))]
      }
      guard operands.count == 2 else { throw call.fault("complex numbers are taken in products of two") }
      return [
        call.bilinear(operands[0], operands[1]) { call, x, y in
          call.emit("Einsum", [x, y], ["equation": .text(equation)])
        }
      ]
    }
    add(["scaled_dot_product_attention.default"]) { call throws(NetworkError) in [try call.attention()] }
    return rules
  }()

  /// The last two axes exchanged.
  mutating func turned(_ x: Term) -> Term {
    var order = Array(0..<x.rank)
    if x.rank >= 2 { order.swapAt(x.rank - 1, x.rank - 2) }
    return ordered(x, order)
  }

  mutating func matrixProduct(_ x: Term, _ y: Term) -> Term {
    if x.kind == .complex || y.kind == .complex {
      return bilinear(x, y) { call, left, right in call.emit("MatMul", [left, right]) }
    }
    return result(emit("MatMul", [cast(x, to: .real).name, cast(y, to: .real).name]))
  }

  private mutating func attention() throws(NetworkError) -> Term {
    guard try !flag("enable_gqa") else { throw fault("'enable_gqa' must be false") }
    guard try number("dropout_p", default: 0) == 0 else { throw trainingFault() }
    let (q, k, v) = (try tensor("query"), try tensor("key"), try tensor("value"))
    guard q.rank >= 2, k.rank >= 2 else { throw fault("matrices are needed") }
    let scale: Double
    if isGiven("scale") {
      scale = try number("scale")
    } else {
      let width = try extent(q.rank - 1, of: q)
      guard width > 0 else { throw fault("the queries have no entries") }
      scale = 1 / Double(width).squareRoot()
    }
    var scores = emit("Mul", [emit("MatMul", [q.name, turned(k).name]), constant(scale).name])
    let infinity = constant(-Double.infinity)
    if try flag("is_causal") {
      let (rows, columns) = (range(q.name, q.rank - 2), range(k.name, k.rank - 2))
      let isSeen = emit("LessOrEqual", [unsqueeze(columns, [0]), unsqueeze(rows, [1])])
      scores = emit("Where", [isSeen, scores, infinity.name])
    }
    if let mask = try optionalTensor("attn_mask") {
      scores =
        mask.kind == .boolean
        ? emit("Where", [mask.name, scores, infinity.name]) : emit("Add", [scores, cast(mask, to: .real).name])
    }
    let weights = emit("Softmax", [scores], ["axis": .integer(-1)])
    return result(emit("MatMul", [weights, v.name]))
  }

  /// Sums, means, extremes and norms along axes.
  static let reductionRules: [String: Rule] = {
    var rules: [String: Rule] = [:]
    func add(_ names: [String], _ rule: @escaping Rule) { for name in names { rules["aten.\(name)"] = rule } }
    for (names, operation) in [
      (["sum.default", "sum.dim_IntList"], "ReduceSum"), (["mean.default", "mean.dim"], "ReduceMean"),
      (["amax.default", "max.default"], "ReduceMax"), (["amin.default", "min.default"], "ReduceMin"),
      (["logsumexp.default"], "ReduceLogSumExp"), (["prod.default", "prod.dim_int"], "ReduceProd"),
      (["any.default", "any.dim", "any.dims"], "ReduceMax"), (["all.default", "all.dim", "all.dims"], "ReduceMin"),
    ] {
      add(names) { call throws(NetworkError) in
        let kind = try call.resultKind()
        let x = try call.tensor("self", as: kind)
        let name = try call.reduced(operation, x, axes: try call.axes(of: x), keeps: try call.flag("keepdim"))
        return [call.result(name, kind)]
      }
    }
    add([
      "var.correction", "var.dim", "var.default", "std.correction", "std.dim", "std.default", "var_mean.correction",
      "std_mean.correction", "var_mean.dim", "std_mean.dim",
    ]) { call throws(NetworkError) in try call.spread() }
    add(["linalg_vector_norm.default", "norm.ScalarOpt_dim", "norm.Scalar"]) { call throws(NetworkError) in
      let x = try call.realArgument()
      let order = call.isGiven("ord") ? try call.number("ord") : try call.number("p", default: 2)
      guard order == 1 || order == 2 else { throw call.fault("norms of order 1 and 2 are computed, not \(order)") }
      let operation = order == 1 ? "ReduceL1" : "ReduceL2"
      return [call.result(try call.reduced(operation, x, axes: try call.axes(of: x), keeps: try call.flag("keepdim")))]
    }
    add(["cumsum.default"]) { call throws(NetworkError) in
      let kind = try call.resultKind()
      guard kind == .real || kind == .whole else { throw call.fault("real or whole numbers are needed") }
      let x = try call.tensor("self", as: kind)
      return [call.result(call.emit("CumSum", [x.name, call.constant(try call.axis(of: x)).name]), kind)]
    }
    add(["cumprod.default"]) { call throws(NetworkError) in
      let x = try call.realArgument()
      let axis = try call.axis(of: x)
      let count = try call.extent(axis, of: x)
      try call.checkRoom(for: 6 * count)
      guard count > 0 else { return [x] }
      var parts = [call.slice(x.name, axis: axis, from: 0, to: 1)]
      for index in 1..<max(1, count) {
        parts.append(call.emit("Mul", [parts[index - 1], call.slice(x.name, axis: axis, from: index, to: index + 1)]))
      }
      return [call.result(call.emit("Concat", parts, ["axis": .integer(axis)]))]
    }
    add(["argmax.default", "argmin.default"]) { call throws(NetworkError) in
      let x = try call.realArgument()
      let attributes: [String: Attributes.Value] = [
        "axis": .integer(try call.axis(of: x)), "keepdims": .integer(try call.flag("keepdim") ? 1 : 0),
      ]
      return [
        call.result(call.emit(call.target == "aten.argmax.default" ? "ArgMax" : "ArgMin", [x.name], attributes), .whole)
      ]
    }
    return rules
  }()

  /// The axes that a reduction names; all when it names none.
  private func axes(of x: Term) throws(NetworkError) -> [Int] {
    var axes: [Int] = []
    for axis in try integers("dim", default: []) { axes.append(try self.axis(axis, of: x.rank)) }
    return axes.isEmpty ? Array(0..<x.rank) : axes
  }

  mutating func reduced(_ operation: String, _ x: Term, axes: [Int], keeps: Bool) throws(NetworkError) -> String {
    guard x.kind != .complex || operation == "ReduceSum" || operation == "ReduceMean" else {
      throw fault("complex numbers are not taken")
    }
    guard x.rank > 0 else {
      // A single number has no axis to go.
      return operation == "ReduceL1" || operation == "ReduceL2" ? emit("Abs", [x.name]) : x.name
    }
    return emit(operation, [x.name, constant(axes)], ["keepdims": .integer(keeps ? 1 : 0)])
  }

  /// Variance or standard deviation, and the mean where it is asked for.
  private mutating func spread() throws(NetworkError) -> [Term] {
    let x = try realArgument()
    let axes = try axes(of: x)
    let keeps = try flag("keepdim")
    var correction = try number("correction", default: 1)
    if isGiven("unbiased") { correction = try flag("unbiased") ? 1 : 0 }
    var count = 1.0
    for axis in axes { count *= Double(try extent(axis, of: x)) }
    let mean = try reduced("ReduceMean", x, axes: axes, keeps: true)
    let deviation = emit("Sub", [x.name, mean])
    var square = Term(name: emit("Mul", [deviation, deviation]), kind: .real, sizes: x.sizes)
    square.name = try reduced("ReduceSum", square, axes: axes, keeps: keeps)
    var spread = emit("Div", [square.name, constant(max(0, count - correction)).name])
    if target.contains("std") { spread = emit("Sqrt", [spread]) }
    guard target.contains("_mean") else { return [result(spread)] }
    return [result(spread), result(try reduced("ReduceMean", x, axes: axes, keeps: keeps))]
  }
}
