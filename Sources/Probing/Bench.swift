import Analysis
import Diagnostics
import Networks

/// What a probe may reach while it gathers. Whatever is handed out is remembered, so that a record knows its inputs.
public protocol Bench: AnyObject {
  /// The network of a source, with what the source says of it.
  func network(_ reference: SourceReference) throws -> NetworkSource
  /// The numbers of a source, in double precision.
  func array(_ reference: SourceReference) throws -> NDArray<Double>
  /// The arrays of a source: one, or one of each of several files.
  func arrays(_ reference: SourceReference) throws -> [ArrayMember]
  /// The members of a series, to be opened one by one.
  func series(_ reference: SourceReference) throws -> NetworkSeries
  /// The networks of a source: one, or the members of a series, unopened.
  func networks(_ reference: SourceReference) throws -> [NetworkMember]
  /// The trajectories of a source, read by a convention laid over what the source itself says; several of a series.
  func recordings(_ reference: SourceReference, convention: RecordingConvention) throws -> [RecordingMember]
}

extension Bench {
  /// Refuses: a bench has no series unless it says so.
  public func series(_ reference: SourceReference) throws -> NetworkSeries {
    throw BenchError.unknownSource(reference.name, known: [])
  }

  /// The array of the source.
  public func arrays(_ reference: SourceReference) throws -> [ArrayMember] { [ArrayMember(try array(reference))] }

  /// The network of the source.
  public func networks(_ reference: SourceReference) throws -> [NetworkMember] {
    [NetworkMember(try network(reference))]
  }

  /// Reads the source's array.
  public func recordings(
    _ reference: SourceReference, convention: RecordingConvention
  ) throws -> [RecordingMember] {
    [RecordingMember(try convention.recording(of: try array(reference), named: reference.name))]
  }

  /// The one recording of a source.
  public func recording(_ reference: SourceReference, convention: RecordingConvention) throws -> Recording {
    let found = try recordings(reference, convention: convention)
    guard found.count == 1 else { throw BenchError.severalRecordings(reference.name, found) }
    return found[0].recording
  }
}

/// A network as a source cell describes it.
public struct NetworkSource: Sendable {
  /// The network.
  public let network: Network
  /// How to read it as a score, as far as the source says.
  public let convention: ScoreConvention

  /// Makes a network source.
  public init(network: Network, convention: ScoreConvention = ScoreConvention()) {
    self.network = network
    self.convention = convention
  }
}

/// A source that a probe asked for and cannot have.
public enum BenchError: Diagnosable, Hashable {
  /// Neither a cell nor a file.
  case unknownSource(String, known: [String])
  /// A source of another kind than was asked for.
  case wrongKind(String, expected: String, found: String)
  /// An array of another shape than was asked for.
  case wrongShape(String, shape: [Int], rule: String)
  /// An array with NaN or infinite values.
  case notFinite(String, count: Int)

  /// Several recordings where one was asked for.
  public static func severalRecordings(_ name: String, _ found: [RecordingMember]) -> BenchError {
    let example = found.first?.label.map { ", as in '\(name):\($0)'" } ?? ""
    return .wrongKind(name, expected: "one recording\(example)", found: "a series of \(found.count)")
  }

  /// What is the matter.
  public var message: String {
    switch self {
    case .unknownSource(let name, _): "source '\(name)' is neither a cell nor a file"
    case .wrongKind(let name, let expected, let found): "source '\(name)' is \(found); it must be \(expected)"
    case .wrongShape(let name, let shape, let rule):
      "array '\(name)' is \(shape.isEmpty ? "a single number" : shape.map(String.init).joined(separator: "×")); it must be \(rule)"
    case .notFinite(let name, let count):
      "array '\(name)' has \(count) NaN or infinite \(count == 1 ? "value" : "values"); every value must be finite"
    }
  }

  /// The nearest known source.
  public var hint: String? {
    switch self {
    case .unknownSource(let name, let known): nearMissHint(for: name, among: known)
    default: nil
    }
  }

  /// A missing or unfit source.
  public var status: ExitStatus {
    switch self {
    case .unknownSource, .wrongShape, .notFinite: .inputDamaged
    case .wrongKind: .notebookWrong
    }
  }
}
