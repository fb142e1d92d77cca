import Checkpoints

/// Says an exported program in ONNX's operations: each call of an ATen function becomes one node or several.
///
/// Complex numbers are pairs along a last axis of 2. Types follow the file's own description of each value; every real type
/// is the precision of the evaluation, so that constants baked in single precision are computed anew.
struct ExportLowering {
  enum Kind: Int { case boolean, whole, real, complex }

  /// A value at hand: its name in the description, and what is known of it. The pair of a complex number is no axis.
  struct Term {
    var name: String
    var kind: Kind
    var sizes: [Int?]
    var rank: Int { sizes.count }
  }

  /// Makes the nodes of the current call and gives its results.
  typealias Rule = @Sendable (inout ExportLowering) throws(NetworkError) -> [Term]

  static let rules: [String: Rule] = [
    arithmeticRules, functionRules, comparisonRules, shapeRules, selectionRules, generatorRules, productRules,
    reductionRules, windowRules, normalizationRules, recurrentRules, complexRules, symbolRules,
  ].reduce(into: [:]) { all, family in all.merge(family) { first, _ in first } }

  private let program: ExportedProgram
  private var model = ModelDescription()
  private var terms: [String: Term] = [:]
  private var call = ExportedProgram.Call(index: 0, name: "", target: "", arguments: [:], results: [])
  private var made = 0

  /// The most nodes a program may become: calls that are unrolled must not ask for any amount.
  private static let mostNodes = 200_000

  static func describe(_ bytes: Bytes) throws(NetworkError) -> ModelDescription {
    let (archive, contents) = try archive(bytes)
    var lowering = ExportLowering(try ExportedProgramReader.read(contents))
    try lowering.lower(try ExportedWeights(archive))
    lowering.model.fileSize = bytes.count
    return lowering.model
  }

  /// The archive, and the text of the program in it.
  static func archive(_ bytes: Bytes) throws(NetworkError) -> (archive: ExportedArchive, model: Bytes) {
    do throws(CheckpointError) {
      let archive = try ExportedArchive(bytes)
      let contents = archive.isOlder ? nil : try archive.contents("models/model.json")
      if let contents { return (archive, contents) }
      throw archive.isOlder ? .notRead(.pyTorchExport) : .notRead(.zip)
    } catch .notRead(.pyTorchExport) {
      throw .unsupportedFeature(
        "the exported program has the layout of PyTorch before 2.8",
        hint: "load it with torch.export.load and save it again with PyTorch 2.8 or later")
    } catch .notRead(.zip) {
      throw .program("archive", "'models/model.json' is missing")
    } catch {
      throw .file(error)
    }
  }

  /// Whether calls of a function can be evaluated.
  static func supports(_ target: String) -> Bool {
    rules[target] != nil || isIgnored(target) || inPlaceRule(target) != nil
  }

  private init(_ program: ExportedProgram) {
    self.program = program
    model.form = .exportedProgram
    model.producer = program.producer
    model.opset = 23
  }

  private mutating func lower(_ weights: ExportedWeights) throws(NetworkError) {
    for constant in program.constants {
      let tensor = try weights.tensor(constant, meta: program.metas[constant.value])
      model.tensors.append(tensor)
      try bind(constant.value, Term(name: constant.value, kind: .real, sizes: []), place: "tensor '\(constant.name)'")
    }
    for input in program.inputs {
      try bind(input, Term(name: input, kind: .real, sizes: []), place: "input '\(input)'")
      guard let meta = program.metas[input], let term = terms[input] else { continue }
      var port = ModelDescription.Port(name: input, type: ExportedType.elementType(meta.type), shape: meta.sizes)
      port.symbols = meta.symbols
      if term.kind == .complex {
        port.type = .f32
        port.shape.append(2)
        port.symbols.append(nil)
      }
      model.inputs.append(port)
    }
    for next in program.calls {
      call = next
      try lowerCall()
    }
    try nameOutputs()
  }

  private mutating func lowerCall() throws(NetworkError) {
    guard !Self.isIgnored(call.target) else { return }
    if Self.isRandom(call.target) {
      throw .unsupportedFeature(
        "\(call.label) draws random numbers", hint: "export the model in evaluation mode and without its noise")
    }
    guard let rule = Self.rules[call.target] ?? Self.inPlaceRule(call.target) else {
      if Self.changesInPlace(call.target) { throw changeInPlace }
      throw .unknownFunction(name: call.target, node: call.label)
    }
    if Self.rules[call.target] == nil { try checkChangeIsUnseen() }
    let results = try rule(&self)
    for (name, result) in zip(call.results, results) where !name.isEmpty { try bind(name, result, place: call.label) }
  }

  /// Assertions and bounds, which make no value.
  private static func isIgnored(_ target: String) -> Bool {
    target.hasPrefix("aten._assert") || target.hasPrefix("aten.sym_constrain_range") || target == "sym._check"
  }

  private static func isRandom(_ target: String) -> Bool {
    let name = target.split(separator: ".").dropFirst().first.map(String.init) ?? ""
    return target.hasPrefix("aten.")
      && [
        "rand", "randn", "randint", "randperm", "rand_like", "randn_like", "randint_like", "bernoulli", "multinomial",
        "normal", "normal_functional", "poisson", "exponential", "native_dropout", "rrelu_with_noise", "uniform",
      ]
      .contains(name.hasSuffix("_") ? String(name.dropLast()) : name)
  }

  private static func changesInPlace(_ target: String) -> Bool {
    let parts = target.split(separator: ".")
    return parts.count > 1 && parts[0] == "aten" && parts[1].hasSuffix("_") && !parts[1].hasPrefix("_")
  }

  private var changeInPlace: NetworkError {
    .unsupportedFeature("\(call.label) changes a tensor in place", hint: "export with run_decompositions()")
  }

  /// What a function that changes its first argument would do to a copy of it: `aten.relu_.default` as `aten.relu.default`.
  private static func inPlaceRule(_ target: String) -> Rule? {
    let parts = target.split(separator: ".")
    guard parts.count == 3, changesInPlace(target), parts[1] != "copy_" else { return nil }
    return rules["\(parts[0]).\(parts[1].dropLast()).\(parts[2])"]
  }

  /// Refuses a change in place unless nobody but the call itself can see it: the tensor was made for it, by one call that
  /// gives new memory, and nothing else reads it.
  private func checkChangeIsUnseen() throws(NetworkError) {
    guard case .tensor(let changed)? = call.arguments["self"] ?? call.arguments["input"],
      let maker = program.makers[changed], Self.givesNewMemory(maker),
      program.readers[changed] == [call.index]
    else { throw changeInPlace }
  }

  /// Whether a function's result shares no memory with its arguments.
  private static func givesNewMemory(_ target: String) -> Bool {
    if arithmeticRules[target] != nil || windowRules[target] != nil || normalizationRules[target] != nil { return true }
    // A change in place that was let through gives what nobody else sees.
    if inPlaceRule(target) != nil { return true }
    return [
      "aten.linear.default", "aten.addmm.default", "aten.mm.default", "aten.bmm.default", "aten.matmul.default",
      "aten.cat.default", "aten.stack.default", "aten.clone.default", "aten.relu.default", "aten.silu.default",
      "aten.gelu.default", "aten.tanh.default", "aten.sigmoid.default", "aten.exp.default", "aten.zeros.default",
    ].contains(target)
  }

  /// Lets a name of the program stand for a value, of the type and rank that the program gives.
  private mutating func bind(_ name: String, _ term: Term, place: String) throws(NetworkError) {
    guard !name.isEmpty else { throw .program(place, "it has no name") }
    guard terms[name] == nil else { throw .duplicateName(name) }
    guard let meta = program.metas[name] else {
      // Numbers made of extents are not described.
      guard term.kind == .whole, term.sizes.isEmpty else {
        throw .program(place, "value '\(name)' is not described among the tensor values")
      }
      terms[name] = term
      return
    }
    guard let kind = Self.kind(meta.type) else {
      throw .program(place, "value '\(name)' is of the unknown element type \(meta.type)")
    }
    terms[name] = Term(name: term.name, kind: kind, sizes: meta.sizes)
  }

  static func kind(_ type: Int) -> Kind? {
    switch ExportedType.elementType(type) {
    case nil: nil
    case .bool: .boolean
    case let type? where type.isInteger: .whole
    case let type?: type.isComplex ? .complex : .real
    }
  }

  private mutating func nameOutputs() throws(NetworkError) {
    guard !program.outputs.isEmpty else { throw .program("signature", "there is no output") }
    var used = Set(model.inputs.map(\.name) + model.tensors.map(\.name))
    for output in program.outputs {
      guard let term = terms[output], let meta = program.metas[output] else {
        throw .missingValue(name: output, reader: "the list of outputs", known: Array(terms.keys.sorted().prefix(1000)))
      }
      var name = output
      var number = 1
      while !used.insert(name).inserted {
        name = "\(output)_\(number)"
        number += 1
      }
      model.nodes.append(
        ModelDescription.Node(name: name, operation: "Identity", operands: [term.name], results: [name]))
      let isComplex = term.kind == .complex
      var port = ModelDescription.Port(
        name: name, type: isComplex ? .f32 : ExportedType.elementType(meta.type),
        shape: meta.sizes + (isComplex ? [2] : []))
      port.symbols = meta.symbols
      model.outputs.append(port)
    }
  }
}

// MARK: What a call is given

extension ExportLowering {
  var target: String { call.target }
  var resultCount: Int { call.results.count }

  func fault(_ reason: String) -> NetworkError { .node(call.label, reason: reason) }

  private func wrong(_ name: String, _ expected: String) -> NetworkError {
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

// MARK: Nodes

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
      throw fault("\(count) steps are unrolled; the limit is \(Self.mostNodes) nodes in all")
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
