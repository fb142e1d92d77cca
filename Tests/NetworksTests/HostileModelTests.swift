import Checkpoints
import Diagnostics
import Foundation
import LinearAlgebra
import Testing

@testable import Networks

@Suite struct HostileModelTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
    "Attacks")

  @Test(arguments: Attack.all)
  func isRefusedWithItsReason(_ attack: Attack) throws {
    let file = Self.folder.appendingPathComponent("\(attack.name).onnx")
    if ProcessInfo.processInfo.environment["FIELDBOOK_RECORD"] != nil { try Data(attack.bytes).write(to: file) }
    #expect(try Data(contentsOf: file) == Data(attack.bytes), "the file in Attacks/ is another one")
    let error = #expect(throws: NetworkError.self) { try Network.load(path: file.path) }
    #expect(error?.message == attack.message)
    #expect(error?.status == .inputDamaged)
  }

  @Test func refusesWhatIsNoFile() {
    let folder = #expect(throws: NetworkError.self) { try Network.load(path: Self.folder.path) }
    #expect(folder?.message.contains("folder") == true)
    let nothing = #expect(throws: NetworkError.self) { try Network.load(path: "/nowhere/score.onnx") }
    #expect(nothing?.message.contains("/nowhere/score.onnx") == true)
    let empty = #expect(throws: NetworkError.self) { try Network(reading: Bytes([UInt8]()), name: "empty") }
    #expect(empty?.message == "not a network: 0 bytes")
  }

  /// Nodes that the file's form does not give away but the numbers do.
  private static let misfits: [(String, [String], [[UInt8]], String)] = [
    ("MatMul", ["x", "three"], [], "a product of 2×2 and 3 does not exist"),
    ("Gemm", ["x", "three"], [], "a product of 2×2 and 3 does not exist"),
    ("Add", ["x", "three"], [], "shapes 2×2 and 3 do not go together"),
    ("Add", ["x", "bomb"], [], "operands are real and whole numbers; they must be alike"),
    ("Add", ["x", ""], [], "operand 1 is missing"),
    ("Exp", ["bomb"], [], "operand 0 holds whole numbers; it must hold real ones"),
    ("Concat", ["x", "three"], [ModelWriter.attribute("axis", 0)], "3 cannot be joined to 2×2 along axis 0"),
    ("Concat", ["x", "x"], [ModelWriter.attribute("axis", 2)], "axis 2 is outside the 2 axes"),
    ("Reshape", ["x", "five"], [], "2×2 cannot be seen as 5"),
    ("Reshape", ["x", "open"], [], "2 axes are left open; at most one can be"),
    ("Transpose", ["x"], [ModelWriter.attribute("perm", [0, 0])], "'perm' is [0, 0]; it must order the 2 axes"),
    ("Squeeze", ["x", "axis0"], [], "axis 0 of 2×2 has extent 2; only extents of 1 can be dropped"),
    ("Gather", ["x", "five"], [], "index 5 is outside the 2 entries of axis 0"),
    ("Split", ["x", "five"], [], "parts of [5] do not make up extent 2 of axis 0"),
    ("Split", ["x"], [ModelWriter.attribute("num_outputs", Int.max)], "9223372036854775807 parts are asked for"),
    ("Slice", ["x", "axis0", "five", "axis0", "axis0"], [], "a step of 0 is asked for"),
    ("ConstantOfShape", ["bomb"], [], "a result of 1073741824×1073741824 numbers is beyond the limit of 67108864"),
    ("Expand", ["x", "bomb"], [], "shapes 2×2 and 1073741824×1073741824 do not go together"),
    ("Tile", ["x", "bomb"], [], "1073741824 repeats are asked for"),
    (
      "Range", ["low", "high", "one"], [],
      "a range from -9223372036854775808 to 4611686018427387904 is beyond the limit of 16777216"
    ),
    ("Mod", ["five", "axis0"], [], "whole numbers are divided by 0"),
    ("Div", ["five", "axis0"], [], "whole numbers are divided by 0"),
    ("LayerNormalization", ["x", "three"], [], "shapes 2×2 and 3 do not go together"),
    ("Softmax", ["x"], [ModelWriter.attribute("axis", 5)], "axis 5 is outside the 2 axes"),
    ("ReduceSum", ["x", "five"], [], "axis 5 is outside the 2 axes"),
    ("GatherElements", ["x", "five"], [], "positions of 1 do not pick elements of 2×2 along axis 0"),
    ("GatherElements", ["x", "square"], [], "index 9 is outside the 2 entries of axis 0"),
    ("GatherND", ["x", "five"], [], "index 5 is outside the 2 entries of axis 0"),
    (
      "GatherND", ["x", "five"], [ModelWriter.attribute("batch_dims", 1)],
      "coordinates of 1 do not pick from 2×2 with 1 batch axes"
    ),
    ("GatherND", ["x", "wide"], [], "coordinates of 3 do not pick from 2×2 with 0 batch axes"),
    ("CumSum", ["x", "five"], [], "axis 5 is outside the 2 axes"),
    ("CumSum", ["x", "open"], [], "2 axes are given; it must be one"),
    ("InstanceNormalization", ["x", "three", "three"], [], "operand 1 is 3; it must be 2, one number for each"),
    ("InstanceNormalization", ["three", "three", "three"], [], "3 has no axis of channels"),
    (
      "GroupNormalization", ["x", "three", "three"], [ModelWriter.attribute("num_groups", 3)],
      "2 channels do not make 3 equal groups"
    ),
    ("TopK", ["x", "five"], [], "5 entries are asked for of the 2 of axis 1"),
    ("TopK", ["x", "low"], [], "-9223372036854775808 entries are asked for of the 2 of axis 1"),
    ("ArgMax", ["x"], [ModelWriter.attribute("axis", 7)], "axis 7 is outside the 2 axes"),
    ("Trilu", ["three"], [], "3 has no matrices"),
    ("Det", ["three"], [], "3 does not end in square matrices"),
    (
      "DFT", ["x", "high"], [ModelWriter.attribute("axis", 0)],
      "a transform of 4611686018427387904 numbers is asked for"
    ),
    ("DFT", ["three"], [], "3 does not end in an axis of 1 or 2, the real and the imaginary part"),
    ("EyeLike", ["three"], [], "3 is no matrix"),
    ("ScatterElements", ["x", "square", "x"], [], "index 9 is outside the 2 entries of axis 0"),
    ("ScatterND", ["x", "axis0", "three"], [], "updates of 3 do not match positions of 1 in 2×2"),
    ("RNN", ["x", "x", "x"], [], "sequences of 2×2 and recurrent weights of 2×2 do not go together"),
    (
      "LSTM", ["cube", "cube", "cube"], [ModelWriter.attribute("hidden_size", Int.max)],
      "a hidden size of 9223372036854775807 is asked for"
    ),
    ("GRU", ["cube", "cube", "cube"], [], "weights: 1×1×1 is given; it must be 1×3×1"),
    ("Attention", ["x", "x", "x"], [], "queries have 2 axes; they must have 3 or 4"),
    (
      "Attention", ["cube", "cube", "cube"],
      [ModelWriter.attribute("q_num_heads", 3), ModelWriter.attribute("kv_num_heads", 1)],
      "queries of 1×1×1 do not make 3 heads"
    ),
    ("RotaryEmbedding", ["x", "x", "x"], [], "operand 0 has 2 axes; it must have 3 or 4"),
    (
      "Loop", ["high", ""], [ModelWriter.field(1, "body") + ModelWriter.field(6, endless)],
      "4611686018427387904 turns are beyond the limit of 65536"
    ),
    (
      "Loop", ["", ""], [ModelWriter.field(1, "body") + ModelWriter.field(6, endless)],
      "the loop has not ended after 65536 turns"
    ),
  ]

  /// A loop's body that always goes on.
  private static let endless =
    ModelWriter.field(1, ModelWriter.field(1, "on") + ModelWriter.field(2, "again") + ModelWriter.field(4, "Identity"))
    + ModelWriter.field(11, ModelWriter.port("turn", [], type: 7))
    + ModelWriter.field(11, ModelWriter.port("on", [], type: 9))
    + ModelWriter.field(12, ModelWriter.port("again", [], type: 9))

  @Test(arguments: misfits.indices)
  func namesTheNodeThatDoesNotFit(_ index: Int) throws {
    let (operation, operands, attributes, reason) = Self.misfits[index]
    var model = ModelWriter()
    model.input("x", [nil, 2], type: 11)
    model.weights("three", [3], [1, 2, 3])
    model.weights("cube", [1, 1, 1], [1])
    for (name, values) in [
      ("five", [5]), ("axis0", [0]), ("open", [-1, -1]), ("bomb", [1 << 30, 1 << 30]), ("low", [Int.min]),
      ("high", [1 << 62]), ("one", [1]), ("wide", [0, 0, 0]),
    ] { model.integers(name, values) }
    let nines = (0..<4).flatMap { _ in withUnsafeBytes(of: Int64(9).littleEndian) { Array($0) } }
    model.tensors.append(ModelWriter.tensor("square", [2, 2], type: 7, raw: nines))
    model.node("Neg", ["x"], ["negative"])
    model.node(operation, operands, ["y"], name: "odd", attributes)
    model.output("y", [])
    let network = try model.network()
    let x = NDArray<Double>(shape: [2, 2], values: [1, 2, 3, 4])
    #expect(throws: NetworkError.node("node 1 'odd' (\(operation))", reason: reason)) { try network.evaluate(["x": x]) }
  }

  @Test(arguments: ["shapes", "tiny-gelu", "tiny-mixed", "tiny-silu", "tiny-tanh"])
  func neverTrapsOnAMutatedModel(_ name: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let sound =
      name == "shapes"
      ? try shapeModel() : [UInt8](try Data(contentsOf: folder.appendingPathComponent("References/\(name).onnx")))
    let rounds = ProcessInfo.processInfo.environment["FIELDBOOK_MUTATIONS"].flatMap(Int.init) ?? 300
    var random = SeededGenerator(seed: 11)
    var accepted = 0
    for round in 0..<rounds {
      var bytes = sound
      if round % 8 == 0 { bytes = Array(bytes.prefix(random.index(below: bytes.count))) }
      for _ in 0..<(1 + random.index(below: 3)) where !bytes.isEmpty {
        let place = random.index(below: bytes.count)
        bytes[place] = [0, 1, 2, 0x7F, 0x80, 0xFF, UInt8(random.index(below: 256))][random.index(below: 7)]
      }
      if try survives(bytes) { accepted += 1 }
    }
    // Many bytes are weights or parts of names that stay unique.
    #expect(accepted > 3)
  }

  @Test func boundsWhatASmallFileMayAskFor() throws {
    var model = ModelWriter()
    model.input("v0", [nil, 2])
    for index in 0..<40 {
      model.node(
        "Concat", ["v\(index)", "v\(index)"], ["v\(index + 1)"], name: "double", [ModelWriter.attribute("axis", 0)])
    }
    model.output("v40", [nil, 2])
    let network = try model.network()
    let x = NDArray<Float>(shape: [1, 2], repeating: 1)
    #expect(
      throws: NetworkError.tooLarge(
        what: "the values up to node 22 'double' (Concat)", elementCount: "25165824", limit: 1 << 24)
    ) { try network.evaluate(["v0": x]) }
    #expect(throws: NetworkError.self) { try network.jacobian(of: "0", withRespectTo: "0", at: ["v0": x]) }
  }

  @Test func boundsTensorsThatShareAFile() throws {
    var model = ModelWriter()
    model.input("x", [nil, 2])
    for index in 0..<40 {
      model.tensors.append(ModelWriter.externalTensor("w\(index)", [1 << 19], type: 2, location: "data"))
    }
    model.node("Neg", ["x"], ["y"])
    model.output("y", [nil, 2])
    let network = try Network(reading: Bytes(model.bytes), name: "net") { _ in
      Bytes([UInt8](repeating: 0, count: 1 << 19))
    }
    #expect(throws: NetworkError.tooLarge(what: "the initial values", elementCount: "20971520", limit: 1 << 24)) {
      try network.evaluate(["x": NDArray<Float>(shape: [1, 2], repeating: 1)])
    }
  }

  /// A model that is nearly all structure: its bytes are names, extents, axes and positions.
  private func shapeModel() throws -> [UInt8] {
    var model = ModelWriter()
    model.input("x", [nil, 6])
    for (name, values) in [
      ("0", [0]), ("1", [1]), ("2", [2]), ("6", [6]), ("rows", [-1, 3, 2]), ("twice", [1, 2, 1]), ("order", [2, 0, 1]),
    ] { model.integers(name, values) }
    model.node("Shape", ["x"], ["shape"])
    model.node("Gather", ["shape", "0"], ["batch"], [ModelWriter.attribute("axis", 0)])
    model.node("Concat", ["batch", "6"], ["full"], [ModelWriter.attribute("axis", 0)])
    model.node("ConstantOfShape", ["full"], ["zeros"])
    model.node("Less", ["zeros", "x"], ["positive"])
    model.node("Where", ["positive", "x", "zeros"], ["kept"])
    model.node("Reshape", ["kept", "rows"], ["cube"])
    model.node("Tile", ["cube", "twice"], ["tiled"])
    model.node("Transpose", ["tiled"], ["turned"], [ModelWriter.attribute("perm", [0, 2, 1])])
    model.node("Slice", ["turned", "0", "2", "1", "1"], ["part"])
    model.node(
      "Split", ["part"], ["left", "right"], [ModelWriter.attribute("axis", 2), ModelWriter.attribute("num_outputs", 2)])
    model.node("MatMul", ["left", "cube"], ["product"])
    model.node("Softmax", ["product"], ["soft"], [ModelWriter.attribute("axis", 1)])
    model.node(
      "ReduceMean", ["soft"], ["mean"], [ModelWriter.attribute("axes", [1]), ModelWriter.attribute("keepdims", 0)])
    model.node("Squeeze", ["batch", "0"], ["count"])
    model.node("Range", ["count", "count", "count"], ["none"])
    model.node("Flatten", ["right"], ["flat"], [ModelWriter.attribute("axis", 1)])
    model.node("Gather", ["flat", "order"], ["picked"], [ModelWriter.attribute("axis", 1)])
    model.node("Concat", ["mean", "picked"], ["y"], [ModelWriter.attribute("axis", -1)])
    model.output("y", [nil, 5])
    let x = NDArray<Double>(shape: [2, 6], repeating: 0.5)
    #expect(try model.network().jacobian(of: "y", withRespectTo: "x", at: ["x": x]).shape == [2, 5, 6])
    return model.bytes
  }

  /// Loads, evaluates and differentiates as far as the model goes; errors are as good as results.
  private func survives(_ bytes: [UInt8]) throws -> Bool {
    do throws(NetworkError) {
      let network = try Network(reading: Bytes(bytes), name: "mutated")
      var inputs: [String: NDArray<Float>] = [:]
      for port in network.inputs {
        let shape = port.shape.map { $0 ?? 2 }
        guard shape.reduce(1, *) < 10_000 else { return false }
        inputs[port.name] = NDArray(shape: shape, repeating: 0.5)
      }
      _ = try network.evaluate(inputs)
      _ = try network.jacobian(of: "0", withRespectTo: "0", at: inputs)
      return true
    } catch {
      #expect(!error.message.isEmpty)
      return false
    }
  }

  @Test func refusesEveryPrefixOfAModel() throws {
    let sound = try soundModel()
    for length in 0..<sound.count {
      #expect(throws: NetworkError.self) { try Network(reading: Bytes(sound.prefix(length)), name: "prefix") }
    }
  }

  private func soundModel() throws -> [UInt8] {
    var model = ModelWriter()
    model.input("x", [nil, 2])
    model.node("Relu", ["x"], ["y"])
    model.output("y", [nil, 2])
    _ = try model.network()
    return model.bytes
  }
}
