import Checkpoints
import Diagnostics
import Foundation
import LinearAlgebra
import Networks
import Probing

/// The places of files beside these tests.
enum TestFiles {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  static let root = folder.deletingLastPathComponent().deletingLastPathComponent()

  static func fixture(_ name: String) throws -> Network {
    try Network.load(path: folder.appendingPathComponent("Fixtures/\(name).onnx").path)
  }

  static func checkpoint(_ folder: String) throws -> Network {
    try Network.load(path: root.appendingPathComponent("checkpoints/\(folder)/score.onnx").path)
  }

  static func array(_ path: String) throws -> NDArray<Double> {
    let tensor = try Checkpoint.array(path: root.appendingPathComponent("checkpoints/\(path)").path)
    return NDArray(shape: tensor.shape, values: try tensor.doubles())
  }
}

/// A bench of what it is given.
final class TestBench: Bench {
  private let networks: [String: NetworkSource]
  private let arrays: [String: NDArray<Double>]
  private let series: [String: NetworkSeries]

  init(
    networks: [String: Network] = [:], convention: ScoreConvention = .init(), arrays: [String: NDArray<Double>] = [:],
    series: [String: NetworkSeries] = [:]
  ) {
    self.series = series
    self.networks = networks.mapValues { NetworkSource(network: $0, convention: convention) }
    self.arrays = arrays
  }

  func network(_ reference: SourceReference) throws -> NetworkSource {
    guard let found = networks[reference.name] else {
      throw BenchError.unknownSource(reference.name, known: networks.keys.sorted())
    }
    return found
  }

  func array(_ reference: SourceReference) throws -> NDArray<Double> {
    guard let found = arrays[reference.name] else {
      throw BenchError.unknownSource(reference.name, known: arrays.keys.sorted())
    }
    return found
  }

  func arrays(_ reference: SourceReference) throws -> [ArrayMember] {
    let parts = reference.name.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else { return [ArrayMember(try array(reference))] }
    return arrays.keys.filter { $0.hasPrefix(parts[0]) && $0.hasSuffix(parts[1]) }.sorted().map { name in
      let label = String(name.dropFirst(parts[0].count).dropLast(parts[1].count))
      return ArrayMember(label: label, number: Double(label), arrays[name] ?? NDArray(shape: [], values: [0]))
    }
  }

  func series(_ reference: SourceReference) throws -> NetworkSeries {
    guard let found = series[reference.name] else {
      throw BenchError.unknownSource(reference.name, known: series.keys.sorted())
    }
    return found
  }

  func networks(_ reference: SourceReference) throws -> [NetworkMember] {
    guard let found = series[reference.name] else { return [NetworkMember(try network(reference))] }
    return found.members.indices.map { NetworkMember(of: found, at: $0) }
  }
}

extension NetworkSeries {
  /// A series of weights at steps 0, 100, 200 …
  static func steps(_ weights: [[Tensor]], over: Index = .step) -> NetworkSeries {
    NetworkSeries(
      over: over, members: weights.indices.map { Member(number: Double(100 * $0), label: "\(100 * $0)") },
      weights: { weights[$0] }, functions: { _ in throw Unexpected() })
  }
}

/// Gaussian data with covariance H diag(variances) H, H = 1 − (2/d) 1 1ᵀ: what the fixtures' networks know exactly.
struct GaussianData {
  let variances: [Double]

  static let six = GaussianData(variances: [1, 1, 0.04, 0, 0, 0])
  static let twoVariances = GaussianData(
    variances: Array(repeating: 1, count: 10) + Array(repeating: 0.01, count: 30) + Array(repeating: 0, count: 60))
  static let fiveOfTwenty = GaussianData(variances: [1, 1, 1, 0.04, 0.04] + Array(repeating: 0, count: 15))

  var dimension: Int { variances.count }

  static func reflected(_ vector: [Double]) -> [Double] {
    let mean = vector.reduce(0, +) / Double(vector.count)
    return vector.map { $0 - 2 * mean }
  }

  /// Random points.
  func points(_ count: Int, seed: UInt64 = 5) -> NDArray<Double> {
    var random = SeededGenerator(seed: seed)
    let rows = (0..<count).flatMap { _ in Self.reflected(variances.map { $0.squareRoot() * random.gaussian() }) }
    return NDArray(shape: [count, dimension], values: rows)
  }

  /// As many points as there are variances, with exactly this covariance: one along each direction.
  var spanningPoints: NDArray<Double> {
    let along = variances.indices.filter { variances[$0] > 0 }
    let rows = along.flatMap { axis in
      var point = [Double](repeating: 0, count: dimension)
      point[axis] = (variances[axis] * Double(along.count)).squareRoot()
      return Self.reflected(point)
    }
    return NDArray(shape: [along.count, dimension], values: rows)
  }

  var covariance: NDArray<Double> {
    let columns = variances.indices.map { axis in
      var unit = [Double](repeating: 0, count: dimension)
      unit[axis] = 1
      return Self.reflected(zip(Self.reflected(unit), variances).map { $0 * $1 })
    }
    // Symmetric to the last bit, so that no reader need forgive.
    let entries = variances.indices.flatMap { row in
      variances.indices.map { column in (columns[row][column] + columns[column][row]) / 2 }
    }
    return NDArray(shape: [dimension, dimension], values: entries)
  }

  /// F with F Fᵀ the covariance: the reflection's columns times the standard deviations.
  var factor: NDArray<Double> {
    let along = variances.indices.filter { variances[$0] > 0 }
    let entries = variances.indices.flatMap { row in
      along.map { axis in ((row == axis ? 1 : 0) - 2 / Double(dimension)) * variances[axis].squareRoot() }
    }
    return NDArray(shape: [dimension, along.count], values: entries)
  }

  /// Singular values of σ²J at a noise variance t = (σ/μ)², descending.
  func spectrum(_ t: Double) -> [Double] { variances.map { t / (t + $0) }.sorted(by: >) }
}

extension Probe {
  /// The finding of the probe with written parameters.
  static func finding(_ written: WrittenValue, on bench: some Bench, seed: UInt64 = 7) throws -> Finding {
    let request = try reading(written)
    let found = try request.probe.prepared(on: bench).measure(seed)
    guard let finding = found as? Finding else { throw Unexpected() }
    return finding
  }

  /// What the probe says when it refuses parameters or sources, with its hint.
  static func refusal(_ written: WrittenValue, on bench: some Bench = TestBench()) -> String? {
    do {
      _ = try finding(written, on: bench)
      return nil
    } catch let error as any Diagnosable {
      return error.message + (error.hint.map { " | \($0)" } ?? "")
    } catch { return "not diagnosable: \(error)" }
  }
}

struct Unexpected: Error {}

/// The largest difference between two arrays of equal length.
func largestDifference(_ left: [Double], _ right: [Double]) -> Double {
  left.count == right.count ? zip(left, right).map { abs($0 - $1) }.max() ?? 0 : .infinity
}

/// Whether a value is another up to a relative tolerance.
func isClose(_ value: Double?, _ expected: Double, within tolerance: Double = 1e-5) -> Bool {
  value.map { abs($0 - expected) <= tolerance * abs(expected) } ?? false
}

extension WrittenValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// Text.
  public init(stringLiteral value: String) { self.init(.text(value)) }
  /// A whole number.
  public init(integerLiteral value: Int) { self.init(.integer(value)) }
  /// A number.
  public init(floatLiteral value: Double) { self.init(.number(value)) }
  /// A truth.
  public init(booleanLiteral value: Bool) { self.init(.boolean(value)) }
  /// A list.
  public init(arrayLiteral elements: WrittenValue...) { self.init(.list(elements)) }
  /// A mapping.
  public init(dictionaryLiteral elements: (String, WrittenValue)...) {
    self.init(.record(elements.map { Entry(key: $0.0, value: $0.1) }))
  }

  /// This mapping with further keys, which take the place of equal ones.
  func with(_ other: WrittenValue) -> WrittenValue {
    let new = other.entries ?? []
    let kept = (entries ?? []).filter { entry in !new.contains { $0.key == entry.key } }
    return WrittenValue(.record(kept + new))
  }

  /// Numbers as a list.
  static func numbers(_ values: [Double]) -> WrittenValue {
    WrittenValue(.list(values.map { WrittenValue(.number($0)) }))
  }
}
