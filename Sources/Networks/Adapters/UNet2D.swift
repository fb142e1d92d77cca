import Checkpoints
import Diagnostics
import Foundation

/// The `UNet2DModel` of the library diffusers: `config.json` and the weights beside it.
///
/// Inputs `sample` (batch × channels × height × width) and `timestep` (batch); output `prediction`. What the prediction
/// stands for is the scheduler's business, and not in this file.
///
/// Source: diffusers, models/unets/unet_2d.py and unet_2d_blocks.py; Ho, Jain & Abbeel 2020.
struct UNet2D {
  private let root: JSONNode
  private let channels: [Int]
  private let inputs: Int
  private let layers: Int
  private let groups: Int
  private let epsilon: Double
  private let headSize: Int?
  private let scalesAndShifts: Bool
  private let padding: Int
  private let downTypes: [String]
  private let upTypes: [String]

  init(_ root: JSONNode) throws(NetworkError) {
    self.root = root
    func fail(_ reason: String, _ hint: String? = nil) -> NetworkError {
      .architecture(reason: "config.json: \(reason)", hint: hint)
    }
    func count(_ key: String, _ standard: Int, _ range: ClosedRange<Int> = 1...4096) throws(NetworkError) -> Int {
      guard let value = root[key], value.content != .null else { return standard }
      guard let number = value.integer, range.contains(number) else {
        throw fail("'\(key)' must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }
    /// Refuses a value that stands for another function; `standard` is what the library takes where the file is silent.
    func only(_ key: String, _ standard: String, _ known: [String]) throws(NetworkError) -> String {
      guard let value = root[key], value.content != .null else { return standard }
      guard let text = value.text, known.contains(text) else {
        let found = value.text.map { "'\($0.prefix(60))'" } ?? value.kindName
        throw fail(
          "'\(key)' is \(found), which is not known here",
          "known are \(known.map { "'\($0)'" }.joined(separator: ", "))")
      }
      return text
    }
    func types(_ key: String, _ standard: [String], _ known: [String]) throws(NetworkError) -> [String] {
      guard let value = root[key] else { return standard }
      guard let elements = value.elements, !elements.isEmpty, elements.count <= 32 else {
        throw fail("'\(key)' must be an array of 1 to 32 names")
      }
      var types: [String] = []
      for element in elements {
        guard let text = element.text, known.contains(text) else {
          let found = element.text.map { "'\($0.prefix(60))'" } ?? element.kindName
          throw fail(
            "'\(key)' has \(found), which is not known here",
            element.text.flatMap { nearMissHint(for: $0, among: known) })
        }
        types.append(text)
      }
      return types
    }
    func refuse(_ key: String) throws(NetworkError) {
      guard let value = root[key], value.content != .null, value.boolean != false else { return }
      throw fail("'\(key)' is set, which is not evaluated here", "export the model with torch.export or ONNX")
    }
    for key in ["class_embed_type", "num_class_embeds", "center_input_sample", "mid_block_scale_factor"] {
      if key == "mid_block_scale_factor", root[key]?.number == 1 { continue }
      try refuse(key)
    }
    downTypes = try types(
      "down_block_types", ["DownBlock2D"] + [String](repeating: "AttnDownBlock2D", count: 3),
      ["DownBlock2D", "AttnDownBlock2D"])
    upTypes = try types(
      "up_block_types", [String](repeating: "AttnUpBlock2D", count: 3) + ["UpBlock2D"], ["UpBlock2D", "AttnUpBlock2D"])
    var channels: [Int] = []
    for element in root["block_out_channels"]?.elements ?? [] {
      guard let number = element.integer, (1...65536).contains(number) else {
        throw fail("'block_out_channels' must be an array of whole numbers from 1 to 65536")
      }
      channels.append(number)
    }
    self.channels = root["block_out_channels"] == nil ? [224, 448, 672, 896] : channels
    guard self.channels.count == downTypes.count, upTypes.count == downTypes.count else {
      throw fail(
        "\(downTypes.count) blocks down, \(upTypes.count) up and \(self.channels.count) numbers of channels do not go together"
      )
    }
    inputs = try count("in_channels", 3, 1...65536)
    layers = try count("layers_per_block", 2, 1...64)
    groups = try count("norm_num_groups", 32)
    epsilon = root["norm_eps"]?.number ?? 1e-5
    guard epsilon >= 0 else { throw fail("'norm_eps' is \(epsilon); it must be at least 0") }
    let hasNoHeads = root["attention_head_dim"].map { $0.content == .null } ?? false
    headSize = hasNoHeads ? nil : try count("attention_head_dim", 8)
    scalesAndShifts = try only("resnet_time_scale_shift", "default", ["default", "scale_shift"]) == "scale_shift"
    padding = try count("downsample_padding", 1, 0...1)
    _ = try only("act_fn", "silu", ["silu", "swish"])
    _ = try only("downsample_type", "conv", ["conv"])
    _ = try only("upsample_type", "conv", ["conv"])
    _ = try only("mid_block_type", "UNetMidBlock2D", ["UNetMidBlock2D"])
    _ = try only("time_embedding_type", "positional", ["positional", "fourier"])
  }

  private var isFourier: Bool { root["time_embedding_type"]?.text == "fourier" }

  /// The network, of weights beside the configuration.
  func network(size: Int, companion: Network.Companion?) throws(NetworkError) -> ModelDescription {
    let (name, checkpoint) = try WeightsBeside(companion).first(of: [
      "diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.bin",
    ])
    var writer = DescriptionWriter(form: .huggingFace, fileSize: size)
    writer.readFrom(name, size: checkpoint.bytes.count)
    try Writing(model: self, checkpoint: checkpoint).write(in: &writer)
    try WeightsBeside.check(checkpoint, areAllIn: writer)
    return writer.model
  }

  /// The model with its weights.
  private struct Writing {
    let model: UNet2D
    let checkpoint: Checkpoint

    private func optional(_ name: String, rank: Int) throws(NetworkError) -> Tensor? {
      guard let tensor = try? checkpoint.tensor(named: name) else { return nil }
      guard tensor.shape.count == rank, ModelDescription.isParameter(tensor.elementType) else {
        throw .wrongTensor(
          name: name,
          reason:
            "is \(tensor.shape.written) \(tensor.elementType.rawValue); real numbers along \(rank) axes are needed")
      }
      return tensor
    }

    private func tensor(_ name: String, rank: Int) throws(NetworkError) -> Tensor {
      if let tensor = try optional(name, rank: rank) { return tensor }
      do throws(CheckpointError) { return try checkpoint.tensor(named: name) } catch { throw .file(error) }
    }

    func write(in writer: inout DescriptionWriter) throws(NetworkError) {
      let sample = writer.input("sample", [nil, model.inputs, nil, nil])
      let time = writer.input("timestep", [nil])
      let embedded = try timeEmbedding(time, in: &writer)
      var flow = try convolution(sample, "conv_in", in: &writer)
      var skips = [flow]
      for (index, type) in model.downTypes.enumerated() {
        let name = "down_blocks.\(index)"
        for layer in 0..<model.layers {
          flow = try resnet(flow, embedded, "\(name).resnets.\(layer)", in: &writer)
          if type == "AttnDownBlock2D" { flow = try attention(flow, "\(name).attentions.\(layer)", in: &writer) }
          skips.append(flow)
        }
        if index < model.downTypes.count - 1 {
          flow = try downsampled(flow, "\(name).downsamplers.0.conv", in: &writer)
          skips.append(flow)
        }
      }
      flow = try resnet(flow, embedded, "mid_block.resnets.0", in: &writer)
      if model.root["add_attention"]?.boolean ?? true {
        flow = try attention(flow, "mid_block.attentions.0", in: &writer)
      }
      flow = try resnet(flow, embedded, "mid_block.resnets.1", in: &writer)
      for (index, type) in model.upTypes.enumerated() {
        let name = "up_blocks.\(index)"
        for layer in 0...model.layers {
          // As many as were laid aside, by the loops above.
          guard let skip = skips.popLast() else { break }
          flow = try writer.node("Concat", [flow, skip], ["axis": .integer(1)])
          flow = try resnet(flow, embedded, "\(name).resnets.\(layer)", in: &writer)
          if type == "AttnUpBlock2D" { flow = try attention(flow, "\(name).attentions.\(layer)", in: &writer) }
        }
        if index < model.upTypes.count - 1 {
          let factors = writer.numbers([1, 1, 2, 2], shape: [4])
          flow = try writer.node(
            "Resize", [flow, "", factors],
            [
              "mode": .text("nearest"), "nearest_mode": .text("floor"),
              "coordinate_transformation_mode": .text("asymmetric"),
            ])
          flow = try convolution(flow, "\(name).upsamplers.0.conv", in: &writer)
        }
      }
      flow = try silu(norm(flow, "conv_norm_out", in: &writer), in: &writer)
      let last = try tensor("conv_out.weight", rank: 4)
      var prediction = try convolution(flow, "conv_out", in: &writer)
      if model.isFourier {
        // With this embedding, what the layers give is divided by the time.
        let divisor = try writer.node("Unsqueeze", [time, writer.wholes([1, 2, 3])])
        prediction = try writer.node("Div", [prediction, divisor])
      }
      writer.output("prediction", prediction, [nil, last.shape.first ?? 0, nil, nil])
    }

    // MARK: Time

    /// batch → batch × embedding: sines and cosines of the time, then two affine layers.
    private func timeEmbedding(_ time: String, in writer: inout DescriptionWriter) throws(NetworkError) -> String {
      let column = try writer.node("Unsqueeze", [time, writer.wholes([1])])
      let frequencies: String
      var angle = column
      if model.isFourier {
        let weight = try tensor("time_proj.weight", rank: 1)
        frequencies = try writer.node("Mul", [writer.tensor(weight), writer.number(2 * .pi)])
        angle = try writer.node("Log", [column])
      } else {
        let half = model.channels[0] / 2
        let shift = model.root["freq_shift"]?.number ?? 0
        guard half > 0, model.channels[0] % 2 == 0, Double(half) != shift else {
          throw .architecture(
            reason:
              "config.json: \(model.channels[0]) channels and a frequency shift of \(shift) make no embedding of time",
            hint: nil)
        }
        let values = (0..<half).map { exp(-log(10000) * Double($0) / (Double(half) - shift)) }
        frequencies = writer.numbers(values, shape: [half])
      }
      angle = try writer.node("Mul", [angle, frequencies])
      let parts = [try writer.node("Sin", [angle]), try writer.node("Cos", [angle])]
      let flips = !model.isFourier && (model.root["flip_sin_to_cos"]?.boolean ?? true)
      let waves = try writer.node("Concat", flips ? parts.reversed() : parts, ["axis": .integer(1)])
      let wide = try silu(affine(waves, "time_embedding.linear_1", in: &writer), in: &writer)
      return try affine(wide, "time_embedding.linear_2", in: &writer)
    }

    // MARK: Parts

    private func silu(_ x: String, in writer: inout DescriptionWriter) throws(NetworkError) -> String {
      try writer.node("Swish", [x], ["alpha": .number(1)])
    }

    private func affine(_ x: String, _ name: String, in writer: inout DescriptionWriter) throws(NetworkError) -> String
    {
      try writer.linear(
        x, tensor("\(name).weight", rank: 2), optional("\(name).bias", rank: 1), name: name)
    }

    private func norm(_ x: String, _ name: String, in writer: inout DescriptionWriter) throws(NetworkError) -> String {
      try writer.node(
        "GroupNormalization",
        [x, writer.tensor(tensor("\(name).weight", rank: 1)), writer.tensor(tensor("\(name).bias", rank: 1))],
        ["num_groups": .integer(model.groups), "epsilon": .number(model.epsilon)], name: name)
    }

    private func convolution(
      _ x: String, _ name: String, stride: Int = 1, padding: Int? = nil, in writer: inout DescriptionWriter
    ) throws(NetworkError) -> String {
      let weight = try tensor("\(name).weight", rank: 4)
      let kernel = Array(weight.shape[2...])
      let pads = kernel.map { padding ?? ($0 - 1) / 2 }
      var operands = [x, writer.tensor(weight)]
      if let bias = try optional("\(name).bias", rank: 1) { operands.append(writer.tensor(bias)) }
      return try writer.node(
        "Conv", operands,
        [
          "kernel_shape": .integers(kernel), "pads": .integers(pads + pads), "strides": .integers([stride, stride]),
          "dilations": .integers([1, 1]), "group": .integer(1),
        ], name: name)
    }

    private func downsampled(_ x: String, _ name: String, in writer: inout DescriptionWriter) throws(NetworkError)
      -> String
    {
      guard model.padding == 0 else { return try convolution(x, name, stride: 2, padding: 1, in: &writer) }
      // Without a margin of its own, the library adds one to the right and below.
      let padded = try writer.node(
        "Pad", [x, writer.wholes([0, 0, 0, 0, 0, 0, 1, 1]), writer.number(0)], ["mode": .text("constant")])
      return try convolution(padded, name, stride: 2, padding: 0, in: &writer)
    }

    private func resnet(
      _ x: String, _ time: String, _ name: String, in writer: inout DescriptionWriter
    ) throws(NetworkError) -> String {
      var flow = try silu(norm(x, "\(name).norm1", in: &writer), in: &writer)
      flow = try convolution(flow, "\(name).conv1", in: &writer)
      let told = try affine(silu(time, in: &writer), "\(name).time_emb_proj", in: &writer)
      let places = try writer.node("Unsqueeze", [told, writer.wholes([2, 3])])
      if model.scalesAndShifts {
        flow = try norm(flow, "\(name).norm2", in: &writer)
        let parts = try writer.nodes("Split", [places], ["axis": .integer(1), "num_outputs": .integer(2)], results: 2)
        let factor = try writer.node("Add", [parts[0], writer.number(1)])
        flow = try writer.node("Add", [writer.node("Mul", [flow, factor]), parts[1]])
      } else {
        flow = try norm(writer.node("Add", [flow, places]), "\(name).norm2", in: &writer)
      }
      flow = try convolution(silu(flow, in: &writer), "\(name).conv2", in: &writer)
      var kept = x
      if try optional("\(name).conv_shortcut.weight", rank: 4) != nil {
        kept = try convolution(x, "\(name).conv_shortcut", in: &writer)
      }
      return try writer.node("Add", [kept, flow], name: name)
    }

    private func attention(_ x: String, _ name: String, in writer: inout DescriptionWriter) throws(NetworkError)
      -> String
    {
      let width = try tensor("\(name).to_q.weight", rank: 2).shape[0]
      let size = model.headSize ?? width
      guard width > 0, width % size == 0 else {
        throw .architecture(
          reason: "config.json: heads of \(size) cannot share the \(width) channels of '\(name)'", hint: nil)
      }
      let heads = width / size
      var flow = x
      if try optional("\(name).group_norm.weight", rank: 1) != nil {
        flow = try norm(x, "\(name).group_norm", in: &writer)
      }
      let shape = try writer.node("Shape", [x])
      flow = try writer.node("Reshape", [flow, writer.wholes([0, 0, -1])])
      flow = try writer.node("Transpose", [flow], ["perm": .integers([0, 2, 1])])
      var split: [String] = []
      for (part, order) in [("to_q", [0, 2, 1, 3]), ("to_k", [0, 2, 3, 1]), ("to_v", [0, 2, 1, 3])] {
        let made = try affine(flow, "\(name).\(part)", in: &writer)
        let shaped = try writer.node("Reshape", [made, writer.wholes([0, 0, heads, size])])
        split.append(try writer.node("Transpose", [shaped], ["perm": .integers(order)]))
      }
      let scores = try writer.node(
        "Mul", [writer.node("MatMul", [split[0], split[1]]), writer.number(1 / Double(size).squareRoot())])
      let weights = try writer.node("Softmax", [scores], ["axis": .integer(-1)])
      let mixed = try writer.node(
        "Transpose", [writer.node("MatMul", [weights, split[2]])], ["perm": .integers([0, 2, 1, 3])])
      let joined = try writer.node("Reshape", [mixed, writer.wholes([0, 0, width])])
      let out = try affine(joined, "\(name).to_out.0", in: &writer)
      let turned = try writer.node("Transpose", [out], ["perm": .integers([0, 2, 1])])
      return try writer.node("Add", [writer.node("Reshape", [turned, shape]), x], name: name)
    }
  }
}
