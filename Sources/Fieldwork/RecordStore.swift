import Checkpoints
import Diagnostics
import Foundation
import Probing

/// Records on disk, found by the digest of everything they depend on.
public struct RecordStore: Sendable {
  let workspace: any Workspace
  let folder: String

  /// Makes a store in a folder.
  public init(workspace: any Workspace, folder: String) {
    self.workspace = workspace
    self.folder = folder
  }

  /// The key of a measurement: what it would take to get another result.
  public static func key(
    probe: any Probe, seed: UInt64, sources: [ProbeRecord.SourceDigest], software: String
  ) throws -> ContentDigest {
    let card = type(of: probe).card
    let digester = ContentDigester()
    digester.append(field: "record \(ProbeRecord.currentSchema)")
    digester.append(field: card.name)
    digester.append(field: String(card.version))
    digester.append(field: software)
    digester.append(field: String(seed))
    digester.append(field: String(decoding: try JSONValue(encoding: probe).jsonData(), as: UTF8.self))
    for source in sources {
      digester.append(field: source.part)
      digester.append(field: source.sha256)
    }
    return digester.finish()
  }

  /// The record under a key; `nil` if there is none, or it is damaged.
  public func record(for key: ContentDigest) -> ProbeRecord? {
    let path = "\(folder)/\(key.hex)"
    guard workspace.exists("\(path)/\(RecordFiles.recordName)"),
      let record = try? workspace.bytes(at: "\(path)/\(RecordFiles.recordName)"),
      let digest = try? workspace.text(at: "\(path)/\(RecordStore.digestName)"),
      digest.text == ContentDigest(of: record).hex
    else { return nil }
    return try? RecordFiles.read { try workspace.bytes(at: "\(path)/\($0)") }
  }

  /// Keeps a record.
  public func keep(_ record: ProbeRecord, under key: ContentDigest) throws {
    var files = try RecordFiles.write(record)
    let digest = ContentDigest(of: Bytes(files[RecordFiles.recordName] ?? []))
    files[RecordStore.digestName] = Array(digest.hex.utf8)
    try workspace.replaceFolder("\(folder)/\(key.hex)", with: files)
  }

  /// The digest of the record's own file, so that a damaged one is measured again.
  private static let digestName = "record.sha256"
}
