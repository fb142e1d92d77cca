/// What a call is given.
extension ExportLowering {
  var target: String { call.target }
  var resultCount: Int { call.results.count }

  func fault(_ reason: String) -> NetworkError { .node(call.label, reason: reason) }

  func wrong(_ name: String, _ expected: String) -> NetworkError {
    fault("argument '\(name)' must be \(expected)")
  }

  func isGiven(_ name: String) -> Bool { (call.arguments[name] ?? .none) != .none }

  func known(_ name: String) throws(NetworkError) -> Term {
    guard let term = terms[name] else {
      throw .missingValue(name: name, reader: call.label, known: Array(terms.keys.sorted().prefix(1000)))
    }
    return term
  }

  /// A tensor, or a number as one.
  mutating func tensor(_ name: String) throws(NetworkError) -> Term {
    switch call.arguments[name] ?? .none {
    case .tensor(let value), .symbol(let value): return try known(value)
    case .integer(let integer): return constant(integer)
    case .number(let number): return constant(number)
    case .boolean(let boolean):
      return cast(constant(boolean ? 1 : 0), to: .boolean)
    case .complex(let real, let imaginary):
      return Term(name: constant([real, imaginary]).name, kind: .complex, sizes: [])
    default: throw wrong(name, "a tensor")
    }
  }

  mutating func optionalTensor(_ name: String) throws(NetworkError) -> Term? {
    isGiven(name) ? try tensor(name) : nil
  }

  func tensors(_ name: String) throws(NetworkError) -> [Term?] {
    guard case .tensors(let names)? = call.arguments[name] else { throw wrong(name, "a list of tensors") }
    var result: [Term?] = []
    for name in names { result.append(try name.map { (name) throws(NetworkError) in try known(name) }) }
    return result
  }

  func allTensors(_ name: String) throws(NetworkError) -> [Term] {
    let all = try tensors(name)
    let given = all.compactMap { $0 }
    guard given.count == all.count, !given.isEmpty else { throw wrong(name, "a list of tensors") }
    return given
  }

  func integer(_ name: String, default standard: Int? = nil) throws(NetworkError) -> Int {
    switch call.arguments[name] ?? .none {
    case .integer(let integer): return integer
    case .none: if let standard { return standard }
    default: break
    }
    throw wrong(name, "a whole number")
  }

  func number(_ name: String, default standard: Double? = nil) throws(NetworkError) -> Double {
    switch call.arguments[name] ?? .none {
    case .number(let number): return number
    case .integer(let integer): return Double(integer)
    case .none: if let standard { return standard }
    default: break
    }
    throw wrong(name, "a number")
  }

  func flag(_ name: String, default standard: Bool = false) throws(NetworkError) -> Bool {
    switch call.arguments[name] ?? .none {
    case .boolean(let boolean): return boolean
    case .none: return standard
    default: throw wrong(name, "a truth value")
    }
  }

  func text(_ name: String, default standard: String) throws(NetworkError) -> String {
    switch call.arguments[name] ?? .none {
    case .text(let text): return text
    case .none: return standard
    default: throw wrong(name, "a text")
    }
  }

  /// Whole numbers that are known.
  func integers(_ name: String, default standard: [Int]? = nil) throws(NetworkError) -> [Int] {
    switch call.arguments[name] ?? .none {
    case .integers(let sizes):
      let known = sizes.compactMap { if case .known(let integer) = $0 { integer } else { nil } }
      if known.count == sizes.count { return known }
    case .integer(let integer): return [integer]
    case .none: if let standard { return standard }
    default: break
    }
    throw wrong(name, "a list of whole numbers")
  }

  func numbers(_ name: String) throws(NetworkError) -> [Double] {
    guard case .numbers(let numbers)? = call.arguments[name] else { throw wrong(name, "a list of numbers") }
    return numbers
  }

  func sizes(_ name: String) throws(NetworkError) -> [ExportedProgram.Size] {
    switch call.arguments[name] ?? .none {
    case .integers(let sizes): return sizes
    case .integer(let integer): return [.known(integer)]
    case .symbol(let symbol): return [.symbol(symbol)]
    default: throw wrong(name, "a list of extents")
    }
  }

  /// An axis counted from the front.
  func axis(_ given: Int, of rank: Int) throws(NetworkError) -> Int {
    let bound = max(rank, 1)
    guard given >= -bound, given < bound else { throw fault("axis \(given) is outside the \(rank) axes") }
    return given < 0 ? given + bound : given
  }

  func axis(_ name: String = "dim", of term: Term, default standard: Int? = nil) throws(NetworkError) -> Int {
    try axis(try integer(name, default: standard), of: term.rank)
  }

  /// The extent of an axis, which must be known.
  func extent(_ axis: Int, of term: Term) throws(NetworkError) -> Int {
    guard term.sizes.indices.contains(axis), let extent = term.sizes[axis] else {
      throw fault("the extent of axis \(axis) must be known")
    }
    return extent
  }

  /// What the program says of the call's results.
  func resultKind(_ position: Int = 0) throws(NetworkError) -> Kind {
    guard call.results.indices.contains(position), let meta = program.metas[call.results[position]],
      let kind = Self.kind(meta.type)
    else { throw fault("result \(position) is not described among the tensor values") }
    return kind
  }

  func resultSizes() -> [Int?] { call.results.first.flatMap { program.metas[$0]?.sizes } ?? [] }
}
