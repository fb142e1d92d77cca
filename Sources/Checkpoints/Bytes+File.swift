import Foundation

extension Bytes {
  /// Files above this size are refused: 1 TiB.
  public static let largestFile = 1 << 40

  /// Files up to this size are copied, which is as quick and keeps a file that shrinks meanwhile from ending the run.
  static let copiedFile = 1 << 20

  /// Reads a regular file: a small one is copied, a large one mapped into memory.
  ///
  /// A mapped file must not be cut short by another program while its bytes are in use.
  ///
  /// - Throws: `CheckpointError.file` within `.inFile` when the file is missing, unreadable, empty, too large or no regular
  ///   file.
  public init(mapping path: String) throws(CheckpointError) {
    do throws(CheckpointError) {
      self = try Bytes.contents(of: path)
    } catch {
      throw .inFile(path, error)
    }
  }

  private static func contents(of path: String) throws(CheckpointError) -> Bytes {
    guard !path.utf8.contains(0) else { throw .file(.missing) }
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .file(FileFault(openingFailedWith: errno)) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .file(.unreadable(systemMessage(errno))) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .file(.folder)
    default: throw .file(.notRegular)
    }
    return try Bytes(descriptor, size: Int(status.st_size))
  }

  /// The contents of an open regular file.
  init(_ descriptor: Int32, size: Int) throws(CheckpointError) {
    guard size > 0 else { throw .file(.empty) }
    guard size <= Self.largestFile else { throw .file(.tooLarge(size: size, limit: Self.largestFile)) }
    self = size <= Self.copiedFile ? try Self.copy(descriptor, size: size) : try Self.map(descriptor, size: size)
  }

  private static func copy(_ descriptor: Int32, size: Int) throws(CheckpointError) -> Bytes {
    var contents = Data(count: size)
    var filled = 0
    while filled < size {
      let got = contents.withUnsafeMutableBytes { buffer in
        buffer.baseAddress.map { pread(descriptor, $0 + filled, size - filled, off_t(filled)) } ?? 0
      }
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .file(.unreadable(systemMessage(errno))) }
      guard got > 0 else { throw .file(.unreadable("it became shorter while it was read")) }
      filled += got
    }
    return Bytes(data: contents)
  }

  private static func map(_ descriptor: Int32, size: Int) throws(CheckpointError) -> Bytes {
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
      throw .file(.unreadable(systemMessage(errno)))
    }
    return Bytes(data: Data(bytesNoCopy: start, count: size, deallocator: .custom { munmap($0, $1) }))
  }
}

/// What is the matter with a file as a whole.
public enum FileFault: Sendable, Hashable {
  /// There is no such file.
  case missing
  /// It is a folder.
  case folder
  /// It is a pipe, a socket or a device.
  case notRegular
  /// Its permissions forbid reading it.
  case denied
  /// The system gave another reason.
  case unreadable(String)
  /// It has no bytes.
  case empty
  /// It has more bytes than any input may have.
  case tooLarge(size: Int, limit: Int)
  /// It, or a folder on the way to it, is a link, where none is followed.
  case link(String)
  /// It has other names (hard links), which may lie anywhere.
  case severalNames(Int)

  init(openingFailedWith code: Int32) {
    switch code {
    case ENOENT, ENOTDIR: self = .missing
    case EACCES, EPERM: self = .denied
    case ENXIO: self = .notRegular
    default: self = .unreadable(systemMessage(code))
    }
  }

  var message: String {
    switch self {
    case .missing: "no such file"
    case .folder: "it is a folder; a file is needed"
    case .notRegular: "it is a pipe, socket or device; a regular file is needed"
    case .denied: "its permissions forbid reading it"
    case .unreadable(let reason): "it cannot be read: \(reason)"
    case .empty: "it is empty: 0 bytes"
    case .tooLarge(let size, let limit): "it has \(size) bytes; at most \(limit) are read"
    case .link(let name): "\(quoted(name)) is a link; no link is followed"
    case .severalNames(let count): "it has \(count) names (hard links); a file with one is needed"
    }
  }

  var hint: String? {
    switch self {
    case .missing: "check the path; it is relative to the notebook, or on the command line to the current folder"
    case .folder: "name a file inside it"
    case .notRegular: "copy its contents to a file first"
    case .denied: "make it readable: chmod +r"
    case .empty: "download or save it again; cloud folders leave such placeholders"
    case .link: "copy the folder with its links resolved: cp -rL FOLDER COPY"
    case .severalNames: "copy the folder: cp -r FOLDER COPY"
    case .unreadable, .tooLarge: nil
    }
  }
}

/// The system's own words for an error number, with the capital taken off.
func systemMessage(_ code: Int32) -> String {
  let words = String(cString: strerror(code))
  return words.prefix(1).lowercased() + words.dropFirst()
}
