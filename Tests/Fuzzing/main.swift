// The readers of hostile files under libFuzzer and the address sanitizer; Tests/Fuzzing/run.sh builds and runs them.
import Diagnostics
import Foundation
import Networks
import Notebooks

@testable import Checkpoints

/// What is tried on the fuzzer's bytes. Refusals are fine; traps, hangs and stray reads are findings.
enum Reader: String, CaseIterable {
  case json, safetensors, npy, zip, pickle, flax, shards, onnx, pt2, program, module, recipe, probe, table, notebook

  func read(_ bytes: Bytes) {
    switch self {
    case .json: _ = try? JSONNode(parsing: bytes)
    case .safetensors, .npy, .zip, .pickle, .flax:
      guard let checkpoint = try? Checkpoint(decoding: bytes) else { return }
      _ = checkpoint.summaries()
    case .shards:
      let (index, shard) = bytes.part(from: 0)
      guard let checkpoint = try? Checkpoint(decoding: index, companion: { _ in bytes[shard..<bytes.count] }) else {
        return
      }
      _ = checkpoint.summaries()
    case .onnx, .pt2:
      _ = try? ModelSummary(reading: bytes, name: "fuzz")
      try? Network(reading: bytes, name: "fuzz").tryOut()
    case .program: try? Network(reading: Self.archive(ofParts: bytes), name: "fuzz").tryOut()
    case .module: try? Network(reading: bytes, name: "fuzz").tryOut()
    case .recipe:
      let (text, weights) = bytes.part(from: 0)
      try? Network(reading: text, name: "fuzz", companion: { _ in bytes[weights..<bytes.count] }).tryOut()
    case .probe: _ = try? ProbePairs(decoding: bytes)
    case .table: _ = try? NumberTable(decoding: bytes) { $0 == "trial" }
    case .notebook:
      _ = Notebook.parse(SourceText(name: "fuzz.md", text: String(decoding: bytes.data, as: UTF8.self)))
    }
  }

  /// An exported program of parts with a zero byte after each: its text, its weights' table, and the numbers of every
  /// storage. So the text can be changed without the archive's checksum standing in the way.
  private static func archive(ofParts bytes: Bytes) -> Bytes {
    let (text, next) = bytes.part(from: 0)
    let (table, numbers) = bytes.part(from: next)
    var zip = ZipWriter()
    zip.add("fuzz/archive_format", [Bytes(Array("pt2".utf8))])
    zip.add("fuzz/models/model.json", [text])
    for store in ["weights", "constants"] {
      zip.add("fuzz/data/\(store)/model_\(store)_config.json", [table])
      for number in 0..<12 {
        zip.add("fuzz/data/\(store)/\(store.dropLast())_\(number)", [bytes[numbers..<bytes.count]])
      }
    }
    return Bytes(data: zip.finish().reduce(into: Data()) { $0.append($1.data) })
  }
}

extension Bytes {
  /// The bytes up to the next zero, and where those after it begin.
  fileprivate func part(from start: Int) -> (part: Bytes, next: Int) {
    let end = (start..<count).first { self[$0] == 0 } ?? count
    return (self[start..<end], Swift.min(end + 1, count))
  }
}

extension Network {
  /// One evaluation with forward and reverse derivatives, where inputs are small enough for it to be quick.
  fileprivate func tryOut() {
    let isSmall = inputs.allSatisfy {
      $0.shape.reduce(1) { $0.multipliedReportingOverflow(by: $1 ?? 2).partialValue } <= 1 << 10
    }
    if isSmall { _ = try? NetworkState(of: self, pairs: nil) }
  }
}

guard let name = ProcessInfo.processInfo.environment["FUZZ_READER"], let reader = Reader(rawValue: name) else {
  fatalError("set FUZZ_READER to one of \(Reader.allCases.map(\.rawValue).joined(separator: ", "))")
}

// C calls back without a context, so the reader lies in a global.
let chosen = reader

@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv
exit(
  runDriver(&count, &arguments) { start, size in
    chosen.read(Bytes(Array(UnsafeBufferPointer(start: start, count: size))))
    return 0
  })
