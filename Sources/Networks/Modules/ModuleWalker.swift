import Checkpoints

/// Writes the network that a whole module of PyTorch's own classes is.
///
/// A class that is not one of PyTorch's own computes what its Python code says, which no file holds: it is never guessed.
struct ModuleWalker {
  /// What flows through the modules: a value and its extents, batch first.
  struct Flow {
    var value: String
    var shape: [Int?]
    var rank: Int { shape.count }
  }

  var writer: DescriptionWriter

  /// The network of a module, or of the part of it that `part` names.
  static func network(
    _ root: PyTorchModule, part: String?, fileSize: Int
  ) throws(NetworkError) -> ModelDescription {
    var module = root
    for name in (part ?? "").split(separator: ".").map(String.init) {
      guard let child = module.child(name) else {
        throw .architecture(
          reason: "the module has no part '\(part ?? "")'",
          hint: Self.hint(name, module.children.map(\.name)))
      }
      module = child
    }
    var walker = ModuleWalker(writer: DescriptionWriter(form: .pyTorchModule, fileSize: fileSize))
    try walker.write(ModuleSettings(module: module, path: part ?? ""))
    return walker.writer.model
  }

  private static func hint(_ name: String, _ known: [String]) -> String {
    known.isEmpty ? "leave 'part' out" : "use one of \(known.prefix(12).map { "'\($0)'" }.joined(separator: ", "))"
  }

  // MARK: The whole

  private mutating func write(_ settings: ModuleSettings) throws(NetworkError) {
    try check(settings)
    switch settings.kind {
    case "RNN", "GRU", "LSTM":
      let stack = try recurrentStack(settings)
      try stack.writeOverTime(batchFirst: try settings.flag("batch_first", default: false), in: &writer)
    case "RNNCell", "GRUCell", "LSTMCell": try cell(settings).writeStep(in: &writer)
    default:
      let (shape, type) = try inputShape(settings)
      let x = writer.input("x", shape, type: type)
      let flow = try apply(settings, to: Flow(value: x, shape: shape))
      writer.output("y", flow.value, flow.shape)
    }
  }

  /// Refuses what is not a function of the file alone.
  private mutating func check(_ settings: ModuleSettings) throws(NetworkError) {
    guard !settings.module.className.hasPrefix("torch.nn.utils.parametrize.") else {
      throw settings.fault(
        "computes its weights from others before it uses them",
        hint: "call torch.nn.utils.parametrize.remove_parametrizations before saving")
    }
    guard settings.isOwn else {
      throw .weightsOnly(
        reason:
          "\(settings.path.isEmpty ? "the module" : "module '\(settings.path)'") is of class '\(settings.module.className)', whose forward is Python code that the file does not hold",
        hint: Self.supply(settings.module))
    }
    if let hook = settings.module.hooks.first {
      throw settings.fault(
        "calls '\(hook)' before or after its own function",
        hint: "take it off before saving, as with torch.nn.utils.remove_weight_norm")
    }
  }

  private static func supply(_ module: PyTorchModule) -> String {
    var names: [String] = []
    func collect(_ module: PyTorchModule, _ prefix: String) {
      for tensor in module.tensors where names.count < 6 { names.append(prefix + tensor.name) }
      for child in module.children where names.count < 6 { collect(child.module, "\(prefix)\(child.name).") }
    }
    collect(module, "")
    let parts = module.children.filter { ModuleSettings(module: $0.module, path: "").isOwn }
    let part = parts.first.map { ", or name one of its parts with 'part: \($0.name)'" } ?? ""
    let listed = names.prefix(5).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 5 ? ", …" : "")
    let wires = listed.isEmpty ? "" : " that wires \(listed)"
    return "export it with torch.export or ONNX, or write a recipe file\(wires)\(part)"
  }

  private func recurrentStack(_ settings: ModuleSettings) throws(NetworkError) -> RecurrentStack {
    guard try settings.integer("proj_size", default: 0) == 0 else {
      throw settings.fault("projects its state (proj_size), which is not evaluated here")
    }
    let stack = try RecurrentStack(
      kind: kind(settings), nonlinearity: try nonlinearity(settings), weights: { settings.module.tensor($0) },
      fault: { settings.fault($0) })
    let expected = [
      try settings.integer("num_layers", default: 1), try settings.integer("hidden_size"),
      try settings.integer("input_size"), try settings.flag("bidirectional", default: false) ? 2 : 1,
    ]
    let found = [stack.layers.count, stack.hidden, stack.inputCount, stack.layers[0].count]
    guard expected == found else {
      throw settings.fault(
        "says layers, hidden size, inputs and directions \(expected.written); its tensors are for \(found.written)")
    }
    return stack
  }

  private func kind(_ settings: ModuleSettings) -> RecurrentStack.Kind {
    settings.kind.hasPrefix("RNN") ? .rnn : settings.kind.hasPrefix("GRU") ? .gru : .lstm
  }

  private func nonlinearity(_ settings: ModuleSettings) throws(NetworkError) -> String {
    guard settings.kind.hasPrefix("RNN") else { return "tanh" }
    // Before 1.4 the mode alone told the two apart.
    let mode = try settings.text("mode", default: "RNN_TANH")
    let name = try settings.text("nonlinearity", default: mode == "RNN_RELU" ? "relu" : "tanh")
    guard ["tanh", "relu"].contains(name) else {
      throw settings.fault("has nonlinearity = '\(name.prefix(40))'; it must be 'tanh' or 'relu'")
    }
    return name
  }

  private func cell(_ settings: ModuleSettings) throws(NetworkError) -> RecurrentStack {
    let kind = kind(settings)
    let hidden = try settings.integer("hidden_size", atLeast: 1)
    let inputs = try settings.integer("input_size", atLeast: 1)
    let rows = kind.gateCount * hidden
    let direction = RecurrentStack.Direction(
      input: try settings.tensor("weight_ih", [rows, inputs]),
      state: try settings.tensor("weight_hh", [rows, hidden]),
      inputBias: try settings.optionalTensor("bias_ih", [rows]),
      stateBias: try settings.optionalTensor("bias_hh", [rows]))
    return RecurrentStack(kind: kind, nonlinearity: try nonlinearity(settings), cell: direction)
  }

  // MARK: What goes in

  /// The input's extents by the first module that has any of its own.
  private func inputShape(_ settings: ModuleSettings) throws(NetworkError) -> ([Int?], ElementType) {
    try knownInputShape(settings) ?? ([nil, nil], .f64)
  }

  private func knownInputShape(_ settings: ModuleSettings) throws(NetworkError) -> ([Int?], ElementType)? {
    guard settings.isOwn else { return nil }
    func places(_ channels: String, _ axes: Int) throws(NetworkError) -> ([Int?], ElementType) {
      ([nil, try settings.integer(channels, atLeast: 1)] + [Int?](repeating: nil, count: axes), .f64)
    }
    switch settings.kind {
    case "Sequential":
      for child in settings.module.children {
        let part = ModuleSettings(module: child.module, path: "")
        if let shape = try knownInputShape(part) { return shape }
      }
      return nil
    case "Linear", "NonDynamicallyQuantizableLinear": return try places("in_features", 0)
    case "Conv1d", "ConvTranspose1d": return try places("in_channels", 1)
    case "Conv2d", "ConvTranspose2d": return try places("in_channels", 2)
    case "Conv3d", "ConvTranspose3d": return try places("in_channels", 3)
    case "BatchNorm1d": return try places("num_features", 0)
    case "InstanceNorm1d": return try places("num_features", 1)
    case "BatchNorm2d", "InstanceNorm2d": return try places("num_features", 2)
    case "BatchNorm3d", "InstanceNorm3d": return try places("num_features", 3)
    case "GroupNorm": return try places("num_channels", 2)
    case "LayerNorm", "RMSNorm": return ([nil] + (try settings.list("normalized_shape", atLeast: 1)), .f64)
    case "Embedding": return ([nil, nil], .i64)
    case "AvgPool1d", "MaxPool1d", "ZeroPad1d": return ([nil, nil, nil], .f64)
    case "AvgPool2d", "MaxPool2d", "ZeroPad2d", "Upsample", "UpsamplingNearest2d", "PixelShuffle", "PixelUnshuffle",
      "AdaptiveAvgPool2d", "Dropout2d":
      return ([nil, nil, nil, nil], .f64)
    case "AvgPool3d", "MaxPool3d": return ([nil, nil, nil, nil, nil], .f64)
    case "Unflatten":
      let sizes = try settings.list("unflattened_size", atLeast: 1)
      return ([nil, sizes.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }], .f64)
    default: return nil
    }
  }

  // MARK: One module after the other

  mutating func apply(_ settings: ModuleSettings, to flow: Flow) throws(NetworkError) -> Flow {
    try check(settings)
    if settings.kind == "Sequential" {
      var flow = flow
      for child in settings.module.children {
        let path = settings.path.isEmpty ? child.name : "\(settings.path).\(child.name)"
        flow = try apply(ModuleSettings(module: child.module, path: path), to: flow)
      }
      return flow
    }
    return try LayerWriter(settings: settings, flow: flow).write(in: &writer)
  }
}
