/// What one further input of a score network is given: the same for all points, or a row for each.
public struct ScoreCondition: Sendable, Hashable {
  /// The numbers, in the shape of the input.
  public let values: NDArray<Double>
  /// Whether the first axis has a row for each point.
  public let isPerPoint: Bool

  /// The conditions by the names of the inputs; shapes are `rows × numbers`, or the numbers of one row.
  static func conditions(
    _ given: [String: NDArray<Double>], of network: Network
  ) throws -> [String: ScoreCondition] {
    var conditions: [String: ScoreCondition] = [:]
    for key in given.keys.sorted() {
      let name = try network.inputName(key)
      guard let array = given[key], let port = network.inputs.first(where: { $0.name == name }) else { continue }
      guard conditions[name] == nil else { throw ScoreInputError.conditionTwice(name) }
      conditions[name] = try ScoreCondition(array, for: port)
    }
    return conditions
  }

  /// Gives an array the shape of an input.
  private init(_ array: NDArray<Double>, for port: Network.Port) throws {
    let rows = array.rank < 2 ? 1 : array.shape[0]
    let size = rows == 0 ? 0 : array.count / rows
    isPerPoint = rows > 1
    if port.shape.isEmpty || port.isWithoutBatch(ofSize: size), rows == 1 {
      // An input that is the same for a whole batch.
      guard port.shape.isEmpty ? size == 1 : true else {
        throw ScoreInputError.conditionSize(port.name, expected: port.shape, found: size)
      }
      values = array.reshaped(to: port.shape.compactMap { $0 })
      return
    }
    let sample = port.shape.dropFirst()
    let isOpen = sample.contains { $0 == nil }
    guard size > 0, isOpen ? sample.count == 1 : sample.reduce(1, { $0 * ($1 ?? 1) }) == size else {
      throw ScoreInputError.conditionSize(port.name, expected: port.shape, found: size)
    }
    values = array.reshaped(to: [rows] + (isOpen ? [size] : sample.compactMap { $0 }))
  }

  /// Some of the rows, where there is one for each point; a single one is the same for all points around its own.
  func rows(_ rows: Range<Int>) -> ScoreCondition {
    guard isPerPoint, rows.upperBound <= values.shape[0] else { return self }
    return ScoreCondition(values: values.rows(rows), isPerPoint: rows.count > 1)
  }

  private init(values: NDArray<Double>, isPerPoint: Bool) {
    self.values = values
    self.isPerPoint = isPerPoint
  }

  /// Refuses a number of points that the rows do not go with.
  func requireRows(named name: String, pointCount: Int) throws {
    if isPerPoint, values.shape[0] != pointCount {
      throw ScoreInputError.conditionRows(name, rows: values.shape[0], points: pointCount)
    }
  }
}

extension Network.Port {
  /// Whether all axes are fixed, the first to more than one, and together hold that many numbers: no room for a batch.
  fileprivate func isWithoutBatch(ofSize size: Int) -> Bool {
    guard let first = shape.first ?? nil, first > 1, !shape.contains(where: { $0 == nil }) else { return false }
    return shape.reduce(1, { $0 * ($1 ?? 1) }) == size
  }
}
