/// What a call becomes.
extension ExportLowering {
  /// A result of the current call: its kind and extents are taken from the program when it gets its name.
  func result(_ name: String, _ kind: Kind = .real) -> Term { Term(name: name, kind: kind, sizes: []) }

  mutating func emit(
    _ operation: String, _ operands: [String], _ attributes: [String: Attributes.Value] = [:]
  ) -> String { emit(operation, operands, attributes, results: 1)[0] }

  mutating func emit(
    _ operation: String, _ operands: [String], _ attributes: [String: Attributes.Value] = [:], results count: Int
  ) -> [String] {
    let names = (0..<count).map { "%\(made + $0)" }
    made += count
    model.nodes.append(
      ModelDescription.Node(
        name: call.name, operation: operation, operands: operands, results: names, attributes: attributes))
    return names
  }

  /// Refuses to unroll without end.
  func checkRoom(for count: Int) throws(NetworkError) {
    guard count <= Self.mostNodes - model.nodes.count else {
      throw fault("it is unrolled to \(count) nodes; the limit is \(Self.mostNodes) in all")
    }
  }

  mutating func constant(_ integer: Int) -> Term {
    Term(name: emit("Constant", [], ["value_int": .integer(integer)]), kind: .whole, sizes: [])
  }

  mutating func constant(_ number: Double) -> Term {
    Term(name: emit("Constant", [], ["value_float": .number(number)]), kind: .real, sizes: [])
  }

  mutating func constant(_ integers: [Int]) -> String { emit("Constant", [], ["value_ints": .integers(integers)]) }

  mutating func constant(_ numbers: [Double]) -> Term {
    Term(name: emit("Constant", [], ["value_floats": .numbers(numbers)]), kind: .real, sizes: [numbers.count])
  }

  /// The same numbers in another kind.
  mutating func cast(_ term: Term, to kind: Kind) -> Term {
    guard term.kind != kind else { return term }
    var result = term
    result.kind = kind
    switch kind {
    case .boolean: result.name = emit("Cast", [term.name], ["to": .integer(9)])
    case .whole: result.name = emit("Cast", [term.name], ["to": .integer(7)])
    case .real:
      result.name =
        term.kind == .complex ? parts(term).real.name : emit("Cast", [term.name], ["to": .integer(11)])
    case .complex:
      let real = cast(term, to: .real)
      result.name = pair(real.name, emit("Mul", [real.name, constant(0.0).name]))
    }
    return result
  }

  /// The argument in the given kind.
  mutating func tensor(_ name: String, as kind: Kind) throws(NetworkError) -> Term { cast(try tensor(name), to: kind) }

  /// The axes as a description of the pairs has them.
  func physical(_ rank: Int, _ kind: Kind) -> Int { rank + (kind == .complex ? 1 : 0) }

  /// Extents as an operand; complex numbers take 2 more.
  mutating func shape(_ sizes: [ExportedProgram.Size], _ kind: Kind = .real) throws(NetworkError) -> String {
    var known = sizes.compactMap { if case .known(let integer) = $0 { integer } else { nil } }
    if known.count == sizes.count {
      if kind == .complex { known.append(2) }
      return constant(known)
    }
    var pieces: [String] = []
    for size in sizes { pieces.append(try entry(size)) }
    if kind == .complex { pieces.append(constant([2])) }
    return emit("Concat", pieces, ["axis": .integer(0)])
  }

  /// One extent or place as a list of one.
  mutating func entry(_ size: ExportedProgram.Size) throws(NetworkError) -> String {
    switch size {
    case .known(let integer): return constant([integer])
    case .symbol(let name):
      let term = try known(name)
      guard term.kind == .whole else { throw fault("'\(name)' must be a whole number") }
      return emit("Reshape", [term.name, constant([1])])
    }
  }

  func size(_ name: String, default standard: Int? = nil) throws(NetworkError) -> ExportedProgram.Size {
    switch call.arguments[name] ?? .none {
    case .integer(let integer): return .known(integer)
    case .symbol(let symbol): return .symbol(symbol)
    case .none: if let standard { return .known(standard) }
    default: break
    }
    throw wrong(name, "a whole number")
  }

  mutating func slice(_ name: String, axis: Int, from start: Int, to end: Int, step: Int = 1) -> String {
    emit("Slice", [name, constant([start]), constant([end]), constant([axis]), constant([step])])
  }

  mutating func unsqueeze(_ name: String, _ axes: [Int]) -> String { emit("Unsqueeze", [name, constant(axes)]) }

  mutating func transpose(_ name: String, _ order: [Int]) -> String {
    emit("Transpose", [name], ["perm": .integers(order)])
  }
}
