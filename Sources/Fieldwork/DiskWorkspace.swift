import CFolderSwap
import Checkpoints
import Diagnostics
import Foundation
import Glibc

/// Files on disk.
public struct DiskWorkspace: Workspace {
  /// Makes a workspace of the folder the person stands in.
  public init() {}

  public func bytes(at path: String) throws -> Bytes {
    if !exists(path) { throw WorkspaceError.missing(path) }
    return try Bytes(mapping: path)
  }

  public func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  public func write(_ bytes: [UInt8], to path: String) throws {
    try makeFolder((path as NSString).deletingLastPathComponent)
    let temporary = "\(path).\(getpid()).partial"
    do {
      try writeFile(bytes, to: temporary, shownAs: path)
      guard rename(temporary, path) == 0 else { throw cannotWrite(path) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  public func replaceFolder(_ path: String, with files: [String: [UInt8]]) throws {
    let parent = (path as NSString).deletingLastPathComponent
    let name = (path as NSString).lastPathComponent
    let staging = (parent as NSString).appendingPathComponent(".\(name).\(getpid()).partial")
    try makeFolder(parent, shownAs: path)
    try? FileManager.default.removeItem(atPath: staging)
    defer { try? FileManager.default.removeItem(atPath: staging) }
    try makeFolder(staging, shownAs: path)
    var folders: Set<String> = []
    for (file, bytes) in files.sorted(by: { $0.key < $1.key }) {
      let target = (staging as NSString).appendingPathComponent(file)
      let folder = (target as NSString).deletingLastPathComponent
      if folders.insert(folder).inserted { try makeFolder(folder, shownAs: path) }
      try writeFile(bytes, to: target, shownAs: (path as NSString).appendingPathComponent(file))
    }
    if exists(path) {
      // One step for the file system: a reader sees the old folder or the new one, never neither.
      guard fieldbook_exchange_paths(staging, path) == 0 else { throw cannotWrite(path) }
    } else {
      guard rename(staging, path) == 0 else { throw cannotWrite(path) }
    }
  }

  private func makeFolder(_ path: String, shownAs shown: String? = nil) throws {
    guard !path.isEmpty, !exists(path) else { return }
    try makeFolder((path as NSString).deletingLastPathComponent, shownAs: shown ?? path)
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw cannotWrite(shown ?? path) }
  }

  private func writeFile(_ bytes: [UInt8], to path: String, shownAs shown: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw cannotWrite(shown) }
    var isOpen = true
    defer { if isOpen { close(descriptor) } }
    try bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let step = Glibc.write(descriptor, buffer.baseAddress! + written, buffer.count - written)
        if step < 0, errno == EINTR { continue }
        guard step > 0 else { throw cannotWrite(shown) }
        written += step
      }
    }
    isOpen = false
    // Some file systems report a full disk only here.
    guard close(descriptor) == 0 else { throw cannotWrite(shown) }
  }

  private func cannotWrite(_ path: String) -> WorkspaceError {
    .cannotWrite(path, reason: String(cString: strerror(errno)).lowercased())
  }
}

/// Keeps two runs from working in one folder at once. Released when the value goes away.
public final class FolderLock {
  private let descriptor: Int32

  /// Takes the lock of a folder, or throws if another run holds it.
  public init(folder: String) throws {
    try DiskWorkspace().write([], to: "\(folder)/.keep")
    descriptor = open("\(folder)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw WorkspaceError.cannotWrite("\(folder)/lock", reason: String(cString: strerror(errno)).lowercased())
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw WorkspaceError.locked(folder)
    }
  }

  deinit { close(descriptor) }
}
