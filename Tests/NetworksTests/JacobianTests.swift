import LinearAlgebra
import Synchronization
import Testing

@testable import Networks

@Suite struct JacobianTests {
  /// A score network: x beside an embedding of t, SiLU layers written as x · sigmoid(x), a residual connection and a
  /// normalisation; `outputSize` may differ from the input's.
  private func network(inputSize: Int, outputSize: Int, width: Int = 24, batch: Int? = nil) throws -> Network {
    var random = SeededGenerator(seed: 5)
    var model = ModelWriter()
    func matrix(_ name: String, _ rows: Int, _ columns: Int) {
      model.weights(
        name, [rows, columns], (0..<(rows * columns)).map { _ in random.gaussian() / Double(columns).squareRoot() })
      model.weights("\(name).bias", [rows], (0..<rows).map { _ in 0.1 * random.gaussian() })
    }
    let transposed = [ModelWriter.attribute("transB", 1)]
    model.input("x", [batch, inputSize])
    model.input("t", [batch])
    model.weights("frequencies", [4], [1, 2, 4, 8])
    model.integers("last", [1])
    model.node("Unsqueeze", ["t", "last"], ["t1"])
    model.node("Mul", ["t1", "frequencies"], ["angles"])
    model.node("Sin", ["angles"], ["sines"])
    model.node("Concat", ["x", "sines"], ["joined"], [ModelWriter.attribute("axis", 1)])
    matrix("w1", width, inputSize + 4)
    model.node("Gemm", ["joined", "w1", "w1.bias"], ["a1"], transposed)
    model.node("Sigmoid", ["a1"], ["s1"])
    model.node("Mul", ["a1", "s1"], ["h1"])
    matrix("w2", width, width)
    model.node("Gemm", ["h1", "w2", "w2.bias"], ["a2"], transposed)
    model.node("Tanh", ["a2"], ["u2"])
    model.node("Add", ["h1", "u2"], ["h2"])
    model.weights("scale", [width], (0..<width).map { 1 + 0.1 * Double($0 % 3) })
    model.node("LayerNormalization", ["h2", "scale"], ["h3"])
    matrix("w3", outputSize, width)
    model.node("Gemm", ["h3", "w3", "w3.bias"], ["y"], transposed)
    model.output("y", [batch, outputSize])
    return try model.network()
  }

  private func inputs<S: NetworkScalar>(_ type: S.Type, points: Int, size: Int) -> [String: NDArray<S>] {
    var random = SeededGenerator(seed: 6)
    return [
      "x": NDArray(shape: [points, size], values: (0..<(points * size)).map { _ in S(random.gaussian()) }),
      "t": NDArray(shape: [points], values: (0..<points).map { _ in S(random.uniform()) }),
    ]
  }

  @Test(arguments: [(6, 6), (9, 3), (3, 9), (1, 1)])
  func isTheSameForwardAndInReverseAndByColumns(inputSize: Int, outputSize: Int) throws {
    let network = try network(inputSize: inputSize, outputSize: outputSize)
    let given = inputs(Double.self, points: 7, size: inputSize)
    let forward = try network.jacobian(of: "y", withRespectTo: "x", at: given, mode: .forward)
    let reverse = try network.jacobian(of: "y", withRespectTo: "x", at: given, mode: .reverse)
    #expect(forward.shape == [7, outputSize, inputSize])
    #expect(scaledError(reverse.values, forward.values) <= 1e-13)
    for column in 0..<inputSize {
      let direction = NDArray<Double>(
        shape: [7, inputSize], values: (0..<(7 * inputSize)).map { $0 % inputSize == column ? 1 : 0 })
      let product = try network.jacobianVectorProduct(of: "y", withRespectTo: "x", at: given, along: direction)
      let expected = (0..<(7 * outputSize)).map { forward.values[$0 * inputSize + column] }
      #expect(product.shape == [7, outputSize])
      #expect(scaledError(product.values, expected) <= 1e-13)
    }
    for row in 0..<outputSize {
      let direction = NDArray<Double>(
        shape: [1, 7, outputSize], values: (0..<(7 * outputSize)).map { $0 % outputSize == row ? 1 : 0 })
      let product = try network.vectorJacobianProduct(of: "y", withRespectTo: "x", at: given, along: direction)
      let expected = (0..<7).flatMap { point in
        (0..<inputSize).map { forward.values[(point * outputSize + row) * inputSize + $0] }
      }
      #expect(product.shape == [1, 7, inputSize])
      #expect(scaledError(product.values, expected) <= 1e-13)
    }
  }

  @Test func isTheSameInPartsAsAtOnce() throws {
    let network = try network(inputSize: 40, outputSize: 40)
    let given = inputs(Double.self, points: 9, size: 40)
    for mode in [JacobianMode.forward, .reverse] {
      let whole = try JacobianComputation(
        network, of: "y", withRespectTo: "x", at: given, mode: mode, partBytes: 1 << 30
      ).run(progress: nil)
      for bytes in [1, 5_000, 20_000, 100_000] {
        let parts = try JacobianComputation(
          network, of: "y", withRespectTo: "x", at: given, mode: mode, partBytes: bytes
        ).run(progress: nil)
        #expect(scaledError(parts.values, whole.values) <= 1e-13)
      }
    }
  }

  @Test func isNearlyTheSameInSinglePrecision() throws {
    let network = try network(inputSize: 12, outputSize: 12)
    let single = try network.jacobian(of: "0", withRespectTo: "0", at: inputs(Float.self, points: 5, size: 12))
    let rounded = inputs(Float.self, points: 5, size: 12).mapValues { $0.converted(to: Double.self) }
    let double = try network.jacobian(of: "0", withRespectTo: "0", at: rounded)
    #expect(scaledError(single.converted(to: Double.self).values, double.values) <= 3e-6)
  }

  @Test func differentiatesByTheNoiseLevelToo() throws {
    let network = try network(inputSize: 5, outputSize: 3)
    let given = inputs(Double.self, points: 4, size: 5)
    let found = try network.jacobian(of: "y", withRespectTo: "t", at: given)
    #expect(found.shape == [4, 3, 1])
    let step = 1e-6
    func output(_ sign: Double) throws -> [Double] {
      var moved = given
      moved["t"]?.values = given["t"]!.values.map { $0 + sign * step }
      return try network.evaluate(moved)["y"]!.values
    }
    let difference = zip(try output(1), try output(-1)).map { ($0 - $1) / (2 * step) }
    #expect(scaledError(found.values, difference) <= 1e-8)
  }

  @Test func repeatsASingleNumberForEverySample() throws {
    let network = try network(inputSize: 5, outputSize: 5)
    var given = inputs(Double.self, points: 4, size: 5)
    given["t"] = NDArray(shape: [4], repeating: 0.3)
    let full = try network.jacobian(of: "y", withRespectTo: "x", at: given)
    for single in [NDArray<Double>(shape: [], values: [0.3]), NDArray(shape: [1], values: [0.3])] {
      given["t"] = single
      #expect(try network.jacobian(of: "y", withRespectTo: "x", at: given) == full)
      #expect(try network.evaluate(given)["y"]!.shape == [4, 5])
    }
  }

  @Test(arguments: [(1, 6), (4, 1), (4, 3), (4, 4), (4, 7), (4, 8), (4, 9)])
  func takesAnyBatchWhereTheFileFixesOne(batch: Int, points: Int) throws {
    let (open, fixed) = (
      try network(inputSize: 5, outputSize: 4), try network(inputSize: 5, outputSize: 4, batch: batch)
    )
    let given = inputs(Double.self, points: points, size: 5)
    let expected = try open.jacobian(of: "y", withRespectTo: "x", at: given)
    let found = try fixed.jacobian(of: "y", withRespectTo: "x", at: given)
    #expect(scaledError(found.values, expected.values) <= 1e-13)
    let (values, separate) = (try open.evaluate(given)["y"]!, try fixed.evaluate(given)["y"]!)
    #expect(found.shape == [points, 4, 5] && separate.shape == [points, 4])
    #expect(scaledError(separate.values, values.values) <= 1e-13)
  }

  @Test func saysHowToExportWhereABatchCannotBeCut() throws {
    var model = ModelWriter()
    model.input("x", [4, 2])
    model.node("ReduceSum", ["x"], ["y"])
    model.output("y", [1, 1])
    let error = #expect(throws: NetworkError.self) {
      try model.network().evaluate(["x": NDArray<Double>(shape: [7, 2], repeating: 1)])
    }
    #expect(error == .wrongInputShape(name: "x", shape: [7, 2], expected: "4×2"))
  }

  @Test func reportsEveryPartThatIsDone() throws {
    let network = try network(inputSize: 30, outputSize: 30)
    let steps = Mutex<[Int]>([])
    let computation = try JacobianComputation(
      network, of: "y", withRespectTo: "x", at: inputs(Float.self, points: 8, size: 30), mode: .automatic,
      partBytes: 4_000)
    _ = try computation.run { done, total in steps.withLock { $0.append(done == total ? -1 : done) } }
    let seen = steps.withLock { $0 }
    #expect(seen.count > 1 && seen.contains(-1) && Set(seen).count == seen.count)
  }

  @Test func hasAnAdjoint() throws {
    let network = try network(inputSize: 8, outputSize: 6)
    var random = SeededGenerator(seed: 1)
    #expect(
      try network.adjointDefect(
        of: "0", withRespectTo: "0", at: inputs(Double.self, points: 3, size: 8), using: &random) < 1e-14)
    #expect(
      try network.adjointDefect(
        of: "0", withRespectTo: "1", at: inputs(Double.self, points: 3, size: 8), using: &random) < 1e-14)
    #expect(
      try network.adjointDefect(of: "0", withRespectTo: "0", at: inputs(Float.self, points: 3, size: 8), using: &random)
        < 1e-5)
  }

  @Test func refusesSamplesThatAreMixed() throws {
    var model = ModelWriter()
    model.input("x", [nil, 3])
    model.output("y", [nil, 3])
    model.node("ReduceMean", ["x"], ["mean"], [ModelWriter.attribute("axes", [0])])
    model.node("Sub", ["x", "mean"], ["y"])
    let network = try model.network()
    let x = NDArray<Double>(shape: [2, 3], values: [1, 2, 3, 5, 7, 9])
    #expect(throws: NetworkError.samplesMixed(output: "y", change: 3)) {
      try network.jacobian(of: "y", withRespectTo: "x", at: ["x": x])
    }
    // A single point is its own batch.
    let single = try network.jacobian(of: "y", withRespectTo: "x", at: ["x": x.rows(0..<1)])
    #expect(single.values == [Double](repeating: 0, count: 9))
  }

  @Test func passesNothingThroughWhatIsNotSelected() throws {
    // y = x > 0 ? log x : x, where log x and its derivative are undefined for the others.
    var model = ModelWriter()
    model.input("x", [nil, 2])
    model.output("y", [nil, 2])
    model.weights("zero", [1], [0])
    model.node("Greater", ["x", "zero"], ["isPositive"])
    model.node("Log", ["x"], ["log"])
    model.node("Where", ["isPositive", "log", "x"], ["y"])
    let x = NDArray<Double>(shape: [1, 2], values: [0, 4])
    for mode in [JacobianMode.forward, .reverse] {
      let found = try model.network().jacobian(of: "y", withRespectTo: "x", at: ["x": x], mode: mode)
      #expect(found.values == [1, 0, 0, 0.25])
    }
  }

  @Test func knowsTheSizeOfTheOutputWithoutASample() throws {
    for shape: [Int?] in [[nil, 3], [nil, nil], []] {
      var model = ModelWriter()
      model.input("x", [nil, 2])
      model.weights("w", [2, 3], [1, 2, 3, 4, 5, 6])
      model.node("MatMul", ["x", "w"], ["y"])
      model.output("y", shape)
      let none = NDArray<Double>(shape: [0, 2], values: [])
      #expect(try model.network().jacobian(of: "y", withRespectTo: "x", at: ["x": none]).shape == [0, 3, 2])
    }
  }

  @Test func takesNoArrayWithFewerAxesForARow() throws {
    let network = try network(inputSize: 5, outputSize: 5)
    var given = inputs(Double.self, points: 5, size: 5)
    given["x"] = NDArray(shape: [5], repeating: 1)
    let error = #expect(throws: NetworkError.self) { try network.evaluate(given) }
    #expect(error == .wrongInputShape(name: "x", shape: [5], expected: "…×5"))
    given["x"] = NDArray(shape: [], values: [1])
    #expect(throws: NetworkError.wrongInputShape(name: "x", shape: [], expected: "…×5")) {
      try network.evaluate(given)
    }
    given["x"] = NDArray(shape: [1, 5], repeating: 1)
    #expect(try network.evaluate(given)["y"]?.shape == [5, 5])
  }

  @Test func handlesEmptyBatches() throws {
    let network = try network(inputSize: 4, outputSize: 4)
    let given = [
      "x": NDArray<Double>(shape: [0, 4], values: []), "t": NDArray<Double>(shape: [0], values: []),
    ]
    #expect(try network.jacobian(of: "y", withRespectTo: "x", at: given).shape == [0, 4, 4])
    #expect(try network.jacobian(of: "y", withRespectTo: "t", at: given).shape == [0, 4, 1])
    #expect(try network.evaluate(given)["y"]?.shape == [0, 4])
  }
}
