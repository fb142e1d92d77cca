import Analysis
import Foundation
import LinearAlgebra
import Testing

@Suite struct DynamicModeDecompositionTests {
  private typealias Method = DynamicModeDecomposition.Method

  private static let map = LinearSystems.blocks([
    LinearSystems.rotation(0.7, scale: 0.98), LinearSystems.rotation(0.2, scale: 1.01), .diagonal([0.9]),
  ])
  private static let truth: [Complex<Double>] = [
    .polar(modulus: 0.98, argument: 0.7), .polar(modulus: 0.98, argument: -0.7), .polar(modulus: 1.01, argument: 0.2),
    .polar(modulus: 1.01, argument: -0.2), Complex(0.9),
  ]

  /// Five hidden coordinates seen by twelve units, in two trials.
  private static func recording(noise: Double = 0) throws -> Recording {
    var random = SeededGenerator(seed: 8)
    let seen = Matrix<Double>.gaussian(5, 12, using: &random)
    let trials = (0..<2).map { trial in
      let start = (0..<5).map { _ in random.gaussian() }
      let clean = LinearSystems.run(map, from: start, samples: 40 + 10 * trial, seen: seen)
      return Trajectory(
        name: "\(trial)", samples: LinearSystems.noisy(clean, deviation: noise, seed: UInt64(trial)))
    }
    return try Recording(trials, sampleInterval: 0.1, timeUnit: "s")
  }

  @Test(arguments: DynamicModeDecomposition.Method.allCases)
  func findsTheEigenvaluesOfALinearMapExactly(method: DynamicModeDecomposition.Method) throws {
    let pairs = try SnapshotPairs(of: Self.recording())
    for rule in [RankRule.count(5), .all, .energy(1 - 1e-15)] {
      let fit = try DynamicModeDecomposition(of: pairs, method: method, rank: rule)
      guard fit.rank == 5 else { continue }
      #expect(spectralDistance(fit.eigenvalues, Self.truth) < 1e-9, "\(method) by \(rule)")
      // Forecasts retrace the samples.
      let ahead = fit.advanced(pairs.past, steps: 1)
      #expect((ahead - pairs.future).frobeniusNorm < 1e-9 * pairs.future.frobeniusNorm)
      #expect(fit.explained > 1 - 1e-12)
      #expect(try ModeResiduals(of: fit, on: pairs).residuals.allSatisfy { $0 < 1e-8 })
    }
  }

  @Test func modesAreEigenvectorsInTheUnits() throws {
    let pairs = try SnapshotPairs(of: Self.recording())
    for method in [Method.exact, .projected] {
      let fit = try DynamicModeDecomposition(of: pairs, method: method, rank: .count(5))
      for (value, mode) in zip(fit.eigenvalues, fit.modes) {
        // Real and imaginary parts advance as the complex mode times its eigenvalue.
        let rows = Matrix(rowCount: 2, columnCount: 12, entries: mode.map(\.real) + mode.map(\.imaginary))
        let ahead = fit.advanced(rows, steps: 1)
        for unit in 0..<12 {
          let expected = value * mode[unit]
          #expect(abs(ahead[0, unit] - expected.real) < 1e-9 && abs(ahead[1, unit] - expected.imaginary) < 1e-9)
        }
        #expect(abs(norm(of: mode.flatMap { [$0.real, $0.imaginary] }) - 1) < 1e-12)
      }
    }
  }

  @Test func modalCoordinatesAdvanceByTheirEigenvalues() throws {
    let pairs = try SnapshotPairs(of: Self.recording())
    let fit = try DynamicModeDecomposition(of: pairs, rank: .count(5))
    let (now, next) = (fit.modalCoordinates(of: pairs.past), fit.modalCoordinates(of: pairs.future))
    for (column, value) in fit.eigenvalues.enumerated() {
      for row in 0..<pairs.count {
        let expected = value * Complex(now.real[row, column], now.imaginary[row, column])
        #expect(
          (expected - Complex(next.real[row, column], next.imaginary[row, column])).modulus < 1e-8)
      }
    }
  }

  @Test func eigenvaluesAreFrequenciesGrowthAndHalfLives() throws {
    let fit = try DynamicModeDecomposition(of: SnapshotPairs(of: Self.recording()), rank: .count(5))
    let fast = fit.timings[fit.eigenvalues.firstIndex { abs($0.argument - 0.7) < 1e-6 } ?? 0]
    #expect(abs(fast.frequency - 0.7 / (2 * Double.pi * 0.1)) < 1e-9)
    #expect(abs((fast.halfLife ?? 0) - log(2) / -log(0.98) * 0.1) < 1e-8 && fast.doublingTime == nil)
    let growing = fit.timings[0]
    #expect(abs((growing.growthRate ?? 0) - log(1.01) / 0.1) < 1e-9 && growing.halfLife == nil)
    #expect(abs((growing.doublingTime ?? 0) - log(2) / log(1.01) * 0.1) < 1e-7)
    let gone = ModeTiming(eigenvalue: Complex(0), stepInterval: 1)
    #expect(gone.growthRate == nil && gone.halfLife == 0)
    let rate = ModeTiming(rate: Complex(-0.5, 2 * Double.pi))
    #expect(rate.frequency == 1 && rate.growthRate == -0.5)
  }

  @Test func anOrthogonalChangeOfUnitsChangesNoEigenvalue() throws {
    var random = SeededGenerator(seed: 2)
    let turn = try Matrix<Double>.randomOrthogonal(12, using: &random)
    let recording = try Self.recording(noise: 0.05)
    let turned = try Recording(
      recording.trajectories.map { Trajectory(name: $0.name, samples: $0.samples * turn) }, sampleInterval: 0.1)
    for method in Method.allCases {
      let first = try DynamicModeDecomposition(of: SnapshotPairs(of: recording), method: method, rank: .count(5))
      let second = try DynamicModeDecomposition(of: SnapshotPairs(of: turned), method: method, rank: .count(5))
      #expect(spectralDistance(first.eigenvalues, second.eigenvalues) < 1e-8, "\(method)")
    }
  }

  @Test func noiseShrinksLeastSquaresAsTheorySaysAndNotTheOthers() throws {
    // A turning point of power ½ per coordinate and noise of variance 0.1: λ P/(P + s²) = 0.8333.
    let clean = LinearSystems.run(LinearSystems.rotation(0.4), from: [1, 0], samples: 20_000)
    let pairs = try SnapshotPairs(
      of: Recording(LinearSystems.noisy(clean, deviation: 0.1.squareRoot(), seed: 4)))
    func moduli(_ method: Method) throws -> [Double] {
      try DynamicModeDecomposition(of: pairs, method: method, rank: .count(2)).eigenvalues.map(\.modulus)
    }
    for modulus in try moduli(.exact) { #expect(abs(modulus - 0.8333) < 0.005) }
    for modulus in try moduli(.totalLeastSquares) { #expect(abs(modulus - 1) < 0.004) }
    for modulus in try moduli(.forwardBackward) { #expect(abs(modulus - 1) < 0.004) }
  }

  @Test func forwardBackwardKnowsTheBranchBeyondAQuarterTurn() throws {
    let map = LinearSystems.blocks([LinearSystems.rotation(2.6), .diagonal([-0.8])])
    let clean = LinearSystems.run(map, from: [1, 0.5, 2], samples: 60)
    let fit = try DynamicModeDecomposition(
      of: SnapshotPairs(of: Recording(clean)), method: .forwardBackward, rank: .count(3))
    #expect(
      spectralDistance(
        fit.eigenvalues, [.polar(modulus: 1, argument: 2.6), .polar(modulus: 1, argument: -2.6), Complex(-0.8)])
        < 1e-9)
  }

  @Test func delaysShowTwoTonesInOneUnit() throws {
    let samples = Matrix<Double>(
      column: (0..<400).map { step in
        let t = 0.01 * Double(step)
        return sin(2 * Double.pi * t) + 0.5 * sin(2 * Double.pi * 3.3 * t)
      })
    let recording = try Recording(samples, sampleInterval: 0.01, timeUnit: "s")
    let embedded = try DelayEmbedding(count: 40).embedded(recording, successors: 1)
    let fit = try DynamicModeDecomposition(
      of: SnapshotPairs(of: embedded), method: .eigenTimeDelay, rank: .count(4))
    for value in fit.eigenvalues { #expect(abs(value.modulus - 1) < 1e-8) }
    let frequencies = fit.timings.map { abs($0.frequency) }.sorted()
    #expect(zip(frequencies, [1, 1, 3.3, 3.3]).allSatisfy { abs($0 - $1) < 1e-7 })
  }

  @Test func aRidgeShrinksTheOperator() throws {
    let pairs = try SnapshotPairs(of: Self.recording(noise: 0.01))
    let free = try DynamicModeDecomposition(of: pairs, method: .eigenTimeDelay, rank: .count(5))
    let held = try DynamicModeDecomposition(of: pairs, method: .eigenTimeDelay, rank: .count(5), ridge: 1)
    #expect(held.stateOperator.frobeniusNorm < 0.7 * free.stateOperator.frobeniusNorm)
  }

  /// By inner products, tall and wide, and by Lanczos' process; of values that fall far, the whole decomposition takes over.
  @Test(arguments: [(420, 400, 1.0), (90, 400, 1), (800, 790, 1), (300, 120, 1e-7)])
  func fewDirectionsOfManyAreThoseOfTheWholeDecomposition(rows: Int, columns: Int, smallest: Double) throws {
    var random = SeededGenerator(seed: 6)
    let sizes = (0..<6).map { pow(smallest, Double($0) / 5) }
    let left = Matrix<Double>.gaussian(rows, 6, using: &random)
    let scaled = Matrix(
      rowCount: rows, columnCount: 6, entries: left.entries.enumerated().map { $1 * sizes[$0 % 6] })
    let noise = 0.01 * smallest * .gaussian(rows, columns, using: &random)
    let states = scaled * .gaussian(6, columns, using: &random) + noise
    let whole = try SnapshotBasis(of: states)
    let few = try SnapshotBasis(of: states, count: 6)
    #expect(whole.isComplete && !few.isComplete && few.singularValues.count == 6)
    for (a, b) in zip(whole.singularValues, few.singularValues) { #expect(abs(a - b) < 1e-8 * a) }
    let overlap = whole.directions.columns(0..<6).transposed * few.directions
    #expect(abs(overlap.frobeniusNorm * overlap.frobeniusNorm - 6) < 1e-8)
    let images = states * few.directions
    for column in 0..<6 {
      let expected = few.coordinates.column(column).map { $0 * few.singularValues[column] }
      #expect(largestGap(images.column(column), expected) < 1e-8 * few.singularValues[0])
    }
  }

  @Test func refusesRanksThatTheDataDoNotHave() throws {
    // Two trials of one step: four directions of states and successors, and two pairs.
    let brief = try SnapshotPairs(
      of: Recording(
        [[0, 1], [2, 3]].enumerated().map { trial, axes in
          Trajectory(
            name: "\(trial)", samples: try Matrix(rows: axes.map { axis in (0..<4).map { $0 == axis ? 1 : 0 } }))
        }))
    #expect(throws: DynamicsError.rankAboveData(3, rank: 2, shape: "2×4")) {
      try DynamicModeDecomposition(of: brief, method: .eigenTimeDelay, rank: .count(3))
    }
    #expect(try DynamicModeDecomposition(of: brief, method: .eigenTimeDelay, rank: .all).rank == 2)
    let pairs = try SnapshotPairs(of: Self.recording())
    #expect(throws: DynamicsError.rankAboveData(6, rank: 5, shape: "88×12")) {
      try DynamicModeDecomposition(of: pairs, rank: .count(6))
    }
    #expect(throws: DynamicsError.standstill) {
      try DynamicModeDecomposition(of: SnapshotPairs(of: Recording(.zeros(5, 3))), rank: .all)
    }
    #expect(throws: AnalysisError.self) { try DynamicModeDecomposition(of: pairs, rank: .count(0)) }
    #expect(throws: AnalysisError.self) { try DynamicModeDecomposition(of: pairs, rank: .energy(1.5)) }
    #expect(throws: AnalysisError.self) {
      try DynamicModeDecomposition(of: pairs, rank: .hardThreshold(noise: -1))
    }
  }

  @Test func saysEverySentenceAsAgreed() {
    let errors: [DynamicsError] = [
      .standstill, .rankAboveData(6, rank: 5, shape: "88×12"), .singularOperator(method: "forward-backward", rank: 3),
      .inputs(trial: "2", samples: 8, expected: 9), .inputsNotExciting(rank: 3, needed: 4),
    ]
    #expect(
      errors.map { "\($0.message) | \($0.hint ?? "–")" } == [
        "every state is zero; there is nothing to fit | take another scaling than one that leaves nothing",
        "rank is 6; the 88×12 samples have rank 5, which it must not exceed | take a lower rank, more delays or more samples",
        "the forward-backward fit at rank 3 has a singular operator; there is no square root of it | take a lower rank, or another method",
        "the inputs of trial '2' have 8 samples; they must have 9, as the recording has | save inputs as trials × time × inputs, with the trials of the recording",
        "states and inputs together have rank 3; at least 4 is needed to tell their effects apart | take a lower rank, or record inputs that vary more",
      ])
  }
}

private func largestGap(_ left: [Double], _ right: [Double]) -> Double {
  zip(left, right).map { abs($0 - $1) }.max() ?? 0
}
