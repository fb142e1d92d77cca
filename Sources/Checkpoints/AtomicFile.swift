import Foundation

/// Writing files so that the old content stays until the new one is whole.
public enum AtomicFile {
  /// Writes pieces one after the other into a file in the same folder, which then takes the path's place.
  ///
  /// A path that is a device or a pipe is written straight away. Where the path is a link to a
  /// file, that file is replaced and the link stays.
  ///
  /// - Throws: `CheckpointError.inFile` with `.cannotWrite`; nothing is left behind then.
  public static func write(_ pieces: [Bytes], to path: String) throws(CheckpointError) {
    do throws(SystemFailure) {
      guard !path.isEmpty, !path.utf8.contains(0) else { throw SystemFailure(code: EINVAL) }
      var status = stat()
      if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
        guard status.st_mode & S_IFMT != S_IFDIR else { throw SystemFailure(code: EISDIR) }
        try write(pieces, openedBy: open(path, O_WRONLY | O_CLOEXEC))
        return
      }
      let target = resolved(path)
      let scratch = try scratchFile(for: target)
      do throws(SystemFailure) {
        try write(pieces, openedBy: scratch.descriptor)
        guard rename(scratch.path, target) == 0 else { throw SystemFailure(code: errno) }
      } catch {
        unlink(scratch.path)
        throw error
      }
    } catch {
      throw .inFile(path, .cannotWrite(error.reason))
    }
  }

  private struct SystemFailure: Error {
    let code: Int32

    var reason: String {
      switch code {
      case ENOENT: "its folder does not exist"
      case EISDIR: "it is a folder"
      case EINVAL: "a path has at least one character, and no zero byte"
      case EACCES, EPERM: "its folder's permissions forbid it"
      default: systemMessage(code)
      }
    }
  }

  private static func write(_ pieces: [Bytes], openedBy descriptor: Int32) throws(SystemFailure) {
    guard descriptor >= 0 else { throw SystemFailure(code: errno) }
    do throws(SystemFailure) {
      for piece in pieces {
        try piece.withUnsafeBytes { buffer throws(SystemFailure) in
          var rest = buffer[...]
          while !rest.isEmpty {
            let written = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw SystemFailure(code: errno) }
            rest = rest.dropFirst(written)
          }
        }
      }
    } catch {
      close(descriptor)
      throw error
    }
    // Some file systems report a full disk only here.
    guard close(descriptor) == 0 else { throw SystemFailure(code: errno) }
  }

  /// The path behind all links; the path itself when nothing is there yet.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  /// Makes a new file beside the one to be written; the process number keeps two runs apart.
  private static func scratchFile(for path: String) throws(SystemFailure) -> (path: String, descriptor: Int32) {
    let cut = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path.utf8.index(after: $0) } ?? path.startIndex
    let folder = path[..<cut]
    for attempt in 0..<1000 {
      let scratch = "\(folder).\(path[cut...].prefix(40)).\(getpid()).\(attempt).tmp"
      let descriptor = open(scratch, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (scratch, descriptor) }
      guard errno == EEXIST else { throw SystemFailure(code: errno) }
    }
    throw SystemFailure(code: EEXIST)
  }
}
