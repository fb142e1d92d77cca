import Checkpoints
import Foundation

extension JSONValue {
  /// The JSON form of a value. Infinities and NaN become the texts `inf`, `-inf` and `nan`.
  public init(encoding value: some Encodable) throws {
    self = try JSONValue(json: JSONValue.encoder.encode(value))
  }

  /// Reads JSON text. Every number comes back as the same `Double`; Foundation's own reader may be off in the last bit.
  public init(json data: Data) throws {
    self = JSONValue(try JSONNode(parsing: Bytes(data: data)))
  }

  /// A number as reading it from JSON text would give it: whole ones that `Double` holds exactly are whole, but for negative
  /// zero.
  public init(_ number: Double) {
    guard number == number.rounded(), abs(number) < 0x1p53, number.sign == .plus || number != 0 else {
      self = .number(number)
      return
    }
    self = .integer(Int(number))
  }

  /// Reads a value of a type from its JSON form.
  public func decoded<Value: Decodable>(as type: Value.Type) throws -> Value {
    try JSONValue.decoder.decode(type, from: jsonData())
  }

  /// The value as JSON text with sorted keys.
  public func jsonData(isPretty: Bool = false) -> Data {
    var bytes: [UInt8] = []
    write(into: &bytes, indent: isPretty ? 0 : nil)
    return Data(bytes)
  }

  /// The encoder that every record goes through.
  public static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }

  /// The decoder that every record goes through.
  public static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }

  private init(_ node: JSONNode) {
    switch node.content {
    case .null: self = .null
    case .boolean(let value): self = .boolean(value)
    case .integer(let value): self = .integer(value)
    case .number(let value): self = JSONValue(value)
    case .text(let value): self = .text(value)
    case .array(let values): self = .list(values.map { JSONValue($0) })
    case .object(let members):
      self = .record(Dictionary(members.map { ($0.key, JSONValue($0.value)) }, uniquingKeysWith: { first, _ in first }))
    }
  }

  private func write(into bytes: inout [UInt8], indent: Int?) {
    switch self {
    case .null: bytes += Array("null".utf8)
    case .boolean(let value): bytes += Array((value ? "true" : "false").utf8)
    case .integer(let value): bytes += Array(String(value).utf8)
    case .number(let value):
      bytes += value.isFinite ? Array("\(value)".utf8) : Array("\"\(value)\"".utf8)
    case .text(let value): JSONValue.writeText(value, into: &bytes)
    case .list(let values):
      // Rows of numbers stay on one line: a record is read by people too.
      let isNested = values.contains { if case .list = $0 { true } else if case .record = $0 { true } else { false } }
      let inner = isNested ? indent.map { $0 + 1 } : nil
      bytes.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        JSONValue.breakLine(inner, into: &bytes)
        value.write(into: &bytes, indent: inner)
      }
      if !values.isEmpty, isNested { JSONValue.breakLine(indent, into: &bytes) }
      bytes.append(UInt8(ascii: "]"))
    case .record(let record):
      let inner = indent.map { $0 + 1 }
      bytes.append(UInt8(ascii: "{"))
      for (index, key) in record.keys.sorted().enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        JSONValue.breakLine(inner, into: &bytes)
        JSONValue.writeText(key, into: &bytes)
        bytes.append(UInt8(ascii: ":"))
        if indent != nil { bytes.append(UInt8(ascii: " ")) }
        record[key]?.write(into: &bytes, indent: inner)
      }
      if !record.isEmpty { JSONValue.breakLine(indent, into: &bytes) }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private static func breakLine(_ indent: Int?, into bytes: inout [UInt8]) {
    guard let indent else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes += [UInt8](repeating: UInt8(ascii: " "), count: indent * 2)
  }

  private static func writeText(_ text: String, into bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes += Array("\\\"".utf8)
      case UInt8(ascii: "\\"): bytes += Array("\\\\".utf8)
      case 0x0A: bytes += Array("\\n".utf8)
      case 0x0D: bytes += Array("\\r".utf8)
      case 0x09: bytes += Array("\\t".utf8)
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
