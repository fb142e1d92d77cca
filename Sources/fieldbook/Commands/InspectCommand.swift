import ArgumentParser
import Checkpoints
import Diagnostics
import Fieldwork
import Foundation
import Networks
import Probing

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "List what a file holds: tensors with statistics, or a network's graph.")

  @Argument(help: "A safetensors, npy, npz or ONNX file.")
  var file: String

  @Flag(help: "Print as JSON.")
  var json = false

  func run() throws {
    let console = Console()
    try console.run {
      let bytes = try DiskWorkspace().bytes(at: file)
      let report: (JSONValue, String)
      if FileFormat.sniff(bytes) == .onnx {
        report = try network(bytes)
      } else {
        report = try tensors(bytes)
      }
      try json ? console.print(report.0) : console.print(report.1)
      return .ok
    }
  }

  private func tensors(_ bytes: Bytes) throws -> (JSONValue, String) {
    let checkpoint: Checkpoint
    do {
      checkpoint = try Checkpoint(decoding: bytes)
    } catch {
      throw CheckpointError.inFile(file, error)
    }
    let summaries = checkpoint.summaries()
    let value = JSONValue.record([
      "file": .text(file), "format": .text(checkpoint.format.rawValue), "bytes": .integer(bytes.count),
      "metadata": .record(
        Dictionary(checkpoint.metadata.map { ($0.key, .text($0.value)) }, uniquingKeysWith: { _, last in last })),
      "tensors": .list(try summaries.map { try JSONValue(encoding: $0) }),
      "unreadable": .list(
        checkpoint.unreadable.map { .record(["name": .text($0.name), "reason": .text($0.reason.message)]) }),
    ])
    var lines = ["\(file): \(checkpoint.format.rawValue), \(bytes.count) bytes, \(summaries.count) tensors"]
    for entry in checkpoint.metadata { lines.append("  \(entry.key): \(entry.value)") }
    func number(_ value: Double?) -> String { value.map { $0.written(".5g") } ?? "–" }
    lines.append(
      TextTable(
        headings: ["tensor", "type", "shape", "min", "max", "mean", "NaN", "Inf"],
        rows: summaries.map { summary in
          [
            summary.name, summary.dtype,
            summary.shape.isEmpty ? "scalar" : summary.shape.map(String.init).joined(separator: "×"),
            number(summary.min), number(summary.max), number(summary.mean), String(summary.nanCount),
            String(summary.infCount),
          ]
        }, isNumeric: [false, false, false, true, true, true, true, true]
      ).text)
    for member in checkpoint.unreadable { lines.append("not read: '\(member.name)': \(member.reason.message)") }
    return (value, lines.joined(separator: "\n"))
  }

  private func network(_ bytes: Bytes) throws -> (JSONValue, String) {
    let network = try SourceShelf(workspace: DiskWorkspace()).network(at: file).network
    func shape(_ port: Network.Port) -> String {
      port.shape.isEmpty ? "scalar" : port.shape.map { $0.map(String.init) ?? "?" }.joined(separator: "×")
    }
    func ports(_ ports: [Network.Port]) -> JSONValue {
      .list(
        ports.map { port in
          .record([
            "name": .text(port.name), "type": .text(port.elementType.rawValue),
            "shape": .list(port.shape.map { $0.map { .integer($0) } ?? .null }),
          ])
        })
    }
    let value = JSONValue.record([
      "file": .text(file), "format": .text("onnx"), "bytes": .integer(bytes.count),
      "parameters": .integer(network.parameterCount), "inputs": ports(network.inputs),
      "outputs": ports(network.outputs),
      "operations": .record(
        Dictionary(
          network.operationCounts.map { ($0.name, .integer($0.count)) }, uniquingKeysWith: { first, _ in first })),
      "warnings": .list(network.warnings.map { .text($0) }),
    ])
    var lines = ["\(file): onnx, \(bytes.count) bytes, \(network.parameterCount) parameters"]
    let ports = network.inputs.map { ("input", $0) } + network.outputs.map { ("output", $0) }
    lines.append(
      TextTable(
        headings: ["port", "name", "type", "shape"],
        rows: ports.map { side, port in [side, port.name, port.elementType.rawValue, shape(port)] },
        isNumeric: [false, false, false, false]
      ).text)
    lines.append(
      "operations: " + network.operationCounts.map { "\($0.name) \($0.count)" }.joined(separator: ", "))
    for warning in network.warnings { lines.append("note: \(warning)") }
    return (value, lines.joined(separator: "\n"))
  }
}
