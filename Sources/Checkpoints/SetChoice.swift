/// Which of a file's tensors are read, and under which names.
struct SetChoice {
  /// Prefixes that wrappers put before every name: data-parallel training, compilation, Lightning.
  private static let wrappers = ["module.", "_orig_mod.", "model."]

  /// The tensors, with the names they are given.
  private(set) var members: [TensorGroup.Member]
  /// What was chosen, left out or taken off, each in one sentence.
  private(set) var notes: [String] = []
  /// The sets that the tensors are of.
  let groups: [TensorGroup]

  /// One set that stands out gives its tensors their plain names. Of several, such as the weights and their running
  /// average, none is chosen: names then begin with the set's own.
  ///
  /// - Parameters:
  ///   - groups: every set in the file, at least one.
  ///   - name: what the full names of the tensors to read begin with; `nil` for all that are weights.
  ///   - keepsNames: whether wrappers' prefixes stay.
  /// - Throws: `CheckpointError.unknownSet`.
  init(among groups: [TensorGroup], named name: String?, keepsNames: Bool) throws(CheckpointError) {
    if let name {
      (members, self.groups) = try Self.members(of: groups, beginningWith: name)
      if !keepsNames { takeWrappersOff() }
    } else {
      // When all serve training, they are what the file is for.
      let main = groups.contains { !$0.isAside } ? groups.filter { !$0.isAside } : groups
      let aside = main.count == groups.count ? [] : groups.filter(\.isAside)
      self.groups = main
      if main.count == 1 {
        members = main[0].members
        if !main[0].path.isEmpty { notes.append("the tensors are those of \(quoted(main[0].pathText))") }
        if !keepsNames { takeWrappersOff() }
      } else {
        // Names of several sets have nothing in common that a wrapper would have put there.
        members = main.flatMap(\.membersByFullName)
        notes.append("several sets of tensors, \(Self.listed(main)); names begin with the set's")
      }
      if !aside.isEmpty { notes.append("left out, as not weights: \(Self.listed(aside))") }
    }
  }

  private static func members(
    of groups: [TensorGroup], beginningWith name: String
  ) throws(CheckpointError) -> ([TensorGroup.Member], [TensorGroup]) {
    let start = Array("\(name).".utf8)
    var members: [TensorGroup.Member] = []
    var chosen: [TensorGroup] = []
    for group in groups {
      let found = group.membersByFullName.filter {
        $0.name.utf8.starts(with: start) && $0.name.utf8.count > start.count
      }
      guard !found.isEmpty else { continue }
      members += found.map { (String(decoding: $0.name.utf8.dropFirst(start.count), as: UTF8.self), $0.place) }
      chosen.append(group)
    }
    guard !members.isEmpty else {
      throw .unknownSet(name, known: groups.map(\.pathText).filter { !$0.isEmpty })
    }
    return (members, chosen)
  }

  private mutating func takeWrappersOff() {
    for _ in Self.wrappers {
      guard
        let prefix = Self.wrappers.first(where: { prefix in
          members.allSatisfy { $0.name.hasPrefix(prefix) && $0.name.utf8.count > prefix.utf8.count }
        })
      else { return }
      members = members.map { (String($0.name.dropFirst(prefix.count)), $0.place) }
      notes.append("every name began with '\(prefix)', which is taken off")
    }
  }

  /// Every set, with whether it is among those read.
  func sets(of groups: [TensorGroup]) -> [TensorSet] {
    groups.map { group in
      TensorSet(
        path: group.pathText, tensorCount: group.members.count, isRead: self.groups.contains { $0.path == group.path })
    }
  }

  private static func listed(_ groups: [TensorGroup]) -> String {
    let words = groups.prefix(12).map { group in
      let count = group.members.count
      return
        "\(group.path.isEmpty ? "the outermost" : quoted(group.pathText)) (\(count) tensor\(count == 1 ? "" : "s"))"
    }
    return words.joined(separator: ", ") + (groups.count > 12 ? " and \(groups.count - 12) more" : "")
  }
}

/// Tensors that lie together in a file: a state dictionary, a list of tensors, a module's weights.
struct TensorGroup {
  /// A name within the group, and where the tensor is described.
  typealias Member = (name: String, place: Int)

  /// Where it lies, from the outermost value on; empty for the outermost value itself.
  let path: [String]
  /// The tensors, in the order of the file.
  var members: [Member]
  /// The class, when the group is a whole module.
  var moduleClass: String?
  /// Whether it serves training alone, such as an optimiser's moments.
  var isAside = false

  var pathText: String { path.joined(separator: ".") }

  var membersByFullName: [Member] {
    path.isEmpty ? members : members.map { ("\(pathText).\($0.name)", $0.place) }
  }

  /// Whether what lies under a name serves training alone.
  static func servesTraining(_ name: String) -> Bool {
    let name = name.lowercased()
    return [
      "opt_state", "optim", "lr_sched", "sched", "scaler", "rng", "callbacks", "loops", "hyper_parameters", "hparams",
    ]
    .contains { name.hasPrefix($0) }
  }
}

/// A set of tensors that a checkpoint holds, such as a model's state dictionary.
public struct TensorSet: Sendable, Hashable {
  /// Where it lies in the file, as dotted keys; empty for the outermost value.
  public let path: String
  /// How many tensors it has.
  public let tensorCount: Int
  /// Whether its tensors are among those of the checkpoint.
  public let isRead: Bool
}
