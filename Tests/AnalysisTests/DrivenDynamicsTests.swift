import Analysis
import Foundation
import LinearAlgebra
import Testing

@Suite struct DrivenDynamicsTests {
  private static let map = LinearSystems.blocks([LinearSystems.rotation(0.5, scale: 0.95), .diagonal([0.7])])
  private static let weights = Matrix<Double>(rowCount: 3, columnCount: 2, entries: [1, 0, 0.3, -0.5, 0, 0.8])

  /// Trials of the driven system; what is seen of it, and its inputs.
  private static func trials(_ count: Int, samples: Int, seen: Matrix<Double>) throws -> (Recording, Recording) {
    var random = SeededGenerator(seed: 11)
    var (outputs, inputs): ([Trajectory], [Trajectory]) = ([], [])
    for trial in 0..<count {
      let drive = Matrix<Double>.gaussian(samples, 2, using: &random)
      var state = (0..<3).map { _ in random.gaussian() }
      var rows: [Double] = []
      for step in 0..<samples {
        rows += state
        state = zip(map * state, weights * drive.row(step)).map { $0 + $1 }
      }
      let hidden = Matrix(rowCount: samples, columnCount: 3, entries: rows)
      outputs.append(Trajectory(name: "\(trial)", samples: hidden * seen))
      inputs.append(Trajectory(name: "\(trial)", samples: drive))
    }
    return (try Recording(outputs), try Recording(inputs))
  }

  private static var truth: [Complex<Double>] {
    [.polar(modulus: 0.95, argument: 0.5), .polar(modulus: 0.95, argument: -0.5), Complex(0.7)]
  }

  @Test func controlIsToldApartFromDynamics() throws {
    var random = SeededGenerator(seed: 2)
    let seen = Matrix<Double>.gaussian(3, 6, using: &random)
    let (outputs, inputs) = try Self.trials(3, samples: 40, seen: seen)
    let pairs = try SnapshotPairs(of: outputs)
    let driven = try SnapshotPairs(of: inputs).past
    let fit = try ControlledModeDecomposition(of: pairs, inputs: driven, rank: .count(3))
    #expect(spectralDistance(fit.eigenvalues, Self.truth) < 1e-10)
    #expect(abs(fit.explainedChange - 1) < 1e-12)
    // B in the units: basis B = seenᵀ weights.
    let inUnits = fit.basis * fit.inputOperator
    #expect(inUnits.isApproximatelyEqual(to: seen.transposed * Self.weights, tolerance: 1e-10))
    // Blind to the inputs, the same states give other eigenvalues.
    let blind = try DynamicModeDecomposition(of: pairs, rank: .count(3))
    #expect(spectralDistance(blind.eigenvalues, Self.truth) > 0.01)
  }

  @Test func refusesInputsThatFollowFromTheStates() throws {
    let (outputs, inputs) = try Self.trials(1, samples: 30, seen: .identity(3))
    let pairs = try SnapshotPairs(of: outputs)
    #expect(throws: DynamicsError.inputsNotExciting(rank: 3, needed: 5)) {
      try ControlledModeDecomposition(of: pairs, inputs: pairs.past.columns(0..<2), rank: .count(3))
    }
    #expect(throws: AnalysisError.self) {
      try ControlledModeDecomposition(of: pairs, inputs: inputs.stacked, rank: .count(3))
    }
  }

  @Test func subspacesShowHiddenDynamicsInOneOutput() throws {
    // One output of a system of three hidden coordinates.
    let seen = Matrix<Double>(column: [1, -0.4, 0.7])
    let (outputs, inputs) = try Self.trials(4, samples: 120, seen: seen)
    let fit = try SubspaceIdentification(outputs: outputs, inputs: inputs, blockRows: 5, order: .count(3))
    #expect(spectralDistance(fit.eigenvalues, Self.truth) < 1e-6)
    #expect(fit.singularValues[3] < 1e-6 * fit.singularValues[0])
    // The response to an impulse does not depend on coordinates: C B, C A B, … are those of the system.
    var (mine, theirs) = (fit.inputOperator, Self.weights)
    for _ in 0..<4 {
      #expect((fit.outputOperator * mine).isApproximatelyEqual(to: seen.transposed * theirs, tolerance: 1e-5))
      (mine, theirs) = (fit.stateOperator * mine, Self.map * theirs)
    }
    #expect(fit.feedthrough.frobeniusNorm < 1e-6)
  }

  @Test func hiddenDynamicsForecastWhatInputsDo() throws {
    let seen = Matrix<Double>(rowCount: 3, columnCount: 2, entries: [1, 0, -0.4, 0.3, 0.7, 1])
    let (outputs, inputs) = try Self.trials(4, samples: 120, seen: seen)
    let fit = try SubspaceIdentification(outputs: outputs, inputs: inputs, blockRows: 4, order: .count(3))
    // Other trials of the system, of which nothing but past and inputs is known.
    let (others, drives) = try Self.trials(6, samples: 60, seen: seen)
    let error = try ForecastError(of: fit, outputs: others, inputs: drives, horizon: 8)
    #expect(error.horizons == Array(1...8) && error.model.allSatisfy { $0 < 1e-6 })
    #expect(error.persistence.allSatisfy { $0 > 0.5 } && (error.scaledAbsoluteError ?? 1) < 1e-6)
    // Told inputs of another time the forecasts fail.
    let late = try Recording(drives.trajectories.reversed().map { Trajectory(name: $0.name, samples: $0.samples) })
    #expect(try ForecastError(of: fit, outputs: others, inputs: late, horizon: 2).model[0] > 0.3)
    let states = try fit.hiddenStates(outputs: others.trajectories[0].samples, inputs: drives.trajectories[0].samples)
    #expect(states.rowCount == 57 && states.columnCount == 3)
    #expect(
      throws: AnalysisError.sizeMismatch(
        "trial", size: "60×2 with inputs 60×1", expected: "time × 2 with inputs time × 2")
    ) {
      try fit.hiddenStates(
        outputs: others.trajectories[0].samples, inputs: drives.trajectories[0].samples.columns(0..<1))
    }
    let brief = try others.trajectories.prefix(1).map { Trajectory(name: "1", samples: $0.samples.rows(0..<4)) }
    let push = try drives.trajectories.prefix(1).map { Trajectory(name: "1", samples: $0.samples.rows(0..<4)) }
    #expect(throws: RecordingError.tooShort(longest: 4, needed: 5, for: "a past of 4 samples and a step take")) {
      try ForecastError(of: fit, outputs: Recording(brief), inputs: Recording(push), horizon: 2)
    }
  }

  @Test func hiddenCoordinatesDoNotGrowWithTheRecording() throws {
    let seen = Matrix<Double>(column: [1, -0.4, 0.7])
    let sizes = try [(4, 1000), (4, 4000)].map { trials, samples -> Double in
      let (outputs, inputs) = try Self.trials(trials, samples: samples, seen: seen)
      return try SubspaceIdentification(outputs: outputs, inputs: inputs, blockRows: 4, order: .count(3))
        .inputOperator.frobeniusNorm
    }
    #expect(abs(sizes[0] - sizes[1]) < 0.1 * sizes[0])
  }

  @Test func refusesInputsOfOtherLength() throws {
    let (outputs, inputs) = try Self.trials(1, samples: 30, seen: .identity(3))
    let short = try Recording(inputs.trajectories[0].samples.rows(0..<29))
    #expect(throws: DynamicsError.inputs(trial: "0", samples: 29, expected: 30)) {
      try SubspaceIdentification(outputs: outputs, inputs: short, blockRows: 2, order: .count(3))
    }
    #expect(throws: RecordingError.self) {
      try SubspaceIdentification(outputs: outputs, inputs: inputs, blockRows: 20, order: .count(3))
    }
  }

  @Test func lorenzIsLinearWithBurstsOfForcing() throws {
    let series = LinearSystems.lorenz(interval: 0.002, samples: 25_000, dropped: 20).columns(0..<1)
    let embedded = try DelayEmbedding(count: 100).embedded(Recording(series, sampleInterval: 0.002))
    let model = try IntermittentForcing(ofEmbedded: embedded, rank: 15)
    let a = model.stateOperator
    #expect(a.rowCount == 14 && model.inputWeights.count == 14 && model.explained > 0.99)
    // Skew and tridiagonal at its head: -4.84, 4.79, -10.13, 10.10 of another stretch of the attractor.
    #expect(abs(abs(a[0, 1]) - 4.84) < 0.6 && abs(a[0, 1] + a[1, 0]) < 0.2)
    #expect(abs(abs(a[1, 2]) - 10.13) < 1.6 && abs(a[1, 2] + a[2, 1]) < 0.2)
    #expect(a.diagonalEntries.allSatisfy { abs($0) < 0.05 })
    #expect(model.kurtosis > 8)
    #expect(throws: AnalysisError.self) { try IntermittentForcing(ofEmbedded: embedded, rank: 1) }
  }

  @Test func forecastsAreJudgedBesidePersistence() throws {
    let clean = LinearSystems.run(LinearSystems.rotation(0.3), from: [1, 0], samples: 200)
    let recording = try Recording(LinearSystems.noisy(clean, deviation: 0.01, seed: 3))
    let embedding = try DelayEmbedding(count: 2)
    let embedded = try embedding.embedded(recording, successors: 1)
    let fit = try DynamicModeDecomposition(of: SnapshotPairs(of: embedded), rank: .count(2))
    let error = try ForecastError(of: fit, on: recording, embedding: embedding, horizon: 12)
    #expect(error.horizons == Array(1...12))
    // Persistence errs by the chord: 2 sin(0.3 h/2) over a deviation of 1/√2 in each coordinate.
    for (horizon, still) in zip(error.horizons, error.persistence) {
      #expect(abs(still - 2 * abs(sin(0.15 * Double(horizon)))) < 0.03)
    }
    #expect(error.model.allSatisfy { $0 < 0.05 })
    #expect((error.scaledAbsoluteError ?? 1) < 0.1)
  }
}
