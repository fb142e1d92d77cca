import Foundation

@testable import Checkpoints
@testable import Networks

/// ONNX's own node tests, as Fixtures/pack_onnx_cases.py packs them.
struct OnnxCase: Sendable, CustomStringConvertible {
  let name: String
  let model: Bytes
  let inputs: [Tensor]
  let outputs: [Tensor]

  var description: String { name }

  func network() throws -> Network { try Network(reading: model, name: name) }

  static let all: [OnnxCase] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/onnx-cases.zip")
    guard let archive = try? ZipArchive(try Bytes(mapping: file.path)), let member = archive.members.first,
      let data = try? archive.contents(of: member).data
    else { return [] }
    var position = data.startIndex
    func number() -> Int {
      defer { position += 4 }
      return (0..<4).reduce(0) { $0 | Int(data[position + $1]) << (8 * $1) }
    }
    func chunk() -> Bytes {
      let count = number()
      defer { position += count }
      return Bytes(data[position..<(position + count)])
    }
    var cases: [OnnxCase] = []
    while position < data.endIndex {
      let name = String(decoding: chunk().data, as: UTF8.self)
      let model = chunk()
      let inputs = (0..<number()).compactMap { _ in try? ModelReader.readTensor(chunk()) }
      let outputs = (0..<number()).compactMap { _ in try? ModelReader.readTensor(chunk()) }
      cases.append(OnnxCase(name: name, model: model, inputs: inputs, outputs: outputs))
    }
    return cases
  }()
}

extension Network {
  /// The outputs at given values of the inputs, whole numbers as they are.
  func evaluateValues<S: NetworkScalar>(_ given: [Value<S>]) throws -> [Value<S>] {
    var values = try graph.constants.values(of: graph, S.self)
    for (number, value) in zip(graph.inputs, given) { values[number] = value }
    let chosen = graph.nodes(for: graph.outputs).filter { !graph.constants.isConstant[$0] }
    try Evaluation(graph: graph).run(chosen, values: &values, keeping: nil)
    return graph.outputs.compactMap { values[$0] }
  }
}

/// max |a − b| / max |b|; infinite unless NaN and infinities are in the same places.
func scaledError<S: NetworkScalar>(_ found: [S], _ expected: [S]) -> Double {
  guard found.count == expected.count else { return .infinity }
  var (difference, size) = (0.0, 0.0)
  for (x, y) in zip(Double.converting(found), Double.converting(expected)) {
    if x == y || (x.isNaN && y.isNaN) { size = max(size, y.isFinite ? abs(y) : 0); continue }
    guard x.isFinite, y.isFinite else { return .infinity }
    difference = max(difference, abs(x - y))
    size = max(size, abs(y))
  }
  return difference == 0 ? 0 : difference / max(size, 1e-30)
}
