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
  /// Flax's serialised state, in MessagePack.
  case flax
  /// A JSON index of files that hold tensors.
  case shardIndex = "shard-index"
  /// A Python pickle, among them PyTorch's older form.
  case pickle
  /// An HDF5 file, among them Keras' `.h5`.
  case hdf5
  /// Keras' `.keras`, in a zip archive.
  case keras
  /// A TensorFlow checkpoint: an index and files of data.
  case tensorFlow = "tensorflow"
  /// A TensorFlow SavedModel, or the folder of one.
  case savedModel = "saved-model"
  /// The folder of an Orbax checkpoint.
  case orbax
  /// The folder of a Zarr array.
  case zarr
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
  /// An archive of 7-Zip.
  case sevenZip = "7z"
  /// The stand-in that git keeps for a large file.
  case gitLFSPointer = "git-lfs-pointer"
  /// A tar archive, among them PyTorch's form before 0.1.10.
  case tar
  /// A web page.
  case html
  /// A JSON text.
  case json
  /// An XML text, as servers of files answer with when there is no file.
  case xml
  /// Any other text.
  case text
  /// Nothing but zero bytes.
  case zeros

  /// The format that leading bytes tell; `nil` when they tell nothing. A zip archive is `zip` whatever it holds.
  public static func sniff(_ bytes: Bytes) -> FileFormat? {
    guard bytes.count > 0 else { return nil }
    // A safetensors file has no magic: its header's length stands first, at most 100 MB and thus with four zero bytes;
    // the length itself may look like a magic. Then comes the header's brace.
    if bytes[0] == 0, !bytes.data.prefix(4096).contains(where: { $0 != 0 }) { return .zeros }
    let hasShortLength = bytes.number(UInt32.self, at: 4) == 0
    let hasBrace = bytes.count > 8 && bytes[8] == UInt8(ascii: "{")
    if hasShortLength && hasBrace { return .safetensors }
    for (format, magic) in magics where bytes.begins(with: magic) { return format }
    if bytes.stretch(at: 257, count: 5)?.text == "ustar" { return .tar }
    if isPickle(bytes) { return .pickle }
    if isFlax(bytes) { return .flax }
    if isSavedModel(bytes) { return .savedModel }
    if bytes.stretch(at: bytes.count - 8, count: 8).map({ $0.begins(with: tableMagic) }) == true { return .tensorFlow }
    if hasShortLength { return .safetensors }
    if isONNX(bytes) { return .onnx }
    let opening = String(decoding: bytes.data.prefix(512), as: UTF8.self).lowercased()
    guard !opening.utf8.contains(0) else { return hasBrace ? .safetensors : isEarlyPickle(bytes) ? .pickle : nil }
    let start = opening.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    if start.hasPrefix("<!doctype html") || start.hasPrefix("<html") { return .html }
    if start.hasPrefix("<?xml") { return .xml }
    if start.hasPrefix("{") || start.hasPrefix("[") { return .json }
    if hasBrace { return .safetensors }
    return isEarlyPickle(bytes) ? .pickle : isText(bytes) ? .text : nil
  }

  /// The beginning of a text, for a message.
  static func opening(of bytes: Bytes) -> String {
    let text = String(decoding: bytes.data.prefix(64), as: UTF8.self)
    return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
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
    (.sevenZip, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
    (.orbax, [0x0C, 0xDB, 0x3A, 0x2A]),
    (.gitLFSPointer, Array("version https://git-lfs".utf8)),
  ]

  /// A pickle of protocol 2 or later opens with its number and an operation, which is never zero.
  private static func isPickle(_ bytes: Bytes) -> Bool {
    bytes.count > 3 && bytes[0] == 0x80 && (2...5).contains(bytes[1]) && bytes[2] != 0
  }

  /// A pickle of protocol 0 or 1 has no opening of its own: it is one if it can be read as one, to its end.
  private static func isEarlyPickle(_ bytes: Bytes) -> Bool {
    guard bytes[bytes.count - 1] == UInt8(ascii: "."), bytes.count <= longestEarlyPickle else { return false }
    return (try? PickleArena(reading: bytes))?.end == bytes.count
  }

  /// Nobody keeps more than 64 MiB in the form of digits.
  private static let longestEarlyPickle = 64 << 20

  /// The number at the end of the tables in which TensorFlow keeps a checkpoint's index.
  private static let tableMagic: [UInt8] = [0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]

  /// Flax's state is a record whose first key is a name, or one array: a value of type 1.
  private static func isFlax(_ bytes: Bytes) -> Bool {
    let keyStart: Int
    switch bytes[0] {
    case 0x81...0x8F: keyStart = 1
    case 0xDE: keyStart = 3
    case 0xDF: keyStart = 5
    case 0xC7: return bytes.count > 2 && bytes[2] == 1
    case 0xC8: return bytes.count > 3 && bytes[3] == 1
    case 0xC9: return bytes.count > 5 && bytes[5] == 1
    default: return false
    }
    guard keyStart < bytes.count else { return false }
    let key: Bytes?
    switch bytes[keyStart] {
    case 0xA1...0xBF: key = bytes.stretch(at: keyStart + 1, count: Int(bytes[keyStart] & 0x1F))
    case 0xD9:
      key = bytes.number(UInt8.self, at: keyStart + 1).flatMap { bytes.stretch(at: keyStart + 2, count: Int($0)) }
    default: key = nil
    }
    return key?.text.map { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 } } ?? false
  }

  /// A SavedModel opens with its version (field 1), which is 1, and goes on with a graph (field 2) that itself opens with
  /// a message; an ONNX network's field 2 is a short name.
  private static func isSavedModel(_ bytes: Bytes) -> Bool {
    guard bytes.count > 8, bytes[0] == 0x08, bytes[1] == 1, bytes[2] == 0x12 else { return false }
    let body = (3..<min(13, bytes.count)).first { bytes[$0] & 0x80 == 0 }.map { $0 + 1 }
    return body.map { $0 < bytes.count && bytes[$0] == 0x0A } ?? false
  }

  /// Whether the beginning is what a person could have typed.
  private static func isText(_ bytes: Bytes) -> Bool {
    let start = bytes.data.prefix(512)
    guard start.count >= 4 else { return false }
    // A character may be cut at the end.
    let isWhole = (0..<4).contains { cut in String(validating: start.dropLast(cut), as: UTF8.self) != nil }
    return isWhole && start.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }
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
    case .flax: "a Flax checkpoint"
    case .shardIndex: "an index of weight files"
    case .pickle: "a Python pickle"
    case .hdf5: "an HDF5 file"
    case .keras: "a Keras model"
    case .tensorFlow: "a TensorFlow checkpoint"
    case .savedModel: "a TensorFlow SavedModel"
    case .orbax: "an Orbax checkpoint"
    case .zarr: "a Zarr array"
    case .gguf: "a GGUF file"
    case .gzip: "compressed with gzip"
    case .xz: "compressed with xz"
    case .bzip2: "compressed with bzip2"
    case .zstd: "compressed with zstd"
    case .sevenZip: "compressed with 7-Zip"
    case .gitLFSPointer: "a git-lfs pointer"
    case .tar: "a tar archive"
    case .html: "a web page"
    case .json: "a JSON text"
    case .xml: "an XML text"
    case .text: "a text"
    case .zeros: "a placeholder of zero bytes"
    }
  }

  /// What to do with a file that is not read; of some formats, the commands that convert it.
  var hint: String? {
    switch self {
    case .safetensors, .npy, .npz, .pyTorch, .pickle, .flax, .shardIndex: nil
    case .onnx: "open it as a network instead of a checkpoint"
    case .zip: "save the arrays with numpy.savez"
    case .pyTorchExport: "open it as a network instead of a checkpoint"
    case .hdf5:
      """
      convert it in Python:
      import h5py, numpy as np
      weights = {}
      h5py.File('IN', 'r').visititems(lambda name, x: weights.update({name: x[()]}) if isinstance(x, h5py.Dataset) else None)
      np.savez('OUT.npz', **weights)
      """
    case .keras:
      """
      convert it in Python:
      import keras, numpy as np
      model = keras.saving.load_model('IN.keras')
      np.savez('OUT.npz', **{w.path: w.numpy() for w in model.weights})
      """
    case .tensorFlow:
      """
      convert it in Python, PREFIX being the path without '.index':
      import tensorflow as tf, numpy as np
      reader = tf.train.load_checkpoint('PREFIX')
      np.savez('OUT.npz', **{name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()})
      """
    case .savedModel:
      """
      convert it in Python, FOLDER being the one that has saved_model.pb in it:
      import tensorflow as tf, numpy as np
      reader = tf.train.load_checkpoint('FOLDER/variables/variables')
      np.savez('OUT.npz', **{name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()})
      """
    case .orbax:
      """
      convert it in Python:
      import orbax.checkpoint as ocp, flax.serialization
      state = ocp.PyTreeCheckpointer().restore('/absolute/path/of/FOLDER')
      open('OUT.msgpack', 'wb').write(flax.serialization.to_bytes(state))
      """
    case .zarr:
      """
      convert it in Python:
      import zarr, numpy as np
      np.save('OUT.npy', zarr.open('FOLDER', mode='r')[:])
      """
    case .gguf:
      """
      convert it in Python; weights that were quantised stay as coarse as they are:
      import gguf, numpy as np
      tensors = gguf.GGUFReader('IN.gguf').tensors
      np.savez('OUT.npz', **{t.name: gguf.dequantize(t.data, t.tensor_type) for t in tensors})
      """
    case .gzip: "unpack it: gunzip"
    case .xz: "unpack it: unxz"
    case .bzip2: "unpack it: bunzip2"
    case .zstd: "unpack it: unzstd"
    case .sevenZip: "unpack it: 7z x"
    case .gitLFSPointer: "fetch the file itself: git lfs pull"
    case .tar: "unpack it, or load it in the PyTorch that wrote it and save it again"
    case .html: "download the file itself; this is the page about it, or an error page"
    case .json: "name the weights beside it, or download the file again if this is a server's error"
    case .xml, .text: "download the file again; this is a server's error, or a file of another kind"
    case .zeros: "download or copy it again; an interrupted copy or a cloud folder leaves such files"
    }
  }
}
