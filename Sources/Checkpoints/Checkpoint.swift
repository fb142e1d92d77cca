import Diagnostics
import Foundation

/// Named tensors from a file, in the order of the file.
public struct Checkpoint: Sendable {
  /// What the file is: `safetensors`, `npy`, `npz`, `pytorch`, `pickle`, `flax` or `shard-index`.
  public let format: FileFormat
  /// The tensors, in file order. The one of an `.npy` file is named `array`.
  public let tensors: [Tensor]
  /// The text that a safetensors file carries beside its tensors, or a training checkpoint's plain values, such as the
  /// epoch; in file order.
  public let metadata: [MetadataEntry]
  /// The members of an archive that hold no numbers, such as Python objects, and why.
  public let unreadable: [UnreadableMember]
  /// What was chosen, renamed or left out on reading, each in one sentence.
  public let notes: [String]
  /// The sets of tensors that a PyTorch or Flax checkpoint holds, read or not; empty for other formats.
  public let sets: [TensorSet]
  /// The whole file.
  public let bytes: Bytes
  /// The files beside it that its tensors lie in: those of an index.
  public let companions: [CompanionFile]

  private let index: [ExactName: Int]

  init(
    format: FileFormat, tensors: [Tensor], metadata: [MetadataEntry] = [], unreadable: [UnreadableMember] = [],
    notes: [String] = [], sets: [TensorSet] = [], bytes: Bytes, companions: [CompanionFile] = []
  ) {
    self.format = format
    self.tensors = tensors
    self.metadata = metadata
    self.unreadable = unreadable
    self.notes = notes
    self.sets = sets
    self.bytes = bytes
    self.companions = companions
    index = Dictionary(
      tensors.indices.map { (ExactName(tensors[$0].name), $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The size of the file and its companions, in bytes.
  public var byteCount: Int { companions.reduce(bytes.count) { $0 + $1.bytes.count } }

  /// The number of elements of all tensors.
  public var parameterCount: Int {
    tensors.reduce(0) { sum, tensor in
      let (total, overflow) = sum.addingReportingOverflow(tensor.elementCount)
      return overflow ? Int.max : total
    }
  }

  /// The digest of the file and of its companions, with their names.
  public var digest: ContentDigest {
    let own = ContentDigest(of: bytes)
    guard !companions.isEmpty else { return own }
    let digester = ContentDigester()
    digester.append(field: own.hex)
    for file in companions {
      digester.append(field: file.name)
      digester.append(field: ContentDigest(of: file.bytes).hex)
    }
    return digester.finish()
  }

  /// Reads a file, or the weights of a model's folder. A file's content says what it is; its name's extension is not looked
  /// at. Of a folder, the file is opened that Hugging Face's libraries would open, or the only one of weights.
  ///
  /// - Parameters:
  ///   - set: what the names of the tensors to read begin with, which is then taken off: `ema`; `nil` for all weights.
  ///   - keepsNames: whether prefixes stay that wrappers put before every name (`module.`).
  /// - Throws: `CheckpointError.inFile` with the path and what is the matter.
  public static func open(
    path: String, set: String? = nil, keepsNames: Bool = false
  ) throws(CheckpointError) -> Checkpoint {
    var status = stat()
    guard !path.utf8.contains(0), stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      let folder = ExternalDataFolder(path: path.lastIndex(of: "/").map { String(path[...$0]) } ?? ".")
      let bytes = try Bytes(mapping: path)
      do throws(CheckpointError) {
        return try Checkpoint(decoding: bytes, set: set, keepsNames: keepsNames) { try folder.bytes($0) }
      } catch {
        throw .inFile(path, error)
      }
    }
    let folder = ExternalDataFolder(path: path)
    do throws(CheckpointError) {
      let (file, others) = try WeightsFolder.weights(among: try folder.names())
      let bytes = try folder.bytes(file)
      do throws(CheckpointError) {
        return try Checkpoint(decoding: bytes, set: set, keepsNames: keepsNames) { try folder.bytes($0) }
          .noting(file: file, others: others)
      } catch {
        throw .inFile(file, error)
      }
    } catch {
      throw .inFile(path, error)
    }
  }

  /// Reads bytes as `open(path:)` reads a file.
  ///
  /// - Parameter companion: gives the file of a plain name beside this one; without it, an index of files is refused.
  public init(
    decoding bytes: Bytes, set: String? = nil, keepsNames: Bool = false, companion: ((String) throws -> Bytes)? = nil
  ) throws(CheckpointError) {
    guard bytes.count > 0 else { throw .file(.empty) }
    switch FileFormat.sniff(bytes) {
    case .safetensors: self = try Safetensors.decode(bytes).selecting(set)
    case .npy:
      self = try Checkpoint(format: .npy, tensors: [try NumPyArray.decode(bytes, name: "array")], bytes: bytes)
        .selecting(set)
    case .zip: self = try NumPyArchive.decode(bytes, set: set, keepsNames: keepsNames)
    case .pickle: self = try PyTorchCheckpoint.decode(bytes, set: set, keepsNames: keepsNames)
    case .flax: self = try FlaxCheckpoint.decode(bytes, set: set, keepsNames: keepsNames)
    case .json:
      let isIndex = String(decoding: bytes.data.prefix(4096), as: UTF8.self).contains("\"weight_map\"")
      guard let root = isIndex ? try JSONNode(parsing: bytes) : try? JSONNode(parsing: bytes),
        ShardedCheckpoint.recognises(root)
      else { throw .foreignText(.json, opening: FileFormat.opening(of: bytes)) }
      guard let companion else { throw .shards(.noFolder) }
      self = try ShardedCheckpoint.decode(root, bytes) { name throws(CheckpointError) in
        do { return try companion(name) } catch {
          if let known = error as? CheckpointError { throw known }
          throw .inFile(name, .file(.unreadable((error as? any Diagnosable)?.message ?? "\(error)")))
        }
      }.selecting(set)
    case .text?: throw .foreignText(.text, opening: FileFormat.opening(of: bytes))
    case let other?: throw .notRead(other)
    case nil:
      throw .unknownFormat(firstBytes: (0..<min(8, bytes.count)).map { bytes[$0] })
    }
  }

  /// The same with a note of the file that was chosen in a folder.
  public func noting(file: String, others: [String]) -> Checkpoint {
    let left = others.isEmpty ? "" : "; left alone: \(listed(others))"
    return Checkpoint(
      format: format, tensors: tensors, metadata: metadata, unreadable: unreadable,
      notes: ["of the folder, \(quoted(file)) is read\(left)"] + notes, sets: sets, bytes: bytes,
      companions: companions)
  }

  /// The tensors whose names begin with a set's, without it; all of them for `nil`.
  func selecting(_ set: String?) throws(CheckpointError) -> Checkpoint {
    guard let set else { return self }
    let start = Array("\(set).".utf8)
    let chosen = tensors.filter { $0.name.utf8.starts(with: start) && $0.name.utf8.count > start.count }
    guard !chosen.isEmpty else { throw .unknownSet(set, known: []) }
    return Checkpoint(
      format: format,
      tensors: chosen.map { $0.named(String(decoding: $0.name.utf8.dropFirst(start.count), as: UTF8.self)) },
      metadata: metadata, notes: notes, bytes: bytes, companions: companions)
  }

  /// The tensor of a name, compared byte for byte.
  ///
  /// - Throws: `CheckpointError.unknownTensor` with the nearest name as hint; for a member of `unreadable`, why it is.
  public func tensor(named name: String) throws(CheckpointError) -> Tensor {
    if let position = index[ExactName(name)] { return tensors[position] }
    if let member = unreadable.first(where: { ExactName($0.name) == ExactName(name) }) {
      throw .inMember(name, member.reason)
    }
    throw .unknownTensor(name, hint: hint(forUnknown: name))
  }

  private func hint(forUnknown name: String) -> String? {
    let names = tensors.map(\.name)
    // Frameworks put 'module.' and the like in front; such names are far away by spelling.
    let longer = names.filter { $0.hasSuffix(".\(name)") }
    if longer.count == 1 { return "did you mean '\(longer[0])'?" }
    return nearMissHint(for: name, among: names)
  }

  /// A summary of every tensor, in file order.
  public func summaries() -> [TensorSummary] { TensorSummary.all(of: tensors) }
}

/// A pair of texts that a safetensors file carries beside its tensors.
public struct MetadataEntry: Sendable, Hashable, Codable {
  /// The key.
  public let key: String
  /// The value.
  public let value: String

  /// Makes an entry.
  public init(key: String, value: String) {
    self.key = key
    self.value = value
  }
}

/// A member of an archive that holds no numbers.
public struct UnreadableMember: Sendable, Hashable {
  /// The member's name, without `.npy`.
  public let name: String
  /// Why it is not read.
  public let reason: CheckpointError
}
