import Analysis
import Foundation
import LinearAlgebra
import Testing

@Suite struct BettiVerdictTests {
  private func numbers(
    _ cloud: Matrix<Double>, _ dimension: Int = 1, prime: Int = 2, landmarks: Int? = nil
  ) throws -> [Int] {
    var random = SeededGenerator(seed: 1)
    return try BettiVerdict(
      of: cloud, maximumDimension: dimension, prime: prime, landmarkCount: landmarks, using: &random
    ).numbers
  }

  @Test func knowsARing() throws { #expect(try numbers(PointClouds.circle(61), 2) == [1, 1, 0]) }

  @Test func knowsTwoRings() throws {
    let rings = try PointClouds.circle(40).stacked(above: PointClouds.circle(40, centre: 5))
    #expect(try numbers(rings) == [2, 2])
  }

  @Test func knowsATorus() throws { #expect(try numbers(PointClouds.clifford(11), 2) == [1, 2, 1]) }

  @Test func knowsASphere() throws {
    var random = SeededGenerator(seed: 2)
    let sphere = PointClouds.sphere(1500, using: &random)
    #expect(try numbers(sphere, 2, landmarks: 80) == [1, 0, 1])
  }

  @Test func findsNothingInNoise() throws {
    for seed in 1...4 {
      #expect(try numbers(PointClouds.gaussian(60, 3, seed: UInt64(seed)), 2) == [1, 0, 0])
    }
  }

  @Test func isTheSameForTheSameSeed() throws {
    let cloud = PointClouds.gaussian(40, 2, seed: 9)
    var (one, other) = (SeededGenerator(seed: 4), SeededGenerator(seed: 4))
    #expect(try BettiVerdict(of: cloud, using: &one) == BettiVerdict(of: cloud, using: &other))
  }

  @Test func judgesByThresholdAndGap() throws {
    func verdict(_ lengths: [Double], null: [Double]) throws -> BettiVerdict {
      try BettiVerdict(
        diagrams: [PersistenceDiagram(dimension: 1, bars: lengths.map { PersistenceBar(birth: 1, death: 1 + $0) })],
        nullLengths: [null])
    }
    let null = [0.5, 0.5, 0.5]
    #expect(try verdict([4, 4, 1], null: null).numbers == [2])
    #expect(try verdict([4, 4, 1], null: null).gaps == [4])
    #expect(try verdict([4, 4, 2.5, 2.5], null: null).numbers == [4])
    #expect(try verdict([0.4, 0.1], null: null).numbers == [0])
    #expect(try verdict([4, 3, 2, 1.5, 1, 0.6, 0.5], null: null).numbers == [0])
    #expect(try verdict([], null: null).numbers == [0])
    #expect(try abs(verdict([4], null: [1, 2, 3]).thresholds[0] - 5) < 1e-12)
    #expect(try verdict([4], null: [1, 2, 3]).numbers == [0])
  }

  @Test func tellsWhatWasLookedAt() throws {
    var random = SeededGenerator(seed: 1)
    let cloud = PointClouds.circle(40)
    let whole = try BettiVerdict(of: cloud, nullCount: 5, using: &random)
    #expect(whole.landmarks == nil && (whole.limit ?? 0) > 1.9)
    let part = try BettiVerdict(of: cloud, landmarkCount: 20, nullCount: 5, using: &random)
    #expect(part.landmarks?.indices.count == 20)
    #expect(try BettiVerdict(diagrams: [], nullLengths: []).limit == nil)
  }

  @Test func countsWhatStaysToTheLimit() throws {
    var random = SeededGenerator(seed: 1)
    // The loop appears at 0.16 and would fill in at 1.73.
    let cut = try BettiVerdict(of: PointClouds.circle(40), limit: 1, nullCount: 5, using: &random)
    #expect(cut.limit == 1 && cut.numbers == [1, 1] && cut.diagrams[1].bars[0].death == nil)
    // Loops of the null clouds live to the limit at most.
    #expect(cut.nullLongest[1] <= 1)
    let early = try BettiVerdict(of: PointClouds.circle(40), limit: 0.1, nullCount: 5, using: &random)
    #expect(early.numbers == [40, 0])
  }

  @Test func refusesWhatCannotBeJudged() throws {
    var random = SeededGenerator(seed: 1)
    #expect(throws: TopologyError.onePlace(points: 5)) { try BettiVerdict(of: .zeros(5, 2), using: &random) }
    #expect(throws: TopologyError.onePlace(points: 1)) { try BettiVerdict(of: .zeros(1, 2), using: &random) }
    #expect(throws: AnalysisError.tooFew("null clouds", count: 0, minimum: 1)) {
      try BettiVerdict(of: PointClouds.circle(5), nullCount: 0, using: &random)
    }
    #expect(throws: AnalysisError.sizeMismatch("null lengths", size: "1", expected: "0")) {
      try BettiVerdict(diagrams: [], nullLengths: [[1, 2]])
    }
    #expect(throws: AnalysisError.outOfRange("gap", 0.5, rule: "1 or more")) {
      try BettiVerdict(of: PointClouds.circle(5), gap: 0.5, using: &random)
    }
  }
}
