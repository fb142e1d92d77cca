import Analysis
import Foundation
import LinearAlgebra
import Testing

@Suite struct ModeResidualsTests {
  /// Observables of samples and of their images.
  private static func residuals(
    _ map: (Double) -> Double, _ observables: [(Double) -> Double], at points: [Double]
  ) throws -> (DynamicModeDecomposition, ModeResiduals) {
    let past = try Matrix(rows: points.map { point in observables.map { $0(point) } })
    let future = try Matrix(rows: points.map { point in observables.map { $0(map(point)) } })
    let trials = (0..<points.count).map { index in
      Trajectory(
        name: "\(index)",
        samples: Matrix(
          rowCount: 2, columnCount: observables.count, entries: past.row(index) + future.row(index)))
    }
    let pairs = try SnapshotPairs(of: Recording(trials))
    let fit = try DynamicModeDecomposition(of: pairs, rank: .all)
    return (fit, try ModeResiduals(of: fit, on: pairs))
  }

  private static let even = (0..<400).map { (Double($0) + 0.5) / 400 }

  @Test func anIrrationalRotationHasNoResidual() throws {
    let turn = 2 * Double.pi * (2.0.squareRoot() - 1)
    let (fit, found) = try Self.residuals(
      { $0 + turn }, [{ cos($0) }, { sin($0) }, { cos(2 * $0) }, { sin(2 * $0) }],
      at: Self.even.map { 2 * Double.pi * $0 })
    let angles = fit.eigenvalues.map(\.argument).sorted()
    #expect(zip(angles, [-2.6026, -1.0780, 1.0780, 2.6026]).allSatisfy { abs($0 - $1) < 1e-4 })
    #expect(found.residuals.allSatisfy { $0 < 1e-10 })
  }

  @Test func theDoublingMapHasOneTrueEigenvalue() throws {
    let waves: [(Double) -> Double] = [{ _ in 1 }] + (1...5).map { k in { cos(2 * Double.pi * Double(k) * $0) } }
    // Points that the map does not fold onto each other's mirror images.
    var random = SeededGenerator(seed: 7)
    let points = (0..<4000).map { _ in random.uniform() }
    let (fit, found) = try Self.residuals({ ($0 * 2).truncatingRemainder(dividingBy: 1) }, waves, at: points)
    #expect(abs(fit.eigenvalues[0].real - 1) < 1e-10 && found.residuals[0] < 1e-9)
    for residual in found.residuals.dropFirst() { #expect(residual > 0.9 && residual < 1.1) }
    // Where means over points are the integrals themselves, every other wave is sent to one it is orthogonal to, or out of all.
    let grid = (0..<4001).map { (Double($0) + 0.5) / 4001 }
    let exact = try Self.residuals({ ($0 * 2).truncatingRemainder(dividingBy: 1) }, waves, at: grid).1.residuals
    #expect(exact[0] < 1e-9 && exact.dropFirst().allSatisfy { $0 > 0.97 && $0 < 1.001 }, "\(exact)")
  }

  @Test func thePseudospectrumIsAtMostTheResidual() throws {
    var random = SeededGenerator(seed: 3)
    let clean = LinearSystems.run(LinearSystems.rotation(0.6, scale: 0.99), from: [1, 0], samples: 200)
    let pairs = try SnapshotPairs(
      of: Recording(LinearSystems.noisy(clean * .gaussian(2, 4, using: &random), deviation: 0.1, seed: 2)))
    let fit = try DynamicModeDecomposition(of: pairs, rank: .count(4))
    let found = try ModeResiduals(of: fit, on: pairs)
    let least = try found.pseudospectrum(at: fit.eigenvalues)
    for (value, residual) in zip(least, found.residuals) { #expect(value <= residual * (1 + 1e-9)) }
    // By the definition, on one number: the least over random observables is never below it.
    let point = Complex(0.3, 0.4)
    let bound = try found.pseudospectrum(at: [point, point.conjugate])
    #expect(abs(bound[0] - bound[1]) < 1e-10)
    for _ in 0..<20 {
      let weights = (0..<4).map { _ in Complex(random.gaussian(), random.gaussian()) }
      let one = try ModeResiduals(
        past: pairs.past, future: pairs.future, eigenvalues: [point], observables: [weights])
      #expect(one.residuals[0] >= bound[0] - 1e-9)
    }
  }

  @Test func theBootstrapSurroundsTheTruth() throws {
    let clean = LinearSystems.run(LinearSystems.rotation(0.6), from: [1, 0], samples: 600)
    let pairs = try SnapshotPairs(of: Recording(LinearSystems.noisy(clean, deviation: 0.1, seed: 5)))
    var random = SeededGenerator(seed: 4)
    for method in DynamicModeDecomposition.Method.allCases {
      let fit = try DynamicModeDecomposition(of: pairs, method: method, rank: .count(2))
      let drawn = try EigenvalueBootstrap(of: fit, on: pairs, draws: 60, using: &random)
      #expect(drawn.clouds.count == 2 && drawn.clouds[0].count == 60)
      #expect(drawn.blockLength == (method == .optimized ? 1 : 24))
      let interval = try #require(drawn.intervals { $0.argument }[0])
      let width = interval.upperBound - interval.lowerBound
      #expect(interval.contains(fit.eigenvalues[0].argument) && width < 0.05, "\(method): \(interval)")
      #expect(abs(interval.lowerBound + width / 2 - 0.6) < width, "\(method): \(interval)")
    }
  }

  @Test func drawsWholeTrialsWhereThereAreEnough() throws {
    let trials = (0..<10).map { trial in
      Trajectory(
        name: "\(trial)",
        samples: LinearSystems.noisy(
          LinearSystems.run(LinearSystems.rotation(0.6), from: [1, Double(trial)], samples: 20), deviation: 0.1,
          seed: UInt64(trial)))
    }
    let pairs = try SnapshotPairs(of: Recording(trials))
    var random = SeededGenerator(seed: 4)
    let fit = try DynamicModeDecomposition(of: pairs, rank: .count(2))
    #expect(try EigenvalueBootstrap(of: fit, on: pairs, draws: 5, using: &random).blockLength == 0)
    #expect(throws: AnalysisError.self) { try EigenvalueBootstrap(of: fit, on: pairs, draws: 1, using: &random) }
  }
}
