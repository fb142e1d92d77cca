import Checkpoints
import Foundation
import Testing

/// The verbs about files: inspect, evaluate, measure.
@Suite struct NetworkCommandTests {
  static let network = Command.shipped("digits/score.onnx")
  static let points = Command.shipped("digits/points.npy")

  /// Three points as `x.npy`.
  func givePoints(_ fieldbook: Command) throws {
    let all = try Checkpoint(decoding: Bytes(mapping: Self.points)).tensors[0].doubles()
    let tensor = Tensor(name: "x", shape: [3, 64], doubles: Array(all[..<192]))
    try NumPyArchive.write([tensor], to: fieldbook.folder.appending(path: "x.npz").path)
  }

  func tensors(_ fieldbook: Command) throws -> [String: Tensor] {
    let file = try Checkpoint(decoding: Bytes(mapping: fieldbook.folder.appending(path: "o.npz").path))
    return Dictionary(file.tensors.map { ($0.name, $0) }) { first, _ in first }
  }

  @Test func inspectsTensors() throws {
    try withCommand { fieldbook in
      let text = try fieldbook("inspect", Self.points)
      #expect(text.status == 0 && text.errors.isEmpty)
      #expect(text.output.contains("npy, 65664 bytes, 1 tensor, 16384 parameters") && text.output.contains("256×64"))
      let json = try #require(try fieldbook("inspect", Self.points, "--json").json as? [String: Any])
      #expect(json["format"] as? String == "npy")
      let tensor = try #require((json["tensors"] as? [[String: Any]])?.first)
      #expect(tensor["shape"] as? [Int] == [256, 64] && tensor["min"] as? Double == -1)
      let weights = try fieldbook("inspect", Command.shipped("digits/score.safetensors"))
      #expect(weights.output.contains("36 tensors") && weights.output.contains("body.enter.weight"))
    }
  }

  @Test func inspectsNetworks() throws {
    try withCommand { fieldbook in
      let text = try fieldbook("inspect", Self.network)
      #expect(text.output.contains("onnx, 766609 bytes, ") && text.output.contains("operations: Add 9"))
      let json = try #require(try fieldbook("inspect", Self.network, "--json").json as? [String: Any])
      #expect((json["inputs"] as? [[String: Any]])?.compactMap { $0["name"] as? String } == ["x", "t"])
      #expect((json["operations"] as? [String: Int])?["Gemm"] == 18)
    }
  }

  @Test func valuesInsideAGraphAreListedAndEvaluated() throws {
    try withCommand { fieldbook in
      try fieldbook.write(
        #"{"recipe": 1, "inputs": {"x": ["batch", 1]}, "steps": ["h = tanh(x)", "y = h * 2"], "outputs": {"y": ["batch", 1]}}"#,
        to: "net.json")
      let text = try fieldbook("inspect", "net.json", "--values")
      #expect(text.output.hasPrefix("net.json: 2 values inside the graph, besides output 'y'\n"))
      #expect(text.output.contains("h      1×1    node 0 (Tanh)"), "\(text.output)")
      let json = try #require(try fieldbook("inspect", "net.json", "--values", "--json").json as? [String: Any])
      let values = try #require(json["values"] as? [[String: Any]])
      #expect(values.first?["name"] as? String == "h" && values.first?["shape"] as? [Int] == [1, 1])
      let run = try fieldbook("evaluate", "net.json", "--input", "x=0.5", "--value", "h", "--output", "o.npz")
      #expect(run.status == 0 && run.errors.contains("h: 1×1"), "\(run.errors)")
      let unknown = try fieldbook.run(
        ["evaluate", "net.json", "--input", "x=0.5", "--value", "g", "--output", "o.npz"])
      #expect(unknown.status != 0 && unknown.errors.contains("unknown output 'g'"), "\(unknown.errors)")
      let both = try fieldbook.run(["inspect", "--diff", "--values", "net.json", "net.json"])
      #expect(both.status == 64 && both.errors.contains("'--values' lists one network; '--diff' compares two files"))
    }
  }

  @Test func evaluateSaysHowManyValuesSitOnKinks() throws {
    try withCommand { fieldbook in
      try fieldbook.write(
        #"{"recipe": 1, "inputs": {"x": ["batch", 1]}, "steps": ["y = relu(x)"], "outputs": {"y": ["batch", 1]}}"#,
        to: "net.json")
      let call = ["evaluate", "net.json", "--jacobian", "0/0", "--output", "o.npz", "--input"]
      for (value, sentence) in [
        ("0", "note: 1 value sits on a kink of node 0 (Relu); the derivative there is 0 by convention"), ("1", nil),
      ] {
        let found = try fieldbook.run(call + ["x=\(value)"])
        #expect(found.status == 0)
        #expect(found.errors.contains("kink") == (sentence != nil), "\(found.errors)")
        if let sentence { #expect(found.errors.contains(sentence), "\(found.errors)") }
      }
    }
  }

  @Test func inspectSaysWhetherANetworkIsItsMakers() throws {
    try withCommand { fieldbook in
      let fixtures = Command.repository.appending(path: "Tests/NetworksTests/Fixtures/verified")
      func copy(_ name: String, to other: String) throws {
        try FileManager.default.copyItem(
          at: fixtures.appending(path: name), to: fieldbook.folder.appending(path: other))
      }
      try copy("gated.onnx", to: "own.onnx")
      try copy("gated.probe.npz", to: "own.probe.npz")
      try copy("gated.onnx", to: "alone.onnx")
      try copy("gated.onnx", to: "other.onnx")
      try copy("normalised.probe.npz", to: "other.probe.npz")
      try copy("gated.onnx", to: "changed.onnx")
      let own = try fieldbook("inspect", "own.onnx")
      #expect(own.status == 0 && own.output.contains("state: verified: 3 recorded pairs reproduced, largest error "))
      #expect(own.output.contains("adjoint: forward and reverse derivatives agree to "))
      #expect(try fieldbook("inspect", "alone.onnx").output.contains("state: unverified: no recorded pairs beside it"))
      let other = try fieldbook("inspect", "other.onnx")
      #expect(other.status == 0 && other.output.contains("cannot be evaluated"))

      // The output of one pair, moved.
      let pairs = try Checkpoint(decoding: Bytes(mapping: fixtures.appending(path: "gated.probe.npz").path)).tensors
      let changed = try pairs.map { tensor in
        guard tensor.name == "1/output64/noise" else { return tensor }
        return Tensor(name: tensor.name, shape: tensor.shape, doubles: try tensor.doubles().map { $0 * 1.01 })
      }
      try NumPyArchive.write(changed, to: fieldbook.folder.appending(path: "changed.probe.npz").path)
      let json = try #require(try fieldbook("inspect", "changed.onnx", "--json").json as? [String: Any])
      #expect(json["state"] as? String == "contradicted")
      let refused = try fieldbook(
        "evaluate", "changed.onnx", "--input", "x=1", "--input", "t=1", "--output", "o.npz")
      #expect(refused.status == 66 && !fieldbook.exists("o.npz"))
      #expect(
        refused.errors.contains("file 'changed.onnx': output 'noise' differs from what is recorded in pair 1 by 0.0099")
      )
      let weights = try fieldbook("inspect", Command.shipped("digits/score.safetensors"))
      #expect(weights.output.contains("state: weights only: the file has 36 tensors ('"))
      #expect(
        weights.output.contains(
          "nothing that says how they are used; export the model with torch.export or ONNX (checkpoints/recipes/export.py does), or write a recipe file\n"
        ))
    }
  }

  @Test func reportsSayTheStateAndRefuseContradictedNetworks() throws {
    try withCommand { fieldbook in
      let fixtures = Command.repository.appending(path: "Tests/NetworksTests/Fixtures/verified")
      for name in ["gated.onnx", "gated.probe.npz"] {
        try FileManager.default.copyItem(
          at: fixtures.appending(path: name), to: fieldbook.folder.appending(path: name))
      }
      let points = Tensor(name: "p", shape: [2, 5], doubles: (0..<10).map { sin(Double($0)) })
      try NumPyArchive.write([points], to: fieldbook.folder.appending(path: "p.npz").path)
      try fieldbook.write(
        """
        ---
        title: T
        ---
        ```{network #score}
        path: gated.onnx
        process: ve
        predicts: noise
        ```
        ```{spectral-gap #gaps}
        network: score
        points: p.npz
        ```
        """, to: "n.md")
      #expect(try fieldbook("build", "n.md").status == 0)
      #expect(try fieldbook.read("_site/n/n.md").contains("; verified: 3 recorded pairs reproduced, largest error "))
      let pairs = try Checkpoint(decoding: Bytes(mapping: fixtures.appending(path: "gated.probe.npz").path)).tensors
      let changed = try pairs.map { tensor in
        guard tensor.name == "2/jvp/noise" else { return tensor }
        return Tensor(name: tensor.name, shape: tensor.shape, doubles: try tensor.doubles().map { $0 * 1.001 })
      }
      try NumPyArchive.write(changed, to: fieldbook.folder.appending(path: "gated.probe.npz").path)
      let refused = try fieldbook("build", "n.md")
      #expect(refused.status == 66)
      #expect(
        refused.errors.contains(
          "n.md:5:7: error: file 'gated.onnx': the derivative of output 'noise' differs from what is recorded in pair 2 by"
        ))
    }
  }

  private static let modules = Command.repository.appending(path: "Tests/NetworksTests/Modules").path

  @Test func inspectSaysWhatWeightsNeed() throws {
    try withCommand { fieldbook in
      let checkpoints = Command.repository.appending(path: "Tests/CheckpointsTests").path
      let export =
        "export the model with torch.export or ONNX (checkpoints/recipes/export.py does), or write a recipe file"
      for (path, hint) in [
        (
          "\(Self.modules)/gru-weights.pt",
          "\(export), or say 'architecture: {kind: gru, part: rnn}' if that is what it is"
        ),
        (
          "\(Self.modules)/chain-weights.pt",
          "\(export), or say 'architecture: {kind: mlp, activation: …}' if that is what it is"
        ),
        ("\(checkpoints)/Attacks/ok_flax.msgpack", export),
        ("\(checkpoints)/Attacks/ok_shards/model.safetensors.index.json", export),
        (
          "\(checkpoints)/Attacks/ok_folder",
          "begin a recipe with '\"recipe\": 1', or export the model with torch.export or ONNX (checkpoints/recipes/export.py does)"
        ),
      ] {
        let run = try fieldbook("inspect", path)
        let state = run.output.split(separator: "\n").first { $0.hasPrefix("state: weights only: ") }
        #expect(run.status == 0 && state?.hasSuffix("; \(hint)") == true, "\(path): \(state ?? "none") \(run.errors)")
      }
      #expect(try !fieldbook("inspect", Self.points).output.contains("state:"))
    }
  }

  @Test func inspectsRecipesModulesAndFolders() throws {
    try withCommand { fieldbook in
      for file in ["low-rank-rnn.pt", "gru-weights.pt"] {
        try FileManager.default.copyItem(
          atPath: "\(Self.modules)/\(file)", toPath: fieldbook.folder.appending(path: file).path)
      }
      let recipe = try String(contentsOfFile: Command.shipped("recipes/functions/low-rank-rnn.json"), encoding: .utf8)
      try fieldbook.write(recipe, to: "rnn.json")
      let text = try fieldbook("inspect", "rnn.json")
      #expect(text.status == 0, "\(text.errors)")
      #expect(text.output.hasPrefix("rnn.json: recipe, 147 parameters, weights in 'low-rank-rnn.pt'\n"))
      #expect(text.output.contains("output  h     F64   ?×16"))
      try fieldbook.write(
        #"{"recipe": 1, "weights": "gru-weights.pt", "architecture": {"kind": "gru", "part": "rnn", "step": true}}"#,
        to: "step.json")
      let step = try #require(try fieldbook("inspect", "step.json", "--json").json as? [String: Any])
      #expect((step["outputs"] as? [[String: Any]])?.compactMap { $0["name"] as? String } == ["h_next"])
      let module = try fieldbook("inspect", "\(Self.modules)/mlp.pt")
      #expect(module.output.contains("2.weight") && module.output.contains("pytorch-module, 59 parameters"))
      let json = try #require(try fieldbook("inspect", "\(Self.modules)/mlp.pt", "--json").json as? [String: Any])
      #expect((json["function"] as? [String: Any])?["parameters"] as? Int == 59)
      let folder = try fieldbook("inspect", "\(Self.modules)/gpt2")
      #expect(folder.output.contains("hugging-face, ") && folder.output.contains("logits"))
    }
  }

  @Test func evaluatesARecipeAndSaysWhereItIsWrong() throws {
    try withCommand { fieldbook in
      try fieldbook.write(
        #"{"recipe": 1, "inputs": {"x": ["n", 2]}, "steps": ["y = x ** 2"], "outputs": {"y": ["n", 2]}}"#, to: "f.json")
      try NumPyArchive.write(
        [Tensor(name: "x", shape: [1, 2], doubles: [3, -4])], to: fieldbook.folder.appending(path: "x.npz").path)
      let good = try fieldbook("evaluate", "f.json", "--input", "x=x.npz", "--jacobian", "0/0", "--output", "o.npz")
      #expect(good.status == 0, "\(good.errors)")
      #expect(try tensors(fieldbook)["y"]?.doubles() == [9, 16])
      #expect(try tensors(fieldbook)["jacobian"]?.doubles() == [6, 0, 0, -8])
      try fieldbook.write(
        #"{"recipe": 1, "inputs": {"x": ["n", 2]}, "steps": ["y = tahn(x)"], "outputs": {"y": ["n", 2]}}"#, to: "f.json"
      )
      let bad = try fieldbook("evaluate", "f.json", "--input", "x=x.npz", "--output", "o.npz")
      #expect(bad.status == 66)
      #expect(
        bad.errors.contains(
          "file 'f.json': recipe: steps[0], column 5: there is no function 'tahn'\n  hint: did you mean 'tanh'?"))
    }
  }

  @Test func evaluateHoldsANetworkToPairsFromElsewhere() throws {
    try withCommand { fieldbook in
      let fixtures = Command.repository.appending(path: "Tests/NetworksTests/Fixtures/verified")
      for name in ["gated.onnx", "normalised.onnx"] {
        try FileManager.default.copyItem(
          at: fixtures.appending(path: name), to: fieldbook.folder.appending(path: name))
      }
      try NumPyArchive.write(
        [Tensor(name: "x", shape: [2, 5], doubles: (0..<10).map { sin(Double($0)) })],
        to: fieldbook.folder.appending(path: "x.npz").path)
      let pairs = fixtures.appending(path: "gated.probe.npz").path
      let inputs = ["--input", "0=x.npz", "--input", "1=1", "--output", "o.npz", "--probe"]
      let own = try fieldbook.run(["evaluate", "gated.onnx"] + inputs + [pairs])
      #expect(own.status == 0 && own.errors.contains("state: verified: 3 recorded pairs reproduced, largest error "))
      // The numbers of one output, moved.
      let changed = try Checkpoint(decoding: Bytes(mapping: pairs)).tensors.map { tensor in
        guard tensor.name == "1/output64/noise" else { return tensor }
        return Tensor(name: tensor.name, shape: tensor.shape, doubles: try tensor.doubles().map { $0 * 1.01 })
      }
      try NumPyArchive.write(changed, to: fieldbook.folder.appending(path: "p.npz").path)
      try FileManager.default.removeItem(at: fieldbook.folder.appending(path: "o.npz"))
      let other = try fieldbook.run(["evaluate", "gated.onnx"] + inputs + ["p.npz"])
      #expect(other.status == 66 && !fieldbook.exists("o.npz"))
      #expect(
        other.errors.contains("gated.onnx: error: output 'noise' differs from what is recorded in pair 1 by 0.0099"))
      let none = try fieldbook.run(["evaluate", "gated.onnx"] + inputs + ["x.npz"])
      #expect(none.status == 66)
      #expect(none.errors.contains("x.npz: error: recorded pairs: member 'x' is not named 'PAIR/PART/NAME'"))
    }
  }

  @Test func namesInFilesCannotPaintOverATerminal() throws {
    try withCommand { fieldbook in
      let tensor = Tensor(name: "a\u{1B}[2J\u{7}b", shape: [1], doubles: [1])
      try NumPyArchive.write([tensor], to: fieldbook.folder.appending(path: "x.npz").path)
      let text = try fieldbook("inspect", "x.npz")
      #expect(!text.output.contains("\u{1B}") && !text.output.contains("\u{7}") && text.output.contains("b"))
      #expect(try fieldbook("inspect", "x.npz", "--json").output.contains("\\u001b"))
    }
  }

  @Test func evaluatesByNameAndByPosition() throws {
    try withCommand { fieldbook in
      try givePoints(fieldbook)
      let named = try fieldbook(
        "evaluate", Self.network, "--input", "x=x.npz", "--input", "t=10", "--jacobian", "noise/x", "--output", "o.npz")
      #expect(named.status == 0 && named.output.isEmpty && named.errors == "noise: 3×64\njacobian: 3×64×64\n")
      let first = try tensors(fieldbook)
      #expect(first["noise"]?.shape == [3, 64] && first["jacobian"]?.elementType == .f64)
      let numbered = try fieldbook(
        "evaluate", Self.network, "--input", "0=x.npz:x", "--input", "1=10", "--jacobian", "0/0", "--output", "o.npz",
        "-q")
      #expect(numbered.status == 0 && numbered.errors.isEmpty)
      #expect(try tensors(fieldbook).mapValues { try $0.doubles() } == first.mapValues { try $0.doubles() })
    }
  }

  @Test func jacobianIsTheSlopeOfTheOutput() throws {
    try withCommand { fieldbook in
      try givePoints(fieldbook)
      func output(_ t: String) throws -> [Double] {
        _ = try fieldbook("evaluate", Self.network, "--input", "x=x.npz", "--input", "t=\(t)", "--output", "o.npz")
        return try #require(try tensors(fieldbook)["noise"]).doubles()
      }
      let (low, high) = (try output("9.999"), try output("10.001"))
      let run = try fieldbook(
        "evaluate", Self.network, "--input", "x=x.npz", "--input", "t=10", "--jacobian", "0/1", "--output", "o.npz")
      #expect(run.status == 0, "\(run.errors)")
      let jacobian = try #require(try tensors(fieldbook)["jacobian"])
      #expect(jacobian.shape == [3, 64, 1])
      for (slope, ends) in zip(try jacobian.doubles(), zip(low, high)) {
        #expect(abs(slope - (ends.1 - ends.0) / 0.002) < 1e-4)
      }
    }
  }

  @Test func singlePrecisionIsWrittenAsSuch() throws {
    try withCommand { fieldbook in
      try givePoints(fieldbook)
      let run = try fieldbook(
        "evaluate", Self.network, "--input", "0=x.npz", "--input", "1=10", "--precision", "float32", "--output", "o.npz"
      )
      #expect(run.status == 0)
      #expect(try tensors(fieldbook)["noise"]?.elementType == .f32)
    }
  }

  @Test(arguments: [
    (["--input", "0=x.npz"], 64, "input 't' is missing"),
    (["--input", "0=x.npz", "--input", "x=x.npz"], 64, "input 'x' is given twice"),
    (["--input", "x"], 64, "'--input x' has no value"),
    (["--input", "q=x.npz", "--input", "t=1"], 64, "unknown input 'q'"),
    (["--input", "7=x.npz", "--input", "t=1"], 64, "unknown input '7'"),
    (["--input", "x=5", "--input", "t=1"], 64, "input 'x' is 1×1; the network takes …×64"),
    (["--input", "x=x.npz:y", "--input", "t=1"], 66, "no tensor 'y'"),
    (["--input", "x=nosuch.npy", "--input", "t=1"], 66, "file 'nosuch.npy' does not exist"),
    (["--input", "x=x.npz", "--input", "t=1", "--jacobian", "0"], 64, "'--jacobian 0' is not of the form OUT/IN"),
    (["--input", "x=x.npz", "--input", "t=1", "--jacobian", "0/9"], 64, "unknown input '9'"),
    (["--input", "x=x.npz", "--input", "t=1", "--output", "nosuch/o.npz"], 73, "its folder does not exist"),
  ])
  func saysWhatIsWrongWithAnEvaluation(arguments: [String], status: Int, message: String) throws {
    try withCommand { fieldbook in
      try givePoints(fieldbook)
      let output = arguments.contains("--output") ? [] : ["--output", "o.npz"]
      let run = try fieldbook.run(["evaluate", Self.network] + arguments + output)
      #expect(Int(run.status) == status && run.errors.contains(message), "\(run)")
      #expect(!fieldbook.exists("o.npz") && run.output.isEmpty)
    }
  }

  @Test func measuresWithNestedKeysListsAndShorthand() throws {
    try withCommand { fieldbook in
      let long = try fieldbook(
        "measure", "spectral-gap", "network=\(Self.network)", "predicts=noise", "process.kind=ddpm",
        "process.betas=0.0001,0.02", "process.steps=1000", "points.from=\(Self.points)", "points.count=2",
        "sigmas=0.1,0.5", "--json")
      let short = try fieldbook(
        "measure", "spectral-gap", "network=\(Self.network)", "predicts=noise", "process=ddpm", "points=\(Self.points)",
        "points.count=2", "sigmas=0.1,0.5", "--json")
      #expect(long.status == 0 && short.status == 0, "\(long.errors) \(short.errors)")
      let (one, other) = (try #require(long.json as? [String: Any]), try #require(short.json as? [String: Any]))
      #expect(one["finding"] as? NSDictionary == other["finding"] as? NSDictionary)
      #expect(one["sources"] as? NSArray == other["sources"] as? NSArray)
      let parameters = try #require(other["parameters"] as? [String: Any])
      #expect((parameters["sigmas"] as? [Double]) == [0.1, 0.5])
      #expect((parameters["points"] as? [String: Any])?["count"] as? Int == 2)
    }
  }

  @Test func measuresATableForAPersonAndFiguresForAPaper() throws {
    try withCommand { fieldbook in
      let run = try fieldbook(
        "measure", "jacobian-spectrum", "network=\(Self.network)", "points=\(Self.points)", "points.count=2",
        "given.t=5", "--figures", "figures", "--theme", "icml")
      #expect(
        run.status == 0 && run.output.contains("largest singular value") && run.errors.contains("note: only 2 points"))
      for ending in ["pdf", "svg", "png", "csv"] { #expect(fieldbook.exists("figures/spectra.\(ending)")) }
    }
  }

  @Test(arguments: [
    (["pints=3"], "unknown key 'pints'"), (["points.cuont=3"], "unknown key 'points.cuont'"),
    (["points.count=two"], "'points.count' is text; it must be a whole number"),
    (["network=x"], "'network' is given twice"), (["precision=float16"], "'precision' is 'float16'"),
    (["given..t=3"], "key 'given..t' has an empty part"), (["given.q=3"], "unknown input 'q'"),
  ])
  func saysWhatIsWrongWithAMeasurement(arguments: [String], message: String) throws {
    try withCommand { fieldbook in
      let run = try fieldbook.run(
        ["measure", "jacobian-spectrum", "network=\(Self.network)", "points.from=\(Self.points)"] + arguments)
      #expect(run.status == 64 && run.errors.contains(message) && run.output.isEmpty, "\(run)")
    }
  }
}
