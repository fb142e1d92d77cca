import Foundation

/// The folder of a model, whose other files may hold the model's weights.
///
/// A model or an index comes from anywhere, and the names it gives are not trusted: nothing outside the folder is opened,
/// and no link is followed.
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
  /// - Throws: `CheckpointError.inFile` with the location: there is no such file, a part of the location is a link, or the
  ///   file is not a regular one with a single name.
  public func bytes(_ location: String) throws(CheckpointError) -> Bytes {
    do throws(CheckpointError) {
      return try contents(location)
    } catch {
      throw .inFile(location, error)
    }
  }

  /// The names of what lies in the folder, files and folders alike, sorted byte by byte.
  ///
  /// - Throws: `CheckpointError.inFile` with the folder's path when it cannot be read.
  public func names() throws(CheckpointError) -> [String] {
    guard let stream = opendir(path) else { throw .inFile(path, fault(errno)) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(validatingCString: $0) }
      }
      // A name that is not UTF-8 cannot be asked for.
      guard let name, name != ".", name != ".." else { continue }
      names.append(name)
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The longest location that is looked at, in bytes.
  private static let longestLocation = 1024

  /// Whether a location is a plain path inside a folder: relative, with neither `.` nor `..` among its parts.
  public static func isPlain(_ location: String) -> Bool {
    let bytes = location.utf8
    guard !bytes.isEmpty, bytes.count <= longestLocation, !bytes.contains(0), !bytes.contains(UInt8(ascii: "\\"))
    else { return false }
    return location.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
      !["", ".", ".."].contains($0)
    }
  }

  private func contents(_ location: String) throws(CheckpointError) -> Bytes {
    guard Self.isPlain(location) else {
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
    guard status.st_nlink == 1 else { throw .file(.severalNames(Int(status.st_nlink))) }
    return try Bytes(descriptor, size: Int(status.st_size))
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
        throw isLink ? .file(.link(String(part))) : fault(code)
      }
      current = next
    }
    return current
  }

  private func isLink(_ name: String, in folder: Int32) -> Bool {
    var status = stat()
    return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  private func fault(_ code: Int32) -> CheckpointError { .file(FileFault(openingFailedWith: code)) }
}
