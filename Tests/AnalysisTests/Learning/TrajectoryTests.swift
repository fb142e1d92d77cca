import Foundation
import LinearAlgebra
import Testing

@testable import Analysis

@Suite struct TrajectoryTests {
  private static func path(_ points: [[Double]]) throws -> PolygonalPath { try PolygonalPath(Matrix(rows: points)) }

  /// Right to (1, 0), then up to (1, 1): the corner at index 50 of 101.
  private static let corner = (0...100).map { [min(1, Double($0) / 50), max(0, Double($0 - 50) / 50)] }

  private static func halfCircle(_ count: Int, radius: Double = 2) -> [[Double]] {
    (0..<count).map { index in
      let angle = Double.pi * Double(index) / Double(count - 1)
      return [radius * cos(angle), radius * sin(angle)]
    }
  }

  private static func trajectory(_ seeds: [[[Double]]]) throws -> ConceptTrajectory {
    try ConceptTrajectory(
      steps: seeds[0].indices.map { 100 * Double($0) }, seeds: seeds.map { try Matrix(rows: $0) })
  }

  /// Seeds that go the same way with noise at each checkpoint.
  private static func noisy(
    _ path: [[Double]], seeds: Int, deviation: Double, seed: UInt64
  ) throws -> ConceptTrajectory {
    var random = SeededGenerator(seed: seed)
    return try trajectory((0..<seeds).map { _ in path.map { $0.map { $0 + deviation * random.gaussian() } } })
  }

  private static func turn(
    _ trajectory: ConceptTrajectory, _ settings: TrajectoryTurn.Settings = .init(), seed: UInt64 = 1
  ) throws -> TrajectoryTurn {
    var random = SeededGenerator(seed: seed)
    return try TrajectoryTurn(of: trajectory, settings: settings, using: &random)
  }

  // MARK: Paths

  @Test func aCornerTurnsByARightAngle() throws {
    for width in [1, 3, 10] {
      let angles = try Self.path(Self.corner).turningAngles(halfWidth: width)
      #expect(abs(try #require(angles[50]) - 90) < 1e-9)
      let sharpest = angles.indices.max { (angles[$0] ?? -1) < (angles[$1] ?? -1) }
      #expect(sharpest == 50 && angles[50 - width - 1] == 0 && angles.count { $0 == nil } == 2 * width)
    }
  }

  @Test func aCircleTurnsAndBendsEvenly() throws {
    let path = try Self.path(Self.halfCircle(181))
    let angles = path.turningAngles().compactMap { $0 }
    #expect(angles.count == 179 && angles.allSatisfy { abs($0 - 1) < 1e-9 })
    #expect(abs(angles.reduce(0, +) - 179) < 1e-9)
    for width in [1, 20] {
      let curvatures = path.curvatures(halfWidth: width).compactMap { $0 }
      #expect(curvatures.count == 181 - 2 * width && curvatures.allSatisfy { abs($0 - 0.5) < 1e-10 })
    }
    #expect(abs(try #require(path.lengths.last) - 360 * 2 * sin(Double.pi / 360)) < 1e-10)
  }

  @Test func straightPathsDoNotBend() throws {
    let path = try Self.path((0..<20).map { [0.1 * Double($0), 0.3 * Double($0), -0.7 * Double($0)] })
    #expect(path.curvatures().compactMap { $0 }.allSatisfy { $0 < 1e-12 })
    #expect(path.turningAngles().compactMap { $0 }.allSatisfy { $0 == 0 })
    let back = try Self.path([[0, 0], [1, 0], [0, 0]])
    #expect(back.turningAngles()[1] == 180 && back.curvatures()[1] == nil)
    let still = try Self.path([[1, 1], [1, 1], [1, 1]])
    #expect(still.turningAngles() == [nil, nil, nil] && still.curvatures() == [nil, nil, nil])
    #expect(throws: (any Error).self) { try Self.path([[1, .nan]]) }
  }

  @Test func speedsAreNumPysGradient() throws {
    // numpy.gradient([0, 1, 4, 9, 2], [0, 1, 3, 4, 7])
    let path = try Self.path([[0], [1], [4], [9], [2]])
    let expected = [1, 1.1666666666666665, 3.8333333333333335, 3.1666666666666665, 2.3333333333333335]
    #expect(zip(try path.speeds(times: [0, 1, 3, 4, 7]), expected).allSatisfy { abs($0 - $1) < 1e-12 })
    let plane = try Self.trajectory([[[0, 0], [3, 4], [6, 8]]])
    #expect(try plane.speeds().allSatisfy { abs($0 - 0.05) < 1e-15 })
    #expect(throws: AnalysisError.tooFew("checkpoints", count: 1, minimum: 2)) {
      try Self.path([[0]]).speeds(times: [1])
    }
    #expect(throws: AnalysisError.sizeMismatch("number of steps", size: "1", expected: "2, as of points")) {
      try Self.path([[0], [1]]).speeds(times: [1])
    }
  }

  // MARK: Sampling

  @Test func samplesEvenlyAlongTheLength() throws {
    // Slow first, fast then.
    let points = [[0, 0], [0.1, 0], [0.2, 0], [0.2, 0], [1, 0], [1, 1.0]]
    let trajectory = try Self.trajectory([points])
    let found = try #require(trajectory.resampled(trajectory.mean, along: .arcLength))
    let wanted: [[Double]] = [[0, 0], [0.4, 0], [0.8, 0], [1, 0.2], [1, 0.6], [1, 1]]
    for (row, point) in wanted.enumerated() {
      #expect(zip(found.path.points.row(row), point).allSatisfy { abs($0 - $1) < 1e-12 })
    }
    #expect(abs(found.steps[1] - 325) < 1e-9 && found.steps[0] == 0 && abs(found.steps[5] - 500) < 1e-9)
    let still = try Self.trajectory([[[1, 1], [1, 1]]])
    #expect(still.resampled(still.mean, along: .arcLength) == nil)
  }

  @Test func samplesEvenlyAlongTheLogarithm() throws {
    let steps: [Double] = [0, 1, 10, 20, 10_000]
    let trajectory = try ConceptTrajectory(
      steps: steps, seeds: [Matrix(rows: steps.map { [$0 > 0 ? log10($0) : -9, 1] })])
    let found = try #require(trajectory.resampled(trajectory.mean, along: .logStep))
    for (row, decade) in [0, 4 / 3.0, 8 / 3.0, 4].enumerated() {
      #expect(abs(found.steps[row] / pow(10, decade) - 1) < 1e-9)
      #expect(abs(found.path.points[row, 0] - decade) < 1e-9)
    }
    #expect(found.steps.count == 4)
  }

  // MARK: Turns

  @Test(arguments: ConceptTrajectory.Axis.allCases)
  func findsTheCornerOfAPathWithoutNoise(axis: ConceptTrajectory.Axis) throws {
    let found = try Self.turn(Self.trajectory([Self.corner]), .init(axis: axis, smoothing: 0))
    #expect(found.state == .found && found.noise < 1e-15 && found.interval == nil && found.absence == nil)
    #expect(abs(try #require(found.step) - 5000) < (axis == .logStep ? 300 : 1e-6))
    #expect(abs(try #require(found.angle) - 90) < (axis == .logStep ? 30 : 1e-6))
    #expect(abs(try #require(found.chance) - 1 / 501.0) < 1e-12)
  }

  @Test func findsTheCornerInNoiseAndSaysHowWell() throws {
    let trajectory = try Self.noisy(Self.corner, seeds: 5, deviation: 0.01, seed: 3)
    let found = try Self.turn(trajectory)
    #expect(abs(found.noise / (0.01 / 5.squareRoot()) - 1) < 0.3)
    let (step, angle) = try (#require(found.step), #require(found.angle))
    #expect(abs(step - 5000) <= 300 && angle > 40)
    #expect(try #require(found.chance) < 0.01)
    let interval = try #require(found.interval)
    #expect(interval.lower <= 5000 && 5000 <= interval.upper && interval.upper - interval.lower < 1500)
  }

  @Test func aStraightPathWithNoiseSeldomCountsAsTurning() throws {
    let straight = (0...60).map { [0.3 * Double($0) / 60, 0.8 * Double($0) / 60] }
    let settings = TrajectoryTurn.Settings(drawCount: 100, resampleCount: 0)
    var significant = 0
    for seed in 0..<30 as Range<UInt64> {
      let found = try Self.turn(Self.noisy(straight, seeds: 3, deviation: 0.02, seed: 100 + seed), settings, seed: seed)
      if let chance = found.chance, chance < 0.05 { significant += 1 }
    }
    // One or two of thirty by chance.
    #expect(significant <= 5)
  }

  @Test func restIsNoTurn() throws {
    // To the corner, and there at rest for long: what noise does there does not count.
    let path = (0...120).map { place -> [Double] in
      let way = Double(place) / 40
      return way < 1 ? [way, 0] : [1, min(1, way - 1)]
    }
    let found = try Self.turn(Self.noisy(path, seeds: 3, deviation: 0.01, seed: 5))
    #expect(abs(try #require(found.step) - 4000) <= 300)
    #expect(found.angles[90...].allSatisfy { $0 == nil })
  }

  @Test func saysWhyThereIsNone() throws {
    let few = try Self.turn(Self.trajectory([[[0, 0], [1, 0], [1, 1]]]))
    #expect(few.state == .tooFewCheckpoints && few.angle == nil && few.step == nil && few.chance == nil)
    #expect(few.absence == "there are too few checkpoints for a turn")
    let single = try Self.turn(Self.trajectory([(0...20).map { [Double($0)] }]))
    #expect(single.state == .singleConcept && single.absence == "a single concept has no directions to turn between")
    for axis in ConceptTrajectory.Axis.allCases {
      let still = try Self.turn(Self.trajectory([(0...20).map { _ in [0.1, 0.7] }]), .init(axis: axis))
      #expect(still.state == .nothingMoves)
      #expect(still.absence == "nowhere do concepts move further than noise would move them")
    }
    let noise = try Self.turn(Self.noisy((0...40).map { _ in [0.5, 0.5] }, seeds: 3, deviation: 0.1, seed: 8))
    #expect(noise.state == .nothingMoves && noise.angle == nil)
    let short = try ConceptTrajectory(steps: [0, 1, 2], seeds: [Matrix(rows: [[0, 0], [1, 0], [1, 1]])])
    #expect(try Self.turn(short, .init(axis: .logStep, halfWidth: 1)).state == .tooFewCheckpoints)
  }

  @Test func isTheSameFromTheSameSeedAndThroughARecord() throws {
    let trajectory = try Self.noisy(Self.corner, seeds: 3, deviation: 0.05, seed: 3)
    let settings = TrajectoryTurn.Settings(drawCount: 20, resampleCount: 20)
    let found = try Self.turn(trajectory, settings)
    #expect(try Self.turn(trajectory, settings) == found)
    #expect(try JSONDecoder().decode(TrajectoryTurn.self, from: JSONEncoder().encode(found)) == found)
    let kept = try JSONDecoder().decode(ConceptTrajectory.self, from: JSONEncoder().encode(trajectory))
    #expect(kept == trajectory)
  }

  @Test func refusesInWords() throws {
    let trajectory = try Self.trajectory([Self.corner])
    func said(_ settings: TrajectoryTurn.Settings) -> String? {
      do {
        _ = try Self.turn(trajectory, settings)
        return nil
      } catch { return (error as? AnalysisError)?.message }
    }
    #expect(said(.init(halfWidth: 0)) == "places of a chord: 0 given; at least 1 are needed")
    #expect(said(.init(smoothing: -1)) == "smoothing deviation is -1; it must be from 0 to 1000 checkpoints")
    #expect(said(.init(floor: .nan)) == "noise floor is nan; it must be a finite number from 0")
    #expect(said(.init(drawCount: -1)) == "number of straight paths is -1; it must be from 0 to 100000")
    #expect(said(.init(resampleCount: 1 << 30)) == "number of resamples is 1073741824; it must be from 0 to 100000")
    func refusal(_ steps: [Double], _ seeds: [Matrix<Double>]) -> String? {
      do {
        _ = try ConceptTrajectory(steps: steps, seeds: seeds)
        return nil
      } catch { return (error as? AnalysisError)?.message }
    }
    #expect(refusal([1], []) == "seeds: 0 given; at least 1 are needed")
    #expect(refusal([1], [.zeros(1, 0)]) == "concepts: 0 given; at least 1 are needed")
    #expect(refusal([1, 2], [.zeros(2, 2), .zeros(3, 2)]) == "trajectory of a seed is 3×2; it must be 2×2")
    #expect(refusal([2, 1], [.zeros(2, 2)]) == "step is 1; it must be above the step before")
  }
}
