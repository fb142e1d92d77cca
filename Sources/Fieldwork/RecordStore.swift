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
  func record(for key: ContentDigest) -> KeptRecord? {
    let path = "\(folder)/\(key.hex)"
    guard workspace.exists("\(path)/\(RecordFiles.recordName)"),
      let record = try? workspace.bytes(at: "\(path)/\(RecordFiles.recordName)"),
      let digest = try? workspace.text(at: "\(path)/\(RecordStore.digestName)"),
      digest.text == ContentDigest(of: record).hex,
      let read = try? RecordFiles.read({ try workspace.bytes(at: "\(path)/\($0)") })
    else { return nil }
    return KeptRecord(record: read, digest: digest.text)
  }

  /// Keeps a record, given as its files.
  func keep(_ files: [String: [UInt8]], under key: ContentDigest) throws {
    var files = files
    files[RecordStore.digestName] = Array(RecordFiles.digest(of: files).utf8)
    try workspace.replaceFolder("\(folder)/\(key.hex)", with: files)
  }

  /// The digest of the record's own file, so that a damaged one is measured again.
  private static let digestName = "record.sha256"
}

/// A record with the digest of its file, which stands for all that is in it: arrays are in it by digest.
struct KeptRecord: Sendable, Hashable {
  var record: ProbeRecord
  var digest: String
}
