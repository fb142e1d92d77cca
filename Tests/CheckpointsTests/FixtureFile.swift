import Foundation

@testable import Checkpoints

/// The files beside these tests.
enum FixtureFile {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

  static func url(_ name: String) -> URL { folder.appendingPathComponent(name) }

  static func path(_ name: String) -> String { url(name).path }

  static func bytes(_ name: String) throws -> Bytes { Bytes(data: try Data(contentsOf: url(name))) }

  static func json<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(contentsOf: url(name)))
  }

  /// The files of a folder, sorted by name.
  static func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(folder)).sorted()
  }
}

/// A new folder that is removed when the closure returns.
func withScratchFolder<Value>(_ body: (URL) throws -> Value) throws -> Value {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("checkpoints-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// A generator whose numbers depend on the seed alone.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension Bytes {
  init(hex: String) {
    let digits = hex.utf8.map { $0 > 0x60 ? $0 - 87 : $0 - 48 }
    self.init(stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
  }

  var hex: String { data.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}

extension Tensor {
  /// Type, shape and bytes as one comparable text.
  var content: String { "\(elementType.rawValue) \(shape) \(bytes.hex)" }

  /// A tensor of random bytes.
  static func random(
    _ name: String, _ type: ElementType, _ shape: [Int], using generator: inout SplitMix
  ) throws -> Tensor {
    let count = type.byteCount(shape: shape) ?? 0
    return Tensor(
      name: name, elementType: type, shape: shape,
      bytes: Bytes((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }))
  }
}
