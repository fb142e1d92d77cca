import Checkpoints
import Diagnostics
import Foundation
import Networks
import Probing

/// The bench of a build: opens what source cells and paths name, and remembers what it handed out.
public final class SourceBench: Bench {
  private let sources: [String: Source]
  private let folder: String
  private let shelf: SourceShelf

  /// What was handed out, in order, each part once.
  public private(set) var used: [ProbeRecord.SourceDigest] = []

  /// Makes a bench. Relative paths start from `folder`.
  public init(sources: [String: Source] = [:], folder: String = "", shelf: SourceShelf) {
    self.sources = sources
    self.folder = folder
    self.shelf = shelf
  }

  /// The network of a source, with what the source says of it.
  public func network(_ reference: SourceReference) throws -> NetworkSource {
    switch sources[reference.name] {
    case .network(let cell)?:
      let found = try shelf.network(
        at: FieldPlan.resolve(cell.path.name, in: folder), architecture: cell.architecture)
      remember(reference, "network", found.digest)
      if let architecture = cell.architecture {
        let keys = try JSONValue(encoding: architecture).jsonData()
        remember(reference, "architecture", ContentDigest(of: Bytes(data: keys)))
      }
      let convention = try JSONValue(encoding: cell.convention).jsonData()
      remember(reference, "convention", ContentDigest(of: Bytes(data: convention)))
      return NetworkSource(network: found.network, convention: cell.convention)
    case .checkpoint?:
      throw BenchError.wrongKind(reference.name, expected: "a network", found: "a checkpoint, which has no function")
    case .samples?: throw BenchError.wrongKind(reference.name, expected: "a network", found: "a set of samples")
    case nil:
      let found = try shelf.network(at: FieldPlan.resolve(reference.name, in: folder))
      remember(reference, "network", found.digest)
      return NetworkSource(network: found.network)
    }
  }

  /// The numbers of a source, in double precision.
  public func array(_ reference: SourceReference) throws -> NDArray<Double> {
    let array = try unrecordedArray(reference, trail: [])
    let digest = ContentDigest(of: Tensor(name: "", shape: array.shape, doubles: array.values))
    remember(reference, "array", digest)
    return array
  }

  private func unrecordedArray(_ reference: SourceReference, trail: [String]) throws -> NDArray<Double> {
    let path = SourcePath(reference.name)
    switch sources[path.container] {
    case .samples(let cell)? where path.member == nil:
      guard !trail.contains(path.container) else {
        throw BenchError.wrongKind(reference.name, expected: "free of cycles", found: "a source of itself")
      }
      let inner = NestedBench { try self.unrecordedArray($0, trail: trail + [path.container]) }
      return try cell.selection.points(on: inner)
    case .samples?:
      throw BenchError.wrongKind(
        reference.name, expected: "a set of samples without a member", found: "a member of one")
    case .checkpoint(let cell)?:
      return try shelf.array(at: FieldPlan.resolve(cell.path.name, in: folder), member: path.member)
    case .network?:
      throw BenchError.wrongKind(reference.name, expected: "an array", found: "a network")
    case nil: return try shelf.array(named: reference.name, in: folder)
    }
  }

  private func remember(_ reference: SourceReference, _ part: String, _ digest: ContentDigest) {
    let entry = ProbeRecord.SourceDigest(name: reference.name, part: part, sha256: digest.hex)
    if !used.contains(entry) { used.append(entry) }
  }
}

/// A bench that only resolves arrays, for sources that draw on other sources.
private final class NestedBench: Bench {
  let resolve: (SourceReference) throws -> NDArray<Double>
  init(_ resolve: @escaping (SourceReference) throws -> NDArray<Double>) { self.resolve = resolve }
  func network(_ reference: SourceReference) throws -> NetworkSource {
    throw BenchError.wrongKind(reference.name, expected: "an array", found: "a network")
  }
  func array(_ reference: SourceReference) throws -> NDArray<Double> { try resolve(reference) }
}
