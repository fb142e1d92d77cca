import Checkpoints

/// Reads an ONNX file field by field; every length is checked against the bytes there are.
struct ModelReader {
  private let bytes: Bytes
  private let raw: UnsafeRawBufferPointer
  private let externalFiles: ExternalFiles
  /// Whether to leave out what is not understood, rather than refuse the file.
  private let isTolerant: Bool
  private var model = ModelDescription()
  /// How many graphs the one that is being read lies in.
  private var depth = 0

  /// How deep graphs may lie in each other.
  private static let largestDepth = 8

  static func read(
    _ bytes: Bytes, externalFiles: ExternalFiles, isTolerant: Bool = false
  ) throws(NetworkError) -> ModelDescription {
    try bytes.withUnsafeBytes { raw in
      Result<ModelDescription, NetworkError> { () throws(NetworkError) in
        var reader = ModelReader(bytes: bytes, raw: raw, externalFiles: externalFiles, isTolerant: isTolerant)
        try reader.readModel()
        reader.model.externalFiles = externalFiles.used
        reader.model.fileSize = bytes.count + externalFiles.byteCount
        return reader.model
      }
    }.get()
  }

  /// One tensor on its own, as test cases keep them.
  static func readTensor(_ bytes: Bytes) throws(NetworkError) -> Tensor {
    try bytes.withUnsafeBytes { raw in
      Result<Tensor, NetworkError> { () throws(NetworkError) in
        try TensorReader(bytes: bytes, raw: raw, externalFiles: ExternalFiles(nil)).read(0..<raw.count, part: "tensor")
      }
    }.get()
  }

  private init(bytes: Bytes, raw: UnsafeRawBufferPointer, externalFiles: ExternalFiles, isTolerant: Bool) {
    self.bytes = bytes
    self.raw = raw
    self.externalFiles = externalFiles
    self.isTolerant = isTolerant
  }

  /// The tensor, or `nil` when a tolerant reader leaves it out.
  private mutating func readTensor(_ range: Range<Int>, part: String) throws(NetworkError) -> Tensor? {
    let declined = externalFiles.declined.count
    do throws(NetworkError) {
      return try TensorReader(bytes: bytes, raw: raw, externalFiles: externalFiles).read(range, part: part)
    } catch {
      // Tensors in other files are listed, not noted.
      if isTolerant, externalFiles.declined.count > declined { return nil }
      try leaveOut(error)
      return nil
    }
  }

  /// Notes what is not understood, or refuses the file for it. Damage is refused in any case.
  private mutating func leaveOut(_ error: NetworkError) throws(NetworkError) {
    if case .damaged = error { throw error }
    guard isTolerant else { throw error }
    model.notes.append(error.message)
  }

  private mutating func readModel() throws(NetworkError) {
    var graph: Range<Int>?
    var (producerName, producerVersion) = ("", "")
    var reader = WireReader(raw, 0..<raw.count, part: "model")
    while let (number, field) = try reader.next() {
      switch number {
      case 2: producerName = try reader.text(field, "producer_name")
      case 3: producerVersion = try reader.text(field, "producer_version")
      case 7:
        guard graph == nil else { throw reader.damaged("there is a second graph") }
        graph = try reader.range(field, "graph")
      case 8: model.opset = try opset(try reader.range(field, "opset_import")) ?? model.opset
      case 20:
        try leaveOut(
          .unsupportedFeature("the model holds a training algorithm", hint: "export the model in evaluation mode"))
      case 25: try readFunction(try reader.range(field, "functions"))
      default: break
      }
    }
    guard let graph else { throw reader.damaged("there is no graph") }
    model.producer = [producerName, producerVersion].filter { !$0.isEmpty }.joined(separator: " ")
    try readGraph(graph)
  }

  /// The version of ONNX's own operations, if that is what a range is about.
  private func opset(_ range: Range<Int>) throws(NetworkError) -> Int? {
    var (domain, version) = ("", 0)
    var reader = WireReader(raw, range, part: "operator set")
    while let (number, field) = try reader.next() {
      if number == 1 { domain = try reader.text(field, "domain") }
      if number == 2 { version = try reader.integer(field, "version") }
    }
    return domain.isEmpty || domain == "ai.onnx" ? version : nil
  }

  private mutating func readFunction(_ range: Range<Int>) throws(NetworkError) {
    var function = ModelFunction()
    var nodes: [Range<Int>] = []
    var defaults: [Range<Int>] = []
    var reader = WireReader(raw, range, part: "function")
    while let (number, field) = try reader.next() {
      switch number {
      case 1: function.name = try reader.text(field, "name")
      case 4: function.inputs.append(try reader.text(field, "input"))
      case 5: function.outputs.append(try reader.text(field, "output"))
      case 7: nodes.append(try reader.range(field, "node"))
      case 9: function.opset = try opset(try reader.range(field, "opset_import")) ?? function.opset
      case 10: function.domain = try reader.text(field, "domain")
      case 11: defaults.append(try reader.range(field, "attribute_proto"))
      default: break
      }
    }
    let part = "function '\(function.name)'"
    for range in defaults {
      let (name, value) = try readAttribute(range, part: part)
      function.defaults[name] = value
    }
    for (index, range) in nodes.enumerated() {
      function.nodes.append(try readNode(range, part: "\(part), node \(index)"))
    }
    guard model.functions.updateValue(function, forKey: function.qualifiedName) == nil else {
      throw .duplicateName(function.qualifiedName)
    }
  }

  /// A graph within a node.
  private mutating func readInnerGraph(_ range: Range<Int>, part: String) throws(NetworkError) -> ModelDescription {
    guard depth < Self.largestDepth else {
      throw .unsupportedFeature(
        "\(part) holds a graph more than \(Self.largestDepth) deep", hint: "export the model without control flow")
    }
    let outer = model
    model = ModelDescription()
    depth += 1
    defer {
      model = outer
      depth -= 1
    }
    try readGraph(range)
    return model
  }

  private mutating func readGraph(_ range: Range<Int>) throws(NetworkError) {
    var reader = WireReader(raw, range, part: "graph")
    while let (number, field) = try reader.next() {
      switch number {
      case 1:
        model.nodes.append(try readNode(try reader.range(field, "node"), part: "node \(model.nodes.count)"))
      case 5:
        let part = "tensor \(model.tensors.count)"
        if let tensor = try readTensor(try reader.range(field, "initializer"), part: part) {
          model.tensors.append(tensor)
        }
      case 11: model.inputs.append(try readPort(try reader.range(field, "input"), part: "input \(model.inputs.count)"))
      case 12:
        model.outputs.append(try readPort(try reader.range(field, "output"), part: "output \(model.outputs.count)"))
      case 15:
        try leaveOut(
          .unsupportedFeature("the model holds sparse tensors", hint: "export the model with dense weights"))
      default: break
      }
    }
  }

  private mutating func readNode(_ range: Range<Int>, part: String) throws(NetworkError) -> ModelDescription.Node {
    var node = ModelDescription.Node()
    var attributes: [Range<Int>] = []
    var reader = WireReader(raw, range, part: part)
    while let (number, field) = try reader.next() {
      switch number {
      case 1: node.operands.append(try reader.text(field, "input"))
      case 2: node.results.append(try reader.text(field, "output"))
      case 3: node.name = try reader.text(field, "name")
      case 4: node.operation = try reader.text(field, "op_type")
      case 5: attributes.append(try reader.range(field, "attribute"))
      case 7: node.domain = try reader.text(field, "domain")
      default: break
      }
    }
    for range in attributes {
      let (name, value) = try readAttribute(range, part: part)
      guard node.attributes.updateValue(value, forKey: name) == nil else {
        throw .damaged(place: part, reason: "attribute '\(name)' is given twice")
      }
    }
    return node
  }

  private mutating func readAttribute(_ range: Range<Int>, part: String) throws(NetworkError) -> (
    String, Attributes.Value
  ) {
    var name = ""
    var type = 0
    var value = Attributes.Value.other("nothing")
    var integers: [Int] = []
    var numbers: [UInt8] = []
    var texts: [String] = []
    var reader = WireReader(raw, range, part: part)
    while let (number, field) = try reader.next() {
      switch number {
      case 1: name = try reader.text(field, "name")
      case 2: value = .number(Double(try reader.number(field, "f")))
      case 3: value = .integer(try reader.integer(field, "i"))
      case 4: value = .text(try reader.text(field, "s"))
      case 5:
        value = try readTensor(try reader.range(field, "t"), part: part).map { .tensor($0) } ?? .other("tensor")
      case 6: value = .graph(try readInnerGraph(try reader.range(field, "g"), part: part))
      case 7: try reader.fixedBytes(field, "floats", size: 4, to: &numbers)
      case 8: try reader.integers(field, "ints", to: &integers)
      case 9: texts.append(try reader.text(field, "strings"))
      case 10, 11, 14, 15, 22, 23: value = .other("other")
      case 20: type = try reader.integer(field, "type")
      case 21: value = .reference(try reader.text(field, "ref_attr_name"))
      default: break
      }
    }
    // An empty list leaves no trace but the type; so does a zero in some writers.
    if case .other("nothing") = value {
      switch type {
      case 1: value = .number(0)
      case 2: value = .integer(0)
      case 3: value = .text("")
      case 6: value = .numbers(decoded(numbers))
      case 7: value = .integers(integers)
      case 8: value = .texts(texts)
      default:
        if !integers.isEmpty {
          value = .integers(integers)
        } else if !numbers.isEmpty {
          value = .numbers(decoded(numbers))
        } else if !texts.isEmpty {
          value = .texts(texts)
        }
      }
    }
    return (name, value)
  }

  private func decoded(_ bytes: [UInt8]) -> [Double] {
    bytes.withUnsafeBytes { raw in
      (0..<(bytes.count / 4)).map { Double(raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)) }
    }
  }

  private func readPort(_ range: Range<Int>, part: String) throws(NetworkError) -> ModelDescription.Port {
    var port = ModelDescription.Port()
    var reader = WireReader(raw, range, part: part)
    while let (number, field) = try reader.next() {
      if number == 1 { port.name = try reader.text(field, "name") }
      if number == 2 {
        var type = WireReader(raw, try reader.range(field, "type"), part: part)
        while let (number, field) = try type.next() {
          switch number {
          case 1: try readTensorType(try type.range(field, "tensor_type"), into: &port, part: part)
          case 4: port.otherKind = "a sequence"
          case 5: port.otherKind = "a map"
          case 8: port.otherKind = "a sparse tensor"
          case 9: port.otherKind = "an optional value"
          default: break
          }
        }
      }
    }
    return port
  }

  private func readTensorType(
    _ range: Range<Int>, into port: inout ModelDescription.Port, part: String
  ) throws(NetworkError) {
    var reader = WireReader(raw, range, part: part)
    while let (number, field) = try reader.next() {
      if number == 1 {
        port.unknownType = try reader.integer(field, "elem_type")
        port.type = TensorReader.types[port.unknownType]?.type
      }
      if number == 2 {
        var shape = WireReader(raw, try reader.range(field, "shape"), part: part)
        while let (number, field) = try shape.next() {
          guard number == 1 else { continue }
          var (extent, symbol): (Int?, String?) = (nil, nil)
          var dimension = WireReader(raw, try shape.range(field, "dim"), part: part)
          while let (number, field) = try dimension.next() {
            if number == 1 { extent = try dimension.integer(field, "dim_value") }
            if number == 2 { symbol = try dimension.text(field, "dim_param") }
          }
          if let given = extent, given < 0 { extent = nil }
          port.shape.append(extent)
          port.symbols.append(symbol)
        }
      }
    }
  }
}
