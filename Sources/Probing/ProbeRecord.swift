import Diagnostics
import Foundation

/// A finding on disk, with everything that made it. Holds no times and no dates: equal inputs give equal bytes.
public struct ProbeRecord: Sendable, Hashable, Codable {
  /// The version of this layout.
  public static let currentSchema = 1

  /// A probe by name and version.
  public struct ProbeName: Sendable, Hashable, Codable {
    /// The kind.
    public var name: String
    /// The version.
    public var version: Int
  }

  /// A source that the measurement used.
  public struct SourceDigest: Sendable, Hashable, Codable {
    /// The name under which the parameters asked for it.
    public var name: String
    /// What of it was used, such as `network` or `points`.
    public var part: String
    /// SHA-256 of just that part.
    public var sha256: String
    /// Of a network, whether it is known to be its maker's function, in a few words.
    public var state: String?
    /// Of a network, what a notebook can say of it.
    public var facts: NetworkFacts?

    /// Makes a source digest.
    public init(name: String, part: String, sha256: String, state: String? = nil, facts: NetworkFacts? = nil) {
      self.name = name
      self.part = part
      self.sha256 = sha256
      self.state = state
      self.facts = facts
    }
  }

  /// The layout's version.
  public var schema: Int
  /// The probe.
  public var probe: ProbeName
  /// Its canonical parameters.
  public var parameters: JSONValue
  /// The seed.
  public var seed: UInt64
  /// The sources, in the order they were asked for.
  public var sources: [SourceDigest]
  /// What was found.
  public var finding: JSONValue
  /// The numerical doubts.
  public var caveats: [Caveat]
  /// What computed it.
  public var software: String

  /// Makes the record of a measurement.
  public init(
    probe: any Probe, seed: UInt64, sources: [SourceDigest], finding: any ProbeFinding, software: String
  ) throws {
    let card = type(of: probe).card
    schema = Self.currentSchema
    self.probe = ProbeName(name: card.name, version: card.version)
    parameters = try JSONValue(encoding: probe)
    self.seed = seed
    self.sources = sources
    self.finding = try JSONValue(encoding: finding)
    caveats = finding.caveats
    self.software = software
  }
}

extension Probe {
  /// The finding of a record of this probe.
  public static func finding(in record: ProbeRecord) throws -> any ProbeFinding {
    try record.finding.decoded(as: Finding.self)
  }
}
