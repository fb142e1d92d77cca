import Foundation

/// What PyTorch's `torch.save` writes: a pickle that describes tensors, and the storages that they are views of.
///
/// Neither form is ever run. Functions and classes that the pickle names are names; tensors are rebuilt from what the few
/// known functions would have been given.
struct PyTorchFile {
  private enum Source {
    case archive(ZipArchive, prefix: String, members: [ExactName: Int])
    case stretches([ExactName: Bytes])
  }

  let arena: PickleArena
  let storages: PyTorchStorages
  let format: FileFormat
  /// Whether the file also holds a program, of which only the weights are read.
  let isTorchScript: Bool
  private let isBigEndian: Bool
  private let source: Source

  // MARK: The form of today: a zip archive

  /// Whether the members are those of a PyTorch archive.
  static func recognises(_ archive: ZipArchive) -> Bool {
    archive.members.contains { $0.name == "data.pkl" || $0.name.hasSuffix("/data.pkl") }
  }

  init(_ archive: ZipArchive) throws(CheckpointError) {
    let pickles = archive.members.filter { $0.name == "data.pkl" || $0.name.hasSuffix("/data.pkl") }
    guard pickles.count == 1, let pickle = pickles.first else { throw .pyTorch(.pickles(pickles.count)) }
    let prefix = String(pickle.name.dropLast("data.pkl".count))
    let members = Dictionary(
      archive.members.indices.map { (ExactName(archive.members[$0].name), $0) }, uniquingKeysWith: { first, _ in first }
    )
    func contents(_ name: String) throws(CheckpointError) -> Bytes? {
      guard let index = members[ExactName(name)] else { return nil }
      do throws(ZipFault) { return try archive.contents(of: archive.members[index]) } catch {
        throw .inMember(name, .zip(error))
      }
    }
    if let order = try contents("\(prefix)byteorder") {
      let text = order.text ?? ""
      guard text == "little" || text == "big" else { throw .pyTorch(.byteOrder(text)) }
      isBigEndian = text == "big"
    } else {
      isBigEndian = false
    }
    let bytes = try contents(pickle.name) ?? Bytes([])
    do throws(CheckpointError) {
      // A small file may unpack to a large pickle; what that may build goes by the file.
      let limit = min(PickleArena.mostValues, max(250_000, archive.byteCount))
      arena = try PickleArena(reading: bytes, limit: limit)
      guard arena.end == bytes.count else {
        throw .pickle(.trailing(count: bytes.count - arena.end, offset: arena.end))
      }
    } catch {
      throw .inMember(pickle.name, error)
    }
    do throws(PyTorchFault) { storages = try PyTorchStorages(in: arena) } catch { throw .pyTorch(error) }
    format = .pyTorch
    isTorchScript =
      members[ExactName("\(prefix)constants.pkl")] != nil
      || archive.members.contains { $0.name.hasPrefix("\(prefix)code/") }
    source = .archive(archive, prefix: prefix, members: members)
  }

  // MARK: The older form: five pickles, then the storages

  /// 0x1950A86A20F9469CFC6C, which the first pickle is.
  private static let legacyMagic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]

  /// Reads the older form, or a pickle that is nothing else.
  init(pickled bytes: Bytes) throws(CheckpointError) {
    let first = try PickleArena(reading: bytes)
    isBigEndian = false
    isTorchScript = false
    guard first[first.root].content == .largeInteger(Self.legacyMagic) else {
      guard first.end == bytes.count else {
        throw .pickle(.trailing(count: bytes.count - first.end, offset: first.end))
      }
      arena = first
      format = .pickle
      do throws(PyTorchFault) { storages = try PyTorchStorages(in: first) } catch { throw .pyTorch(error) }
      source = .stretches([:])
      return
    }
    format = .pyTorch
    let version = try PickleArena(reading: bytes, from: first.end)
    guard version.integer(version.root) == 1001 else { throw .pyTorch(.legacyProtocol) }
    let system = try PickleArena(reading: bytes, from: version.end)
    for entry in system.entries(system.root)
    where system.text(entry.key) == "little_endian" && system[entry.value].content == .boolean(false) {
      throw .pyTorch(.legacyBigEndian)
    }
    arena = try PickleArena(reading: bytes, from: system.end)
    let keys = try PickleArena(reading: bytes, from: arena.end)
    do throws(PyTorchFault) {
      storages = try PyTorchStorages(in: arena)
      source = .stretches(try Self.stretches(bytes, keys: keys, storages: storages))
    } catch {
      throw .pyTorch(error)
    }
  }

  /// Each storage is its number of elements, in 8 bytes, and then the elements.
  private static func stretches(
    _ bytes: Bytes, keys: PickleArena, storages: PyTorchStorages
  ) throws(PyTorchFault) -> [ExactName: Bytes] {
    guard keys[keys.root].content == .list else { throw .legacyKeys(offset: keys[keys.root].offset) }
    var stretches: [ExactName: Bytes] = [:]
    var offset = keys.end
    for place in keys[keys.root].items {
      guard let key = keys.text(place) ?? keys.integer(place).map(String.init),
        let storage = storages.declaration(of: key), stretches[ExactName(key)] == nil
      else { throw .legacyKeys(offset: keys[place].offset) }
      guard let written = bytes.number(UInt64.self, at: offset) else {
        throw .legacyCutOff(key: key, needed: 8, available: bytes.count - offset)
      }
      guard written == UInt64(storage.count) else {
        throw .storageCounts(key: key, storage.count, Int(truncatingIfNeeded: written))
      }
      offset += 8
      guard let stretch = bytes.stretch(at: offset, count: storage.byteCount) else {
        throw .legacyCutOff(key: key, needed: storage.byteCount, available: bytes.count - offset)
      }
      stretches[ExactName(key)] = stretch
      offset += storage.byteCount
    }
    guard offset == bytes.count else {
      throw .legacyTrailing(count: bytes.count - offset)
    }
    return stretches
  }

  // MARK: Storages

  /// The bytes of a storage, in little-endian order; as many as its description needs.
  ///
  /// - Parameter type: how the bytes are to be understood when they must be turned round.
  func contents(of storage: PyTorchStorages.Declaration, as type: ElementType) throws(CheckpointError) -> Bytes {
    let found: Bytes
    switch source {
    case .stretches(let stretches):
      guard let stretch = stretches[ExactName(storage.key)] else { throw .pyTorch(.missingStorage(key: storage.key)) }
      found = stretch
    case .archive(let archive, let prefix, let members):
      let name = "\(prefix)data/\(storage.key)"
      guard let index = members[ExactName(name)] else { throw .pyTorch(.missingStorage(key: storage.key)) }
      let member = archive.members[index]
      // Before anything is unpacked.
      guard member.count == storage.byteCount else {
        throw .pyTorch(.storageSize(key: storage.key, needed: storage.byteCount, found: member.count))
      }
      do throws(ZipFault) { found = try archive.contents(of: member) } catch { throw .inMember(name, .zip(error)) }
    }
    let width = type.bitWidth / (type.isComplex ? 16 : 8)
    return isBigEndian && width > 1 && found.count % width == 0 ? found.reversed(inGroupsOf: width) : found
  }
}
