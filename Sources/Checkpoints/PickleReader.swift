/// Goes through the operations of one pickle and notes what each would build.
///
/// Every operation takes at least one byte and makes at most one value, so that memory is bounded by the bytes read.
struct PickleReader {
  private var cursor: PickleCursor
  private var arena: PickleArena
  private var stack: [PickleArena.Place] = []
  private var marks: [Int] = []
  private var memo: [UInt64: PickleArena.Place] = [:]
  /// The byte of the operation at hand.
  private var offset = 0
  private var operation = PickleOperation.stop

  private let limit: Int
  private let none: PickleArena.Place
  private let emptyTuple: PickleArena.Place

  init(_ bytes: Bytes, from start: Int, limit: Int) {
    self.limit = limit
    cursor = PickleCursor(bytes, at: start)
    arena = PickleArena(bytes: bytes)
    none = 0
    emptyTuple = 1
    // Values that nothing can be put into are kept once: a byte each is all that they cost.
    arena.nodes = [
      PickleArena.Node(content: .none, offset: start), PickleArena.Node(content: .tuple, offset: start),
      PickleArena.Node(content: .boolean(false), offset: start),
      PickleArena.Node(content: .boolean(true), offset: start),
    ]
  }

  mutating func read() throws(PickleFault) -> PickleArena {
    while true {
      offset = cursor.position
      let byte = try cursor.byte()
      guard let operation = PickleOperation(rawValue: byte) else { throw .unknownOperation(byte, offset: offset) }
      self.operation = operation
      if operation == .stop {
        arena.root = try pop()
        arena.end = cursor.position
        return arena
      }
      try perform()
    }
  }

  private mutating func perform() throws(PickleFault) {
    switch operation {
    case .stop, .frame, .proto, .mark, .pop, .popMark, .duplicate: try performOnStack()
    case .none: stack.append(none)
    case .newFalse: stack.append(2)
    case .newTrue: stack.append(3)
    case .int, .long, .float, .binInt, .binInt1, .binInt2, .long1, .long4, .binFloat: try push(cursor.number(operation))
    case .string, .unicode, .binString, .shortBinString, .binUnicode, .shortBinUnicode, .binUnicode8, .binBytes,
      .shortBinBytes, .binBytes8, .byteArray8:
      try push(cursor.text(operation))
    case .nextBuffer: try push(.outsideBuffer)
    case .readOnlyBuffer: _ = try top()
    case .emptyTuple: stack.append(emptyTuple)
    case .emptyList: try push(.list)
    case .emptyDictionary: try push(.dictionary)
    case .emptySet: try push(.set)
    case .tuple, .list, .frozenSet, .dictionary, .tuple1, .tuple2, .tuple3: try gather()
    case .append, .appends, .addItems, .setItem, .setItems: try fill()
    case .put, .binPut, .longBinPut, .memoize, .get, .binGet, .longBinGet: try remember()
    case .global, .stackGlobal, .inst, .object, .reduce, .newObject, .newObjectEx, .build, .persistent,
      .binPersistent, .ext1, .ext2, .ext4:
      try refer()
    }
  }

  // MARK: The stack

  private mutating func performOnStack() throws(PickleFault) {
    switch operation {
    case .proto:
      let number = try cursor.byte()
      guard number <= 5 else { throw .protocolNumber(number, offset: offset) }
    case .frame:
      let length = try cursor.number(bytes: 8)
      guard length <= UInt64(cursor.left) else { throw .length(length, available: cursor.left, offset: offset) }
    case .mark: marks.append(stack.count)
    case .pop: if stack.count > (marks.last ?? 0) { stack.removeLast() } else { _ = try popToMark() }
    case .popMark: _ = try popToMark()
    default: stack.append(try top())
    }
  }

  @discardableResult
  private mutating func push(
    _ content: PickleArena.Content, items: [PickleArena.Place] = [], pairs: [PickleArena.Place] = []
  ) throws(PickleFault) -> PickleArena.Place {
    guard arena.nodes.count < limit else { throw .tooMany(limit: limit, offset: offset) }
    stack.append(arena.nodes.count)
    arena.nodes.append(PickleArena.Node(content: content, offset: offset, items: items, pairs: pairs))
    return arena.nodes.count - 1
  }

  private func top() throws(PickleFault) -> PickleArena.Place {
    guard stack.count > (marks.last ?? 0), let top = stack.last else {
      throw .stackEmpty(operation.name, offset: offset)
    }
    return top
  }

  private mutating func pop() throws(PickleFault) -> PickleArena.Place {
    let top = try top()
    stack.removeLast()
    return top
  }

  private mutating func popToMark() throws(PickleFault) -> [PickleArena.Place] {
    guard let mark = marks.popLast() else { throw .noMark(operation.name, offset: offset) }
    let values = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return values
  }

  // MARK: Containers

  private mutating func gather() throws(PickleFault) {
    switch operation {
    case .tuple: try push(.tuple, items: popToMark())
    case .list: try push(.list, items: popToMark())
    case .frozenSet: try push(.set, items: popToMark())
    case .dictionary:
      let pairs = try popToMark()
      guard pairs.count % 2 == 0 else { throw .oddPairs(offset: offset) }
      try push(.dictionary, pairs: pairs)
    default:
      var items: [PickleArena.Place] = []
      for _ in 0..<(operation == .tuple1 ? 1 : operation == .tuple2 ? 2 : 3) { items.append(try pop()) }
      try push(.tuple, items: items.reversed())
    }
  }

  private mutating func fill() throws(PickleFault) {
    var values: [PickleArena.Place]
    switch operation {
    case .append: values = [try pop()]
    case .setItem:
      let value = try pop()
      values = [try pop(), value]
    default: values = try popToMark()
    }
    let holder = try top()
    if operation == .setItem || operation == .setItems {
      guard values.count % 2 == 0 else { throw .oddPairs(offset: offset) }
      guard arena[holder].content.holdsPairs else { throw holdsNothing(holder) }
      arena.nodes[holder].pairs += values
    } else {
      guard arena[holder].content.holdsItems else { throw holdsNothing(holder) }
      arena.nodes[holder].items += values
    }
  }

  private func holdsNothing(_ holder: PickleArena.Place) -> PickleFault {
    .holdsNothing(operation.name, kind: arena.words(for: holder), offset: offset)
  }

  // MARK: The memo

  private mutating func remember() throws(PickleFault) {
    switch operation {
    case .put: memo[try cursor.decimal()] = try top()
    case .binPut: memo[try cursor.number(bytes: 1)] = try top()
    case .longBinPut: memo[try cursor.number(bytes: 4)] = try top()
    case .memoize: memo[UInt64(memo.count)] = try top()
    case .get: try recall(cursor.decimal())
    case .binGet: try recall(cursor.number(bytes: 1))
    default: try recall(cursor.number(bytes: 4))
    }
  }

  private mutating func recall(_ number: UInt64) throws(PickleFault) {
    guard let place = memo[number] else { throw .neverRemembered(number, offset: offset) }
    stack.append(place)
  }

  // MARK: Names and objects

  private mutating func refer() throws(PickleFault) {
    switch operation {
    case .global: try push(.global(module: cursor.name(), name: cursor.name()))
    case .stackGlobal:
      let name = try pop()
      let module = try pop()
      guard let nameText = arena.text(name), let moduleText = arena.text(module) else {
        let found = arena.text(name) == nil ? name : module
        throw .wrongKind(operation.name, needed: "two texts", found: arena.words(for: found), offset: offset)
      }
      try push(.global(module: moduleText, name: nameText))
    case .ext1: try pushExtension(cursor.number(bytes: 1))
    case .ext2: try pushExtension(cursor.number(bytes: 2))
    case .ext4: try pushExtension(cursor.number(bytes: 4))
    case .persistent:
      let identifier = try push(.text(cursor.name()))
      stack.removeLast()
      try push(.persistent(identifier))
    case .binPersistent: try push(.persistent(pop()))
    case .build:
      let state = try pop()
      let object = try top()
      guard arena[object].content.canBeBuilt else { throw holdsNothing(object) }
      arena.nodes[object].states.append(state)
    default: try make()
    }
  }

  private mutating func make() throws(PickleFault) {
    switch operation {
    case .inst:
      let callee = try push(.global(module: cursor.name(), name: cursor.name()))
      stack.removeLast()
      let arguments = try push(.tuple, items: popToMark())
      stack.removeLast()
      try push(.object(by: callee, arguments: arguments, keywords: nil))
    case .object:
      let values = try popToMark()
      guard let callee = values.first else { throw .stackEmpty(operation.name, offset: offset) }
      let arguments = try push(.tuple, items: Array(values.dropFirst()))
      stack.removeLast()
      try push(.object(by: callee, arguments: arguments, keywords: nil))
    default:
      let keywords = operation == .newObjectEx ? try pop() : nil
      let arguments = try pop()
      let callee = try pop()
      guard arena[arguments].content == .tuple else {
        throw .wrongKind(
          operation.name, needed: "a tuple of arguments", found: arena.words(for: arguments), offset: offset)
      }
      try push(.object(by: callee, arguments: arguments, keywords: keywords))
    }
  }

  /// Numbers of Python's extension registry stand for names that only the writing program knew.
  private mutating func pushExtension(_ number: UInt64) throws(PickleFault) {
    try push(.global(module: "copyreg", name: "extension \(number)"))
  }
}

extension PickleArena.Content {
  fileprivate var holdsItems: Bool {
    switch self {
    case .list, .set, .object, .persistent: true
    default: false
    }
  }

  fileprivate var holdsPairs: Bool {
    switch self {
    case .dictionary, .object, .persistent: true
    default: false
    }
  }

  fileprivate var canBeBuilt: Bool {
    switch self {
    case .object, .persistent, .global: true
    default: false
    }
  }
}
