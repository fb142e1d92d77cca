import Analysis
import Diagnostics
import LinearAlgebra
import Probing

/// One comparison of the geometry of several systems.
struct GeometricSimilarityMeasurement {
  let probe: GeometricSimilarity
  let labels: [String]
  let groups: [String]
  let numbers: [Double?]
  let representations: [Representation]
  private var caveats: [Caveat] = []

  /// More numbers than this in the dissimilarities of all systems are refused.
  private static let mostDissimilarities = 50_000_000

  init(
    of probe: GeometricSimilarity, _ subject: GeometricSimilarity.Subject, progress: MeasurementProgress
  ) throws {
    self.probe = probe
    labels = probe.names.isEmpty ? subject.systems.map(\.name) : probe.names
    numbers = subject.systems.map(\.number)
    let own = subject.systems.compactMap(\.group)
    // One group, or groups of one, are none.
    let isGrouped = own.count == labels.count && (2..<labels.count).contains(Set(own).count)
    groups = subject.groups.isEmpty && isGrouped ? own : subject.groups
    let thinned = subject.systems.map { $0.recording.subsampled(by: probe.subsample) }
    let count = thinned[0].sampleCount
    try Self.refuseTooMuch(probe, samples: count, systems: thinned.count)
    progress("decomposing \(counted(thinned.count, "recording")) of \(counted(count, "sample"))")
    var found: [Representation] = []
    for (name, recording) in zip(labels, thinned) {
      guard recording.constantUnits.count < recording.unitCount else { throw RecordingTrouble(name, .allConstant) }
      let scaled = try recording.scaled(probe.scaling == .zScore ? .zScore : .none)
      found.append(try Representation(scaled.stacked))
    }
    representations = found
    let still = zip(labels, thinned.map(\.constantUnits.count)).filter { $0.1 > 0 }
    guard let most = still.max(by: { $0.1 < $1.1 }) else { return }
    let whose = still.count == 1 ? "'\(most.0)'" : "\(still.count) systems, of '\(most.0)' the most, \(most.1),"
    let units = still.count > 1 ? "units" : counted(most.1, "unit")
    let isOne = still.count == 1 && most.1 == 1
    caveats = [
      Caveat(
        "constant-units",
        "\(units) of \(whose) \(isOne ? "stands" : "stand") still and \(isOne ? "says" : "say") nothing")
    ]
  }

  private static func refuseTooMuch(
    _ probe: GeometricSimilarity, samples: Int, systems: Int
  ) throws(ParameterError) {
    let costly = probe.measures.filter { $0 == .rsa || $0 == .neighbours }
    guard let first = costly.first else { return }
    let most = Int((2 * Double(mostDissimilarities) / Double(systems)).squareRoot())
    guard samples > most else { return }
    throw .rule(
      "subsample", is: probe.subsample,
      mustBe:
        "at least \((samples * probe.subsample + most - 1) / most), or 'measures' without '\(first.rawValue)'"
        + (costly.count > 1 ? " and '\(costly[1].rawValue)'" : "")
        + ": the distances of every two of \(samples) samples in \(systems) recordings are more than \(mostDissimilarities) numbers"
    )
  }

  // MARK: Measures

  /// A measure as it is asked for, and as it is told.
  private struct Task {
    let name: String
    let meaning: String
    let measure: any RepresentationMeasure
    var isAngle = false
    var chance: Double?
  }

  func finding(using random: SeededGenerator, progress: MeasurementProgress) throws -> GeometricSimilarityFinding {
    var (caveats, found): ([Caveat], [GeometricSimilarityFinding.Measure]) = (caveats, [])
    caveats += sameNumbers
    var refusal: (any Error)?
    let tasks = try probe.measures.flatMap { try self.tasks(of: $0) }
    for task in tasks {
      progress("measuring \(task.name)")
      do {
        let matrix = try task.measure.matrix(of: representations)
        let distances = task.measure.kind == .distance ? matrix : matrix.dissimilarities
        var draws = random.split(task.name)
        found.append(
          .init(
            name: task.name, meaning: task.meaning, kind: task.measure.kind, isAngle: task.isAngle,
            matrix: matrix.rowArrays, chance: task.chance,
            separation: groups.isEmpty
              ? nil
              : try GroupSeparation(
                of: distances, groups: groups, permutationCount: probe.permutations, drawCount: 0, using: &draws),
            placement: try PlanePlacement(of: distances)))
      } catch let error as AnalysisError {
        // One that these samples leave undefined is no reason to withhold the others.
        refusal = refusal ?? error
        caveats.append(Caveat("undefined", "\(task.name) is left out: \(error.message)"))
      }
    }
    if found.isEmpty, let refusal { throw refusal }
    caveats += chanceDoubts
    return GeometricSimilarityFinding(
      labels: labels, numbers: numbers, groups: groups, sampleCount: representations[0].sampleCount,
      unitCounts: representations.map(\.samples.columnCount), ranks: representations.map(\.rank),
      participationRatios: participationRatios, measures: found, caveats: caveats)
  }

  private func tasks(of measure: GeometricSimilarity.Measure) throws -> [Task] {
    switch measure {
    case .procrustes:
      return [
        Task(
          name: measure.rawValue, meaning: "the angle after the best rotation", measure: try ShapeDistance(),
          isAngle: true)
      ]
    case .procrustesDistance:
      return [
        Task(
          name: measure.rawValue, meaning: "the Euclidean distance after the best rotation",
          measure: try ShapeDistance(form: .euclidean))
      ]
    case .whitened:
      return try probe.regularization.map { value in
        Task(
          name: "whitened-\(value == value.rounded() ? "\(Int(value))" : "\(value)")",
          meaning:
            "the angle after \(value == 0 ? "whitening" : value == 1 ? "no whitening" : "whitening with regularisation \(value)") and the best rotation",
          measure: try ShapeDistance(regularization: value), isAngle: true)
      }
    case .cka:
      let chances = pairs.map { chanceAlignment($0, $1) }
      return [
        Task(
          name: measure.rawValue, meaning: "linear centred kernel alignment", measure: KernelAlignment(),
          chance: chances.reduce(0, +) / Double(chances.count))
      ]
    case .debiasedAlignment:
      return [
        Task(
          name: measure.rawValue, meaning: "linear centred kernel alignment from unbiased estimators",
          measure: KernelAlignment(isDebiased: true), chance: 0)
      ]
    case .cca:
      return [
        Task(name: measure.rawValue, meaning: "the mean canonical correlation", measure: try CanonicalCorrelation())
      ]
    case .svcca:
      return [
        Task(
          name: measure.rawValue,
          meaning:
            "the mean canonical correlation of the components that hold \(rounded(100 * probe.explained)) % of the variance",
          measure: try CanonicalCorrelation(explained: probe.explained))
      ]
    case .rsa:
      let analysis = SimilarityAnalysis(
        dissimilarity: .init(rawValue: probe.dissimilarity.rawValue) ?? .euclidean,
        comparison: .init(rawValue: probe.comparison.rawValue) ?? .pearson)
      let comparison = [
        "pearson": "Pearson's correlation", "spearman": "Spearman's correlation", "cosine": "the cosine",
      ]
      return [
        Task(
          name: measure.rawValue,
          meaning:
            "\(comparison[probe.comparison.rawValue] ?? "") of \(probe.dissimilarity == .euclidean ? "Euclidean" : "correlation") dissimilarities",
          measure: analysis, chance: probe.comparison == .cosine ? nil : 0)
      ]
    case .neighbours:
      let overlap = try NeighbourOverlap(neighbourCount: probe.neighbours)
      return [
        Task(
          name: measure.rawValue, meaning: "the share of \(counted(probe.neighbours, "nearest sample")) in common",
          measure: overlap, chance: overlap.chance(sampleCount: representations[0].sampleCount))
      ]
    }
  }

  // MARK: Doubts

  private var pairs: [(Int, Int)] { representations.indices.flatMap { i in (0..<i).map { ($0, i) } } }

  private var participationRatios: [Double] {
    representations.map { 1 / $0.values.reduce(0) { $0 + $1 * $1 * $1 * $1 } }
  }

  /// The mean alignment over all orders of one system's samples: ‖XᵀPY‖² is then on average ‖X‖²‖Y‖²/(m−1).
  private func chanceAlignment(_ first: Int, _ second: Int) -> Double {
    let ratios = participationRatios
    return min(1, (ratios[first] * ratios[second]).squareRoot() / Double(representations[0].sampleCount - 1))
  }

  private var sameNumbers: [Caveat] {
    var first: [Matrix<Double>: Int] = [:]
    var twins: [String] = []
    for (index, representation) in representations.enumerated() {
      if let other = first[representation.samples] {
        twins.append("'\(labels[other])' and '\(labels[index])'")
      } else {
        first[representation.samples] = index
      }
    }
    guard !twins.isEmpty else { return [] }
    return [
      Caveat(
        "same-numbers",
        "\(twins.prefix(4).joined(separator: ", "))\(twins.count > 4 ? " and \(twins.count - 4) more" : "") are the same numbers"
      )
    ]
  }

  private var chanceDoubts: [Caveat] {
    var doubts: [Caveat] = []
    let directions = Double(representations[0].sampleCount - 1)
    let largest = Double(representations.map(\.rank).max() ?? 0)
    let correlation = (largest / directions).squareRoot()
    if probe.measures.contains(where: { [.cca, .svcca, .whitened].contains($0) }), correlation > 0.5 {
      doubts.append(
        Caveat(
          "few-samples",
          "\(counted(representations[0].sampleCount, "sample")) for \(Int(largest)) directions: canonical correlations of systems with nothing in common are about \(rounded(correlation)), and whitened distances as much too small; take more samples, or fewer directions"
        ))
    }
    let alignment = pairs.map { chanceAlignment($0, $1) }.max() ?? 0
    if probe.measures.contains(.cka), alignment > 0.1 {
      doubts.append(
        Caveat(
          "alignment-bias",
          "cka of systems with nothing in common is up to \(rounded(alignment)) at this number of samples; compare debiased-cka"
        ))
    }
    return doubts
  }
}

extension Matrix where Scalar == Double {
  /// 1 less each similarity, and 0 of a system and itself.
  fileprivate var dissimilarities: Matrix {
    var matrix = Matrix(rowCount: rowCount, columnCount: columnCount, entries: entries.map { max(0, 1 - $0) })
    for index in 0..<rowCount { matrix[index, index] = 0 }
    return matrix
  }
}
