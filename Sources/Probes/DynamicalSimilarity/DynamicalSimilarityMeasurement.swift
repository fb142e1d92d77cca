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
  /// The recordings in which dynamics are sought: thinned, scaled, reduced; none of ready operators.
  let recordings: [Recording]
  var caveats: [Caveat] = []

  /// A system's operator, and what the fit says of it.
  struct Fitted: Sendable {
    let stateOperator: Matrix<Double>
    var stateCount: Int?
    var explained: Double?
  }

  init(of probe: DynamicalSimilarity, _ subject: DynamicalSimilarity.Subject) throws {
    self.probe = probe
    systems = subject.systems
    let own = systems.compactMap(\.group)
    // One group, or groups of one, are none.
    let isGrouped = own.count == systems.count && (2..<systems.count).contains(Set(own).count)
    groups = isGrouped || !probe.groups.isEmpty ? own : []
    embedding = try DelayEmbedding(count: probe.delays, lagInSamples: probe.lag)
    let originals = systems.compactMap { system -> (name: String, recording: Recording)? in
      guard case .recording(let recording) = system.content else { return nil }
      return (system.name, recording.subsampled(by: probe.subsample))
    }
    try Self.refuseDifferentTimes(originals)
    let longest = max(probe.delays, probe.sweepDelays.max() ?? 1)
    recordings = try concurrently(originals) { original in
      try Self.located(original.name) {
        try Self.prepared(original.recording, scaling: probe.scaling, components: probe.components, longest: longest)
      }
    }
    noteRecordings(originals)
  }

  static func located<Value>(_ name: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as ParameterError {
      // A parameter is at fault, not a system.
      throw error
    } catch let error as any Diagnosable { throw SystemTrouble(name, error) }
  }

  private static func prepared(
    _ original: Recording, scaling: DynamicModes.Scaling, components: Int?, longest: Int
  ) throws -> Recording {
    guard original.constantUnits.count < original.unitCount else { throw RecordingError.allConstant }
    var recording = try original.scaled(RecordingScaling(rawValue: scaling.rawValue) ?? .none)
    if let components {
      let most = min(recording.unitCount, recording.sampleCount)
      guard components <= most else {
        throw AnalysisError.outOfRange(
          "number of components", Double(components),
          rule: "at most \(most), as the recording has \(counted(recording.unitCount, "unit"))")
      }
      recording = try PrincipalComponents(of: recording, count: components).projected(recording)
    }
    // Delays repeat every sample: a small file could ask for all memory there is.
    let numbers = Double(recording.sampleCount) * Double(recording.unitCount)
    guard numbers * Double(longest) <= 50_000_000 else {
      throw AnalysisError.outOfRange(
        "number of delays", Double(longest),
        rule:
          "at most \(Int(50_000_000 / numbers)) for \(counted(recording.sampleCount, "sample")) of \(counted(recording.unitCount, "unit"))"
      )
    }
    return recording
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
    let comparison = try SystemComparison(
      of: fitted.map(\.stateOperator), names: systems.map(\.name), score: probe.score, search: search(random))
    caveats += doubts(of: comparison)
    let separation = try separation(comparison.distances, using: random.split("groups"), caveats: &caveats)
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
      method: rank == nil ? nil : probe.method,
      delays: probe.delays, lag: probe.lag, size: comparison.size, distances: comparison.distances.rowArrays,
      lowerBounds: comparison.lowerBounds.rowArrays, spread: comparison.spread.rowArrays,
      converged: comparison.converged, certified: comparison.certified,
      systems: try descriptions(fitted, comparison.distances, halves: halves), separation: separation,
      shuffled: shuffled, classical: PlanePlacement(classical.coordinates, stress: classical.stress),
      majorized: PlanePlacement(majorized.coordinates, stress: majorized.stress),
      dendrogram: try Dendrogram(of: comparison.distances), sweep: sweep, caveats: caveats)
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

  // MARK: Fits

  /// The rank of all operators: what a rule gives for the middle system, as far as every system's data allow it.
  private func commonRank(caveats: inout [Caveat]) throws -> Int? {
    guard !recordings.isEmpty else { return nil }
    if case .count(let count) = probe.rank { return count }
    let found = try concurrently(Array(recordings.indices)) { index in
      try Self.located(systems[index].name) { try ownRank(of: recordings[index]) }
    }
    let chosen = found.map(\.chosen).sorted()
    let most = found.map(\.most).min() ?? 1
    let rank = max(1, min(chosen[(chosen.count - 1) / 2], most, PreparedOperator.largestSize))
    if let low = chosen.first, let high = chosen.last, low != high {
      caveats.append(
        Caveat(
          "ranks-differ",
          "by itself the systems' rank is from \(low) to \(high); all are compared at \(rank), so that the rank makes no distance"
        ))
    }
    return rank
  }

  private func ownRank(of recording: Recording) throws -> (chosen: Int, most: Int) {
    let pairs = try SnapshotPairs(of: try embedding.embedded(recording, successors: 1))
    let basis = try SnapshotBasis(of: pairs.past)
    let rule: RankRule
    switch probe.rank {
    case .count(let count): rule = .count(count)
    case .energy(let share): rule = .energy(share)
    case .rule(.all): rule = .all
    case .rule(.hardThreshold): rule = .hardThreshold(noise: nil)
    case .rule(.heldOut):
      // What is too short to be held out is judged by its singular values.
      let folds = min(5, max(2, recording.sampleCount / 8))
      let choice = try? RankChoice(
        of: recording, embedding: embedding, method: probe.method.decomposition, folds: folds)
      rule = choice.map { .count($0.rank) } ?? .hardThreshold(noise: nil)
    }
    return (try basis.rank(by: rule), basis.numericalRank)
  }

  private func fits(rank: Int?) throws -> [Fitted] {
    guard let rank else {
      return systems.compactMap { system in
        guard case .stateOperator(let matrix) = system.content else { return nil }
        return Fitted(stateOperator: matrix)
      }
    }
    return try concurrently(Array(recordings.indices)) { index in
      try Self.located(systems[index].name) { try fit(recordings[index], rank: rank) }
    }
  }

  func fit(_ recording: Recording, rank: Int) throws -> Fitted {
    let pairs = try SnapshotPairs(of: try embedding.embedded(recording, successors: 1))
    // With fewer pairs many operators fit alike, and which one is found means nothing.
    guard pairs.count >= rank else {
      throw DynamicsError.rankAboveData(rank, rank: pairs.count, shape: pairs.past.shapeText)
    }
    let dynamics = try DynamicModeDecomposition(of: pairs, method: probe.method.decomposition, rank: .count(rank))
    return Fitted(stateOperator: dynamics.stateOperator, stateCount: pairs.count, explained: dynamics.explained)
  }
}
