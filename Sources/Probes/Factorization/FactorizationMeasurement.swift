import Analysis
import Diagnostics
import LinearAlgebra
import Networks
import Probing

/// One measurement of how codes hold factors.
struct FactorizationMeasurement {
  typealias Finding = FactorizationFinding

  let probe: Factorization
  let subject: Factorization.Subject
  let references: FactorReferences

  /// More codes than this make no figure.
  private static let mostCodes = 500

  /// A code, with where it is from.
  private struct Given {
    var name: String
    var group: String
    var number: Double?
    var layer: String?
    var level: Double?
    let array: NDArray<Double>
  }

  init(of probe: Factorization, _ subject: Factorization.Subject) throws {
    (self.probe, self.subject) = (probe, subject)
    references = try FactorReferences(at: subject.conditions)
  }

  var grid: FactorGrid { subject.conditions }
  private var names: [String] { grid.factors.map(\.name) }
  private var tried: String? { probe.inputs.keys.sorted().first { (probe.inputs[$0]?.levels.count ?? 0) > 1 } }

  func finding(using random: SeededGenerator, progress: @escaping MeasurementProgress) throws -> Finding {
    var codes: [Finding.Code] = []
    var last: FactorizationAnalysis?
    var found: [(code: Finding.Code, analysis: FactorizationAnalysis)] = []
    var constant: [CodeTrouble] = []
    try forEachCode(using: random, progress: progress) { given in
      let matrices = probe.pooling.matrices(of: given.array)
      guard codes.count + matrices.count <= Self.mostCodes else {
        throw AnalysisError.outOfRange(
          "number of codes", Double(codes.count + matrices.count), rule: "at most \(Self.mostCodes)")
      }
      for (channel, matrix) in matrices.enumerated() {
        let code: Finding.Code
        let analysis: FactorizationAnalysis
        do {
          (code, analysis) = try self.code(
            given, matrix, channel: matrices.count > 1 ? channel : nil, using: random)
        } catch let error as CodeTrouble {
          // Of many codes, some may not follow the factors, as before training.
          guard case .constant = error.error else { throw error }
          constant.append(error)
          continue
        }
        codes.append(code)
        last = analysis
        found.append((code, analysis))
      }
    }
    guard let code = codes.last, let last else {
      throw constant.first ?? ParameterError.missing("activations", "no code was found")
    }
    let pair = code.nearestPair
    return Finding(
      orthogonality: pair?.orthogonality, parallelism: code.factors.compactMap { $0.parallelism?.mean },
      additiveR2: code.additiveR2.value, separability: code.factors.map(\.separability),
      subspaceOverlap: pair?.overlap ?? 0, principalAngles: pair?.angles ?? [],
      participationRatio: code.participationRatio, verdict: code.verdict, verdictSupport: code.verdictSupport,
      references: references.all.map(reference), codes: codes,
      factors: grid.factors.indices.map(described), conditionCount: grid.count,
      sampleCount: subject.labels.rowCount, isGrid: grid.isGrid, pooling: probe.pooling, levelInput: tried,
      over: over, axes: (0..<min(4, last.embedding.columnCount)).map { last.embedding.column($0) },
      coordinates: (0..<last.embedding.rowCount).map { last.embedding.row($0) },
      values: grid.factors.indices.map { factor in (0..<grid.count).map { grid.value(of: $0, factor) } },
      caveats: doubts(of: found, without: constant.map(\.name)))
  }

  private var over: NetworkSeries.Index? {
    guard case .networks(let networks, _) = subject.content else { return nil }
    return networks.compactMap(\.member.over).first
  }

  // MARK: Codes

  private func forEachCode(
    using random: SeededGenerator, progress: MeasurementProgress, _ body: (Given) throws -> Void
  ) throws {
    switch subject.content {
    case .arrays(let arrays):
      for (index, each) in arrays.enumerated() {
        progress("code \(index + 1) of \(arrays.count)")
        try body(Given(name: each.name, group: each.name, array: each.array))
      }
    case .networks(let networks, let given):
      let levels = tried.flatMap { probe.inputs[$0]?.levels } ?? []
      for (index, each) in networks.enumerated() {
        progress("network \(index + 1) of \(networks.count)")
        let run = try LayerRun(
          probe, try each.member.open().network, named: each.name, labels: subject.labels, given: given)
        for level in 0..<max(1, levels.count) {
          let arrays = try run.activations(level: level, noise: random.split("noise"))
          for (layer, array) in zip(run.layers, arrays) {
            var name = run.layers.count > 1 ? "\(each.name):\(layer)" : each.name
            if let tried, !levels.isEmpty { name += " \(tried) = \(rounded(levels[level]))" }
            try body(
              Given(
                name: name, group: each.group, number: each.member.number.flatMap { $0.isFinite ? $0 : nil },
                layer: layer, level: levels.isEmpty ? nil : levels[level], array: array))
          }
        }
      }
    }
  }

  private func code(
    _ given: Given, _ matrix: Matrix<Double>, channel: Int?, using random: SeededGenerator
  ) throws -> (Finding.Code, FactorizationAnalysis) {
    let name = given.name + (channel.map { ", channel \($0)" } ?? "")
    var draws = random.split("code")
    let found: FactorizationAnalysis
    do {
      found = try FactorizationAnalysis(
        of: matrix, with: references, resampleCount: probe.draws, isDecoded: probe.decoding, using: &draws)
    } catch let error as FactorizationError { throw CodeTrouble(name: name, error: error) }
    let verdict = found.verdict
    let code = Finding.Code(
      name: name, group: given.group, number: given.number, layer: given.layer, level: given.level, channel: channel,
      sampleShape: Array(given.array.shape.dropFirst()), unitCount: matrix.columnCount,
      verdict: Finding.Verdict(verdict.code), verdictSupport: verdict.support,
      additiveR2: Finding.Estimate(verdict.determination), separability: Finding.Estimate(verdict.separability),
      participationRatio: found.geometry.participationRatio, spectrum: found.spectrum,
      factors: followed(found.geometry, found.decoding), pairs: pairs(found.geometry),
      similarities: zip(found.similarities, verdict.alignments).map { similarity, alignment in
        Finding.Similarity(
          code: similarity.code, major: similarity.major.map { names[$0] }, alignment: Finding.Estimate(alignment),
          distanceCorrelation: similarity.distanceCorrelation)
      })
    return (code, found)
  }

  private func followed(_ geometry: CodeGeometry, _ decoding: [FactorDecoding]) -> [Finding.Followed] {
    grid.factors.indices.map { factor in
      let told = decoding.indices.contains(factor) ? decoding[factor] : nil
      return Finding.Followed(
        parallelism: Finding.Cosines(geometry.tangents?.parallelism[factor]),
        alongItself: Finding.Cosines(geometry.tangents?.alongItself[factor]),
        share: geometry.additive.shares[factor], separability: geometry.additive.separability[factor],
        dimensions: geometry.subspaces.dimensions[factor], determination: told?.determination,
        control: told?.control, generalisation: told?.generalisation)
    }
  }

  private func pairs(_ geometry: CodeGeometry) -> [Finding.Pair] {
    let all = grid.factors.indices.flatMap { first in
      grid.factors.indices.filter { $0 > first }.map { (first, $0) }
    }
    return all.enumerated().map { place, pair in
      let subspaces = geometry.subspaces.pairs.first { $0.first == pair.0 && $0.second == pair.1 }
      return Finding.Pair(
        factors: [names[pair.0], names[pair.1]],
        orthogonality: Finding.Cosines(geometry.tangents?.orthogonality[place]),
        overlap: subspaces?.overlap ?? 0, angles: subspaces?.angles ?? [])
    }
  }

  // MARK: What they are held against

  private func reference(_ reference: CodeReference) -> Finding.Reference {
    let geometry = reference.geometry
    return Finding.Reference(
      code: reference.ideal.code, name: name(of: reference.ideal), major: reference.ideal.major.map { names[$0] },
      factors: followed(geometry, []), pairs: pairs(geometry), additiveR2: geometry.additive.determination,
      participationRatio: geometry.participationRatio, spectrum: reference.spectrum)
  }

  /// What an ideal code looks like at these factors.
  private func name(of ideal: IdealCode) -> String {
    let circles = grid.factors.count { $0.period != nil }
    let lines = grid.factors.count { $0.kind == .bounded }
    switch ideal.code {
    case .factorised:
      if circles == 2, grid.factors.count == 2 { return "Clifford torus" }
      if lines == 2, grid.factors.count == 2 { return "square" }
      if lines == 1, circles == 1, grid.factors.count == 2 { return "cylinder" }
      return "closed forms apart"
    case .hyperFactorised: return "a unit per value"
    case .entangled:
      let surface = circles == 2 ? "3-D torus" : "part of a 3-D torus"
      return "\(surface), \(names[ideal.major ?? 0]) the long way"
    case .conjunctive: return "a unit per combination"
    }
  }

  private func described(_ factor: Int) -> Finding.Described {
    let own = grid.factors[factor]
    let kind: Finding.Described.Kind =
      switch own.kind {
      case .periodic: .periodic
      case .bounded: .bounded
      case .categorical: .categorical
      }
    return Finding.Described(
      name: own.name, kind: kind, period: own.period, levelCount: grid.levels[factor].count,
      goesRound: grid.wraps[factor])
  }
}

/// What is wrong with one of the codes, and which one it is.
struct CodeTrouble: Diagnosable {
  let name: String
  let error: FactorizationError

  var message: String { "code '\(name)': \(error.message)" }
  var hint: String? { error.hint }
  var status: ExitStatus { error.status }
}
