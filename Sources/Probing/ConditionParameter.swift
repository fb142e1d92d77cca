import Diagnostics
import Networks

/// What a further input of a network is given, as a person writes it: a number, a row of numbers, several rows, or a source
/// of rows. `conditions: {c: [0.2, -0.4]}`, `{c: [[0, 0], [1, 0]]}`, `{c: centres.npy}`.
public enum ConditionParameter: Codable, Hashable, Sendable {
  /// Rows of numbers.
  case rows([[Double]])
  /// A source of them.
  case source(SourceReference)

  /// Reads numbers, or else the name of a source.
  public init(from decoder: any Decoder) throws {
    if let rows = try? [[Double]](from: decoder) {
      // A lone number is a list of one to a reader of parameters, so a row of numbers may look like rows of one.
      let isOneRow = (try? [Double](from: decoder)) != nil
      self = .rows(isOneRow ? [rows.flatMap { $0 }] : rows)
      return
    }
    do {
      self = .source(try decoder.singleValueContainer().decode(SourceReference.self))
    } catch ParameterError.wrongKind(let key, _, let found, let range) {
      throw ParameterError.wrongKind(
        key: key, expected: "a number, a list of numbers, a list of such lists, or a source", found: found, range)
    }
  }

  /// Writes rows as lists, and a source by its name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .rows(let rows): try container.encode(rows)
    case .source(let source): try container.encode(source)
    }
  }

  /// Refuses rows of nothing, of different lengths, or of what is no number.
  public func validate(key: String) throws(ParameterError) {
    guard case .rows(let rows) = self else { return }
    guard let width = rows.first?.count, width > 0 else {
      throw .rule(key, is: "empty", mustBe: "at least one row of at least one number")
    }
    if let other = rows.first(where: { $0.count != width }) {
      throw .rule(key, is: "a row of \(width) and one of \(other.count)", mustBe: "rows of one length")
    }
    if let value = rows.joined().first(where: { !$0.isFinite }) { throw .rule(key, is: value, mustBe: "finite") }
  }

  /// The rows: `rows × numbers`.
  public func array(on bench: some Bench) throws -> NDArray<Double> {
    switch self {
    case .rows(let rows):
      return NDArray(shape: [rows.count, rows.first?.count ?? 0], values: rows.flatMap { $0 })
    case .source(let source):
      let array = try bench.array(source)
      guard let rows = array.shape.first, rows > 0, array.count > 0 else {
        throw BenchError.wrongShape(source.name, shape: array.shape, rule: "rows × numbers, with at least one row")
      }
      let bad = array.values.count(where: { !$0.isFinite })
      if bad > 0 { throw BenchError.notFinite(source.name, count: bad) }
      return array.reshaped(to: [rows, array.count / rows])
    }
  }
}

extension [String: ConditionParameter] {
  /// Refuses conditions that make no sense.
  public func validate(key: String = "conditions") throws(ParameterError) {
    for name in keys.sorted() { try self[name]?.validate(key: "\(key).\(name)") }
  }

  /// The rows of each, by input.
  public func arrays(on bench: some Bench) throws -> [String: NDArray<Double>] {
    var arrays: [String: NDArray<Double>] = [:]
    for name in keys.sorted() { arrays[name] = try self[name]?.array(on: bench) }
    return arrays
  }
}
