import Networks
import Probing

/// A network's inputs and outputs with their types and shapes.
struct PortListing {
  let inputs: [Network.Port]
  let outputs: [Network.Port]

  var inputsJSON: JSONValue { Self.json(inputs) }
  var outputsJSON: JSONValue { Self.json(outputs) }

  private static func json(_ ports: [Network.Port]) -> JSONValue {
    .list(
      ports.map { port in
        .record([
          "name": .text(port.name), "type": .text(port.elementType.rawValue),
          "shape": .list(port.shape.map { $0.map { .integer($0) } ?? .null }),
        ])
      })
  }

  var text: String {
    let ports = inputs.map { ("input", $0) } + outputs.map { ("output", $0) }
    return TextTable(
      headings: ["port", "name", "type", "shape"],
      rows: ports.map { side, port in
        let shape = port.shape.map { $0.map(String.init) ?? "?" }.joined(separator: "×")
        return [side, port.name, port.elementType.rawValue, shape.isEmpty ? "scalar" : shape]
      }, isNumeric: [false, false, false, false]
    ).text
  }
}
