import Diagnostics

/// The functions that a recipe's lines may call by short names.
enum RecipeFunctions {
  /// Elementwise ones, by ONNX's names.
  static let elementwise: [String: String] = [
    "tanh": "Tanh", "sigmoid": "Sigmoid", "relu": "Relu", "exp": "Exp", "log": "Log", "sqrt": "Sqrt", "sin": "Sin",
    "cos": "Cos", "abs": "Abs", "erf": "Erf", "gelu": "Gelu", "silu": "Swish", "softplus": "Softplus",
    "softsign": "Softsign", "mish": "Mish", "elu": "Elu",
  ]
  /// Those over the last axis, which stays with extent 1.
  static let reductions: [String: String] = [
    "sum": "ReduceSum", "mean": "ReduceMean", "max": "ReduceMax", "min": "ReduceMin",
  ]
  /// The others.
  static let special = [
    "clip", "concat", "gather", "im", "linear", "log_softmax", "ones", "re", "reshape", "slice", "softmax", "zeros",
  ]

  static let names = (Array(elementwise.keys) + Array(reductions.keys) + special).sorted()

  static func hint(for name: String) -> String? {
    if let operation = nearestName(to: name, among: name.first?.isUppercase == true ? OperationCatalog.names : names) {
      return "did you mean '\(operation)'?"
    }
    return "use one of \(names.map { "'\($0)'" }.joined(separator: ", ")), or an operation of ONNX by its name"
  }
}
