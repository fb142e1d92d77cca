import Checkpoints

/// What an ONNX file holds, whether or not it can be evaluated: operations may be unknown, files beside it missing.
public struct ModelSummary: Sendable {
  /// An operation and how often it occurs.
  public struct Operation: Sendable, Hashable {
    /// The name in ONNX, after that of its domain if that is a foreign one (`com.microsoft::FusedGemm`).
    public let name: String
    /// The number of nodes.
    public let count: Int
    /// Whether networks with it can be evaluated.
    public let isSupported: Bool
  }

  /// A tensor that is kept in another file.
  public struct ExternalTensor: Sendable, Hashable {
    /// The name in the model.
    public let name: String
    /// The type of an element.
    public let elementType: ElementType
    /// The extent of each axis.
    public let shape: [Int]
    /// The file, as the model names it.
    public let location: String
  }

  /// What the model is called.
  public let name: String
  /// The program that wrote the file, with its version if there is one: `pytorch 2.13.0`.
  public let producer: String?
  /// The version of the operator set, if the file says it.
  public let opset: Int?
  /// The inputs, in the file's order, without those that have an initial value.
  public let inputs: [Network.Port]
  /// The outputs, in the file's order.
  public let outputs: [Network.Port]
  /// The operations, by name.
  public let operations: [Operation]
  /// The number of real numbers in parameters, those in other files included. ONNX does not tell parameters from buffers and
  /// from constants that its exporter folded: there all of them count.
  public let parameterCount: Int
  /// The number of real numbers in an exported program's buffers and lifted constants; 0 for ONNX.
  public let bufferCount: Int
  /// The initial values that are stored in the file, in its order.
  public let tensors: [Tensor]
  /// The tensors that are kept in other files, in the file's order.
  public let externalTensors: [ExternalTensor]
  /// What is left out here, as it is not understood: one sentence each.
  public let notes: [String]

  /// Reads what is in a file. No other file is opened.
  ///
  /// Throws: ``NetworkError`` when the file is damaged or no ONNX model.
  public init(onnx bytes: Bytes, name: String) throws(NetworkError) {
    try Network.sniff(bytes)
    let files = ExternalFiles(nil)
    let model = try ModelReader.read(bytes, externalFiles: files, isTolerant: true)
    var notes = model.notes
    if let opset = model.opset, !GraphBuilder.knownOpsets.contains(opset) {
      notes.append(NetworkError.unsupportedOpset(version: opset, known: GraphBuilder.knownOpsets).message)
    }
    func ports(_ given: [ModelDescription.Port], kind: String) -> [Network.Port] {
      given.compactMap { port in
        do throws(NetworkError) {
          return try port.checked(kind: kind)
        } catch {
          notes.append(error.message)
          return nil
        }
      }
    }
    self.name = name
    producer = model.producer.isEmpty ? nil : model.producer
    opset = model.opset
    let initialized = Set((model.tensors.map(\.name)) + files.declined.map(\.name))
    inputs = ports(model.inputs.filter { !initialized.contains($0.name) }, kind: "input")
    outputs = ports(model.outputs, kind: "output")
    var known: [String: Bool] = [:]
    operations = Dictionary(grouping: model.nodes, by: \.qualifiedName).map { name, nodes in
      Operation(
        name: name, count: nodes.count, isSupported: nodes.allSatisfy { model.supports($0, known: &known) })
    }.sorted { $0.name < $1.name }
    tensors = model.tensors
    externalTensors = files.declined
    bufferCount = 0
    parameterCount =
      model.parameterCount
      + files.declined.filter { ModelDescription.isParameter($0.elementType) }
      .reduce(0) { sum, tensor in sum.addingReportingOverflow(tensor.shape.reduce(1, *)).partialValue }
    self.notes = notes
  }
}

extension ModelSummary {
  /// Whether a file holds a graph of its own: an ONNX model or an exported program.
  public static func recognises(_ bytes: Bytes) -> Bool { form(of: bytes) != nil }

  /// What kind of graph a file holds, by its content.
  public static func form(of bytes: Bytes) -> NetworkForm? {
    if FileFormat.sniff(bytes) == .onnx { return .onnx }
    return ExportedArchive.recognises(bytes) ? .exportedProgram : nil
  }

  /// Reads what is in a file of either form.
  ///
  /// Throws: ``NetworkError`` when the file is damaged or holds no graph.
  public init(reading bytes: Bytes, name: String) throws(NetworkError) {
    self =
      Self.form(of: bytes) == .exportedProgram
      ? try ModelSummary(exportedProgram: bytes, name: name) : try ModelSummary(onnx: bytes, name: name)
  }
}
