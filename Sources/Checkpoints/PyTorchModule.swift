/// A module of PyTorch as `torch.save(model)` keeps it: its class by name, its settings, its tensors and its parts.
///
/// Nothing of it is run. What the class computes is not in the file, only the class's name is.
public struct PyTorchModule: Sendable {
  /// What a module's attribute was set to.
  public indirect enum Setting: Sendable, Hashable {
    /// `None`
    case none
    /// `True` or `False`
    case boolean(Bool)
    /// A whole number.
    case integer(Int)
    /// Any other number.
    case number(Double)
    /// A text.
    case text(String)
    /// A tuple or list.
    case list([Setting])
    /// The dotted name of a class or function.
    case name(String)
    /// Anything else, in words.
    case other(String)
  }

  /// The class's dotted name: `torch.nn.modules.linear.Linear`.
  public let className: String
  /// The parameters and buffers, by the module's own names for them. A tensor that is met twice bears the name, with its
  /// path, under which it was met first.
  public let tensors: [(name: String, tensor: Tensor)]
  /// The parts, in order. A part may occur more than once.
  public let children: [(name: String, module: PyTorchModule)]
  /// The names of what the module would call besides its own function, such as the hooks of weight normalisation.
  public let hooks: [String]

  let settings: [ExactName: Setting]

  /// The setting of a name.
  public subscript(setting name: String) -> Setting? { settings[ExactName(name)] }

  /// The tensor of a name.
  public func tensor(_ name: String) -> Tensor? { tensors.first { ExactName($0.name) == ExactName(name) }?.tensor }

  /// The part of a name.
  public func child(_ name: String) -> PyTorchModule? {
    children.first { ExactName($0.name) == ExactName(name) }?.module
  }

  /// Reads the module that a file of PyTorch holds; `nil` when what it holds is no module, or one of TorchScript.
  ///
  /// - Throws: `CheckpointError.pyTorch`, `.pickle`, `.zip` or `.inMember`.
  public static func read(_ bytes: Bytes) throws(CheckpointError) -> PyTorchModule? {
    let file: PyTorchFile
    switch FileFormat.sniff(bytes) {
    case .pickle: file = try PyTorchFile(pickled: bytes)
    case .zip:
      let archive: ZipArchive
      do throws(ZipFault) { archive = try ZipArchive(bytes) } catch { throw .zip(error) }
      guard PyTorchFile.recognises(archive) else { return nil }
      file = try PyTorchFile(archive)
    default: return nil
    }
    guard !file.isTorchScript else { return nil }
    var reader = PyTorchModuleReader(file, fileCount: bytes.count)
    return try reader.module(at: file.arena.root, path: [])
  }
}

/// How a module in a file is not as PyTorch's are.
public enum ModuleFault: Sendable, Hashable {
  /// A module is a part of itself.
  case partOfItself
  /// Modules lie in each other deeper than is followed.
  case tooDeep(limit: Int)
  /// There are more modules than are followed, each counted as often as it is used.
  case tooMany(limit: Int)
  /// A part is no module.
  case part(String, found: String)
  /// A parameter or buffer is no tensor.
  case tensor(String, found: String)
  /// What should be a dictionary is none.
  case dictionary(String, found: String)

  var message: String {
    switch self {
    case .partOfItself: "it is a part of itself"
    case .tooDeep(let limit): "modules lie in each other more than \(limit) deep"
    case .tooMany(let limit): "there are more than \(limit) modules"
    case .part(let name, let found): "its part \(quoted(name)) is \(found); it must be a module"
    case .tensor(let name, let found): "its tensor \(quoted(name)) is \(found); it must be a tensor"
    case .dictionary(let name, let found): "its \(quoted(name)) is \(found); it must be a dictionary"
    }
  }
}
