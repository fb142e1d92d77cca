/// The inputs of a network for a batch of samples, and how to cut the batch into parts.
struct Batch<S: NetworkScalar>: Sendable {
  private struct Entry: Sendable {
    let number: Int
    let port: Network.Port
    let array: NDArray<S>
    /// Whether the first axis is the batch.
    let isBatched: Bool
  }

  /// The number of samples; 1 when no input has a batch axis.
  let count: Int
  /// How many samples a part must have, where the file fixes it.
  let fixedPart: Int?
  private let entries: [Entry]

  /// The batch in as few parts as the file allows; the last may be short, and is then filled up with its last sample.
  var parts: [Range<Int>] {
    guard let fixedPart, fixedPart > 0 else { return [0..<count] }
    return stride(from: 0, to: count, by: fixedPart).map { $0..<min($0 + fixedPart, count) }
  }

  /// Takes the given inputs; `axisOf` names the input whose first axis is the batch for certain.
  init(_ network: Network, _ given: [String: NDArray<S>], axisOf certain: String?) throws(NetworkError) {
    for name in given.keys.sorted() { _ = try network.inputName(name) }
    let lead = Self.lead(network, given, certain)
    let leadPort = lead.map { network.inputs[$0] }
    let leadSymbol = lead.flatMap { Self.symbol(network, $0) }
    count = leadPort.flatMap { given[$0.name]?.shape.first } ?? 1
    fixedPart = leadPort?.shape.first ?? nil
    if let port = leadPort, let part = fixedPart, part == 0, count > 0, let array = given[port.name] {
      throw .wrongInputShape(name: port.name, shape: array.shape, expected: port.writtenShape)
    }
    var entries: [Entry] = []
    for (index, port) in network.inputs.enumerated() {
      guard var array = given[port.name] else { throw .missingInput(name: port.name, shape: port.writtenShape) }
      var isBatched = index == lead
      if !isBatched, lead != nil, let axis = port.shape.first {
        // Another input goes with the batch when its first axis is open in the same way, or fixed to the same part.
        let symbol = Self.symbol(network, index)
        let isAlike = symbol == leadSymbol || symbol == nil || leadSymbol == nil
        let sharesAxis = fixedPart == nil ? axis == nil && isAlike : axis == fixedPart
        if array.shape.first == count, array.rank == port.shape.count {
          isBatched = sharesAxis
        } else if sharesAxis, Self.isRow(array, port) {
          array = Self.repeated(array, count, rowShape: Self.rowShape(array, port))
          isBatched = true
        } else if sharesAxis, array.rank == port.shape.count, axis == nil {
          throw .batchMismatch(what: "input '\(port.name)'", shape: array.shape, batch: count)
        }
      }
      try Self.check(array, port, isBatched: isBatched)
      entries.append(Entry(number: network.graph.inputs[index], port: port, array: array, isBatched: isBatched))
    }
    self.entries = entries
  }

  /// The input that says how large the batch is: the one that is asked for, or else the one with the most rows among
  /// those with an open first axis, or else the first with a fixed one that is not met.
  private static func lead(_ network: Network, _ given: [String: NDArray<S>], _ certain: String?) -> Int? {
    if let certain { return network.inputs.firstIndex { $0.name == certain } }
    func rows(_ index: Int) -> Int {
      let port = network.inputs[index]
      guard let array = given[port.name], array.rank == port.shape.count else { return -1 }
      return array.shape.first ?? -1
    }
    let open = network.inputs.indices.filter { network.inputs[$0].shape.first == .some(nil) && rows($0) >= 0 }
    if let most = open.map(rows).max() { return open.first { rows($0) == most } }
    return network.inputs.indices.first { index in
      guard let fixed = network.inputs[index].shape.first ?? nil, fixed > 0 else { return false }
      // The outputs must have that axis too, or there would be nothing to join.
      return rows(index) > 0 && rows(index) != fixed
        && network.outputs.allSatisfy { ($0.shape.first ?? nil) ?? fixed == fixed }
    }
  }

  /// The name of an input's open first axis; exporters make one up for each axis that the person has not named.
  private static func symbol(_ network: Network, _ index: Int) -> String? {
    guard let symbol = network.graph.symbols[index].first ?? nil else { return nil }
    return symbol.isEmpty || symbol.hasPrefix("\(network.inputs[index].name)_dynamic_axes") ? nil : symbol
  }

  /// Whether an array holds what goes with one sample: one row, or a single number where a sample is one.
  ///
  /// An array with fewer axes is not taken for a row: it may as well be meant as one number for each sample.
  private static func isRow(_ array: NDArray<S>, _ port: Network.Port) -> Bool {
    if array.count == 1, port.shape.dropFirst().allSatisfy({ $0 == nil || $0 == 1 }) { return true }
    return array.rank == port.shape.count && array.shape.first == 1
  }

  private static func rowShape(_ array: NDArray<S>, _ port: Network.Port) -> [Int] {
    if array.count == 1 { return port.shape.dropFirst().map { $0 ?? 1 } }
    return Array(array.shape.dropFirst())
  }

  private static func repeated(_ array: NDArray<S>, _ count: Int, rowShape: [Int]) -> NDArray<S> {
    let size = rowShape.reduce(1, *)
    let row = array.count == size ? array.values : [S](repeating: array.values[0], count: size)
    return NDArray(shape: [count] + rowShape, values: (0..<count).flatMap { _ in row })
  }

  private static func check(_ array: NDArray<S>, _ port: Network.Port, isBatched: Bool) throws(NetworkError) {
    let fits =
      array.rank == port.shape.count
      && array.shape.indices.allSatisfy { axis in
        (axis == 0 && isBatched) || port.shape[axis] == nil || port.shape[axis] == array.shape[axis]
      }
    guard fits else { throw .wrongInputShape(name: port.name, shape: array.shape, expected: port.writtenShape) }
  }

  /// The values of the inputs for some of the samples, by their numbers in the graph.
  func values(_ rows: Range<Int>) throws(NetworkError) -> [(number: Int, value: Value<S>)] {
    var result: [(number: Int, value: Value<S>)] = []
    for entry in entries {
      var array = entry.isBatched && rows != 0..<count ? entry.array.rows(rows) : entry.array
      if entry.isBatched, let fixedPart, rows.count < fixedPart { array = Self.filled(array, to: fixedPart) }
      result.append((entry.number, try Self.value(array, entry.port)))
    }
    return result
  }

  /// The number of rows that the network is given for some of the samples.
  func rowCount(_ rows: Range<Int>) -> Int { max(rows.count, fixedPart ?? 0) }

  /// An array with its last row repeated.
  private static func filled(_ array: NDArray<S>, to count: Int) -> NDArray<S> {
    guard let rows = array.shape.first, rows > 0, rows < count else { return array }
    let row = array.values.suffix(array.count / rows)
    let missing = repeatElement(row, count: count - rows).joined()
    return NDArray(shape: [count] + array.shape.dropFirst(), values: array.values + missing)
  }

  /// As `values`, with every sample replaced by the first of the rows.
  func valuesOfFirst(_ rows: Range<Int>) throws(NetworkError) -> [(number: Int, value: Value<S>)] {
    var result: [(number: Int, value: Value<S>)] = []
    for entry in entries {
      var array = entry.array
      if entry.isBatched {
        let first = entry.array.rows(rows.lowerBound..<(rows.lowerBound + 1))
        array = Self.filled(first, to: rowCount(rows))
      }
      result.append((entry.number, try Self.value(array, entry.port)))
    }
    return result
  }

  private static func value(_ array: NDArray<S>, _ port: Network.Port) throws(NetworkError) -> Value<S> {
    switch port.elementType {
    case .f32, .f64, .f16, .bf16: return .real(array)
    case .bool: return .whole(WholeArray(shape: array.shape, values: S.truth(array.values), isBoolean: true))
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64:
      let values = Double.converting(array.values)
      if let odd = values.first(where: { $0 != $0.rounded() || abs($0) > 0x1p62 }) {
        throw .inputNotWhole(name: port.name, value: odd)
      }
      return .whole(WholeArray(shape: array.shape, values: values.map { Int($0) }))
    default:
      throw .unsupportedFeature("input '\(port.name)' is of type \(port.elementType.rawValue)", hint: nil)
    }
  }
}

extension Network.Port {
  /// The shape as a person reads it, with `…` for what is open.
  public var writtenShape: String {
    shape.isEmpty ? "a single number" : shape.map { $0.map(String.init) ?? "…" }.joined(separator: "×")
  }
}
