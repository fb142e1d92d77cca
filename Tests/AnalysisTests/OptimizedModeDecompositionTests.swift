import Analysis
import Foundation
import LinearAlgebra
import Testing

@Suite struct OptimizedModeDecompositionTests {
  private static func turning(noise: Double, seed: UInt64 = 9, samples: Int = 400) throws -> Recording {
    let clean = LinearSystems.run(LinearSystems.rotation(0.4), from: [1, 0], samples: samples)
    return try Recording(LinearSystems.noisy(clean, deviation: noise, seed: seed))
  }

  @Test func findsTheRateOfANoisyRotation() throws {
    // Least squares from step to step finds a modulus of 0.83 here.
    let fit = try OptimizedModeDecomposition(
      of: Self.turning(noise: 0.1.squareRoot()), start: [Complex(-0.18, 0.42), Complex(-0.18, -0.42)])
    #expect(fit.isConverged)
    #expect(spectralDistance(fit.rates, [Complex(0, 0.4), Complex(0, -0.4)]) < 2e-3)
    #expect(abs(fit.relativeResidual - 0.1 / 0.6) < 0.02)
  }

  @Test func findsRatesOfCleanSamplesExactly() throws {
    let rates: [Complex<Double>] = [
      Complex(-0.05, 1.3), Complex(-0.05, -1.3), Complex(0.01, 0.4), Complex(0.01, -0.4), Complex(-0.3),
    ]
    func sample(_ unit: Int, _ t: Double, _ trial: Int) -> Double {
      let phase = Double(unit + 3 * trial)
      return exp(-0.05 * t) * cos(1.3 * t + phase) + exp(0.01 * t) * cos(0.4 * t - 2 * phase) * 0.5
        + exp(-0.3 * t) * (1 + 0.2 * phase)
    }
    let recording = try Recording(
      (0..<2).map { trial in
        let length = 90 + 20 * trial
        return Trajectory(
          name: "\(trial)",
          samples: Matrix(
            rowCount: length, columnCount: 3,
            entries: (0..<length).flatMap { step in (0..<3).map { sample($0, 0.2 * Double(step), trial) } }))
      }, sampleInterval: 0.2)
    let start = rates.map { $0 + Complex(0.02, $0.imaginary > 0 ? 0.03 : $0.imaginary < 0 ? -0.03 : 0) }
    let fit = try OptimizedModeDecomposition(of: recording, start: start)
    #expect(spectralDistance(fit.rates, rates) < 1e-7)
    #expect(fit.relativeResidual < 1e-14 && fit.isConverged)
    #expect(fit.modes.allSatisfy { abs(norm(of: $0.flatMap { [$0.real, $0.imaginary] }) - 1) < 1e-12 })
    #expect(fit.rates[0].real >= fit.rates[4].real)
  }

  @Test func descendsAsTheDerivativeSays() throws {
    // From any start the residual is at most the start's: a wrong Jacobian would stop at once.
    var random = SeededGenerator(seed: 12)
    let recording = try Self.turning(noise: 0.2, samples: 120)
    for _ in 0..<5 {
      let start = Complex(random.uniform(-0.1..<0.05), random.uniform(0.35..<0.45))
      let one = try OptimizedModeDecomposition(of: recording, start: [start, start.conjugate], steps: 1)
      let all = try OptimizedModeDecomposition(of: recording, start: [start, start.conjugate])
      #expect(all.relativeResidual <= one.relativeResidual + 1e-15)
      #expect(spectralDistance(all.rates, [Complex(0, 0.4), Complex(0, -0.4)]) < 0.01)
      #expect(all.stepCount < 30)
    }
  }

  @Test func bagsSpreadAroundTheWhole() throws {
    let recording = try Self.turning(noise: 0.3, samples: 150)
    let fit = try OptimizedModeDecomposition(of: recording, start: [Complex(-0.1, 0.41), Complex(-0.1, -0.41)])
    var random = SeededGenerator(seed: 1)
    let clouds = try fit.bagged(on: recording, bags: 12, using: &random)
    #expect(clouds.count == 2 && clouds.allSatisfy { $0.count == 12 })
    let spread = clouds[0].map { ($0 - fit.rates[0]).modulus }
    #expect(spread.allSatisfy { $0 < 0.02 } && spread.contains { $0 > 1e-5 })
    #expect(throws: AnalysisError.self) { try fit.bagged(on: recording, bags: 1, using: &random) }
  }

  @Test func refusesMoreExponentialsThanSamples() throws {
    #expect(throws: AnalysisError.tooFew("samples of a trial", count: 2, minimum: 3)) {
      try OptimizedModeDecomposition(
        of: Self.turning(noise: 0, samples: 2), start: [Complex(0, 0.4), Complex(0, -0.4)])
    }
  }
}
