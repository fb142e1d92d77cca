import Checkpoints
import Foundation

// libFuzzer's own main is not used: SwiftPM has its own idea of which function begins.
@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// A sound file beside an index.
let shard = Bytes(data: try Safetensors.encode([Tensor(name: "a", shape: [1], floats: [1])]))

/// Reads the bytes as a file is read, whatever they claim to be, and asks of the result what must hold of any.
func body(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = Bytes(UnsafeBufferPointer(start: start, count: count))
  let companion: (String) -> Bytes = { _ in bytes.count % 2 == 0 ? shard : bytes }
  guard let checkpoint = try? Checkpoint(decoding: bytes, companion: companion) else { return 0 }
  for summary in checkpoint.summaries() { precondition(summary.count >= 0) }
  precondition(CheckpointDifference(from: checkpoint.tensors, to: checkpoint.tensors).isNothing)
  precondition(checkpoint.parameterCount >= 0)
  if let name = checkpoint.tensors.first?.name {
    _ = try? Checkpoint(decoding: bytes, set: name.split(separator: ".").first.map(String.init), companion: companion)
  }
  return 0
}

/// What libFuzzer looks for by name.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 { body(start, count) }

var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv
exit(runDriver(&count, &arguments, { body($0, $1) }))
