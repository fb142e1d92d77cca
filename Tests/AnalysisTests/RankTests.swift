import Analysis
import Foundation
import LinearAlgebra
import Testing

@Suite struct RankTests {
  /// β, λ*, μ, ω, and the literature's polynomial for ω.
  static let table: [(Double, Double, Double, Double, Double)] = [
    (1, 2.30940, 0.65278, 2.85836, 2.86000), (0.5, 1.97860, 0.83047, 2.17119, 2.17250),
    (0.25, 1.75803, 0.91600, 1.83687, 1.83438), (0.1, 1.58165, 0.96657, 1.60877, 1.60306),
    (0.01, 1.43475, 0.99667, 1.43715, 1.44811),
  ]

  @Test(arguments: table) func thresholdsAreThoseOfTheLiterature(row: (Double, Double, Double, Double, Double)) throws {
    let (beta, known, median, unknown, polynomial) = row
    let threshold = try SingularValueThreshold(rowCount: Int(beta * 1000), columnCount: 1000)
    #expect(abs(threshold.forKnownNoise - known) < 1e-5)
    #expect(abs(threshold.medianVariance - median) < 1e-5)
    #expect(abs(threshold.forUnknownNoise - unknown) < 2e-5)
    // The polynomial is good to a hundredth.
    #expect(abs(((0.56 * beta - 0.95) * beta + 1.82) * beta + 1.43 - polynomial) < 6e-6)
    #expect(abs(threshold.forUnknownNoise - polynomial) < 0.02)
  }

  @Test func findsRankFiveUnderUnitNoise() throws {
    var random = SeededGenerator(seed: 1)
    var signal = Matrix<Double>.zeros(200, 200)
    for size in [60.0, 70, 80, 90, 100] {
      let (left, right) = (
        Matrix<Double>.gaussian(200, 1, using: &random), Matrix<Double>.gaussian(1, 200, using: &random)
      )
      signal += (size / (left.frobeniusNorm * right.frobeniusNorm)) * (left * right)
    }
    let basis = try SnapshotBasis(of: signal + .gaussian(200, 200, using: &random))
    #expect(try basis.rank(by: .hardThreshold(noise: nil)) == 5)
    #expect(try basis.rank(by: .hardThreshold(noise: 1)) == 5)
    #expect(try basis.rank(by: .energy(0.3)) <= 5)
    #expect(try basis.rank(by: .all) == 200)
  }

  @Test func withoutNoiseTheThresholdCountsRounding() throws {
    // Lorenz's system in a hundred delays: twenty values and more above a threshold made of rounding (an adaptive integrator's errors
    // make it 42), where four directions hold all but a ten thousandth. What is below round-off is never counted.
    let series = LinearSystems.lorenz(interval: 0.001, samples: 10_000, dropped: 20).columns(0..<1)
    let embedded = try DelayEmbedding(count: 100).embedded(Recording(series)).subsampled(by: 2)
    let basis = try SnapshotBasis(of: embedded.stacked)
    let cut = try SingularValueThreshold(rowCount: embedded.sampleCount, columnCount: 100)
      .cut(medianOf: basis.singularValues)
    let counted = basis.singularValues.count { $0 > cut }
    #expect(counted >= 18 && counted <= 50)
    #expect(try basis.rank(by: .hardThreshold(noise: nil)) == min(counted, basis.numericalRank))
    #expect(try basis.rank(by: .energy(0.9999)) <= 4 && basis.numericalRank < 18)
  }

  @Test func heldOutErrorFindsTheTrueOrder() throws {
    let map = LinearSystems.blocks([LinearSystems.rotation(0.5), LinearSystems.rotation(1.3)])
    var random = SeededGenerator(seed: 5)
    let seen = Matrix<Double>.gaussian(4, 10, using: &random)
    let clean = LinearSystems.run(map, from: [1, 0, 0.6, 0.6], samples: 300, seen: seen)
    for (noise, seed) in [(0.0, 1), (0.1, 2)] {
      let recording = try Recording(LinearSystems.noisy(clean, deviation: noise, seed: UInt64(seed)))
      let choice = try RankChoice(of: recording, embedding: DelayEmbedding(count: 1), method: .exact)
      #expect(choice.rank == 4, "noise \(noise): \(choice.errors)")
      #expect(choice.errors[3] < choice.persistence)
      #expect(choice.ranks.first == 1)
    }
  }

  @Test func akaikesCriterionIsLeastAtTheTrueOrder() throws {
    let map = LinearSystems.blocks([LinearSystems.rotation(0.5), LinearSystems.rotation(1.3)])
    var random = SeededGenerator(seed: 5)
    let clean = LinearSystems.run(map, from: [1, 0, 0.6, 0.6], samples: 300, seen: .gaussian(4, 10, using: &random))
    let pairs = try SnapshotPairs(of: Recording(LinearSystems.noisy(clean, deviation: 0.1, seed: 2)))
    let criteria = try (1...8).map { rank in
      try DynamicModeDecomposition(of: pairs, rank: .count(rank)).akaikeCriterion(on: pairs, unitCount: 10)
    }
    #expect(criteria.min() == criteria[3])
    // By the definition: 2990 values, 17 of r² + 1.
    let fit = try DynamicModeDecomposition(of: pairs, rank: .count(4))
    let rest = pairs.future - fit.advanced(pairs.past, steps: 1)
    let mean = rest.entries.reduce(0) { $0 + $1 * $1 } / 2990
    #expect(abs(criteria[3] - (log(mean) + 34.0 / 2990)) < 1e-10)
  }

  @Test func triesEveryRankWithinReach() throws {
    var random = SeededGenerator(seed: 5)
    let recording = try Recording(.gaussian(400, 40, using: &random))
    let choice = try RankChoice(of: recording, embedding: DelayEmbedding(count: 1), method: .exact, largest: 33)
    #expect(choice.ranks == Array(1...12) + [15, 18, 22, 27, 33])
    // Of pure noise nothing can be foretold, and the smallest rank is as good as any.
    #expect(choice.rank == 1)
  }
}
