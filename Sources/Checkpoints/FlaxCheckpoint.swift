import Foundation

/// Flax's checkpoints, as `flax.serialization.to_bytes` writes them: nested records of arrays in MessagePack.
public enum FlaxCheckpoint {
  /// The types that Flax adds to MessagePack.
  private enum CustomType {
    static let array: Int8 = 1
    static let complex: Int8 = 2
    static let scalar: Int8 = 3
  }

  /// Arrays above 1 GiB are cut in pieces, under this key.
  private static let chunkedKey = "__msgpack_chunked_array__"

  /// Reads the arrays of a checkpoint. Nested names are joined by dots; which sets are read goes as for PyTorch's files.
  ///
  /// Numbers and texts beside the arrays, such as the step, stand in `Checkpoint.metadata` under their dotted names.
  ///
  /// - Throws: `CheckpointError.messagePack`, `.flax` or `.unknownSet`.
  public static func decode(
    _ bytes: Bytes, set: String? = nil, keepsNames: Bool = false
  ) throws(CheckpointError) -> Checkpoint {
    var reader = MessagePackReader(bytes, in: 0..<bytes.count)
    let root: MessagePack
    do throws(MessagePackFault) { root = try reader.document() } catch { throw .messagePack(error) }
    var walk = Walk(bytes: bytes)
    do throws(FlaxFault) { try walk.visit(root, []) } catch { throw .flax(error) }
    guard !walk.tensors.isEmpty else { throw .flax(.noArrays) }
    let groups = walk.groups
    let choice = try SetChoice(among: groups, named: set, keepsNames: keepsNames)
    var names: Set<ExactName> = []
    for member in choice.members where !names.insert(ExactName(member.name)).inserted {
      throw .flax(.duplicateName(member.name))
    }
    return Checkpoint(
      format: .flax, tensors: choice.members.map { walk.tensors[$0.place].named($0.name) }, metadata: walk.metadata,
      notes: choice.notes, sets: choice.sets(of: groups), bytes: bytes)
  }

  private struct Walk {
    let bytes: Bytes
    /// Every array, under its dotted name.
    var tensors: [Tensor] = []
    var paths: [[String]] = []
    var metadata: [MetadataEntry] = []

    /// The sets go by the outermost keys.
    var groups: [TensorGroup] {
      var groups: [TensorGroup] = []
      var indices: [ExactName: Int] = [:]
      for (place, path) in paths.enumerated() {
        let head = path.count > 1 ? path.first : nil
        let name = path.dropFirst(head == nil ? 0 : 1).joined(separator: ".")
        let key = ExactName(head.map { "\($0)." } ?? "")
        let index = indices[key] ?? groups.count
        if index == groups.count {
          indices[key] = index
          groups.append(
            TensorGroup(
              path: head.map { [$0] } ?? [], members: [], isAside: head.map(TensorGroup.servesTraining) ?? false))
        }
        groups[index].members.append((name.isEmpty ? "array" : name, place))
      }
      return groups
    }

    mutating func visit(_ value: MessagePack, _ path: [String]) throws(FlaxFault) {
      let name = path.joined(separator: ".")
      switch value {
      case .record(let members):
        if members.contains(where: { $0.key == chunkedKey }) {
          add(try joined(members, name: name), path)
          return
        }
        for member in members { try visit(member.value, path + [member.key]) }
      case .list(let elements):
        for (index, element) in elements.enumerated() { try visit(element, path + ["\(index)"]) }
      case .custom(CustomType.array, let range), .custom(CustomType.scalar, let range):
        add(try array(in: range, name: name), path)
      case .custom(CustomType.complex, let range): add(try complex(in: range, name: name), path)
      case .custom(let type, _): throw .unknownType(name, type)
      case .integer(let value): note(path, "\(value)")
      case .number(let value): note(path, "\(value)")
      case .boolean(let value): note(path, "\(value)")
      case .text(let text) where text.utf8.count <= 200: note(path, text)
      case .null, .text, .bytes: break
      }
    }

    private mutating func add(_ tensor: Tensor, _ path: [String]) {
      tensors.append(tensor)
      paths.append(path)
    }

    private mutating func note(_ path: [String], _ text: String) {
      metadata.append(MetadataEntry(key: path.joined(separator: "."), value: text))
    }

    /// An array is a list of its shape, the name of its type and its elements in C order.
    private func array(in range: Range<Int>, name: String) throws(FlaxFault) -> Tensor {
      let parts = try parts(in: range, name: name)
      guard parts.count == 3, case .list(let axes) = parts[0], case .text(let typeName) = parts[1],
        case .bytes(let data) = parts[2]
      else { throw .array(name) }
      var shape: [Int] = []
      for axis in axes {
        guard case .integer(let extent) = axis, extent >= 0 else { throw .array(name) }
        shape.append(extent)
      }
      guard shape.count <= Tensor.mostAxes else { throw .tooManyAxes(name, shape.count) }
      guard let type = PyTorchStorages.elementType(named: "torch.\(typeName)") else {
        throw .elementType(name, typeName)
      }
      guard let needed = type.byteCount(shape: shape) else { throw .impossibleSize(name, shape: shape) }
      guard needed == data.count else {
        throw .sizeMismatch(name, type, shape: shape, needed: needed, found: data.count)
      }
      return Tensor(name: name, elementType: type, shape: shape, bytes: bytes[data])
    }

    private func complex(in range: Range<Int>, name: String) throws(FlaxFault) -> Tensor {
      let parts = try parts(in: range, name: name)
      guard parts.count == 2, case .number(let real) = parts[0], case .number(let imaginary) = parts[1] else {
        throw .array(name)
      }
      return Tensor(
        name: name, elementType: .c128, shape: [],
        bytes: Bytes(littleEndian: [real.bitPattern, imaginary.bitPattern]))
    }

    private func parts(in range: Range<Int>, name: String) throws(FlaxFault) -> [MessagePack] {
      var reader = MessagePackReader(bytes, in: range)
      let value: MessagePack
      do throws(MessagePackFault) { value = try reader.document() } catch { throw .inArray(name, error) }
      guard case .list(let parts) = value else { throw .array(name) }
      return parts
    }

    /// Puts the pieces of a large array together.
    private func joined(
      _ members: [(key: String, value: MessagePack)], name: String
    ) throws(FlaxFault) -> Tensor {
      func numbered(_ key: String) -> [MessagePack]? {
        guard case .record(let entries)? = members.first(where: { $0.key == key })?.value else { return nil }
        let places = Dictionary(entries.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        let sorted = entries.indices.compactMap { places["\($0)"] }
        return sorted.count == entries.count ? sorted : nil
      }
      guard let axes = numbered("shape"), let pieces = numbered("chunks"), let first = pieces.first else {
        throw .array(name)
      }
      var shape: [Int] = []
      for axis in axes {
        guard case .integer(let extent) = axis, extent >= 0 else { throw .array(name) }
        shape.append(extent)
      }
      guard shape.count <= Tensor.mostAxes else { throw .tooManyAxes(name, shape.count) }
      guard case .custom(CustomType.array, let range) = first else { throw .array(name) }
      let type = try array(in: range, name: name).elementType
      guard let needed = type.byteCount(shape: shape) else { throw .impossibleSize(name, shape: shape) }
      var data = Data()
      for piece in pieces {
        guard case .custom(CustomType.array, let range) = piece else { throw .array(name) }
        let part = try array(in: range, name: name)
        guard part.elementType == type else { throw .array(name) }
        data.append(part.bytes.data)
      }
      guard data.count == needed else {
        throw .sizeMismatch(name, type, shape: shape, needed: needed, found: data.count)
      }
      return Tensor(name: name, elementType: type, shape: shape, bytes: Bytes(data: data))
    }
  }
}

/// How a MessagePack text is no sound checkpoint of Flax, or what it holds that is not read.
public enum FlaxFault: Error, Sendable, Hashable {
  /// The description of an array is no MessagePack.
  case inArray(String, MessagePackFault)
  /// An array is described by something else than its shape, type and elements.
  case array(String)
  /// A value is of a type that Flax does not define.
  case unknownType(String, Int8)
  /// The element type holds no numbers that are known here.
  case elementType(String, String)
  /// There are more axes than any framework allows.
  case tooManyAxes(String, Int)
  /// The size overflows.
  case impossibleSize(String, shape: [Int])
  /// There are more or fewer bytes than type and shape need.
  case sizeMismatch(String, ElementType, shape: [Int], needed: Int, found: Int)
  /// Two arrays have one name.
  case duplicateName(String)
  /// There is no array.
  case noArrays

  var message: String {
    switch self {
    case .inArray(let name, let fault): "array \(quoted(name)): \(fault.message)"
    case .array(let name): "array \(quoted(name)) is not described by its shape, type and elements"
    case .unknownType(let name, let type):
      "value \(quoted(name)) is of MessagePack type \(type), which Flax does not define"
    case .elementType(let name, let type): "array \(quoted(name)): its element type \(quoted(type)) is not read"
    case .tooManyAxes(let name, let count):
      "array \(quoted(name)) has \(count) axes; at most \(Tensor.mostAxes) are read"
    case .impossibleSize(let name, let shape):
      "array \(quoted(name)) (\(sizeText(shape))) has more elements than can be counted"
    case .sizeMismatch(let name, let type, let shape, let needed, let found):
      "array \(quoted(name)) (\(type.rawValue), \(sizeText(shape))) needs \(bytesText(needed)); it has \(found)"
    case .duplicateName(let name): "two arrays are named \(quoted(name))"
    case .noArrays: "it is MessagePack, but holds no array"
    }
  }

  var hint: String? {
    switch self {
    case .inArray(_, let fault): fault.hint
    case .elementType: "convert it to float32 before saving"
    case .noArrays: "save the parameters: flax.serialization.to_bytes(params)"
    default: "save it again with flax.serialization.to_bytes"
    }
  }
}
