import Diagnostics
import Foundation

/// Named tensors from a file, in the order of the file.
public struct Checkpoint: Sendable {
  /// What the file is: `safetensors`, `npy`, `npz`, `pytorch` or `pickle`.
  public let format: FileFormat
  /// The tensors, in file order. The one of an `.npy` file is named `array`.
  public let tensors: [Tensor]
  /// The text that a safetensors file carries beside its tensors, in file order.
  public let metadata: [MetadataEntry]
  /// The members of an archive that hold no numbers, such as Python objects, and why.
  public let unreadable: [UnreadableMember]
  /// What was chosen, renamed or left out on reading a PyTorch checkpoint, each in one sentence.
  public let notes: [String]
  /// The sets of tensors that a PyTorch checkpoint holds, read or not; empty for other formats.
  public let sets: [TensorSet]
  /// The whole file.
  public let bytes: Bytes

  private let index: [ExactName: Int]

  init(
    format: FileFormat, tensors: [Tensor], metadata: [MetadataEntry] = [], unreadable: [UnreadableMember] = [],
    notes: [String] = [], sets: [TensorSet] = [], bytes: Bytes
  ) {
    self.format = format
    self.tensors = tensors
    self.metadata = metadata
    self.unreadable = unreadable
    self.notes = notes
    self.sets = sets
    self.bytes = bytes
    index = Dictionary(
      tensors.indices.map { (ExactName(tensors[$0].name), $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Reads a file. Its content says what it is; its name's extension is not looked at.
  ///
  /// - Throws: `CheckpointError.inFile` with the path and what is the matter.
  public static func open(path: String) throws(CheckpointError) -> Checkpoint {
    let bytes = try Bytes(mapping: path)
    do throws(CheckpointError) {
      return try Checkpoint(decoding: bytes)
    } catch {
      throw .inFile(path, error)
    }
  }

  /// Reads bytes as `open(path:)` reads a file.
  public init(decoding bytes: Bytes) throws(CheckpointError) {
    guard bytes.count > 0 else { throw .file(.empty) }
    switch FileFormat.sniff(bytes) {
    case .safetensors: self = try Safetensors.decode(bytes)
    case .npy:
      self.init(format: .npy, tensors: [try NumPyArray.decode(bytes, name: "array")], bytes: bytes)
    case .zip: self = try NumPyArchive.decode(bytes)
    case .pickle: self = try PyTorchCheckpoint.decode(bytes)
    case let other?: throw .notRead(other)
    case nil:
      throw .unknownFormat(firstBytes: (0..<min(8, bytes.count)).map { bytes[$0] })
    }
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
