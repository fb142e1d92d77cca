import ArgumentParser
import Checkpoints
import Fieldwork
import Probing

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "List what a file holds: tensors with statistics, or a network's graph.")

  @Argument(help: "A safetensors, npy, npz, PyTorch or ONNX file.")
  var file: String

  @Flag(help: "Print as JSON.")
  var json = false

  func run() throws {
    let console = Console()
    try console.run {
      if let described = try NetworkListing(describing: file) {
        try json ? console.print(try described.json) : console.print(described.text)
        return .ok
      }
      let bytes = try DiskWorkspace().bytes(at: file)
      let listing: any FileListing =
        FileFormat.sniff(bytes) == .onnx
        ? try ModelListing(bytes, path: file) : try CheckpointListing(bytes, path: file)
      let function = NetworkListing(ofModule: bytes, path: file)
      if json {
        // A function stands beside the tensors it is made with.
        guard case .record(var record) = try listing.json, let function else {
          try console.print(try listing.json)
          return .ok
        }
        record["function"] = try function.json
        try console.print(.record(record))
      } else {
        try console.print(([listing.text] + (function.map { [$0.text] } ?? [])).joined(separator: "\n"))
      }
      return .ok
    }
  }
}
