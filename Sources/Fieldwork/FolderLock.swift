import Diagnostics
import Foundation
import Glibc

/// Keeps two runs from working in one folder at once. Released when the value goes away.
public final class FolderLock {
  private let descriptor: Int32

  /// Takes the lock of a folder, or throws if another run holds it.
  public init(folder: String) throws {
    try DiskWorkspace().makeFolder(folder)
    let path = "\(folder)/.lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FolderLock.refusal(of: path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let error = errno == EWOULDBLOCK ? WorkspaceError.locked(folder) : FolderLock.refusal(of: path)
      close(descriptor)
      throw error
    }
  }

  deinit { close(descriptor) }

  private static func refusal(of path: String) -> WorkspaceError {
    .cannotWrite(path, reason: String(cString: strerror(errno)).lowercased())
  }
}
