/// The parts of a PyTorch exported program (`torch.export.save`): a zip archive with the graph as JSON and the weights as
/// plain storages beside it.
///
/// Source: PyTorch's description of the PT2 archive. Example inputs, which are pickled, are never looked at.
public struct ExportedArchive: Sendable {
  private let archive: ZipArchive
  private let members: [ExactName: ZipArchive.Member]
  private let prefix: String
  /// The size of the file.
  public var byteCount: Int { archive.byteCount }

  /// Whether the bytes are a zip archive that holds an exported program, whatever state it is in.
  public static func recognises(_ bytes: Bytes) -> Bool {
    guard FileFormat.sniff(bytes) == .zip, let archive = try? ZipArchive(bytes) else { return false }
    return archive.members.contains { isModel($0.name) || isOlder($0.name) }
  }

  private static func isModel(_ name: String) -> Bool {
    name.hasSuffix("/models/model.json") || name.hasSuffix("/archive_format")
  }

  private static func isOlder(_ name: String) -> Bool { name == "serialized_exported_program.json" }

  /// Opens an archive.
  ///
  /// Throws: `CheckpointError.zip`; `.notRead` when there is no exported program in it.
  public init(_ bytes: Bytes) throws(CheckpointError) {
    do throws(ZipFault) { archive = try ZipArchive(bytes) } catch { throw .zip(error) }
    guard let model = archive.members.first(where: { Self.isModel($0.name) || Self.isOlder($0.name) }) else {
      throw .notRead(.zip)
    }
    prefix = model.name.firstIndex(of: "/").map { String(model.name[...$0]) } ?? ""
    members = Dictionary(
      archive.members.map { (ExactName($0.name), $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Whether the archive has the layout that PyTorch wrote before 2.8.
  public var isOlder: Bool { prefix.isEmpty }

  /// The content of a member by its name below the archive's folder, checked against its checksum; `nil` when there is none.
  ///
  /// Throws: `CheckpointError.inMember` when it cannot be unpacked.
  public func contents(_ name: String) throws(CheckpointError) -> Bytes? {
    guard let member = members[ExactName(prefix + name)] else { return nil }
    do throws(ZipFault) {
      return try archive.contents(of: member)
    } catch {
      throw .inMember(member.name, .zip(error))
    }
  }
}
