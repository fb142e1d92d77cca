import Checkpoints
import Fieldwork
import Foundation
import Probing

/// What a file holds, for a person and for a program.
protocol FileListing {
  var json: JSONValue { get throws }
  var text: String { get }
}

/// The tensors of a checkpoint.
struct CheckpointListing: FileListing {
  let path: String
  let checkpoint: Checkpoint
  let tensors: TensorListing

  init(_ bytes: Bytes, path: String) throws {
    self.path = path
    do {
      checkpoint = try Checkpoint(decoding: bytes)
    } catch {
      throw CheckpointError.inFile(path, error)
    }
    tensors = TensorListing(summaries: checkpoint.summaries())
  }

  /// Whether the file is one that weights are kept in, rather than any arrays.
  private var holdsWeights: Bool { [.safetensors, .pyTorch, .pickle].contains(checkpoint.format) }

  var json: JSONValue {
    get throws {
      .record([
        "file": .text(path), "format": .text(checkpoint.format.rawValue), "bytes": .integer(checkpoint.bytes.count),
        "state": holdsWeights ? .text("weights only") : .null,
        "metadata": .record(
          Dictionary(checkpoint.metadata.map { ($0.key, .text($0.value)) }, uniquingKeysWith: { _, last in last })),
        "tensors": try tensors.json, "notes": .list(checkpoint.notes.map { .text($0) }),
        "sets": .list(
          checkpoint.sets.map { set in
            .record(["path": .text(set.path), "tensors": .integer(set.tensorCount), "read": .boolean(set.isRead)])
          }),
        "unreadable": .list(
          checkpoint.unreadable.map { .record(["name": .text($0.name), "reason": .text($0.reason.message)]) }),
      ])
    }
  }

  var text: String {
    let count = checkpoint.tensors.count
    var lines = [
      "\(path): \(checkpoint.format.rawValue), \(checkpoint.bytes.count) bytes, \(count) \(count == 1 ? "tensor" : "tensors")"
    ]
    if holdsWeights {
      lines.append(
        "state: weights only: they have no function; write the network from its PyTorch module with checkpoints/recipes/export.py, and name that file"
      )
    }
    for entry in checkpoint.metadata { lines.append("  \(entry.key): \(entry.value)") }
    lines.append(tensors.text)
    for note in checkpoint.notes { lines.append("note: \(note)") }
    for member in checkpoint.unreadable { lines.append("not read: '\(member.name)': \(member.reason.message)") }
    return lines.joined(separator: "\n")
  }
}

/// Tensors with their statistics.
struct TensorListing {
  let summaries: [TensorSummary]

  var json: JSONValue { get throws { .list(try summaries.map { try JSONValue(encoding: $0) }) } }

  var text: String {
    func number(_ value: Double?) -> String { value.map { $0.written(".5g") } ?? "–" }
    return TextTable(
      headings: ["tensor", "type", "shape", "min", "max", "mean", "NaN", "Inf"],
      rows: summaries.map { summary in
        [
          summary.name, summary.dtype, summary.shape.asExtents, number(summary.min), number(summary.max),
          number(summary.mean), String(summary.nanCount), String(summary.infCount),
        ]
      }, isNumeric: [false, false, false, true, true, true, true, true]
    ).text
  }
}

extension [Int] {
  /// `64×32`, or `scalar`.
  var asExtents: String { isEmpty ? "scalar" : map(String.init).joined(separator: "×") }
}
