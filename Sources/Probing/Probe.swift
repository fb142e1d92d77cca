import Exhibits
import Diagnostics
import LinearAlgebra

/// A question to ask of networks or arrays. A probe is a value whose stored properties are its parameters.
///
/// Three verbs, three worlds: `gather` fails because of files, `measure` because of numbers, `exhibits` cannot fail.
public protocol Probe: Codable, Hashable, Sendable {
  /// What one measurement needs, gathered from sources.
  associatedtype Subject
  /// What one measurement found.
  associatedtype Finding: ProbeFinding
  /// Name, version, the question it answers, citation keys.
  static var card: ProbeCard { get }
  /// The parameters where the notebook is silent.
  static var standard: Self { get }
  /// Refuses parameters that make no sense together or lie outside their range.
  func validate() throws(ParameterError)
  /// Takes what the measurement needs from the bench.
  func gather(from bench: some Bench) throws -> Subject
  /// Measures. Pure: the same subject and seed give the same finding, byte for byte.
  func measure(_ subject: Subject, using random: inout SeededGenerator) throws -> Finding
  /// The same, telling how far it has come. A probe that may take long says something here; the others need not.
  func measure(
    _ subject: Subject, using random: inout SeededGenerator, progress: @escaping MeasurementProgress
  ) throws -> Finding
}

extension Probe {
  /// Measures in silence.
  public func measure(
    _ subject: Subject, using random: inout SeededGenerator, progress: @escaping MeasurementProgress
  ) throws -> Finding { try measure(subject, using: &random) }
}

/// Told how far a measurement has come, in words such as `level 3 of 8, 120 of 1024 directions`; from any thread, and as often as
/// one likes.
public typealias MeasurementProgress = @Sendable (_ words: String) -> Void

/// What a probe found: encodable, and able to show itself.
public protocol ProbeFinding: Codable, Hashable, Sendable {
  /// The figures, tables and quantities that show the finding, under unique and stable names.
  var exhibits: [Exhibit] { get }
  /// The numerical doubts that travel with it.
  var caveats: [Caveat] { get }
}

/// What a person should know of a probe before using it.
public struct ProbeCard: Sendable, Hashable, Codable {
  /// The kind under which notebooks ask for it, such as `spectral-gap`.
  public var name: String
  /// Rises whenever numbers may change.
  public var version: Int
  /// The question it answers, in one sentence.
  public var question: String
  /// The keys of `docs/references.bib` to cite when its numbers are used.
  public var citations: [String]
  /// What each parameter means, in the order to show them.
  public var parameters: [ParameterNote]
  /// The names of the exhibits that a finding may show; some need parameters that bring them forth.
  public var exhibits: [String]

  /// Makes a card.
  public init(
    name: String, version: Int, question: String, citations: [String], parameters: [ParameterNote], exhibits: [String]
  ) {
    self.name = name
    self.version = version
    self.question = question
    self.citations = citations
    self.parameters = parameters
    self.exhibits = exhibits
  }
}

/// One parameter, described for `fieldbook probes KIND`.
public struct ParameterNote: Sendable, Hashable, Codable {
  /// The key.
  public var key: String
  /// What it means, with its unit and range.
  public var meaning: String

  /// Makes a note.
  public init(_ key: String, _ meaning: String) {
    self.key = key
    self.meaning = meaning
  }
}
