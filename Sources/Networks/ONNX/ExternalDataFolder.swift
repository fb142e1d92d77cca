import Checkpoints
import Foundation

/// The folder of a model, whose other files may hold the model's weights.
///
/// A model comes from anywhere, and the names it gives are not trusted: nothing outside the folder is opened, and no link
/// is followed.
public struct ExternalDataFolder: Sendable {
  /// The folder's path.
  public let path: String

  /// Names a folder; nothing is opened yet.
  public init(path: String) { self.path = path.isEmpty ? "." : path }

  /// The contents of a file in the folder or below it, mapped.
  ///
  /// The location is a plain relative path with `/` between its parts. The file must not be cut short by another program
  /// while its bytes are in use.
  ///
  /// Throws: ``NetworkError/file(_:)`` when there is no such file, when a part of the location is a link, or when the file
  /// is not a regular one with a single name.
  public func bytes(_ location: String) throws(NetworkError) -> Bytes {
    do throws(CheckpointError) {
      return try contents(location)
    } catch {
      throw .file(.inFile(location, error))
    }
  }

  private func contents(_ location: String) throws(CheckpointError) -> Bytes {
    guard ExternalPlace.isPlain(location) else {
      throw .file(.unreadable("only files in the model's own folder are read"))
    }
    let descriptor = try descriptor(location)
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw fault(errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .file(.folder)
    default: throw .file(.notRegular)
    }
    // A second name may lie in a folder that the model has no business with.
    guard status.st_nlink == 1 else {
      throw .file(.unreadable("it has \(status.st_nlink) names (hard links); a file with one is needed"))
    }
    let size = Int(status.st_size)
    guard size > 0 else { throw .file(.empty) }
    guard size <= Bytes.largestFile else { throw .file(.tooLarge(size: size, limit: Bytes.largestFile)) }
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
      throw fault(errno)
    }
    return Bytes(data: Data(bytesNoCopy: start, count: size, deallocator: .custom { munmap($0, $1) }))
  }

  /// Opens the file part by part, so that no part can be a link.
  private func descriptor(_ location: String) throws(CheckpointError) -> Int32 {
    var current = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard current >= 0 else { throw fault(errno) }
    let parts = location.split(separator: "/")
    for (index, part) in parts.enumerated() {
      let isLast = index == parts.count - 1
      // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
      let kind = isLast ? O_NONBLOCK : O_DIRECTORY
      let next = openat(current, String(part), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | kind)
      let code = errno
      let isLink = next < 0 && isLink(String(part), in: current)
      close(current)
      guard next >= 0 else {
        throw isLink ? .file(.unreadable("'\(part)' is a link; no link is followed")) : fault(code)
      }
      current = next
    }
    return current
  }

  private func isLink(_ name: String, in folder: Int32) -> Bool {
    var status = stat()
    return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  private func fault(_ code: Int32) -> CheckpointError {
    switch code {
    case ENOENT, ENOTDIR: .file(.missing)
    case EACCES, EPERM: .file(.denied)
    case ENXIO: .file(.notRegular)
    default: .file(.unreadable(String(cString: strerror(code))))
    }
  }
}
