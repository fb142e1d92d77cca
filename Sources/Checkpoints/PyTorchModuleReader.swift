/// Reads a tree of modules from a pickle. A module that is used twice is read twice, its tensors once.
struct PyTorchModuleReader {
  /// Modules may lie in each other this deep.
  static let deepest = 64
  /// The most modules, each counted as often as it is used.
  static let mostModules = 20_000

  private let arena: PickleArena
  private var maker: PyTorchTensors
  private var tensors: [PickleArena.Place: Tensor] = [:]
  private var names: Set<ExactName> = []
  private var enclosing: Set<PickleArena.Place> = []
  private var count = 0

  init(_ file: PyTorchFile, fileCount: Int) {
    arena = file.arena
    maker = PyTorchTensors(of: file, fileCount: fileCount)
  }

  /// The module at a place; `nil` when what is there is none.
  mutating func module(at place: PickleArena.Place, path: [String]) throws(CheckpointError) -> PyTorchModule? {
    guard case .object(let callee, _, _) = arena[place].content, let className = arena.globalName(callee) else {
      return nil
    }
    let fields = fields(of: place)
    guard let parameters = fields[ExactName("_parameters")], let parts = fields[ExactName("_modules")] else {
      return nil
    }
    func fault(_ fault: ModuleFault) -> CheckpointError { .pyTorch(.module(path.joined(separator: "."), fault)) }
    guard path.count <= Self.deepest else { throw fault(.tooDeep(limit: Self.deepest)) }
    guard enclosing.insert(place).inserted else { throw fault(.partOfItself) }
    defer { enclosing.remove(place) }
    count += 1
    guard count <= Self.mostModules else { throw fault(.tooMany(limit: Self.mostModules)) }

    var own: [(name: String, tensor: Tensor)] = []
    for (kind, dictionary) in [("_parameters", parameters), ("_buffers", fields[ExactName("_buffers")])] {
      guard let dictionary else { continue }
      guard let entries = entries(of: dictionary) else {
        throw fault(.dictionary(kind, found: arena.words(for: dictionary)))
      }
      for (name, value) in entries where arena[value].content != .none {
        guard let tensor = try tensor(at: value, named: (path + [name]).joined(separator: ".")) else {
          throw fault(.tensor(name, found: arena.words(for: value)))
        }
        own.append((name, tensor))
      }
    }
    guard let partEntries = entries(of: parts) else {
      throw fault(.dictionary("_modules", found: arena.words(for: parts)))
    }
    var children: [(name: String, module: PyTorchModule)] = []
    for (name, value) in partEntries where arena[value].content != .none {
      guard let child = try module(at: value, path: path + [name]) else {
        throw fault(.part(name, found: arena.words(for: value)))
      }
      children.append((name, child))
    }
    return PyTorchModule(
      className: className, tensors: own, children: children, hooks: hooks(fields),
      settings: fields.compactMapValues { setting($0, depth: 0) })
  }

  private func fields(of place: PickleArena.Place) -> [ExactName: PickleArena.Place] {
    var fields: [ExactName: PickleArena.Place] = [:]
    for state in arena[place].states {
      // A state is a dictionary of attributes, or a pair of one and of slots.
      for part in arena[state].content == .tuple ? arena[state].items : [state] {
        for (name, value) in entries(of: part) ?? [] { fields[ExactName(name)] = value }
      }
    }
    return fields
  }

  /// The entries of a dictionary with texts for keys; `nil` when it is no dictionary.
  private func entries(of place: PickleArena.Place) -> [(name: String, place: PickleArena.Place)]? {
    var entries: [(name: String, place: PickleArena.Place)] = []
    switch arena[place].content {
    case .dictionary: break
    case .object(_, let arguments, _):
      guard arena.call(place)?.name == "collections.OrderedDict" else { return nil }
      // Python 2 gave an ordered dictionary its entries as a list of pairs.
      for list in arena[arguments].items {
        for pair in arena[list].items where arena[pair].items.count == 2 {
          if let name = arena.text(arena[pair].items[0]) { entries.append((name, arena[pair].items[1])) }
        }
      }
    default: return nil
    }
    for entry in arena.entries(place) { if let name = arena.text(entry.key) { entries.append((name, entry.value)) } }
    return entries
  }

  private mutating func tensor(at place: PickleArena.Place, named name: String) throws(CheckpointError) -> Tensor? {
    if let known = tensors[place] { return known }
    let view: PyTorchView?
    do throws(PyTorchFault) { view = try PyTorchView.view(at: place, in: arena) } catch {
      throw .pyTorch(.inTensor(name, error))
    }
    guard let view else { return nil }
    guard names.insert(ExactName(name)).inserted else { throw .pyTorch(.duplicateName(name)) }
    let tensor = try maker.tensor(name, view)
    tensors[place] = tensor
    return tensor
  }

  private func hooks(_ fields: [ExactName: PickleArena.Place]) -> [String] {
    var names: [String] = []
    for kind in ["_forward_pre_hooks", "_forward_hooks"] {
      guard let place = fields[ExactName(kind)] else { continue }
      for entry in arena.entries(place) {
        names.append(arena.call(entry.value)?.name ?? arena.globalName(entry.value) ?? arena.words(for: entry.value))
      }
    }
    return names
  }

  private func setting(_ place: PickleArena.Place, depth: Int) -> PyTorchModule.Setting {
    switch arena[place].content {
    case .none: return .none
    case .boolean(let value): return .boolean(value)
    case .integer(let value): return .integer(value)
    case .number(let value): return .number(value)
    case .text(let text): return .text(text)
    case .tuple, .list:
      // Settings are short and shallow: sizes, pairs of sizes.
      guard depth < 3, arena[place].items.count <= 16 else { return .other(arena.words(for: place)) }
      return .list(arena[place].items.map { setting($0, depth: depth + 1) })
    case .global(let module, let name): return .name("\(module).\(name)")
    case .object:
      if let (name, arguments) = arena.call(place), name == "torch.Size", let sizes = arguments.first, depth < 3 {
        return setting(sizes, depth: depth + 1)
      }
      return .other(arena.words(for: place))
    default: return .other(arena.words(for: place))
    }
  }
}
