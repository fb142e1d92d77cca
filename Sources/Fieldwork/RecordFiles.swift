import Checkpoints
import Diagnostics
import Probing

/// A record as files: JSON for people, and a safetensors file beside it for arrays too large to read.
enum RecordFiles {
  /// Arrays with more numbers than this leave the JSON.
  static let largestInline = 512
  static let recordName = "record.json"
  static let arrayName = "arrays.safetensors"

  static func write(_ record: ProbeRecord) throws -> [String: [UInt8]] {
    var tensors: [Tensor] = []
    var slim = record
    slim.finding = moveOut(record.finding, path: "finding", into: &tensors)
    var files = [recordName: [UInt8](try JSONValue(encoding: slim).jsonData(isPretty: true)) + [0x0A]]
    if !tensors.isEmpty { files[arrayName] = [UInt8](try Safetensors.encode(tensors)) }
    return files
  }

  /// The digest that stands for a record written as files.
  static func digest(of files: [String: [UInt8]]) -> String { ContentDigest(of: Bytes(files[recordName] ?? [])).hex }

  static func read(_ bytes: (String) throws -> Bytes) throws -> ProbeRecord {
    let data = try bytes(recordName).data
    var record: ProbeRecord
    do { record = try JSONValue(json: data).decoded(as: ProbeRecord.self) } catch { throw RecordFault.unreadable }
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
  static let unreadable = RecordFault(message: "'\(RecordFiles.recordName)' is not a record")
  static func changed(_ name: String) -> RecordFault {
    RecordFault(message: "array '\(name)' is not the one that its record was written with")
  }
}
