import Analysis
import Checkpoints
import Diagnostics
import Foundation
import Networks
import Probing

/// Files opened once per build.
public final class SourceShelf {
  let workspace: any Workspace
  private var networks: [NetworkKey: ExaminedNetwork] = [:]
  private var checkpoints: [CheckpointKey: Checkpoint] = [:]
  private var systems: [SystemCell: Recording] = [:]

  /// Makes an empty shelf.
  public init(workspace: any Workspace) { self.workspace = workspace }

  private struct NetworkKey: Hashable {
    let path: String
    let architecture: NetworkArchitecture?
  }

  /// The network in a file, or in the folder of a model with its configuration, which must not be contradicted by what was
  /// recorded of it.
  ///
  /// - Parameter architecture: what weights are the weights of, where their file does not say it.
  public func network(at path: String, architecture: NetworkArchitecture? = nil) throws -> ExaminedNetwork {
    let found = try examined(at: path, architecture: architecture)
    if let fault = found.state.fault { try located(path) { throw fault } }
    return found
  }

  /// The network with its state, whatever that is.
  public func examined(at given: String, architecture: NetworkArchitecture? = nil) throws -> ExaminedNetwork {
    let key = NetworkKey(path: given, architecture: architecture)
    if let found = networks[key] { return found }
    let configuration = PathParts.joined(given, "config.json")
    let path = workspace.exists(configuration) ? configuration : given
    let bytes = try workspace.bytes(at: path)
    let digester = ContentDigester()
    digester.append(field: ContentDigest(of: bytes).hex)
    let network = try located(path) {
      try Network(reading: bytes, name: PathParts(given).name, architecture: architecture) { location in
        let companion = try self.workspace.companion(location, ofModelAt: path)
        digester.append(field: location)
        digester.append(field: ContentDigest(of: companion).hex)
        return companion
      }
    }
    if let bad = network.nanTensors.first {
      throw FileTrouble(
        path: path,
        message:
          "tensor '\(bad.name)' has \(bad.count) \(bad.count == 1 ? "value that is" : "values that are") NaN; every weight must be a number",
        hint: "run 'fieldbook inspect \(path)' to see which tensors have them", status: .inputDamaged)
    }
    let probe = "\(PathParts(path).stem).probe.npz"
    var recorded: Bytes?
    if workspace.exists(PathParts.joined(PathParts(path).folder, probe)) {
      let companion = try located(path) { try workspace.companion(probe, ofModelAt: path) }
      digester.append(field: probe)
      digester.append(field: ContentDigest(of: companion).hex)
      recorded = companion
    }
    let state = try located(path) {
      try NetworkState(of: network, pairs: try recorded.map { try ProbePairs(decoding: $0) })
    }
    // A model in one file is known by that file's own digest.
    let isAlone = network.externalFiles.isEmpty && recorded == nil
    let found = ExaminedNetwork(
      network: network, digest: isAlone ? ContentDigest(of: bytes) : digester.finish(), state: state)
    networks[key] = found
    return found
  }

  /// The tensors in a file, in the files of an index, or in a model's folder.
  ///
  /// - Parameters:
  ///   - set: what the names of the tensors to read begin with, which is then taken off; `nil` for all weights.
  ///   - keepsNames: whether prefixes stay that wrappers put before every name.
  public func checkpoint(at path: String, set: String? = nil, keepsNames: Bool = false) throws -> Checkpoint {
    let key = CheckpointKey(path: path, set: set, keepsNames: keepsNames)
    if let found = checkpoints[key] { return found }
    let found: Checkpoint
    if let names = try workspace.names(inFolder: path) {
      let (file, others) = try located(path) { try WeightsFolder.weights(among: names) }
      let inner = PathParts.joined(path, file)
      let bytes = try located(path) { try workspace.companion(file, ofModelAt: inner) }
      found = try decoded(bytes, at: inner, key).noting(file: file, others: others)
    } else {
      found = try decoded(try workspace.bytes(at: path), at: path, key)
    }
    checkpoints[key] = found
    return found
  }

  private struct CheckpointKey: Hashable {
    let path: String
    let set: String?
    let keepsNames: Bool
  }

  private func decoded(_ bytes: Bytes, at path: String, _ key: CheckpointKey) throws -> Checkpoint {
    try located(path) {
      try Checkpoint(decoding: bytes, set: key.set, keepsNames: key.keepsNames) { name in
        try self.workspace.companion(name, ofModelAt: path)
      }
    }
  }

  /// What a name leads to, if it can be read: a network, or one array; trajectories where they are wanted.
  func open(_ name: String, in folder: String, wantsRecording: Bool = false) throws {
    if wantsRecording {
      try openRecordings(named: name, in: folder, convention: RecordingConvention())
      return
    }
    let path = FieldPlan.resolve(name, in: folder)
    if try workspace.exists(path) && holdsNetwork(path) {
      _ = try network(at: path)
    } else if !workspace.exists(path), SeriesPattern(path) != nil {
      // Arrays of several files go by any names.
      let parts = SourcePath(name)
      let isOfArrays = parts.member != nil && SeriesPattern(parts.container) != nil
      let whole = isOfArrays ? FieldPlan.resolve(parts.container, in: folder) : path
      _ = try SeriesFiles(SeriesCell(path: whole), in: "", workspace: workspace, needsNumbers: !isOfArrays)
    } else {
      _ = try tensor(named: name, in: folder)
    }
  }

  /// The recordings that a name leads to, if they can be read.
  func openRecordings(named name: String, in folder: String, convention: RecordingConvention) throws {
    guard let files = try severalFiles(named: name, in: folder) else {
      _ = try recordings(named: name, in: folder, convention: convention)
      return
    }
    for member in files.members {
      let file = try files.file(ofMember: member.label, of: name)
      _ = try SourceShelf(workspace: workspace).recording(named: file, in: "", convention: convention)
    }
  }

  /// The files that a name with a `*` leads to; `nil` for a single one.
  func severalFiles(named name: String, in folder: String) throws -> SeriesFiles? {
    let path = FieldPlan.resolve(name, in: folder)
    guard SeriesPattern(path) != nil, !workspace.exists(path) else { return nil }
    return try SeriesFiles(SeriesCell(path: name), in: folder, workspace: workspace, needsNumbers: false)
      .few(named: name)
  }

  /// Whether a file holds a function, or a folder what makes one of its weights.
  private func holdsNetwork(_ path: String) throws -> Bool {
    if try workspace.names(inFolder: path) != nil { return workspace.exists(PathParts.joined(path, "config.json")) }
    let bytes = try workspace.bytes(at: path)
    switch FileFormat.sniff(bytes) {
    case .onnx, .json: return true
    case .zip, .pickle:
      do throws(NetworkError) {
        _ = try Network(reading: bytes, name: path)
        return true
      } catch {
        if case .weightsOnly = error { return false }
        if case .notAModel = error { return false }
        return true
      }
    default: return false
    }
  }

  /// The tensor that a name leads to: `points.npy`, or `runs.npz:test` for one of several.
  func tensor(named name: String, in folder: String) throws -> Tensor {
    // A file may have a colon in its own name.
    let whole = FieldPlan.resolve(name, in: folder)
    if workspace.exists(whole) { return try tensor(at: whole, member: nil) }
    let parts = SourcePath(name)
    return try tensor(at: FieldPlan.resolve(parts.container, in: folder), member: parts.member)
  }

  private func tensor(at path: String, member: String?, set: String? = nil) throws -> Tensor {
    if member == nil, set == nil, let table = try table(at: path) {
      let columns = table.columns.map { if case .numbers(let numbers) = $0 { numbers } else { [Double]() } }
      let values = (0..<table.rowCount).flatMap { row in columns.map { $0[row] } }
      return Tensor(name: PathParts(path).stem, shape: [table.rowCount, columns.count], doubles: values)
    }
    let checkpoint = try checkpoint(at: path, set: set)
    if let member { return try located(path) { try checkpoint.tensor(named: member) } }
    guard checkpoint.tensors.count == 1 else {
      let names = checkpoint.tensors.prefix(8).map { "'\($0.name)'" }.joined(separator: ", ")
      throw BenchError.wrongKind(
        path, expected: "one array, as in '\(path):NAME'", found: "a file of \(checkpoint.tensors.count) (\(names))")
    }
    return checkpoint.tensors[0]
  }

  /// The table in a file of text; `nil` where it holds no text.
  private func table(at path: String, isText: (String) -> Bool = { _ in false }) throws -> NumberTable? {
    guard try workspace.names(inFolder: path) == nil else { return nil }
    let bytes = try workspace.bytes(at: path)
    guard FileFormat.sniff(bytes) == .text else { return nil }
    return try located(path) { try NumberTable(decoding: bytes, isText: isText) }
  }

  /// The numbers of the tensor that a name leads to.
  func array(named name: String, in folder: String) throws -> NDArray<Double> {
    try array(of: try tensor(named: name, in: folder), at: FieldPlan.resolve(name, in: folder))
  }

  /// The numbers of a file's tensor; without a member the file must hold just one.
  public func array(at path: String, member: String?, set: String? = nil) throws -> NDArray<Double> {
    try array(of: try tensor(at: path, member: member, set: set), at: path)
  }

  private func array(of tensor: Tensor, at path: String) throws -> NDArray<Double> {
    NDArray(shape: tensor.shape, values: try located(path) { try tensor.doubles() })
  }

  /// What a system does.
  func recording(of cell: SystemCell) throws -> Recording {
    if let found = systems[cell] { return found }
    let found = try cell.recording()
    systems[cell] = found
    return found
  }

  /// The recording that a name leads to: of one array, of several, or in a table of text.
  func recording(named name: String, in folder: String, convention: RecordingConvention) throws -> Recording {
    let found = try recordings(named: name, in: folder, convention: convention)
    guard found.count == 1 else { throw BenchError.severalRecordings(name, found) }
    return found[0].recording
  }

  /// The recordings that a name leads to: a file of several arrays, each trials × time × units, has one in each.
  func recordings(
    named name: String, in folder: String, convention: RecordingConvention
  ) throws -> [RecordingMember] {
    let whole = FieldPlan.resolve(name, in: folder)
    guard workspace.exists(whole) else {
      return [RecordingMember(try convention.recording(of: try array(named: name, in: folder), named: name))]
    }
    let words = [RecordingConvention.trialColumn, RecordingConvention.conditionColumn]
    if let table = try table(at: whole, isText: words.contains) {
      return [RecordingMember(try convention.recording(of: table, named: name))]
    }
    let tensors = try checkpoint(at: whole).tensors
    guard tensors.count > 1, tensors.allSatisfy({ $0.shape.count == 3 }) else {
      let arrays = try tensors.map { (name: $0.name, array: try array(of: $0, at: whole)) }
      return [RecordingMember(try convention.recording(of: arrays, named: name))]
    }
    guard tensors.count <= SeriesFiles.mostRecordings else {
      throw SeriesFault.tooManyArrays(name, count: tensors.count, limit: SeriesFiles.mostRecordings)
    }
    return try tensors.map { tensor in
      RecordingMember(
        label: tensor.name,
        try convention.recording(of: try array(of: tensor, at: whole), named: "\(name):\(tensor.name)"))
    }
  }

  /// Adds the file to what an error says.
  private func located<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as CheckpointError {
      throw CheckpointError.inFile(path, error)
    } catch let error as any Diagnosable where !(error is BenchError) {
      throw FileTrouble(path: path, message: error.message, hint: error.hint, status: error.status)
    }
  }
}

/// A network from a file, with what is known of it.
public struct ExaminedNetwork: Sendable {
  /// The network.
  public let network: Network
  /// The digest of all files it was read from, recorded pairs included.
  public let digest: ContentDigest
  /// Whether it is its maker's function.
  public let state: NetworkState

  /// What a notebook can say of it.
  var facts: NetworkFacts {
    guard case .verified(let pairs, let error, _) = state.verification else {
      return NetworkFacts(state: state.word, parameters: network.parameterCount)
    }
    return NetworkFacts(
      state: state.word, pairs: pairs, largestError: error.inTwoDigits, parameters: network.parameterCount)
  }
}

extension Double {
  /// As a state is written: what processors differ in is not told apart.
  fileprivate var inTwoDigits: Double { Double(String(format: "%.1e", self)) ?? self }
}

/// A module's error with the file it is about.
struct FileTrouble: Diagnosable {
  let path: String
  let reason: String
  let hint: String?
  let status: ExitStatus

  init(path: String, message: String, hint: String?, status: ExitStatus) {
    (self.path, reason, self.hint, self.status) = (path, message, hint, status)
  }

  var message: String { reason.hasPrefix("file '\(path)'") ? reason : "file '\(path)': \(reason)" }
}
