import Checkpoints
import Diagnostics
import Testing

@testable import Networks

@Suite struct WordingTests {
  @Test func saysEverySentence() {
    let errors: [NetworkError] = [
      .file(.inFile("net.onnx", .file(.missing))),
      .notAModel(found: "a web page", hint: "download the file itself"),
      .weightsOnly(reason: "the file has 2 tensors", hint: "write a recipe file"),
      .weightsBeside(location: "rnn.pt", reason: "no such file"),
      .module(path: "body.0", className: "Bilinear", reason: "is not evaluated as a whole module", hint: nil),
      .architecture(reason: "torch.nn.RNN has no activation 'gelu'", hint: "use 'tanh' or 'relu'"),
      .recipe(place: "steps[0], column 5", reason: "'hiden' is not defined", hint: "did you mean 'hidden'?"),
      .damaged(place: "node 3, byte 120", reason: "a number has no end"),
      .unsupportedFeature("the model holds sparse tensors", hint: "export the model with dense weights"),
      .unsupportedOpset(version: 5, known: 7...28),
      .unsupportedOpset(version: 40, known: 7...28),
      .unknownOperation(name: "Gemmm", node: "node 3 'fc1' (Gemmm)"),
      .duplicateName("fc1.weight"),
      .missingValue(name: "fc1.wieght", reader: "node 3 'fc1' (Gemm)", known: ["fc1.bias", "fc1.weight"]),
      .cycle(nodes: ["node 1 (Add)", "node 2 (Mul)", "node 3 (Exp)", "node 4 (Log)"]),
      .wrongTensor(name: "fc1.weight", reason: "has an axis of extent -1"),
      .externalFile(tensor: "fc1.weight", location: "net.onnx.data", reason: "no such file"),
      .node("node 3 'fc1' (Gemm)", reason: "a product of 64×100 and 99×7 does not exist"),
      .unknownPort(kind: "input", name: "sigm", known: ["x", "sigma"]),
      .unknownPort(kind: "output", name: "noise", known: ["score"]),
      .missingInput(name: "sigma", shape: "…"),
      .wrongInputShape(name: "x", shape: [64, 99], expected: "…×100"),
      .wrongInputShape(name: "x", shape: [], expected: "…×100"),
      .wrongInputShape(name: "x", shape: [100], expected: "…×100"),
      .wrongInputShape(name: "x", shape: [1, 8, 8], expected: "…×64"),
      .wrongInputShape(name: "x", shape: [7, 64], expected: "4×64"),
      .inputNotWhole(name: "step", value: 0.5),
      .notDifferentiable(output: "y", input: "t", reason: "the input holds whole numbers"),
      .batchMismatch(what: "output 'y'", shape: [3, 64], batch: 64),
      .samplesMixed(output: "y", change: 0.25),
      .wrongDirections(shape: [3, 5], expected: [64, 100]),
      .tooLarge(what: "the Jacobian at 64 points", elementCount: "64×3072×3072", limit: 1000),
      .probe(reason: "it holds no pairs"),
      .contradicted(pair: 1, what: "output 'y'", error: 0.25, tolerance: 1e-6),
      .adjointDiffers(output: "y", input: "x", defect: 0.5),
    ]
    let sentences = errors.map { error in
      "\(error.status.rawValue) \(error.message)" + (error.hint.map { " [\($0)]" } ?? "")
    }
    #expect(
      sentences == [
        "66 'net.onnx': no such file [check the path; it is relative to the notebook, or on the command line to the current folder]",
        "66 not a network: a web page [download the file itself]",
        "66 weights without a function: the file has 2 tensors [write a recipe file]",
        "66 weights in 'rnn.pt': no such file [keep 'rnn.pt' in the same folder]",
        "66 module 'body.0' (Bilinear) is not evaluated as a whole module",
        "66 torch.nn.RNN has no activation 'gelu' [use 'tanh' or 'relu']",
        "66 recipe: steps[0], column 5: 'hiden' is not defined [did you mean 'hidden'?]",
        "66 damaged ONNX model: node 3, byte 120: a number has no end [export or copy the file again]",
        "66 the model holds sparse tensors; Fieldbook does not evaluate this [export the model with dense weights]",
        "66 operator set 5 is asked for; known are 7 to 28 [export the model again with opset_version=17]",
        "66 operator set 40 is asked for; known are 7 to 28 [export the model again with opset_version=20]",
        "66 operation 'Gemmm' in node 3 'fc1' (Gemmm) is not supported yet [export with opset_version=17 or later, or replace the operation in the model]",
        "66 'fc1.weight' is defined twice",
        "66 'fc1.wieght', which node 3 'fc1' (Gemm) reads, is not defined [did you mean 'fc1.weight'?]",
        "66 node 1 (Add), node 2 (Mul), node 3 (Exp) and 1 more wait for each other",
        "66 tensor 'fc1.weight' has an axis of extent -1",
        "66 tensor 'fc1.weight' is kept in 'net.onnx.data': no such file [keep 'net.onnx.data' beside the model, or export the model with its weights inside (external_data=False)]",
        "66 node 3 'fc1' (Gemm): a product of 64×100 and 99×7 does not exist",
        "2 unknown input 'sigm' [did you mean 'sigma'?]",
        "2 unknown output 'noise' [use one of 'score']",
        "2 input 'sigma' (…) is not given [give an array for 'sigma']",
        "2 input 'x' is 64×99; the network takes …×100",
        "2 input 'x' is a single number; the network takes …×100",
        "2 input 'x' is 100 (one axis); the network takes …×100 [add a first axis that counts the samples]",
        "2 input 'x' is 1×8×8 (3 axes); the network takes …×64",
        "2 input 'x' is 7×64; the network takes 4×64 [export the model with a dynamic batch axis (dynamic_axes or dynamic_shapes)]",
        "2 input 'step' contains 0.5; the network takes whole numbers",
        "2 output 'y' has no Jacobian with respect to 't': the input holds whole numbers",
        "2 output 'y' is 3×64; its first axis must be the batch of 64",
        "2 output 'y' of one sample changes by 0.25 when the other samples of the batch change [give one point at a time]",
        "2 directions are 3×5; they must be 64×100, or a stack of such along a new first axis",
        "66 the Jacobian at 64 points would hold 64×3072×3072 numbers; the limit is 1000 [give fewer points at a time]",
        "66 recorded pairs: it holds no pairs [write the pairs again with checkpoints/recipes/export.py, or take the file away]",
        "66 output 'y' differs from what is recorded in pair 1 by 0.25, relative to the largest; at most 1e-06 is allowed [export network and pairs from one module, with checkpoints/recipes/export.py; take the pairs away if they belong to another]",
        "66 the derivatives of 'y' by 'x', forward and reverse, differ by 0.5; at most 1e-08 is allowed",
      ])
  }

  @Test func refusesQuestionsInPassing() throws {
    var model = ModelWriter()
    model.input("x", [nil, 2])
    model.input("count", [nil], type: 7)
    model.node("Relu", ["x"], ["y"])
    model.node("Floor", ["x"], ["steps"])
    model.output("y", [nil, 2])
    model.output("steps", [nil, 2])
    let network = try model.network()
    let x = NDArray<Double>(shape: [3, 2], repeating: 1)
    let count = NDArray<Double>(shape: [3], repeating: 1)
    #expect(throws: NetworkError.unknownPort(kind: "input", name: "z", known: ["x", "count"])) {
      try network.evaluate(["z": x])
    }
    #expect(throws: NetworkError.missingInput(name: "count", shape: "…")) { try network.evaluate(["x": x]) }
    #expect(throws: NetworkError.wrongInputShape(name: "x", shape: [3], expected: "…×2")) {
      try network.evaluate(["x": count, "count": count])
    }
    #expect(throws: NetworkError.batchMismatch(what: "input 'count'", shape: [2], batch: 3)) {
      try network.evaluate(["x": x, "count": NDArray(shape: [2], repeating: 1)])
    }
    #expect(throws: NetworkError.inputNotWhole(name: "count", value: 0.5)) {
      try network.evaluate(["x": x, "count": NDArray(shape: [3], repeating: 0.5)])
    }
    #expect(
      throws: NetworkError.notDifferentiable(output: "y", input: "count", reason: "the input holds whole numbers")
    ) { try network.jacobian(of: "y", withRespectTo: "count", at: ["x": x, "count": count]) }
    #expect(
      throws: NetworkError.notDifferentiable(
        output: "steps", input: "x",
        reason: "every way between them goes through node 1 (Floor), whose derivative is 0")
    ) { try network.jacobian(of: "steps", withRespectTo: "x", at: ["x": x, "count": count]) }
    #expect(throws: NetworkError.wrongDirections(shape: [2], expected: [3, 2])) {
      try network.jacobianVectorProduct(
        of: "y", withRespectTo: "x", at: ["x": x, "count": count], along: NDArray(shape: [2], repeating: 1))
    }
  }

  @Test func describesANetwork() throws {
    var model = ModelWriter()
    model.input("x", [nil, 2])
    model.weights("w", [2, 3], [1, 2, 3, 4, 5, 6])
    model.tensors.append(ModelWriter.tensor("training", [], type: 9, raw: [1]))
    model.node("MatMul", ["x", "w"], ["h"])
    model.node("Dropout", ["h", "", "training"], ["d"], name: "drop")
    model.node("Relu", ["d"], ["y"])
    model.output("y", [nil, 3])
    let network = try model.network("small")
    #expect(network.name == "small")
    #expect(network.inputs == [Network.Port(name: "x", shape: [nil, 2], elementType: .f32)])
    #expect(network.outputs.map(\.writtenShape) == ["…×3"])
    #expect(network.parameterCount == 6)
    #expect(network.operationCounts.map { "\($0.name) \($0.count)" } == ["Dropout 1", "MatMul 1", "Relu 1"])
    #expect(
      network.warnings == [
        "node 1 'drop' (Dropout) may ask for random zeros; it is evaluated as in inference, without"
      ])
    #expect(try network.inputName("0") == "x")
    #expect(try network.outputName("y") == "y")
  }
}
