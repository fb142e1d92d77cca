/// What a file is, by its content; never by its name's extension.
public enum FileFormat: String, Sendable, Hashable, Codable, CaseIterable {
  /// Named tensors after a JSON header.
  case safetensors
  /// One NumPy array.
  case npy
  /// Several NumPy arrays in a zip archive.
  case npz
  /// An ONNX graph. Read by `Networks`.
  case onnx
  /// A zip archive of another kind.
  case zip
  /// PyTorch's `torch.save`, in a zip archive.
  case pyTorch = "pytorch"
  /// PyTorch's `torch.export.save`.
  case pyTorchExport = "pytorch-export"
  /// A Python pickle, among them PyTorch's older form.
  case pickle
  /// An HDF5 file, among them Keras' `.h5`.
  case hdf5
  /// llama.cpp's quantised weights.
  case gguf
  /// A file compressed with gzip.
  case gzip
  /// A file compressed with xz.
  case xz
  /// A file compressed with bzip2.
  case bzip2
  /// A file compressed with zstd.
  case zstd
  /// The stand-in that git keeps for a large file.
  case gitLFSPointer = "git-lfs-pointer"
  /// A tar archive, among them PyTorch's form before 0.1.10.
  case tar
  /// A web page.
  case html
  /// A JSON text.
  case json

  /// The format that leading bytes tell; `nil` when they tell nothing. A zip archive is `zip` whatever it holds.
  public static func sniff(_ bytes: Bytes) -> FileFormat? {
    // A safetensors file has no magic: its header's length stands first, at most 100 MB and thus with four zero bytes;
    // the length itself may look like a magic. Then comes the header's brace.
    let hasShortLength = bytes.number(UInt32.self, at: 4) == 0
    let hasBrace = bytes.count > 8 && bytes[8] == UInt8(ascii: "{")
    if hasShortLength && hasBrace { return .safetensors }
    for (format, magic) in magics where bytes.begins(with: magic) { return format }
    if bytes.stretch(at: 257, count: 5)?.text == "ustar" { return .tar }
    if isPickle(bytes) { return .pickle }
    if hasShortLength { return .safetensors }
    if isONNX(bytes) { return .onnx }
    let opening = String(decoding: bytes.data.prefix(512), as: UTF8.self).lowercased()
    guard !opening.utf8.contains(0) else { return hasBrace ? .safetensors : nil }
    let start = opening.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    if start.hasPrefix("<!doctype html") || start.hasPrefix("<html") { return .html }
    if start.hasPrefix("{") || start.hasPrefix("[") { return .json }
    return hasBrace ? .safetensors : nil
  }

  private static let magics: [(FileFormat, [UInt8])] = [
    (.npy, NumPyArray.magic),
    (.zip, [0x50, 0x4B, 3, 4]), (.zip, [0x50, 0x4B, 5, 6]),
    (.hdf5, [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]),
    (.gguf, Array("GGUF".utf8)),
    (.gzip, [0x1F, 0x8B]),
    (.xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]),
    (.bzip2, Array("BZh".utf8)),
    (.zstd, [0x28, 0xB5, 0x2F, 0xFD]),
    (.gitLFSPointer, Array("version https://git-lfs".utf8)),
  ]

  /// A pickle of protocol 2 or later opens with its number and an operation, which is never zero.
  private static func isPickle(_ bytes: Bytes) -> Bool {
    bytes.count > 3 && bytes[0] == 0x80 && (2...5).contains(bytes[1]) && bytes[2] != 0
  }

  /// An ONNX model opens with its IR version (field 1) and goes on with another field of `ModelProto`.
  private static func isONNX(_ bytes: Bytes) -> Bool {
    bytes.count > 3 && bytes[0] == 0x08 && (1...32).contains(bytes[1])
      && [0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42].contains(bytes[2])
  }

  /// The format in the words of a message.
  var words: String {
    switch self {
    case .safetensors: "a safetensors file"
    case .npy: "a NumPy array"
    case .npz: "a NumPy archive"
    case .onnx: "an ONNX network"
    case .zip: "a zip archive without NumPy arrays"
    case .pyTorch: "a PyTorch checkpoint"
    case .pyTorchExport: "a PyTorch exported program"
    case .pickle: "a Python pickle"
    case .hdf5: "an HDF5 file"
    case .gguf: "a GGUF file"
    case .gzip: "compressed with gzip"
    case .xz: "compressed with xz"
    case .bzip2: "compressed with bzip2"
    case .zstd: "compressed with zstd"
    case .gitLFSPointer: "a git-lfs pointer"
    case .tar: "a tar archive"
    case .html: "a web page"
    case .json: "a JSON text"
    }
  }

  /// What to do with a file that is not read.
  var hint: String? {
    switch self {
    case .safetensors, .npy, .npz, .pyTorch, .pickle: nil
    case .onnx: "open it as a network instead of a checkpoint"
    case .zip: "save the arrays with numpy.savez"
    case .pyTorchExport: "open it as a network instead of a checkpoint"
    case .hdf5: "convert it: numpy.savez('weights.npz', **{name: array for each data set})"
    case .gguf: "convert it to safetensors; quantised weights are not read"
    case .gzip: "unpack it: gunzip"
    case .xz: "unpack it: unxz"
    case .bzip2: "unpack it: bunzip2"
    case .zstd: "unpack it: unzstd"
    case .gitLFSPointer: "fetch the file itself: git lfs pull"
    case .tar: "unpack it, or load it in the PyTorch that wrote it and save it again"
    case .html: "download the file itself; this is the page about it, or an error page"
    case .json: "name one of the weight files it lists"
    }
  }
}
