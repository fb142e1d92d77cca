import Checkpoints
import Diagnostics

/// GPT-2 as the library transformers keeps it in a folder: `config.json` and the weights beside it.
///
/// Source: transformers, models/gpt2/modeling_gpt2.py; Radford et al. 2019.
struct GPT2 {
  private let layers: Int
  private let heads: Int
  private let width: Int
  private let inner: Int
  private let vocabulary: Int
  private let positions: Int
  private let epsilon: Double
  private let activation: NetworkArchitecture.Activation
  private let scales: Bool
  private let scalesByLayer: Bool
  private let tiesHead: Bool
  private let hasHead: Bool
  private let takes: NetworkArchitecture.Intake

  init(_ root: JSONNode, takes: NetworkArchitecture.Intake) throws(NetworkError) {
    func fail(_ reason: String, _ hint: String? = nil) -> NetworkError {
      .architecture(reason: "config.json: \(reason)", hint: hint)
    }
    func count(_ key: String, _ standard: Int?, limit: Int = 1 << 20) throws(NetworkError) -> Int {
      guard let value = root[key] else {
        guard let standard else { throw fail("'\(key)' is missing") }
        return standard
      }
      guard let number = value.integer, number > 0, number <= limit else {
        throw fail("'\(key)' must be a whole number from 1 to \(limit)")
      }
      return number
    }
    func flag(_ key: String, _ standard: Bool) throws(NetworkError) -> Bool {
      guard let value = root[key] else { return standard }
      guard let flag = value.boolean else { throw fail("'\(key)' is \(value.kindName); it must be true or false") }
      return flag
    }
    // What the library takes where the file is silent.
    layers = try count("n_layer", 12, limit: 512)
    heads = try count("n_head", 12)
    width = try count("n_embd", 768)
    vocabulary = try count("vocab_size", 50257, limit: 1 << 24)
    positions = try count("n_positions", 1024)
    inner = root["n_inner"].map { $0.content == .null } ?? true ? 4 * width : try count("n_inner", nil)
    epsilon = root["layer_norm_epsilon"]?.number ?? 1e-5
    guard epsilon >= 0 else { throw fail("'layer_norm_epsilon' is \(epsilon); it must be at least 0") }
    guard width % heads == 0 else { throw fail("'n_embd' is \(width), which \(heads) heads cannot share") }
    let known: [String: NetworkArchitecture.Activation] = [
      "gelu_new": .geluTanh, "gelu_pytorch_tanh": .geluTanh, "gelu": .gelu, "relu": .relu, "tanh": .tanh,
      "silu": .silu, "swish": .silu,
    ]
    let written = root["activation_function"]?.text ?? "gelu_new"
    guard let activation = known[written] else {
      throw fail(
        "'activation_function' is '\(written.prefix(40))'", nearMissHint(for: written, among: known.keys.sorted()))
    }
    self.activation = activation
    guard try !flag("add_cross_attention", false) else {
      throw fail("'add_cross_attention' is true, which is not evaluated")
    }
    scales = try flag("scale_attn_weights", true)
    scalesByLayer = try flag("scale_attn_by_inverse_layer_idx", false)
    tiesHead = try flag("tie_word_embeddings", true)
    let classes = root["architectures"]?.elements?.compactMap(\.text) ?? []
    hasHead = classes.contains("GPT2LMHeadModel")
    if let other = classes.first(where: { !["GPT2LMHeadModel", "GPT2Model"].contains($0) }) {
      throw fail(
        "'architectures' has '\(other.prefix(60))', whose head is not known here",
        "save its 'transformer' part, or export the model with torch.export or ONNX")
    }
    self.takes = takes
  }

  /// The network, of weights beside the configuration.
  func network(size: Int, companion: Network.Companion?) throws(NetworkError) -> ModelDescription {
    let (name, checkpoint) = try WeightsBeside(companion).first(of: ["model.safetensors", "pytorch_model.bin"])
    var writer = DescriptionWriter(form: .huggingFace, fileSize: size)
    writer.readFrom(name, size: checkpoint.bytes.count)
    try Writing(model: self, checkpoint: checkpoint).write(in: &writer)
    // Older files keep the mask among the weights, and a tied head twice.
    try WeightsBeside.check(
      checkpoint, areAllIn: writer,
      except: { name in [".attn.bias", ".attn.masked_bias", "lm_head.weight"].contains { name.hasSuffix($0) } })
    return writer.model
  }

  /// The model with its weights.
  private struct Writing {
    let model: GPT2
    let checkpoint: Checkpoint
    let prefix: String

    init(model: GPT2, checkpoint: Checkpoint) {
      self.model = model
      self.checkpoint = checkpoint
      prefix = checkpoint.tensors.contains { $0.name == "transformer.wte.weight" } ? "transformer." : ""
    }

    private func tensor(_ name: String, _ shape: [Int]) throws(NetworkError) -> Tensor {
      let tensor: Tensor
      do throws(CheckpointError) { tensor = try checkpoint.tensor(named: prefix + name) } catch { throw .file(error) }
      guard tensor.shape == shape, ModelDescription.isParameter(tensor.elementType) else {
        throw .wrongTensor(
          name: tensor.name,
          reason:
            "is \(tensor.shape.written) \(tensor.elementType.rawValue); config.json needs real numbers of \(shape.written)"
        )
      }
      return tensor
    }

    func write(in writer: inout DescriptionWriter) throws(NetworkError) {
      let width = model.width
      let table = writer.tensor(try tensor("wte.weight", [model.vocabulary, width]))
      let places = writer.tensor(try tensor("wpe.weight", [model.positions, width]))
      let input: String
      var embedded: String
      if model.takes == .ids {
        input = writer.input("input_ids", [nil, nil], type: .i64)
        embedded = try writer.node("Gather", [table, input], ["axis": .integer(0)])
      } else {
        input = writer.input("inputs_embeds", [nil, nil, width])
        embedded = input
      }
      let length = try writer.node("Shape", [input], ["start": .integer(1), "end": .integer(2)])
      let used = try writer.node("Slice", [places, writer.wholes([0]), length, writer.wholes([0])])
      embedded = try writer.node("Add", [embedded, used], name: "wpe")
      let mask = try causalMask(length, in: &writer)
      var flow = embedded
      var hidden = [flow]
      for layer in 0..<model.layers {
        flow = try block(flow, layer: layer, mask: mask, in: &writer)
        if layer < model.layers - 1 { hidden.append(flow) }
      }
      let last = try norm(flow, "ln_f", in: &writer)
      hidden.append(last)
      if model.hasHead { try writeHead(last, table, in: &writer) }
      writer.output("last_hidden_state", last, [nil, nil, width])
      for (index, value) in hidden.enumerated() {
        writer.output("hidden_states.\(index)", value, [nil, nil, width])
      }
    }

    private func writeHead(_ last: String, _ table: String, in writer: inout DescriptionWriter) throws(NetworkError) {
      var head = table
      if let own = checkpoint.tensors.first(where: { $0.name == "lm_head.weight" }), !model.tiesHead {
        guard own.shape == [model.vocabulary, model.width] else {
          throw .wrongTensor(
            name: own.name,
            reason: "is \(own.shape.written); config.json needs \([model.vocabulary, model.width].written)")
        }
        head = writer.tensor(own)
      } else if model.tiesHead {
        writer.warn("the logits are made with the table of words, 'wte.weight' (tied)")
      } else {
        throw .architecture(
          reason: "config.json says that the head is its own, but the weights have no 'lm_head.weight'", hint: nil)
      }
      let turned = try writer.node("Transpose", [head], ["perm": .integers([1, 0])])
      writer.output(
        "logits", try writer.node("MatMul", [last, turned], name: "lm_head"), [nil, nil, model.vocabulary])
    }

    /// Whether a later word looks at an earlier one, or at itself.
    private func causalMask(_ length: String, in writer: inout DescriptionWriter) throws(NetworkError) -> String {
      let count = try writer.node("Squeeze", [length])
      let zero = try writer.node("Squeeze", [writer.wholes([0])])
      let one = try writer.node("Squeeze", [writer.wholes([1])])
      let numbers = try writer.node("Range", [zero, count, one])
      let rows = try writer.node("Unsqueeze", [numbers, writer.wholes([1])])
      return try writer.node("GreaterOrEqual", [rows, numbers], name: "causal mask")
    }

    private func norm(_ x: String, _ name: String, in writer: inout DescriptionWriter) throws(NetworkError) -> String {
      let operands = [
        x, writer.tensor(try tensor("\(name).weight", [model.width])),
        writer.tensor(try tensor("\(name).bias", [model.width])),
      ]
      return try writer.node(
        "LayerNormalization", operands, ["axis": .integer(-1), "epsilon": .number(model.epsilon)], name: name)
    }

    /// x W + b: the library keeps these weights with the inputs first.
    private func affine(
      _ x: String, _ name: String, _ inputs: Int, _ outputs: Int, in writer: inout DescriptionWriter
    ) throws(NetworkError) -> String {
      let weight = writer.tensor(try tensor("\(name).weight", [inputs, outputs]))
      let bias = writer.tensor(try tensor("\(name).bias", [outputs]))
      return try writer.node("Add", [writer.node("MatMul", [x, weight], name: name), bias])
    }

    private func block(
      _ x: String, layer: Int, mask: String, in writer: inout DescriptionWriter
    ) throws(NetworkError) -> String {
      let (width, heads, name) = (model.width, model.heads, "h.\(layer)")
      let normed = try norm(x, "\(name).ln_1", in: &writer)
      let joint = try affine(normed, "\(name).attn.c_attn", width, 3 * width, in: &writer)
      let parts = try writer.nodes("Split", [joint], ["axis": .integer(-1), "num_outputs": .integer(3)], results: 3)
      var split: [String] = []
      for (part, order) in zip(parts, [[0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]]) {
        let shaped = try writer.node("Reshape", [part, writer.wholes([0, 0, heads, width / heads])])
        split.append(try writer.node("Transpose", [shaped], ["perm": .integers(order)]))
      }
      var scores = try writer.node("MatMul", [split[0], split[1]])
      var factor = model.scales ? 1 / Double(width / heads).squareRoot() : 1
      if model.scalesByLayer { factor /= Double(layer + 1) }
      if factor != 1 { scores = try writer.node("Mul", [scores, writer.number(factor)]) }
      scores = try writer.node("Where", [mask, scores, writer.number(-.infinity)])
      let weights = try writer.node("Softmax", [scores], ["axis": .integer(-1)])
      let mixed = try writer.node(
        "Transpose", [writer.node("MatMul", [weights, split[2]])], ["perm": .integers([0, 2, 1, 3])])
      let joined = try writer.node("Reshape", [mixed, writer.wholes([0, 0, width])])
      let attended = try writer.node("Add", [x, affine(joined, "\(name).attn.c_proj", width, width, in: &writer)])
      let second = try norm(attended, "\(name).ln_2", in: &writer)
      let wide = try affine(second, "\(name).mlp.c_fc", width, model.inner, in: &writer)
      let bent = try model.activation.write(wide, in: &writer)
      return try writer.node("Add", [attended, affine(bent, "\(name).mlp.c_proj", model.inner, width, in: &writer)])
    }
  }
}
