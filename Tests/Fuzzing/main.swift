// The readers of hostile files under libFuzzer and the address sanitizer; Tests/Fuzzing/run.sh builds and runs them.
import Checkpoints
import Foundation
import Networks

/// What is tried on the fuzzer's bytes. Refusals are fine; traps, hangs and stray reads are findings.
enum Reader: String, CaseIterable {
  case json, safetensors, npy, zip, pickle, onnx, probe

  func read(_ bytes: Bytes) {
    switch self {
    case .json: _ = try? JSONNode(parsing: bytes)
    case .safetensors, .npy, .zip, .pickle:
      guard let checkpoint = try? Checkpoint(decoding: bytes) else { return }
      _ = checkpoint.summaries()
    case .onnx:
      _ = try? ModelSummary(onnx: bytes, name: "fuzz")
      guard let network = try? Network(reading: bytes, name: "fuzz"), network.isSmall else { return }
      _ = try? NetworkState(of: network, pairs: nil)
    case .probe: _ = try? ProbePairs(decoding: bytes)
    }
  }
}

extension Network {
  /// Whether a trial at random inputs is quick.
  fileprivate var isSmall: Bool {
    inputs.allSatisfy { $0.shape.reduce(1) { $0.multipliedReportingOverflow(by: $1 ?? 2).partialValue } <= 1 << 10 }
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
