import Checkpoints

/// The tensors beside an exported program, each a stretch of a storage with strides.
struct ExportedWeights {
  private let archive: ExportedArchive
  private let entries: [ExportedProgram.Constant.Store: [String: JSONNode]]

  init(_ archive: ExportedArchive) throws(NetworkError) {
    self.archive = archive
    entries = [
      .weights: try Self.entries(archive, "data/weights/model_weights_config.json"),
      .constants: try Self.entries(archive, "data/constants/model_constants_config.json"),
    ]
  }

  private static func entries(_ archive: ExportedArchive, _ name: String) throws(NetworkError) -> [String: JSONNode] {
    guard let bytes = try contents(archive, name) else { return [:] }
    let config: JSONNode
    do throws(CheckpointError) { config = try JSONNode(parsing: bytes) } catch { throw .file(.inFile(name, error)) }
    guard let members = config["config"]?.members else { throw .program(name, "'config' must be an object") }
    var entries: [String: JSONNode] = [:]
    for member in members {
      // One name may be spelt in two ways.
      guard entries.updateValue(member.value, forKey: member.key) == nil else { throw .duplicateName(member.key) }
    }
    return entries
  }

  private static func contents(_ archive: ExportedArchive, _ name: String) throws(NetworkError) -> Bytes? {
    do throws(CheckpointError) { return try archive.contents(name) } catch { throw .file(error) }
  }

  /// A tensor as the graph computes with it: packed, complex numbers as pairs along a new last axis.
  func tensor(_ constant: ExportedProgram.Constant, meta: ExportedProgram.Meta?) throws(NetworkError) -> Tensor {
    let place = "tensor '\(constant.name)'"
    // Buffers that are not saved with the weights lie among the constants.
    let stores: [(ExportedProgram.Constant.Store, String)] = [
      (.weights, "data/weights/"), (.constants, "data/constants/"),
    ]
    guard
      let (node, folder) = stores.sorted(by: { $0.0 == constant.store && $1.0 != constant.store })
        .compactMap({ store in entries[store.0]?[constant.name].map { ($0, store.1) } }).first
    else { throw .program(place, "it is not among the weights") }
    guard node["use_pickle"]?.boolean != true else {
      throw .unsupportedFeature("\(place) is pickled", hint: "export a model whose weights are plain tensors")
    }
    guard let path = node["path_name"]?.text else { throw .program(place, "'path_name' must be a string") }
    guard !path.isEmpty, !path.contains("/"), !path.contains("\\"), path != "..", path != "." else {
      throw .program(place, "it is kept in '\(path)'; only members of the archive's own folder are read")
    }
    guard let details = node["tensor_meta"] else { throw .program(place, "'tensor_meta' is missing") }
    let written = try ExportedProgramReader.meta(details, place: place)
    guard let type = ExportedType.elementType(written.type) else {
      throw .program(place, "it has the unknown element type \(written.type)")
    }
    if let meta,
      meta.type != written.type || meta.sizes.count != written.sizes.count
        || zip(meta.sizes, written.sizes).contains(where: { $0 != nil && $0 != $1 })
    {
      throw .program(place, "the graph and the weights do not agree on its type and shape")
    }
    var shape: [Int] = []
    for extent in written.sizes {
      guard let extent else { throw .program(place, "its extents must be known") }
      shape.append(extent)
    }
    guard let contents = try Self.contents(archive, folder + path) else {
      throw .program(place, "its storage '\(path)' is missing")
    }
    let packed = try elements(contents, type, shape, details, place: place)
    guard type.isComplex else { return Tensor(name: constant.value, elementType: type, shape: shape, bytes: packed) }
    return Tensor(
      name: constant.value, elementType: type == .c64 ? .f32 : .f64, shape: shape + [2], bytes: packed)
  }

  /// The elements in C order.
  private func elements(
    _ storage: Bytes, _ type: ElementType, _ shape: [Int], _ details: JSONNode, place: String
  ) throws(NetworkError) -> Bytes {
    do throws(NodeFault) {
      _ = try elementCount(shape)
    } catch {
      throw .program(place, error.reason)
    }
    guard let count = type.byteCount(shape: shape) else { throw .program(place, "it is too large") }
    guard let strides = details["strides"]?.elements?.map({ $0["as_int"]?.integer ?? -1 }),
      strides.count == shape.count, strides.allSatisfy({ $0 >= 0 && $0 <= largestElementCount })
    else { throw .program(place, "'strides' must be \(shape.count) whole numbers of 0 to \(largestElementCount)") }
    guard let start = details["storage_offset"]?["as_int"]?.integer, start >= 0, start <= Bytes.largestFile else {
      throw .program(place, "'storage_offset' must be a whole number")
    }
    let width = type.bitWidth / 8
    guard count > 0 else { return Bytes([UInt8]()) }
    // Bounded above: extents and strides are at most 2^26, axes at most 12.
    let last = zip(shape, strides).reduce(start) { $0 + ($1.0 - 1) * $1.1 }
    guard last < storage.count / width else {
      throw .program(place, "it reaches to element \(last) of a storage of \(storage.count / width)")
    }
    // A repeated element must not make a small file large.
    guard count <= max(1 << 20, 4 * storage.count) else {
      throw .program(place, "\(storage.count) bytes stand for \(count)")
    }
    if strides == packedStrides(shape) || shape.count == 0 {
      return storage[(start * width)..<(start * width + count)]
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for offset in offsets(extents: shape, start: start, strides: strides) {
      for byte in 0..<width { bytes.append(storage[offset * width + byte]) }
    }
    return Bytes(bytes)
  }
}
