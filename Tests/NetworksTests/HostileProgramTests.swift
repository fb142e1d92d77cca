import Checkpoints
import Foundation
import LinearAlgebra
import Testing

@testable import Networks

@Suite struct HostileProgramTests {
  /// What is written in place of a part of the sound program, and what is to be said about it.
  struct Attack: Sendable, CustomStringConvertible {
    var description: String
    var old: String
    var new: String
    var isInWeights = false
    var message: String

    init(_ name: String, _ old: String, _ new: String, weights: Bool = false, _ message: String) {
      description = name
      self.old = old
      self.new = new
      isInWeights = weights
      self.message = message
    }
  }

  private static let deep = String(repeating: "[", count: 70) + String(repeating: "]", count: 70)
  private static let linear = "node 1 'linear' (aten.linear.default)"
  private static let view = "node 4 'view' (aten.view.default)"

  static let attacks: [Attack] = [
    Attack(
      "bad JSON", #"{"graph_module":"#, #"{graph_module":"#,
      "'models/model.json': JSON has 'g' where a key is needed, at byte 1"),
    Attack(
      "deep nesting", #""inputs":[],"outputs""#, #""inputs":\#(deep),"outputs""#,
      "'models/model.json': JSON is nested more than 64 deep, at byte 96"),
    Attack(
      "a key twice", #""torch_version""#, #""schema_version":{},"torch_version""#,
      "'models/model.json': JSON key 'schema_version' appears twice in one object, at byte 2667"),
    Attack(
      "a number beyond all", #""as_int":0},"kind""#, #""as_int":1e999},"kind""#,
      "'models/model.json': JSON number is larger than 1.8e308, at byte 199"),
    Attack(
      "no version", #""schema_version""#, #""schema""#,
      "damaged exported program: model: 'schema_version' is missing"),
    Attack(
      "a version in words", #"{"major":8,"#, #"{"major":"8","#,
      "damaged exported program: model: 'schema_version' must hold the whole numbers 'major' and 'minor'"),
    Attack(
      "an older version", #"{"major":8,"#, #"{"major":7,"#,
      "the exported program is of schema version 7.20; known is 8"),
    Attack(
      "a newer version", #"{"major":8,"#, #"{"major":9223372036854775807,"#,
      "the exported program is of schema version 9223372036854775807.20; known is 8"),
    Attack("no graph", #""graph":{"#, #""grave":{"#, "damaged exported program: graph_module: 'graph' is missing"),
    Attack("no nodes", #""nodes":["#, #""notes":["#, "damaged exported program: graph: 'nodes' is missing"),
    Attack(
      "no signature", #""signature":{"#, #""sig":{"#, "damaged exported program: graph_module: 'signature' is missing"),
    Attack(
      "no descriptions", #""tensor_values":{"#, #""values":{"#,
      "damaged exported program: graph: 'tensor_values' is missing"),
    Attack(
      "a target that is a number", #""target":"torch.ops.aten.gelu.default""#, #""target":5"#,
      "damaged exported program: node 2 'gelu': 'target' is a whole number; it must be a string"),
    Attack(
      "an unknown function", "aten.gelu.default", "aten.gelu_backwards.default",
      "function 'aten.gelu_backwards.default' in node 2 'gelu' (aten.gelu_backwards.default) is not supported yet"),
    Attack(
      "a function that is no ATen function", "torch.ops.aten.gelu.default", "os.system",
      "function 'os.system' in node 2 'gelu' (os.system) is not supported yet"),
    Attack(
      "random numbers", "aten.gelu.default", "aten.randn_like.default",
      "node 2 'gelu' (aten.randn_like.default) draws random numbers; Fieldbook does not evaluate this"),
    Attack(
      "random zeros", "aten.gelu.default", "aten.native_dropout.default",
      "node 2 'gelu' (aten.native_dropout.default) draws random numbers; Fieldbook does not evaluate this"),
    Attack(
      "a change in place", "aten.gelu.default", "aten.copy_.default",
      "node 2 'gelu' (aten.copy_.default) changes a tensor in place; Fieldbook does not evaluate this"),
    Attack(
      "a step that reads itself", #"{"name":"linear"}},"kind":1}],"outputs":[{"as_tensor":{"name":"gelu"}"#,
      #"{"name":"gelu"}},"kind":1}],"outputs":[{"as_tensor":{"name":"gelu"}"#,
      "'gelu', which node 2 'gelu' (aten.gelu.default) reads, is not defined"),
    Attack(
      "steps out of order", #"{"name":"input","arg":{"as_tensor":{"name":"x"}}"#,
      #"{"name":"input","arg":{"as_tensor":{"name":"gelu"}}"#,
      "'gelu', which \(linear) reads, is not defined"),
    Attack(
      "a result of a known name", #""outputs":[{"as_tensor":{"name":"gelu"}}]"#,
      #""outputs":[{"as_tensor":{"name":"x"}}]"#,
      "'x' is defined twice"),
    Attack(
      "an input of a weight's name", #"{"user_input":{"arg":{"as_tensor":{"name":"x"}"#,
      #"{"user_input":{"arg":{"as_tensor":{"name":"p_w"}"#,
      "'p_w' is defined twice"),
    Attack(
      "an argument twice", #"{"name":"bias","#, #"{"name":"weight","#,
      "damaged exported program: node 1 'linear': argument 'weight' is given twice"),
    Attack(
      "an argument of two kinds", #"{"as_int":0}"#, #"{"as_int":0,"as_float":1.0}"#,
      "damaged exported program: node 0 'rows', argument 'dim': it has 2 kinds; it must have one"),
    Attack(
      "an argument of no kind", #"{"as_int":0}"#, #"{}"#,
      "damaged exported program: node 0 'rows', argument 'dim': it has 0 kinds; it must have one"),
    Attack(
      "nothing that is something", #"{"as_int":0}"#, #"{"as_none":7}"#,
      "damaged exported program: node 0 'rows', argument 'dim': 'as_none' is a whole number; it must be true"),
    Attack(
      "nothing where a tensor is needed", #"{"name":"weight","arg":{"as_tensor":{"name":"p_w"}}"#,
      #"{"name":"weight","arg":{"as_none":true}"#, "\(linear): argument 'weight' must be a tensor"),
    Attack(
      "an axis in words", #"{"as_int":0}"#, #"{"as_string":"first"}"#,
      "node 0 'rows' (aten.sym_size.int): argument 'dim' must be a whole number"),
    Attack(
      "an axis that is not there", #"{"as_int":0}"#, #"{"as_int":5}"#,
      "node 0 'rows' (aten.sym_size.int): axis 5 is outside the 2 axes"),
    Attack(
      "an axis beyond 64 bits", #"{"as_int":0}"#, #"{"as_int":9223372036854775808}"#,
      "damaged exported program: node 0 'rows', argument 'dim': 'as_int' is a number; it must be a whole number of at most 64 bits"
    ),
    Attack(
      "an axis below all", #"{"as_int":0}"#, #"{"as_int":-9223372036854775808}"#,
      "node 0 'rows' (aten.sym_size.int): axis -9223372036854775808 is outside the 2 axes"),
    Attack(
      "an extent that nobody makes", #"{"as_name":"mul"},{"#, #"{"as_name":"many"},{"#,
      "'many', which \(view) reads, is not defined"),
    Attack(
      "an extent that is a tensor", #"{"as_name":"mul"},{"#, #"{"as_name":"gelu"},{"#,
      "\(view): 'gelu' must be a whole number"),
    Attack(
      "an extent of no kind", #"{"as_name":"mul"},{"#, #"{"as_expr":"mul"},{"#,
      "damaged exported program: node 4 'view', argument 'size': 'as_sym_ints' must hold whole numbers or names"),
    Attack(
      "a result that is not described", #","gelu":{"dtype""#, #","glue":{"dtype""#,
      "damaged exported program: node 2 'gelu' (aten.gelu.default): value 'gelu' is not described among the tensor values"
    ),
    Attack(
      "an unknown type", #""gelu":{"dtype":7"#, #""gelu":{"dtype":99"#,
      "damaged exported program: node 2 'gelu' (aten.gelu.default): value 'gelu' is of the unknown element type 99"),
    Attack(
      "a type in words", #""gelu":{"dtype":7"#, #""gelu":{"dtype":"float""#,
      "damaged exported program: value 'gelu': 'dtype' must be a whole number"),
    Attack(
      "a negative extent", #""p_b":{"dtype":7,"sizes":[{"as_int":2}]"#, #""p_b":{"dtype":7,"sizes":[{"as_int":-2}]"#,
      "damaged exported program: value 'p_b': it has the extent -2; it must be 0 to 67108864"),
    Attack(
      "axes without end", #""p_b":{"dtype":7,"sizes":[{"as_int":2}]"#,
      #""p_b":{"dtype":7,"sizes":[\#([String](repeating: #"{"as_int":1}"#, count: 13).joined(separator: ","))]"#,
      "damaged exported program: value 'p_b': it has 13 axes; the limit is 12"),
    Attack(
      "a graph that contradicts the weights", #""p_b":{"dtype":7,"sizes":[{"as_int":2}]"#,
      #""p_b":{"dtype":7,"sizes":[{"as_int":3}]"#,
      "damaged exported program: tensor 'b': the graph and the weights do not agree on its type and shape"),
    Attack(
      "an output that nobody makes", #"[{"user_output":{"arg":{"as_tensor":{"name":"view"}"#,
      #"[{"user_output":{"arg":{"as_tensor":{"name":"vie"}"#, "'vie', which the list of outputs reads, is not defined"),
    Attack(
      "no output", #"[{"user_output":{"arg":{"as_tensor":{"name":"view"}}}}]"#, "[]",
      "damaged exported program: signature: there is no output"),
    Attack(
      "a result without a name", #""outputs":[{"as_tensor":{"name":"gelu"}}]"#,
      #""outputs":[{"as_tensor":{"name":""}}]"#, "'gelu', which node 4 'view' (aten.view.default) reads, is not defined"
    ),
    Attack(
      "an input without a name", #"{"user_input":{"arg":{"as_tensor":{"name":"x"}"#,
      #"{"user_input":{"arg":{"as_tensor":{"name":""}"#, "damaged exported program: input '': it has no name"),
    Attack(
      "a state that changes", #"{"user_output":{"arg":{"as_tensor":{"name":"view"}}}}"#,
      #"{"buffer_mutation":{"arg":{"name":"view"},"buffer_name":"b"}}"#,
      "output 0 changes a stored tensor (buffer_mutation); Fieldbook does not evaluate this"),
    Attack(
      "an object as input", #"{"user_input":{"arg":{"as_tensor":{"name":"x"}}}}"#,
      #"{"custom_obj":{"arg":{"name":"x","class_fqn":"os.system"},"target":"x"}}"#,
      "input 2 is of the kind 'custom_obj'; Fieldbook does not evaluate this"),
    Attack(
      "a weight that is not there", #""b":{"path_name""#, #""c":{"path_name""#, weights: true,
      "damaged exported program: tensor 'b': it is not among the weights"),
    Attack(
      "a storage that is not there", "weight_1", "weight_7", weights: true,
      "damaged exported program: tensor 'b': its storage 'weight_7' is missing"),
    Attack(
      "a storage elsewhere", "weight_1", "../../../etc/passwd", weights: true,
      "damaged exported program: tensor 'b': it is kept in '../../../etc/passwd'; only members of the archive's own folder are read"
    ),
    Attack(
      "a storage at the root", "weight_1", "/dev/zero", weights: true,
      "damaged exported program: tensor 'b': it is kept in '/dev/zero'; only members of the archive's own folder are read"
    ),
    Attack(
      "a pickled weight", #""use_pickle":false"#, #""use_pickle":true"#, weights: true,
      "tensor 'w' is pickled; Fieldbook does not evaluate this"),
    Attack(
      "an offset beyond the storage", #""storage_offset":{"as_int":0}"#, #""storage_offset":{"as_int":1}"#,
      weights: true,
      "damaged exported program: tensor 'w': it reaches to element 4 of a storage of 4"),
    Attack(
      "an offset below it", #""storage_offset":{"as_int":0}"#, #""storage_offset":{"as_int":-1}"#, weights: true,
      "damaged exported program: tensor 'w': 'storage_offset' must be a whole number"),
    Attack(
      "an offset beyond everything", #""storage_offset":{"as_int":0}"#,
      #""storage_offset":{"as_int":9223372036854775807}"#, weights: true,
      "damaged exported program: tensor 'w': 'storage_offset' must be a whole number"),
    Attack(
      "strides beyond the storage", #""strides":[{"as_int":2}"#, #""strides":[{"as_int":67108864}"#, weights: true,
      "damaged exported program: tensor 'w': it reaches to element 67108865 of a storage of 4"),
    Attack(
      "a stride backwards", #""strides":[{"as_int":2}"#, #""strides":[{"as_int":-2}"#, weights: true,
      "damaged exported program: tensor 'w': 'strides' must be 2 whole numbers of 0 to 67108864"),
    Attack(
      "too few strides", #""strides":[{"as_int":2},"#, #""strides":["#, weights: true,
      "damaged exported program: tensor 'w': 'strides' must be 2 whole numbers of 0 to 67108864"),
    Attack(
      "a weight of another type", #""tensor_meta":{"dtype":7"#, #""tensor_meta":{"dtype":8"#, weights: true,
      "damaged exported program: tensor 'w': the graph and the weights do not agree on its type and shape"),
    Attack(
      "a weight of no type", #""tensor_meta":{"dtype":7"#, #""tensor_meta":{"dtype":77"#, weights: true,
      "damaged exported program: tensor 'w': it has the unknown element type 77"),
    Attack(
      "one name in two spellings", #"{"config":{"#, "{\"config\":{\"caf\u{E9}\":{},\"cafe\u{301}\":{},", weights: true,
      "'cafe\u{301}' is defined twice"),
    Attack(
      "a list of weights that is none", #"{"config":{"#, #"{"comfig":{"#, weights: true,
      "damaged exported program: data/weights/model_weights_config.json: 'config' must be an object"),
  ]

  @Test(arguments: attacks)
  func isRefusedWithItsReason(_ attack: Attack) throws {
    var writer = ProgramWriter()
    func changed(_ text: String) throws -> String {
      let place = try #require(text.range(of: attack.old), "there is no such part")
      return text.replacingCharacters(in: place, with: attack.new)
    }
    if attack.isInWeights {
      writer.weights = try changed(writer.weights)
    } else {
      writer.model = try changed(writer.model)
    }
    let error = #expect(throws: NetworkError.self) { try Network(reading: writer.file(), name: "odd") }
    #expect(error?.message == attack.message)
    #expect(error?.status == .inputDamaged)
  }

  @Test func readsTheSoundProgram() throws {
    let network = try Network(reading: ProgramWriter().file(), name: "small")
    #expect(network.form == .exportedProgram)
    #expect(network.inputs == [Network.Port(name: "x", shape: [nil, 2], elementType: .f32)])
    #expect(network.parameterCount == 6)
    let value = try network.evaluate(["x": NDArray<Double>(shape: [1, 2], values: [1, -2])])["view"]
    func gelu(_ x: Double) -> Double { x * 0.5 * (1 + erf(x / 2.0.squareRoot())) }
    #expect(value?.shape == [2, 1])
    #expect(scaledError(value?.values ?? [], [gelu(0.125), gelu(-5.25)]) <= 1e-15)
  }

  @Test func saysWhatAnArchiveLacks() throws {
    var writer = ProgramWriter()
    writer.modelName = "models/other.json"
    #expect(throws: NetworkError.program("archive", "'models/model.json' is missing")) {
      try Network(reading: writer.file(), name: "odd")
    }
    writer.folder = ""
    writer.modelName = "serialized_exported_program.json"
    let error = #expect(throws: NetworkError.self) { try Network(reading: writer.file(), name: "odd") }
    #expect(
      error?.message == "the exported program has the layout of PyTorch before 2.8; Fieldbook does not evaluate this")
    #expect(error?.hint == "load it with torch.export.load and save it again with PyTorch 2.8 or later")
  }

  /// A claim of the graph about a shape that the numbers do not bear out is found when they meet.
  @Test func refusesShapesThatAreNotSo() throws {
    var writer = ProgramWriter()
    writer.model = writer.model.replacingOccurrences(
      of: #"{"as_name":"mul"},{"as_int":1}"#, with: #"{"as_name":"mul"},{"as_int":3}"#)
    let network = try Network(reading: writer.file(), name: "odd")
    let error = #expect(throws: NetworkError.self) {
      try network.evaluate(["x": NDArray<Double>(shape: [1, 2], values: [1, -2])])
    }
    #expect(error?.message == "node 12 'view' (Reshape): 1×2 cannot be seen as 2×3")
  }

  /// A change in place is let through only where nobody else can see it.
  @Test func tellsSeenChangesInPlace() throws {
    var writer = ProgramWriter()
    writer.model = writer.model.replacingOccurrences(of: "aten.gelu.default", with: "aten.gelu_.default")
    _ = try Network(reading: writer.file(), name: "unseen")
    let unseen = writer.model
    let message = "node 2 'gelu' (aten.gelu_.default) changes a tensor in place; Fieldbook does not evaluate this"
    let read = #"{"user_output":{"arg":{"as_tensor":{"name":"view"}}}}"#
    writer.model = unseen.replacingOccurrences(of: read, with: read + "," + read.replacing("view", with: "linear"))
    let seen = #expect(throws: NetworkError.self) { try Network(reading: writer.file(), name: "seen") }
    #expect(seen?.message == message)
    writer.model = unseen.replacingOccurrences(
      of: #""inputs":[{"name":"self","arg":{"as_tensor":{"name":"linear"}"#,
      with: #""inputs":[{"name":"self","arg":{"as_tensor":{"name":"x"}"#)
    let input = #expect(throws: NetworkError.self) { try Network(reading: writer.file(), name: "input") }
    #expect(input?.message == message)
  }

  /// Extents multiplied without end neither trap nor ask for memory.
  @Test func refusesExtentsWithoutEnd() throws {
    var writer = ProgramWriter()
    writer.model = writer.model.replacingOccurrences(
      of: #""arg":{"as_int":2},"kind":1}],"outputs":[{"as_sym_int""#,
      with: #""arg":{"as_int":4611686018427387904},"kind":1}],"outputs":[{"as_sym_int""#)
    let network = try Network(reading: writer.file(), name: "odd")
    #expect(throws: NetworkError.self) {
      try network.evaluate(["x": NDArray<Double>(shape: [1, 2], values: [1, -2])])
    }
  }

  private func survives(_ bytes: Bytes) -> Bool {
    do {
      let network = try Network(reading: bytes, name: "odd")
      var inputs: [String: NDArray<Double>] = [:]
      for port in network.inputs {
        let shape = port.shape.map { min($0 ?? 2, 4) }
        inputs[port.name] = NDArray(shape: shape, repeating: 0.5)
      }
      _ = try network.evaluate(inputs)
      return true
    } catch {
      return false
    }
  }

  @Test func neverTrapsOnACutFile() {
    let sound = ProgramWriter().file()
    for count in 0..<sound.count { #expect(!survives(sound[0..<count])) }
  }

  /// The archive's checksums find a changed byte wherever one lies in a member that is read.
  @Test func neverTrapsOnAChangedByte() {
    let sound = [UInt8](ProgramWriter().file().data)
    for place in sound.indices {
      var bytes = sound
      bytes[place] ^= 0x55
      _ = survives(Bytes(bytes))
    }
  }

  /// The same with checksums that fit: what lies in the members must be looked at too.
  @Test func neverTrapsOnAChangedByteInAMember() {
    let model = Array(ProgramWriter.soundModel.utf8)
    var accepted = 0
    for place in model.indices {
      for change: UInt8 in [0x01, 0x10] {
        var bytes = model
        bytes[place] ^= change
        guard let text = String(validating: bytes, as: UTF8.self) else { continue }
        var writer = ProgramWriter()
        writer.model = text
        if survives(writer.file()) { accepted += 1 }
      }
    }
    #expect(accepted > 100)
    let weights = Array(ProgramWriter.soundWeights.utf8)
    for place in weights.indices {
      var bytes = weights
      bytes[place] ^= 0x01
      guard let text = String(validating: bytes, as: UTF8.self) else { continue }
      var writer = ProgramWriter()
      writer.weights = text
      _ = survives(writer.file())
    }
  }
}
