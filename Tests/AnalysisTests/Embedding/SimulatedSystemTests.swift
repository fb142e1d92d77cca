import Analysis
import Diagnostics
import Foundation
import LinearAlgebra
import Testing

@Suite struct SimulatedSystemTests {
  @Test func theIntegratorHoldsItsTolerance() throws {
    let times = (0...200).map { 0.37 * Double($0) }
    for tolerance in [1e-6, 1e-10] {
      let integrator = try AdaptiveIntegrator(relativeTolerance: tolerance, absoluteTolerance: tolerance)
      let states = try integrator.states(from: [1, 0], at: times) { _, s in [s[1], -s[0]] }
      let error = times.indices.map { abs(states[$0, 0] - cos(times[$0])) }.max() ?? 1
      #expect(error < 300 * tolerance && error > 1e-3 * tolerance)
    }
  }

  @Test func theIntegratorIsOfEighthOrder() throws {
    // A step held to half the length errs by 2⁸ less; loose tolerances leave the length to the limit.
    func error(_ step: Double) throws -> Double {
      let integrator = try AdaptiveIntegrator(relativeTolerance: 1, absoluteTolerance: 1, greatestStep: step)
      // Times far apart: the end, and no dense output.
      let states = try integrator.states(from: [1, 0], at: [0, 16]) { _, s in [s[1], -s[0]] }
      return abs(states[1, 0] - cos(16))
    }
    let order = log2(try error(1) / error(0.5))
    #expect(order > 7.3 && order < 9)
  }

  @Test func theEquationOfTimeIsFollowed() throws {
    let states = try AdaptiveIntegrator().states(from: [0], at: [0, 1, 2]) { t, _ in [3 * t * t] }
    #expect(abs(states[1, 0] - 1) < 1e-12 && abs(states[2, 0] - 8) < 1e-12)
  }

  @Test func conservesTheDoublePendulumsEnergy() throws {
    let system = try SimulatedSystem(.doublePendulum)
    let recording = try system.recording(SystemSampling(sampleCount: 2000, sampleInterval: 0.01))
    let energies = recording.stacked.rowArrays.map { s in
      let kinetic = 0.5 * s[2] * s[2] + 0.5 * (s[2] * s[2] + s[3] * s[3] + 2 * s[2] * s[3] * cos(s[0] - s[1]))
      return kinetic - 9.81 * (2 * cos(s[0]) + cos(s[1]))
    }
    #expect(energies.allSatisfy { abs($0 - energies[0]) < 1e-6 })
    #expect(recording.unitNames == ["angle1", "angle2", "speed1", "speed2"])
  }

  @Test func circlesTurnAtTheirFrequencies() throws {
    let cycle = try SimulatedSystem(.limitCycle, parameters: ["frequency": 2], start: [0.3, 0])
      .recording(SystemSampling(sampleCount: 400, sampleInterval: 0.01, discarded: 2500)).stacked
    #expect(cycle.rowArrays.allSatisfy { abs($0[0] * $0[0] + $0[1] * $0[1] - 1) < 1e-8 })
    #expect(norm(of: zip(cycle.row(0), cycle.row(50)).map { $0 - $1 }) < 1e-7)
    let torus = try SimulatedSystem(.torusFlow).recording(SystemSampling(sampleCount: 200, sampleInterval: 0.02))
      .stacked
    let golden = (5.0.squareRoot() - 1) / 2
    for (row, state) in torus.rowArrays.enumerated() {
      let angle = 2 * Double.pi * 0.02 * Double(row)
      #expect(abs(state[0] - cos(angle)) < 1e-7 && abs(state[3] - sin(golden * angle)) < 1e-7)
    }
  }

  @Test func mapsAreWhatTheyAreWritten() throws {
    let henon = try SimulatedSystem(.henon).recording(SystemSampling(sampleCount: 50, sampleInterval: 1)).stacked
    for row in 1..<50 {
      #expect(henon[row, 0] == 1 - 1.4 * henon[row - 1, 0] * henon[row - 1, 0] + henon[row - 1, 1])
    }
    let maps = try SimulatedSystem(.coupledLogistic, parameters: ["fromX": 0, "fromY": 0])
      .recording(SystemSampling(sampleCount: 50, sampleInterval: 1)).stacked
    for row in 1..<50 { #expect(abs(maps[row, 0] - 3.8 * maps[row - 1, 0] * (1 - maps[row - 1, 0])) < 1e-12) }
  }

  @Test func memoryWithoutPowerIsALinearEquation() throws {
    // With power 0 the slope is half of what was a delay ago, less the present: x' = β x(t − τ)/2 − γ x, and before the
    // start x was 1. Within the first delay that is solved by hand.
    let system = try SimulatedSystem(
      .mackeyGlass, parameters: ["power": 0, "beta": 2, "gamma": 0.5, "delay": 3], start: [1])
    let found = try system.recording(SystemSampling(sampleCount: 31, sampleInterval: 0.1)).stacked.entries
    for (sample, value) in found.enumerated() {
      #expect(abs(value - (2 - exp(-0.05 * Double(sample)))) < 1e-9)
    }
    let chaos = try SimulatedSystem(.mackeyGlass).recording(
      SystemSampling(sampleCount: 2000, sampleInterval: 1, discarded: 300))
    let (mean, deviation) = (chaos.unitMeans[0], chaos.unitDeviations[0])
    #expect(abs(mean - 0.93) < 0.03 && abs(deviation - 0.23) < 0.03)
  }

  @Test func chanceGoesByTheSeedAlone() throws {
    let system = try SimulatedSystem(.lorenz)
    func run(_ process: Double, _ observation: Double, seed: UInt64) throws -> Matrix<Double> {
      try system.recording(
        SystemSampling(
          sampleCount: 300, sampleInterval: 0.01, trialCount: 2, processNoise: process, observationNoise: observation,
          seed: seed)
      ).stacked
    }
    #expect(try run(0.5, 0.1, seed: 3) == run(0.5, 0.1, seed: 3))
    #expect(try run(0.5, 0.1, seed: 3) != run(0.5, 0.1, seed: 4))
    let (clean, blurred) = (try run(0, 0, seed: 3), try run(0, 0.1, seed: 3))
    let blur = (blurred - clean).entries
    let spread = (blur.reduce(0) { $0 + $1 * $1 } / Double(blur.count)).squareRoot()
    #expect(abs(spread - 0.1) < 0.01)
    // Trials start beside each other and come apart.
    #expect(clean.row(0) == [1, 1, 20] && clean.row(300) != clean.row(0))
  }

  @Test func processNoiseHasItsDeviationWhateverTheInterval() throws {
    func spread(_ interval: Double) throws -> Double {
      // Hardly drawn anywhere: the first coordinate diffuses.
      let system = try SimulatedSystem(.limitCycle, parameters: ["rate": 0, "frequency": 0], start: [0, 0])
      let samples = Int(40 / interval)
      let trials = try system.recording(
        SystemSampling(sampleCount: samples + 1, sampleInterval: interval, trialCount: 400, processNoise: 0.3, seed: 2))
      let ends = trials.trajectories.map { $0.samples[samples, 0] }
      return (ends.reduce(0) { $0 + $1 * $1 } / Double(ends.count)).squareRoot()
    }
    let expected = 0.3 * 40.0.squareRoot()
    for interval in [0.5, 2] { #expect(abs(try spread(interval) - expected) < 0.15 * expected) }
  }

  @Test func everySystemRuns() throws {
    for kind in SimulatedSystem.Kind.allCases {
      let recording = try SimulatedSystem(kind).recording(
        SystemSampling(sampleCount: 100, sampleInterval: kind.standardInterval, discarded: 20, processNoise: 0.001))
      #expect(recording.sampleCount == 100 && recording.unitNames == kind.unitNames)
      #expect(recording.constantUnits.isEmpty)
    }
  }

  @Test func saysWhatItRefuses() throws {
    func said(_ body: () throws -> Any) -> String {
      do {
        _ = try body()
        return "nothing"
      } catch let error as any Diagnosable {
        return error.message + (error.hint.map { " | \($0)" } ?? "")
      } catch { return "\(error)" }
    }
    let tiny = try SystemSampling(sampleCount: 400, sampleInterval: 1)
    let said = [
      said { try SimulatedSystem(.lorenz, parameters: ["sigme": 1]) },
      said { try SimulatedSystem(.henon, start: [1]) },
      said { try SimulatedSystem(.henon, start: [1, .nan]) },
      said { try SimulatedSystem(.mackeyGlass, parameters: ["delay": 0]) },
      said { try SimulatedSystem(.lorenz, parameters: ["rho": .infinity]) },
      said { try SimulatedSystem(.henon, parameters: ["a": 3]).recording(tiny) },
      said { try AdaptiveIntegrator(greatestStepCount: 3).states(from: [1], at: [0, 100]) { _, s in [-s[0]] } },
      said { try AdaptiveIntegrator().states(from: [1], at: [0, 2]) { _, s in [s[0] * s[0]] } },
      said { try AdaptiveIntegrator().states(from: [1], at: [0, 0]) { _, s in s } },
      said { try AdaptiveIntegrator(relativeTolerance: 0) },
      said { try SystemSampling(sampleCount: 0, sampleInterval: 1) },
      said { try SystemSampling(sampleCount: 1, sampleInterval: -1) },
      said { try SystemSampling(sampleCount: .max, sampleInterval: 1, discarded: .max) },
      said { try SystemSampling(sampleCount: 1, sampleInterval: 1, processNoise: -1) },
    ]
    #expect(
      said == [
        "system 'lorenz' has no parameter 'sigme' | did you mean 'sigma'?",
        "the start has 1 coordinate; system 'henon' has 2: x, y",
        "start of 'y' is nan; it must be a finite number",
        "parameter 'delay' is 0; it must be a finite number above 0",
        "parameter 'rho' is inf; it must be a finite number",
        "the solution leaves all bounds at time 11.0 | take another start, other parameters or less noise",
        "after 3 steps the solution has come to time 0.954 only | take larger tolerances, fewer samples or a shorter sample interval",
        "at time 1.0 no step is short enough for the tolerances | take larger tolerances, fewer samples or a shorter sample interval",
        "time is 0; it must be finite and above the one before, 0.0",
        "relative tolerance is 0; it must be a finite number above 0",
        "samples: 0 given; at least 1 are needed",
        "sample interval is -1; it must be a finite number above 0",
        "number of samples of all trials is 1.8446744073709552e+19; it must be at most 20000000",
        "process noise is -1; it must be a finite number from 0",
      ])
  }
}
