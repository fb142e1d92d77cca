import Checkpoints
import Foundation

extension Network {
  /// Reads a network from the bytes of an ONNX model (operator sets 7 to 28; initial values inside the file).
  ///
  /// Throws: ``NetworkError`` naming the tensor or node that is the matter.
  public init(onnx bytes: Bytes, name: String) throws(NetworkError) {
    try Self.sniff(bytes)
    self = try GraphBuilder.network(bytes, name: name)
  }

  /// Reads a network from a file, mapped, whatever the file's name ends in.
  ///
  /// Throws: ``NetworkError``.
  public static func load(path: String) throws(NetworkError) -> Network {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .unreadable(path: path, reason: "there is no such file")
    }
    guard !isFolder.boolValue else { throw .unreadable(path: path, reason: "it is a folder") }
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    if let type = attributes?[.type] as? FileAttributeType, type != .typeRegular, type != .typeSymbolicLink {
      throw .unreadable(path: path, reason: "it is not a regular file")
    }
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      throw .unreadable(path: path, reason: "the system does not let it be read")
    }
    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    return try Network(onnx: Bytes(data: data), name: name)
  }

  /// Refuses what is plainly something else, by its first bytes.
  private static func sniff(_ bytes: Bytes) throws(NetworkError) {
    guard bytes.count > 0 else { throw .notAModel(found: "the file is empty", hint: "copy the file again") }
    let head = (0..<min(64, bytes.count)).map { bytes[$0] }
    func begins(_ text: String) -> Bool { head.starts(with: Array(text.utf8)) }
    let text = String(decoding: head, as: UTF8.self).lowercased()
    if begins("version https://git-lfs") {
      throw .notAModel(found: "the file is a git-lfs pointer", hint: "run 'git lfs pull'")
    }
    if text.hasPrefix("<!doctype") || text.hasPrefix("<html") {
      throw .notAModel(found: "the file is a web page", hint: "download the file itself")
    }
    if head.starts(with: [0x50, 0x4B, 3, 4]) {
      throw .notAModel(
        found: "the file is a zip archive, as PyTorch and NumPy write them", hint: "export the model with torch.onnx.export")
    }
    if head.starts(with: [0x80]), head.count > 1, head[1] <= 5 {
      throw .notAModel(found: "the file is a Python pickle", hint: "export the model with torch.onnx.export")
    }
    if begins("\u{1F}") || head.starts(with: [0x93]) || (head.count > 8 && head[8] == UInt8(ascii: "{")) {
      throw .notAModel(
        found: "the file holds arrays or compressed data, not a graph", hint: "export the model with torch.onnx.export")
    }
  }
}
