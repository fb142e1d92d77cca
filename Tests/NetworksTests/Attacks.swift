@testable import Networks

/// Models that are wrong in one way each, with what is to be said about them. The files lie in Attacks/.
struct Attack: Sendable, CustomStringConvertible {
  let name: String
  let message: String
  let bytes: [UInt8]

  var description: String { name }

  private init(_ name: String, _ message: String, _ bytes: [UInt8]) {
    self.name = name
    self.message = message
    self.bytes = bytes
  }

  /// A sound model y = relu(x · w), changed by a closure.
  private init(_ name: String, _ message: String, _ change: (inout ModelWriter) -> Void) {
    var model = ModelWriter()
    model.input("x", [nil, 2])
    model.weights("w", [2, 2], [1, 2, 3, 4])
    model.node("MatMul", ["x", "w"], ["h"], name: "dense")
    model.node("Relu", ["h"], ["y"], name: "act")
    model.output("y", [nil, 2])
    change(&model)
    self.init(name, message, model.bytes)
  }

  private static let sound = Attack("sound", "") { _ in }.bytes

  static let all: [Attack] = files + tensors + graphs + nodes

  private static let files: [Attack] = [
    Attack(
      "cut-in-a-number", "damaged ONNX model: model, byte 11: a number has no end",
      Array(sound[..<8]) + [0x3A, 0x80, 0x80]),
    Attack(
      "length-beyond-the-end", "damaged ONNX model: model, byte 10: 100 bytes are announced where 0 are left",
      Array(sound[..<8]) + [0x3A, 100]),
    Attack(
      "endless-number", "damaged ONNX model: model, byte 19: a number has more than 64 bits",
      Array(sound[..<8]) + [0x08] + [UInt8](repeating: 0x80, count: 9) + [0x7F]),
    Attack("group", "damaged ONNX model: model, byte 9: a field has wire type 3", Array(sound[..<8]) + [0x3B]),
    Attack("field-zero", "damaged ONNX model: model, byte 9: a field has number 0", Array(sound[..<8]) + [0x02]),
    Attack("no-graph", "damaged ONNX model: model, byte 8: there is no graph", Array(sound[..<8])),
    Attack(
      "graph-is-a-number", "damaged ONNX model: model, byte 10: field 'graph' is not a string of bytes",
      Array(sound[..<8]) + [0x38, 1]),
    Attack(
      "two-graphs", "damaged ONNX model: model, byte \(sound.count + 2): there is a second graph", sound + [0x3A, 0]),
    Attack(
      "git-lfs-pointer", "not a network: a git-lfs pointer",
      Array("version https://git-lfs.github.com/spec/v1\n".utf8)),
    Attack("web-page", "not a network: a web page", Array("<!DOCTYPE html><html></html>".utf8)),
    Attack(
      "zip", "zip archive has no end record; it is cut off, or something was added to it",
      [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 26)),
    Attack("pickle", "it holds no tensor, but a dictionary", [0x80, 2, 0x7D, 0x71, 0, 0x2E]),
    Attack("numpy", "not a network: arrays without a graph (npy)", [0x93] + Array("NUMPY".utf8) + [1, 0, 0, 0]),
  ]

  private static let tensors: [Attack] = [
    Attack("too-few-bytes", "tensor 'v' has 3 bytes; 2×2 of type F32 are 16") {
      $0.tensors.append(ModelWriter.tensor("v", [2, 2], type: 1, raw: [0, 0, 0]))
    },
    Attack("unknown-element-type", "tensor 'v' has the unknown element type 99") {
      $0.tensors.append(ModelWriter.tensor("v", [1], type: 99, raw: [0]))
    },
    Attack("texts", "tensor 'v' holds texts, which are not computed with") {
      $0.tensors.append(ModelWriter.tensor("v", [1], type: 8, raw: []))
    },
    Attack("huge-extents", "tensor 'v' has shape 1099511627776×1099511627776, which no memory holds") {
      $0.tensors.append(ModelWriter.tensor("v", [1 << 40, 1 << 40], type: 1, raw: []))
    },
    Attack("huge-extents-beside-zero", "tensor 'v' has shape 0×4611686018427387904×8, which no memory holds") {
      $0.tensors.append(ModelWriter.tensor("v", [0, 1 << 62, 8], type: 1, raw: []))
    },
    Attack("negative-extent", "tensor 'v' has an axis of extent -1") {
      $0.tensors.append(ModelWriter.tensor("v", [-1], type: 1, raw: []))
    },
    Attack("many-axes", "tensor 'v' has 100 axes; the limit is 12") {
      $0.tensors.append(ModelWriter.tensor("v", [Int](repeating: 1, count: 100), type: 1, raw: [0, 0, 0, 0]))
    },
    Attack(
      "external-data", "tensor 'v' is kept in '../../etc/passwd'; only files in the model's own folder are read"
    ) {
      let entry = ModelWriter.field(1, "location") + ModelWriter.field(2, "../../etc/passwd")
      $0.tensors.append(
        ModelWriter.tensor("v", [1], type: 1, raw: []) + ModelWriter.field(13, entry) + ModelWriter.field(14, 1))
    },
    Attack("segments", "tensor 'v' is kept in segments, which are not read") {
      $0.tensors.append(ModelWriter.tensor("v", [1], type: 1, raw: [0, 0, 0, 0]) + ModelWriter.field(3, [UInt8]()))
    },
    Attack("sparse", "the model holds sparse tensors; Fieldbook does not evaluate this") {
      $0.graphExtra = ModelWriter.field(15, [UInt8]())
    },
  ]

  private static let graphs: [Attack] = [
    Attack(
      "no-operator-set", "damaged ONNX model: model: the version of the operator set is missing",
      Array(sound.dropLast(4))),
    Attack("operator-set-999", "operator set 999 is asked for; known are 7 to 28") { $0.opset = 999 },
    Attack("operator-set-3", "operator set 3 is asked for; known are 7 to 28") { $0.opset = 3 },
    Attack("two-tensors-of-one-name", "'w' is defined twice") { $0.weights("w", [1], [0]) },
    Attack("two-results-of-one-name", "'h' is defined twice") { $0.node("Tanh", ["x"], ["h"]) },
    Attack("one-name-in-two-spellings", "'cafe\u{301}' is defined twice") {
      $0.weights("caf\u{E9}", [1], [0])
      $0.weights("cafe\u{301}", [1], [0])
    },
    Attack("missing-weights", "'bias', which node 2 'add' (Add) reads, is not defined") {
      $0.node("Add", ["h", "bias"], ["z"], name: "add")
    },
    Attack("missing-output", "'z', which the list of outputs reads, is not defined") { $0.output("z", [nil]) },
    Attack("no-output", "damaged ONNX model: graph: there is no output") { $0.outputs = [] },
    Attack("output-twice", "'y' is defined twice") { $0.output("y", [nil, 2]) },
    Attack("cycle", "node 2 'a' (Tanh), node 3 'b' (Exp) wait for each other") {
      $0.node("Tanh", ["q"], ["p"], name: "a")
      $0.node("Exp", ["p"], ["q"], name: "b")
    },
    Attack("cycle-of-one", "node 2 (Tanh) wait for each other") { $0.node("Tanh", ["p"], ["p"]) },
    Attack("unnamed-input", "damaged ONNX model: graph: an input or tensor has no name") { $0.input("", [1]) },
    Attack("sequence-input", "input 's' is a sequence; Fieldbook does not evaluate this") {
      $0.inputs.append(ModelWriter.field(1, "s") + ModelWriter.field(2, ModelWriter.field(4, [UInt8]())))
    },
    Attack("text-input", "tensor 's' has the unknown element type 8") { $0.input("s", [1], type: 8) },
    Attack("huge-input", "tensor 'u' has shape 4294967296×4294967296, beyond the limit of 67108864 numbers") {
      $0.input("u", [1 << 32, 1 << 32])
    },
    Attack("training", "the model holds a training algorithm; Fieldbook does not evaluate this") {
      $0.modelExtra = ModelWriter.field(20, [UInt8]())
    },
  ]

  private static let nodes: [Attack] = [
    Attack("unknown-operation", "operation 'Relo' in node 2 'act2' (Relo) is not supported yet") {
      $0.node("Relo", ["h"], ["z"], name: "act2")
    },
    Attack("foreign-operation", "operation 'com.microsoft::FusedGemm' in node 2 (FusedGemm) is not supported yet") {
      $0.node("FusedGemm", ["h"], ["z"], domain: "com.microsoft")
    },
    Attack(
      "function-in-itself",
      "function 'Twice' lies more than 16 calls deep, or calls itself; Fieldbook does not evaluate this"
    ) {
      $0.node("Twice", ["h"], ["z"], domain: "local")
      $0.modelExtra = ModelWriter.function("Twice", calling: ["Twice"])
    },
    Attack(
      "function-of-functions",
      "the graph has more than 65536 nodes when its functions are written out; Fieldbook does not evaluate this"
    ) {
      // Each calls the next one eight times.
      $0.node("f0", ["h"], ["z"], domain: "local")
      for level in 0..<8 {
        $0.modelExtra += ModelWriter.function("f\(level)", calling: [String](repeating: "f\(level + 1)", count: 8))
      }
      $0.modelExtra += ModelWriter.function("f8", calling: [])
    },
    Attack("function-twice", "'local::Twice' is defined twice") {
      $0.modelExtra = ModelWriter.function("Twice", calling: []) + ModelWriter.function("Twice", calling: [])
    },
    Attack("branch-missing", "node 2 'choose' (If): attribute 'else_branch', a graph, is missing") {
      let branch = ModelWriter.field(1, "then_branch") + ModelWriter.field(6, [UInt8]()) + ModelWriter.field(20, 5)
      $0.node("If", ["h"], ["z"], name: "choose", [branch])
    },
    Attack("body-missing", "node 2 (Loop): attribute 'body', a graph, is missing") {
      $0.node("Loop", ["", ""], ["z"])
    },
    Attack("scan-of-nothing", "node 2 (Scan): attribute 'num_scan_inputs' is missing or does not fit 1 operands") {
      $0.node("Scan", ["h"], ["z"], [ModelWriter.attribute("num_scan_inputs", Int.max)])
    },
    Attack("captured-name-unknown", "'nowhere', which node 2 (Loop) reads, is not defined") {
      let inner = ModelWriter.field(
        1, ModelWriter.field(1, "nowhere") + ModelWriter.field(2, "q") + ModelWriter.field(4, "Exp"))
      $0.node("Loop", ["", ""], ["z"], [ModelWriter.field(1, "body") + ModelWriter.field(6, inner)])
    },
    Attack("deep-subgraphs", "node 0 holds a graph more than 8 deep; Fieldbook does not evaluate this") {
      var graph: [UInt8] = []
      for _ in 0..<200 {
        let attribute = ModelWriter.field(1, "body") + ModelWriter.field(6, graph)
        graph = ModelWriter.field(1, ModelWriter.field(4, "Loop") + ModelWriter.field(5, attribute))
      }
      $0.node("Loop", ["h"], ["z"], [ModelWriter.field(1, "body") + ModelWriter.field(6, graph)])
    },
    Attack(
      "noise",
      "node 2 (RandomNormalLike): random numbers are drawn in the forward pass; export the model without noise, "
        + "or with it as an input"
    ) { $0.node("RandomNormalLike", ["h"], ["z"]) },
    Attack(
      "clipped-gates",
      "node 2 (GRU): attribute 'clip' bounds what enters the gates, which is not evaluated; export the model without"
    ) { $0.node("GRU", ["h", "w", "w"], ["z"], [ModelWriter.attribute("clip", Float(1))]) },
    Attack(
      "sideways", "node 2 (RNN): attribute 'direction' is 'up'; it must be 'forward', 'reverse' or 'bidirectional'"
    ) { $0.node("RNN", ["h", "w", "w"], ["z"], [ModelWriter.attribute("direction", "up")]) },
    Attack(
      "odd-reduction",
      "node 2 (ScatterND): attribute 'reduction' is 'xor'; it must be 'none', 'add', 'mul', 'max' or 'min'"
    ) { $0.node("ScatterND", ["h", "w", "w"], ["z"], [ModelWriter.attribute("reduction", "xor")]) },
    Attack("odd-scores", "node 2 (Attention): attribute 'qk_matmul_output_mode' is 9; it must be 0 to 3") {
      $0.node("Attention", ["h", "h", "h"], ["z"], [ModelWriter.attribute("qk_matmul_output_mode", 9)])
    },
    Attack("attribute-twice", "damaged ONNX model: node 2: attribute 'axis' is given twice") {
      $0.node("Softmax", ["h"], ["z"], [ModelWriter.attribute("axis", 1), ModelWriter.attribute("axis", 0)])
    },
    Attack("attribute-of-another-type", "node 2 (Gemm): attribute 'alpha' must be a number") {
      $0.node("Gemm", ["h", "w"], ["z"], [ModelWriter.attribute("alpha", 1)])
    },
    Attack("no-axis", "node 2 (Concat): attribute 'axis' is missing") { $0.node("Concat", ["h", "h"], ["z"]) },
    Attack("odd-gelu", "node 2 (Gelu): attribute 'approximate' is 'fast'; it must be 'none' or 'tanh'") {
      $0.node("Gelu", ["h"], ["z"], [ModelWriter.attribute("approximate", "fast")])
    },
    Attack(
      "cast-to-text",
      "node 2 (Cast): a cast to element type 8 is asked for; it must be a whole, truth, float or double type"
    ) { $0.node("Cast", ["h"], ["z"], [ModelWriter.attribute("to", 8)]) },
    Attack(
      "training-statistics",
      "node 2 (BatchNormalization): the batch's own mean and variance are asked for (training mode); "
        + "export the model in evaluation mode"
    ) { $0.node("BatchNormalization", ["h", "w", "w", "w", "w"], ["z"], [ModelWriter.attribute("training_mode", 1)]) },
    Attack("empty-constant", "node 2 (Constant): the constant has no value of a known kind") {
      $0.node("Constant", [], ["z"])
    },
  ]
}
