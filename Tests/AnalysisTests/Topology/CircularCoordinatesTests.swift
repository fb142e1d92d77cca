import Analysis
import Foundation
import LinearAlgebra
import Testing

@Suite struct CircularCoordinatesTests {
  /// How far angles are from others, up to a shift and the way round, in turns: 0 for the same.
  private func deviation(_ turns: [Double], from angles: [Double]) -> Double {
    func spread(_ sign: Double) -> Double {
      let differences = zip(turns, angles).map { 2 * Double.pi * ($0 - sign * $1) }
      let (x, y) = (differences.reduce(0) { $0 + cos($1) }, differences.reduce(0) { $0 + sin($1) })
      let middle = atan2(y, x)
      return differences.map { abs(remainder($0 - middle, 2 * .pi)) / (2 * .pi) }.max() ?? 0
    }
    return min(spread(1), spread(-1))
  }

  @Test func readsTheAngleOffACircle() throws {
    let found = try CircularCoordinates(of: PointClouds.circle(60))
    #expect(deviation(found.turns, from: (0..<60).map { Double($0) / 60 }) < 1e-9)
    #expect(found.turns.allSatisfy { (0..<1).contains($0) })
  }

  @Test func readsTheAngleOffLandmarks() throws {
    var random = SeededGenerator(seed: 7)
    let angles = (0..<800).map { _ in random.uniform() }
    let points = PointClouds.rows(
      angles.map {
        [
          cos(2 * .pi * $0) + 0.05 * random.gaussian(), sin(2 * .pi * $0) + 0.05 * random.gaussian(),
          0.05 * random.gaussian(),
        ]
      })
    let found = try CircularCoordinates(of: points, landmarkCount: 60)
    #expect(deviation(found.turns, from: angles) < 0.06)
  }

  @Test func readsBothAnglesOffATorus() throws {
    let points = PointClouds.grid(14) { [1.5 * cos($0), 1.5 * sin($0), cos($1), sin($1)] }
    let angles = (0..<14).flatMap { first in (0..<14).map { (Double(first) / 14, Double($0) / 14) } }
    let wide = try CircularCoordinates(of: points)
    let narrow = try CircularCoordinates(of: points, loop: 1)
    #expect(deviation(wide.turns, from: angles.map(\.0)) < 1e-6)
    #expect(deviation(narrow.turns, from: angles.map(\.1)) < 1e-6)
    #expect(wide.bar.length > narrow.bar.length)
  }

  @Test func refusesWhereNothingGoesRound() throws {
    #expect(throws: TopologyError.noLoop) { try CircularCoordinates(of: PointClouds.rows([[0], [1], [2]])) }
    #expect(throws: TopologyError.noLoop) { try CircularCoordinates(of: PointClouds.circle(20), loop: 5) }
    #expect(throws: TopologyError.noLoop) { try CircularCoordinates(of: PointClouds.circle(20), loop: -1) }
    #expect(throws: TopologyError.notPrime(2, most: 251, least: 3)) {
      try CircularCoordinates(of: PointClouds.circle(20), prime: 2)
    }
    // Four points of a circle make a loop; what lies above the middle of the disc is farther from them than the loop is wide.
    let circle = PointClouds.circle(400)
    let target = PointClouds.rows((0..<400).map { circle.row($0) + [0] } + [[0, 0, 0.5]])
    #expect {
      try CircularCoordinates(of: target, landmarkCount: 4)
    } throws: { error in
      guard case TopologyError.uncovered(landmarks: 4, let radius, let loopEnds) = error else { return false }
      return abs(radius - 1.25.squareRoot()) < 1e-12 && abs(loopEnds - 2) < 1e-12
    }
  }
}
