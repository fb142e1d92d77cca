extension ExportLowering {
  /// Convolutions, pooling, padding and resizing.
  static let windowRules: [String: Rule] = {
    var rules: [String: Rule] = [:]
    func add(_ names: [String], _ rule: @escaping Rule) { for name in names { rules["aten.\(name)"] = rule } }
    add([
      "conv1d.default", "conv2d.default", "conv3d.default", "conv1d.padding", "conv2d.padding", "conv3d.padding",
      "conv_transpose1d.default", "conv_transpose2d.input", "conv_transpose3d.input", "convolution.default",
    ]) { call throws(NetworkError) in try call.convolution() }
    for rank in 1...3 {
      add(["avg_pool\(rank)d.default", "max_pool\(rank)d.default", "max_pool\(rank)d_with_indices.default"]) {
        call throws(NetworkError) in try call.pooled(axes: rank)
      }
      add(["adaptive_avg_pool\(rank)d.default", "_adaptive_avg_pool\(rank)d.default"]) { call throws(NetworkError) in
        try call.adaptive(axes: rank)
      }
      let name = ["linear", "bilinear", "trilinear"][rank - 1]
      add(["upsample_nearest\(rank)d.vec", "upsample_nearest\(rank)d.default"]) { call throws(NetworkError) in
        try call.resized(axes: rank, mode: "nearest")
      }
      add(["upsample_\(name)\(rank)d.vec", "upsample_\(name)\(rank)d.default"]) { call throws(NetworkError) in
        try call.resized(axes: rank, mode: "linear")
      }
      add(["reflection_pad\(rank)d.default", "replication_pad\(rank)d.default"]) { call throws(NetworkError) in
        [try call.padded(mode: call.target.hasPrefix("aten.reflection") ? "reflect" : "edge", by: "padding")]
      }
    }
    add(["pad.default"]) { call throws(NetworkError) in
      let modes = ["constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"]
      let mode = try call.text("mode", default: "constant")
      guard let known = modes[mode] else { throw call.fault("'mode' is '\(mode)'") }
      return [try call.padded(mode: known, by: "pad")]
    }
    add(["constant_pad_nd.default"]) { call throws(NetworkError) in [try call.padded(mode: "constant", by: "pad")] }
    add(["pixel_shuffle.default"]) { call throws(NetworkError) in
      let size = try call.integer("upscale_factor")
      return [
        call.result(
          call.emit(
            "DepthToSpace", [try call.realArgument().name], ["blocksize": .integer(size), "mode": .text("CRD")]))
      ]
    }
    return rules
  }()

  /// A list with one number for each axis; a single number stands for all.
  private func perAxis(_ name: String, _ count: Int, default standard: Int) throws(NetworkError) -> [Int] {
    let given = try integers(name, default: [])
    if given.isEmpty { return [Int](repeating: standard, count: count) }
    if given.count == 1 { return [Int](repeating: given[0], count: count) }
    guard given.count == count else { throw fault("'\(name)' holds \(given.count) numbers; it must hold \(count)") }
    return given
  }

  private mutating func convolution() throws(NetworkError) -> [Term] {
    let (x, weight) = (try realArgument("input"), try realArgument("weight"))
    let axes = weight.rank - 2
    guard axes >= 1, axes <= 3 else { throw fault("'weight' has \(weight.rank) axes; it must have 3 to 5") }
    guard x.rank == axes + 2 || x.rank == axes + 1 else {
      throw fault("'input' has \(x.rank) axes; it must have \(axes + 2)")
    }
    let isTransposed = try flag("transposed") || target.contains("conv_transpose")
    var attributes: [String: Attributes.Value] = [
      "strides": .integers(try perAxis("stride", axes, default: 1)),
      "dilations": .integers(try perAxis("dilation", axes, default: 1)),
      "group": .integer(try integer("groups", default: 1)),
    ]
    if case .text(let padding) = try paddingArgument() {
      guard padding == "same" || padding == "valid" else { throw fault("'padding' is '\(padding)'") }
      attributes["auto_pad"] = .text(padding == "same" ? "SAME_UPPER" : "VALID")
    } else {
      let padding = try perAxis("padding", axes, default: 0)
      attributes["pads"] = .integers(padding + padding)
    }
    if isTransposed { attributes["output_padding"] = .integers(try perAxis("output_padding", axes, default: 0)) }
    let isSingle = x.rank == axes + 1
    var operands = [isSingle ? unsqueeze(x.name, [0]) : x.name, weight.name]
    if let bias = try optionalTensor("bias") { operands.append(bias.name) }
    let name = emit(isTransposed ? "ConvTranspose" : "Conv", operands, attributes)
    return [result(isSingle ? emit("Squeeze", [name, constant([0])]) : name)]
  }

  private func paddingArgument() throws(NetworkError) -> Attributes.Value? {
    target.hasSuffix(".padding") ? .text(try text("padding", default: "valid")) : nil
  }

  private mutating func pooled(axes: Int) throws(NetworkError) -> [Term] {
    let x = try realArgument()
    guard x.rank == axes + 2 || x.rank == axes + 1 else {
      throw fault("'self' has \(x.rank) axes; it must have \(axes + 2)")
    }
    let kernel = try perAxis("kernel_size", axes, default: 1)
    let strides = try integers("stride", default: []).isEmpty ? kernel : try perAxis("stride", axes, default: 1)
    let padding = try perAxis("padding", axes, default: 0)
    let isMean = target.hasPrefix("aten.avg")
    guard !isGiven("divisor_override") else { throw fault("'divisor_override' must not be given") }
    var attributes: [String: Attributes.Value] = [
      "kernel_shape": .integers(kernel), "strides": .integers(strides), "pads": .integers(padding + padding),
      "ceil_mode": .integer(try flag("ceil_mode") ? 1 : 0),
    ]
    if isMean {
      attributes["count_include_pad"] = .integer(try flag("count_include_pad", default: true) ? 1 : 0)
    } else {
      attributes["dilations"] = .integers(try perAxis("dilation", axes, default: 1))
    }
    let isSingle = x.rank == axes + 1
    let name = emit(isMean ? "AveragePool" : "MaxPool", [isSingle ? unsqueeze(x.name, [0]) : x.name], attributes)
    return [result(isSingle ? emit("Squeeze", [name, constant([0])]) : name)]
  }

  /// Means over as many equal parts as the result has places.
  private mutating func adaptive(axes: Int) throws(NetworkError) -> [Term] {
    let x = try realArgument()
    guard x.rank > axes else { throw fault("'self' has \(x.rank) axes; it must have \(axes + 2)") }
    let wanted = try perAxis("output_size", axes, default: 1)
    let last = Array((x.rank - axes)..<x.rank)
    if wanted.allSatisfy({ $0 == 1 }) { return [result(emit("ReduceMean", [x.name, constant(last)]))] }
    var kernel: [Int] = []
    for (axis, parts) in zip(last, wanted) {
      let extent = try extent(axis, of: x)
      guard parts > 0, extent % parts == 0 else { throw fault("\(extent) places do not make \(parts) equal parts") }
      kernel.append(extent / parts)
    }
    let isSingle = x.rank == axes + 1
    let name = emit(
      "AveragePool", [isSingle ? unsqueeze(x.name, [0]) : x.name],
      ["kernel_shape": .integers(kernel), "strides": .integers(kernel)])
    return [result(isSingle ? emit("Squeeze", [name, constant([0])]) : name)]
  }

  private mutating func resized(axes: Int, mode: String) throws(NetworkError) -> [Term] {
    let x = target.hasSuffix(".vec") ? try realArgument("input") : try realArgument()
    guard x.rank == axes + 2 else { throw fault("the array has \(x.rank) axes; it must have \(axes + 2)") }
    var attributes: [String: Attributes.Value] = ["mode": .text(mode)]
    if mode == "nearest" {
      attributes["coordinate_transformation_mode"] = .text("asymmetric")
      attributes["nearest_mode"] = .text("floor")
    } else {
      attributes["coordinate_transformation_mode"] = .text(try flag("align_corners") ? "align_corners" : "half_pixel")
    }
    if isGiven("scale_factors") {
      let scales = try numbers("scale_factors")
      guard scales.count == axes else {
        throw fault("'scale_factors' holds \(scales.count) numbers; it must hold \(axes)")
      }
      return [result(emit("Resize", [x.name, "", constant([1, 1] + scales).name], attributes))]
    }
    let front = emit("Shape", [x.name], ["end": .integer(2)])
    let sizes = emit("Concat", [front, try shape(try sizes("output_size"))], ["axis": .integer(0)])
    return [result(emit("Resize", [x.name, "", "", sizes], attributes))]
  }

  private mutating func padded(mode: String, by name: String) throws(NetworkError) -> Term {
    let x = try tensor("self")
    guard x.kind == .real || mode == "constant" else { throw fault("real numbers are needed") }
    let pairs = try integers(name)
    guard pairs.count % 2 == 0, pairs.count / 2 <= x.rank else {
      throw fault("'\(name)' holds \(pairs.count) numbers for \(x.rank) axes")
    }
    let rank = physical(x.rank, x.kind)
    var pads = [Int](repeating: 0, count: 2 * rank)
    for index in 0..<(pairs.count / 2) {
      pads[x.rank - 1 - index] = pairs[2 * index]
      pads[rank + x.rank - 1 - index] = pairs[2 * index + 1]
    }
    var operands = [x.name, constant(pads)]
    if mode == "constant" {
      if isGiven("value") {
        operands.append(try tensor("value", as: x.kind == .complex ? .real : x.kind).name)
      } else if x.kind != .real && x.kind != .complex {
        operands.append(cast(constant(0), to: x.kind).name)
      }
    }
    return result(emit("Pad", operands, ["mode": .text(mode)]), x.kind)
  }
}
