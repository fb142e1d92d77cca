import Analysis
import Foundation
import LinearAlgebra
import Testing

@Suite struct CompositionScoreTests {
  private static func coverage(
    _ trained: [[Double]], periodic: Bool = false, nearness: Double = 0.5
  ) throws -> TrainingCoverage {
    try TrainingCoverage(
      of: trained, images: try FeatureImages(.bumps, rowCount: 16, columnCount: 16, isPeriodic: periodic),
      nearness: nearness)
  }

  private static func lattice(without isLeftOut: (Double, Double) -> Bool) -> [[Double]] {
    (0..<16).flatMap { x in (0..<16).map { [Double(x), Double($0)] } }.filter { !isLeftOut($0[0], $0[1]) }
  }

  @Test func aHeldOutSquareIsComposedAndALesionIsBetween() throws {
    let square = try Self.coverage(Self.lattice { abs($0 - 7.5) < 3 && abs($1 - 7.5) < 3 })
    #expect(square.region(of: [2, 8]) == .seen && square.region(of: [8, 8]) == .composed)
    let lesion = try Self.coverage(Self.lattice { x, _ in abs(x - 7.5) < 3 })
    #expect(lesion.region(of: [2, 8]) == .seen && lesion.region(of: [8, 8]) == .interpolated)
    let corner = try Self.coverage(Self.lattice { x, _ in x > 11 })
    #expect(corner.region(of: [14, 8]) == .extrapolated && corner.region(of: [11.4, 8]) == .seen)
  }

  @Test func nothingIsBeyondOnACircle() throws {
    let trained = Self.lattice { x, _ in x > 11 }
    #expect(try Self.coverage(trained, periodic: true).region(of: [14, 8]) == .interpolated)
    // 15.6 is as near to 0 as 0.4 is.
    #expect(try Self.coverage(trained, periodic: true).region(of: [15.6, 3]) == .seen)
  }

  @Test func stripesShowOneFeatureByItself() throws {
    let few = [[2.0, 2.0], [5.0, 9.0]]
    let alone = try Self.coverage(few)
    #expect(alone.region(of: [2, 9]) == .composed && alone.region(of: [3, 9]) == .interpolated)
    #expect(alone.partialCount == 0)
    let stripes = (0..<16).flatMap { [[Double($0), -2.0], [18.0, Double($0)]] }
    let both = try Self.coverage(few + stripes)
    #expect(both.region(of: [3, 9]) == .composed && both.region(of: [15, 0]) == .composed)
    #expect(both.partialCount == 32 && both.conditions == few)
    #expect(throws: AnalysisError.tooFew("training conditions with both features", count: 0, minimum: 1)) {
      try Self.coverage(stripes)
    }
    #expect(throws: AnalysisError.sizeMismatch("number of features of a condition", size: "3", expected: "2")) {
      try Self.coverage([[1, 2, 3]])
    }
    #expect(throws: AnalysisError.notPositive("nearness", 0)) { try Self.coverage(few, nearness: 0) }
  }

  @Test func findsTheNearestThatWasTrainedOn() throws {
    let few = [[2.0, 2.0], [5.0, 9.0]]
    #expect(try Self.coverage(few).nearest(to: [15, 3]) == [5, 9])
    // Round the torus 15 is nearer to 2 than to 5.
    #expect(try Self.coverage(few, periodic: true).nearest(to: [15, 3]) == [2, 2])
  }

  @Test func wilsonsIntervalCoversTheTruth() throws {
    var random = SeededGenerator(seed: 2)
    let covered = try (0..<1000).count { _ in
      let share = try Share((0..<60).count { _ in random.uniform() < 0.2 }, of: 60)
      return share.lower <= 0.2 && 0.2 <= share.upper
    }
    #expect((925...980).contains(covered))
  }

  @Test func sharesHaveWilsonsIntervals() throws {
    // By hand: 8 of 10.
    let share = try Share(8, of: 10)
    #expect(abs(share.lower - 0.4901625) < 1e-6 && abs(share.upper - 0.9433178) < 1e-6)
    #expect(try Share(0, of: 20).lower == 0 && abs(Share(0, of: 20).upper - 0.1611252) < 1e-6)
    #expect(try Share(20, of: 20).upper == 1)
    #expect(throws: AnalysisError.tooFew("trials", count: 0, minimum: 1)) { try Share(0, of: 0) }
    #expect(throws: AnalysisError.outOfRange("count", 3, rule: "from 0 to 2")) { try Share(3, of: 2) }
  }

  @Test func independentFeaturesHaveNoSynergy() throws {
    var random = SeededGenerator(seed: 5)
    let independent = (0..<4000).map { _ in (x: random.uniform() < 0.8, y: random.uniform() < 0.5) }
    let apart = try CompositionScore(of: independent, using: &random)
    #expect(abs(apart.joint.value - 0.4) < 0.03 && abs(apart.product - 0.4) < 0.03 && abs(apart.mean - 0.65) < 0.02)
    #expect(apart.synergyLower < 0 && apart.synergyUpper > 0)
    // What fails together has the synergy p(1 − p).
    let together = (0..<4000).map { (x: $0 % 4 != 0, y: $0 % 4 != 0) }
    let both = try CompositionScore(of: together, using: &random)
    #expect(both.joint.value == 0.75 && abs(both.synergy - 0.1875) < 1e-12)
    #expect(both.synergyLower > 0.17 && both.synergyUpper < 0.205)
    #expect(throws: AnalysisError.tooFew("images", count: 0, minimum: 1)) {
      try CompositionScore(of: [], using: &random)
    }
  }

  @Test func findsTheExponentOfAPowerLaw() throws {
    let sides = [8.0, 12, 16, 16]
    let law = try ScalingLaw(x: sides, y: sides.map { 0.2 * $0 * $0 })
    #expect(abs(law.exponent - 2) < 1e-12 && (law.standardError ?? 1) < 1e-9 && abs(law.value(at: 10) - 20) < 1e-9)
    #expect(try ScalingLaw(x: [1, 2], y: [3, 4]).standardError == nil)
    // Residuals 1, −2, 1 in logarithms at 0, 1, 2: the slope's error is √(6/1/2).
    let noisy = try ScalingLaw(x: [1, exp(1), exp(2)], y: [exp(1), exp(-2), exp(1)])
    #expect(abs(noisy.exponent) < 1e-12 && abs((noisy.standardError ?? 0) - 3.0.squareRoot()) < 1e-9)
    #expect(throws: AnalysisError.tooFew("different x", count: 1, minimum: 2)) {
      try ScalingLaw(x: [2, 2], y: [1, 2])
    }
    #expect(throws: AnalysisError.notPositive("y", 0)) { try ScalingLaw(x: [2, 3], y: [1, 0]) }
  }
}
