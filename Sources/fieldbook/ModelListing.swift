import Checkpoints
import Diagnostics
import Fieldwork
import Foundation
import Networks
import Probing

/// A network's ports, operations and weights, whether or not it can be evaluated.
struct ModelListing: FileListing {
  let path: String
  let byteCount: Int
  /// What the file is.
  let form: NetworkForm
  let summary: ModelSummary
  let tensors: TensorListing
  /// What a reader of its results should know, and why it cannot be evaluated if so.
  let notes: [String]
  /// Whether it can be evaluated.
  let isEvaluable: Bool
  /// Whether it is its maker's function; `nil` if it cannot be evaluated.
  let state: NetworkState?

  init(_ bytes: Bytes, path: String) throws {
    self.path = path
    byteCount = bytes.count
    form = ModelSummary.form(of: bytes) ?? .onnx
    do {
      summary = try ModelSummary(reading: bytes, name: path)
    } catch {
      throw Refusal([error.diagnostic(file: path)])
    }
    tensors = TensorListing(summaries: TensorSummary.all(of: summary.tensors))
    do {
      let examined = try SourceShelf(workspace: DiskWorkspace()).examined(at: path)
      notes = summary.notes + examined.network.warnings
      state = examined.state
      isEvaluable = true
    } catch {
      notes = summary.notes + ["cannot be evaluated: \((error as? any Diagnosable)?.message ?? "\(error)")"]
      state = nil
      isEvaluable = false
    }
  }

  private var ports: PortListing { PortListing(inputs: summary.inputs, outputs: summary.outputs) }

  var json: JSONValue {
    get throws {
      .record([
        "file": .text(path), "format": .text(form.rawValue), "bytes": .integer(byteCount),
        "producer": summary.producer.map { .text($0) } ?? .null, "opset": summary.opset.map { .integer($0) } ?? .null,
        "parameters": .integer(summary.parameterCount), "buffers": .integer(summary.bufferCount),
        "inputs": ports.inputsJSON,
        "outputs": ports.outputsJSON, "evaluable": .boolean(isEvaluable),
        "state": state.map { .text($0.word) } ?? .null, "state-words": state.map { .text($0.words) } ?? .null,
        "adjoint": state.map { .text($0.adjointWords) } ?? .null,
        "operations": .record(
          Dictionary(summary.operations.map { ($0.name, .integer($0.count)) }, uniquingKeysWith: { first, _ in first })),
        "unsupported": .list(summary.operations.filter { !$0.isSupported }.map { .text($0.name) }),
        "tensors": try tensors.json,
        "external": .list(
          summary.externalTensors.map { tensor in
            .record([
              "name": .text(tensor.name), "dtype": .text(tensor.elementType.rawValue),
              "shape": .list(tensor.shape.map { .integer($0) }), "file": .text(tensor.location),
            ])
          }), "warnings": .list(notes.map { .text($0) }),
      ])
    }
  }

  var text: String {
    let made = [summary.producer.map { "by \($0)" }, summary.opset.map { "opset \($0)" }].compactMap { $0 }
    let buffers = summary.bufferCount == 0 ? [] : ["\(summary.bufferCount) numbers in buffers"]
    let counts = ["\(byteCount) bytes", "\(summary.parameterCount) parameters"] + buffers
    var lines = [(["\(path): \(form.rawValue)"] + counts + made).joined(separator: ", ")]
    if let state { lines += ["state: \(state.words)", "adjoint: \(state.adjointWords)"] }
    lines.append(ports.text)
    lines.append(
      "operations: "
        + summary.operations.map { "\($0.name) \($0.count)\($0.isSupported ? "" : " (not supported)")" }
        .joined(separator: ", "))
    if !tensors.summaries.isEmpty { lines.append(tensors.text) }
    for tensor in summary.externalTensors {
      lines.append("in '\(tensor.location)': \(tensor.name), \(tensor.elementType.rawValue), \(tensor.shape.asExtents)")
    }
    for note in notes { lines.append("note: \(note)") }
    return lines.joined(separator: "\n")
  }
}
