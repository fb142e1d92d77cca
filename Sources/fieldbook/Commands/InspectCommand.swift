import ArgumentParser
import Checkpoints
import Diagnostics
import Fieldwork
import Networks
import Probing

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "List what a file or folder holds: tensors with statistics, or a network's graph.",
    discussion: """
      Tensors beyond 256 MiB are listed without statistics unless --statistics asks for them. With --diff, two files are
      compared: names that only one has, then the tensors that differ, the largest relative change ‖b − a‖/‖a‖ first.
      """)

  @Argument(
    help:
      "A safetensors, npy, npz, PyTorch, Flax, ONNX or .pt2 file, a recipe, an index of shards, or a model's folder; two with --diff."
  )
  var files: [String]

  @Flag(help: "Compare two files, tensor by tensor.")
  var diff = false

  @Flag(inversion: .prefixedNo, help: "Go over every element, or list names, types and shapes alone.")
  var statistics: Bool?

  @Option(help: "Read one set of tensors alone, such as 'ema': those whose names begin with NAME, without it.")
  var set: String?

  @Flag(help: "List the values inside a network's graph that depend on its inputs: layers to ask for by name.")
  var values = false

  @Flag(help: "Print as JSON.")
  var json = false

  func validate() throws {
    guard files.count == (diff ? 2 : 1) else {
      throw ValidationError(
        diff
          ? "'--diff' compares two files; \(files.count) are given"
          : "one file is listed at a time; add '--diff' to compare two")
    }
    guard !(diff && values) else { throw ValidationError("'--values' lists one network; '--diff' compares two files") }
  }

  func run() throws {
    let console = Console()
    try console.run(hasNotebook: false) {
      let listing: any FileListing =
        if values { try valueListing(of: files[0]) } else { diff ? try difference() : try listing(of: files[0]) }
      try json ? console.print(try listing.json) : console.print(listing.text)
      return .ok
    }
  }

  /// The values inside a network.
  func valueListing(of path: String) throws -> ValueListing {
    ValueListing(path: path, network: try SourceShelf(workspace: DiskWorkspace()).network(at: path).network)
  }

  /// What a file or folder holds.
  func listing(of path: String) throws -> any FileListing {
    let workspace = DiskWorkspace()
    let shelf = SourceShelf(workspace: workspace)
    let isFolder = try workspace.names(inFolder: path) != nil
    let bytes = isFolder ? nil : try workspace.bytes(at: path)
    let format = bytes.flatMap { FileFormat.sniff($0) }
    if let bytes, ModelSummary.recognises(bytes) {
      return try ModelListing(bytes, path: path)
    }

    // Weights, a function, or both. A large file is read for its digest only when it holds a function.
    var fault: NetworkError?
    var function: ExaminedNetwork?
    do {
      if let bytes, format != .json { _ = try Network(reading: bytes, name: path) }
      function = try shelf.examined(at: path)
    } catch let error as NetworkError {
      if case .notAModel = error {} else { fault = error }
    } catch let error as any Diagnosable where isFolder || format == .json {
      fault = .weightsOnly(reason: error.message, hint: error.hint ?? "")
    }
    do {
      let checkpoint = CheckpointListing(
        try shelf.checkpoint(at: path, set: set), path: path, hasStatistics: statistics, functionFault: fault)
      return function.map { ModuleListing(checkpoint: checkpoint, function: NetworkListing($0, path: path)) }
        ?? checkpoint
    } catch let error as CheckpointError {
      // A recipe has no tensors of its own.
      guard case .inFile(_, .foreignText(.json, _)) = error, let function else { throw error }
      return NetworkListing(function, path: path)
    }
  }

  private func difference() throws -> DifferenceListing {
    let tensors = try files.map { try self.tensors(in: $0) }
    return DifferenceListing(
      paths: files, difference: CheckpointDifference(from: tensors[0], to: tensors[1]))
  }

  /// The tensors of a checkpoint or the weights of a network.
  private func tensors(in path: String) throws -> [Tensor] {
    let workspace = DiskWorkspace()
    if try workspace.names(inFolder: path) == nil {
      let bytes = try workspace.bytes(at: path)
      if ModelSummary.recognises(bytes) {
        let summary: ModelSummary
        do { summary = try ModelSummary(reading: bytes, name: path) } catch {
          throw Refusal([error.diagnostic(file: path)])
        }
        guard summary.externalTensors.isEmpty else {
          throw Refusal(
            "'\(path)' keeps \(summary.externalTensors.count) of its tensors in other files, which are not compared",
            hint: "export the model with its weights inside (external_data=False)", status: .inputDamaged)
        }
        return summary.tensors
      }
    }
    return try SourceShelf(workspace: workspace).checkpoint(at: path, set: set).tensors
  }
}
