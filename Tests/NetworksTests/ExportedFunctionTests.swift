import Checkpoints
import Foundation
import LinearAlgebra
import Testing

@testable import Networks

/// Functions of PyTorch one by one: what `torch.export` writes of each, and what PyTorch makes of it in double precision
/// (References/make_functions.py).
@Suite struct ExportedFunctionTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("References/functions")

  static let names: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".pt2") }.map { String($0.dropLast(4)) }.sorted()
  }()

  private static let arrays: [String: NDArray<Double>] = {
    let file = try? Checkpoint.open(path: folder.appendingPathComponent("functions.safetensors").path)
    return Dictionary(
      (file?.tensors ?? []).compactMap { tensor in
        (try? tensor.doubles()).map { (tensor.name, NDArray(shape: tensor.shape, values: $0)) }
      }, uniquingKeysWith: { first, _ in first })
  }()

  @Test func thereAreMany() { #expect(Self.names.count == 70) }

  @Test(arguments: names)
  func agreesWithPyTorch(_ name: String) throws {
    let network = try Network.load(path: Self.folder.appendingPathComponent("\(name).pt2").path)
    let (x, tangent) = (try #require(Self.arrays["x"]), try #require(Self.arrays["tangent"]))
    let port = network.inputs[0].name
    let value = try #require(try network.evaluate([port: x])[network.outputs[0].name])
    let expected = try #require(Self.arrays["\(name).value"])
    #expect(value.shape == expected.shape)
    #expect(scaledError(value.values, expected.values) <= 1e-12)
    let pushed = try network.jacobianVectorProduct(of: "0", withRespectTo: "0", at: [port: x], along: tangent)
    let tolerance = ["celu", "hardsigmoid"].contains(name) ? 1e-7 : 1e-12
    #expect(scaledError(pushed.values, try #require(Self.arrays["\(name).pushed"]).values) <= tolerance)
    var random = SeededGenerator(seed: 3)
    #expect(try network.adjointDefect(of: "0", withRespectTo: "0", at: [port: x], using: &random) <= 1e-12)
  }
}
