/// A value of a MessagePack text, as data. Texts and bytes stay where they are.
indirect enum MessagePack: Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case bytes(Range<Int>)
  case list([MessagePack])
  /// Keys in the order of the file, distinct byte for byte.
  case record([(key: String, value: MessagePack)])
  /// A value of a type that the writing program defines.
  case custom(Int8, Range<Int>)

  /// The deepest nesting of lists and records that is read.
  static let deepestNesting = 64
  /// The most values that one text may hold.
  static let mostValues = 4_000_000
}

/// Goes through a MessagePack text once. Every value takes at least a byte, so that memory is bounded by the bytes read.
struct MessagePackReader {
  private let bytes: Bytes
  private let end: Int
  private var position: Int
  private var count = 0

  /// - Parameter range: where in the bytes the text lies.
  init(_ bytes: Bytes, in range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  /// The one value of the text.
  mutating func document() throws(MessagePackFault) -> MessagePack {
    let value = try value(depth: 0)
    guard position == end else { throw .trailing(count: end - position, offset: position) }
    return value
  }

  private mutating func value(depth: Int) throws(MessagePackFault) -> MessagePack {
    let offset = position
    count += 1
    guard count <= MessagePack.mostValues else { throw .tooMany(offset: offset) }
    guard depth <= MessagePack.deepestNesting else { throw .tooDeep(offset: offset) }
    let byte = UInt8(truncatingIfNeeded: try number(1))
    switch byte {
    case 0x00...0x7F: return .integer(Int(byte))
    case 0xE0...0xFF: return .integer(Int(Int8(bitPattern: byte)))
    case 0x80...0x8F: return try record(of: UInt64(byte & 0x0F), depth: depth, offset: offset)
    case 0x90...0x9F: return try list(of: UInt64(byte & 0x0F), depth: depth)
    case 0xA0...0xBF: return try text(of: UInt64(byte & 0x1F), offset: offset)
    case 0xC0: return .null
    case 0xC2: return .boolean(false)
    case 0xC3: return .boolean(true)
    case 0xC4: return .bytes(try stretch(of: number(1)))
    case 0xC5: return .bytes(try stretch(of: number(2)))
    case 0xC6: return .bytes(try stretch(of: number(4)))
    case 0xC7: return try custom(of: number(1))
    case 0xC8: return try custom(of: number(2))
    case 0xC9: return try custom(of: number(4))
    case 0xCA: return .number(Double(Float(bitPattern: UInt32(truncatingIfNeeded: try number(4)))))
    case 0xCB: return .number(Double(bitPattern: try number(8)))
    case 0xCC: return .integer(Int(try number(1)))
    case 0xCD: return .integer(Int(try number(2)))
    case 0xCE: return .integer(Int(try number(4)))
    case 0xCF:
      let value = try number(8)
      return Int(exactly: value).map { .integer($0) } ?? .number(Double(value))
    case 0xD0: return .integer(Int(Int8(truncatingIfNeeded: try number(1))))
    case 0xD1: return .integer(Int(Int16(truncatingIfNeeded: try number(2))))
    case 0xD2: return .integer(Int(Int32(truncatingIfNeeded: try number(4))))
    case 0xD3: return .integer(Int(truncatingIfNeeded: try number(8)))
    case 0xD4...0xD8: return try custom(of: 1 << UInt64(byte - 0xD4))
    case 0xD9: return try text(of: number(1), offset: offset)
    case 0xDA: return try text(of: number(2), offset: offset)
    case 0xDB: return try text(of: number(4), offset: offset)
    case 0xDC: return try list(of: number(2), depth: depth)
    case 0xDD: return try list(of: number(4), depth: depth)
    case 0xDE: return try record(of: number(2), depth: depth, offset: offset)
    case 0xDF: return try record(of: number(4), depth: depth, offset: offset)
    default: throw .unknownType(byte, offset: offset)
    }
  }

  /// A big-endian unsigned number.
  private mutating func number(_ width: Int) throws(MessagePackFault) -> UInt64 {
    guard width <= end - position else { throw .cutOff(offset: end) }
    var value: UInt64 = 0
    for _ in 0..<width {
      value = value << 8 | UInt64(bytes[position])
      position += 1
    }
    return value
  }

  private mutating func stretch(of length: UInt64) throws(MessagePackFault) -> Range<Int> {
    guard let count = Int(exactly: length), count <= end - position else {
      throw .length(length, available: end - position, offset: position)
    }
    defer { position += count }
    return position..<(position + count)
  }

  private mutating func text(of length: UInt64, offset: Int) throws(MessagePackFault) -> MessagePack {
    guard let text = bytes[try stretch(of: length)].text else { throw .notUTF8(offset: offset) }
    return .text(text)
  }

  private mutating func custom(of length: UInt64) throws(MessagePackFault) -> MessagePack {
    let type = Int8(truncatingIfNeeded: try number(1))
    return .custom(type, try stretch(of: length))
  }

  private mutating func list(of length: UInt64, depth: Int) throws(MessagePackFault) -> MessagePack {
    // Each element takes a byte at least.
    guard length <= UInt64(end - position) else {
      throw .length(length, available: end - position, offset: position)
    }
    var elements: [MessagePack] = []
    for _ in 0..<length { elements.append(try value(depth: depth + 1)) }
    return .list(elements)
  }

  private mutating func record(of length: UInt64, depth: Int, offset: Int) throws(MessagePackFault) -> MessagePack {
    guard length <= UInt64(end - position) / 2 else {
      throw .length(length, available: end - position, offset: position)
    }
    var members: [(key: String, value: MessagePack)] = []
    var keys: Set<ExactName> = []
    for _ in 0..<length {
      let place = position
      let key: String
      switch try value(depth: depth + 1) {
      case .text(let text): key = text
      case .integer(let number): key = "\(number)"
      default: throw .key(offset: place)
      }
      guard keys.insert(ExactName(key)).inserted else { throw .duplicateKey(key, offset: place) }
      members.append((key, try value(depth: depth + 1)))
    }
    return .record(members)
  }
}

/// How bytes break the rules of MessagePack, or what they hold that is not read. Offsets count from the start of the file.
public enum MessagePackFault: Error, Sendable, Hashable {
  /// The text ends in the middle of a value.
  case cutOff(offset: Int)
  /// A byte opens no value.
  case unknownType(UInt8, offset: Int)
  /// A length goes beyond the end.
  case length(UInt64, available: Int, offset: Int)
  /// Lists and records are nested too deeply.
  case tooDeep(offset: Int)
  /// There are too many values.
  case tooMany(offset: Int)
  /// A text is not UTF-8.
  case notUTF8(offset: Int)
  /// A key is neither a text nor a whole number.
  case key(offset: Int)
  /// A record has one key twice.
  case duplicateKey(String, offset: Int)
  /// Something follows the value.
  case trailing(count: Int, offset: Int)

  var message: String {
    switch self {
    case .cutOff(let offset): "MessagePack is cut off at byte \(offset)"
    case .unknownType(let byte, let offset):
      "MessagePack has no value that begins with \(byteText(byte)), at byte \(offset)"
    case .length(let length, let available, let offset):
      "MessagePack value claims a length of \(length) where \(bytesText(available)) follow, at byte \(offset)"
    case .tooDeep(let offset):
      "MessagePack is nested more than \(MessagePack.deepestNesting) deep, at byte \(offset)"
    case .tooMany(let offset): "MessagePack holds more than \(MessagePack.mostValues) values, at byte \(offset)"
    case .notUTF8(let offset): "MessagePack text is not UTF-8, at byte \(offset)"
    case .key(let offset): "MessagePack key is neither a text nor a whole number, at byte \(offset)"
    case .duplicateKey(let key, let offset):
      "MessagePack key \(quoted(key)) appears twice in one record, at byte \(offset)"
    case .trailing(let count, let offset): "\(bytesText(count)) follow the MessagePack value, at byte \(offset)"
    }
  }

  var hint: String? {
    switch self {
    case .cutOff, .length: "copy or download the file again; it is incomplete or damaged"
    default: "save it again with flax.serialization.to_bytes"
    }
  }
}
