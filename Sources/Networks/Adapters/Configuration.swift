import Checkpoints
import Diagnostics

/// JSON texts that say what a network is: recipes, and the configurations of folders of weights.
enum Configuration {
  static func network(
    _ bytes: Bytes, companion: Network.Companion?, architecture: NetworkArchitecture?
  ) throws(NetworkError) -> ModelDescription {
    guard bytes.count <= 1 << 22 else {
      throw .notAModel(
        found: "a JSON text of \(bytes.count) bytes", hint: "name the file that says what the network is")
    }
    let root: JSONNode
    do throws(CheckpointError) { root = try JSONNode(parsing: bytes) } catch { throw .file(error) }
    if Recipe.recognises(root) {
      guard architecture == nil else {
        throw .architecture(
          reason: "an architecture is given for a recipe, which says its own", hint: "leave 'architecture' out")
      }
      return try Recipe.network(root, size: bytes.count, companion: companion)
    }
    if root["model_type"]?.text == "gpt2" {
      if let architecture, architecture.kind != .gpt2 {
        throw .architecture(
          reason: "the folder's configuration says 'gpt2', not '\(architecture.kind.rawValue)'",
          hint: "leave 'architecture' out")
      }
      return try GPT2(root, takes: architecture?.takes ?? .embeddings).network(size: bytes.count, companion: companion)
    }
    if root["_class_name"]?.text == "UNet2DModel" {
      if let architecture {
        throw .architecture(
          reason: "the folder's configuration says 'UNet2DModel', not '\(architecture.kind.rawValue)'",
          hint: "leave 'architecture' out")
      }
      return try UNet2D(root).network(size: bytes.count, companion: companion)
    }
    if root["weight_map"] != nil { return try WeightsFile.adapted(bytes, architecture, companion: companion) }
    let named = root["_class_name"]?.text ?? root["model_type"]?.text
    guard let named else {
      throw .architecture(
        reason: "a JSON text that is neither a recipe nor a model's configuration",
        hint: root.members.flatMap { members in
          nearestName(to: "recipe", among: members.map(\.key)).map { "write '\"recipe\": 1' in place of '\($0)'" }
        }
          ?? "begin a recipe with '\"recipe\": 1', or export the model with torch.export or ONNX (checkpoints/recipes/export.py does)"
      )
    }
    throw .weightsOnly(
      reason:
        "the configuration is of '\(named.prefix(60))', whose function is not known here; 'UNet2DModel' and 'gpt2' are",
      hint: "export the model with torch.export or ONNX (checkpoints/recipes/export.py does), or write a recipe file")
  }
}
