import Foundation

/// A JSON value: how findings and parameters look once they are records.
public indirect enum JSONValue: Sendable, Hashable, Codable {
  case null
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case record([String: JSONValue])

  /// Reads any JSON value.
  public init(from decoder: any Decoder) throws {
    let single = try decoder.singleValueContainer()
    // Numbers first: most of what a record holds are numbers, and every guess that misses costs a thrown error.
    if let number = try? single.decode(Double.self), number.isFinite {
      self = JSONValue(number: number, exactly: try? single.decode(Int.self))
    } else if single.decodeNil() {
      self = .null
    } else if var list = try? decoder.unkeyedContainer() {
      var values: [JSONValue] = []
      while !list.isAtEnd { values.append(try list.decode(JSONValue.self)) }
      self = .list(values)
    } else if let keyed = try? decoder.container(keyedBy: AnyCodingKey.self) {
      var record: [String: JSONValue] = [:]
      for key in keyed.allKeys { record[key.stringValue] = try keyed.decode(JSONValue.self, forKey: key) }
      self = .record(record)
    } else if let text = try? single.decode(String.self) {
      self = .text(text)
    } else {
      self = .boolean(try single.decode(Bool.self))
    }
  }

  /// JSON does not tell 1 from 1.0: whole numbers are integers, except −0 and those beyond `Int`.
  private init(number: Double, exactly integer: @autoclosure () -> Int?) {
    if abs(number) < 0x1p53 {
      self =
        number == number.rounded() && !(number == 0 && number.sign == .minus) ? .integer(Int(number)) : .number(number)
    } else if let integer = integer() {
      self = .integer(integer)
    } else {
      self = .number(number)
    }
  }

  /// Writes the value as JSON.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .record(let record):
      var container = encoder.container(keyedBy: AnyCodingKey.self)
      for (key, value) in record { try container.encode(value, forKey: AnyCodingKey(key)) }
    case .list(let values):
      var container = encoder.unkeyedContainer()
      for value in values { try container.encode(value) }
    default:
      var container = encoder.singleValueContainer()
      switch self {
      case .boolean(let value): try container.encode(value)
      case .integer(let value): try container.encode(value)
      case .number(let value): try container.encode(value)
      case .text(let value): try container.encode(value)
      default: try container.encodeNil()
      }
    }
  }

  /// The number, whole or not, if this is one.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The text, if this is text.
  public var text: String? {
    if case .text(let value) = self { return value }
    return nil
  }

  /// The elements, if this is a list.
  public var elements: [JSONValue]? {
    if case .list(let values) = self { return values }
    return nil
  }

  /// The value under a key or at a position.
  public subscript(key: String) -> JSONValue? {
    switch self {
    case .record(let record):
      return record[key]
    case .list(let values):
      if key == "last" { return values.last }
      guard let index = Int(key), values.indices.contains(index) else { return nil }
      return values[index]
    default: return nil
    }
  }

  /// The names that may follow this value in a look-up; of a list the first and the last position, and `last`.
  public var keys: [String] {
    switch self {
    case .record(let record): record.keys.sorted()
    case .list(let values):
      switch values.count {
      case 0: []
      case 1: ["0", "last"]
      default: ["0", "\(values.count - 1)", "last"]
      }
    default: []
    }
  }
}

/// A coding key made of any string.
public struct AnyCodingKey: CodingKey, Hashable, Sendable {
  /// The key.
  public let stringValue: String
  /// The position, in a list.
  public let intValue: Int?

  /// Makes a key.
  public init(_ name: String) {
    stringValue = name
    intValue = Int(name)
  }

  /// Makes a key.
  public init(stringValue: String) { self.init(stringValue) }

  /// Makes a key from a position.
  public init(intValue: Int) {
    stringValue = String(intValue)
    self.intValue = intValue
  }
}
