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
  /// Weights alone have no function; `architecture` says what they are the weights of.
  ///
  /// Throws: ``NetworkError`` naming the tensor or node that is the matter.
  public init(
    reading bytes: Bytes, name: String, architecture: NetworkArchitecture? = nil, companion: Companion? = nil
  ) throws(NetworkError) {
    self = try GraphBuilder.network(try Self.describe(bytes, companion, architecture), name: name)
  }

  /// What the file says the network is, by its content.
  private static func describe(
    _ bytes: Bytes, _ companion: Companion?, _ architecture: NetworkArchitecture?
  ) throws(NetworkError) -> ModelDescription {
    try architecture?.validate()
    switch FileFormat.sniff(bytes) {
    case .zip where architecture == nil && ExportedArchive.recognises(bytes): return try ExportLowering.describe(bytes)
    case .json: return try Configuration.network(bytes, companion: companion, architecture: architecture)
    case .zip, .pickle, .safetensors, .flax:
      guard let description = try WeightsFile.network(bytes, architecture: architecture) else { break }
      return description
    default: break
    }
    if let architecture {
      throw .architecture(
        reason: "an architecture is given ('\(architecture.kind.rawValue)') for a file that is not of weights",
        hint: "leave 'architecture' out where the file holds its function")
    }
    try sniff(bytes)
    return try ModelReader.read(bytes, externalFiles: ExternalFiles(companion))
  }

  /// Reads a network from a file, mapped, whatever the file's name ends in, and from the files beside it that it names.
  ///
  /// Throws: ``NetworkError``.
  public static func load(path: String, architecture: NetworkArchitecture? = nil) throws(NetworkError) -> Network {
    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    let path = configuration(inFolder: path) ?? path
    let bytes: Bytes
    do throws(CheckpointError) {
      bytes = try Bytes(mapping: path)
    } catch {
      throw .file(error)
    }
    let folder = ExternalDataFolder(path: path.lastIndex(of: "/").map { String(path[...$0]) } ?? ".")
    return try Network(
      reading: bytes, name: name, architecture: architecture, companion: { try folder.bytes($0) })
  }

  /// The file that says what a folder of weights is; `nil` when the path is no folder, or has no such file.
  public static func configuration(inFolder path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
    let file = path.hasSuffix("/") ? "\(path)config.json" : "\(path)/config.json"
    return stat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? file : nil
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
