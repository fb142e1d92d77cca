import Checkpoints
import Networks
import Probing

/// The values inside a network's graph, in the order in which they are made.
struct ValueListing: FileListing {
  let path: String
  let network: Network

  var json: JSONValue {
    .record([
      "file": .text(path), "outputs": .list(network.outputs.map { .text($0.name) }),
      "values": .list(network.innerValues.map { .record(["name": .text($0.name), "node": .text($0.maker)]) }),
    ])
  }

  var text: String {
    let values = network.innerValues
    let outputs = network.outputs.map { "'\(spelledOut($0.name))'" }.joined(separator: ", ")
    let title =
      "\(path): \(values.count) \(values.count == 1 ? "value" : "values") inside the graph, besides \(network.outputs.count == 1 ? "output" : "outputs") \(outputs)"
    guard !values.isEmpty else { return title }
    let table = TextTable(
      headings: ["value", "made by"], rows: values.map { [spelledOut($0.name), spelledOut($0.maker)] },
      isNumeric: [false, false])
    return [title, table.text].joined(separator: "\n")
  }
}
