import CFolderSwap
import Checkpoints
import Diagnostics
import Foundation
import Glibc

/// Files on disk.
public struct DiskWorkspace: Workspace {
  /// Makes a workspace of the folder the person stands in.
  public init() {}

  /// The bytes of a file.
  public func bytes(at path: String) throws -> Bytes {
    if !exists(path) { throw WorkspaceError.missing(path) }
    return try Bytes(mapping: path)
  }

  /// The bytes of a file in the model's own folder; no link is followed.
  public func companion(_ location: String, ofModelAt path: String) throws -> Bytes {
    try ExternalDataFolder(path: PathParts(path).folder).bytes(location)
  }

  /// The names in a folder, sorted; `nil` when the path leads to none.
  public func names(inFolder path: String) throws -> [String]? {
    var status = stat()
    guard stat(path.isEmpty ? "." : path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
    return try ExternalDataFolder(path: path).names()
  }

  /// Whether a file or folder is there.
  public func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Writes a file whole or not at all, making its folder if need be.
  public func write(_ bytes: [UInt8], to path: String) throws {
    try Interruption.waiting { try writeWhole(bytes, to: path) }
  }

  /// Puts a folder with just these files in place of whatever was there, whole or not at all.
  public func replaceFolder(_ path: String, with files: [String: [UInt8]]) throws {
    try Interruption.waiting { try replaceWhole(path, with: files) }
  }

  private func writeWhole(_ bytes: [UInt8], to path: String) throws {
    try makeFolder(PathParts(path).folder, shownAs: path)
    let temporary = "\(path).\(getpid()).partial"
    do {
      try writeFile(bytes, to: temporary, shownAs: path)
      guard rename(temporary, path) == 0 else { throw cannotWrite(path) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private func replaceWhole(_ path: String, with files: [String: [UInt8]]) throws {
    let parent = PathParts(path).folder
    let name = PathParts(path).name
    let staging = PathParts.joined(parent, ".\(name).\(getpid()).partial")
    try makeFolder(parent, shownAs: path)
    try? FileManager.default.removeItem(atPath: staging)
    defer { try? FileManager.default.removeItem(atPath: staging) }
    try makeFolder(staging, shownAs: path)
    var folders: Set<String> = []
    for (file, bytes) in files.sorted(by: { $0.key < $1.key }) {
      let target = PathParts.joined(staging, file)
      let folder = PathParts(target).folder
      if folders.insert(folder).inserted { try makeFolder(folder, shownAs: path) }
      try writeFile(bytes, to: target, shownAs: PathParts.joined(path, file))
    }
    if exists(path) {
      // One step for the file system: a reader sees the old folder or the new one, never neither.
      if fieldbook_exchange_paths(staging, path) != 0 { try exchangeInSteps(staging, path, unlessBecause: errno) }
    } else {
      guard rename(staging, path) == 0 else { throw cannotWrite(path) }
    }
  }

  /// The same in three steps, for file systems that cannot exchange: network folders, mostly.
  private func exchangeInSteps(_ staging: String, _ path: String, unlessBecause code: Int32) throws {
    guard [EINVAL, ENOSYS, EOPNOTSUPP].contains(code) else { throw cannotWrite(path, code) }
    let aside = "\(staging).old"
    guard rename(path, aside) == 0 else { throw cannotWrite(path) }
    guard rename(staging, path) == 0 else {
      let code = errno
      rename(aside, path)
      throw cannotWrite(path, code)
    }
    try? FileManager.default.removeItem(atPath: aside)
  }

  /// Makes a folder and those it lies in, where they are not there yet.
  func makeFolder(_ path: String, shownAs shown: String? = nil) throws {
    guard !path.isEmpty, !exists(path) else { return }
    try makeFolder(PathParts(path).folder, shownAs: shown ?? path)
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

  private func cannotWrite(_ path: String, _ code: Int32 = errno) -> WorkspaceError {
    .cannotWrite(path, reason: String(cString: strerror(code)).lowercased())
  }
}
