import Checkpoints
import Fieldwork
import Foundation
import Synchronization

/// Files in memory, over folders of the repository that can be read but not written.
final class MemoryWorkspace: Workspace {
  private let files: Mutex<[String: [UInt8]]>
  /// Folders of the repository, by the path under which they appear.
  private let mounts: [String: URL]
  /// Writing under this path is refused.
  private let full: String?

  init(_ files: [String: String] = [:], mounts: [String: URL] = [:], full: String? = nil) {
    self.files = Mutex(files.mapValues { Array($0.utf8) })
    self.mounts = mounts
    self.full = full
  }

  /// The paths written or given, sorted.
  var paths: [String] { files.withLock { $0.keys.sorted() } }

  func bytes(at path: String) throws -> Bytes {
    let path = normal(path)
    if let bytes = files.withLock({ $0[path] }) { return Bytes(bytes) }
    if exists(path), let url = mounted(path) {
      do {
        return try Bytes(mapping: url.path)
      } catch {
        guard case .inFile(_, let fault) = error else { throw error }
        throw CheckpointError.inFile(path, fault)
      }
    }
    throw WorkspaceError.missing(path)
  }

  func companion(_ location: String, ofModelAt path: String) throws -> Bytes {
    try bytes(at: path.split(separator: "/").dropLast().joined(separator: "/") + "/" + location)
  }

  func names(inFolder path: String) throws -> [String]? {
    let path = normal(path)
    let start = path.isEmpty ? "" : "\(path)/"
    var names = Set(
      files.withLock { $0.keys.filter { $0.hasPrefix(start) } }.compactMap { key in
        key.dropFirst(start.count).split(separator: "/").first.map(String.init)
      })
    var isFolder: ObjCBool = false
    if let url = mounted("\(path)/"), FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder),
      isFolder.boolValue
    {
      names.formUnion(try FileManager.default.contentsOfDirectory(atPath: url.path))
    }
    return names.isEmpty ? nil : names.sorted()
  }

  func exists(_ path: String) -> Bool {
    let path = normal(path)
    if files.withLock({ $0[path] != nil || $0.keys.contains { $0.hasPrefix("\(path)/") } }) { return true }
    return mounted(path).map { FileManager.default.fileExists(atPath: $0.path) } ?? false
  }

  func write(_ bytes: [UInt8], to path: String) throws {
    try refuse(path)
    files.withLock { $0[normal(path)] = bytes }
  }

  func replaceFolder(_ path: String, with new: [String: [UInt8]]) throws {
    try refuse(path)
    let path = normal(path)
    files.withLock { files in
      for old in files.keys where old.hasPrefix("\(path)/") { files[old] = nil }
      for (name, bytes) in new { files["\(path)/\(name)"] = bytes }
    }
  }

  /// The text of a file; empty when there is none.
  func read(_ path: String) -> String { files.withLock { String(decoding: $0[path] ?? [], as: UTF8.self) } }

  /// The files of a folder, by path.
  func folder(_ path: String) -> [String: [UInt8]] {
    files.withLock { $0.filter { $0.key.hasPrefix("\(path)/") } }
  }

  func remove(_ path: String) { files.withLock { $0[normal(path)] = nil } }

  private func refuse(_ path: String) throws {
    if let full, path.hasPrefix(full) {
      throw WorkspaceError.cannotWrite(path, reason: "no space left on device")
    }
  }

  private func mounted(_ path: String) -> URL? {
    for (name, url) in mounts where path.hasPrefix("\(name)/") {
      return url.appending(path: String(path.dropFirst(name.count + 1)))
    }
    return nil
  }

  private func normal(_ path: String) -> String {
    path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
  }
}
