import Analysis
import Diagnostics
import LinearAlgebra
import Probing

/// One comparison of many systems, step by step.
struct DynamicalSimilarityMeasurement {
  let probe: DynamicalSimilarity
  let systems: [DynamicalSimilarity.Subject.System]
  let groups: [String]
  let embedding: DelayEmbedding
  /// The recordings in which dynamics are sought, with their inputs: thinned, scaled, reduced; none of ready operators.
  let recordings: [DrivenRecording]
  var caveats: [Caveat] = []

  /// A system's operator, and what the fit says of it.
  struct Fitted: Sendable {
    let stateOperator: Matrix<Double>
    var inputOperator: Matrix<Double>?
    var stateCount: Int?
    var explained: Double?
    /// Whether inputs explain no more of what changes than chance does.
    var isIdle = false
  }

  init(of probe: DynamicalSimilarity, _ subject: DynamicalSimilarity.Subject) throws {
    self.probe = probe
    systems = subject.systems
    let own = systems.compactMap(\.group)
    // One group, or groups of one, are none.
    let isGrouped = own.count == systems.count && (2..<systems.count).contains(Set(own).count)
    groups = isGrouped || !probe.groups.isEmpty ? own : []
    embedding = try DelayEmbedding(count: probe.windowDelays, lagInSamples: probe.lag)
    let originals = systems.compactMap { system -> (name: String, recording: DrivenRecording)? in
      guard case .recording(let recording) = system.content else { return nil }
      return (system.name, recording.mapped { $0.subsampled(by: probe.subsample) })
    }
    try Self.refuseDifferentTimes(originals.map { ($0.name, $0.recording.states) })
    try Self.refuseUnlikeInputs(originals)
    let longest = max(probe.windowDelays, probe.sweepDelays.max() ?? 1)
    recordings = try concurrently(originals) { original in
      try SystemTrouble.locating(original.name) { try Self.prepared(original.recording, by: probe, longest: longest) }
    }
    noteRecordings(originals.map { ($0.name, $0.recording.states) })
  }

  private static func prepared(
    _ original: DrivenRecording, by probe: DynamicalSimilarity, longest: Int
  ) throws -> DrivenRecording {
    let states = original.states
    try states.requireScale()
    try original.inputs?.requireScale()
    guard states.constantUnits.count < states.unitCount else { throw RecordingError.allConstant }
    var recording = try states.scaled(RecordingScaling(rawValue: probe.scaling.rawValue) ?? .none)
    if let components = probe.components {
      let most = min(recording.unitCount, recording.sampleCount)
      guard components <= most else {
        throw AnalysisError.outOfRange(
          "number of components", Double(components),
          rule: "at most \(most), as the recording has \(counted(recording.unitCount, "unit"))")
      }
      recording = try PrincipalComponents(of: recording, count: components).projected(recording)
    }
    // Delays repeat every sample: a small file could ask for all memory there is.
    let channels = recording.unitCount + (original.inputs?.unitCount ?? 0)
    let numbers = Double(recording.sampleCount) * Double(channels)
    guard numbers * Double(longest) <= 50_000_000 else {
      throw AnalysisError.outOfRange(
        "number of delays", Double(longest),
        rule:
          "at most \(Int(50_000_000 / numbers)) for \(counted(recording.sampleCount, "sample")) of \(counted(channels, "unit"))"
      )
    }
    // Where states are centred their inputs must be, or the dynamics have a constant that no operator has.
    let isCentred = probe.scaling != .none || probe.components != nil
    let inputs = try original.inputs.map { isCentred ? try $0.scaled(.centre) : $0 }
    return DrivenRecording(states: recording, inputs: inputs)
  }

  // MARK: The finding

  func finding(
    using random: SeededGenerator, progress: @escaping MeasurementProgress
  ) throws -> DynamicalSimilarityFinding {
    var caveats = caveats
    progress("fitting \(systems.count) systems")
    let rank = try commonRank(caveats: &caveats)
    let fitted = try fits(rank: rank)
    caveats += doubts(of: fitted, rank: rank)
    progress("comparing \(systems.count * (systems.count - 1) / 2) pairs")
    let comparisons = try comparisons(of: fitted, names: systems.map(\.name), search: search(random))
    let comparison = comparisons[0].comparison
    caveats += doubts(of: comparison)
    let separation = try separation(comparison.distances, using: random.split("groups"), caveats: &caveats)
    var intervals: DynamicalSimilarityFinding.DistanceIntervals?
    if probe.trialDraws > 0, let rank {
      intervals = try distanceIntervals(rank: rank, random, progress: progress, caveats: &caveats)
    }
    var halves = [Double?](repeating: nil, count: systems.count)
    if probe.splitHalf, let rank {
      progress("comparing halves")
      halves = halfDistances(rank: rank, random, caveats: &caveats)
    }
    var shuffled: DynamicalSimilarityFinding.Shuffled?
    if probe.surrogates > 0, let rank {
      progress("shuffling \(systems.count) systems")
      shuffled = shuffledDistances(rank: rank, random, caveats: &caveats)
    }
    let sweep = try probe.sweepRanks.isEmpty ? nil : sweep(progress: progress, caveats: &caveats)
    let classical = try ClassicalScaling(of: comparison.distances)
    let majorized = try StressMajorization(of: comparison.distances, from: classical.coordinates)
    if majorized.stress > 0.2 {
      caveats.append(
        Caveat(
          "flattened",
          "the plane holds the distances with a stress of \(rounded(majorized.stress)); above 0.2 look at the distances themselves"
        ))
    }
    return DynamicalSimilarityFinding(
      labels: systems.map(\.name), numbers: systems.map(\.number), groups: groups, score: probe.score,
      method: rank == nil ? nil : probe.fitMethod,
      delays: probe.windowDelays, lag: probe.lag, size: comparison.size, distances: comparison.distances.rowArrays,
      lowerBounds: comparison.lowerBounds.rowArrays, spread: comparison.spread.rowArrays,
      converged: comparison.converged, certified: comparison.certified,
      systems: try descriptions(fitted, comparison.distances, halves: halves), separation: separation,
      intervals: intervals, shuffled: shuffled,
      classical: PlanePlacement(classical.coordinates, stress: classical.stress),
      majorized: PlanePlacement(majorized.coordinates, stress: majorized.stress),
      dendrogram: try Dendrogram(of: comparison.distances), sweep: sweep, driven: driven(comparisons), caveats: caveats)
  }

  private func driven(
    _ comparisons: [(part: DynamicalSimilarity.Compared?, comparison: SystemComparison)]
  ) -> DynamicalSimilarityFinding.Driven? {
    guard let compared = probe.compared, let inputs = recordings.first?.inputs else { return nil }
    func distances(_ part: DynamicalSimilarity.Compared) -> [[Double]] {
      comparisons.first { $0.part == part }?.comparison.distances.rowArrays ?? []
    }
    return .init(
      compared: compared, inputs: inputs.unitNames, joint: distances(.joint), state: distances(.state),
      control: distances(.control))
  }

  func search(_ random: SeededGenerator) -> AlignmentSearch {
    AlignmentSearch(thoroughness: probe.search, seed: random.split("search").seed)
  }

  private func descriptions(
    _ fitted: [Fitted], _ distances: Matrix<Double>, halves: [Double?]
  ) throws -> [DynamicalSimilarityFinding.System] {
    try fitted.indices.map { index in
      let matrix = fitted[index].stateOperator
      let values = try eigenvalues(of: matrix).sorted {
        ($0.modulus, $0.real, $0.imaginary) > ($1.modulus, $1.real, $1.imaginary)
      }
      let norm = matrix.frobeniusNorm
      let unit = norm > 0 ? (1 / norm) * matrix : matrix
      let nearest = fitted.indices.filter { $0 != index }.min { distances[index, $0] < distances[index, $1] } ?? 0
      return .init(
        name: systems[index].name, group: groups.isEmpty ? nil : groups[index], rank: matrix.rowCount,
        stateCount: fitted[index].stateCount, explained: fitted[index].explained,
        spectralRadius: values.first?.modulus ?? 0,
        nonNormality: (unit.rowGram - unit.columnGram).frobeniusNorm, nearest: systems[nearest].name,
        nearestDistance: distances[index, nearest], splitHalf: halves[index], eigenvaluesReal: values.map(\.real),
        eigenvaluesImaginary: values.map(\.imaginary))
    }
  }

  private func separation(
    _ distances: Matrix<Double>, using random: SeededGenerator, caveats: inout [Caveat]
  ) throws -> GroupSeparation? {
    guard !groups.isEmpty else { return nil }
    var random = random
    let counts = Dictionary(groups.map { ($0, 1) }, uniquingKeysWith: +)
    let alone = groups.filter { counts[$0] == 1 }
    if counts.count >= 2, alone.count < counts.count, let first = alone.first {
      caveats.append(
        Caveat(
          "lone-systems",
          "\(counted(alone.count, "group")) ('\(first)'\(alone.count > 1 ? " …" : "")) \(alone.count == 1 ? "has" : "have") one system, whose silhouette is 0 and whose label no neighbour can have"
        ))
    }
    return try GroupSeparation(
      of: distances, groups: groups, neighbourCount: probe.neighbours, permutationCount: probe.permutations,
      drawCount: probe.draws, using: &random)
  }
}
