import Checkpoints

/// Writes one module of PyTorch's own, other than a container, as operations.
struct LayerWriter {
  let settings: ModuleSettings
  var flow: ModuleWalker.Flow

  private var name: String { settings.path }

  func write(in writer: inout DescriptionWriter) throws(NetworkError) -> ModuleWalker.Flow {
    let kind = settings.kind
    if try settings.flag("training", default: false), Self.dependsOnMode.contains(kind) {
      writer.warn("'\(name)' (\(kind)) was saved in training mode; it is evaluated as after model.eval()")
    }
    if let made = try activation(in: &writer) {
      return ModuleWalker.Flow(value: made, shape: flow.shape)
    }
    switch kind {
    case "Identity", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout":
      return flow
    case "Linear", "NonDynamicallyQuantizableLinear": return try linear(in: &writer)
    case "Flatten": return try flatten(in: &writer)
    case "Unflatten": return try unflatten(in: &writer)
    case "Embedding": return try embedding(in: &writer)
    case "LayerNorm", "RMSNorm", "GroupNorm": return try normalization(in: &writer)
    case "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "SyncBatchNorm", "InstanceNorm1d", "InstanceNorm2d",
      "InstanceNorm3d":
      return try channelNormalization(in: &writer)
    case "GLU":
      let parts = try writer.nodes(
        "Split", [flow.value], ["axis": .integer(try axis("dim")), "num_outputs": .integer(2)], results: 2)
      var made = flow
      made.shape[try axis("dim")] = flow.shape[try axis("dim")].map { $0 / 2 }
      made.value = try writer.node("Mul", [parts[0], writer.node("Sigmoid", [parts[1]])], name: name)
      return made
    default:
      if let made = try SpatialLayer(settings: settings, flow: flow).write(in: &writer) { return made }
      if ["RNN", "GRU", "LSTM"].contains(kind) {
        throw settings.fault(
          "gives a pair, which no module after it takes", hint: "name it with 'part: \(name)' to run it by itself")
      }
      throw settings.fault(
        "is not evaluated as a whole module", hint: "export the model with torch.export or ONNX")
    }
  }

  private static let dependsOnMode: Set<String> = [
    "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout", "BatchNorm1d",
    "BatchNorm2d", "BatchNorm3d", "SyncBatchNorm", "RReLU",
  ]

  // MARK: Activations

  private func activation(in writer: inout DescriptionWriter) throws(NetworkError) -> String? {
    let x = flow.value
    func plain(
      _ operation: String, _ attributes: [String: Attributes.Value] = [:]
    ) throws(NetworkError) -> String { try writer.node(operation, [x], attributes, name: name) }
    switch settings.kind {
    case "ReLU": return try plain("Relu")
    case "Tanh": return try plain("Tanh")
    case "Sigmoid": return try plain("Sigmoid")
    case "SiLU": return try plain("Swish", ["alpha": .number(1)])
    case "Mish": return try plain("Mish")
    case "Softsign": return try plain("Softsign")
    case "SELU":
      // ONNX's own constants are rounded to single precision.
      return try plain("Selu", ["alpha": .number(1.6732632423543772), "gamma": .number(1.0507009873554805)])
    case "Hardswish": return try plain("HardSwish")
    case "Hardsigmoid": return try plain("HardSigmoid", ["alpha": .number(1.0 / 6), "beta": .number(0.5)])
    case "ELU": return try plain("Elu", ["alpha": .number(try settings.number("alpha", default: 1))])
    case "CELU": return try plain("Celu", ["alpha": .number(try settings.number("alpha", default: 1))])
    case "LeakyReLU":
      return try plain("LeakyRelu", ["alpha": .number(try settings.number("negative_slope", default: 0.01))])
    case "GELU":
      let form = try settings.text("approximate", default: "none")
      guard ["none", "tanh"].contains(form) else {
        throw settings.fault("has approximate = '\(form.prefix(40))'; it must be 'none' or 'tanh'")
      }
      return try plain("Gelu", ["approximate": .text(form)])
    case "ReLU6": return try clip(0, 6, in: &writer)
    case "Hardtanh":
      return try clip(
        settings.number("min_val", default: -1), settings.number("max_val", default: 1), in: &writer)
    case "Tanhshrink": return try writer.node("Sub", [x, writer.node("Tanh", [x])], name: name)
    case "LogSigmoid":
      let turned = try writer.node("Softplus", [writer.node("Neg", [x])])
      return try writer.node("Neg", [turned], name: name)
    case "Softplus": return try softplus(in: &writer)
    case "Softmax", "LogSoftmax": return try plain(settings.kind, ["axis": .integer(try softmaxAxis())])
    case "Softmin":
      return try writer.node(
        "Softmax", [writer.node("Neg", [x])], ["axis": .integer(try softmaxAxis())], name: name)
    case "PReLU":
      let count = try settings.integer("num_parameters", default: 1, atLeast: 1)
      var slope = writer.tensor(try settings.tensor("weight", [count]))
      if count > 1, flow.rank > 2 {
        slope = try writer.node(
          "Reshape", [slope, writer.wholes([count] + [Int](repeating: 1, count: flow.rank - 2))])
      }
      return try writer.node("PRelu", [x, slope], name: name)
    default: return nil
    }
  }

  private func clip(_ low: Double, _ high: Double, in writer: inout DescriptionWriter) throws(NetworkError) -> String {
    try writer.node("Clip", [flow.value, writer.number(low), writer.number(high)], name: name)
  }

  /// PyTorch gives x itself beyond a threshold, which is not quite what the formula gives.
  private func softplus(in writer: inout DescriptionWriter) throws(NetworkError) -> String {
    let beta = try settings.number("beta", default: 1)
    guard beta != 0 else { throw settings.fault("has beta = 0; it must be another number") }
    let scaled = beta == 1 ? flow.value : try writer.node("Mul", [flow.value, writer.number(beta)])
    var soft = try writer.node("Softplus", [scaled], name: name)
    if beta != 1 { soft = try writer.node("Div", [soft, writer.number(beta)]) }
    let isLarge = try writer.node("Greater", [scaled, writer.number(settings.number("threshold", default: 20))])
    return try writer.node("Where", [isLarge, flow.value, soft])
  }

  private func softmaxAxis() throws(NetworkError) -> Int {
    // Without a choice, PyTorch takes one by the number of axes.
    guard !settings.isNone("dim") else { return [0, 1, 3].contains(flow.rank) ? 0 : 1 }
    return try axis("dim")
  }

  private func axis(_ setting: String) throws(NetworkError) -> Int {
    guard let value = settings.module[setting: setting], case .integer(let axis) = value, axis >= -flow.rank,
      axis < flow.rank
    else { throw settings.fault("has no '\(setting)' among the \(flow.rank) axes that come in") }
    return axis < 0 ? axis + flow.rank : axis
  }

  // MARK: Products and shapes

  private func linear(in writer: inout DescriptionWriter) throws(NetworkError) -> ModuleWalker.Flow {
    let inputs = try settings.integer("in_features", atLeast: 1)
    let outputs = try settings.integer("out_features", atLeast: 1)
    guard let last = flow.shape.last, last == nil || last == inputs else {
      throw settings.fault(
        "takes \(inputs) numbers; \(flow.shape.last.flatMap { $0 }.map(String.init) ?? "none") come in")
    }
    let value = try writer.linear(
      flow.value, settings.tensor("weight", [outputs, inputs]), settings.optionalTensor("bias", [outputs]), name: name)
    return ModuleWalker.Flow(value: value, shape: flow.shape.dropLast() + [outputs])
  }

  private func flatten(in writer: inout DescriptionWriter) throws(NetworkError) -> ModuleWalker.Flow {
    let start = try settings.module[setting: "start_dim"] == nil ? min(1, flow.rank - 1) : axis("start_dim")
    let end = try settings.module[setting: "end_dim"] == nil ? flow.rank - 1 : axis("end_dim")
    guard start <= end else { throw settings.fault("flattens from axis \(start) to axis \(end)") }
    if start == end { return flow }
    return try reshaped(
      replacing: start...end, with: [Self.product(flow.shape[start...end])], in: &writer)
  }

  private func unflatten(in writer: inout DescriptionWriter) throws(NetworkError) -> ModuleWalker.Flow {
    let axis = try axis("dim")
    return try reshaped(replacing: axis...axis, with: settings.list("unflattened_size", atLeast: 1), in: &writer)
  }

  private static func product(_ extents: ArraySlice<Int?>) -> Int? {
    var product = 1
    for extent in extents {
      guard let extent else { return nil }
      let (next, overflows) = product.multipliedReportingOverflow(by: extent)
      guard !overflows else { return nil }
      product = next
    }
    return product
  }

  /// Other extents for some of the axes; those before stay as they are, and those after must be known.
  private func reshaped(
    replacing axes: ClosedRange<Int>, with extents: [Int?], in writer: inout DescriptionWriter
  ) throws(NetworkError) -> ModuleWalker.Flow {
    let before = flow.shape[..<axes.lowerBound]
    let after = flow.shape[(axes.upperBound + 1)...]
    guard after.allSatisfy({ $0 != nil }), before.count + extents.count + after.count <= largestRank else {
      throw settings.fault("leaves axes of unknown extent behind those that it changes")
    }
    let wanted = before.map { _ in 0 } + extents.map { $0 ?? -1 } + after.map { $0 ?? -1 }
    let value = try writer.node("Reshape", [flow.value, writer.wholes(wanted)], name: name)
    return ModuleWalker.Flow(value: value, shape: before + extents + after)
  }

  private func embedding(in writer: inout DescriptionWriter) throws(NetworkError) -> ModuleWalker.Flow {
    guard settings.isNone("max_norm") else {
      throw settings.fault("changes its own weights as it runs (max_norm), which is not done here")
    }
    let rows = try settings.integer("num_embeddings", atLeast: 1)
    let width = try settings.integer("embedding_dim", atLeast: 1)
    let table = writer.tensor(try settings.tensor("weight", [rows, width]))
    let value = try writer.node("Gather", [table, flow.value], ["axis": .integer(0)], name: name)
    return ModuleWalker.Flow(value: value, shape: flow.shape + [width])
  }

  // MARK: Normalisation

  private func normalization(in writer: inout DescriptionWriter) throws(NetworkError) -> ModuleWalker.Flow {
    var made = flow
    if settings.kind == "GroupNorm" {
      let channels = try settings.integer("num_channels", atLeast: 1)
      let groups = try settings.integer("num_groups", atLeast: 1)
      let operands = [flow.value] + (try scaleAndShift([channels], in: &writer))
      made.value = try writer.node(
        "GroupNormalization", operands, ["num_groups": .integer(groups), "epsilon": try epsilon()], name: name)
      return made
    }
    let shape = try settings.list("normalized_shape", atLeast: 1)
    guard shape.count <= flow.rank else {
      throw settings.fault("normalises \(shape.count) axes; \(flow.rank) come in")
    }
    let axis = Attributes.Value.integer(-shape.count)
    if settings.kind == "RMSNorm" {
      let weight = try settings.optionalTensor("weight", shape)
      // Without a number of its own, the module takes the smallest that its type tells from 1.
      let standard = weight?.elementType == .f64 ? Double.ulpOfOne : Double(Float.ulpOfOne)
      let epsilon = settings.isNone("eps") ? standard : try settings.number("eps")
      let scale = try scaleAndShift(shape, in: &writer)[0]
      made.value = try writer.node(
        "RMSNormalization", [flow.value, scale], ["axis": axis, "epsilon": .number(epsilon)], name: name)
      return made
    }
    let operands = [flow.value] + (try scaleAndShift(shape, in: &writer))
    made.value = try writer.node("LayerNormalization", operands, ["axis": axis, "epsilon": try epsilon()], name: name)
    return made
  }

  private func channelNormalization(in writer: inout DescriptionWriter) throws(NetworkError) -> ModuleWalker.Flow {
    var made = flow
    let channels = try settings.integer("num_features", atLeast: 1)
    let isInstance = settings.kind.hasPrefix("Instance")
    let operands = [flow.value] + (try scaleAndShift([channels], in: &writer))
    let mean = try settings.optionalTensor("running_mean", [channels])
    let variance = try settings.optionalTensor("running_var", [channels])
    if let mean, let variance {
      made.value = try writer.node(
        "BatchNormalization", operands + [writer.tensor(mean), writer.tensor(variance)],
        ["epsilon": try epsilon()], name: name)
      return made
    }
    guard isInstance else {
      throw settings.fault(
        "normalises by the batch's own statistics (track_running_stats=False), which makes samples depend on each other"
      )
    }
    made.value = try writer.node("InstanceNormalization", operands, ["epsilon": try epsilon()], name: name)
    return made
  }

  private func epsilon() throws(NetworkError) -> Attributes.Value {
    .number(try settings.number("eps", default: 1e-5))
  }

  private func ones(_ shape: [Int], in writer: inout DescriptionWriter, _ value: Double = 1) -> String {
    writer.numbers([Double](repeating: value, count: shape.reduce(1, *)), shape: shape)
  }

  private func scaleAndShift(_ shape: [Int], in writer: inout DescriptionWriter) throws(NetworkError) -> [String] {
    let scale = try settings.optionalTensor("weight", shape)
    let shift = try settings.optionalTensor("bias", shape)
    // Extents that no tensor vouches for are held to a limit.
    let count = (try? elementCount(shape)) ?? Int.max
    guard scale != nil || count <= 1 << 20 else {
      throw settings.fault("normalises \(shape.written) numbers, more than a module without weights may")
    }
    return [
      scale.map { writer.tensor($0) } ?? ones(shape, in: &writer),
      shift.map { writer.tensor($0) } ?? ones(shape, in: &writer, 0),
    ]
  }
}
