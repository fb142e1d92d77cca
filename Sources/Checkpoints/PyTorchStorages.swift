/// The storages that a pickle refers to, and the bytes that the file has for them.
///
/// What every reference says is checked first: a storage has one type and one size, however many tensors share it.
struct PyTorchStorages {
  /// What a pickle says of one storage.
  struct Declaration: Hashable {
    let key: String
    /// The name of its type, such as `FloatStorage`.
    let typeName: String
    /// The type of an element; `nil` for one that is not read.
    let type: ElementType?
    let elementWidth: Int
    /// The number of elements.
    let count: Int

    var byteCount: Int { count * elementWidth }
  }

  /// A reference to a storage, or in the older form to a part of one.
  struct Reference {
    let declaration: Declaration
    let offset: Int
    let count: Int
  }

  /// In the order of their first mention.
  private(set) var declarations: [Declaration] = []
  private var indices: [ExactName: Int] = [:]

  init(in arena: PickleArena) throws(PyTorchFault) {
    for place in arena.nodes.indices {
      guard let reference = try Self.reference(at: place, in: arena) else { continue }
      let declaration = reference.declaration
      guard let known = indices[ExactName(declaration.key)].map({ declarations[$0] }) else {
        indices[ExactName(declaration.key)] = declarations.count
        declarations.append(declaration)
        continue
      }
      guard known.typeName == declaration.typeName else {
        throw .storageTypes(key: known.key, known.typeName, declaration.typeName)
      }
      guard known.count == declaration.count else {
        throw .storageCounts(key: known.key, known.count, declaration.count)
      }
    }
  }

  func declaration(of key: String) -> Declaration? { indices[ExactName(key)].map { declarations[$0] } }

  /// Reads a reference: `('storage', type, key, place, size)`, with a part in the older form. `nil` for other references.
  static func reference(at place: PickleArena.Place, in arena: PickleArena) throws(PyTorchFault) -> Reference? {
    guard case .persistent(let identifier) = arena[place].content else { return nil }
    let parts = arena[identifier].items
    let offset = arena[place].offset
    guard let kind = parts.first, arena.text(kind) != "module" else { return nil }
    guard arena.text(kind) == "storage", parts.count == 5 || parts.count == 6,
      let typeName = arena.globalName(parts[1]),
      let key = arena.text(parts[2]) ?? arena.integer(parts[2]).map(String.init), let count = arena.integer(parts[4])
    else { throw .storageReference(offset: offset) }
    guard let entry = types[typeName] else { throw .storageType(typeName, offset: offset) }
    let width = entry.width
    guard count >= 0, !count.multipliedReportingOverflow(by: width).overflow else {
      throw .storageCount(key: key, count)
    }
    let declaration = Declaration(
      key: key, typeName: String(typeName.split(separator: ".").last ?? ""), type: entry.type, elementWidth: width,
      count: count)
    guard parts.count == 6, arena[parts[5]].content != .none else {
      return Reference(declaration: declaration, offset: 0, count: count)
    }
    let part = arena[parts[5]].items
    guard part.count == 3, let start = arena.integer(part[1]), let length = arena.integer(part[2]), start >= 0,
      length >= 0, start <= count, length <= count - start
    else { throw .storageReference(offset: offset) }
    return Reference(declaration: declaration, offset: start, count: length)
  }

  /// Quantised storages are known for their width alone.
  private static let types: [String: (type: ElementType?, width: Int)] = {
    let named: [(String, ElementType?, Int)] = [
      ("DoubleStorage", .f64, 8), ("FloatStorage", .f32, 4), ("HalfStorage", .f16, 2), ("BFloat16Storage", .bf16, 2),
      ("LongStorage", .i64, 8), ("IntStorage", .i32, 4), ("ShortStorage", .i16, 2), ("CharStorage", .i8, 1),
      ("ByteStorage", .u8, 1), ("BoolStorage", .bool, 1), ("ComplexFloatStorage", .c64, 8),
      ("ComplexDoubleStorage", .c128, 16), ("QInt8Storage", nil, 1), ("QUInt8Storage", nil, 1),
      ("QInt32Storage", nil, 4), ("QUInt4x2Storage", nil, 1), ("QUInt2x4Storage", nil, 1), ("UntypedStorage", nil, 1),
    ]
    var types: [String: (type: ElementType?, width: Int)] = [:]
    for (name, type, width) in named {
      types["torch.\(name)"] = (type, width)
      types["torch.cuda.\(name)"] = (type, width)
    }
    types["torch.storage.UntypedStorage"] = (nil, 1)
    return types
  }()

  /// The type that PyTorch calls so.
  static func elementType(named name: String) -> ElementType? {
    switch name {
    case "torch.float64", "torch.double": .f64
    case "torch.float32", "torch.float": .f32
    case "torch.float16", "torch.half": .f16
    case "torch.bfloat16": .bf16
    case "torch.int64", "torch.long": .i64
    case "torch.int32", "torch.int": .i32
    case "torch.int16", "torch.short": .i16
    case "torch.int8": .i8
    case "torch.uint64": .u64
    case "torch.uint32": .u32
    case "torch.uint16": .u16
    case "torch.uint8": .u8
    case "torch.bool": .bool
    case "torch.complex64", "torch.cfloat": .c64
    case "torch.complex128", "torch.cdouble": .c128
    case "torch.float8_e4m3fn": .f8E4M3
    case "torch.float8_e5m2": .f8E5M2
    case "torch.float8_e4m3fnuz": .f8E4M3FNUZ
    case "torch.float8_e5m2fnuz": .f8E5M2FNUZ
    case "torch.float8_e8m0fnu": .f8E8M0
    default: nil
    }
  }
}
