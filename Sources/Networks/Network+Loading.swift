import Checkpoints
import Foundation

extension Network {
  /// Reads a network from the bytes of an ONNX model (operator sets 7 to 28).
  ///
  /// Tensors that the model keeps in other files are taken from what `externalData` gives for their locations: each is
  /// asked for once, and only if it is a plain relative path (no `..`). Without it, such tensors are refused.
  ///
  /// Throws: ``NetworkError`` naming the tensor or node that is the matter.
  public init(
    onnx bytes: Bytes, name: String, externalData: ((_ location: String) throws -> Bytes)? = nil
  ) throws(NetworkError) {
    try Self.sniff(bytes)
    self = try GraphBuilder.network(bytes, name: name, externalFiles: ExternalFiles(externalData))
  }

  /// Reads a network from a file, mapped, whatever the file's name ends in, and from the files beside it that it names.
  ///
  /// Throws: ``NetworkError``.
  public static func load(path: String) throws(NetworkError) -> Network {
    let bytes: Bytes
    do throws(CheckpointError) {
      bytes = try Bytes(mapping: path)
    } catch {
      throw .file(error)
    }
    let folder = ExternalDataFolder(path: path.lastIndex(of: "/").map { String(path[...$0]) } ?? ".")
    return try Network(
      onnx: bytes, name: URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent,
      externalData: { try folder.bytes($0) })
  }

  /// Refuses what is plainly something else, by its content.
  static func sniff(_ bytes: Bytes) throws(NetworkError) {
    guard bytes.count > 0 else { throw .notAModel(found: "0 bytes", hint: "export or copy the file again") }
    guard let format = FileFormat.sniff(bytes), format != .onnx else { return }
    let export = "export the model with torch.onnx.export"
    switch format {
    case .gitLFSPointer: throw .notAModel(found: "a git-lfs pointer", hint: "fetch the file itself: git lfs pull")
    case .html: throw .notAModel(found: "a web page", hint: "download the file itself")
    case .gzip, .xz, .bzip2, .zstd: throw .notAModel(found: "a compressed file (\(format.rawValue))", hint: "unpack it")
    case .safetensors, .npy, .npz: throw .notAModel(found: "arrays without a graph (\(format.rawValue))", hint: export)
    default: throw .notAModel(found: "a file of another kind (\(format.rawValue))", hint: export)
    }
  }
}
