import Foundation

/// NumPy's format for several arrays, `.npz`: a zip archive of `.npy` members.
public enum NumPyArchive {
  /// Reads the arrays of an archive, stored or deflated, in the order of its directory.
  ///
  /// Members that hold no numbers are listed in `unreadable`; a damaged member makes the whole archive unreadable.
  ///
  /// A PyTorch checkpoint, which is a zip archive too, is read as one; `set` and `keepsNames` are as there.
  ///
  /// - Throws: `CheckpointError.zip` or `.inMember`; `.notRead` for a zip archive of another kind.
  public static func decode(
    _ bytes: Bytes, set: String? = nil, keepsNames: Bool = false
  ) throws(CheckpointError) -> Checkpoint {
    let archive: ZipArchive
    do throws(ZipFault) { archive = try ZipArchive(bytes) } catch { throw .zip(error) }
    let names = archive.members.map(\.name)
    if names.contains(where: { $0.hasSuffix("/archive_format") || $0.hasSuffix("/models/model.json") }) {
      throw .notRead(.pyTorchExport)
    }
    if PyTorchFile.recognises(archive) {
      return try PyTorchCheckpoint.decode(archive, bytes, set: set, keepsNames: keepsNames)
    }
    if names.contains("model.weights.h5") { throw .notRead(.keras) }
    guard names.isEmpty || names.contains(where: { $0.hasSuffix(".npy") }) else { throw .notRead(.zip) }

    var tensors: [Tensor] = []
    var unreadable: [UnreadableMember] = []
    for member in archive.members where member.name.hasSuffix(".npy") {
      let name = String(member.name.dropLast(4))
      do throws(CheckpointError) {
        tensors.append(try NumPyArray.decode(try contents(of: member, in: archive), name: name))
      } catch {
        guard case .numPy(let fault) = error, fault.isForeignType else { throw .inMember(member.name, error) }
        unreadable.append(UnreadableMember(name: name, reason: error))
      }
    }
    return try Checkpoint(format: .npz, tensors: tensors, unreadable: unreadable, bytes: bytes).selecting(set)
  }

  private static func contents(
    of member: ZipArchive.Member, in archive: ZipArchive
  ) throws(CheckpointError) -> Bytes {
    do throws(ZipFault) { return try archive.contents(of: member) } catch { throw .zip(error) }
  }

  /// The bytes of an `.npz` file that holds arrays, in the order given.
  ///
  /// The same arrays give the same bytes: members are stored, and dated 1 January 1980.
  ///
  /// - Throws: `CheckpointError.notWritable`, `.duplicateName` or `.reservedName`.
  public static func encode(_ tensors: [Tensor]) throws(CheckpointError) -> Data {
    try pieces(for: tensors).reduce(into: Data()) { $0.append($1.data) }
  }

  /// Writes an `.npz` file: to a file beside it first, which then takes its place.
  ///
  /// - Throws: as `encode(_:)`, or `CheckpointError.inFile` with `.cannotWrite`.
  public static func write(_ tensors: [Tensor], to path: String) throws(CheckpointError) {
    try AtomicFile.write(try pieces(for: tensors), to: path)
  }

  private static func pieces(for tensors: [Tensor]) throws(CheckpointError) -> [Bytes] {
    var writer = ZipWriter()
    var names: Set<ExactName> = []
    for tensor in tensors {
      guard !tensor.name.isEmpty, !tensor.name.utf8.contains(0), tensor.name.utf8.count <= 60_000 else {
        throw .reservedName(tensor.name)
      }
      guard names.insert(ExactName(tensor.name)).inserted else { throw .duplicateName(tensor.name) }
      let header = try NumPyArray.header(for: tensor, format: .npz)
      writer.add("\(tensor.name).npy", [Bytes(data: header), tensor.bytes])
    }
    return writer.finish()
  }
}
