import Diagnostics

/// The keys that values of a type have, read off the type itself: what a notebook may ask of a finding, known before anything is
/// measured.
public indirect enum FindingShape: Sendable, Hashable {
  /// A number, a word or a truth value.
  case single
  /// A list of values of one shape.
  case list(FindingShape)
  /// A mapping with these keys.
  case record([String: FindingShape])
  /// Something whose keys only its values know.
  case open

  /// The shape of a type; `nil` for a type that cannot be decoded from blank values.
  public init?(of type: any Decodable.Type) {
    let node = ShapeNode(depth: 0)
    guard (try? ShapeDecoder(node: node).blank(type)) != nil else { return nil }
    self = node.shape
  }

  /// The shape at the end of a path.
  public func shape(at path: ValuePath) throws(ValuePathError) -> FindingShape {
    var current = self
    for step in path.steps {
      switch (current, step) {
      case (.open, _): return .open
      case (.list(let element), .every), (.list(let element), .key("last")): current = element
      case (.list(let element), .key(let key)):
        guard let position = Int(key), position >= 0 else { throw ValuePathError(key: key, known: ["last"]) }
        current = element
      case (.record(let keys), .key(let key)):
        guard let next = keys[key] else { throw ValuePathError(key: key, known: keys.keys.sorted()) }
        current = next
      case (.record, .every), (.single, .every): throw ValuePathError(key: "[]", known: [])
      case (.single, .key(let key)): throw ValuePathError(key: key, known: [])
      }
    }
    return current
  }
}

/// What has been learnt of one value's shape.
private final class ShapeNode {
  /// Findings are shallow; a type that contains itself is not to be followed for ever.
  static let greatestDepth = 24

  let depth: Int
  var keys: [String: ShapeNode]?
  var element: ShapeNode?
  var isOpen = false

  init(depth: Int) { self.depth = depth }

  var shape: FindingShape {
    if isOpen { return .open }
    if let element { return .list(element.shape) }
    if let keys { return .record(keys.mapValues(\.shape)) }
    return .single
  }
}

private struct TooDeep: Error {}

/// Decodes every type from blank values, and remembers which keys were asked for.
private struct ShapeDecoder: Decoder {
  let node: ShapeNode
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func blank<Value: Decodable>(_ type: Value.Type) throws -> Value {
    guard node.depth < ShapeNode.greatestDepth else { throw TooDeep() }
    // A word among several cannot be blank: take the first.
    if let choices = type as? any CaseIterable.Type, let first = Self.first(choices) as? Value { return first }
    return try Value(from: self)
  }

  private static func first<Choices: CaseIterable>(_ type: Choices.Type) -> Any? { type.allCases.first }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    if node.keys == nil { node.keys = [:] }
    return KeyedDecodingContainer(ShapeKeys<Key>(node: node))
  }
  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { ShapeList(node: node) }
  func singleValueContainer() throws -> any SingleValueDecodingContainer { ShapeScalar(node: node) }
}

private struct ShapeKeys<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let node: ShapeNode
  var codingPath: [any CodingKey] { [] }
  /// Who asks which keys there are takes them as they come.
  var allKeys: [Key] {
    node.isOpen = true
    return []
  }

  private func child(_ key: Key) -> ShapeNode {
    let child = node.keys?[key.stringValue] ?? ShapeNode(depth: node.depth + 1)
    node.keys?[key.stringValue] = child
    return child
  }

  func contains(_ key: Key) -> Bool {
    _ = child(key)
    return true
  }
  func decodeNil(forKey key: Key) -> Bool { false }
  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try ShapeDecoder(node: child(key)).blank(type)
  }
  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> { try ShapeDecoder(node: child(key)).container(keyedBy: type) }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { ShapeList(node: child(key)) }
  func superDecoder() -> any Decoder { ShapeDecoder(node: node) }
  func superDecoder(forKey key: Key) -> any Decoder { ShapeDecoder(node: child(key)) }
}

private struct ShapeList: UnkeyedDecodingContainer {
  let node: ShapeNode
  var currentIndex = 0
  var codingPath: [any CodingKey] { [] }
  var count: Int? { 1 }
  var isAtEnd: Bool { currentIndex > 0 }

  init(node: ShapeNode) {
    self.node = node
    if node.element == nil { node.element = ShapeNode(depth: node.depth + 1) }
  }

  private mutating func next() throws -> ShapeDecoder {
    guard let element = node.element else { throw TooDeep() }
    currentIndex += 1
    return ShapeDecoder(node: element)
  }

  mutating func decodeNil() -> Bool { false }
  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next().blank(type) }
  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
    try next().container(keyedBy: type)
  }
  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
  mutating func superDecoder() throws -> any Decoder { try next() }
}

private struct ShapeScalar: SingleValueDecodingContainer {
  let node: ShapeNode
  var codingPath: [any CodingKey] { [] }

  func decodeNil() -> Bool { false }
  func decode(_ type: Bool.Type) -> Bool { false }
  func decode(_ type: String.Type) -> String { "" }
  func decode(_ type: Double.Type) -> Double { 0 }
  func decode(_ type: Float.Type) -> Float { 0 }
  func decode(_ type: Int.Type) -> Int { 0 }
  func decode(_ type: Int8.Type) -> Int8 { 0 }
  func decode(_ type: Int16.Type) -> Int16 { 0 }
  func decode(_ type: Int32.Type) -> Int32 { 0 }
  func decode(_ type: Int64.Type) -> Int64 { 0 }
  func decode(_ type: UInt.Type) -> UInt { 0 }
  func decode(_ type: UInt8.Type) -> UInt8 { 0 }
  func decode(_ type: UInt16.Type) -> UInt16 { 0 }
  func decode(_ type: UInt32.Type) -> UInt32 { 0 }
  func decode(_ type: UInt64.Type) -> UInt64 { 0 }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try ShapeDecoder(node: node).blank(type) }
}
