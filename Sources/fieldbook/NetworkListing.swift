import Checkpoints
import Fieldwork
import Foundation
import Networks
import Probing

/// A network that is more than its file: its ports and operations, whatever form it has.
struct NetworkListing: FileListing {
  let path: String
  let network: Network

  private var ports: [(side: String, port: Network.Port)] {
    network.inputs.map { ("input", $0) } + network.outputs.map { ("output", $0) }
  }

  private func list(_ ports: [Network.Port]) -> JSONValue {
    .list(
      ports.map { port in
        .record([
          "name": .text(port.name), "type": .text(port.elementType.rawValue),
          "shape": .list(port.shape.map { $0.map { .integer($0) } ?? .null }),
        ])
      })
  }

  var json: JSONValue {
    get throws {
      .record([
        "file": .text(path), "format": .text(network.form.rawValue), "parameters": .integer(network.parameterCount),
        "inputs": list(network.inputs), "outputs": list(network.outputs), "evaluable": .boolean(true),
        "operations": .record(
          Dictionary(
            network.operationCounts.map { ($0.name, .integer($0.count)) }, uniquingKeysWith: { first, _ in first })),
        "beside": .list(network.externalFiles.map { .text($0) }), "warnings": .list(network.warnings.map { .text($0) }),
      ])
    }
  }

  var text: String {
    let beside = network.externalFiles.map { "weights in '\($0)'" }
    var lines = [
      (["\(path): \(network.form.rawValue)", "\(network.parameterCount) parameters"] + beside).joined(separator: ", ")
    ]
    lines.append(
      TextTable(
        headings: ["port", "name", "type", "shape"],
        rows: ports.map { side, port in
          let shape = port.shape.map { $0.map(String.init) ?? "?" }.joined(separator: "×")
          return [side, port.name, port.elementType.rawValue, shape.isEmpty ? "scalar" : shape]
        }, isNumeric: [false, false, false, false]
      ).text)
    lines.append("operations: " + network.operationCounts.map { "\($0.name) \($0.count)" }.joined(separator: ", "))
    for warning in network.warnings { lines.append("note: \(warning)") }
    return lines.joined(separator: "\n")
  }
}

extension NetworkListing {
  /// The listing of a recipe, or of a folder with a model's configuration; `nil` for anything else.
  init?(describing path: String) throws {
    let workspace = DiskWorkspace()
    let isFolder = workspace.exists("\(path)/config.json")
    guard try isFolder || FileFormat.sniff(workspace.bytes(at: path)) == .json else { return nil }
    self.init(path: path, network: try SourceShelf(workspace: workspace).network(at: path).network)
  }

  /// The function of a file of weights that holds one, beside its tensors; `nil` for weights alone.
  init?(ofModule bytes: Bytes, path: String) {
    guard let network = try? Network(reading: bytes, name: path), network.form == .pyTorchModule else { return nil }
    self.init(path: path, network: network)
  }
}
