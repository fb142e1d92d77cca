/// What kind of file a network's function was read from.
public enum NetworkForm: String, Sendable, Hashable, Codable, CaseIterable {
  /// An ONNX model.
  case onnx
  /// A program that `torch.export` wrote.
  case exportedProgram = "pt2"
  /// A whole module, as `torch.save(model)` writes it.
  case pyTorchModule = "pytorch-module"
  /// Weights, with a function that a person named.
  case weights
  /// A folder of Hugging Face's: weights with a configuration.
  case huggingFace = "hugging-face"
  /// A recipe file.
  case recipe
}
