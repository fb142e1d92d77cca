/// The header of an `.npy` file: a Python dictionary with exactly the keys `descr`, `fortran_order` and `shape`.
///
/// It is read as data by a parser that knows strings, truth values and tuples of whole numbers, and nothing else.
struct NumPyHeader {
  let descriptor: String
  let isFortranOrdered: Bool
  let shape: [Int]
  /// Where the elements begin.
  let end: Int

  init(_ bytes: Bytes) throws(NumPyFault) {
    guard bytes.begins(with: NumPyArray.magic), bytes.count >= 8 else { throw .noMagic }
    let (major, minor) = (bytes[6], bytes[7])
    guard (1...3).contains(major), minor == 0 else { throw .unknownVersion(major: major, minor: minor) }
    let start = major == 1 ? 10 : 12
    let written =
      major == 1 ? bytes.number(UInt16.self, at: 8).map(Int.init) : bytes.number(UInt32.self, at: 8).map(Int.init)
    guard let length = written else { throw .headerCutOff(length: nil, available: bytes.count - 8) }
    guard length <= NumPyArray.longestHeader else { throw .headerTooLong(length) }
    guard let text = bytes.stretch(at: start, count: length) else {
      throw .headerCutOff(length: length, available: bytes.count - start)
    }
    var literal = PythonLiteral(text: text, base: start, allowsLongSuffix: major < 3)
    var entries: [String: PythonLiteral.Value] = [:]
    try literal.expect("{", "a dictionary")
    while !literal.accept("}") {
      let key = try literal.string()
      guard ["descr", "fortran_order", "shape"].contains(key) else { throw .unknownKey(key) }
      try literal.expect(":", "':'")
      let value = try literal.value()
      guard entries.updateValue(value, forKey: key) == nil else { throw .duplicateKey(key) }
      if !literal.accept(",") {
        try literal.expect("}", "',' or '}'")
        break
      }
    }
    try literal.finish()

    switch try Self.entry("descr", in: entries) {
    case .text(let text): descriptor = text
    case .list: throw .structured
    default: throw .wrongKind("descr", needed: "a string")
    }
    guard case .boolean(let isFortranOrdered) = try Self.entry("fortran_order", in: entries) else {
      throw .wrongKind("fortran_order", needed: "True or False")
    }
    self.isFortranOrdered = isFortranOrdered
    guard case .tuple(let extents) = try Self.entry("shape", in: entries) else {
      throw .wrongKind("shape", needed: "a tuple of whole numbers")
    }
    if let axis = extents.firstIndex(where: { $0 < 0 }) { throw .negativeExtent(axis: axis, extents[axis]) }
    shape = extents
    end = start + length
  }

  private static func entry(
    _ key: String, in entries: [String: PythonLiteral.Value]
  ) throws(NumPyFault) -> PythonLiteral.Value {
    guard let value = entries[key] else { throw .missingKey(key) }
    return value
  }
}

/// The part of Python's literal syntax that an `.npy` header uses.
struct PythonLiteral {
  enum Value {
    case text(String)
    case boolean(Bool)
    case integer(Int)
    case tuple([Int])
    /// A list, of which nothing is kept: it describes a structured type.
    case list
  }

  private let text: Bytes
  private let base: Int
  private let allowsLongSuffix: Bool
  private var position = 0

  init(text: Bytes, base: Int, allowsLongSuffix: Bool) {
    self.text = text
    self.base = base
    self.allowsLongSuffix = allowsLongSuffix
  }

  mutating func value() throws(NumPyFault) -> Value {
    skipSpace()
    switch peek() {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "("): return .tuple(try tuple())
    case UInt8(ascii: "["):
      try skipList()
      return .list
    case UInt8(ascii: "T"):
      try word("True")
      return .boolean(true)
    case UInt8(ascii: "F"):
      try word("False")
      return .boolean(false)
    default: return .integer(try integer())
    }
  }

  mutating func string() throws(NumPyFault) -> String {
    skipSpace()
    guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw fault("a string")
    }
    position += 1
    let start = position
    while let byte = peek(), byte != quote {
      guard byte != UInt8(ascii: "\\"), byte >= 0x20 else { throw fault("a plain character") }
      position += 1
    }
    guard peek() == quote else { throw fault("a quotation mark") }
    defer { position += 1 }
    guard let string = text[start..<position].text else { throw fault("UTF-8") }
    return string
  }

  mutating func expect(_ character: Unicode.Scalar, _ expected: String) throws(NumPyFault) {
    guard accept(character) else { throw fault(expected) }
  }

  mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek() == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// Makes sure that nothing but white space follows.
  mutating func finish() throws(NumPyFault) {
    skipSpace()
    guard position == text.count else { throw fault("the end of the header") }
  }

  private mutating func tuple() throws(NumPyFault) -> [Int] {
    try expect("(", "'('")
    var items: [Int] = []
    var endsWithComma = true
    while !accept(")") {
      guard endsWithComma else { throw fault("',' or ')'") }
      items.append(try integer())
      endsWithComma = accept(",")
    }
    // To Python, (3) is a number.
    guard items.count != 1 || endsWithComma else { throw .wrongKind("shape", needed: "a tuple of whole numbers") }
    return items
  }

  private mutating func integer() throws(NumPyFault) -> Int {
    skipSpace()
    let start = position
    if peek() == UInt8(ascii: "-") { position += 1 }
    let first = position
    while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    guard position > first, text[first] != UInt8(ascii: "0") || position == first + 1 else {
      position = start
      throw fault("a whole number")
    }
    guard let value = Int(text[start..<position].text ?? "") else {
      throw .numberTooLarge(offset: base + start)
    }
    if allowsLongSuffix, peek() == UInt8(ascii: "L") { position += 1 }
    return value
  }

  private mutating func skipList() throws(NumPyFault) {
    var depth = 0
    repeat {
      switch peek() {
      case nil: throw fault("']'")
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        _ = try string()
        continue
      case UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "]"): depth -= 1
      default: break
      }
      position += 1
    } while depth > 0
  }

  private mutating func word(_ word: String) throws(NumPyFault) {
    for byte in word.utf8 {
      guard peek() == byte else { throw fault("'\(word)'") }
      position += 1
    }
  }

  private func peek() -> UInt8? { position < text.count ? text[position] : nil }

  private mutating func skipSpace() {
    while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private func fault(_ expected: String) -> NumPyFault {
    .headerSyntax(found: peek(), expected: expected, offset: base + position)
  }
}
