import Checkpoints
import Foundation

extension Network {
  /// The contents of a file beside the one that is read. Locations are plain relative paths (no `..`).
  public typealias Companion = (_ location: String) throws -> Bytes

  /// Reads a network from the bytes of a file that holds a function. Its content says what it is.
  ///
  /// What the file keeps in others is taken from what `companion` gives for their locations: each is asked for once, and
  /// only if it is a plain relative path. Without it, such parts are refused.
  ///
  /// Throws: ``NetworkError`` naming the tensor or node that is the matter.
  public init(reading bytes: Bytes, name: String, companion: Companion? = nil) throws(NetworkError) {
    if ExportedArchive.recognises(bytes) {
      self = try GraphBuilder.network(try ExportLowering.describe(bytes), name: name)
      return
    }
    try Self.sniff(bytes)
    self = try GraphBuilder.network(try ModelReader.read(bytes, externalFiles: ExternalFiles(companion)), name: name)
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
      reading: bytes, name: URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent,
      companion: { try folder.bytes($0) })
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
