import Checkpoints
import Foundation
import Testing

@testable import Networks

@Suite struct InnerValueTests {
  private func model(_ batch: Int? = nil) -> ModelWriter {
    var model = ModelWriter()
    model.input("x", [batch, 2], type: 11)
    model.output("y", [batch, 2], type: 11)
    model.weights("w", [2, 2], [1, 2, 3, 4])
    model.weights("b", [2], [1, -1])
    model.node("Neg", ["b"], ["constant"])
    model.node("MatMul", ["x", "w"], ["hidden"], name: "first")
    model.node("Relu", ["hidden"], ["kept"], name: "second")
    model.node("Add", ["kept", "constant"], ["y"])
    model.node("Abs", ["hidden"], ["aside"])
    return model
  }

  @Test func valuesInsideAGraphGoByTheirNamesInTheFilesOrder() throws {
    let network = try model().network()
    #expect(network.innerValues.map(\.name) == ["hidden", "kept", "aside"])
    #expect(network.innerValues[1].maker == "node 2 'second' (Relu)")
    let x = NDArray<Double>(shape: [2, 2], values: [1, 1, -1, 0])
    let found = try network.evaluate(["x": x], only: ["hidden", "aside", "y"])
    #expect(found["hidden"]?.values == [4, 6, -1, -2] && found["aside"]?.values == [4, 6, 1, 2])
    #expect(found.count == 3)
    #expect(try found["y"] == network.evaluate(["x": x])["y"])
    // By the name of the node too.
    #expect(try network.evaluate(["x": x], only: ["second"])["second"]?.values == [4, 6, 0, 0])
    #expect(try network.valueName("0") == "y" && network.valueName("kept") == "kept")
  }

  @Test func valuesOfAFixedBatchAreJoined() throws {
    let network = try model(2).network()
    let x = NDArray<Double>(shape: [3, 2], values: [1, 1, -1, 0, 0, 1])
    #expect(try network.evaluate(["x": x], only: ["hidden"])["hidden"]?.values == [4, 6, -1, -2, 3, 4])
  }

  @Test func unknownValuesAreRefusedWithTheNearestName() throws {
    let network = try model().network()
    for name in ["hiden", "constant", "w", "1"] {
      #expect(
        throws: NetworkError.unknownPort(kind: "output", name: name, known: ["y", "hidden", "kept", "aside"])
      ) { try network.valueName(name) }
    }
    #expect(throws: NetworkError.self) {
      try network.evaluate(["x": NDArray<Double>(shape: [1, 2], values: [1, 1])], only: ["hiden"])
    }
    #expect(
      NetworkError.unknownPort(kind: "output", name: "hiden", known: ["y", "hidden"]).hint == "did you mean 'hidden'?")
  }

  @Test func stepsOfRecipesGoByWhatTheyAreCalled() throws {
    let recipe = #"""
      {"recipe": 1, "inputs": {"x": ["batch", 2]}, "steps": ["h = tanh(x + 1)", "g = h", "y = h * h - 1"],
       "outputs": {"y": ["batch", 2]}}
      """#
    let network = try Network(reading: Bytes(Array(recipe.utf8)), name: "net")
    #expect(network.innerValues.map(\.name).contains("h"))
    let found = try network.evaluate(["x": NDArray<Double>(shape: [1, 2], values: [-1, 0])], only: ["h"])
    #expect(found["h"]?.values == [0, tanh(1)])
  }

  @Test func nodesOfExportedProgramsGoByTheirNames() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let folder = root.appendingPathComponent("checkpoints/bumps")
    let (onnx, program) = (
      try Network.load(path: folder.appendingPathComponent("step-0032.onnx").path),
      try Network.load(path: folder.appendingPathComponent("step-0032.pt2").path)
    )
    let inputs = [
      "x": NDArray<Double>(shape: [1, 1, 32, 32], values: (0..<1024).map { sin(Double($0)) }),
      "t": NDArray<Double>(shape: [1], values: [100]), "c": NDArray<Double>(shape: [1, 2], values: [0.2, -0.4]),
    ]
    for name in ["linear_3", "conv2d_6"] {
      #expect(program.innerValues.contains { $0.name == name })
      let (one, other) = (
        try onnx.evaluate(inputs, only: [name])[name], try program.evaluate(inputs, only: [name])[name]
      )
      let first = try #require(one)
      let second = try #require(other)
      #expect(first.shape == second.shape)
      #expect(zip(first.values, second.values).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }
}
