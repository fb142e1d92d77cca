import ArgumentParser
import Checkpoints
import Diagnostics
import Fieldwork
import Foundation

struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: "Write a file's tensors as safetensors or npz.",
    discussion: """
      Names and element types stay as they are. Of several sets of tensors, all that are weights are written, each name
      behind its set's; --set takes one alone. The file appears whole or not at all.
      """)

  @Argument(help: "A safetensors, npy, npz, PyTorch or Flax file, an index of shards, or a model's folder.")
  var input: String

  @Argument(help: "The file to write; it ends in .safetensors or .npz.")
  var output: String

  @Option(help: "Write one set of tensors alone, such as 'ema': those whose names begin with NAME, without it.")
  var set: String?

  @Flag(name: [.customShort("q"), .long], help: "Say nothing but errors.")
  var quiet = false

  func run() throws {
    let console = Console(isQuiet: quiet)
    try console.run(hasNotebook: false) {
      let isSafetensors = output.hasSuffix(".safetensors")
      guard isSafetensors || output.hasSuffix(".npz") else {
        throw Refusal(
          "'\(output)' ends in neither .safetensors nor .npz", hint: "choose one of them as the ending of the output")
      }
      let checkpoint = try SourceShelf(workspace: DiskWorkspace()).checkpoint(at: input, set: set, keepsNames: true)
      try refuseItsOwnInput(checkpoint)
      do {
        try Interruption.waiting {
          if isSafetensors {
            let metadata = checkpoint.format == .safetensors ? checkpoint.metadata : []
            try Safetensors.write(checkpoint.tensors, metadata: metadata, to: output)
          } else {
            try NumPyArchive.write(checkpoint.tensors, to: output)
          }
        }
      } catch let error as CheckpointError {
        if case .inFile = error { throw error }
        throw CheckpointError.inFile(output, error)
      }
      let left = checkpoint.unreadable.map { member in
        Diagnostic(.warning, "tensor '\(spelledOut(member.name))' is left out: \(member.reason.message)", file: input)
      }
      console.report(left + checkpoint.notes.map { Diagnostic(.note, $0, file: input) })
      console.progress(
        "\(output): \(checkpoint.tensors.count) \(checkpoint.tensors.count == 1 ? "tensor" : "tensors")")
      return .ok
    }
  }

  /// Tensors may still lie in the input while the output is written over it; and who loses the input has no way back.
  private func refuseItsOwnInput(_ checkpoint: Checkpoint) throws {
    func identity(_ path: String) -> [UInt64]? {
      var status = stat()
      return stat(path, &status) == 0 ? [UInt64(status.st_dev), UInt64(status.st_ino)] : nil
    }
    guard let target = identity(output) else { return }
    let isFolder = (try? DiskWorkspace().names(inFolder: input)).flatMap { $0 } != nil
    let folder = isFolder ? input : input.lastIndex(of: "/").map { String(input[..<$0]) } ?? "."
    let inside = isFolder ? try DiskWorkspace().names(inFolder: input) ?? [] : checkpoint.companions.map(\.name)
    guard ([input] + inside.map { "\(folder)/\($0)" }).allSatisfy({ identity($0) != target }) else {
      throw Refusal("'\(output)' is the input itself", hint: "choose another output")
    }
  }
}
