import Diagnostics
import Foundation

/// Reads a parameter type from what a person wrote, laid over the type's own defaults.
///
/// It is a `Decoder`: the keys that the type asks for are the keys that exist, so a type declares its parameters once, as
/// stored properties. Keys that were written but never asked for are refused by name.
public enum ParameterReader {
  /// What was read, and the sources it names.
  public struct Reading<Value> {
    /// The value.
    public let value: Value
    /// The sources it names, in the order of the type's keys.
    public let references: [WrittenReference]
  }

  /// Reads a value; where a key was not written, the value in `standard` stands.
  public static func read<Value: Codable>(
    _ type: Value.Type, from written: WrittenValue, over standard: Value?
  ) throws(ParameterError) -> Reading<Value> {
    let ledger = ParameterLedger()
    let fallback: JSONValue?
    if let standard {
      do {
        fallback = try JSONValue(encoding: standard)
      } catch {
        throw .rule(key: "", value: "\(error)", rule: "encodable", nil)
      }
    } else {
      fallback = nil
    }
    switch written.content {
    case .record, .null: break
    default:
      throw .wrongKind(key: "body", expected: "a mapping of keys to values", found: written.kindName, written.range)
    }
    let value: Value
    do {
      value = try Value(from: ParameterDecoder(written: written, fallback: fallback, path: [], ledger: ledger))
    } catch let error as ParameterError {
      throw error
    } catch {
      throw ledger.missing ?? .rule(key: "", value: "\(error)", rule: "readable", written.range)
    }
    // A misspelt key often leaves the right one missing: name the misspelling, not its consequence.
    try ledger.refuseUnknownKeys()
    if let missing = ledger.missing { throw missing }
    return Reading(value: value, references: ledger.references)
  }
}

/// A record of parameters that may be written as the one value that matters most: `process: ve` for `process: {kind: ve}`.
public protocol ShorthandParameters: Codable {
  /// The key that the one value stands for.
  static var shorthandKey: String { get }
}

extension WrittenValue {
  /// The key of a value that was written beside further keys, as `process=ddpm process.steps=100` on a command line.
  public static let itself = ""

  fileprivate func spelledOut(under key: String) -> WrittenValue {
    switch content {
    case .record(let entries):
      return WrittenValue(
        .record(
          entries.map { entry in
            entry.key == WrittenValue.itself ? Entry(key: key, keyRange: entry.keyRange, value: entry.value) : entry
          }), at: range)
    case .null: return self
    default: return WrittenValue(.record([Entry(key: key, keyRange: range, value: self)]), at: range)
    }
  }
}

/// What a reading has seen so far: keys written, keys asked for, references met.
final class ParameterLedger {
  private var written: [(path: [String], entries: [WrittenValue.Entry])] = []
  private var asked: [[String]: [String]] = [:]
  private(set) var references: [WrittenReference] = []
  /// The first key that must be given and was not. Reading goes on with stand-ins behind it, so that every key gets asked for.
  private(set) var missing: ParameterError?

  func note(missing error: ParameterError) {
    if missing == nil { missing = error }
  }

  func open(_ record: WrittenValue?, at path: [String]) {
    if asked[path] == nil {
      asked[path] = []
      if let entries = record?.entries { written.append((path, entries)) }
    }
  }

  func ask(_ key: String, at path: [String]) {
    if asked[path]?.contains(key) != true { asked[path, default: []].append(key) }
  }

  func meet(_ target: WrittenReference.Target, at path: [String], range: SourceRange?, wantsRecording: Bool = false) {
    references.append(
      WrittenReference(
        target: target, key: path.joined(separator: "."), range: range, wantsRecording: wantsRecording))
  }

  func refuseUnknownKeys() throws(ParameterError) {
    for (path, entries) in written {
      let known = asked[path] ?? []
      for entry in entries where !known.contains(entry.key) {
        if entry.key == WrittenValue.itself {
          throw .wrongKind(
            key: path.joined(separator: "."), expected: "a mapping of keys to values", found: entry.value.kindName,
            entry.keyRange ?? entry.value.range)
        }
        let full = (path + [entry.key]).joined(separator: ".")
        throw .unknownKey(
          full, known: known.map { (path + [$0]).joined(separator: ".") }, entry.keyRange ?? entry.value.range)
      }
    }
  }
}

struct ParameterDecoder: Decoder {
  let written: WrittenValue?
  let fallback: JSONValue?
  let path: [String]
  let ledger: ParameterLedger
  /// Whether the value read is thrown away, because a key is missing.
  var isStandIn = false
  var codingPath: [any CodingKey] { path.map { AnyCodingKey($0) } }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  var name: String { path.joined(separator: ".") }

  func wrongKind(_ expected: String) -> ParameterError {
    .wrongKind(key: name, expected: expected, found: written?.kindName ?? "nothing", written?.range)
  }

  /// Whether anything stands here, written or by default.
  var isPresent: Bool {
    if let written { return written.content != .null }
    if let fallback { return fallback != .null }
    return false
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    if let written, written.content != .null, written.entries == nil { throw wrongKind("a mapping of keys to values") }
    ledger.open(written, at: path)
    return KeyedDecodingContainer(ParameterKeys<Key>(decoder: self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard let written, written.content != .null else {
      guard let values = isStandIn ? [] : fallback?.elements else { throw wrongKind("a list") }
      return ParameterList(parent: self, children: values.map { (nil, $0) })
    }
    switch written.content {
    case .list(let values): return ParameterList(parent: self, children: values.map { ($0, nil) })
    case .record: throw wrongKind("a list")
    // One value where a list is asked for is a list of one: on a command line `sigmas=0.1` cannot look otherwise.
    default: return ParameterList(parent: self, children: [(written, nil)])
    }
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { ParameterScalar(decoder: self) }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    if let choice = type as? any ParameterChoice.Type, let value = try decodeChoice(choice) as? Value { return value }
    var here = self
    if let shorthand = type as? any ShorthandParameters.Type {
      here = ParameterDecoder(
        written: written.map { $0.spelledOut(under: shorthand.shorthandKey) }, fallback: fallback, path: path,
        ledger: ledger, isStandIn: isStandIn)
    }
    let value = try Value(from: here)
    if let source = value as? SourceReference, !source.isEmpty {
      ledger.meet(.source(source), at: path, range: written?.range)
    } else if let recording = value as? RecordingReference, !recording.isEmpty {
      ledger.meet(.source(recording.source), at: path, range: written?.range, wantsRecording: true)
    } else if let finding = value as? FindingReference {
      ledger.meet(.finding(finding), at: path, range: written?.range)
    }
    return value
  }

  private func decodeChoice<Choice: ParameterChoice>(_ type: Choice.Type) throws -> Choice {
    if isStandIn, let any = Choice.allCases.first { return any }
    let word = try ParameterScalar(decoder: self).decode(String.self)
    guard let choice = Choice(rawValue: word) else {
      throw ParameterError.unknownChoice(
        key: name, value: word, choices: Choice.allCases.map(\.rawValue), written?.range)
    }
    return choice
  }
}

private struct ParameterKeys<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: ParameterDecoder
  var codingPath: [any CodingKey] { decoder.codingPath }
  var allKeys: [Key] {
    let written = decoder.written?.entries?.map(\.key) ?? []
    var defaults: [String] = []
    if case .record(let record)? = decoder.fallback { defaults = record.keys.sorted().filter { !written.contains($0) } }
    return (written + defaults).compactMap { Key(stringValue: $0) }
  }

  private func child(_ key: Key) -> ParameterDecoder {
    decoder.ledger.ask(key.stringValue, at: decoder.path)
    return ParameterDecoder(
      written: decoder.written?[key.stringValue], fallback: decoder.fallback?[key.stringValue],
      path: decoder.path + [key.stringValue], ledger: decoder.ledger, isStandIn: decoder.isStandIn)
  }

  func contains(_ key: Key) -> Bool { child(key).isPresent }
  func decodeNil(forKey key: Key) throws -> Bool { !child(key).isPresent }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    var child = child(key)
    if !child.isPresent {
      child.ledger.note(
        missing: .missing(
          key: child.name, meaning: child.written == nil ? "it has no default" : "it is written without a value",
          child.written?.range ?? decoder.written?.range))
      child.isStandIn = true
    }
    return try child.decode(type)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try child(key).container(keyedBy: type)
  }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try child(key).unkeyedContainer()
  }
  func superDecoder() throws -> any Decoder { decoder }
  func superDecoder(forKey key: Key) throws -> any Decoder { child(key) }
}

private struct ParameterList: UnkeyedDecodingContainer {
  let parent: ParameterDecoder
  let children: [(written: WrittenValue?, fallback: JSONValue?)]
  var currentIndex = 0
  var codingPath: [any CodingKey] { parent.codingPath }
  var count: Int? { children.count }
  var isAtEnd: Bool { currentIndex >= children.count }

  init(parent: ParameterDecoder, children: [(WrittenValue?, JSONValue?)]) {
    self.parent = parent
    self.children = children
  }

  private mutating func next() throws -> ParameterDecoder {
    guard !isAtEnd else {
      throw ParameterError.rule(
        key: parent.name, value: "\(children.count) values long", rule: "longer", parent.written?.range)
    }
    defer { currentIndex += 1 }
    let child = children[currentIndex]
    return ParameterDecoder(
      written: child.written, fallback: child.fallback, path: parent.path + [String(currentIndex)],
      ledger: parent.ledger)
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd else { return false }
    let child = children[currentIndex]
    let isNull = child.written.map { $0.content == .null } ?? (child.fallback == .null)
    if isNull { currentIndex += 1 }
    return isNull
  }
  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next().decode(type) }
  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> { try next().container(keyedBy: type) }
  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
  mutating func superDecoder() throws -> any Decoder { try next() }
}

private struct ParameterScalar: SingleValueDecodingContainer {
  let decoder: ParameterDecoder
  var codingPath: [any CodingKey] { decoder.codingPath }

  func decodeNil() -> Bool { !decoder.isPresent }

  func decode(_ type: Bool.Type) throws -> Bool {
    if decoder.isStandIn { return false }
    switch (decoder.written?.content, decoder.fallback) {
    case (.boolean(let value)?, _), (nil, .boolean(let value)?): return value
    default: throw decoder.wrongKind("true or false")
    }
  }

  func decode(_ type: String.Type) throws -> String {
    if decoder.isStandIn { return "" }
    switch (decoder.written?.content, decoder.fallback) {
    case (.text(let value)?, _), (nil, .text(let value)?): return value
    // A name or a position, as in `input: 0`.
    case (.integer(let value)?, _): return String(value)
    default: throw decoder.wrongKind("text")
    }
  }

  func decode(_ type: Double.Type) throws -> Double {
    if decoder.isStandIn { return 0 }
    if let value = decoder.written.map(\.number) ?? decoder.fallback?.number { return value }
    throw decoder.wrongKind("a number")
  }

  func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }

  func decode(_ type: Int.Type) throws -> Int {
    if decoder.isStandIn { return 0 }
    switch (decoder.written?.content, decoder.fallback) {
    case (.integer(let value)?, _), (nil, .integer(let value)?): return value
    default: throw decoder.wrongKind("a whole number")
    }
  }

  private func whole<Whole: FixedWidthInteger>(_ type: Whole.Type) throws -> Whole {
    let value = try decode(Int.self)
    guard let exact = Whole(exactly: value) else {
      throw ParameterError.rule(
        key: decoder.name, value: "\(value)", rule: "from \(Whole.min) to \(Whole.max)", decoder.written?.range)
    }
    return exact
  }

  func decode(_ type: Int8.Type) throws -> Int8 { try whole(type) }
  func decode(_ type: Int16.Type) throws -> Int16 { try whole(type) }
  func decode(_ type: Int32.Type) throws -> Int32 { try whole(type) }
  func decode(_ type: Int64.Type) throws -> Int64 { try whole(type) }
  func decode(_ type: UInt.Type) throws -> UInt { try whole(type) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try whole(type) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try whole(type) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try whole(type) }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try whole(type) }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decoder.decode(type) }
}
