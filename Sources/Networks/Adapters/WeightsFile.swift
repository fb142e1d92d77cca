import Checkpoints

/// Files of weights: whole modules, whose function is in their classes, and tensors alone.
enum WeightsFile {
  /// The network of a file; `nil` when it holds no weights that could have one.
  static func network(
    _ bytes: Bytes, architecture: NetworkArchitecture?
  ) throws(NetworkError) -> ModelDescription? {
    let format = FileFormat.sniff(bytes)
    if format == .zip || format == .pickle {
      let module: PyTorchModule?
      do throws(CheckpointError) { module = try PyTorchModule.read(bytes) } catch { throw .file(error) }
      if let module {
        guard architecture == nil || architecture?.kind == .module else {
          return try adapted(bytes, architecture)
        }
        return try ModuleWalker.network(module, part: architecture?.part, fileSize: bytes.count)
      }
    }
    guard architecture != nil || format != .zip || isPyTorch(bytes) else { return nil }
    return try adapted(bytes, architecture)
  }

  private static func isPyTorch(_ bytes: Bytes) -> Bool {
    guard FileFormat.sniff(bytes) == .zip, let checkpoint = try? Checkpoint(decoding: bytes) else { return false }
    return checkpoint.format == .pyTorch
  }

  /// The network that weights are, by what a person says of them; `companion` is for an index of several files.
  static func adapted(
    _ bytes: Bytes, _ architecture: NetworkArchitecture?, companion: Network.Companion? = nil
  ) throws(NetworkError) -> ModelDescription {
    let checkpoint: Checkpoint
    do throws(CheckpointError) {
      checkpoint = try Checkpoint(decoding: bytes, companion: companion)
    } catch {
      throw .file(error)
    }
    guard let architecture else { throw weightsOnly(checkpoint) }
    var writer = DescriptionWriter(form: .weights, fileSize: bytes.count)
    for note in checkpoint.notes.prefix(4) { writer.warn(note) }
    try WeightsAdapter(checkpoint, architecture).write(in: &writer)
    return writer.model
  }

  /// What is to be supplied, by what the names look like.
  static func weightsOnly(_ checkpoint: Checkpoint) -> NetworkError {
    let names = checkpoint.tensors.map(\.name)
    let listed = names.prefix(4).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 4 ? ", …" : "")
    let reason =
      "the file has \(names.count) tensor\(names.count == 1 ? "" : "s") (\(listed)) and nothing that says how they are used"
    let export =
      "export the model with torch.export or ONNX (checkpoints/recipes/export.py does), or write a recipe file"
    if isChain(checkpoint.tensors) {
      return .weightsOnly(
        reason: reason, hint: "\(export), or say 'architecture: {kind: mlp, activation: …}' if that is what it is")
    }
    let recurrent = names.first { $0.hasSuffix("weight_ih_l0") }
    guard let recurrent, let rows = checkpoint.tensors.first(where: { $0.name == recurrent })?.shape.first,
      let width = checkpoint.tensors.first(where: {
        $0.name == recurrent.replacing("weight_ih_l0", with: "weight_hh_l0")
      })?.shape.last, width > 0, rows % width == 0
    else { return .weightsOnly(reason: reason, hint: export) }
    let kind = [1: "kind: rnn, activation: tanh", 3: "kind: gru", 4: "kind: lstm"][rows / width]
    let part = recurrent == "weight_ih_l0" ? "" : ", part: \(recurrent.dropLast(".weight_ih_l0".count))"
    return .weightsOnly(
      reason: reason,
      hint: kind.map { "\(export), or say 'architecture: {\($0)\(part)}' if that is what it is" } ?? export)
  }

  /// Whether weights may be affine layers one after the other: each matrix takes what the one before it gives.
  private static func isChain(_ tensors: [Tensor]) -> Bool {
    let matrices = tensors.filter { $0.shape.count == 2 && $0.name.hasSuffix("weight") }
    guard matrices.count > 1, tensors.allSatisfy({ $0.name.hasSuffix("weight") || $0.name.hasSuffix("bias") }),
      tensors.allSatisfy({ $0.shape.count == ($0.name.hasSuffix("weight") ? 2 : 1) })
    else { return false }
    return zip(matrices, matrices.dropFirst()).allSatisfy { $0.shape[0] == $1.shape[1] }
  }
}
