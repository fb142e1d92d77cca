/// One tensor as a pickle describes it: a view into a storage, checked against what the pickle says of the storage.
struct PyTorchView {
  let storage: PyTorchStorages.Declaration
  let type: ElementType
  /// In elements from the start of the storage.
  let offset: Int
  let shape: [Int]
  let strides: [Int]
  let isConjugated: Bool
  let isNegated: Bool

  /// Reads what would have been called to rebuild a tensor; `nil` when the value at the place is no tensor.
  ///
  /// - Throws: what is the matter with the tensor; `.kind` and `.elementType` when it is sound but not read.
  static func view(at place: PickleArena.Place, in arena: PickleArena) throws(PyTorchFault) -> PyTorchView? {
    var place = place
    // Parameters and subclasses wrap a tensor; the wrapping is finite, as it could otherwise go round in circles.
    for _ in 0..<8 {
      guard case .object(let callee, let tuple, _) = arena[place].content, var name = arena.globalName(callee) else {
        return nil
      }
      var arguments = arena[tuple].items
      if name == "torch._tensor._rebuild_from_type_v2" || name == "torch.tensor._rebuild_from_type" {
        guard arguments.count >= 3, let function = arena.globalName(arguments[0]) else { return nil }
        name = function
        arguments = arena[arguments[2]].items
      }
      switch name {
      case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state",
        "torch.nn.parameter.Parameter", "torch.nn.parameter.Buffer":
        guard let inner = arguments.first else { return nil }
        place = inner
      case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3":
        return try PyTorchView(arguments, of: name, in: arena, offset: arena[place].offset)
      case _ where foreignKinds.contains(name): throw .kind(name)
      default: return nil
      }
    }
    return nil
  }

  static let foreignKinds: Set<String> = [
    "torch._utils._rebuild_qtensor", "torch._utils._rebuild_sparse_tensor",
    "torch._utils._rebuild_sparse_csr_tensor", "torch._utils._rebuild_meta_tensor_no_storage",
    "torch._utils._rebuild_nested_tensor", "torch._utils._rebuild_wrapper_subclass",
    "torch._utils._rebuild_device_tensor_from_numpy", "torch._utils._rebuild_device_tensor_from_cpu_tensor",
    "torch._utils._rebuild_xla_tensor",
  ]

  private init(
    _ arguments: [PickleArena.Place], of function: String, in arena: PickleArena, offset place: Int
  ) throws(PyTorchFault) {
    let hasOwnType = function.hasSuffix("_v3")
    let needed = hasOwnType ? 7...8 : function.hasSuffix("_v2") ? 6...7 : 4...4
    guard needed.contains(arguments.count) else {
      throw .argument(
        "description", needed: "\(needed.lowerBound) or more parts", found: "\(arguments.count)", offset: place)
    }
    guard let reference = try PyTorchStorages.reference(at: arguments[0], in: arena) else {
      throw .argument("storage", needed: "one of the file", found: arena.words(for: arguments[0]), offset: place)
    }
    storage = reference.declaration
    if hasOwnType {
      let name = arena.globalName(arguments[6]) ?? arena.words(for: arguments[6])
      guard let type = PyTorchStorages.elementType(named: name) else { throw .elementType(name) }
      self.type = type
    } else {
      guard let type = storage.type else { throw .elementType("torch.\(storage.typeName)") }
      self.type = type
    }
    guard let start = arena.integer(arguments[1]) else {
      throw .argument("offset", needed: "a whole number", found: arena.words(for: arguments[1]), offset: place)
    }
    guard start >= 0 else { throw .negative("offset", start, offset: place) }
    shape = try Self.counts("extent", arguments[2], in: arena, offset: place)
    strides = try Self.counts("stride", arguments[3], in: arena, offset: place)
    guard shape.count == strides.count else { throw .strideCount(axes: shape.count, strides: strides.count) }
    guard shape.count <= Tensor.mostAxes else { throw .tooManyAxes(shape.count) }
    guard type.byteCount(shape: shape) != nil else { throw .impossibleSize(shape: shape) }
    // A byte storage that several types share is counted in bytes.
    let width = type.bitWidth / 8
    let total = reference.count * storage.elementWidth / width
    try Self.check(start: start, shape: shape, strides: strides, count: total)
    guard reference.offset * storage.elementWidth % width == 0 else { throw .storageReference(offset: place) }
    let (whole, overflow) = start.addingReportingOverflow(reference.offset * storage.elementWidth / width)
    guard !overflow else { throw .beyondStorage(last: nil, count: total) }
    offset = whole
    let marks = arguments.count > needed.lowerBound ? arena.entries(arguments[arguments.count - 1]) : []
    func isSet(_ mark: String) -> Bool {
      marks.contains { arena.text($0.key) == mark && arena[$0.value].content == .boolean(true) }
    }
    isConjugated = isSet("conj")
    isNegated = isSet("neg")
  }

  /// Reads a tuple of counts, or a `torch.Size` of one.
  private static func counts(
    _ part: String, _ place: PickleArena.Place, in arena: PickleArena, offset: Int
  ) throws(PyTorchFault) -> [Int] {
    var tuple = place
    if let (name, arguments) = arena.call(place), name == "torch.Size", let first = arguments.first { tuple = first }
    guard arena[tuple].content == .tuple || arena[tuple].content == .list else {
      throw .argument("\(part)s", needed: "a tuple", found: arena.words(for: tuple), offset: offset)
    }
    var counts: [Int] = []
    for item in arena[tuple].items {
      guard let count = arena.integer(item) else {
        throw .argument(part, needed: "a whole number", found: arena.words(for: item), offset: offset)
      }
      guard count >= 0 else { throw .negative(part, count, offset: offset) }
      counts.append(count)
    }
    return counts
  }

  /// Every element must lie in the storage.
  private static func check(start: Int, shape: [Int], strides: [Int], count: Int) throws(PyTorchFault) {
    guard !shape.contains(0) else {
      guard start <= count else { throw .beyondStorage(last: start, count: count) }
      return
    }
    var last = start
    for (extent, stride) in zip(shape, strides) {
      let (reach, overflow) = (extent - 1).multipliedReportingOverflow(by: stride)
      let (sum, overflowToo) = last.addingReportingOverflow(reach)
      guard !overflow, !overflowToo else { throw .beyondStorage(last: nil, count: count) }
      last = sum
    }
    guard last < count else { throw .beyondStorage(last: last, count: count) }
  }

  /// Whether the elements lie one after the other, in C order.
  var isContiguous: Bool {
    var step = 1
    for (extent, stride) in zip(shape, strides).reversed() where extent != 1 {
      guard stride == step else { return false }
      step *= extent
    }
    return true
  }
}
