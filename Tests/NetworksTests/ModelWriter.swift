import Checkpoints

@testable import Networks

/// Writes ONNX models, good and bad ones, field by field.
struct ModelWriter {
  var nodes: [[UInt8]] = []
  var tensors: [[UInt8]] = []
  var inputs: [[UInt8]] = []
  var outputs: [[UInt8]] = []
  /// Further fields of the graph and the model.
  var graphExtra: [UInt8] = []
  var modelExtra: [UInt8] = []
  var opset = 17

  static func varint(_ value: UInt64) -> [UInt8] {
    var (rest, bytes) = (value, [UInt8]())
    repeat {
      bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
      rest >>= 7
    } while rest > 0
    return bytes
  }

  static func field(_ number: UInt64, _ value: Int) -> [UInt8] {
    varint(number << 3) + varint(UInt64(bitPattern: Int64(value)))
  }

  static func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
    varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes
  }

  static func field(_ number: UInt64, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

  static func field(_ number: UInt64, _ value: Float) -> [UInt8] {
    varint(number << 3 | 5) + withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
  }

  // MARK: - Parts

  static func attribute(_ name: String, _ value: Int) -> [UInt8] { field(1, name) + field(3, value) + field(20, 2) }
  static func attribute(_ name: String, _ value: Float) -> [UInt8] { field(1, name) + field(2, value) + field(20, 1) }
  static func attribute(_ name: String, _ value: String) -> [UInt8] { field(1, name) + field(4, value) + field(20, 3) }
  static func attribute(_ name: String, _ values: [Int]) -> [UInt8] {
    field(1, name) + values.flatMap { field(8, $0) } + field(20, 7)
  }

  static func tensor(_ name: String, _ shape: [Int], type: Int, raw: [UInt8]) -> [UInt8] {
    shape.flatMap { field(1, $0) } + field(2, type) + field(8, name) + field(9, raw)
  }

  /// A tensor that lies in another file.
  static func externalTensor(
    _ name: String, _ shape: [Int], type: Int, location: String, offset: String? = nil, length: String? = nil
  ) -> [UInt8] {
    let entries = [("location", location), ("offset", offset), ("length", length)].flatMap { key, value in
      value.map { field(13, field(1, key) + field(2, $0)) } ?? []
    }
    return shape.flatMap { field(1, $0) } + field(2, type) + field(8, name) + entries + field(14, 1)
  }

  static func port(_ name: String, _ shape: [Int?], type: Int = 1) -> [UInt8] {
    let dims = shape.flatMap { extent in field(1, extent.map { field(1, $0) } ?? field(2, "batch")) }
    return field(1, name) + field(2, field(1, field(1, type) + field(2, dims)))
  }

  /// A function of the domain `local` that calls others of it, each on its only input.
  static func function(_ name: String, calling others: [String]) -> [UInt8] {
    var nodes: [UInt8] = []
    for (index, other) in others.enumerated() {
      let result = index == others.count - 1 ? "y" : "y\(index)"
      nodes += field(7, field(1, "x") + field(2, result) + field(4, other) + field(7, "local"))
    }
    return field(25, field(1, name) + field(4, "x") + field(5, "y") + nodes + field(10, "local"))
  }

  mutating func node(
    _ operation: String, _ operands: [String], _ results: [String], name: String = "", _ attributes: [[UInt8]] = [],
    domain: String = ""
  ) {
    var bytes = operands.flatMap { Self.field(1, $0) }
    bytes += results.flatMap { Self.field(2, $0) }
    if !name.isEmpty { bytes += Self.field(3, name) }
    bytes += Self.field(4, operation)
    bytes += attributes.flatMap { Self.field(5, $0) }
    if !domain.isEmpty { bytes += Self.field(7, domain) }
    nodes.append(bytes)
  }

  mutating func weights(_ name: String, _ shape: [Int], _ values: [Double]) {
    let raw = values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
    tensors.append(Self.tensor(name, shape, type: 11, raw: raw))
  }

  mutating func integers(_ name: String, _ values: [Int]) {
    let raw = values.flatMap { value in withUnsafeBytes(of: Int64(value).littleEndian) { Array($0) } }
    tensors.append(Self.tensor(name, [values.count], type: 7, raw: raw))
  }

  mutating func input(_ name: String, _ shape: [Int?], type: Int = 1) {
    inputs.append(Self.port(name, shape, type: type))
  }
  mutating func output(_ name: String, _ shape: [Int?], type: Int = 1) {
    outputs.append(Self.port(name, shape, type: type))
  }

  var bytes: [UInt8] {
    var graph = nodes.flatMap { Self.field(1, $0) }
    graph += Self.field(2, "graph")
    graph += tensors.flatMap { Self.field(5, $0) }
    graph += inputs.flatMap { Self.field(11, $0) }
    graph += outputs.flatMap { Self.field(12, $0) }
    graph += graphExtra
    return Self.field(1, 8) + Self.field(2, "test") + Self.field(7, graph) + Self.field(8, Self.field(2, opset))
      + modelExtra
  }

  func network(_ name: String = "test") throws -> Network { try Network(reading: Bytes(bytes), name: name) }
}
