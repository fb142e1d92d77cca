extension ExportLowering {
  /// Arrays brought to mean 0 and variance 1.
  static let normalizationRules: [String: Rule] = {
    var rules: [String: Rule] = [:]
    func add(_ names: [String], _ rule: @escaping Rule) { for name in names { rules["aten.\(name)"] = rule } }
    add(["layer_norm.default", "native_layer_norm.default"]) { call throws(NetworkError) in
      let x = try call.realArgument("input")
      let shape = try call.integers("normalized_shape")
      guard !shape.isEmpty, shape.count <= x.rank else { throw call.fault("'normalized_shape' does not fit") }
      let scale = try call.scale("weight", shape)
      var operands = [x.name, scale]
      if let bias = try call.optionalTensor("bias") { operands.append(bias.name) }
      let epsilon = try call.number("eps", default: 1e-5)
      return [
        call.result(
          call.emit(
            "LayerNormalization", operands,
            ["axis": .integer(x.rank - shape.count), "epsilon": .number(epsilon)]))
      ]
    }
    add(["rms_norm.default", "_fused_rms_norm.default"]) { call throws(NetworkError) in
      let x = try call.realArgument("input")
      let shape = try call.integers("normalized_shape")
      guard !shape.isEmpty, shape.count <= x.rank else { throw call.fault("'normalized_shape' does not fit") }
      // Left out, it is the step of the numbers' type, which is single precision as a rule.
      let epsilon = try call.number("eps", default: Double(Float.ulpOfOne))
      return [
        call.result(
          call.emit(
            "RMSNormalization", [x.name, try call.scale("weight", shape)],
            ["axis": .integer(x.rank - shape.count), "epsilon": .number(epsilon)]))
      ]
    }
    add(["group_norm.default", "native_group_norm.default"]) { call throws(NetworkError) in
      let x = try call.realArgument("input")
      let isNative = call.target == "aten.native_group_norm.default"
      guard x.rank >= 2 else { throw call.fault("'input' has no axis of channels") }
      let channels = try call.extent(1, of: x)
      return [
        try call.grouped(
          x, groups: try call.integer(isNative ? "group" : "num_groups"), channels: channels)
      ]
    }
    add(["instance_norm.default", "_native_batch_norm_legit.no_stats"]) { call throws(NetworkError) in
      let x = try call.realArgument("input")
      let isBatch = call.target == "aten._native_batch_norm_legit.no_stats"
      let usesInput = try call.flag("use_input_stats", default: true)
      guard isBatch || usesInput else { return [try call.normalizedByStatistics(x)] }
      guard x.rank >= 2 else { throw call.fault("'input' has no axis of channels") }
      // The decomposition of an instance norm puts all samples into the channels.
      guard !isBatch || x.sizes[0] == 1 else { throw call.trainingFault() }
      let channels = call.emit("Shape", [x.name], ["start": .integer(1), "end": .integer(2)])
      let scale =
        try call.optionalTensor("weight")?.name ?? call.emit("Expand", [call.constant(1.0).name, channels])
      let shift = try call.optionalTensor("bias")?.name ?? call.emit("Expand", [call.constant(0.0).name, channels])
      let epsilon = try call.number("eps", default: 1e-5)
      return [
        call.result(call.emit("InstanceNormalization", [x.name, scale, shift], ["epsilon": .number(epsilon)]))
      ]
    }
    add([
      "batch_norm.default", "_native_batch_norm_legit_no_training.default", "native_batch_norm.default",
      "_native_batch_norm_legit.default", "cudnn_batch_norm.default",
    ]) { call throws(NetworkError) in
      guard try !call.flag("training") else { throw call.trainingFault() }
      return [try call.normalizedByStatistics(try call.realArgument("input"))]
    }
    return rules
  }()

  /// The scale that a call gives, or ones.
  private mutating func scale(_ name: String, _ shape: [Int]) throws(NetworkError) -> String {
    if let scale = try optionalTensor(name) { return scale.name }
    return emit("Expand", [constant(1.0).name, constant(shape)])
  }

  private mutating func grouped(_ x: Term, groups: Int, channels: Int) throws(NetworkError) -> Term {
    let scale = try scale("weight", [channels])
    let shift =
      try optionalTensor("bias")?.name ?? emit("Expand", [constant(0.0).name, constant([channels])])
    let epsilon = try number("eps", default: 1e-5)
    return result(
      emit(
        "GroupNormalization", [x.name, scale, shift],
        ["num_groups": .integer(groups), "epsilon": .number(epsilon)]))
  }

  private mutating func normalizedByStatistics(_ x: Term) throws(NetworkError) -> Term {
    let (mean, variance) = (try tensor("running_mean"), try tensor("running_var"))
    let shape = emit("Shape", [mean.name])
    let scale = try optionalTensor("weight")?.name ?? emit("Expand", [constant(1.0).name, shape])
    let shift = try optionalTensor("bias")?.name ?? emit("Expand", [constant(0.0).name, shape])
    let epsilon = try number("eps", default: 1e-5)
    return result(
      emit(
        "BatchNormalization", [x.name, scale, shift, mean.name, variance.name], ["epsilon": .number(epsilon)]))
  }
}
