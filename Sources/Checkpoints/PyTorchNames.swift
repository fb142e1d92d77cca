/// The classes and functions that a checkpoint names.
enum PyTorchNames {
  /// Names whose meaning is known here, or that mean nothing for weights.
  private static let known: Set<String> = [
    "collections.OrderedDict", "collections.defaultdict", "collections.Counter", "torch.Size", "torch.device",
    "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3",
    "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state",
    "torch._tensor._rebuild_from_type_v2", "torch.nn.parameter.Parameter", "torch.nn.parameter.Buffer",
    "torch.storage.UntypedStorage", "torch.storage.TypedStorage", "torch.Tensor", "_codecs.encode",
    "argparse.Namespace", "types.SimpleNamespace", "copyreg._reconstructor", "copy_reg._reconstructor",
  ]
  private static let builtins: Set<String> = [
    "set", "frozenset", "list", "dict", "tuple", "int", "float", "bool", "str", "bytes", "bytearray", "complex",
    "object",
    "slice", "range",
  ]

  private static func isKnown(_ module: String, _ name: String) -> Bool {
    let full = "\(module).\(name)"
    switch module {
    case "builtins", "__builtin__": return builtins.contains(name)
    case "torch", "torch.cuda":
      return name.hasSuffix("Storage") || PyTorchStorages.elementType(named: full) != nil || known.contains(full)
    case "numpy": return ["dtype", "ndarray"].contains(name)
    case "numpy.core.numeric", "numpy._core.numeric": return name == "_frombuffer"
    case "numpy.core.multiarray", "numpy._core.multiarray": return ["scalar", "_reconstruct"].contains(name)
    default: return known.contains(full) || PyTorchView.foreignKinds.contains(full)
    }
  }

  /// The other names, once each, in the order of the pickle.
  static func uninterpreted(in arena: PickleArena) -> [String] {
    var names: [String] = []
    var seen: Set<ExactName> = []
    for node in arena.nodes {
      guard case .global(let module, let name) = node.content, !isKnown(module, name) else { continue }
      let full = "\(module).\(name)"
      if seen.insert(ExactName(full)).inserted { names.append(full) }
    }
    return names
  }

  static func listed(_ names: [String]) -> String {
    let shown = names.prefix(8).map { quoted($0) }.joined(separator: ", ")
    return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
  }

  /// What a pickle without tensors holds, in the words of a message.
  static func description(of arena: PickleArena, uninterpreted: [String]) -> String {
    var words = arena.words(for: arena.root)
    let node = arena[arena.root]
    let keys = arena.entries(arena.root).compactMap { arena.text($0.key) }
    if !keys.isEmpty {
      words += " with the key\(keys.count == 1 ? "" : "s") \(listed(keys))"
    } else if !node.items.isEmpty {
      words += " of \(node.items.count)"
    }
    if !uninterpreted.isEmpty {
      words +=
        "; it names \(listed(uninterpreted)), \(uninterpreted.count == 1 ? "which is not" : "none of which is") run"
    }
    return words
  }
}
