import Analysis
import Diagnostics
import LinearAlgebra
import Probing

extension DynamicalSimilarityMeasurement {
  /// Operators take a step: seconds and milliseconds cannot be told apart by their numbers.
  static func refuseDifferentTimes(_ systems: [(name: String, recording: Recording)]) throws(ParameterError) {
    guard let first = systems.first else { return }
    for other in systems where other.recording.timeUnit != first.recording.timeUnit {
      func unit(_ system: (name: String, recording: Recording)) -> String {
        "\(system.recording.timeUnit.isEmpty ? "samples" : "'\(system.recording.timeUnit)'") in '\(system.name)'"
      }
      throw .rule(
        "timeUnit", is: "\(unit(first)) and \(unit(other))", mustBe: "the same in every system; give one for all")
    }
  }

  /// Inputs are compared one with the other, and must all do something.
  static func refuseUnlikeInputs(_ systems: [(name: String, recording: DrivenRecording)]) throws {
    guard let first = systems.first, let expected = first.recording.inputs?.unitCount else { return }
    for system in systems {
      guard let inputs = system.recording.inputs else { continue }
      try SystemTrouble.locating(system.name) {
        guard inputs.unitCount == expected else {
          throw AnalysisError.sizeMismatch(
            "number of inputs", size: "\(inputs.unitCount)", expected: "\(expected), as system '\(first.name)' has")
        }
        try inputs.requireVarying()
      }
    }
  }

  mutating func noteRecordings(_ originals: [(name: String, recording: Recording)]) {
    guard let first = originals.first else { return }
    func note(_ name: String, _ affected: [String], _ words: String) {
      guard let one = affected.first else { return }
      let which = affected.count == 1 ? "'\(one)'" : "\(affected.count) systems, '\(one)' first,"
      caveats.append(Caveat(name, "\(which) \(words)"))
    }
    let step = first.recording.sampleInterval
    if let other = originals.first(where: { abs($0.recording.sampleInterval - step) > 1e-6 * step }) {
      caveats.append(
        Caveat(
          "different-intervals",
          "a step takes \(rounded(step)) in '\(first.name)' and \(rounded(other.recording.sampleInterval)) in '\(other.name)': operators of different steps differ though the dynamics may not"
        ))
    }
    let counts = originals.map(\.recording.unitCount)
    if let low = counts.min(), let high = counts.max(), low != high, probe.components == nil {
      caveats.append(
        Caveat(
          "different-units",
          "systems have from \(low) to \(high) units; operators of one rank hold different shares of what they do"))
    }
    note(
      "constant-units", originals.filter { !$0.recording.constantUnits.isEmpty }.map(\.name),
      probe.scaling == .zScore
        ? "with units that stand still, which z-scoring leaves out"
        : "with units that stand still, each a direction with eigenvalue 1")
    let sizes = originals.map { system in
      system.recording.unitDeviations.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    let middle = sizes.sorted()[sizes.count / 2]
    if probe.scaling == .zScore {
      note(
        "faint-systems", originals.indices.filter { sizes[$0] < 1e-3 * middle }.map { originals[$0].name },
        "varying by less than a thousandth of what the median system does; z-scoring makes rounding or noise as loud as dynamics"
      )
    }
  }

  /// What a reader should doubt of the operators.
  func doubts(of fitted: [Fitted], rank: Int?) -> [Caveat] {
    var caveats: [Caveat] = []
    let inputCount = fitted.first?.inputOperator?.columnCount ?? 0
    let few = fitted.indices.filter { index in
      fitted[index].stateCount.map { $0 < 5 * ((rank ?? 0) + inputCount) } ?? false
    }
    if let first = few.first, let rank {
      let inputs = inputCount > 0 ? " and \(counted(inputCount, "input"))" : ""
      caveats.append(
        Caveat(
          "few-samples",
          "\(counted(few.count, "system")) (the first '\(systems[first].name)', with \(counted(fitted[first].stateCount ?? 0, "state"))) for an operator of rank \(rank)\(inputs); below five states for each direction a fit follows the noise"
        ))
    }
    let idle = fitted.indices.filter { fitted[$0].isIdle }
    if let first = idle.first {
      caveats.append(
        Caveat(
          "idle-inputs",
          "in \(counted(idle.count, "system")) ('\(systems[first].name)'\(idle.count > 1 ? " …" : "")) inputs explain no more of what changes than random numbers would; control and joint distances there are of noise"
        ))
    }
    let radii = fitted.map { (try? eigenvalues(of: $0.stateOperator))?.map(\.modulus).max() ?? 0 }
    let unstable = radii.indices.filter { radii[$0] > 1 + 1e-6 }
    if let most = unstable.max(by: { radii[$0] < radii[$1] }) {
      caveats.append(
        Caveat(
          "unstable-operators",
          "\(counted(unstable.count, "operator")) \(unstable.count == 1 ? "grows" : "grow") with each step, that of '\(systems[most].name)' the most, by \(rounded(100 * (radii[most] - 1))) %; if the system does not, that is noise, or too little data"
        ))
    }
    if rank == 1, probe.score == .angular, (probe.compared ?? .state) == .state {
      caveats.append(
        Caveat(
          "one-direction",
          "at rank 1 an operator is a number, and the angle of two numbers says whether their signs differ: take score: euclidean, or a higher rank"
        ))
    }
    let sides = fitted.map(\.stateOperator.rowCount)
    if let low = sides.min(), let high = sides.max(), low != high {
      caveats.append(
        Caveat(
          "padded",
          "operators have sides from \(low) to \(high); all are filled up with zeros to \(high), and compared as if the missing directions were at rest"
        ))
    }
    var seen: [[Matrix<Double>?]: Int] = [:]
    var twins: [(Int, Int)] = []
    for (index, system) in fitted.enumerated() {
      let both = [system.stateOperator, system.inputOperator]
      if let known = seen[both] {
        twins.append((known, index))
      } else {
        seen[both] = index
      }
    }
    if let twin = twins.first {
      caveats.append(
        Caveat(
          "duplicated-systems",
          "\(counted(twins.count, "system")) \(twins.count == 1 ? "has" : "have") the operator of another to the last bit ('\(systems[twin.1].name)' that of '\(systems[twin.0].name)'); twins make groups look tighter than they are"
        ))
    }
    return caveats
  }

  /// What a reader should doubt of the distances.
  func doubts(of comparison: SystemComparison) -> [Caveat] {
    let count = systems.count
    let open = (0..<count).reduce(0) { sum, i in sum + (0..<i).count { !comparison.converged[i][$0] } }
    guard open > 0 else { return [] }
    return [
      Caveat(
        "not-converged",
        "the search for \(open) of \(counted(count * (count - 1) / 2, "pair")) ended before a minimum; those distances are upper bounds: raise 'search'"
      )
    ]
  }
}
