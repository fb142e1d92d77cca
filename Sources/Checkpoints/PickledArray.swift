/// An array of NumPy within a pickle, as its parts: type, shape, order and elements.
enum PickledArray {
  /// Whether a value is an array, sound or not.
  static func isArray(_ place: PickleArena.Place, in arena: PickleArena) -> Bool {
    guard let (name, _) = arena.call(place) else { return false }
    return isReconstructed(name) || isFromBuffer(name)
  }

  private static func isReconstructed(_ name: String) -> Bool {
    name == "numpy.core.multiarray._reconstruct" || name == "numpy._core.multiarray._reconstruct"
  }

  private static func isFromBuffer(_ name: String) -> Bool {
    name == "numpy.core.numeric._frombuffer" || name == "numpy._core.numeric._frombuffer"
  }

  /// Reads an array; `nil` when the value at the place is none.
  ///
  /// - Throws: `CheckpointError.inMember` with `.numPy`, or `.pyTorch` with `.array`.
  static func tensor(
    named name: String, at place: PickleArena.Place, in arena: PickleArena
  ) throws(CheckpointError) -> Tensor? {
    guard let (function, arguments) = arena.call(place) else { return nil }
    let fault = CheckpointError.pyTorch(.inTensor(name, .array(offset: arena[place].offset)))
    let type: PickleArena.Place
    let shape: PickleArena.Place
    let data: PickleArena.Place
    let isFortranOrdered: Bool
    if isReconstructed(function) {
      // The state is a version, the shape, the type, whether columns come first, and the elements.
      guard let state = arena[place].states.last.map({ arena[$0].items }), state.count == 5 else { throw fault }
      (shape, type, data) = (state[1], state[2], state[4])
      isFortranOrdered = arena[state[3]].content == .boolean(true)
    } else if isFromBuffer(function) {
      guard arguments.count == 4 else { throw fault }
      (data, type, shape) = (arguments[0], arguments[1], arguments[2])
      isFortranOrdered = arena.text(arguments[3]) == "F"
    } else {
      return nil
    }
    guard let descriptor = descriptor(type, in: arena) else { throw fault }
    let layout: NumPyLayout
    do throws(NumPyFault) { layout = try NumPyLayout(descriptor) } catch { throw .inMember(name, .numPy(error)) }
    guard let extents = extents(shape, in: arena), let bytes = bytes(data, in: arena) else { throw fault }
    do throws(NumPyFault) {
      return try NumPyArray.tensor(
        named: name, layout, shape: extents, isFortranOrdered: isFortranOrdered, data: bytes)
    } catch {
      throw .inMember(name, .numPy(error))
    }
  }

  /// `numpy.dtype('f4')`, to which its state adds the byte order.
  private static func descriptor(_ place: PickleArena.Place, in arena: PickleArena) -> String? {
    guard let (name, arguments) = arena.call(place), name == "numpy.dtype", let first = arguments.first,
      let code = arena.text(first), let state = arena[place].states.last.map({ arena[$0].items }), state.count > 1,
      let order = arena.text(state[1])
    else { return nil }
    return order + code
  }

  private static func extents(_ place: PickleArena.Place, in arena: PickleArena) -> [Int]? {
    guard arena[place].content == .tuple else { return nil }
    var extents: [Int] = []
    for item in arena[place].items {
      guard let extent = arena.integer(item), extent >= 0 else { return nil }
      extents.append(extent)
    }
    return extents
  }

  /// Bytes as they are, or as protocols before 3 spell them: as a text of characters up to 255.
  private static func bytes(_ place: PickleArena.Place, in arena: PickleArena) -> Bytes? {
    if let bytes = arena.bytes(place) { return bytes }
    // Bytes of Python 2 that happen to be UTF-8.
    if let text = arena.text(place) { return Bytes(text.utf8) }
    guard let (name, arguments) = arena.call(place) else { return nil }
    if name == "__builtin__.bytes" || name == "builtins.bytes", arguments.isEmpty { return Bytes([]) }
    guard name == "_codecs.encode", arguments.count == 2, arena.text(arguments[1]) == "latin1",
      let text = arena.text(arguments[0])
    else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      guard let byte = UInt8(exactly: scalar.value) else { return nil }
      bytes.append(byte)
    }
    return Bytes(bytes)
  }
}
