import Checkpoints
import Diagnostics

/// What can be wrong with a network's file, or with a question put to a network.
public enum NetworkError: Diagnosable, Hashable {
  /// The file cannot be read.
  case file(CheckpointError)
  /// The file is something else; `found` says what it looks like.
  case notAModel(found: String, hint: String?)
  /// The file holds weights and no function; `reason` says why none is known.
  case weightsOnly(reason: String, hint: String)
  /// The weights beside a file that names them cannot be read.
  case weightsBeside(location: String, reason: String)
  /// A module of the file cannot be evaluated; `path` is where it lies.
  case module(path: String, className: String, reason: String, hint: String?)
  /// What a person or a file says of the function does not fit.
  case architecture(reason: String, hint: String?)
  /// A recipe is wrong; `place` says where.
  case recipe(place: String, reason: String, hint: String?)
  /// The bytes do not follow the format; `place` says where.
  case damaged(place: String, reason: String)
  /// An exported program does not follow the format; `place` says where.
  case damagedProgram(place: String, reason: String)
  /// An exported program is of another version than the known one.
  case unsupportedSchema(version: String, known: Int)
  /// An exported program calls a function that is not evaluated here.
  case unknownFunction(name: String, node: String)
  /// The file uses a feature of ONNX that is not evaluated here.
  case unsupportedFeature(String, hint: String?)
  /// The file asks for a version of the operations outside `known`.
  case unsupportedOpset(version: Int, known: ClosedRange<Int>)
  /// A node asks for an operation that is not evaluated here.
  case unknownOperation(name: String, node: String)
  /// Two tensors, inputs or results bear one name.
  case duplicateName(String)
  /// A node or an output reads a value that nothing provides.
  case missingValue(name: String, reader: String, known: [String])
  /// Nodes wait for each other; the names are of the first of them.
  case cycle(nodes: [String])
  /// A tensor of the file is not as it says it is.
  case wrongTensor(name: String, reason: String)
  /// A file beside the model, which a tensor is kept in, cannot be read.
  case externalFile(tensor: String, location: String, reason: String)
  /// A node cannot be evaluated on what it is given.
  case node(String, reason: String)
  /// There is no such input or output.
  case unknownPort(kind: String, name: String, known: [String])
  /// A value for an input is missing.
  case missingInput(name: String, shape: String)
  /// An input has another shape than the network takes.
  case wrongInputShape(name: String, shape: [Int], expected: String)
  /// An input of the network takes integers.
  case inputNotWhole(name: String, value: Double)
  /// An output or input cannot be differentiated.
  case notDifferentiable(output: String, input: String, reason: String)
  /// The batch axis is not the same for two arrays.
  case batchMismatch(what: String, shape: [Int], batch: Int)
  /// A row of an output depends on other rows of the input.
  case samplesMixed(output: String, change: Double)
  /// Directions have another shape than what they are directions of.
  case wrongDirections(shape: [Int], expected: [Int])
  /// An array would hold more than the limit.
  case tooLarge(what: String, elementCount: String, limit: Int)
  /// The file of recorded pairs beside a network cannot be used.
  case probe(reason: String)
  /// A network does not give what was recorded of it.
  case contradicted(pair: Int, what: String, error: Double, tolerance: Double)
  /// The two ways of differentiating a network disagree.
  case adjointDiffers(output: String, input: String, defect: Double)
}

extension NetworkError {
  /// What is the matter, with the actual values.
  public var message: String {
    switch self {
    case .file(let error): error.message
    case .notAModel(let found, _): "not a network: \(found)"
    case .weightsOnly(let reason, _): "weights without a function: \(reason)"
    case .weightsBeside(let location, let reason): "weights in '\(location)': \(reason)"
    case .module(let path, let className, let reason, _):
      "\(path.isEmpty ? "the module" : "module '\(path)'") (\(className)) \(reason)"
    case .architecture(let reason, _): reason
    case .recipe(let place, let reason, _): "recipe: \(place): \(reason)"
    case .damaged(let place, let reason): "damaged ONNX model: \(place): \(reason)"
    case .damagedProgram(let place, let reason): "damaged exported program: \(place): \(reason)"
    case .unsupportedSchema(let version, let known):
      "the exported program is of schema version \(version); known is \(known)"
    case .unknownFunction(let name, let node): "function '\(name)' in \(node) is not supported yet"
    case .unsupportedFeature(let feature, _): "\(feature); Fieldbook does not evaluate this"
    case .unsupportedOpset(let version, let known):
      "operator set \(version) is asked for; known are \(known.lowerBound) to \(known.upperBound)"
    case .unknownOperation(let name, let node): "operation '\(name)' in \(node) is not supported yet"
    case .duplicateName(let name): "'\(name)' is defined twice"
    case .missingValue(let name, let reader, _): "'\(name)', which \(reader) reads, is not defined"
    case .cycle(let nodes):
      "\(nodes.prefix(3).joined(separator: ", "))\(nodes.count > 3 ? " and \(nodes.count - 3) more" : "") wait for each other"
    case .wrongTensor(let name, let reason): "tensor '\(name)' \(reason)"
    case .externalFile(let tensor, let location, let reason): "tensor '\(tensor)' is kept in '\(location)': \(reason)"
    case .node(let node, let reason): "\(node): \(reason)"
    case .unknownPort(let kind, let name, _): "unknown \(kind) '\(name)'"
    case .missingInput(let name, let shape): "input '\(name)' (\(shape)) is not given"
    case .wrongInputShape(let name, let shape, let expected):
      "input '\(name)' is \(shape.written)\(Self.axes(shape, expected)); the network takes \(expected)"
    case .inputNotWhole(let name, let value): "input '\(name)' contains \(value); the network takes whole numbers"
    case .notDifferentiable(let output, let input, let reason):
      "output '\(output)' has no Jacobian with respect to '\(input)': \(reason)"
    case .batchMismatch(let what, let shape, let batch):
      "\(what) is \(shape.written); its first axis must be the batch of \(batch)"
    case .samplesMixed(let output, let change):
      "output '\(output)' of one sample changes by \(change) when the other samples of the batch change"
    case .wrongDirections(let shape, let expected):
      "directions are \(shape.written); they must be \(expected.written), or a stack of such along a new first axis"
    case .tooLarge(let what, let elementCount, let limit):
      "\(what) would hold \(elementCount) numbers; the limit is \(limit)"
    case .probe(let reason): "recorded pairs: \(reason)"
    case .contradicted(let pair, let what, let error, let tolerance):
      "\(what) differs from what is recorded in pair \(pair) by \(error), relative to the largest; at most \(tolerance) is allowed"
    case .adjointDiffers(let output, let input, let defect):
      "the derivatives of '\(output)' by '\(input)', forward and reverse, differ by \(defect); at most \(NetworkState.adjointTolerance) is allowed"
    }
  }

  /// What the reader can do now.
  public var hint: String? {
    switch self {
    case .file(let error): error.hint
    case .notAModel(_, let hint), .unsupportedFeature(_, let hint), .module(_, _, _, let hint),
      .architecture(_, let hint), .recipe(_, _, let hint):
      hint
    case .weightsOnly(_, let hint): hint
    case .weightsBeside(let location, _): "keep '\(location)' in the same folder"
    case .unsupportedOpset(let version, let known):
      "export the model again with opset_version=\(version < known.lowerBound ? 17 : min(20, known.upperBound))"
    case .unknownOperation: "export with opset_version=17 or later, or replace the operation in the model"
    case .unsupportedSchema: "save the program with PyTorch 2.8 or later"
    case .unknownFunction: "export with run_decompositions(), or replace the function in the model"
    case .missingValue(let name, _, let known): nearestName(to: name, among: known).map { "did you mean '\($0)'?" }
    case .unknownPort(_, let name, let known): nearMissHint(for: name, among: known)
    case .externalFile(_, let location, _):
      "keep '\(location)' beside the model, or export the model with its weights inside (external_data=False)"
    case .missingInput(let name, _): "give an array for '\(name)'"
    case .wrongInputShape(_, let shape, let expected):
      Self.shapeHint(shape, expected)
    case .samplesMixed: "give one point at a time"
    case .damaged, .damagedProgram: "export or copy the file again"
    case .tooLarge: "give fewer points at a time"
    case .probe: "write the pairs again with checkpoints/recipes/export.py, or take the file away"
    case .contradicted:
      "export network and pairs from one module, with checkpoints/recipes/export.py; take the pairs away if they belong to another"
    default: nil
    }
  }

  private static func shapeHint(_ shape: [Int], _ expected: String) -> String? {
    let axes = expected.split(separator: "×")
    if axes.count == shape.count + 1, !shape.isEmpty { return "add a first axis that counts the samples" }
    // Only the number of samples differs.
    guard axes.count == shape.count, let first = axes.first, Int(first) != nil, Int(first) != shape.first,
      zip(axes, shape).dropFirst().allSatisfy({ $0 == "…" || Int($0) == $1 })
    else { return nil }
    return "export the model with a dynamic batch axis (dynamic_axes or dynamic_shapes)"
  }

  private static func axisCount(_ expected: String) -> Int { expected.split(separator: "×").count }

  /// Says how many axes there are where that is what does not fit.
  private static func axes(_ shape: [Int], _ expected: String) -> String {
    guard !shape.isEmpty, shape.count != axisCount(expected) else { return "" }
    return shape.count == 1 ? " (one axis)" : " (\(shape.count) axes)"
  }

  /// A file's fault is damaged input; a question's fault is the notebook's.
  public var status: ExitStatus {
    switch self {
    case .unknownPort, .missingInput, .wrongInputShape, .inputNotWhole, .notDifferentiable, .batchMismatch,
      .samplesMixed, .wrongDirections:
      .notebookWrong
    case .file(let error): error.status
    default: .inputDamaged
    }
  }
}
