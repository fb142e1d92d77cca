import Foundation

@testable import Checkpoints

/// A small exported program, part by part, so that each can be made wrong.
///
/// y = gelu(x wᵀ + b), seen as batch·2 numbers; x is batch × 2.
struct ProgramWriter {
  var model = Self.soundModel
  var weights = Self.soundWeights
  var constants = #"{"config":{}}"#
  var storages: [(String, [UInt8])] = [
    ("data/weights/weight_0", Self.bytes([1, 0.5, -0.25, 2])), ("data/weights/weight_1", Self.bytes([0.125, -1])),
  ]
  var folder = "small/"
  var modelName = "models/model.json"

  static func bytes(_ numbers: [Float]) -> [UInt8] {
    numbers.flatMap { number in withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) } }
  }

  private static func meta(_ type: Int, _ sizes: String) -> String {
    #"{"dtype":\#(type),"sizes":[\#(sizes)],"requires_grad":false,"strides":[],"storage_offset":{"as_int":0},"layout":7}"#
  }

  private static let open = #"{"as_expr":{"expr_str":"Symbol('s7', positive=True, integer=True)","hint":{"as_int":4}}}"#

  static let soundModel = """
    {"graph_module":{"graph":{"inputs":[],"outputs":[],"nodes":[
    {"target":"torch.ops.aten.sym_size.int","inputs":[{"name":"self","arg":{"as_tensor":{"name":"x"}},"kind":1},{"name":"dim","arg":{"as_int":0},"kind":1}],"outputs":[{"as_sym_int":{"as_name":"rows"}}],"metadata":{},"name":"rows"},
    {"target":"torch.ops.aten.linear.default","inputs":[{"name":"input","arg":{"as_tensor":{"name":"x"}},"kind":1},{"name":"weight","arg":{"as_tensor":{"name":"p_w"}},"kind":1},{"name":"bias","arg":{"as_tensor":{"name":"p_b"}},"kind":1}],"outputs":[{"as_tensor":{"name":"linear"}}],"metadata":{},"name":"linear"},
    {"target":"torch.ops.aten.gelu.default","inputs":[{"name":"self","arg":{"as_tensor":{"name":"linear"}},"kind":1}],"outputs":[{"as_tensor":{"name":"gelu"}}],"metadata":{},"name":"gelu"},
    {"target":"_operator.mul","inputs":[{"name":"a","arg":{"as_sym_int":{"as_name":"rows"}},"kind":1},{"name":"b","arg":{"as_int":2},"kind":1}],"outputs":[{"as_sym_int":{"as_name":"mul"}}],"metadata":{},"name":"mul"},
    {"target":"torch.ops.aten.view.default","inputs":[{"name":"self","arg":{"as_tensor":{"name":"gelu"}},"kind":1},{"name":"size","arg":{"as_sym_ints":[{"as_name":"mul"},{"as_int":1}]},"kind":1}],"outputs":[{"as_tensor":{"name":"view"}}],"metadata":{},"name":"view"}
    ],"tensor_values":{"p_w":\(meta(7, #"{"as_int":2},{"as_int":2}"#)),"p_b":\(meta(7, #"{"as_int":2}"#)),"x":\(meta(7, open + #",{"as_int":2}"#)),"linear":\(meta(7, open + #",{"as_int":2}"#)),"gelu":\(meta(7, open + #",{"as_int":2}"#)),"view":\(meta(7, open + #",{"as_int":1}"#))}},
    "signature":{"input_specs":[{"parameter":{"arg":{"name":"p_w"},"parameter_name":"w"}},{"parameter":{"arg":{"name":"p_b"},"parameter_name":"b"}},{"user_input":{"arg":{"as_tensor":{"name":"x"}}}}],"output_specs":[{"user_output":{"arg":{"as_tensor":{"name":"view"}}}}]}},
    "schema_version":{"major":8,"minor":20},"torch_version":"2.15.0"}
    """

  private static func entry(_ path: String, _ sizes: String, _ strides: String) -> String {
    #"{"path_name":"\#(path)","is_param":true,"use_pickle":false,"tensor_meta":{"dtype":7,"sizes":[\#(sizes)],"strides":[\#(strides)],"storage_offset":{"as_int":0},"layout":7}}"#
  }

  static let soundWeights =
    #"{"config":{"w":\#(entry("weight_0", #"{"as_int":2},{"as_int":2}"#, #"{"as_int":2},{"as_int":1}"#)),"#
    + #""b":\#(entry("weight_1", #"{"as_int":2}"#, #"{"as_int":1}"#))}}"#

  func file() -> Bytes {
    var zip = ZipWriter()
    zip.add(folder + modelName, [Bytes(Array(model.utf8))])
    zip.add(folder + "data/weights/model_weights_config.json", [Bytes(Array(weights.utf8))])
    zip.add(folder + "data/constants/model_constants_config.json", [Bytes(Array(constants.utf8))])
    for (name, content) in storages { zip.add(folder + name, [Bytes(content)]) }
    zip.add(folder + "archive_format", [Bytes(Array("pt2".utf8))])
    return Bytes(data: zip.finish().reduce(into: Data()) { $0.append($1.data) })
  }
}
