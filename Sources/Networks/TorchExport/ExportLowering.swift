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

  let program: ExportedProgram
  var model = ModelDescription()
  var terms: [String: Term] = [:]
  var call = ExportedProgram.Call(index: 0, name: "", target: "", arguments: [:], results: [])
  var made = 0

  /// The most nodes a program may become: calls that are unrolled must not ask for any amount.
  static let mostNodes = 200_000

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
      if constant.isParameter { model.tensors.append(tensor) } else { model.constants.append(tensor) }
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
