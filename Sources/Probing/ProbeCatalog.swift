import Diagnostics
import LinearAlgebra

/// The probes that notebooks may ask for.
public struct ProbeCatalog: Sendable {
  /// The probe types, in the order to list them.
  public let probes: [any Probe.Type]
  /// The works that the probes' cards cite, as BibTeX: a report prints them whether or not its notebook has them.
  public let literature: String

  /// Makes a catalog. Names must differ.
  public init(_ probes: [any Probe.Type], literature: String = "") {
    precondition(Set(probes.map { $0.card.name }).count == probes.count, "two probes share a name")
    self.probes = probes
    self.literature = literature
  }

  /// The kinds, in order.
  public var kinds: [String] { probes.map { $0.card.name } }

  /// The probe of a kind.
  public func probe(ofKind kind: String) -> (any Probe.Type)? { probes.first { $0.card.name == kind } }
}

extension Probe {
  /// The probe with the written keys laid over `standard`, checked; and the sources the keys name.
  public static func reading(_ written: WrittenValue) throws(ParameterError) -> ProbeRequest {
    let decoded = try ParameterReader.read(Self.self, from: written, over: Self.standard)
    do {
      try decoded.value.validate()
    } catch {
      throw error.located(in: written)
    }
    return ProbeRequest(probe: decoded.value, references: decoded.references)
  }

  /// The keys that its findings have.
  public static var findingShape: FindingShape? { FindingShape(of: Finding.self) }

  /// Gathers from a bench and returns the measurement that waits to be run, so that a cache can be asked in between.
  public func prepared(on bench: some Bench) throws -> PreparedMeasurement {
    let subject = try gather(from: bench)
    return PreparedMeasurement { seed, progress in
      var random = SeededGenerator(seed: seed)
      return try self.measure(subject, using: &random, progress: progress)
    }
  }
}

/// A probe as a notebook or a command line asks for it.
public struct ProbeRequest: Sendable {
  /// The probe with its parameters.
  public let probe: any Probe
  /// The sources it names, with the places where they are named.
  public let references: [WrittenReference]
}

/// A gathered subject, ready to be measured.
public struct PreparedMeasurement {
  let run: (_ seed: UInt64, _ progress: @escaping MeasurementProgress) throws -> any ProbeFinding

  /// Measures with a seed.
  public func measure(
    _ seed: UInt64, progress: @escaping MeasurementProgress = { _ in }
  ) throws -> any ProbeFinding { try run(seed, progress) }
}
