import Analysis
import Diagnostics
import LinearAlgebra
import Probing

extension DynamicalSimilarityMeasurement {
  /// The rank of all operators: what a rule gives for the middle system, as far as every system's data allow it.
  func commonRank(caveats: inout [Caveat]) throws -> Int? {
    guard !recordings.isEmpty else { return nil }
    if case .count(let count) = probe.rank { return count }
    let found = try concurrently(Array(recordings.indices)) { index in
      try SystemTrouble.locating(systems[index].name) { try ownRank(of: recordings[index]) }
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

  private func ownRank(of recording: DrivenRecording) throws -> (chosen: Int, most: Int) {
    if probe.fitMethod == .subspace, let inputs = recording.inputs {
      let found = try SubspaceIdentification(
        outputs: recording.states, inputs: inputs, blockRows: embedding.count, order: rule(orElse: nil))
      return (found.stateOperator.rowCount, found.greatestOrder)
    }
    let pairs = try SnapshotPairs(of: try embedding.embedded(recording.states, successors: 1))
    let basis = try SnapshotBasis(of: recording.inputs == nil ? pairs.past : pairs.future)
    var held: Int?
    if case .rule(.heldOut) = probe.rank {
      // What is too short to be held out is judged by its singular values.
      held = try? RankChoice(
        of: recording.states, embedding: embedding, method: probe.fitMethod.decomposition ?? .exact,
        folds: min(5, max(2, recording.states.sampleCount / 8)), inputs: recording.inputs
      ).rank
    }
    return (try basis.rank(by: rule(orElse: held)), basis.numericalRank)
  }

  /// The rule as singular values know it; what was found by holding out, where it was.
  private func rule(orElse held: Int?) -> RankRule {
    switch probe.rank {
    case .count(let count): .count(count)
    case .energy(let share): .energy(share)
    case .rule(.all): .all
    case .rule(.heldOut), .rule(.hardThreshold): held.map { .count($0) } ?? .hardThreshold(noise: nil)
    }
  }

  func fits(rank: Int?) throws -> [Fitted] {
    guard let rank else {
      return systems.compactMap { system in
        guard case .stateOperator(let matrix) = system.content else { return nil }
        return Fitted(stateOperator: matrix)
      }
    }
    return try concurrently(Array(recordings.indices)) { index in
      try SystemTrouble.locating(systems[index].name) { try fit(recordings[index], rank: rank) }
    }
  }

  func fit(_ recording: DrivenRecording, rank: Int) throws -> Fitted {
    if probe.fitMethod == .subspace, let inputs = recording.inputs {
      let found = try SubspaceIdentification(
        outputs: recording.states, inputs: inputs, blockRows: embedding.count, order: .count(rank))
      return Fitted(
        stateOperator: found.stateOperator, inputOperator: found.inputOperator, stateCount: found.windowCount)
    }
    let pairs = try SnapshotPairs(of: try embedding.embedded(recording.states, successors: 1))
    guard let inputs = recording.inputs else {
      let dynamics = try DynamicModeDecomposition(
        of: pairs, method: probe.fitMethod.decomposition ?? .eigenTimeDelay, rank: .count(rank))
      return Fitted(stateOperator: dynamics.stateOperator, stateCount: pairs.count, explained: dynamics.explained)
    }
    // With fewer pairs than weights many operators fit alike, and which one is found means nothing.
    let most = pairs.count - inputs.unitCount
    guard rank <= most else {
      throw DynamicsError.rankAboveData(rank, rank: max(0, most), shape: pairs.past.shapeText)
    }
    let rows = try embedding.alignedRows(inputs, with: recording.states)
    let driven = try ControlledModeDecomposition(of: pairs, inputs: rows, rank: .count(rank))
    return Fitted(
      stateOperator: driven.stateOperator, inputOperator: driven.inputOperator, stateCount: pairs.count,
      explained: driven.autonomous.explained, isIdle: try isIdle(driven, pairs, rows))
  }

  /// Whether inputs explain no more than random numbers would: less than twice what chance gives them, or rounding.
  private func isIdle(
    _ driven: ControlledModeDecomposition, _ pairs: SnapshotPairs, _ inputs: Matrix<Double>
  ) throws -> Bool {
    let (past, future) = (pairs.past * driven.basis, pairs.future * driven.basis)
    let push = inputs * driven.inputOperator.transposed
    guard push.frobeniusNorm > 1e-9 * (future - past).frobeniusNorm else { return true }
    let rest = (future - past * driven.stateOperator.transposed - push).frobeniusNorm
    let blind = (future - past * (try LeastSquares(past, future).solution)).frobeniusNorm
    let free = Double(pairs.count - driven.stateOperator.rowCount - inputs.columnCount)
    return (blind * blind - rest * rest) * free < 2 * Double(inputs.columnCount) * rest * rest
  }

  // MARK: Comparisons

  /// The comparison that the distances are of, and of driven systems those of the other parts after it.
  func comparisons(
    of fitted: [Fitted], names: [String], search: AlignmentSearch
  ) throws -> [(part: DynamicalSimilarity.Compared?, comparison: SystemComparison)] {
    guard let compared = probe.compared else {
      return [(nil, try comparison(of: fitted, names: names, search: search))]
    }
    let parts = [compared] + DynamicalSimilarity.Compared.allCases.filter { $0 != compared }
    return try parts.map { ($0, try comparison(of: fitted, names: names, by: $0, search: search)) }
  }

  /// One comparison; unless told, by what the distances are of.
  func comparison(
    of fitted: [Fitted], names: [String], by part: DynamicalSimilarity.Compared? = nil, search: AlignmentSearch
  ) throws -> SystemComparison {
    let part = part ?? probe.compared ?? .state
    guard part != .state else {
      return try SystemComparison(
        of: fitted.map(\.stateOperator), names: names, score: probe.score, search: search)
    }
    let (rank, inputCount) = (fitted.first?.stateOperator.rowCount ?? 1, fitted.first?.inputOperator?.columnCount ?? 1)
    let numbers = part == .joint ? (2 * rank - 1) * rank * inputCount : rank * inputCount
    guard fitted.count * numbers <= 100_000_000 else {
      throw AnalysisError.outOfRange(
        "number of systems", Double(fitted.count),
        rule: "at most \(100_000_000 / numbers) at rank \(rank) with \(counted(inputCount, "input"))")
    }
    let frames = try concurrently(Array(fitted.indices)) { index in
      try SystemTrouble.locating(names[index]) {
        let (state, input) = (fitted[index].stateOperator, fitted[index].inputOperator ?? .zeros(0, 0))
        return part == .control ? input : try DrivenOperator(state: state, input: input).controllability
      }
    }
    return try SystemComparison(ofFrames: frames, names: names, score: probe.score)
  }
}
