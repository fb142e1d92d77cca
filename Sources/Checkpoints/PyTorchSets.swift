/// Finds the sets of tensors in a pickle. Shared values are found wherever they lie; cycles are followed once.
struct PyTorchSets {
  /// Deeper than this, nothing is looked for.
  static let deepest = 100

  private let arena: PickleArena
  private let readsArrays: Bool
  private let limit: Int
  private var visits = 0
  private var path: Set<PickleArena.Place> = []
  private(set) var sets: [TensorGroup] = []
  private(set) var hasDeeper = false

  /// - Throws: `.tooEntangled`, or what is the matter with a tensor.
  ///
  /// - Parameter readsArrays: whether arrays of NumPy count as tensors; beside PyTorch's own they are logs, as a rule.
  init(in arena: PickleArena, readsArrays: Bool) throws(PyTorchFault) {
    self.arena = arena
    self.readsArrays = readsArrays
    limit = max(100_000, 8 * arena.nodes.count)
    if try isTensor(arena.root) {
      sets = [TensorGroup(path: [], members: [("tensor", arena.root)])]
    } else {
      try look(at: arena.root, [], isAside: false)
    }
    markStrays()
  }

  // MARK: Going through values

  private func isTensor(_ place: PickleArena.Place) throws(PyTorchFault) -> Bool {
    guard case .object = arena[place].content else { return false }
    if readsArrays && PickledArray.isArray(place, in: arena) { return true }
    do throws(PyTorchFault) { return try PyTorchView.view(at: place, in: arena) != nil } catch {
      // Its name is not known yet; it is looked at again when it is.
      return true
    }
  }

  /// Enters a value that is not being looked at already.
  private mutating func enter(_ place: PickleArena.Place) throws(PyTorchFault) -> Bool {
    visits += 1
    guard visits <= limit else { throw .tooEntangled(limit: limit) }
    guard path.count < Self.deepest else {
      hasDeeper = true
      return false
    }
    return path.insert(place).inserted
  }

  private mutating func look(
    at place: PickleArena.Place, _ names: [String], isAside: Bool
  ) throws(PyTorchFault) {
    guard try enter(place) else { return }
    defer { path.remove(place) }
    if let module = moduleParts(place) {
      var set = TensorGroup(path: names, members: [], moduleClass: module.name, isAside: isAside)
      try collect(place, prefix: "", into: &set)
      if !set.members.isEmpty { sets.append(set) }
      return
    }
    let fields = fields(of: place)
    let fieldNames = Set(fields.map { ExactName($0.name) })
    // An optimiser keeps both, under whatever name it is saved.
    let isOptimiser = fieldNames.contains(ExactName("state")) && fieldNames.contains(ExactName("param_groups"))
    let isAside = isAside || isOptimiser
    let position = sets.count
    var members: [(name: String, place: PickleArena.Place)] = []
    for field in fields {
      if try isTensor(field.place) {
        members.append(field)
      } else if isContainer(field.place) {
        try look(
          at: field.place, names + [field.name],
          isAside: isAside || names.isEmpty && TensorGroup.servesTraining(field.name))
      } else {
        visits += 1
      }
    }
    guard visits <= limit else { throw .tooEntangled(limit: limit) }
    if !members.isEmpty { sets.insert(TensorGroup(path: names, members: members, isAside: isAside), at: position) }
  }

  private func isContainer(_ place: PickleArena.Place) -> Bool {
    switch arena[place].content {
    case .tuple, .list, .set, .dictionary, .object: true
    default: false
    }
  }

  /// What a value holds, by name: entries by their keys, elements and arguments by their numbers.
  private func fields(of place: PickleArena.Place) -> [(name: String, place: PickleArena.Place)] {
    let node = arena[place]
    var fields: [(name: String, place: PickleArena.Place)] = []
    if case .object(_, let arguments, _) = node.content {
      let isFilled = arena.call(place).map { $0.name == "collections.OrderedDict" } ?? false
      for (index, argument) in arena[arguments].items.enumerated() {
        guard isFilled else {
          fields.append(("\(index)", argument))
          continue
        }
        // Python 2 gave an ordered dictionary its entries as a list of pairs.
        for pair in arena[argument].items where arena[pair].items.count == 2 {
          fields.append((name(ofKey: arena[pair].items[0]), arena[pair].items[1]))
        }
      }
    }
    for (index, item) in node.items.enumerated() { fields.append(("\(index)", item)) }
    for entry in arena.entries(place) { fields.append((name(ofKey: entry.key), entry.value)) }
    for state in node.states { fields += stateFields(state) }
    return fields
  }

  /// An object's state is a dictionary of its attributes, or a pair of one and of its slots.
  private func stateFields(_ state: PickleArena.Place) -> [(name: String, place: PickleArena.Place)] {
    let parts = arena[state].content == .tuple ? arena[state].items : [state]
    return parts.flatMap { part in arena.entries(part).map { (name(ofKey: $0.key), $0.value) } }
  }

  private func name(ofKey place: PickleArena.Place) -> String {
    arena.text(place) ?? arena.integer(place).map(String.init) ?? "#\(place)"
  }

  // MARK: Modules

  private func field(_ name: String, of fields: [(name: String, place: PickleArena.Place)]) -> PickleArena.Place? {
    fields.last { ExactName($0.name) == ExactName(name) }?.place
  }

  /// A module keeps its parameters and its parts in dictionaries of known names; one of TorchScript, among its attributes.
  private func moduleParts(
    _ place: PickleArena.Place
  ) -> (name: String, fields: [(name: String, place: PickleArena.Place)], isScript: Bool)? {
    guard let (name, _) = arena.call(place) else { return nil }
    let fields = arena[place].states.flatMap { stateFields($0) }
    if name.hasPrefix("__torch__.") { return (name, fields, true) }
    guard field("_parameters", of: fields) != nil, field("_modules", of: fields) != nil else { return nil }
    return (name, fields, false)
  }

  private mutating func collect(
    _ place: PickleArena.Place, prefix: String, into set: inout TensorGroup
  ) throws(PyTorchFault) {
    guard let module = moduleParts(place) else { return }
    if module.isScript {
      for field in module.fields where try isTensor(field.place) {
        set.members.append((prefix + field.name, field.place))
      }
      for field in module.fields { try collectPart(field, prefix: prefix, into: &set) }
      return
    }
    for kind in ["_parameters", "_buffers"] {
      guard let dictionary = field(kind, of: module.fields) else { continue }
      for field in fields(of: dictionary) where try isTensor(field.place) {
        set.members.append((prefix + field.name, field.place))
      }
    }
    guard let parts = field("_modules", of: module.fields) else { return }
    for part in fields(of: parts) { try collectPart(part, prefix: prefix, into: &set) }
  }

  private mutating func collectPart(
    _ part: (name: String, place: PickleArena.Place), prefix: String, into set: inout TensorGroup
  ) throws(PyTorchFault) {
    guard try enter(part.place) else { return }
    defer { path.remove(part.place) }
    try collect(part.place, prefix: "\(prefix)\(part.name).", into: &set)
  }

  // MARK: What is not weights

  private static let weightNames: Set<String> = [
    "state_dict", "model", "model_state", "model_state_dict", "net", "network", "params", "module", "weights",
  ]

  /// Tensors beside a dictionary of weights, such as the last loss, are not weights.
  private mutating func markStrays() {
    let hasWeights = sets.contains { set in set.path.count == 1 && Self.weightNames.contains(set.path[0].lowercased()) }
    for index in sets.indices where hasWeights && sets[index].path.isEmpty { sets[index].isAside = true }
  }
}
