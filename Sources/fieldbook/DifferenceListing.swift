import Checkpoints
import Fieldwork
import Probing

/// How two files of tensors differ.
struct DifferenceListing: FileListing {
  let paths: [String]
  let difference: CheckpointDifference

  var json: JSONValue {
    .record([
      "files": .list(paths.map { .text($0) }), "identical": .boolean(difference.isNothing),
      "identicalTensors": .integer(difference.identicalCount),
      "onlyInFirst": .list(difference.onlyInFirst.map { .text($0) }),
      "onlyInSecond": .list(difference.onlyInSecond.map { .text($0) }),
      "changes": .list(
        difference.changes.map { change in
          .record([
            "name": .text(change.name), "dtypes": .list(change.types.map { .text($0.rawValue) }),
            "shapes": .list(change.shapes.map { .list($0.map { .integer($0) }) }),
            // JSON has no infinity: where a is zero and b is not, the absolute change alone tells.
            "relative": change.relative.flatMap { $0.isFinite ? .number($0) : nil } ?? .null,
            "absolute": change.absolute.map { .number($0) } ?? .null,
            "notFinite": .integer(change.notFiniteCount),
          ])
        }),
    ])
  }

  var text: String {
    var lines: [String] = []
    for (path, names) in zip(paths, [difference.onlyInFirst, difference.onlyInSecond]) where !names.isEmpty {
      lines.append("only in \(path): \(names.map { spelledOut($0) }.joined(separator: ", "))")
    }
    if difference.isNothing {
      lines.append("identical: \(counted(difference.identicalCount)), each the same to the last bit")
    } else if difference.identicalCount > 0 {
      lines.append("identical: \(counted(difference.identicalCount))")
    }
    if !difference.changes.isEmpty { lines.append(changes) }
    return lines.joined(separator: "\n")
  }

  private var changes: String {
    func both(_ words: [String]) -> String { words[0] == words[1] ? words[0] : words.joined(separator: " → ") }
    return TextTable(
      headings: ["tensor", "type", "shape", "relative change", "change", "not finite"],
      rows: difference.changes.map { change in
        [
          spelledOut(change.name), both(change.types.map(\.rawValue)), both(change.shapes.map(\.asExtents)),
          change.relative.map { $0.isFinite ? $0.written(".4g") : "∞" } ?? "–",
          change.absolute.map { $0.written(".4g") } ?? "–", "\(change.notFiniteCount)",
        ]
      }, isNumeric: [false, false, false, true, true, true]
    ).text
  }

  private func counted(_ count: Int) -> String { "\(count) \(count == 1 ? "tensor" : "tensors")" }
}
