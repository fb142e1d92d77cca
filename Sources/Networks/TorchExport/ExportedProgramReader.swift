import Checkpoints

/// Reads the JSON of an exported program. What is not needed, among it the traces of the exporting machine, is passed over.
struct ExportedProgramReader {
  static let knownSchema = 8
  private var program = ExportedProgram()

  static func read(_ bytes: Bytes) throws(NetworkError) -> ExportedProgram {
    let root: JSONNode
    do throws(CheckpointError) { root = try JSONNode(parsing: bytes) } catch {
      throw .file(.inFile("models/model.json", error))
    }
    var reader = ExportedProgramReader()
    try reader.readModel(root)
    reader.program.countReaders()
    return reader.program
  }

  private mutating func readModel(_ root: JSONNode) throws(NetworkError) {
    let version = try need(root, "schema_version", "model")
    guard let major = version["major"]?.integer, let minor = version["minor"]?.integer, minor >= 0 else {
      throw .program("model", "'schema_version' must hold the whole numbers 'major' and 'minor'")
    }
    guard major == Self.knownSchema else {
      throw .unsupportedSchema(version: "\(major).\(minor)", known: Self.knownSchema)
    }
    program.producer = "pytorch \(root["torch_version"]?.text?.split(separator: "+").first ?? "")"
    let module = try need(root, "graph_module", "model")
    let graph = try need(module, "graph", "graph_module")
    try readMetas(try need(graph, "tensor_values", "graph"))
    for (index, node) in try elements(graph, "nodes", "graph").enumerated() { try readCall(node, index: index) }
    let signature = try need(module, "signature", "graph_module")
    for (index, spec) in try elements(signature, "input_specs", "signature").enumerated() {
      try readInput(spec, place: "input \(index)")
    }
    for (index, spec) in try elements(signature, "output_specs", "signature").enumerated() {
      try readOutput(spec, place: "output \(index)")
    }
  }

  private func need(_ node: JSONNode, _ key: String, _ place: String) throws(NetworkError) -> JSONNode {
    guard let members = node.members else { throw .program(place, "it is \(node.kindName); it must be an object") }
    guard let value = members.first(where: { $0.key == key })?.value else {
      throw .program(place, "'\(key)' is missing")
    }
    return value
  }

  private func elements(_ node: JSONNode, _ key: String, _ place: String) throws(NetworkError) -> [JSONNode] {
    let value = try need(node, key, place)
    guard let elements = value.elements else {
      throw .program(place, "'\(key)' is \(value.kindName); it must be an array")
    }
    return elements
  }

  private func text(_ node: JSONNode, _ key: String, _ place: String) throws(NetworkError) -> String {
    let value = try need(node, key, place)
    guard let text = value.text else { throw .program(place, "'\(key)' is \(value.kindName); it must be a string") }
    return text
  }

  /// The only member of an object that says what kind of thing it is: `{"as_int": 3}`.
  private func variant(_ node: JSONNode, _ place: String) throws(NetworkError) -> JSONNode.Member {
    guard let members = node.members else { throw .program(place, "it is \(node.kindName); it must be an object") }
    guard members.count == 1 else { throw .program(place, "it has \(members.count) kinds; it must have one") }
    return members[0]
  }

  private mutating func readMetas(_ node: JSONNode) throws(NetworkError) {
    guard let members = node.members else {
      throw .program("graph", "'tensor_values' is \(node.kindName); it must be an object")
    }
    for member in members {
      let meta = try Self.meta(member.value, place: "value '\(member.key)'")
      // One name may be spelt in two ways.
      guard program.metas.updateValue(meta, forKey: member.key) == nil else { throw .duplicateName(member.key) }
    }
  }

  /// The type and extents that the file gives for a tensor.
  static func meta(_ node: JSONNode, place: String) throws(NetworkError) -> ExportedProgram.Meta {
    guard let type = node["dtype"]?.integer else { throw .program(place, "'dtype' must be a whole number") }
    guard let sizes = node["sizes"]?.elements else { throw .program(place, "'sizes' must be an array") }
    guard sizes.count <= largestRank else {
      throw .program(place, "it has \(sizes.count) axes; the limit is \(largestRank)")
    }
    var meta = ExportedProgram.Meta(type: type, sizes: [], symbols: [])
    for size in sizes {
      if let extent = size["as_int"]?.integer {
        guard extent >= 0, extent <= largestElementCount else {
          throw .program(place, "it has the extent \(extent); it must be 0 to \(largestElementCount)")
        }
        meta.sizes.append(extent)
        meta.symbols.append(nil)
      } else if let expression = size["as_expr"]?["expr_str"]?.text {
        meta.sizes.append(nil)
        meta.symbols.append(symbol(expression))
      } else {
        throw .program(place, "an extent must be a whole number or an expression")
      }
    }
    return meta
  }

  /// The name in `Symbol('s77', positive=True, integer=True)`; `nil` for other expressions.
  private static func symbol(_ expression: String) -> String? {
    if !expression.contains("(") { return expression }
    guard expression.hasPrefix("Symbol('") else { return nil }
    let name = expression.dropFirst(8).prefix { $0 != "'" }
    return name.isEmpty || name.contains("(") ? nil : String(name)
  }

  private mutating func readCall(_ node: JSONNode, index: Int) throws(NetworkError) {
    var place = "node \(index)"
    let name = node["name"]?.text ?? ""
    if !name.isEmpty { place += " '\(name)'" }
    var target = try text(node, "target", place)
    if target.hasPrefix("torch.ops.") { target.removeFirst(10) }
    var call = ExportedProgram.Call(index: index, name: name, target: target, arguments: [:], results: [])
    for input in try elements(node, "inputs", place) {
      let argument = try text(input, "name", place)
      let value = try self.argument(try need(input, "arg", place), "\(place), argument '\(argument)'")
      guard call.arguments.updateValue(value, forKey: argument) == nil else {
        throw .program(place, "argument '\(argument)' is given twice")
      }
    }
    for output in try elements(node, "outputs", place) {
      switch try argument(output, "\(place), result") {
      case .tensor(let name), .symbol(let name): call.results.append(name)
      case .tensors(let names): call.results += names.map { $0 ?? "" }
      case .none: call.results.append("")
      default: throw .program(place, "a result must be a tensor or a symbol")
      }
    }
    program.calls.append(call)
  }

  // MARK: Arguments

  private func argument(_ node: JSONNode, _ place: String) throws(NetworkError) -> ExportedProgram.Argument {
    let member = try variant(node, place)
    let value = member.value
    func wrong(_ expected: String) -> NetworkError {
      .program(place, "'\(member.key)' is \(value.kindName); it must be \(expected)")
    }
    switch member.key {
    case "as_none":
      guard value.boolean == true || value.members?.isEmpty == true || value.elements?.isEmpty == true else {
        throw wrong("true")
      }
      return .none
    case "as_tensor": return .tensor(try text(value, "name", place))
    case "as_tensors", "as_optional_tensors":
      guard let elements = value.elements else { throw wrong("an array") }
      var names: [String?] = []
      for element in elements {
        if member.key == "as_tensors" {
          names.append(try text(element, "name", place))
          continue
        }
        switch try argument(element, place) {
        case .tensor(let name): names.append(name)
        case .none: names.append(nil)
        default: throw .program(place, "an optional tensor must be a tensor or nothing")
        }
      }
      return .tensors(names)
    case "as_int":
      guard let integer = value.integer else { throw wrong("a whole number of at most 64 bits") }
      return .integer(integer)
    case "as_float":
      guard let number = Self.number(value) else { throw wrong("a number") }
      return .number(number)
    case "as_bool":
      guard let boolean = value.boolean else { throw wrong("a truth value") }
      return .boolean(boolean)
    case "as_string":
      guard let text = value.text else { throw wrong("a string") }
      return .text(text)
    case "as_scalar_type":
      guard let type = value.integer else { throw wrong("a whole number") }
      return .type(type)
    case "as_complex":
      guard let real = value["real"].flatMap(Self.number), let imaginary = value["imag"].flatMap(Self.number) else {
        throw wrong("an object of two numbers")
      }
      return .complex(real, imaginary)
    case "as_ints", "as_floats", "as_bools", "as_sym_ints":
      guard let elements = value.elements else { throw wrong("an array") }
      return try list(elements, kind: member.key, place)
    case "as_sym_int", "as_sym_bool", "as_sym_float":
      let inner = try variant(value, place)
      if inner.key == "as_name", let name = inner.value.text { return .symbol(name) }
      if inner.key == "as_int", let integer = inner.value.integer { return .integer(integer) }
      if inner.key == "as_float", let number = Self.number(inner.value) { return .number(number) }
      if inner.key == "as_bool", let boolean = inner.value.boolean { return .boolean(boolean) }
      throw .program(place, "a symbol must be a name or a number")
    case "as_device", "as_layout", "as_memory_format": return .place
    default: return .other(member.key)
    }
  }

  private func list(
    _ elements: [JSONNode], kind: String, _ place: String
  ) throws(NetworkError) -> ExportedProgram.Argument {
    if kind == "as_floats" {
      let numbers = elements.compactMap(Self.number)
      guard numbers.count == elements.count else { throw .program(place, "'as_floats' must hold numbers") }
      return .numbers(numbers)
    }
    var sizes: [ExportedProgram.Size] = []
    for element in elements {
      if let integer = Self.wholeNumber(element) {
        sizes.append(.known(integer))
      } else if let name = element["as_name"]?.text {
        sizes.append(.symbol(name))
      } else {
        throw .program(place, "'\(kind)' must hold whole numbers or names")
      }
    }
    return .integers(sizes)
  }

  /// A whole number, or a truth as 1 or 0.
  private static func wholeNumber(_ node: JSONNode) -> Int? {
    if let truth = node.boolean { return truth ? 1 : 0 }
    return node.integer ?? node["as_int"]?.integer
  }

  /// JSON has no words for what is not finite; the exporter writes strings.
  private static func number(_ node: JSONNode) -> Double? {
    switch node.text {
    case "Infinity"?: .infinity
    case "-Infinity"?: -.infinity
    case "NaN"?: .nan
    default: node.number
    }
  }

  // MARK: Signature

  private mutating func readInput(_ spec: JSONNode, place: String) throws(NetworkError) {
    let member = try variant(spec, place)
    func constant(_ key: String, _ store: ExportedProgram.Constant.Store) throws(NetworkError) {
      let value = try text(try need(member.value, "arg", place), "name", place)
      program.constants.append(
        ExportedProgram.Constant(
          value: value, name: try text(member.value, key, place), store: store, isParameter: member.key == "parameter"))
    }
    switch member.key {
    case "parameter": try constant("parameter_name", .weights)
    case "buffer":
      let isPersistent = member.value["persistent"]?.boolean ?? true
      try constant("buffer_name", isPersistent ? .weights : .constants)
    case "tensor_constant": try constant("tensor_constant_name", .constants)
    case "user_input":
      switch try argument(try need(member.value, "arg", place), place) {
      case .tensor(let name): program.inputs.append(name)
      case .none, .integer, .number, .boolean, .text: break
      default:
        throw .unsupportedFeature("\(place) is no tensor", hint: "export a model of tensors")
      }
    case "constant_input": break
    default:
      throw .unsupportedFeature("\(place) is of the kind '\(member.key)'", hint: "export a model of tensors")
    }
  }

  private mutating func readOutput(_ spec: JSONNode, place: String) throws(NetworkError) {
    let member = try variant(spec, place)
    switch member.key {
    case "user_output":
      switch try argument(try need(member.value, "arg", place), place) {
      case .tensor(let name): program.outputs.append(name)
      case .none, .integer, .number, .boolean, .text: break
      default: throw .unsupportedFeature("\(place) is no tensor", hint: "return tensors only")
      }
    case "buffer_mutation", "user_input_mutation", "parameter_mutation":
      throw .unsupportedFeature(
        "\(place) changes \(member.key == "user_input_mutation" ? "an input" : "a stored tensor") (\(member.key))",
        hint: "export the model in evaluation mode, without state that changes")
    default:
      throw .unsupportedFeature("\(place) is of the kind '\(member.key)'", hint: "export the model in evaluation mode")
    }
  }
}
