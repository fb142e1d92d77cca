import Checkpoints
import Diagnostics
import Foundation
import Networks
import Probing

/// Files opened once per build.
public final class SourceShelf {
  let workspace: any Workspace
  private var networks: [String: (network: Network, digest: ContentDigest)] = [:]
  private var checkpoints: [String: Checkpoint] = [:]

  /// Makes an empty shelf.
  public init(workspace: any Workspace) { self.workspace = workspace }

  /// The network in a file.
  public func network(at path: String) throws -> (network: Network, digest: ContentDigest) {
    if let found = networks[path] { return found }
    let bytes = try workspace.bytes(at: path)
    let digester = ContentDigester()
    digester.append(field: ContentDigest(of: bytes).hex)
    let network = try located(path) {
      try Network(reading: bytes, name: PathParts(path).name) { location in
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
    // A model in one file is known by that file's own digest.
    let found = (network, network.externalFiles.isEmpty ? ContentDigest(of: bytes) : digester.finish())
    networks[path] = found
    return found
  }

  /// The tensors in a file.
  public func checkpoint(at path: String) throws -> Checkpoint {
    if let found = checkpoints[path] { return found }
    let bytes = try workspace.bytes(at: path)
    let found = try located(path) { try Checkpoint(decoding: bytes) }
    checkpoints[path] = found
    return found
  }

  /// What a name leads to, if it can be read: a network, or one array.
  func open(_ name: String, in folder: String) throws {
    let path = FieldPlan.resolve(name, in: folder)
    if workspace.exists(path), Self.holdsNetwork(try workspace.bytes(at: path)) {
      _ = try network(at: path)
    } else {
      _ = try tensor(named: name, in: folder)
    }
  }

  private static func holdsNetwork(_ bytes: Bytes) -> Bool {
    FileFormat.sniff(bytes) == .onnx || ExportedArchive.recognises(bytes)
  }

  /// The tensor that a name leads to: `points.npy`, or `runs.npz:test` for one of several.
  func tensor(named name: String, in folder: String) throws -> Tensor {
    // A file may have a colon in its own name.
    let whole = FieldPlan.resolve(name, in: folder)
    if workspace.exists(whole) { return try tensor(at: whole, member: nil) }
    let parts = SourcePath(name)
    return try tensor(at: FieldPlan.resolve(parts.container, in: folder), member: parts.member)
  }

  private func tensor(at path: String, member: String?) throws -> Tensor {
    let checkpoint = try checkpoint(at: path)
    if let member { return try located(path) { try checkpoint.tensor(named: member) } }
    guard checkpoint.tensors.count == 1 else {
      let names = checkpoint.tensors.prefix(8).map { "'\($0.name)'" }.joined(separator: ", ")
      throw BenchError.wrongKind(
        path, expected: "one array, as in '\(path):NAME'", found: "a file of \(checkpoint.tensors.count) (\(names))")
    }
    return checkpoint.tensors[0]
  }

  /// The numbers of the tensor that a name leads to.
  func array(named name: String, in folder: String) throws -> NDArray<Double> {
    try array(of: try tensor(named: name, in: folder), at: FieldPlan.resolve(name, in: folder))
  }

  /// The numbers of a file's tensor; without a member the file must hold just one.
  public func array(at path: String, member: String?) throws -> NDArray<Double> {
    try array(of: try tensor(at: path, member: member), at: path)
  }

  private func array(of tensor: Tensor, at path: String) throws -> NDArray<Double> {
    NDArray(shape: tensor.shape, values: try located(path) { try tensor.doubles() })
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
