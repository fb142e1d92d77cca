import Checkpoints
import Testing

@testable import Networks

@Suite struct ModelSummaryTests {
  private func model() -> ModelWriter {
    var model = ModelWriter()
    model.input("x", [nil, 2])
    model.input("w", [2, 2], type: 11)
    model.weights("w", [2, 2], [1, .nan, -.infinity, 4])
    model.tensors.append(ModelWriter.externalTensor("v", [3, 2], type: 1, location: "net.onnx.data"))
    model.integers("axes", [1])
    model.node("MatMul", ["x", "w"], ["h"])
    model.node("Tanhh", ["h"], ["z"])
    model.node("MatMul", ["z", "w"], ["k"])
    model.node("Gelu", ["k"], ["y"], domain: "com.microsoft")
    model.output("y", [nil, 2])
    return model
  }

  /// Each calls the next ten times over, which is 10^12 calls in all.
  @Test(arguments: [true, false]) func looksIntoEachFunctionOnce(isSupported: Bool) throws {
    var model = ModelWriter()
    model.input("x", [nil, 2])
    model.node("f0", ["x"], ["y"], domain: "local")
    model.output("y", [nil, 2])
    for level in 0..<12 {
      model.modelExtra += ModelWriter.function("f\(level)", calling: [String](repeating: "f\(level + 1)", count: 10))
    }
    model.modelExtra += ModelWriter.function("f12", calling: isSupported ? [] : ["gone"])
    let summary = try ModelSummary(onnx: Bytes(model.bytes), name: "net")
    #expect(
      summary.operations == [ModelSummary.Operation(name: "local::f0", count: 1, isSupported: isSupported)])
  }

  @Test func describesAModelThatCannotBeEvaluated() throws {
    #expect(throws: NetworkError.self) { try model().network() }
    let summary = try ModelSummary(onnx: Bytes(model().bytes), name: "net")
    #expect(summary.name == "net" && summary.producer == "test" && summary.opset == 17)
    #expect(summary.inputs == [Network.Port(name: "x", shape: [nil, 2], elementType: .f32)])
    #expect(summary.outputs.map(\.name) == ["y"])
    #expect(
      summary.operations == [
        ModelSummary.Operation(name: "MatMul", count: 2, isSupported: true),
        ModelSummary.Operation(name: "Tanhh", count: 1, isSupported: false),
        ModelSummary.Operation(name: "com.microsoft::Gelu", count: 1, isSupported: false),
      ])
    #expect(summary.tensors.map(\.name) == ["w", "axes"])
    #expect(TensorSummary(of: summary.tensors[0]).nanCount == 1)
    #expect(
      summary.externalTensors == [
        ModelSummary.ExternalTensor(name: "v", elementType: .f32, shape: [3, 2], location: "net.onnx.data")
      ])
    #expect(summary.parameterCount == 4 + 6)
    #expect(summary.notes == [])
  }

  @Test func agreesWithTheNetworkWhereThereIsOne() throws {
    for reference in Reference.all where !reference.isShipped {
      let path = reference.path
      let (network, summary) = (
        try Network.load(path: path), try ModelSummary(onnx: try Bytes(mapping: path), name: "net")
      )
      #expect(summary.inputs == network.inputs && summary.outputs == network.outputs)
      #expect(summary.parameterCount == network.parameterCount)
      #expect(summary.operations.map(\.name) == network.operationCounts.map(\.name))
      #expect(summary.operations.map(\.count) == network.operationCounts.map(\.count))
      #expect(summary.operations.filter { !$0.isSupported } == [])
      #expect(summary.notes == [] && network.nanTensors.isEmpty)
    }
  }

  @Test func notesWhatItLeavesOut() throws {
    var model = model()
    model.opset = 999
    model.graphExtra = ModelWriter.field(15, [UInt8]())
    model.modelExtra = ModelWriter.field(20, [UInt8]())
    model.tensors.append(ModelWriter.tensor("names", [1], type: 8, raw: []))
    model.inputs.append(ModelWriter.field(1, "s") + ModelWriter.field(2, ModelWriter.field(4, [UInt8]())))
    let summary = try ModelSummary(onnx: Bytes(model.bytes), name: "net")
    #expect(summary.tensors.map(\.name) == ["w", "axes"] && summary.inputs.map(\.name) == ["x"])
    #expect(
      Set(summary.notes) == [
        "tensor 'names' holds texts, which are not computed with",
        "the model holds sparse tensors; Fieldbook does not evaluate this",
        "the model holds a training algorithm; Fieldbook does not evaluate this",
        "operator set 999 is asked for; known are 7 to 28", "input 's' is a sequence; Fieldbook does not evaluate this",
      ])
  }

  @Test func refusesEveryPrefixOfAModel() {
    let sound = model().bytes
    for length in 0..<(sound.count - 4) {
      #expect(throws: NetworkError.self) {
        _ = try ModelSummary(onnx: Bytes(sound.prefix(length)), name: "prefix")
      }
    }
  }

  @Test func countsWhatIsNoNumber() throws {
    var model = ModelWriter()
    model.input("x", [nil, 4])
    model.weights("fine", [4], [1, 2, 3, 1e308])
    model.weights("both", [2, 2], [1, .nan, -.infinity, 4])
    let halves: [UInt16] = [0x7C00, 0x7BFF, 0xFE00, 0xFC00]
    for (name, type, bits) in [("half", 10, halves), ("brain", 16, [0x7F80, 0x7F7F, 0, 0])] {
      model.tensors.append(
        ModelWriter.tensor(
          name, [4], type: type, raw: bits.flatMap { withUnsafeBytes(of: $0.littleEndian) { Array($0) } }))
    }
    let singles: [Float] = [.infinity, .greatestFiniteMagnitude, .nan, .leastNonzeroMagnitude]
    model.tensors.append(
      ModelWriter.tensor(
        "single", [4], type: 1,
        raw: singles.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } }))
    model.integers("whole", [-1])
    model.node("Add", ["x", "fine"], ["y"])
    model.output("y", [nil, 4])
    let network = try model.network()
    for _ in 0..<2 {
      #expect(network.nanTensors.map { "\($0.name) \($0.count)" } == ["both 1", "half 1", "single 1"])
    }
  }
}
