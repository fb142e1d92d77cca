/// The safetensors format: a JSON header, then the bytes of the tensors.
///
/// The whole header is checked before any tensor is made: offsets without holes, overlaps or rest, sizes that agree with
/// shapes and types, no name twice.
public enum Safetensors {
  /// The longest header that is read, in bytes.
  public static let longestHeader = 100_000_000

  /// Reads the tensors and the metadata of a file, in the order of its header.
  ///
  /// - Throws: `CheckpointError.safetensors` or `.json`.
  public static func decode(_ bytes: Bytes) throws(CheckpointError) -> Checkpoint {
    let header = try header(of: bytes)
    let buffer = bytes[(8 + header.length)..<bytes.count]
    var entries: [Entry] = []
    var metadata: [MetadataEntry] = []
    for member in header.members {
      if ExactName(member.key) == ExactName("__metadata__") {
        metadata = try Self.metadata(member.value)
      } else {
        entries.append(try Entry(member))
      }
    }
    try checkLayout(of: entries, bufferCount: buffer.count)
    let tensors = entries.map {
      Tensor(name: $0.name, elementType: $0.type, shape: $0.shape, bytes: buffer[$0.begin..<$0.end])
    }
    return Checkpoint(format: .safetensors, tensors: tensors, metadata: metadata, unreadable: [], bytes: bytes)
  }

  private static func header(
    of bytes: Bytes
  ) throws(CheckpointError) -> (length: Int, members: [JSONNode.Member]) {
    guard let written = bytes.number(UInt64.self, at: 0) else {
      throw .safetensors(.tooShort(byteCount: bytes.count))
    }
    guard written <= UInt64(longestHeader) else { throw .safetensors(.headerTooLong(written)) }
    let length = Int(written)
    guard let text = bytes.stretch(at: 8, count: length) else {
      throw .safetensors(.headerCutOff(length: length, available: bytes.count - 8))
    }
    guard length > 0, text[0] == UInt8(ascii: "{") else {
      throw .safetensors(.headerStart(length > 0 ? text[0] : nil))
    }
    let root = try JSONNode(parsing: text, offset: 8)
    return (length, root.members ?? [])
  }

  private static func metadata(_ node: JSONNode) throws(CheckpointError) -> [MetadataEntry] {
    guard let members = node.members else { throw .safetensors(.metadataNotObject(kind: node.kindName)) }
    var entries: [MetadataEntry] = []
    for member in members {
      guard let text = member.value.text else {
        throw .safetensors(.metadataNotText(key: member.key, kind: member.value.kindName))
      }
      entries.append(MetadataEntry(key: member.key, value: text))
    }
    return entries
  }

  /// Every byte of the buffer must belong to exactly one tensor.
  private static func checkLayout(of entries: [Entry], bufferCount: Int) throws(CheckpointError) {
    var end = 0
    var previous: String?
    for entry in entries.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
      guard entry.begin <= end else {
        throw .safetensors(.hole(before: entry.name, from: end, to: entry.begin))
      }
      guard entry.begin == end else {
        throw .safetensors(.overlap(tensor: entry.name, begin: entry.begin, other: previous ?? "", end: end))
      }
      end = entry.end
      previous = entry.name
    }
    guard end <= bufferCount else { throw .safetensors(.dataCutOff(needed: end, available: bufferCount)) }
    guard end == bufferCount else { throw .safetensors(.trailing(count: bufferCount - end)) }
  }

  /// What the header says of one tensor.
  private struct Entry {
    let name: String
    let type: ElementType
    let shape: [Int]
    let begin: Int
    let end: Int

    init(_ member: JSONNode.Member) throws(CheckpointError) {
      name = member.key
      guard let fields = member.value.members else {
        throw .safetensors(.notObject(tensor: name, kind: member.value.kindName))
      }
      for field in fields where !["dtype", "shape", "data_offsets"].contains(field.key) {
        throw .safetensors(.unknownField(tensor: name, field.key))
      }
      let typeName = try Self.field("dtype", of: member)
      guard let typeText = typeName.text else {
        throw .safetensors(.wrongField(tensor: name, "dtype", needed: "a string", found: typeName.kindName))
      }
      guard let type = ElementType(rawValue: typeText), type != .c128 else {
        throw .safetensors(.unknownType(tensor: name, typeText))
      }
      self.type = type
      shape = try Self.counts("shape", of: member)
      guard shape.count <= Tensor.mostAxes else {
        throw .safetensors(.tooManyAxes(tensor: name, shape.count))
      }
      let offsets = try Self.counts("data_offsets", of: member)
      guard offsets.count == 2 else {
        throw .safetensors(
          .wrongField(tensor: name, "data_offsets", needed: "an array of 2 numbers", found: "one of \(offsets.count)"))
      }
      (begin, end) = (offsets[0], offsets[1])
      guard begin <= end else { throw .safetensors(.offsetsReversed(tensor: name, begin: begin, end: end)) }
      guard let needed = type.byteCount(shape: shape) else {
        throw .safetensors(.impossibleSize(tensor: name, type, shape: shape))
      }
      guard needed == end - begin else {
        throw .safetensors(.sizeMismatch(tensor: name, type, shape: shape, needed: needed, found: end - begin))
      }
    }

    private static func field(_ name: String, of member: JSONNode.Member) throws(CheckpointError) -> JSONNode {
      guard let value = member.value[name] else {
        throw .safetensors(.missingField(tensor: member.key, name))
      }
      return value
    }

    private static func counts(_ name: String, of member: JSONNode.Member) throws(CheckpointError) -> [Int] {
      let node = try field(name, of: member)
      guard let elements = node.elements else {
        throw .safetensors(.wrongField(tensor: member.key, name, needed: "an array", found: node.kindName))
      }
      var counts: [Int] = []
      counts.reserveCapacity(elements.count)
      for element in elements {
        guard let count = element.integer, count >= 0 else {
          throw .safetensors(.notCount(tensor: member.key, name, offset: element.offset))
        }
        counts.append(count)
      }
      return counts
    }
  }
}
