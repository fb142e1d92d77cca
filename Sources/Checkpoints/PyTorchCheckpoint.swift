/// PyTorch's checkpoints, as `torch.save` writes them: in a zip archive, or in the older form.
public enum PyTorchCheckpoint {
  /// Reads the weights of a checkpoint, or the arrays of a pickle that has NumPy's alone. Nothing in it is run.
  ///
  /// One set of tensors that stands out gives the tensors their plain names. Of several, such as the weights and their
  /// running average, none is chosen: names then begin with the set's own. What is left out or taken off stands in
  /// `Checkpoint.notes`; the outermost plain values, such as the epoch, in `Checkpoint.metadata`.
  ///
  /// - Parameters:
  ///   - set: what the names of the tensors to read begin with, which is then taken off: `ema`; `nil` for all weights.
  ///   - keepsNames: whether the prefixes of wrappers (`module.`) stay.
  /// - Throws: `CheckpointError.pyTorch`, `.pickle`, `.zip`, `.inMember` or `.unknownSet`.
  public static func decode(
    _ bytes: Bytes, set: String? = nil, keepsNames: Bool = false
  ) throws(CheckpointError) -> Checkpoint {
    try decode(try PyTorchFile(pickled: bytes), bytes, set: set, keepsNames: keepsNames)
  }

  static func decode(
    _ archive: ZipArchive, _ bytes: Bytes, set: String?, keepsNames: Bool
  ) throws(CheckpointError) -> Checkpoint {
    try decode(try PyTorchFile(archive), bytes, set: set, keepsNames: keepsNames)
  }

  private static func decode(
    _ file: PyTorchFile, _ bytes: Bytes, set: String?, keepsNames: Bool
  ) throws(CheckpointError) -> Checkpoint {
    let found: PyTorchSets
    do throws(PyTorchFault) {
      found = try PyTorchSets(in: file.arena, readsArrays: file.storages.declarations.isEmpty)
    } catch { throw .pyTorch(error) }
    let uninterpreted = PyTorchNames.uninterpreted(in: file.arena)
    guard !found.sets.isEmpty else {
      throw .pyTorch(.noTensors(PyTorchNames.description(of: file.arena, uninterpreted: uninterpreted)))
    }
    let choice = try SetChoice(among: found.sets, named: set, keepsNames: keepsNames)
    var notes = choice.notes
    if found.hasDeeper { notes.append("values nested deeper than \(PyTorchSets.deepest) are not looked at") }
    let modules = choice.groups.compactMap(\.moduleClass)
    if file.isTorchScript {
      notes.append(
        "a TorchScript program; its weights are read, its function is not: export it with torch.export or ONNX")
    } else if !modules.isEmpty {
      notes.append("a whole module, \(quoted(modules[0])); these are its weights")
    }
    if !uninterpreted.isEmpty && !file.isTorchScript {
      notes.append("named and not run: \(PyTorchNames.listed(uninterpreted))")
    }
    let (tensors, unreadable) = try Self.tensors(choice.members, of: file, fileCount: bytes.count)
    return Checkpoint(
      format: file.format, tensors: tensors, metadata: metadata(in: file.arena), unreadable: unreadable, notes: notes,
      sets: choice.sets(of: found.sets), bytes: bytes)
  }

  /// The numbers, truths and short texts that the outermost dictionary holds beside its tensors.
  private static func metadata(in arena: PickleArena) -> [MetadataEntry] {
    var entries: [MetadataEntry] = []
    var keys: Set<ExactName> = []
    for (key, value) in arena.entries(arena.root) {
      guard let key = arena.text(key), let text = arena.plainText(value), keys.insert(ExactName(key)).inserted else {
        continue
      }
      entries.append(MetadataEntry(key: key, value: text))
    }
    return entries
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
}
