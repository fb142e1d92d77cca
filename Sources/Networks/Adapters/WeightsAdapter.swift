import Checkpoints
import Diagnostics

/// Writes the network that weights by themselves are, given what a person says of them.
struct WeightsAdapter {
  let weights: [Tensor]
  let architecture: NetworkArchitecture

  init(_ checkpoint: Checkpoint, _ architecture: NetworkArchitecture) throws(NetworkError) {
    try architecture.validate()
    self.architecture = architecture
    guard let part = architecture.part, !part.isEmpty else {
      weights = checkpoint.tensors
      return
    }
    let prefix = "\(part)."
    weights = checkpoint.tensors.filter { $0.name.hasPrefix(prefix) }
      .map { $0.named(String($0.name.dropFirst(prefix.count))) }
    guard !weights.isEmpty else {
      var parts: [String] = []
      for tensor in checkpoint.tensors {
        let head = tensor.name.split(separator: ".").dropLast().joined(separator: ".")
        if !head.isEmpty, !parts.contains(head), parts.count < 64 { parts.append(head) }
      }
      throw .architecture(
        reason: "no tensor's name begins with '\(prefix)'", hint: nearMissHint(for: part, among: parts))
    }
  }

  func write(in writer: inout DescriptionWriter) throws(NetworkError) {
    switch architecture.kind {
    case .rnn: try writeRecurrent(.rnn, in: &writer)
    case .gru: try writeRecurrent(.gru, in: &writer)
    case .lstm: try writeRecurrent(.lstm, in: &writer)
    case .mlp: try writeChain(in: &writer)
    case .module:
      throw .architecture(
        reason: "the file holds no module but weights", hint: "say what they are the weights of, or write a recipe file"
      )
    case .gpt2:
      throw .architecture(
        reason: "GPT-2 is more than its weights: its configuration says the rest",
        hint: "open the folder that has config.json beside the weights")
    }
  }

  // MARK: Recurrent networks

  private func writeRecurrent(
    _ kind: RecurrentStack.Kind, in writer: inout DescriptionWriter
  ) throws(NetworkError) {
    func tensor(_ name: String) -> Tensor? { weights.first { $0.name == name } }
    if tensor("weight_ih_l0") == nil {
      let holders = weights.filter { $0.name.hasSuffix(".weight_ih_l0") }
        .map { String($0.name.dropLast(".weight_ih_l0".count)) }
      throw .architecture(
        reason: "the weights have no tensor 'weight_ih_l0'",
        hint: holders.isEmpty ? "write a recipe file that names the tensors there are" : "add 'part: \(holders[0])'")
    }
    let stack = try RecurrentStack(
      kind: kind, nonlinearity: architecture.activation?.rawValue ?? "tanh", weights: tensor,
      fault: { .architecture(reason: "the network of kind '\(kind.rawValue)' \($0)", hint: nil) })
    if architecture.step == true {
      try stack.writeStep(in: &writer)
    } else {
      try stack.writeOverTime(batchFirst: true, in: &writer)
    }
    let used = 4 * stack.layers.reduce(0) { $0 + $1.count }
    if weights.count > used { writer.warn("\(weights.count - used) of the file's tensors are not part of the network") }
  }

  // MARK: Affine layers

  private struct Layer {
    let name: String
    let weight: Tensor
    var bias: Tensor?
  }

  /// The layers in the order of the file; every tensor must belong to one.
  private func layers() throws(NetworkError) -> [Layer] {
    var layers: [Layer] = []
    func fail(_ reason: String) -> NetworkError {
      .architecture(reason: reason, hint: "write a recipe file, or export the model with torch.export or ONNX")
    }
    for tensor in weights {
      let name = tensor.name.split(separator: ".").dropLast().joined(separator: ".")
      let own = tensor.name.split(separator: ".").last ?? ""
      guard ModelDescription.isParameter(tensor.elementType) else {
        throw fail("'\(tensor.name)' is \(tensor.elementType.rawValue), which no affine layer has")
      }
      if own == "weight", tensor.shape.count == 2 {
        if let last = layers.last, last.weight.shape[0] != tensor.shape[1] {
          throw fail(
            "'\(tensor.name)' takes \(tensor.shape[1]) numbers, but '\(last.weight.name)' gives \(last.weight.shape[0])"
          )
        }
        layers.append(Layer(name: name, weight: tensor))
      } else if own == "bias", let last = layers.last, last.name == name, last.bias == nil,
        tensor.shape == [last.weight.shape[0]]
      {
        layers[layers.count - 1].bias = tensor
      } else {
        throw fail("'\(tensor.name)' of \(tensor.shape.written) is not part of a chain of affine layers")
      }
    }
    guard !layers.isEmpty else { throw fail("there is no 'weight' of two axes") }
    return layers
  }

  private func writeChain(in writer: inout DescriptionWriter) throws(NetworkError) {
    let layers = try layers()
    var flow = writer.input("x", [nil, layers[0].weight.shape[1]])
    for (index, layer) in layers.enumerated() {
      flow = try writer.linear(flow, layer.weight, layer.bias, name: layer.name)
      if index < layers.count - 1, let activation = architecture.activation {
        flow = try activation.write(flow, in: &writer)
      }
    }
    writer.output("y", flow, [nil, layers[layers.count - 1].weight.shape[0]])
    writer.warn("nothing stands behind the last affine layer, and the order of layers is that of the file")
  }
}
