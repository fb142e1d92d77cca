/// A walk through the fields of one message of a protobuf file, by offsets into the whole file.
///
/// Nothing is copied, nothing recurses: messages within messages are ranges that another reader walks.
struct WireReader {
  /// The value of a field.
  enum Field {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    case bytes(Range<Int>)
  }

  let raw: UnsafeRawBufferPointer
  private var position: Int
  private let end: Int
  /// What is being read, for messages.
  private let part: String

  init(_ raw: UnsafeRawBufferPointer, _ range: Range<Int>, part: String) {
    self.raw = raw
    position = range.lowerBound
    end = range.upperBound
    self.part = part
  }

  /// The next field with its number, or `nil` at the message's end.
  mutating func next() throws(NetworkError) -> (number: UInt64, field: Field)? {
    guard position < end else { return nil }
    let tag = try varint()
    guard tag >> 3 != 0 else { throw damaged("a field has number 0") }
    switch tag & 7 {
    case 0: return (tag >> 3, .varint(try varint()))
    case 1: return (tag >> 3, .fixed64(try fixed(8)))
    case 2:
      let length = try varint()
      guard length <= UInt64(end - position) else {
        throw damaged("\(length) bytes are announced where \(end - position) are left")
      }
      let range = position..<(position + Int(length))
      position = range.upperBound
      return (tag >> 3, .bytes(range))
    case 5: return (tag >> 3, .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
    case let type: throw damaged("a field has wire type \(type)")
    }
  }

  private mutating func varint() throws(NetworkError) -> UInt64 {
    var value: UInt64 = 0
    for step in 0..<10 {
      guard position < end else { throw damaged("a number has no end") }
      let byte = raw[position]
      position += 1
      if step == 9, byte > 1 { throw damaged("a number has more than 64 bits") }
      value |= UInt64(byte & 0x7F) << UInt64(7 * step)
      if byte & 0x80 == 0 { return value }
    }
    throw damaged("a number has more than 10 bytes")
  }

  private mutating func fixed(_ size: Int) throws(NetworkError) -> UInt64 {
    guard end - position >= size else { throw damaged("\(size) bytes are needed where \(end - position) are left") }
    var value: UInt64 = 0
    for index in 0..<size { value |= UInt64(raw[position + index]) << UInt64(8 * index) }
    position += size
    return value
  }

  func damaged(_ reason: String) -> NetworkError { .damaged(place: "\(part), byte \(position)", reason: reason) }

  // MARK: - Fields by kind

  func text(_ field: Field, _ name: String) throws(NetworkError) -> String {
    String(decoding: raw[try range(field, name)], as: UTF8.self)
  }

  func range(_ field: Field, _ name: String) throws(NetworkError) -> Range<Int> {
    guard case .bytes(let range) = field else { throw damaged("field '\(name)' is not a string of bytes") }
    return range
  }

  func integer(_ field: Field, _ name: String) throws(NetworkError) -> Int {
    guard case .varint(let value) = field else { throw damaged("field '\(name)' is not a whole number") }
    return Int(truncatingIfNeeded: value)
  }

  func number(_ field: Field, _ name: String) throws(NetworkError) -> Float {
    guard case .fixed32(let value) = field else { throw damaged("field '\(name)' is not a number of 32 bits") }
    return Float(bitPattern: value)
  }

  /// Adds a repeated whole number, alone or packed.
  func integers(_ field: Field, _ name: String, to list: inout [Int]) throws(NetworkError) {
    switch field {
    case .varint(let value): list.append(Int(truncatingIfNeeded: value))
    case .bytes(let range):
      var packed = WireReader(raw, range, part: part)
      while packed.position < packed.end { list.append(Int(truncatingIfNeeded: try packed.varint())) }
    default: throw damaged("field '\(name)' is not a list of whole numbers")
    }
  }

  /// Adds repeated numbers of fixed size, alone or packed, as their bytes.
  func fixedBytes(_ field: Field, _ name: String, size: Int, to list: inout [UInt8]) throws(NetworkError) {
    switch (field, size) {
    case (.fixed32(let value), 4): withUnsafeBytes(of: value.littleEndian) { list.append(contentsOf: $0) }
    case (.fixed64(let value), 8): withUnsafeBytes(of: value.littleEndian) { list.append(contentsOf: $0) }
    case (.bytes(let range), _):
      guard range.count % size == 0 else { throw damaged("field '\(name)' has \(range.count) bytes") }
      list.append(contentsOf: raw[range])
    default: throw damaged("field '\(name)' is not a list of numbers of \(8 * size) bits")
    }
  }
}
