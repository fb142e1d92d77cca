/// A folder that holds a model: which of its files has the weights, by the names in it.
public enum WeightsFolder {
  /// The names that Hugging Face's libraries give to weights, in the order in which they look for them.
  private static let wellKnown = [
    "model.safetensors", "model.safetensors.index.json", "diffusion_pytorch_model.safetensors",
    "diffusion_pytorch_model.safetensors.index.json", "adapter_model.safetensors", "pytorch_model.bin",
    "pytorch_model.bin.index.json", "diffusion_pytorch_model.bin", "adapter_model.bin", "flax_model.msgpack",
  ]
  private static let endings = [
    ".safetensors", ".safetensors.index.json", ".bin.index.json", ".bin", ".npz", ".pt", ".pth", ".ckpt",
    ".msgpack",
  ]

  /// The file to open, out of the names in a folder; and the other files of weights, which are left alone.
  ///
  /// - Throws: `CheckpointError.folder`, or `.notRead` for a folder of a format that is known and not read.
  public static func weights(among names: [String]) throws(CheckpointError) -> (file: String, others: [String]) {
    let candidates = names.filter { name in endings.contains { name.hasSuffix($0) && name.utf8.count > $0.utf8.count } }
    func others(than file: String) -> [String] {
      // The files of an index are no others.
      file.hasSuffix(".index.json") ? [] : candidates.filter { $0 != file }
    }
    for name in wellKnown where names.contains(name) { return (name, others(than: name)) }
    if names.contains("model_index.json") {
      throw .folder(.pipeline(names.filter { !$0.contains(".") && !$0.hasPrefix("_") }))
    }
    if names.contains("saved_model.pb") { throw .notRead(.savedModel) }
    if names.contains(where: { ["_CHECKPOINT_METADATA", "manifest.ocdbt", "ocdbt.process_0"].contains($0) }) {
      throw .notRead(.orbax)
    }
    if names.contains(where: { $0.contains(".data-00000-of-") }) { throw .notRead(.tensorFlow) }
    if names.contains(where: { [".zarray", ".zgroup", "zarr.json"].contains($0) }) { throw .notRead(.zarr) }
    let indices = candidates.filter { $0.hasSuffix(".index.json") }
    if indices.count == 1 { return (indices[0], []) }
    guard let only = candidates.first else { throw .folder(.noWeights) }
    guard candidates.count == 1 else { throw .folder(.several(candidates)) }
    return (only, [])
  }
}

/// Why a folder does not say by itself what is to be read.
public enum FolderFault: Sendable, Hashable {
  /// There is no file of weights in it.
  case noWeights
  /// There are several, none with a well-known name.
  case several([String])
  /// It holds the models of a pipeline, each in a folder of its own.
  case pipeline([String])

  var message: String {
    switch self {
    case .noWeights: "no file of weights in the folder"
    case .several(let names): "\(names.count) files of weights in the folder, \(listed(names)); one is needed"
    case .pipeline(let folders):
      "the folder holds a pipeline of several models" + (folders.isEmpty ? "" : ": \(listed(folders))")
    }
  }

  var hint: String? {
    switch self {
    case .noWeights: "name a file, or the folder that has model.safetensors in it"
    case .several(let names): "name the file: \(names[0])"
    case .pipeline: "name the folder of one model, such as unet"
    }
  }
}
