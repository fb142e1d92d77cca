import Checkpoints
import Fieldwork
import Foundation
import Networks
import Probing

/// A network that is more than its file: its ports and operations, whatever form it has.
struct NetworkListing: FileListing {
  let path: String
  let network: Network
  /// Whether it is its maker's function.
  let state: NetworkState

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
        "state": .text(state.word), "state-words": .text(state.words), "adjoint": .text(state.adjointWords),
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
    lines.append("state: \(state.words)")
    lines.append("adjoint: \(state.adjointWords)")
    for warning in network.warnings { lines.append("note: \(warning)") }
    return lines.joined(separator: "\n")
  }
}

extension NetworkListing {
  /// The listing of a network that has been examined.
  init(_ examined: ExaminedNetwork, path: String) {
    self.init(path: path, network: examined.network, state: examined.state)
  }
}

/// The tensors of a file or folder, and the function that they are the weights of.
struct ModuleListing: FileListing {
  let checkpoint: CheckpointListing
  let function: NetworkListing

  var json: JSONValue {
    get throws {
      guard case .record(var record) = try checkpoint.json else { return try checkpoint.json }
      record["function"] = try function.json
      record["state"] = .text(function.state.word)
      return .record(record)
    }
  }

  var text: String { [checkpoint.text, function.text].joined(separator: "\n") }
}
