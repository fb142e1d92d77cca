import Checkpoints
import Foundation
import Testing

@testable import Networks

/// A file of weights with what PyTorch computes in float64 (Modules/make_modules.py).
struct ModuleFixture: Sendable, CustomStringConvertible {
  let name: String
  var file: String?
  var architecture: NetworkArchitecture?
  var hasJacobian = true

  var description: String { name }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Modules")
  static let recipes = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../checkpoints/recipes/functions")

  /// Those with operations over time and over places, each with the operations that it needs.
  private static let larger: [(fixture: ModuleFixture, operations: [String])] = [
    (ModuleFixture(name: "rnn"), ["RNN"]), (ModuleFixture(name: "gru"), ["GRU"]),
    (ModuleFixture(name: "lstm"), ["LSTM"]), (ModuleFixture(name: "time-first", hasJacobian: false), ["GRU"]),
    (
      ModuleFixture(name: "conv"),
      ["Conv", "ConvTranspose", "Pad", "Resize", "AveragePool", "DepthToSpace", "GlobalAveragePool"]
    ),
    (ModuleFixture(name: "conv-1d"), ["Conv", "MaxPool"]),
    (ModuleFixture(name: "unet", file: "unet"), ["Conv", "Resize"]),
    (ModuleFixture(name: "unet-scaled", file: "unet-scaled"), ["Conv", "Pad", "Resize"]),
  ]

  static let all: [ModuleFixture] =
    larger.filter { $0.operations.allSatisfy { OperationCatalog.builders[$0] != nil } }.map(\.fixture)
    + ["mlp", "nested", "bends", "norms", "groups", "glu", "shared", "rnn-cell", "gru-cell", "lstm-cell"]
    .map { ModuleFixture(name: $0) } + [
      ModuleFixture(name: "words", hasJacobian: false),
      ModuleFixture(name: "chain-weights", architecture: NetworkArchitecture(.mlp, activation: .softplus)),
      ModuleFixture(name: "gru-weights", architecture: NetworkArchitecture(.gru, part: "rnn", step: true)),
      ModuleFixture(name: "own-class", architecture: NetworkArchitecture(.module, part: "rnn")),
      ModuleFixture(name: "low-rank-rnn", file: "low-rank-rnn.json"),
      ModuleFixture(name: "ctrnn-step", file: "ctrnn-step.json"),
      ModuleFixture(name: "lru", file: "lru.json"),
      ModuleFixture(name: "gpt2-embeddings", file: "gpt2"),
      ModuleFixture(
        name: "gpt2-ids", file: "gpt2", architecture: NetworkArchitecture(.gpt2, takes: .ids), hasJacobian: false),
    ]

  func network() throws -> Network {
    guard let file, file.hasSuffix(".json") else {
      return try Network.load(
        path: Self.folder.appendingPathComponent(file ?? "\(name).pt").path, architecture: architecture)
    }
    // The weights lie with the tests.
    let weights = ExternalDataFolder(path: Self.folder.path)
    return try Network(
      reading: Bytes(data: try Data(contentsOf: Self.recipes.appendingPathComponent(file))), name: name,
      architecture: architecture, companion: { try weights.bytes($0) })
  }

  func arrays(_ prefix: String) throws -> [String: NDArray<Double>] {
    let reference = try Checkpoint.open(path: Self.folder.appendingPathComponent("\(name).safetensors").path)
    var arrays: [String: NDArray<Double>] = [:]
    for tensor in reference.tensors where tensor.name.hasPrefix(prefix) {
      arrays[String(tensor.name.dropFirst(prefix.count))] = NDArray(
        shape: tensor.shape, values: try tensor.doubles())
    }
    return arrays
  }
}
