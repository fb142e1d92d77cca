import Checkpoints
import Foundation
import Testing

@testable import Networks

@Suite struct ModuleTests {
  @Test(arguments: ModuleFixture.all)
  func agreesWithPyTorch(_ fixture: ModuleFixture) throws {
    let network = try fixture.network()
    let inputs = try fixture.arrays("input.")
    #expect(Set(network.inputs.map(\.name)) == Set(inputs.keys))
    let values = try network.evaluate(inputs)
    let expected = try fixture.arrays("output.")
    #expect(!expected.isEmpty)
    for (name, wanted) in expected {
      let found = try #require(values[name], "\(fixture.name) has no output \(name)")
      #expect(found.shape == wanted.shape)
      #expect(scaledError(found.values, wanted.values) <= 1e-10, "\(fixture.name), \(name)")
      let declared = try #require(network.outputs.first { $0.name == name }).shape
      #expect(declared.count == found.shape.count)
      #expect(zip(declared, found.shape).allSatisfy { $0 == nil || $0 == $1 })
    }
  }

  @Test(arguments: ModuleFixture.all.filter(\.hasJacobian))
  func differentiatesAsPyTorch(_ fixture: ModuleFixture) throws {
    let network = try fixture.network()
    let inputs = try fixture.arrays("input.")
    let wanted = try #require(try fixture.arrays("jacobian")[""])
    let output = try #require(
      network.outputs.first { ["y", "output", "h_next", "r_next", "logits", "prediction"].contains($0.name) })
    for mode in JacobianMode.allCases {
      let found = try network.jacobian(
        of: output.name, withRespectTo: network.inputs[0].name, at: inputs, mode: mode)
      #expect(found.shape == wanted.shape)
      #expect(scaledError(found.values, wanted.values) <= 1e-10, "\(fixture.name), \(mode)")
    }
  }

  @Test func countsATensorThatIsUsedTwiceOnce() throws {
    let network = try ModuleFixture(name: "shared").network()
    #expect(network.parameterCount == 20)
    #expect(network.form == .pyTorchModule)
  }

  @Test func leavesTheBatchOpen() throws {
    let network = try ModuleFixture(name: "mlp").network()
    #expect(network.inputs.map(\.shape) == [[nil, 3]])
    #expect(network.outputs.map(\.shape) == [[nil, 3]])
    let whole = try ModuleFixture(name: "words", hasJacobian: false).network()
    #expect(whole.inputs[0].elementType == .i64)
  }

  @Test func saysWhatToSupplyForAClassOfOnesOwn() throws {
    let error = #expect(throws: NetworkError.self) { try ModuleFixture(name: "own-class").network() }
    #expect(
      error?.message
        == "weights without a function: the module is of class '__main__.FlipFlop', whose forward is Python code that the file does not hold"
    )
    #expect(
      error?.hint
        == "export it with torch.export or ONNX, or write a recipe file that wires 'rnn.weight_ih', 'rnn.weight_hh', 'rnn.bias_ih', 'rnn.bias_hh', 'readout.weight', …, or name one of its parts with 'part: rnn'"
    )
  }

  @Test func refusesWeightsThatAConfigurationHasNoPlaceFor() throws {
    let folder = ModuleFixture.folder.appendingPathComponent("gpt2")
    let text = try String(contentsOf: folder.appendingPathComponent("config.json"), encoding: .utf8)
    let shorter = text.replacingOccurrences(of: "\"n_layer\": 2", with: "\"n_layer\": 1")
    #expect(shorter != text)
    let beside = ExternalDataFolder(path: folder.path)
    let error = #expect(throws: NetworkError.self) {
      try Network(reading: Bytes(shorter.utf8), name: "gpt2", companion: { try beside.bytes($0) })
    }
    #expect(error?.message.hasPrefix("config.json has no place for the tensor 'transformer.h.1.") == true)
    let wider = text.replacingOccurrences(of: "\"n_embd\": 8", with: "\"n_embd\": 10")
    let wrong = #expect(throws: NetworkError.self) {
      try Network(reading: Bytes(wider.utf8), name: "gpt2", companion: { try beside.bytes($0) })
    }
    #expect(
      wrong?.message == "tensor 'transformer.wte.weight' is 17×8 F32; config.json needs real numbers of 17×10")
  }

  @Test func namesAPartFromARecipe() throws {
    let fixture = ModuleFixture(name: "own-class")
    let folder = ExternalDataFolder(path: ModuleFixture.folder.path)
    let text = #"{"recipe": 1, "weights": "own-class.pt", "architecture": {"kind": "module", "part": "rnn"}}"#
    let network = try Network(reading: Bytes(text.utf8), name: "part", companion: { try folder.bytes($0) })
    #expect(network.form == .recipe && network.externalFiles == ["own-class.pt"])
    let found = try network.evaluate(try fixture.arrays("input."))["h_next"]
    #expect(
      scaledError(try #require(found).values, try #require(try fixture.arrays("output.")["h_next"]).values) <= 1e-10)
  }

  @Test func saysWhatToSupplyForWeightsAlone() throws {
    let chain = #expect(throws: NetworkError.self) { try ModuleFixture(name: "chain-weights").network() }
    #expect(
      chain?.message
        == "weights without a function: the file has 6 tensors ('0.weight', '0.bias', '2.weight', '2.bias', …) and nothing that says how they are used"
    )
    #expect(
      chain?.hint
        == "export the model with torch.export or ONNX (checkpoints/recipes/export.py does), or write a recipe file, or say 'architecture: {kind: mlp, activation: …}' if that is what it is"
    )
    let gru = #expect(throws: NetworkError.self) { try ModuleFixture(name: "gru-weights").network() }
    #expect(
      gru?.hint
        == "export the model with torch.export or ONNX (checkpoints/recipes/export.py does), or write a recipe file, or say 'architecture: {kind: gru, part: rnn}' if that is what it is"
    )
  }

  @Test func saysWhatItTookForGranted() throws {
    let tied = try ModuleFixture(name: "gpt2-embeddings", file: "gpt2").network()
    #expect(tied.warnings == ["the logits are made with the table of words, 'wte.weight' (tied)"])
    #expect(tied.form == .huggingFace)
    #expect(tied.externalFiles == ["model.safetensors"])
    #expect(tied.outputs[0].name == "logits")
    let part = try ModuleFixture(
      name: "gru-weights", architecture: NetworkArchitecture(.gru, part: "rnn", step: true)
    ).network()
    #expect(part.warnings == ["the tensors are those of 'state_dict'"])
  }

  @Test(
    arguments: [
      (
        NetworkArchitecture(.rnn), "the weights of a plain recurrent network do not say its activation",
        "add 'activation: tanh' or 'activation: relu'"
      ),
      (
        NetworkArchitecture(.rnn, activation: .gelu), "torch.nn.RNN has no activation 'gelu'",
        "use 'tanh' or 'relu', or write a recipe file"
      ),
      (
        NetworkArchitecture(.mlp), "the weights of affine layers do not say what stands between them",
        "add 'activation' with one of 'relu', 'tanh', 'sigmoid', 'silu', 'gelu', 'softplus', 'elu', 'identity', 'gelu-tanh', 'leaky-relu'"
      ),
      (
        NetworkArchitecture(.gru, activation: .tanh), "'activation' says nothing of the architecture 'gru'",
        "leave 'activation' out"
      ),
      (
        NetworkArchitecture(.mlp, activation: .tanh, step: true), "'step' says nothing of the architecture 'mlp'",
        "leave 'step' out"
      ),
      (NetworkArchitecture(.lstm, takes: .ids), "'takes' says nothing of the architecture 'lstm'", "leave 'takes' out"),
      (NetworkArchitecture(.gpt2, part: "h"), "'part' says nothing of the architecture 'gpt2'", "leave 'part' out"),
      (NetworkArchitecture(.gru), "the weights have no tensor 'weight_ih_l0'", "add 'part: rnn'"),
      (NetworkArchitecture(.gru, part: "rn"), "no tensor's name begins with 'rn.'", "did you mean 'rnn'?"),
      (
        NetworkArchitecture(.lstm, part: "rnn"),
        "the network of kind 'lstm' has 'weight_hh_l0' of 12×4 F32; real numbers of 12×3 are needed", nil
      ),
      (
        NetworkArchitecture(.mlp, activation: .tanh),
        "'rnn.weight_ih_l0' of 12×3 is not part of a chain of affine layers",
        "write a recipe file, or export the model with torch.export or ONNX"
      ),
      (
        NetworkArchitecture(.gpt2), "GPT-2 is more than its weights: its configuration says the rest",
        "open the folder that has config.json beside the weights"
      ),
      (
        NetworkArchitecture(.module), "the file holds no module but weights",
        "say what they are the weights of, or write a recipe file"
      ),
    ] as [(NetworkArchitecture, String, String?)])
  func refusesAnArchitectureThatDoesNotFit(_ architecture: NetworkArchitecture, _ message: String, _ hint: String?) {
    let error = #expect(throws: NetworkError.self) {
      try ModuleFixture(name: "gru-weights", architecture: architecture).network()
    }
    #expect(error?.message == message)
    #expect(error?.hint == hint)
  }

  @Test func refusesAnArchitectureForAFunction() {
    let path = ModuleFixture.folder.appendingPathComponent("../References/tiny-silu.onnx").path
    let error = #expect(throws: NetworkError.self) {
      try Network.load(path: path, architecture: NetworkArchitecture(.gru))
    }
    #expect(error?.message == "an architecture is given ('gru') for a file that is not of weights")
    let part = #expect(throws: NetworkError.self) {
      try ModuleFixture(name: "own-class", architecture: NetworkArchitecture(.module, part: "rnnn")).network()
    }
    #expect(part?.message == "the module has no part 'rnnn'")
    #expect(part?.hint == "use one of 'rnn', 'readout'")
  }
}
