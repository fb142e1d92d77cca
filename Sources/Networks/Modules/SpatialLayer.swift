import Checkpoints

/// Writes the modules of PyTorch's that go over places: convolutions, pools, paddings, resizing.
struct SpatialLayer {
  let settings: ModuleSettings
  let flow: ModuleWalker.Flow

  /// `nil` when the module is none of these.
  func write(in writer: inout DescriptionWriter) throws(NetworkError) -> ModuleWalker.Flow? {
    let kind = settings.kind
    let axes = kind.hasSuffix("1d") ? 1 : kind.hasSuffix("2d") ? 2 : kind.hasSuffix("3d") ? 3 : 0
    switch kind {
    case "Conv1d", "Conv2d", "Conv3d": return try convolution(axes, in: &writer)
    case "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d": return try transposed(axes, in: &writer)
    case "AvgPool1d", "AvgPool2d", "AvgPool3d", "MaxPool1d", "MaxPool2d", "MaxPool3d":
      return try pool(axes, in: &writer)
    case "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d":
      try check(axes)
      guard try settings.sizes("output_size", count: axes, atLeast: 1).allSatisfy({ $0 == 1 }) else {
        throw settings.fault("is evaluated for an output of one place only", hint: "export the model with torch.export")
      }
      let value = try writer.node("GlobalAveragePool", [flow.value], name: settings.path)
      return made(value, places: [Int?](repeating: 1, count: axes))
    case "ZeroPad1d", "ZeroPad2d", "ZeroPad3d", "ConstantPad1d", "ConstantPad2d", "ConstantPad3d", "ReflectionPad1d",
      "ReflectionPad2d", "ReflectionPad3d", "ReplicationPad1d", "ReplicationPad2d", "ReplicationPad3d":
      return try padding(axes, in: &writer)
    case "PixelShuffle":
      let factor = try settings.integer("upscale_factor", atLeast: 1)
      try check(2)
      let value = try writer.node(
        "DepthToSpace", [flow.value], ["blocksize": .integer(factor), "mode": .text("CRD")], name: settings.path)
      return ModuleWalker.Flow(
        value: value,
        shape: [flow.shape[0], flow.shape[1].map { $0 / max(1, factor * factor) }, nil, nil])
    case "Upsample", "UpsamplingNearest2d", "UpsamplingBilinear2d": return try upsample(in: &writer)
    default: return nil
    }
  }

  private func check(_ axes: Int) throws(NetworkError) {
    guard flow.rank == axes + 2 else {
      throw settings.fault("takes \(axes + 2) axes; \(flow.rank) come in")
    }
  }

  private func made(
    _ value: String, channels: Int? = nil, places: [Int?]? = nil
  ) -> ModuleWalker.Flow {
    let places = places ?? [Int?](repeating: nil, count: flow.rank - 2)
    return ModuleWalker.Flow(value: value, shape: [flow.shape[0], channels ?? flow.shape[1]] + places)
  }

  private func checkChannels(_ inputs: Int) throws(NetworkError) {
    if let found = flow.shape[1], found != inputs {
      throw settings.fault("takes \(inputs) channels; \(found) come in")
    }
  }

  private func groups(_ inputs: Int, _ outputs: Int) throws(NetworkError) -> Int {
    let groups = try settings.integer("groups", default: 1, atLeast: 1)
    guard inputs % groups == 0, outputs % groups == 0 else {
      throw settings.fault("has \(groups) groups for \(inputs) and \(outputs) channels")
    }
    return groups
  }

  private func convolution(_ axes: Int, in writer: inout DescriptionWriter) throws(NetworkError) -> ModuleWalker.Flow {
    try check(axes)
    let inputs = try settings.integer("in_channels", atLeast: 1)
    let outputs = try settings.integer("out_channels", atLeast: 1)
    try checkChannels(inputs)
    let kernel = try settings.sizes("kernel_size", count: axes, atLeast: 1)
    let dilation = try settings.sizes("dilation", count: axes, default: 1, atLeast: 1)
    let groups = try groups(inputs, outputs)
    var pads: [Int]
    if case .text(let word)? = settings.module[setting: "padding"] {
      guard ["same", "valid"].contains(word) else {
        throw settings.fault("has padding = '\(word.prefix(40))'; it must be 'same', 'valid' or numbers")
      }
      let totals = zip(kernel, dilation).map { word == "same" ? ($0 - 1) * $1 : 0 }
      pads = totals.map { $0 / 2 } + totals.map { $0 - $0 / 2 }
    } else {
      let padding = try settings.sizes("padding", count: axes, default: 0)
      pads = padding + padding
    }
    var x = flow.value
    let mode = try settings.text("padding_mode", default: "zeros")
    if mode != "zeros", pads.contains(where: { $0 > 0 }) {
      let modes = ["reflect": "reflect", "replicate": "edge", "circular": "wrap"]
      guard let name = modes[mode] else {
        throw settings.fault("has padding_mode = '\(mode.prefix(40))', which is not known")
      }
      let all = [0, 0] + pads[..<axes] + [0, 0] + pads[axes...]
      x = try writer.node("Pad", [x, writer.wholes(all)], ["mode": .text(name)])
      pads = pads.map { _ in 0 }
    }
    let weight = try settings.tensor("weight", [outputs, inputs / groups] + kernel)
    let value = try writer.node(
      "Conv",
      [x, writer.tensor(weight)] + (try settings.optionalTensor("bias", [outputs]).map { [writer.tensor($0)] } ?? []),
      [
        "kernel_shape": .integers(kernel), "pads": .integers(pads), "dilations": .integers(dilation),
        "strides": .integers(try settings.sizes("stride", count: axes, default: 1, atLeast: 1)),
        "group": .integer(groups),
      ], name: settings.path)
    return made(value, channels: outputs)
  }

  private func transposed(_ axes: Int, in writer: inout DescriptionWriter) throws(NetworkError) -> ModuleWalker.Flow {
    try check(axes)
    let inputs = try settings.integer("in_channels", atLeast: 1)
    let outputs = try settings.integer("out_channels", atLeast: 1)
    try checkChannels(inputs)
    let kernel = try settings.sizes("kernel_size", count: axes, atLeast: 1)
    let padding = try settings.sizes("padding", count: axes, default: 0)
    let groups = try groups(inputs, outputs)
    let weight = try settings.tensor("weight", [inputs, outputs / groups] + kernel)
    let value = try writer.node(
      "ConvTranspose",
      [flow.value, writer.tensor(weight)]
        + (try settings.optionalTensor("bias", [outputs]).map { [writer.tensor($0)] } ?? []),
      [
        "kernel_shape": .integers(kernel), "pads": .integers(padding + padding),
        "dilations": .integers(try settings.sizes("dilation", count: axes, default: 1, atLeast: 1)),
        "strides": .integers(try settings.sizes("stride", count: axes, default: 1, atLeast: 1)),
        "output_padding": .integers(try settings.sizes("output_padding", count: axes, default: 0)),
        "group": .integer(groups),
      ], name: settings.path)
    return made(value, channels: outputs)
  }

  private func pool(_ axes: Int, in writer: inout DescriptionWriter) throws(NetworkError) -> ModuleWalker.Flow {
    try check(axes)
    let isMean = settings.kind.hasPrefix("Avg")
    guard settings.isNone("divisor_override") else {
      throw settings.fault("divides by a number of its own (divisor_override), which is not done here")
    }
    guard try !settings.flag("return_indices", default: false) else {
      throw settings.fault("gives the places of the largest beside them (return_indices)")
    }
    let kernel = try settings.sizes("kernel_size", count: axes, atLeast: 1)
    let padding = try settings.sizes("padding", count: axes, default: 0)
    let stride = settings.isNone("stride") ? kernel : try settings.sizes("stride", count: axes, atLeast: 1)
    var attributes: [String: Attributes.Value] = [
      "kernel_shape": .integers(kernel), "pads": .integers(padding + padding), "strides": .integers(stride),
      "ceil_mode": .integer(try settings.flag("ceil_mode", default: false) ? 1 : 0),
    ]
    if isMean {
      attributes["count_include_pad"] = .integer(try settings.flag("count_include_pad", default: true) ? 1 : 0)
    } else {
      attributes["dilations"] = .integers(try settings.sizes("dilation", count: axes, default: 1, atLeast: 1))
    }
    return made(
      try writer.node(isMean ? "AveragePool" : "MaxPool", [flow.value], attributes, name: settings.path))
  }

  private func padding(_ axes: Int, in writer: inout DescriptionWriter) throws(NetworkError) -> ModuleWalker.Flow {
    try check(axes)
    // The last axis comes first: before and after, axis by axis.
    let sizes = try settings.sizes("padding", count: 2 * axes)
    var pads = [Int](repeating: 0, count: 2 * (axes + 2))
    for axis in 0..<axes {
      pads[2 + axis] = sizes[2 * (axes - 1 - axis)]
      pads[axes + 4 + axis] = sizes[2 * (axes - 1 - axis) + 1]
    }
    let mode = settings.kind.hasPrefix("Ref") ? "reflect" : settings.kind.hasPrefix("Rep") ? "edge" : "constant"
    var operands = [flow.value, writer.wholes(pads)]
    if mode == "constant" { operands.append(writer.number(try settings.number("value", default: 0))) }
    return made(try writer.node("Pad", operands, ["mode": .text(mode)], name: settings.path))
  }

  private func upsample(in writer: inout DescriptionWriter) throws(NetworkError) -> ModuleWalker.Flow {
    let axes = flow.rank - 2
    let mode = try settings.text("mode", default: settings.kind == "UpsamplingBilinear2d" ? "bilinear" : "nearest")
    guard settings.isNone("size"), !settings.isNone("scale_factor") else {
      throw settings.fault(
        "goes to a fixed size, which is not evaluated here", hint: "export the model with torch.export")
    }
    var scales: [Double] = []
    if case .list(let items)? = settings.module[setting: "scale_factor"] {
      for item in items {
        if case .integer(let value) = item { scales.append(Double(value)) }
        if case .number(let value) = item { scales.append(value) }
      }
    } else {
      scales = Array(repeating: try settings.number("scale_factor"), count: axes)
    }
    guard scales.count == axes, scales.allSatisfy({ $0 > 0 && $0 <= 1024 }) else {
      throw settings.fault("has no scale from above 0 to 1024 for each of \(axes) axes")
    }
    let aligns = settings.isNone("align_corners") ? false : try settings.flag("align_corners", default: false)
    var attributes: [String: Attributes.Value] = [
      "coordinate_transformation_mode": .text(aligns ? "align_corners" : "half_pixel")
    ]
    switch mode {
    case "nearest":
      attributes["coordinate_transformation_mode"] = .text("asymmetric")
      attributes["mode"] = .text("nearest")
      attributes["nearest_mode"] = .text("floor")
    case "linear", "bilinear", "trilinear": attributes["mode"] = .text("linear")
    default: throw settings.fault("has mode = '\(mode.prefix(40))'; 'nearest' and linear ones are evaluated")
    }
    let factors = writer.numbers([1, 1] + scales, shape: [axes + 2])
    return made(try writer.node("Resize", [flow.value, "", factors], attributes, name: settings.path))
  }
}
