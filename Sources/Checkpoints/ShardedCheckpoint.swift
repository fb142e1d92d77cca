/// Weights spread over several files, with an index that says which tensor lies in which: what Hugging Face's libraries
/// write as `model.safetensors.index.json` or `pytorch_model.bin.index.json`.
///
/// The index is believed only where the files agree: every tensor must lie in the file that the index names.
enum ShardedCheckpoint {
  /// The most files that one index may name.
  static let mostShards = 10_000

  /// Whether a JSON text is an index.
  static func recognises(_ root: JSONNode) -> Bool { root["weight_map"] != nil }

  /// Reads the tensors that an index lists, in its order.
  ///
  /// - Parameters:
  ///   - root: the index.
  ///   - companion: gives the file of a name, in the index's own folder.
  /// - Throws: `CheckpointError.shards`, or `.inFile` with a file's name.
  static func decode(
    _ root: JSONNode, _ bytes: Bytes, companion: (String) throws(CheckpointError) -> Bytes
  ) throws(CheckpointError) -> Checkpoint {
    let places = try places(in: root)
    let names = Self.distinct(places.map(\.shard))
    guard names.count <= mostShards else { throw .shards(.tooMany(names.count)) }
    var shards: [ExactName: Checkpoint] = [:]
    var files: [CompanionFile] = []
    for name in names {
      let file: Bytes
      do throws(CheckpointError) { file = try companion(name) } catch {
        guard case .inFile(_, .file(.missing)) = error else { throw error }
        throw .shards(.missingFile(name))
      }
      files.append(CompanionFile(name: name, bytes: file))
      do throws(CheckpointError) {
        // An index among the files of an index could lead round in circles.
        if FileFormat.sniff(file) == .json { throw .shards(.notWeights) }
        shards[ExactName(name)] = try Checkpoint(decoding: file, keepsNames: true)
      } catch {
        throw .inFile(name, error)
      }
    }
    var tensors: [Tensor] = []
    var unreadable: [UnreadableMember] = []
    for place in places {
      guard let shard = shards[ExactName(place.shard)] else { continue }
      do throws(CheckpointError) {
        tensors.append(try shard.tensor(named: place.tensor))
      } catch {
        if let member = shard.unreadable.first(where: { ExactName($0.name) == ExactName(place.tensor) }) {
          unreadable.append(member)
          continue
        }
        let other = names.first { name in
          shards[ExactName(name)]?.tensors.contains { ExactName($0.name) == ExactName(place.tensor) } ?? false
        }
        throw .shards(.missingTensor(place.tensor, shard: place.shard, other: other))
      }
    }
    let notes = notes(root, places: places, names: names, shards: shards, tensors: tensors)
    return Checkpoint(
      format: .shardIndex, tensors: tensors, unreadable: unreadable, notes: notes, bytes: bytes, companions: files)
  }

  private static func notes(
    _ root: JSONNode, places: [(tensor: String, shard: String)], names: [String], shards: [ExactName: Checkpoint],
    tensors: [Tensor]
  ) -> [String] {
    var notes = ["\(tensors.count) tensors in \(names.count) file\(names.count == 1 ? "" : "s")"]
    let listed = Set(places.map { ExactName($0.tensor) })
    for name in names {
      guard let shard = shards[ExactName(name)] else { continue }
      notes += shard.notes.map { "\(quoted(name)): \($0)" }
      let others = shard.tensors.filter { !listed.contains(ExactName($0.name)) }
      guard let first = others.first else { continue }
      notes.append(
        "left out, as not in the index: \(quoted(first.name))\(others.count > 1 ? " and \(others.count - 1) more" : "") of \(quoted(name))"
      )
    }
    let size = tensors.reduce(0) { $0 + $1.bytes.count }
    if let claimed = root["metadata"]?["total_size"]?.integer, claimed != size {
      notes.append("the index speaks of \(bytesText(claimed)); the tensors have \(size)")
    }
    return notes
  }

  private static func places(in root: JSONNode) throws(CheckpointError) -> [(tensor: String, shard: String)] {
    guard let map = root["weight_map"], let members = map.members else {
      throw .shards(.notMap(kind: root["weight_map"]?.kindName ?? "missing"))
    }
    guard !members.isEmpty else { throw .shards(.empty) }
    var places: [(tensor: String, shard: String)] = []
    for member in members {
      guard let shard = member.value.text else {
        throw .shards(.notText(tensor: member.key, kind: member.value.kindName))
      }
      guard ExternalDataFolder.isPlain(shard), !shard.utf8.contains(UInt8(ascii: "/")) else {
        throw .shards(.notPlain(tensor: member.key, shard: shard))
      }
      places.append((member.key, shard))
    }
    return places
  }

  private static func distinct(_ names: [String]) -> [String] {
    var seen: Set<ExactName> = []
    return names.filter { seen.insert(ExactName($0)).inserted }
  }
}

/// Another file that a checkpoint's own names, and in which its tensors lie.
public struct CompanionFile: Sendable {
  /// The file's name, in the same folder.
  public let name: String
  /// The whole file.
  public let bytes: Bytes
}

/// How an index of files is wrong, or at odds with its files.
public enum ShardFault: Error, Sendable, Hashable {
  /// The map of tensors to files is no object.
  case notMap(kind: String)
  /// The map is empty.
  case empty
  /// A tensor's file is named by something else than a string.
  case notText(tensor: String, kind: String)
  /// A tensor's file is named by more than a plain file name.
  case notPlain(tensor: String, shard: String)
  /// There are too many files.
  case tooMany(Int)
  /// A file that the index names is not in its folder.
  case missingFile(String)
  /// A file holds no tensors, but JSON.
  case notWeights
  /// The file that the index names lacks the tensor; another may have it.
  case missingTensor(String, shard: String, other: String?)
  /// The files cannot be looked for, as the index came without a folder.
  case noFolder

  var message: String {
    switch self {
    case .notMap(let kind): "'weight_map' must be an object; it is \(kind)"
    case .empty: "'weight_map' names no tensor"
    case .notText(let tensor, let kind):
      "tensor \(quoted(tensor)) must be mapped to a file name; it is mapped to \(kind)"
    case .notPlain(let tensor, let shard):
      "tensor \(quoted(tensor)) is said to be in \(quoted(shard)); only files in the index's own folder are read"
    case .tooMany(let count): "'weight_map' names \(count) files; at most \(ShardedCheckpoint.mostShards) are read"
    case .missingFile(let name): "file \(quoted(name)), which the index names, is not in its folder"
    case .notWeights: "it is a JSON text; a file of tensors is needed"
    case .missingTensor(let tensor, let shard, let other):
      "tensor \(quoted(tensor)) is not in \(quoted(shard)), where the index puts it"
        + (other.map { "; it is in \(quoted($0))" } ?? "")
    case .noFolder: "it is an index of files, which are looked for beside it; it has no place of its own here"
    }
  }

  var hint: String? {
    switch self {
    case .missingFile: "download it too, into the same folder"
    case .missingTensor: "download the index and all its files again; they do not belong together"
    case .noFolder: "name the index by its path"
    default: "save the model again: model.save_pretrained(folder)"
    }
  }
}
