import LinearAlgebra
import Testing

@testable import Networks

/// Work that is shared out to processors gives what one of them gives.
@Suite struct ProcessorsTests {
  private func numbers(_ shape: [Int], _ random: inout SeededGenerator) -> NDArray<Double> {
    NDArray(shape: shape, values: (0..<shape.reduce(1, *)).map { _ in random.uniform() * 2 - 1 })
  }

  @Test(arguments: [
    "Relu", "Softmax", "Transpose", "Add", "MatMul", "MatMul of stacks", "Gemm", "Gemm of few rows",
    "LayerNormalization", "Conv", "ConvTranspose",
  ])
  func giveTheSameTogetherAsAlone(_ operation: String) throws {
    var random = SeededGenerator(seed: 2)
    let name = String(operation.prefix { $0 != " " })
    var (shape, others, attributes): ([Int], [[Int]], [[UInt8]]) = ([130, 301], [], [])
    switch operation {
    case "Add": others = [[130, 1]]
    case "MatMul": others = [[301, 70]]
    case "MatMul of stacks": (shape, others) = ([2, 90, 80], [[2, 80, 70]])
    case "Gemm":
      others = [[70, 130], [70]]
      attributes = [ModelWriter.attribute("transA", 1), ModelWriter.attribute("transB", 1)]
    case "Gemm of few rows": (shape, others) = ([2, 400], [[400, 501]])
    case "LayerNormalization": others = [[301], [301]]
    case "Conv", "ConvTranspose": (shape, others) = ([3, 12, 21, 20], [[12, 12, 3, 3]])
    default: break
    }
    var model = ModelWriter()
    model.input("x", shape, type: 11)
    for (index, other) in others.enumerated() {
      model.weights("w\(index)", other, numbers(other, &random).values)
    }
    model.node(name, ["x"] + others.indices.map { "w\($0)" }, ["y"], attributes)
    model.output("y", [], type: 11)
    let network = try model.network()
    let x = numbers(shape, &random)
    let directions = Directions(count: 2, shape: shape, values: numbers([2] + shape, &random).values)

    func results(_ processors: Int) throws -> [[Double]] {
      try Processors.$count.withValue(processors) {
        let pair = try DifferentiablePair(network, output: "y", input: "x")
        let linearization = try pair.linearization(network, [(number: network.graph.inputs[0], value: .real(x))])
        let forward = try linearization.pushForward(directions)
        return [linearization.result.values, forward.values, try linearization.pullBack(forward).values]
      }
    }
    let alone = try results(1)
    for processors in [2, 3, 7] {
      for (x, y) in zip(try results(processors), alone) {
        #expect(x.count == y.count && !x.isEmpty)
        let difference = zip(x, y).map { abs($0 - $1) }.max() ?? 0
        #expect(difference <= 1e-13 * (y.map(abs).max() ?? 0))
      }
    }
  }
}
