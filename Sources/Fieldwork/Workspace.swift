import Checkpoints
import Diagnostics
import Foundation

/// The door to files. Paths are relative to where the person stands, or absolute.
public protocol Workspace: Sendable {
  /// The bytes of a file.
  func bytes(at path: String) throws -> Bytes
  /// The bytes of a file that a model at a path names as its own. The name is the file's, and not to be trusted.
  func companion(_ location: String, ofModelAt path: String) throws -> Bytes
  /// The names in a folder, sorted; `nil` when the path leads to none.
  func names(inFolder path: String) throws -> [String]?
  /// Whether a file or folder is there.
  func exists(_ path: String) -> Bool
  /// Writes a file whole or not at all, making its folder if need be.
  func write(_ bytes: [UInt8], to path: String) throws
  /// Puts a folder with just these files in place of whatever was there, whole or not at all.
  func replaceFolder(_ path: String, with files: [String: [UInt8]]) throws
}

extension Workspace {
  /// Texts larger than this are refused: no person wrote them.
  public static var textLimit: Int { 1 << 26 }

  /// A text file, which must be UTF-8.
  public func text(at path: String) throws -> SourceText {
    let bytes = try bytes(at: path)
    guard bytes.count <= Self.textLimit else {
      throw WorkspaceError.tooLong(path, size: bytes.count, limit: Self.textLimit)
    }
    guard let text = String(validating: bytes.data, as: UTF8.self) else { throw WorkspaceError.notText(path) }
    return SourceText(name: path, text: text)
  }
}

/// What can go wrong between Fieldbook and a disk.
public enum WorkspaceError: Diagnosable, Hashable {
  /// No such file.
  case missing(String)
  /// A file that should be text and is not.
  case notText(String)
  /// A file that should be text and is too large to be one.
  case tooLong(String, size: Int, limit: Int)
  /// A folder that a report would replace, and that holds something else.
  case notAReport(String)
  /// A file or folder that cannot be written, with the system's reason.
  case cannotWrite(String, reason: String)
  /// Another run is at work in the same folder.
  case locked(String)

  /// What is the matter.
  public var message: String {
    switch self {
    case .missing(let path): "file '\(path)' does not exist"
    case .notText(let path): "file '\(path)' is not UTF-8 text"
    case .tooLong(let path, let size, let limit): "file '\(path)' has \(size) bytes; a text may have at most \(limit)"
    case .notAReport(let path): "'\(path)' holds something other than a report, which would be lost"
    case .cannotWrite(let path, let reason): "'\(path)' cannot be written: \(reason)"
    case .locked(let path): "folder '\(path)' is in use by another run"
    }
  }

  /// What to do.
  public var hint: String? {
    switch self {
    case .missing: nil
    case .notText: "save it as UTF-8"
    case .tooLong: "name the notebook itself, not the data it is about"
    case .notAReport: "choose another folder with '--output', or move that one away"
    case .cannotWrite: "choose another folder with '--output', or free some space"
    case .locked: "wait for the other run to end"
    }
  }

  /// The exit status.
  public var status: ExitStatus {
    switch self {
    case .missing, .notText, .tooLong: .inputDamaged
    case .cannotWrite, .notAReport: .cannotWrite
    case .locked: .locked
    }
  }
}
