import Checkpoints
import Networks
import Probing

/// The values inside a network's graph, in its file's order, with their shapes for one sample where these can be told.
struct ValueListing: FileListing {
  let path: String
  let network: Network
  private let values: [(name: String, maker: String)]
  private let shapes: [String: [Int]]

  init(path: String, network: Network) {
    (self.path, self.network, values) = (path, network, network.innerValues)
    shapes = Self.shapes(of: values.map(\.name), in: network)
  }

  /// The shapes at inputs of nothing but zero; none where an input leaves other extents open than that of the batch, or where
  /// zeros do not go through.
  private static func shapes(of names: [String], in network: Network) -> [String: [Int]] {
    var inputs: [String: NDArray<Float>] = [:]
    for port in network.inputs {
      var shape = port.shape
      if shape.first == .some(nil) { shape[0] = 1 }
      guard shape.allSatisfy({ $0 != nil }) else { return [:] }
      inputs[port.name] = NDArray(shape: shape.compactMap { $0 }, repeating: 0)
    }
    return ((try? network.evaluate(inputs, only: names)) ?? [:]).mapValues(\.shape)
  }

  var json: JSONValue {
    .record([
      "file": .text(path), "outputs": .list(network.outputs.map { .text($0.name) }),
      "values": .list(
        values.map { value in
          .record([
            "name": .text(value.name), "node": .text(value.maker),
            "shape": shapes[value.name].map { .list($0.map { .integer($0) }) } ?? .null,
          ])
        }),
    ])
  }

  var text: String {
    let outputs = network.outputs.map { "'\(spelledOut($0.name))'" }.joined(separator: ", ")
    let title =
      "\(path): \(values.count) \(values.count == 1 ? "value" : "values") inside the graph, besides \(network.outputs.count == 1 ? "output" : "outputs") \(outputs)"
    guard !values.isEmpty else { return title }
    let table = TextTable(
      headings: ["value", "shape", "made by"],
      rows: values.map { [spelledOut($0.name), shapes[$0.name].map(\.asExtents) ?? "?", spelledOut($0.maker)] },
      isNumeric: [false, false, false])
    return [title, table.text].joined(separator: "\n")
  }
}
