import Checkpoints
import Foundation
import Testing

@testable import Networks

/// What a Jacobian leaves unsaid by itself: ties, ways without derivative, rows that are masked whole.
@Suite struct KinkTests {
  /// A network of one input `x` of `count` numbers a sample and one output `y`.
  private func network(_ count: Int, _ write: (inout ModelWriter) -> Void) throws -> Network {
    var model = ModelWriter()
    model.opset = 18
    model.input("x", [nil, count])
    model.weights("half", [1], [0.5])
    model.weights("zero", [1], [0])
    write(&model)
    model.output("y", [nil, nil])
    return try model.network()
  }

  private func point(_ values: Double...) -> [String: NDArray<Double>] {
    ["x": NDArray(shape: [1, values.count], values: values)]
  }

  private func kinks(_ network: Network, _ inputs: [String: NDArray<Double>]) throws -> [Network.Kink] {
    try network.kinks(of: "y", withRespectTo: "x", at: inputs)
  }

  @Test(arguments: [
    ("Relu", 2, "0"), ("Abs", 2, "0"), ("LeakyRelu", 2, "that of smaller values"),
    ("Selu", 2, "that of smaller values"),
    ("HardSwish", 1, "that of values between -3 and 3"), ("Elu", 0, ""), ("Celu", 0, ""), ("Tanh", 0, ""),
    ("ReduceMax", 0, ""), ("ReduceL1", 2, "0"),
  ])
  func countsValuesOnKinks(_ operation: String, _ count: Int, _ rule: String) throws {
    let network = try network(4) { $0.node(operation, ["x"], ["y"], name: "act") }
    let found = try kinks(network, point(0, 1, 0, 3))
    #expect(found == (count == 0 ? [] : [Network.Kink(node: "node 0 'act' (\(operation))", count: count, rule: rule)]))
    #expect(try kinks(network, point(0.5, -1, 0.25, -2)).isEmpty)
  }

  @Test func countsChoicesAmongEquals() throws {
    let extreme = try network(3) { $0.node("ReduceMax", ["x"], ["y"]) }
    #expect(try kinks(extreme, point(2, 2, 1)).map(\.count) == [1])
    let greater = try network(3) { $0.node("Max", ["x", "half"], ["y"]) }
    #expect(try kinks(greater, point(0.5, 0.5, 1)).map(\.rule) == ["shared evenly among the equals"])
    let clipped = try network(3) { $0.node("Clip", ["x", "zero", "half"], ["y"]) }
    #expect(try kinks(clipped, point(0.5, 0, 0.25)).map(\.count) == [2])
    let slopes = try network(3) { $0.node("PRelu", ["x", "half"], ["y"]) }
    #expect(try kinks(slopes, point(0.5, 0, 0.25)).map(\.count) == [1])
    let top = try network(3) {
      $0.integers("k", [1])
      $0.node("TopK", ["x", "k"], ["y", "places"])
    }
    #expect(try kinks(top, point(2, 2, 1)).map(\.count) == [1])
    #expect(try kinks(top, point(2, 1, 1)).isEmpty)
  }

  @Test func countsWindowsWithTwoLargest() throws {
    var model = ModelWriter()
    model.input("x", [nil, 1, 2, 4])
    model.node(
      "MaxPool", ["x"], ["y"],
      [ModelWriter.attribute("kernel_shape", [2, 2]), ModelWriter.attribute("strides", [2, 2])])
    model.output("y", [nil, 1, 1, 2])
    let x = NDArray<Double>(shape: [1, 1, 2, 4], values: [1, 5, 2, 2, 3, 4, 0, 1])
    let found = try kinks(try model.network(), ["x": x])
    #expect(found.map(\.count) == [1] && found.map(\.rule) == ["that of the first of the equals"])
  }

  @Test func saysKinksInASentence() throws {
    let network = try network(2) { $0.node("Relu", ["x"], ["y"], name: "act") }
    #expect(
      try kinks(network, point(0, 0)).map(\.sentence) == [
        "2 values sit on a kink of node 0 'act' (Relu); the derivative there is 0 by convention"
      ])
    #expect(
      try kinks(network, point(0, 1)).map(\.sentence) == [
        "1 value sits on a kink of node 0 'act' (Relu); the derivative there is 0 by convention"
      ])
  }

  @Test func countsOverAllSamplesAndOnTheWayOnly() throws {
    var model = ModelWriter()
    model.input("x", [nil, 1])
    model.input("t", [nil, 1])
    model.node("Relu", ["x"], ["a"])
    model.node("Relu", ["t"], ["b"])
    model.node("Add", ["a", "b"], ["y"])
    model.output("y", [nil, 1])
    let network = try model.network()
    let zeros = NDArray<Double>(shape: [40, 1], repeating: 0)
    #expect(try kinks(network, ["x": zeros, "t": zeros]).map(\.node) == ["node 0 (Relu)"])
    #expect(try kinks(network, ["x": zeros, "t": zeros]).map(\.count) == [40])
  }

  // MARK: - Ways without derivative

  @Test(arguments: ["Round", "Floor", "Ceil", "Sign"])
  func refusesAJacobianOfSteps(_ operation: String) throws {
    let network = try network(2) {
      $0.node(operation, ["x"], ["r"], name: "step")
      $0.node("Add", ["r", "half"], ["y"])
    }
    #expect(network.warnings.isEmpty)
    let error = #expect(throws: NetworkError.self) {
      try network.jacobian(of: "y", withRespectTo: "x", at: point(0.25, 0.75))
    }
    #expect(
      error?.message
        == "output 'y' has no Jacobian with respect to 'x': every way between them goes through node 0 'step' (\(operation)), whose derivative is 0"
    )
  }

  /// Nodes, and the one that cuts.
  static let cutting: [(nodes: [(String, [String], String, [[UInt8]])], cut: String?)] = [
    // Rounded to whole numbers and looked up.
    (
      [
        ("ArgMax", ["x"], "i", [ModelWriter.attribute("axis", 1)]), ("Gather", ["half", "i"], "y", []),
      ], "node 0 (ArgMax)"
    ),
    (
      [
        ("Cast", ["x"], "i", [ModelWriter.attribute("to", 7)]), ("Cast", ["i"], "y", [ModelWriter.attribute("to", 1)]),
      ], "node 0 (Cast)"
    ),
    ([("Greater", ["x", "zero"], "c", []), ("Where", ["c", "half", "zero"], "y", [])], "node 0 (Greater)"),
    ([("Identity", ["half"], "y", [])], nil),
  ]

  @Test(arguments: cutting.indices)
  func namesWhatCutsEveryWay(_ index: Int) throws {
    let (nodes, cut) = Self.cutting[index]
    let network = try network(1) { model in
      for (operation, operands, result, attributes) in nodes { model.node(operation, operands, [result], attributes) }
    }
    let error = #expect(throws: NetworkError.self) {
      try network.jacobianVectorProduct(
        of: "y", withRespectTo: "x", at: point(0.25), along: NDArray(shape: [1, 1], values: [1]))
    }
    let reason = cut.map { "every way between them goes through \($0), whose derivative is 0" }
    #expect(
      error?.message
        == "output 'y' has no Jacobian with respect to 'x': \(reason ?? "it does not depend on the input")")
  }

  @Test func warnsWhereSomeWaysAreCut() throws {
    let network = try network(2) {
      $0.node("Round", ["x"], ["r"], name: "step")
      $0.node("Mul", ["r", "half"], ["h"])
      $0.node("Add", ["h", "x"], ["y"])
    }
    #expect(
      network.warnings == [
        "output 'y' follows input 'x' also through node 0 'step' (Round), whose derivative is 0: the Jacobian leaves that way out"
      ])
    #expect(try network.jacobian(of: "y", withRespectTo: "x", at: point(0.25, 0.75)).values == [1, 0, 0, 1])
  }

  @Test func warnsOfSpikesThatAreAddedButNotOfMasks() throws {
    func warnings(_ write: (inout ModelWriter) -> Void) throws -> [String] {
      try network(2) {
        $0.node("Greater", ["x", "zero"], ["c"])
        $0.node("Cast", ["c"], ["m"], [ModelWriter.attribute("to", 1)])
        write(&$0)
      }.warnings
    }
    #expect(try warnings { $0.node("Add", ["m", "x"], ["y"]) }.count == 1)
    #expect(try warnings { $0.node("Mul", ["m", "x"], ["y"]) }.isEmpty)
    #expect(try warnings { $0.node("Where", ["c", "x", "zero"], ["y"]) }.isEmpty)
  }

  @Test func warnsOfNothingInShapesAndChoices() throws {
    // A size by way of real numbers, and the largest entries.
    let network = try network(4) {
      $0.node("Shape", ["x"], ["s"])
      $0.node("Cast", ["s"], ["f"], [ModelWriter.attribute("to", 1)])
      $0.node("Floor", ["f"], ["g"])
      $0.node("Cast", ["g"], ["i"], [ModelWriter.attribute("to", 7)])
      $0.node("Reshape", ["x", "i"], ["z"])
      $0.integers("k", [2])
      $0.node("TopK", ["z", "k"], ["top", "places"])
      $0.node("GatherElements", ["z", "places"], ["y"], [ModelWriter.attribute("axis", 1)])
    }
    #expect(network.warnings.isEmpty)
    #expect(
      try network.jacobian(of: "y", withRespectTo: "x", at: point(1, 4, 3, 2)).values == [0, 1, 0, 0, 0, 0, 1, 0])
  }

  @Test func shipsNoCaseThatWarnsWithoutReason() throws {
    var warned: [String] = []
    for item in OnnxConformanceTests.cases {
      let warnings = try item.network().warnings.filter { $0.contains("leaves that way out") }
      if !warnings.isEmpty { warned.append(item.name) }
    }
    #expect(warned == [])
  }

  // MARK: - Rows that are masked whole

  @Test func passesNothingThroughAMaskedRow() throws {
    let network = try network(2) {
      $0.weights("mask", [2, 2], [0, 0, -.infinity, -.infinity])
      $0.node("Unsqueeze", ["x", "one"], ["u"])
      $0.integers("one", [1])
      $0.node("Add", ["u", "mask"], ["scores"])
      $0.node("Softmax", ["scores"], ["s"])
      $0.node("IsNaN", ["s"], ["undefined"])
      $0.node("Where", ["undefined", "zero", "s"], ["p"])
      $0.integers("flat", [0, 4])
      $0.node("Reshape", ["p", "flat"], ["y"])
    }
    for mode in [JacobianMode.forward, .reverse] {
      let jacobian = try network.jacobian(of: "y", withRespectTo: "x", at: point(1, 1), mode: mode)
      #expect(jacobian.values == [0.25, -0.25, -0.25, 0.25, 0, 0, 0, 0])
    }
  }

  // MARK: - Shapes

  /// Shape → Gather → Concat → Reshape, as exporters write it, with the batch fixed and open.
  @Test(arguments: [2, nil] as [Int?])
  func followsChainsOfShapes(_ batch: Int?) throws {
    var model = ModelWriter()
    model.input("x", [batch, 2, 3])
    model.integers("first", [0])
    model.integers("rest", [-1])
    model.node("Shape", ["x"], ["s"])
    model.node("Gather", ["s", "first"], ["n"])
    model.node("Concat", ["n", "rest"], ["t"], [ModelWriter.attribute("axis", 0)])
    model.node("Reshape", ["x", "t"], ["y"])
    model.output("y", [batch, 6])
    let network = try model.network()
    let x = NDArray(shape: [2, 2, 3], values: (0..<12).map(Double.init))
    #expect(try network.evaluate(["x": x])["y"] == NDArray(shape: [2, 6], values: x.values))
    let jacobian = try network.jacobian(of: "y", withRespectTo: "x", at: ["x": x])
    #expect(jacobian.shape == [2, 6, 6])
    #expect(jacobian.values == (0..<72).map { $0 % 36 % 7 == 0 ? 1 : 0 })
  }
}
