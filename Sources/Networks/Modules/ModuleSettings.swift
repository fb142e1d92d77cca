import Checkpoints

/// One module with its place, read by the names that PyTorch gives its settings.
///
/// Settings that a version of PyTorch did not have yet take the value that the version behaved by.
struct ModuleSettings {
  let module: PyTorchModule
  let path: String

  /// The class without its module: `Linear`.
  var kind: String { String(module.className.split(separator: ".").last ?? "") }
  /// Whether the class is one of PyTorch's own modules.
  var isOwn: Bool { module.className.hasPrefix("torch.nn.modules.") || module.className == "torch.nn.\(kind)" }

  func fault(_ reason: String, hint: String? = nil) -> NetworkError {
    .module(path: path, className: isOwn ? kind : module.className, reason: reason, hint: hint)
  }

  private func wrong(_ name: String, _ value: PyTorchModule.Setting, _ needed: String) -> NetworkError {
    fault("has \(name) = \(Self.words(value)); it must be \(needed)")
  }

  private static func words(_ value: PyTorchModule.Setting) -> String {
    switch value {
    case .none: "None"
    case .boolean(let value): value ? "True" : "False"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let text): "'\(text.prefix(40))'"
    case .list(let items): "(\(items.map(words).joined(separator: ", ")))"
    case .name(let name): name
    case .other(let words): words
    }
  }

  // MARK: Settings

  func integer(_ name: String, default standard: Int? = nil, atLeast least: Int = 0) throws(NetworkError) -> Int {
    guard let value = module[setting: name] else {
      guard let standard else { throw fault("has no '\(name)'") }
      return standard
    }
    guard case .integer(let number) = value, number >= least, number <= largestElementCount else {
      throw wrong(name, value, "a whole number from \(least) to \(largestElementCount)")
    }
    return number
  }

  func number(_ name: String, default standard: Double? = nil) throws(NetworkError) -> Double {
    guard let value = module[setting: name] else {
      guard let standard else { throw fault("has no '\(name)'") }
      return standard
    }
    switch value {
    case .integer(let number): return Double(number)
    case .number(let number) where number.isFinite: return number
    default: throw wrong(name, value, "a finite number")
    }
  }

  func flag(_ name: String, default standard: Bool) throws(NetworkError) -> Bool {
    guard let value = module[setting: name] else { return standard }
    guard case .boolean(let flag) = value else { throw wrong(name, value, "True or False") }
    return flag
  }

  func text(_ name: String, default standard: String) throws(NetworkError) -> String {
    guard let value = module[setting: name] else { return standard }
    guard case .text(let text) = value else { throw wrong(name, value, "a text") }
    return text
  }

  func isNone(_ name: String) -> Bool {
    let value = module[setting: name]
    return value == nil || value == PyTorchModule.Setting.none
  }

  /// A size for each of so many axes, which may be written as one number for all.
  func sizes(
    _ name: String, count: Int, default standard: Int? = nil, atLeast least: Int = 0
  ) throws(NetworkError) -> [Int] {
    guard let value = module[setting: name] else {
      guard let standard else { throw fault("has no '\(name)'") }
      return Array(repeating: standard, count: count)
    }
    if case .integer = value {
      return Array(repeating: try integer(name, atLeast: least), count: count)
    }
    let sizes = try self.list(name, atLeast: least)
    guard sizes.count == count else { throw wrong(name, value, "\(count) whole number\(count == 1 ? "" : "s")") }
    return sizes
  }

  /// A list of sizes.
  func list(_ name: String, atLeast least: Int = 0) throws(NetworkError) -> [Int] {
    guard let value = module[setting: name] else { throw fault("has no '\(name)'") }
    var items: [PyTorchModule.Setting] = [value]
    if case .list(let list) = value { items = list }
    var sizes: [Int] = []
    for case .integer(let size) in items where size >= least && size <= largestElementCount { sizes.append(size) }
    guard sizes.count == items.count, !sizes.isEmpty else {
      throw wrong(name, value, "whole numbers from \(least) to \(largestElementCount)")
    }
    return sizes
  }

  // MARK: Tensors

  /// A tensor of a known shape; `nil` where the module has none of the name.
  func optionalTensor(_ name: String, _ shape: [Int]) throws(NetworkError) -> Tensor? {
    guard let tensor = module.tensor(name) else { return nil }
    guard tensor.shape == shape else {
      throw fault("has '\(name)' of \(tensor.shape.written); its settings need \(shape.written)")
    }
    guard ModelDescription.isParameter(tensor.elementType) else {
      throw fault("has '\(name)' of type \(tensor.elementType.rawValue); real numbers are needed")
    }
    return tensor
  }

  func tensor(_ name: String, _ shape: [Int]) throws(NetworkError) -> Tensor {
    guard let tensor = try optionalTensor(name, shape) else { throw fault("has no tensor '\(name)'") }
    return tensor
  }
}
