/// Reads one JSON text from front to back. Every step looks at bytes that are there, and none is looked at twice but those
/// of strings and numbers.
struct JSONParser {
  private let text: UnsafeRawBufferPointer
  private let base: Int
  private var position = 0
  private var depth = 0
  private var values = 0

  init(text: UnsafeRawBufferPointer, base: Int) {
    self.text = text
    self.base = base
  }

  mutating func document() throws(CheckpointError) -> JSONNode {
    skipSpace()
    let value = try value()
    skipSpace()
    guard position == text.count else { throw fault(.trailing) }
    return value
  }

  private mutating func value() throws(CheckpointError) -> JSONNode {
    let start = base + position
    values += 1
    guard values <= JSONNode.mostValues else { throw fault(.tooMany) }
    guard let byte = peek() else { throw fault(.cutOff) }
    switch byte {
    case UInt8(ascii: "{"):
      return JSONNode(.object(try nested { parser throws(CheckpointError) in try parser.members() }), offset: start)
    case UInt8(ascii: "["):
      return JSONNode(.array(try nested { parser throws(CheckpointError) in try parser.elements() }), offset: start)
    case UInt8(ascii: "\""): return JSONNode(.text(try string()), offset: start)
    case UInt8(ascii: "t"):
      try literal("true")
      return JSONNode(.boolean(true), offset: start)
    case UInt8(ascii: "f"):
      try literal("false")
      return JSONNode(.boolean(false), offset: start)
    case UInt8(ascii: "n"):
      try literal("null")
      return JSONNode(.null, offset: start)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return JSONNode(try number(), offset: start)
    default: throw fault(.unexpected(byte, expected: "a value"))
    }
  }

  private mutating func nested<Value>(
    _ body: (inout JSONParser) throws(CheckpointError) -> Value
  ) throws(CheckpointError) -> Value {
    guard depth < JSONNode.deepestNesting else { throw fault(.tooDeep) }
    depth += 1
    position += 1
    skipSpace()
    let value = try body(&self)
    depth -= 1
    return value
  }

  private mutating func members() throws(CheckpointError) -> [JSONNode.Member] {
    var members: [JSONNode.Member] = []
    if accept("}") { return members }
    var seen: Set<ExactName> = []
    while true {
      let start = position
      guard let byte = peek() else { throw fault(.cutOff) }
      guard byte == UInt8(ascii: "\"") else { throw fault(.unexpected(byte, expected: "a key")) }
      let key = try string()
      guard seen.insert(ExactName(key)).inserted else { throw fault(.duplicateKey(key), at: start) }
      skipSpace()
      try expect(":", "':'")
      skipSpace()
      members.append(JSONNode.Member(key: key, value: try value()))
      skipSpace()
      if accept("}") { return members }
      try expect(",", "',' or '}'")
      skipSpace()
    }
  }

  private mutating func elements() throws(CheckpointError) -> [JSONNode] {
    var elements: [JSONNode] = []
    if accept("]") { return elements }
    while true {
      elements.append(try value())
      skipSpace()
      if accept("]") { return elements }
      try expect(",", "',' or ']'")
      skipSpace()
    }
  }

  // MARK: Numbers

  private mutating func number() throws(CheckpointError) -> JSONNode.Content {
    let start = position
    let isNegative = accept("-")
    let first = peek()
    guard digits() > 0 else {
      throw first.map { fault(.unexpected($0, expected: "a digit")) } ?? fault(.cutOff)
    }
    if first == UInt8(ascii: "0"), position > start + (isNegative ? 2 : 1) { throw fault(.leadingZero, at: start) }
    var isWhole = true
    if accept(".") {
      isWhole = false
      try needDigits()
    }
    if accept("e") || accept("E") {
      isWhole = false
      if !accept("+") { _ = accept("-") }
      try needDigits()
    }
    let digits = String(decoding: text[start..<position], as: UTF8.self)
    if isWhole, digits != "-0", let integer = Int(digits) { return .integer(integer) }
    guard let value = Double(digits), value.isFinite else { throw fault(.numberTooLarge, at: start) }
    return .number(value)
  }

  private mutating func digits() -> Int {
    let start = position
    while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    return position - start
  }

  private mutating func needDigits() throws(CheckpointError) {
    guard digits() == 0 else { return }
    throw peek().map { fault(.unexpected($0, expected: "a digit")) } ?? fault(.cutOff)
  }

  // MARK: Strings

  private mutating func string() throws(CheckpointError) -> String {
    let start = position
    position += 1
    let plain = position
    while let byte = peek(), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
    if peek() == UInt8(ascii: "\"") {
      defer { position += 1 }
      return try checked(text[plain..<position], at: start)
    }
    var bytes = Array(text[plain..<position])
    while true {
      guard let byte = peek() else { throw fault(.cutOff) }
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return try checked(bytes, at: start)
      case UInt8(ascii: "\\"): bytes.append(contentsOf: String(Character(try escaped())).utf8)
      case 0..<0x20: throw fault(.controlCharacter(byte), at: position - 1)
      default: bytes.append(byte)
      }
    }
  }

  private func checked(_ bytes: some Collection<UInt8>, at start: Int) throws(CheckpointError) -> String {
    guard let string = String(validating: bytes, as: UTF8.self) else { throw fault(.notUTF8, at: start) }
    return string
  }

  private mutating func escaped() throws(CheckpointError) -> Unicode.Scalar {
    let start = position - 1
    guard let byte = peek() else { throw fault(.cutOff) }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let unit = try hexadecimalUnit(from: start)
      if let scalar = Unicode.Scalar(unit) { return scalar }
      guard unit < 0xDC00, accept("\\"), accept("u") else { throw fault(.loneSurrogate, at: start) }
      let low = try hexadecimalUnit(from: start)
      guard (0xDC00...0xDFFF).contains(low),
        let scalar = Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10 | (low - 0xDC00)))
      else { throw fault(.loneSurrogate, at: start) }
      return scalar
    default: throw fault(.badEscape, at: start)
    }
  }

  private mutating func hexadecimalUnit(from start: Int) throws(CheckpointError) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek() else { throw fault(.cutOff) }
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw fault(.badEscape, at: start) }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }

  // MARK: Bytes

  private func peek() -> UInt8? { position < text.count ? text[position] : nil }

  private mutating func skipSpace() {
    while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar, _ expected: String) throws(CheckpointError) {
    guard let byte = peek() else { throw fault(.cutOff) }
    guard accept(character) else { throw fault(.unexpected(byte, expected: expected)) }
  }

  private mutating func literal(_ word: String) throws(CheckpointError) {
    for character in word.unicodeScalars { try expect(character, "'\(word)'") }
  }

  private func fault(_ fault: JSONFault, at place: Int? = nil) -> CheckpointError {
    .json(fault, offset: base + (place ?? position))
  }
}
