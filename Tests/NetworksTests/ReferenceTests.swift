import Checkpoints
import Foundation
import Testing

@testable import Networks

/// Arrays that PyTorch computed for the shipped checkpoints and for tiny networks (References/make_references.py).
struct Reference: Sendable, CustomStringConvertible {
  let name: String
  let isShipped: Bool

  var description: String { name }

  static let all =
    ["digits", "linear-one-variance", "linear-two-variances", "sphere"].map { Reference(name: $0, isShipped: true) }
    + ["tiny-gelu", "tiny-mixed", "tiny-silu", "tiny-tanh"].map { Reference(name: $0, isShipped: false) }

  private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

  var path: String {
    let file = isShipped ? "../../checkpoints/\(name)/score.onnx" : "References/\(name).onnx"
    return Self.tests.appendingPathComponent(file).path
  }

  func network() throws -> Network { try Network.load(path: path) }

  func arrays<S: NetworkScalar>(_ type: S.Type) throws -> [String: NDArray<S>] {
    let file = try Checkpoint.open(path: Self.tests.appendingPathComponent("References/\(name).safetensors").path)
    var arrays: [String: NDArray<S>] = [:]
    for tensor in file.tensors {
      arrays[tensor.name] = NDArray(shape: tensor.shape, values: S.converting(try tensor.doubles()))
    }
    return arrays
  }
}

@Suite struct ReferenceTests {
  @Test(arguments: Reference.all)
  func agreesWithPyTorchInDoublePrecision(_ reference: Reference) throws {
    // The exporter of the shipped networks folds constants in single precision.
    try compare(reference, Double.self, tolerance: reference.isShipped ? 2e-6 : 1e-10, suffix: "")
  }

  @Test(arguments: Reference.all)
  func agreesWithPyTorchInSinglePrecision(_ reference: Reference) throws {
    try compare(reference, Float.self, tolerance: 1e-4, suffix: "")
    if reference.isShipped { try compare(reference, Float.self, tolerance: 1e-4, suffix: ".float32") }
  }

  private func compare<S: NetworkScalar>(
    _ reference: Reference, _ type: S.Type, tolerance: Double, suffix: String
  ) throws {
    let network = try reference.network()
    let arrays = try reference.arrays(S.self)
    let inputs = arrays.filter { entry in network.inputs.contains { $0.name == entry.key } }
    let output = try #require(try network.evaluate(inputs)[network.outputs[0].name])
    let expected = try #require(arrays["output\(suffix)"])
    #expect(output.shape == expected.shape)
    #expect(scaledError(output.values, expected.values) <= tolerance)
    let jacobian = try #require(arrays["jacobian\(suffix)"])
    for mode in JacobianMode.allCases {
      let found = try network.jacobian(of: "0", withRespectTo: "x", at: inputs, mode: mode)
      #expect(found.shape == [jacobian.shape[0], jacobian.shape[1], inputs["x"]!.shape[1]])
      let error = scaledError(found.values, jacobian.values)
      #expect(error <= tolerance, "\(reference.name), \(mode), \(S.precision): \(error)")
    }
  }
}
