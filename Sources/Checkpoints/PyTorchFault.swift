/// How a file breaks the rules of PyTorch's checkpoints, or what it holds that is not read. Offsets count within the pickle.
public indirect enum PyTorchFault: Error, Sendable, Hashable {
  /// Something is the matter with one tensor.
  case inTensor(String, PyTorchFault)
  /// The archive has no pickle, or several; their number is given.
  case pickles(Int)
  /// The byte order is neither little nor big.
  case byteOrder(String)
  /// A storage is described by something else than its type, key and size.
  case storageReference(offset: Int)
  /// A storage is of a type that PyTorch does not have.
  case storageType(String, offset: Int)
  /// One storage is given two types.
  case storageTypes(key: String, String, String)
  /// One storage is given two sizes.
  case storageCounts(key: String, Int, Int)
  /// A storage has more elements than can be counted, or fewer than none.
  case storageCount(key: String, Int)
  /// The file does not hold a storage that a tensor needs.
  case missingStorage(key: String)
  /// A storage has more or fewer bytes than its description needs.
  case storageSize(key: String, needed: Int, found: Int)
  /// A part of a tensor's description is of the wrong kind.
  case argument(String, needed: String, found: String, offset: Int)
  /// An extent, a stride or an offset is negative.
  case negative(String, Int, offset: Int)
  /// There is not one stride per axis.
  case strideCount(axes: Int, strides: Int)
  /// There are more axes than PyTorch allows.
  case tooManyAxes(Int)
  /// The size overflows.
  case impossibleSize(shape: [Int])
  /// The tensor's last element lies beyond the end of its storage; `nil` when its place cannot even be counted.
  case beyondStorage(last: Int?, count: Int)
  /// Views that repeat elements would take more memory than a file of this size may.
  case expansion(fileCount: Int, limit: Int)
  /// The element type holds no numbers that are known here.
  case elementType(String)
  /// The tensor is of a kind that is not read, such as a quantised one.
  case kind(String)
  /// An array of NumPy is described by something else than its parts.
  case array(offset: Int)
  /// The older form says that it is of a protocol that never was.
  case legacyProtocol
  /// The older form was written on a machine of the other byte order; what it means by that depends on the version.
  case legacyBigEndian
  /// The older form's list of storages is none.
  case legacyKeys(offset: Int)
  /// The older form ends in the middle of a storage.
  case legacyCutOff(key: String, needed: Int, available: Int)
  /// Something follows the last storage of the older form.
  case legacyTrailing(count: Int)
  /// The values refer to each other in too many ways to follow.
  case tooEntangled(limit: Int)
  /// Two tensors have one name.
  case duplicateName(String)
  /// A whole module is not as PyTorch's are; its path is given.
  case module(String, ModuleFault)
  /// There is no tensor; what there is, is described.
  case noTensors(String)

  /// Whether the description is sound, but of what is not read; neighbours are.
  var isForeignKind: Bool {
    switch self {
    case .elementType, .kind: true
    default: false
    }
  }

  var message: String {
    switch self {
    case .inTensor(let name, let fault): "tensor \(quoted(name)): \(fault.message)"
    case .pickles(let count): "\(count) members named data.pkl in a PyTorch archive; one is needed"
    case .byteOrder(let order): "byte order \(quoted(order)) is unknown; 'little' and 'big' are read"
    case .storageReference(let offset):
      "storage is not described by its type, key, place and size, at byte \(offset) of the pickle"
    case .storageType(let name, let offset): "storage type \(quoted(name)) is unknown, at byte \(offset) of the pickle"
    case .storageTypes(let key, let first, let second):
      "storage \(quoted(key)) is said to be both \(first) and \(second)"
    case .storageCounts(let key, let first, let second):
      "storage \(quoted(key)) is said to have both \(first) and \(second) elements"
    case .storageCount(let key, let count): "storage \(quoted(key)) is said to have \(count) elements"
    case .missingStorage(let key): "storage \(quoted(key)) is not in the file"
    case .storageSize(let key, let needed, let found):
      "storage \(quoted(key)) needs \(bytesText(needed)); the file has \(found)"
    case .argument(let part, let needed, let found, let offset):
      "its \(part) must be \(needed), and is \(found), at byte \(offset) of the pickle"
    case .negative(let part, let value, let offset):
      "its \(part) is \(value); it must be at least 0, at byte \(offset) of the pickle"
    case .strideCount(let axes, let strides): "it has \(axes) extents and \(strides) strides; one each is needed"
    case .tooManyAxes(let count): "it has \(count) axes; at most \(Tensor.mostAxes) are read"
    case .impossibleSize(let shape): "its size \(sizeText(shape)) has more elements than can be counted"
    case .beyondStorage(let last?, let count):
      "its last element is number \(last) of a storage of \(count), counted from 0"
    case .beyondStorage(nil, let count): "its last element lies beyond any storage; its own has \(count)"
    case .expansion(let fileCount, let limit):
      "views in a file of \(bytesText(fileCount)) repeat elements beyond \(bytesText(limit))"
    case .elementType(let name): "its element type \(quoted(name)) is not read"
    case .kind(let name): "it is made by \(quoted(name)), which is not read"
    case .array(let offset): "NumPy array is not described by its parts, at byte \(offset) of the pickle"
    case .legacyProtocol: "it is not of protocol 1001, the only one of PyTorch's older form"
    case .legacyBigEndian: "it was written on a big-endian machine in PyTorch's older form, which leaves the order open"
    case .legacyKeys(let offset): "list of storages is not a list of keys, at byte \(offset)"
    case .legacyCutOff(let key, let needed, let available):
      "storage \(quoted(key)) is cut off: it needs \(bytesText(needed)) and \(available) follow"
    case .legacyTrailing(let count): "\(bytesText(count)) follow the last storage"
    case .tooEntangled(let limit): "its values refer to each other in more than \(limit) ways; fewer are followed"
    case .duplicateName(let name): "two tensors are named \(quoted(name))"
    case .module(let path, let fault): "\(path.isEmpty ? "the module" : "module \(quoted(path))"): \(fault.message)"
    case .noTensors(let description): "it holds no tensor, but \(description)"
    }
  }

  var hint: String? {
    switch self {
    case .inTensor(_, let fault): fault.hint
    case .legacyCutOff, .missingStorage: "copy or download the file again; it is incomplete"
    case .expansion: "save a copy of the view: tensor.clone()"
    case .legacyBigEndian: "load it in PyTorch where it was written and save it again"
    case .elementType: "convert it to float32 before saving"
    case .kind(let name): name.hasSuffix("_rebuild_qtensor") ? "save tensor.dequantize()" : "save tensor.to_dense()"
    case .noTensors: "save the weights: torch.save(model.state_dict(), path)"
    default: "save the weights again: torch.save(model.state_dict(), path)"
    }
  }
}
