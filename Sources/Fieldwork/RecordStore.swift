import Checkpoints
import Diagnostics
import Foundation
import Probing

/// Records on disk, found by the digest of everything they depend on.
public struct RecordStore: Sendable {
  let workspace: any Workspace
  let folder: String

  /// Makes a store in a folder.
  public init(workspace: any Workspace, folder: String) {
    self.workspace = workspace
    self.folder = folder
  }

  /// The key of a measurement: what it would take to get another result.
  public static func key(
    probe: any Probe, seed: UInt64, sources: [ProbeRecord.SourceDigest], software: String
  ) throws -> ContentDigest {
    let card = type(of: probe).card
    let digester = ContentDigester()
    digester.append(field: "record \(ProbeRecord.currentSchema)")
    digester.append(field: card.name)
    digester.append(field: String(card.version))
    digester.append(field: software)
    digester.append(field: String(seed))
    digester.append(Bytes(data: try JSONValue(encoding: probe).jsonData()))
    for source in sources {
      digester.append(field: source.part)
      digester.append(field: source.sha256)
    }
    return digester.finish()
  }

  /// The record under a key; `nil` if there is none, or it is damaged.
  public func record(for key: ContentDigest) -> ProbeRecord? {
    let path = "\(folder)/\(key.hex)"
    guard workspace.exists("\(path)/record.json") else { return nil }
    return try? RecordFiles.read { try workspace.bytes(at: "\(path)/\($0)") }
  }

  /// Keeps a record.
  public func keep(_ record: ProbeRecord, under key: ContentDigest) throws {
    try workspace.replaceFolder("\(folder)/\(key.hex)", with: RecordFiles.write(record))
  }
}

/// A record as files: JSON for people, and a safetensors file beside it for arrays too large to read.
enum RecordFiles {
  /// Arrays with more numbers than this leave the JSON.
  static let largestInline = 512
  static let arrayName = "arrays.safetensors"

  static func write(_ record: ProbeRecord) throws -> [String: [UInt8]] {
    var tensors: [Tensor] = []
    var slim = record
    slim.finding = moveOut(record.finding, path: "finding", into: &tensors)
    var files = ["record.json": [UInt8](try JSONValue(encoding: slim).jsonData(isPretty: true)) + [0x0A]]
    if !tensors.isEmpty { files[arrayName] = [UInt8](try Safetensors.encode(tensors)) }
    return files
  }

  static func read(_ bytes: (String) throws -> Bytes) throws -> ProbeRecord {
    var record = try JSONValue(json: try bytes("record.json").data).decoded(as: ProbeRecord.self)
    guard hasArray(record.finding) else { return record }
    let arrays = try Checkpoint(decoding: try bytes(arrayName))
    record.finding = try moveIn(record.finding, from: arrays)
    return record
  }

  private static func moveOut(_ value: JSONValue, path: String, into tensors: inout [Tensor]) -> JSONValue {
    switch value {
    case .record(let record):
      // Sorted, so that the arrays' file has the same order every time.
      var slim: [String: JSONValue] = [:]
      for key in record.keys.sorted() { slim[key] = moveOut(record[key]!, path: "\(path).\(key)", into: &tensors) }
      return .record(slim)
    case .list(let values):
      if let array = NumberArray(value), array.numbers.count > largestInline {
        let tensor = Tensor(name: path, shape: array.shape, doubles: array.numbers)
        tensors.append(tensor)
        return .record([
          "array": .text(path), "shape": .list(array.shape.map { .integer($0) }),
          "sha256": .text(ContentDigest(of: tensor).hex),
        ])
      }
      return .list(values.enumerated().map { moveOut($0.element, path: "\(path).\($0.offset)", into: &tensors) })
    default: return value
    }
  }

  private static func hasArray(_ value: JSONValue) -> Bool {
    switch value {
    case .record(let record): arrayReference(record) != nil || record.values.contains(where: hasArray)
    case .list(let values): values.contains(where: hasArray)
    default: false
    }
  }

  private static func arrayReference(_ record: [String: JSONValue]) -> (name: String, digest: String)? {
    guard record.count == 3, let name = record["array"]?.text, let digest = record["sha256"]?.text else { return nil }
    return (name, digest)
  }

  private static func moveIn(_ value: JSONValue, from arrays: Checkpoint) throws -> JSONValue {
    switch value {
    case .record(let record):
      if let reference = arrayReference(record) {
        let tensor = try arrays.tensor(named: reference.name)
        guard ContentDigest(of: tensor).hex == reference.digest else { throw RecordFault.changed(reference.name) }
        return NumberArray(shape: tensor.shape, numbers: try tensor.doubles()).value
      }
      return .record(try record.mapValues { try moveIn($0, from: arrays) })
    case .list(let values): return .list(try values.map { try moveIn($0, from: arrays) })
    default: return value
    }
  }
}

/// A record whose array is not the one it was written with.
struct RecordFault: Diagnosable {
  let message: String
  var status: ExitStatus { .inputDamaged }
  static func changed(_ name: String) -> RecordFault {
    RecordFault(message: "array '\(name)' is not the one that its record was written with")
  }
}

/// A rectangular array of finite numbers, in JSON's clothes.
struct NumberArray {
  let shape: [Int]
  let numbers: [Double]

  init(shape: [Int], numbers: [Double]) {
    self.shape = shape
    self.numbers = numbers
  }

  init?(_ value: JSONValue) {
    var shape: [Int] = []
    var numbers: [Double] = []
    func collect(_ value: JSONValue, depth: Int) -> Bool {
      if case .list(let values) = value {
        if depth == shape.count {
          guard numbers.isEmpty else { return false }
          shape.append(values.count)
        }
        guard shape[depth] == values.count else { return false }
        return values.allSatisfy { collect($0, depth: depth + 1) }
      }
      guard depth == shape.count, let number = value.number else { return false }
      numbers.append(number)
      return true
    }
    guard collect(value, depth: 0), !numbers.isEmpty else { return nil }
    self.shape = shape
    self.numbers = numbers
  }

  var value: JSONValue {
    func nest(_ axis: Int, _ range: Range<Int>) -> JSONValue {
      guard axis < shape.count else { return JSONValue(numbers[range.lowerBound]) }
      let size = shape[axis] == 0 ? 0 : range.count / shape[axis]
      return .list(
        (0..<shape[axis]).map { index in
          nest(axis + 1, (range.lowerBound + index * size)..<(range.lowerBound + (index + 1) * size))
        })
    }
    return nest(0, 0..<numbers.count)
  }
}
