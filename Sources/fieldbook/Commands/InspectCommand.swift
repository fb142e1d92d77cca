import ArgumentParser
import Checkpoints
import Fieldwork
import Probing

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "List what a file holds: tensors with statistics, or a network's graph.")

  @Argument(help: "A safetensors, npy, npz, PyTorch, ONNX or .pt2 file.")
  var file: String

  @Flag(help: "Print as JSON.")
  var json = false

  func run() throws {
    let console = Console()
    try console.run {
      let bytes = try DiskWorkspace().bytes(at: file)
      let listing: any FileListing =
        FileFormat.sniff(bytes) == .onnx || ExportedArchive.recognises(bytes)
        ? try ModelListing(bytes, path: file) : try CheckpointListing(bytes, path: file)
      try json ? console.print(try listing.json) : console.print(listing.text)
      return .ok
    }
  }
}
