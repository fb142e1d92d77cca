import Checkpoints
import Foundation
import LinearAlgebra
import Testing

@testable import Networks

/// A network that people train, made small and exported, with what PyTorch makes of it in double precision
/// (References/make_architectures.py).
struct Architecture: Sendable, CustomStringConvertible {
  let name: String
  /// The file's ending: `pt2`, `core.pt2` (decomposed before it was saved), `onnx`, `opset17.onnx`.
  let form: String

  var description: String { "\(name).\(form)" }

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("References/architectures")

  static let names = [
    "score-mlp", "unet-attention", "unet-bilinear", "denoiser", "causal-sdpa", "causal-nanogpt", "transformer-encoder",
    "gru", "lstm", "rnn", "ctrnn", "s4d-real", "s4d-complex", "s4d-fft", "lru", "mamba", "diffusers-unet", "gpt2",
  ]

  /// Every file of a form.
  static func files(_ forms: [String]) -> [Architecture] {
    names.flatMap { name in forms.map { Architecture(name: name, form: $0) } }
      .filter { FileManager.default.fileExists(atPath: $0.path) }
  }

  static let programs = files(["pt2", "core.pt2"])
  static let models = files(["onnx", "opset17.onnx"])

  var path: String { Self.folder.appendingPathComponent("\(name).\(form)").path }

  /// How far its `.pt2` may be from PyTorch's double precision: diffusers computes the embedding of the time step in single
  /// precision, whatever the module's own.
  var tolerance: Double { name == "diffusers-unet" ? 1e-8 : 1e-10 }

  func network() throws -> Network { try Network.load(path: path) }

  func arrays<S: NetworkScalar>(_ type: S.Type) throws -> [String: NDArray<S>] {
    let file = try Checkpoint.open(path: Self.folder.appendingPathComponent("\(name).safetensors").path)
    var arrays: [String: NDArray<S>] = [:]
    for tensor in file.tensors {
      arrays[tensor.name] = NDArray(shape: tensor.shape, values: S.converting(try tensor.doubles()))
    }
    return arrays
  }

  /// The recorded inputs under the names that the network gives them.
  func inputs<S: NetworkScalar>(_ network: Network, _ arrays: [String: NDArray<S>]) throws -> [String: NDArray<S>] {
    var inputs: [String: NDArray<S>] = [:]
    for (position, port) in network.inputs.enumerated() {
      inputs[port.name] = try #require(arrays["input.\(position)"])
    }
    return inputs
  }

  struct Errors {
    var value = 0.0
    var pushed = 0.0
    var pulled = 0.0
    var jacobian = 0.0
    var worst: Double { max(value, pushed, pulled, jacobian) }
  }

  /// How far value, products and Jacobian are from PyTorch's, relative to the largest entry of each.
  func errors<S: NetworkScalar>(_ type: S.Type) throws -> Errors {
    let network = try network()
    let arrays = try arrays(S.self)
    let inputs = try inputs(network, arrays)
    var errors = Errors()
    let value = try #require(try network.evaluate(inputs)[network.outputs[0].name])
    let expected = try #require(arrays["value"])
    #expect(value.shape == expected.shape)
    errors.value = scaledError(value.values, expected.values)
    let pushed = try network.jacobianVectorProduct(
      of: "0", withRespectTo: "0", at: inputs, along: try #require(arrays["tangent"]))
    errors.pushed = scaledError(pushed.values, try #require(arrays["pushed"]).values)
    let pulled = try network.vectorJacobianProduct(
      of: "0", withRespectTo: "0", at: inputs, along: try #require(arrays["cotangent"]))
    errors.pulled = scaledError(pulled.values, try #require(arrays["pulled"]).values)
    let jacobian = try #require(arrays["jacobian"])
    for mode in [JacobianMode.forward, .reverse] {
      let found = try network.jacobian(of: "0", withRespectTo: "0", at: inputs, mode: mode)
      let first = Array(found.values.prefix(jacobian.count))
      errors.jacobian = max(errors.jacobian, scaledError(first, jacobian.values))
    }
    return errors
  }
}

@Suite struct ArchitectureTests {
  @Test func thereAreMany() {
    #expect(Set(Architecture.programs.map(\.name)).count == 18)
    #expect(Architecture.models.count == 21)
  }

  @Test(arguments: Architecture.programs)
  func anExportedProgramAgreesWithPyTorch(_ file: Architecture) throws {
    let errors = try file.errors(Double.self)
    if ProcessInfo.processInfo.environment["FIELDBOOK_FIGURES"] != nil { print(file, errors) }
    #expect(errors.worst <= file.tolerance, "\(errors)")
  }

  /// The exporter of ONNX folds constants in single precision.
  @Test(arguments: Architecture.models)
  func anOnnxModelAgreesWithPyTorch(_ file: Architecture) throws {
    let errors = try file.errors(Double.self)
    if ProcessInfo.processInfo.environment["FIELDBOOK_FIGURES"] != nil { print(file, errors) }
    #expect(errors.worst <= 2e-6, "\(errors)")
  }

  @Test(arguments: Architecture.programs)
  func isCloseInSinglePrecision(_ file: Architecture) throws {
    let errors = try file.errors(Float.self)
    #expect(errors.worst <= 1e-4, "\(errors)")
  }

  @Test(arguments: Architecture.programs)
  func bothWaysOfDifferentiationAgree(_ file: Architecture) throws {
    let network = try file.network()
    let inputs = try file.inputs(network, try file.arrays(Double.self))
    var random = SeededGenerator(seed: 5)
    #expect(try network.adjointDefect(of: "0", withRespectTo: "0", at: inputs, using: &random) <= 1e-12)
  }

  /// A sample's result is the same in a batch of one and of five, where the file leaves the batch open.
  @Test(arguments: Architecture.programs)
  func takesAnyBatch(_ file: Architecture) throws {
    let network = try file.network()
    let inputs = try file.inputs(network, try file.arrays(Double.self))
    guard network.inputs.allSatisfy({ $0.shape.first == .some(nil) }) else { return }
    let value = try #require(try network.evaluate(inputs)[network.outputs[0].name])
    let rows = [0, 1, 1, 0, 1]
    let five = try #require(
      try network.evaluate(
        inputs.mapValues { array in
          NDArray(
            shape: [5] + array.shape.dropFirst(), values: rows.flatMap { array.rows($0..<($0 + 1)).values })
        })[network.outputs[0].name])
    for (place, row) in rows.enumerated() {
      let one = try #require(
        try network.evaluate(inputs.mapValues { $0.rows(row..<(row + 1)) })[network.outputs[0].name])
      #expect(scaledError(one.values, value.rows(row..<(row + 1)).values) <= 1e-13)
      #expect(scaledError(five.rows(place..<(place + 1)).values, one.values) <= 1e-13)
    }
  }
}
