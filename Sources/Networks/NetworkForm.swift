/// What kind of file a network's function was read from.
public enum NetworkForm: String, Sendable, Hashable, Codable, CaseIterable {
  /// An ONNX model.
  case onnx
  /// A program that `torch.export` wrote.
  case exportedProgram = "pt2"
}
