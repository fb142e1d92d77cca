/// One value of a JSON text (RFC 8259), read strictly and compared byte for byte.
///
/// Laws: keys of an object are distinct, byte for byte; members keep the order of the text; strings are valid UTF-8
/// without lone surrogates; nesting is at most 64 deep; numbers are finite.
public struct JSONNode: Sendable, Hashable {
  /// What the value is.
  public enum Content: Sendable, Hashable {
    /// `null`
    case null
    /// `true` or `false`
    case boolean(Bool)
    /// A number written without fraction and exponent that a 64-bit integer holds.
    case integer(Int)
    /// Any other number.
    case number(Double)
    /// A string.
    case text(String)
    /// An array.
    case array([JSONNode])
    /// An object.
    case object([Member])
  }

  /// One member of an object.
  public struct Member: Sendable, Hashable {
    /// The key.
    public let key: String
    /// The value.
    public let value: JSONNode
  }

  /// What the value is.
  public let content: Content
  /// The byte at which the value begins.
  public let offset: Int

  /// The deepest nesting of arrays and objects that is read.
  public static let deepestNesting = 64
  /// The most values that one text may hold.
  public static let mostValues = 2_000_000

  /// Reads a whole JSON text: one value, with nothing but white space around it.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - offset: the place of the text in its file, which is added to every offset.
  /// - Throws: `CheckpointError.json` with the byte at which reading stopped.
  public init(parsing bytes: Bytes, offset: Int = 0) throws(CheckpointError) {
    self = try bytes.withUnsafeBytes { buffer throws(CheckpointError) in
      var parser = JSONParser(text: buffer, base: offset)
      return try parser.document()
    }
  }

  init(_ content: Content, offset: Int) {
    self.content = content
    self.offset = offset
  }

  /// The members, if this is an object.
  public var members: [Member]? {
    if case .object(let members) = content { return members }
    return nil
  }

  /// The elements, if this is an array.
  public var elements: [JSONNode]? {
    if case .array(let elements) = content { return elements }
    return nil
  }

  /// The text, if this is a string.
  public var text: String? {
    if case .text(let text) = content { return text }
    return nil
  }

  /// The whole number, if this is one; `3.0` is not.
  public var integer: Int? {
    if case .integer(let value) = content { return value }
    return nil
  }

  /// The number, if this is one, whole or not.
  public var number: Double? {
    switch content {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The truth value, if this is one.
  public var boolean: Bool? {
    if case .boolean(let value) = content { return value }
    return nil
  }

  /// The value of a key, if this is an object that has it. Keys are compared byte for byte.
  public subscript(key: String) -> JSONNode? {
    members?.first { ExactName($0.key) == ExactName(key) }?.value
  }

  /// What kind of value this is, in the words of a message.
  public var kindName: String {
    switch content {
    case .null: "null"
    case .boolean: "a truth value"
    case .integer: "a whole number"
    case .number: "a number"
    case .text: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// What is the matter with a JSON text.
public enum JSONFault: Sendable, Hashable {
  /// The text ends in the middle of a value.
  case cutOff
  /// A byte stands where another is needed.
  case unexpected(UInt8, expected: String)
  /// Something follows the value.
  case trailing
  /// Arrays and objects are nested too deeply.
  case tooDeep
  /// There are too many values.
  case tooMany
  /// An object has one key twice.
  case duplicateKey(String)
  /// A string is not UTF-8.
  case notUTF8
  /// A string holds a control character that must be escaped.
  case controlCharacter(UInt8)
  /// A backslash is followed by what it cannot be followed by.
  case badEscape
  /// Half of a surrogate pair stands alone.
  case loneSurrogate
  /// A number is beyond the largest finite one.
  case numberTooLarge
  /// A number has a leading zero.
  case leadingZero

  var message: String {
    switch self {
    case .cutOff: "JSON is cut off"
    case .unexpected(let byte, let expected): "JSON has \(byteText(byte)) where \(expected) is needed"
    case .trailing: "JSON goes on after its end"
    case .tooDeep: "JSON is nested more than \(JSONNode.deepestNesting) deep"
    case .tooMany: "JSON holds more than \(JSONNode.mostValues) values"
    case .duplicateKey(let key): "JSON key \(quoted(key)) appears twice in one object"
    case .notUTF8: "JSON string is not UTF-8"
    case .controlCharacter(let byte): "JSON string holds \(byteText(byte)) unescaped"
    case .badEscape: "JSON string has a backslash that escapes nothing"
    case .loneSurrogate: "JSON string has half a surrogate pair"
    case .numberTooLarge: "JSON number is larger than 1.8e308"
    case .leadingZero: "JSON number has a leading zero"
    }
  }
}

/// A byte as a message shows it: the character when it is printable ASCII, else its value.
func byteText(_ byte: UInt8) -> String {
  byte == 0x27
    ? "an apostrophe"
    : (0x21...0x7E).contains(byte)
      ? "'\(Character(Unicode.Scalar(byte)))'" : "byte 0x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))"
}
