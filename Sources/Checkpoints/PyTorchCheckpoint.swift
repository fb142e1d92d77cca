/// PyTorch's checkpoints, as `torch.save` writes them: in a zip archive, or in the older form.
public enum PyTorchCheckpoint {
  /// Prefixes that wrappers put before every name: data-parallel training, compilation, Lightning.
  private static let wrappers = ["module.", "_orig_mod.", "model."]

  /// Reads the weights of a checkpoint, or the arrays of a pickle that has NumPy's alone. Nothing in it is run.
  ///
  /// One set of tensors that stands out gives the tensors their plain names. Of several, such as the weights and their
  /// running average, none is chosen: names then begin with the set's own. What is left out or taken off stands in
  /// `Checkpoint.notes`.
  ///
  /// - Throws: `CheckpointError.pyTorch`, `.pickle`, `.zip` or `.inMember`.
  public static func decode(_ bytes: Bytes) throws(CheckpointError) -> Checkpoint {
    try decode(try PyTorchFile(pickled: bytes), bytes)
  }

  static func decode(_ archive: ZipArchive, _ bytes: Bytes) throws(CheckpointError) -> Checkpoint {
    try decode(try PyTorchFile(archive), bytes)
  }

  private static func decode(_ file: PyTorchFile, _ bytes: Bytes) throws(CheckpointError) -> Checkpoint {
    let found: PyTorchSets
    do throws(PyTorchFault) {
      found = try PyTorchSets(in: file.arena, readsArrays: file.storages.declarations.isEmpty)
    } catch { throw .pyTorch(error) }
    let uninterpreted = PyTorchNames.uninterpreted(in: file.arena)
    guard !found.sets.isEmpty else {
      throw .pyTorch(.noTensors(PyTorchNames.description(of: file.arena, uninterpreted: uninterpreted)))
    }
    var notes: [String] = []
    // When all serve training, they are what the file is for.
    let main = found.sets.contains { !$0.isAside } ? found.sets.filter { !$0.isAside } : found.sets
    let aside = main.count == found.sets.count ? [] : found.sets.filter(\.isAside)
    var members: [(name: String, place: PickleArena.Place)]
    if main.count == 1 {
      members = main[0].members
      if !main[0].path.isEmpty { notes.append("the tensors are those of \(quoted(main[0].pathText))") }
      for _ in wrappers {
        guard
          let prefix = wrappers.first(where: { prefix in
            members.allSatisfy { $0.name.hasPrefix(prefix) && $0.name.utf8.count > prefix.utf8.count }
          })
        else { break }
        members = members.map { (String($0.name.dropFirst(prefix.count)), $0.place) }
        notes.append("every name began with '\(prefix)', which is taken off")
      }
    } else {
      members = main.flatMap { set in
        set.members.map { (set.path.isEmpty ? $0.name : "\(set.pathText).\($0.name)", $0.place) }
      }
      notes.append("several sets of tensors, \(listed(main)); names begin with the set's")
    }
    if !aside.isEmpty { notes.append("left out, as not weights: \(listed(aside))") }
    if found.hasDeeper { notes.append("values nested deeper than \(PyTorchSets.deepest) are not looked at") }
    let modules = main.compactMap(\.moduleClass)
    if file.isTorchScript {
      notes.append(
        "a TorchScript program; its weights are read, its function is not: export it with torch.export or ONNX")
    } else if !modules.isEmpty {
      notes.append("a whole module, \(quoted(modules[0])); these are its weights")
    }
    if !uninterpreted.isEmpty && !file.isTorchScript {
      notes.append("named and not run: \(PyTorchNames.listed(uninterpreted))")
    }

    let (tensors, unreadable) = try Self.tensors(members, of: file, fileCount: bytes.count)
    let sets = found.sets.map { set in
      TensorSet(
        path: set.pathText, tensorCount: set.members.count,
        isRead: main.contains { $0.path == set.path })
    }
    return Checkpoint(
      format: file.format, tensors: tensors, unreadable: unreadable, notes: notes, sets: sets, bytes: bytes)
  }

  private static func tensors(
    _ members: [(name: String, place: PickleArena.Place)], of file: PyTorchFile, fileCount: Int
  ) throws(CheckpointError) -> ([Tensor], [UnreadableMember]) {
    var maker = PyTorchTensors(of: file, fileCount: fileCount)
    var tensors: [Tensor] = []
    var unreadable: [UnreadableMember] = []
    var names: Set<ExactName> = []
    for (name, place) in members {
      guard names.insert(ExactName(name)).inserted else { throw .pyTorch(.duplicateName(name)) }
      let view: PyTorchView?
      do throws(PyTorchFault) { view = try PyTorchView.view(at: place, in: file.arena) } catch {
        guard error.isForeignKind else { throw .pyTorch(.inTensor(name, error)) }
        unreadable.append(UnreadableMember(name: name, reason: .pyTorch(error)))
        continue
      }
      if let view {
        tensors.append(try maker.tensor(name, view))
        continue
      }
      do throws(CheckpointError) {
        if let array = try PickledArray.tensor(named: name, at: place, in: file.arena) {
          // Arrays may share their elements, and be turned into C order each for itself.
          try maker.spend(array.bytes.count)
          tensors.append(array)
        }
      } catch {
        guard case .inMember(_, .numPy(let fault)) = error, fault.isForeignType else { throw error }
        unreadable.append(UnreadableMember(name: name, reason: .numPy(fault)))
      }
    }
    return (tensors, unreadable)
  }

  private static func listed(_ sets: [PyTorchSet]) -> String {
    let words = sets.prefix(12).map { set in
      let count = set.members.count
      return "\(set.path.isEmpty ? "the outermost" : quoted(set.pathText)) (\(count) tensor\(count == 1 ? "" : "s"))"
    }
    return words.joined(separator: ", ") + (sets.count > 12 ? " and \(sets.count - 12) more" : "")
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
