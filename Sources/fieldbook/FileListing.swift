import Checkpoints
import Fieldwork
import Foundation
import Networks
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
  /// Why it is no network; `nil` for arrays, which are not expected to be, and for weights with their function.
  let functionFault: NetworkError?
  private let leavesStatisticsOut: Bool

  /// Tensors larger than this together are listed without statistics, unless these are asked for: they would take seconds.
  static let statisticsLimit = 256 << 20

  /// - Parameter hasStatistics: whether to go over every element; `nil` leaves it to the size.
  init(_ checkpoint: Checkpoint, path: String, hasStatistics: Bool? = nil, functionFault: NetworkError? = nil) {
    self.path = path
    self.functionFault = functionFault
    self.checkpoint = checkpoint
    let size = checkpoint.tensors.reduce(0) { $0 + $1.bytes.count }
    leavesStatisticsOut = hasStatistics == nil && size > Self.statisticsLimit
    tensors =
      hasStatistics ?? !leavesStatisticsOut
      ? TensorListing(summaries: checkpoint.summaries()) : TensorListing(outlineOf: checkpoint.tensors)
  }

  private var notes: [String] {
    var notes = checkpoint.notes
    if checkpoint.sets.filter(\.isRead).count > 1 { notes.append("one set alone is read with --set NAME") }
    if leavesStatisticsOut {
      notes.append("statistics are left out, as the tensors are larger than 256 MiB; --statistics computes them")
    }
    return notes
  }

  /// What is missing, and what to supply.
  private var stateWords: String? {
    functionFault.map { fault in
      let reason = if case .weightsOnly(let reason, _) = fault { reason } else { fault.message }
      return "weights only: " + [reason, fault.hint].compactMap { $0 }.joined(separator: "; ")
    }
  }

  var json: JSONValue {
    get throws {
      .record([
        "file": .text(path), "format": .text(checkpoint.format.rawValue), "bytes": .integer(checkpoint.byteCount),
        "state": functionFault == nil ? .null : .text("weights only"),
        "state-words": stateWords.map { .text($0) } ?? .null,
        "parameters": .integer(checkpoint.parameterCount),
        "files": .list(
          checkpoint.companions.map { .record(["name": .text($0.name), "bytes": .integer($0.bytes.count)]) }),
        "metadata": .record(
          Dictionary(checkpoint.metadata.map { ($0.key, .text($0.value)) }, uniquingKeysWith: { _, last in last })),
        "tensors": try tensors.json, "notes": .list(notes.map { .text($0) }),
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
      "\(path): \(checkpoint.format.rawValue), \(checkpoint.byteCount) bytes, \(count) \(count == 1 ? "tensor" : "tensors"), "
        + "\(checkpoint.parameterCount) parameters"
    ]
    if let stateWords { lines.append("state: \(stateWords)") }
    for entry in checkpoint.metadata { lines.append("  \(spelledOut(entry.key)): \(spelledOut(entry.value))") }
    lines.append(tensors.text)
    for note in notes { lines.append("note: \(note)") }
    for member in checkpoint.unreadable {
      lines.append("not read: '\(spelledOut(member.name))': \(member.reason.message)")
    }
    return lines.joined(separator: "\n")
  }
}

/// Tensors with their statistics, or with names, types and shapes alone.
struct TensorListing {
  /// Empty where only an outline is listed.
  let summaries: [TensorSummary]
  private let outline: [Tensor]?

  init(summaries: [TensorSummary]) {
    self.summaries = summaries
    outline = nil
  }

  init(outlineOf tensors: [Tensor]) {
    summaries = []
    outline = tensors
  }

  var json: JSONValue {
    get throws {
      guard let outline else { return .list(try summaries.map { try JSONValue(encoding: $0) }) }
      let unknown = ["min", "max", "mean", "standardDeviation", "nanCount", "infCount"].map { ($0, JSONValue.null) }
      return .list(
        outline.map { tensor in
          .record(
            Dictionary(unknown, uniquingKeysWith: { first, _ in first }).merging(
              [
                "name": .text(tensor.name), "dtype": .text(tensor.elementType.rawValue),
                "shape": .list(tensor.shape.map { .integer($0) }), "count": .integer(tensor.elementCount),
              ], uniquingKeysWith: { _, new in new }))
        })
    }
  }

  var text: String {
    if let outline {
      return TextTable(
        headings: ["tensor", "type", "shape"],
        rows: outline.map { [spelledOut($0.name), $0.elementType.rawValue, $0.shape.asExtents] },
        isNumeric: [false, false, false]
      ).text
    }
    func number(_ value: Double?) -> String { value.map { $0.written(".5g") } ?? "–" }
    return TextTable(
      headings: ["tensor", "type", "shape", "min", "max", "mean", "NaN", "Inf"],
      rows: summaries.map { summary in
        [
          spelledOut(summary.name), summary.dtype, summary.shape.asExtents, number(summary.min), number(summary.max),
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
