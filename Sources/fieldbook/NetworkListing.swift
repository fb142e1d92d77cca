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

  private var ports: PortListing { PortListing(inputs: network.inputs, outputs: network.outputs) }

  var json: JSONValue {
    get throws {
      .record([
        "file": .text(path), "format": .text(network.form.rawValue), "parameters": .integer(network.parameterCount),
        "inputs": ports.inputsJSON, "outputs": ports.outputsJSON, "evaluable": .boolean(true),
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
    lines.append(ports.text)
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
