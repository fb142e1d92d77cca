/// A place in a pickle, from which the arguments of operations are taken.
struct PickleCursor {
  private let bytes: Bytes
  private(set) var position: Int

  init(_ bytes: Bytes, at position: Int) {
    self.bytes = bytes
    self.position = position
  }

  /// The number of bytes not yet taken.
  var left: Int { bytes.count - position }

  mutating func byte() throws(PickleFault) -> UInt8 {
    guard position < bytes.count else { throw .cutOff(offset: bytes.count) }
    defer { position += 1 }
    return bytes[position]
  }

  /// A little-endian unsigned number.
  mutating func number(bytes width: Int) throws(PickleFault) -> UInt64 {
    guard width <= left else { throw .cutOff(offset: bytes.count) }
    var value: UInt64 = 0
    for index in 0..<width { value |= UInt64(bytes[position + index]) << UInt64(8 * index) }
    position += width
    return value
  }

  private mutating func range(count: UInt64) throws(PickleFault) -> Range<Int> {
    guard let length = Int(exactly: count), length <= left else {
      throw .length(count, available: left, offset: position)
    }
    defer { position += length }
    return position..<(position + length)
  }

  /// The rest of a line, without its end.
  private mutating func line() throws(PickleFault) -> Range<Int> {
    let start = position
    while position < bytes.count, bytes[position] != 0x0A { position += 1 }
    guard position < bytes.count else { throw .cutOff(offset: bytes.count) }
    defer { position += 1 }
    return start..<position
  }

  /// A line of text.
  mutating func name() throws(PickleFault) -> String {
    let start = position
    guard let text = bytes[try line()].text else { throw .nameNotUTF8(offset: start) }
    return text
  }

  /// A line of digits.
  mutating func decimal() throws(PickleFault) -> UInt64 {
    let start = position
    let text = try name()
    guard let value = UInt64(text) else { throw .digits(text, offset: start) }
    return value
  }

  // MARK: Numbers

  mutating func number(_ operation: PickleOperation) throws(PickleFault) -> PickleArena.Content {
    switch operation {
    case .binInt: return .integer(Int(Int32(truncatingIfNeeded: try number(bytes: 4))))
    case .binInt1: return .integer(Int(try number(bytes: 1)))
    case .binInt2: return .integer(Int(try number(bytes: 2)))
    case .long1: return integer(try range(count: number(bytes: 1)))
    case .long4:
      let length = Int32(truncatingIfNeeded: try number(bytes: 4))
      guard length >= 0 else { throw .length(UInt64(UInt32(bitPattern: length)), available: left, offset: position) }
      return integer(try range(count: UInt64(length)))
    case .binFloat: return .number(Double(bitPattern: try number(bytes: 8).byteSwapped))
    default: return try spelledNumber(operation)
    }
  }

  private func integer(_ range: Range<Int>) -> PickleArena.Content {
    guard range.count <= 8 else { return .largeInteger(Array(bytes[range].data)) }
    guard let last = range.last else { return .integer(0) }
    var value = bytes[last] & 0x80 == 0 ? 0 : -1
    for place in range.reversed() { value = value << 8 | Int(bytes[place]) }
    return .integer(value)
  }

  private mutating func spelledNumber(_ operation: PickleOperation) throws(PickleFault) -> PickleArena.Content {
    let start = position
    let text = try name()
    if operation == .float {
      guard let value = Double(text) else { throw .digits(text, offset: start) }
      return .number(value)
    }
    if operation == .int, text == "00" || text == "01" { return .boolean(text == "01") }
    let digits = operation == .long && text.hasSuffix("L") ? String(text.dropLast()) : text
    if let value = Int(digits) { return .integer(value) }
    let magnitude = digits.hasPrefix("-") ? digits.dropFirst() : digits[...]
    guard !magnitude.isEmpty, magnitude.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw .digits(text, offset: start)
    }
    // Of numbers this large only that they are large is of use.
    return .number(Double(digits) ?? .nan)
  }

  // MARK: Texts and bytes

  mutating func text(_ operation: PickleOperation) throws(PickleFault) -> PickleArena.Content {
    switch operation {
    case .string: return try quotedString()
    case .unicode: return .text(unescaped(bytes[try line()]))
    case .binString: return textOrBytes(try range(count: number(bytes: 4)))
    case .shortBinString: return textOrBytes(try range(count: number(bytes: 1)))
    case .binUnicode: return textOrBytes(try range(count: number(bytes: 4)))
    case .shortBinUnicode: return textOrBytes(try range(count: number(bytes: 1)))
    case .binUnicode8: return textOrBytes(try range(count: number(bytes: 8)))
    case .binBytes: return .bytes(try range(count: number(bytes: 4)))
    case .shortBinBytes: return .bytes(try range(count: number(bytes: 1)))
    default: return .bytes(try range(count: number(bytes: 8)))
    }
  }

  /// Python 2 kept text as bytes; and Python lets halves of surrogate pairs into texts, which are no UTF-8.
  private func textOrBytes(_ range: Range<Int>) -> PickleArena.Content {
    bytes[range].text.map { .text($0) } ?? .bytes(range)
  }

  /// A byte string as Python's `repr` shows it.
  private mutating func quotedString() throws(PickleFault) -> PickleArena.Content {
    let start = position
    let range = try line()
    guard range.count >= 2, let quote = range.first.map({ bytes[$0] }), quote == 0x27 || quote == 0x22,
      bytes[range.upperBound - 1] == quote
    else { throw .digits(bytes[range].text ?? "", offset: start) }
    var result: [UInt8] = []
    var place = range.lowerBound + 1
    let last = range.upperBound - 1
    while place < last {
      let byte = bytes[place]
      place += 1
      guard byte == 0x5C, place < last else {
        result.append(byte)
        continue
      }
      let code = bytes[place]
      place += 1
      switch code {
      case UInt8(ascii: "n"): result.append(0x0A)
      case UInt8(ascii: "r"): result.append(0x0D)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "x"):
        if place + 2 <= last, let value = bytes[place..<(place + 2)].text.flatMap({ UInt8($0, radix: 16) }) {
          result.append(value)
          place += 2
        } else {
          result += [byte, code]
        }
      case 0x5C, 0x27, 0x22: result.append(code)
      default: result += [byte, code]
      }
    }
    return String(validating: result, as: UTF8.self).map { .text($0) } ?? .spelledBytes(result)
  }

  /// Latin-1 with `\uXXXX` and `\UXXXXXXXX` in it.
  private func unescaped(_ line: Bytes) -> String {
    var scalars = String.UnicodeScalarView()
    var place = 0
    while place < line.count {
      let width =
        place + 1 < line.count && line[place] == 0x5C
        ? (line[place + 1] == 0x75 ? 4 : line[place + 1] == 0x55 ? 8 : 0) : 0
      if width > 0, let digits = line.stretch(at: place + 2, count: width)?.text,
        let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
      {
        scalars.append(scalar)
        place += 2 + width
      } else {
        scalars.append(Unicode.Scalar(line[place]))
        place += 1
      }
    }
    return String(scalars)
  }
}
