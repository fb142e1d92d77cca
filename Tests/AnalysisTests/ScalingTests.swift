import Diagnostics
import LinearAlgebra
import Testing

@testable import Analysis

@Suite struct ScalingTests {
  private static func distances(_ rows: [[Double]]) throws -> Matrix<Double> {
    pointDistances(try Matrix(rows: rows))
  }

  @Test func pointsOnALineComeBackAsALine() throws {
    let scaling = try ClassicalScaling(of: Self.distances([[0], [1], [3], [7]]))
    // Centred at 2.75, the largest entry positive.
    let expected = [-2.75, -1.75, 0.25, 4.25]
    for (row, place) in expected.enumerated() {
      #expect(abs(scaling.coordinates[row, 0] - place) < 1e-12 && abs(scaling.coordinates[row, 1]) < 1e-6)
    }
    #expect(abs(scaling.eigenvalues[0] - 28.75) < 1e-12 && scaling.stress < 1e-7)
  }

  @Test func aTriangleHasTheKnownEigenvalues() throws {
    let triangle = try Matrix<Double>(rows: [[0, 3, 4], [3, 0, 5], [4, 5, 0]])
    let scaling = try ClassicalScaling(of: triangle)
    for (value, expected) in zip(scaling.eigenvalues, [12.9641, 3.7025, 0]) { #expect(abs(value - expected) < 1e-4) }
    #expect(scaling.stress < 1e-12)
  }

  @Test func majorizationLowersTheStressOfWhatNoPlaneHolds() throws {
    // Four points all 1 apart make a tetrahedron.
    let ones = Matrix(rowCount: 4, columnCount: 4, repeating: 1.0) - .identity(4)
    let classical = try ClassicalScaling(of: ones)
    let majorized = try StressMajorization(of: ones, from: classical.coordinates)
    #expect(majorized.hasConverged && majorized.stress < classical.stress)
    // The best square has side s and diagonal √2 s with s = (4 + 2√2)/8.
    let side = (4 + 2 * 2.0.squareRoot()) / 8
    let square = ((4 * (1 - side) * (1 - side) + 2 * (1 - 2.0.squareRoot() * side) * (1 - 2.0.squareRoot() * side)) / 6)
      .squareRoot()
    #expect(majorized.stress <= square + 1e-6 && majorized.stress > 0.1)
    let exact = try Self.distances([[0, 0], [3, 0], [0, 4], [1, 1]])
    let start = try Matrix<Double>(rows: [[0, 0.1], [1, 0], [0.2, 1], [0.5, 0.4]])
    let found = try StressMajorization(of: exact, from: start, greatestStepCount: 2000, tolerance: 1e-12)
    #expect(found.stress < 1e-5)
  }

  @Test func averageLinkageJoinsByMeanDistances() throws {
    // 0 and 1 are 1 apart, 5 and 7 are 2; the mean of 5, 7, 4, 6 is 5.5; 20 is far.
    let tree = try Dendrogram(of: Self.distances([[5], [0], [20], [1], [7]]))
    #expect(tree.joints.map(\.height) == [1, 2, 5.5, 16.75])
    #expect(tree.joints.map { [$0.first, $0.second] } == [[1, 3], [0, 4], [6, 5], [7, 2]])
    #expect(tree.joints.map(\.count) == [2, 2, 4, 5])
    #expect(tree.order == [0, 4, 1, 3, 2])
  }

  @Test func groupsAreToldApartByKnownNumbers() throws {
    var random = SeededGenerator(seed: 1)
    let apart = try GroupSeparation(
      of: Self.distances([[0], [1], [10], [12]]), groups: ["a", "a", "b", "b"], using: &random)
    #expect(apart.within == 1.5 && apart.between == 10.5 && apart.difference == 9)
    // Of point 0: own 1, other (10 + 12)/2.
    let expected = [1 - 1.0 / 11, 1 - 1.0 / 10, 1 - 2 / 9.5, 1 - 2 / 11.5]
    for (value, known) in zip(apart.silhouettes, expected) { #expect(abs(value - known) < 1e-12) }
    #expect(abs(apart.silhouette - expected.reduce(0, +) / 4) < 1e-12)
    #expect(apart.accuracy == 1 && abs(apart.chance - 1.0 / 3) < 1e-12)
    // Two of the six ways to label are as good.
    #expect(apart.pValue == 1.0 / 3 && apart.isExact && apart.permutationCount == 6)
    let ends = try #require(apart.differenceInterval)
    #expect(ends[0] <= 9 + 1e-9 && ends[1] >= 9 - 1e-9 && ends[0] > 5)
  }

  @Test func fewSystemsAreLabelledInEveryWay() throws {
    var random = SeededGenerator(seed: 6)
    // Between less within of every labelling by hand, beside draws that are never all.
    let points = (0..<6).map { [Double($0 * $0)] }
    let distances = try Self.distances(points)
    let groups = ["a", "b", "a", "c", "b", "a"]
    let exact = try GroupSeparation(
      of: distances, groups: groups, permutationCount: 60, drawCount: 0, using: &random)
    #expect(exact.isExact && exact.permutationCount == 60)
    let drawn = try GroupSeparation(
      of: distances, groups: groups, permutationCount: 59, drawCount: 0, using: &random)
    #expect(!drawn.isExact && drawn.permutationCount == 59)
    // All 720 orders of the labels have every labelling equally often.
    func difference(_ labels: [String]) -> Double {
      var (same, other): ([Double], [Double]) = ([], [])
      for i in 0..<6 {
        for j in 0..<i { labels[i] == labels[j] ? same.append(distances[i, j]) : other.append(distances[i, j]) }
      }
      return other.reduce(0, +) / Double(other.count) - same.reduce(0, +) / Double(same.count)
    }
    func orders(_ rest: [String]) -> [[String]] {
      rest.isEmpty
        ? [[]]
        : rest.indices.flatMap { index -> [[String]] in
          var others = rest
          let first = others.remove(at: index)
          return orders(others).map { [first] + $0 }
        }
    }
    let all = orders(groups).map(difference)
    let hits = all.count { $0 >= difference(groups) - 1e-12 }
    #expect(all.count == 720 && abs(exact.pValue - Double(hits) / 720) < 1e-12 && exact.pValue > 0)
    #expect(abs(drawn.pValue - exact.pValue) < 0.25)
    // A hundred thousand draws are fewer than the ways to label forty points.
    let many = try GroupSeparation(
      of: Self.distances((0..<40).map { [Double($0)] }), groups: (0..<40).map { $0 < 20 ? "a" : "b" },
      permutationCount: 10, drawCount: 0, using: &random)
    #expect(!many.isExact && many.pValue == 1.0 / 11)
  }

  @Test func intervalsHoldWhatTheyAreOf() throws {
    var random = SeededGenerator(seed: 8)
    let points = (0..<24).map { [random.gaussian() + ($0 < 12 ? 0 : 3), random.gaussian()] }
    let groups = (0..<24).map { $0 < 12 ? "a" : "b" } + ["c"]
    let found = try GroupSeparation(
      of: Self.distances(points + [[9, 9]]), groups: groups, permutationCount: 9, drawCount: 400, using: &random)
    for (value, ends) in [
      (found.within, found.withinInterval), (found.between, found.betweenInterval),
      (found.difference, found.differenceInterval), (found.silhouette, found.silhouetteInterval),
    ] {
      let ends = try #require(ends)
      #expect(ends[0] < value && value < ends[1] && ends[1] - ends[0] < 0.6 * abs(value), "\(value), \(ends)")
    }
    // Without copies a draw is the sample: groups of one have no interval but one point.
    let still = try GroupSeparation(
      of: Matrix(rows: [[0, 1, 4], [1, 0, 4], [4, 4, 0]]), groups: ["a", "a", "b"], drawCount: 50, using: &random)
    #expect(still.withinInterval == [1, 1] && still.betweenInterval == [4, 4] && still.differenceInterval == [3, 3])
    #expect(still.isExact && still.permutationCount == 3)
  }

  @Test func manySeparateSystemsHaveTheLeastPossibleP() throws {
    var random = SeededGenerator(seed: 2)
    let points = (0..<20).map { [Double($0) * 0.01 + ($0 < 10 ? 0 : 5)] }
    let groups = (0..<20).map { $0 < 10 ? "low" : "high" }
    let apart = try GroupSeparation(
      of: Self.distances(points), groups: groups, neighbourCount: 3, permutationCount: 199, drawCount: 0, using: &random
    )
    #expect(apart.pValue == 1.0 / 200 && apart.accuracy == 1 && apart.differenceInterval == nil)
    let mixed = try GroupSeparation(
      of: Self.distances(points), groups: (0..<20).map { $0 % 2 == 0 ? "even" : "odd" }, permutationCount: 199,
      drawCount: 0, using: &random)
    #expect(mixed.pValue > 0.1 && abs(mixed.silhouette) < 0.1)
  }

  @Test func refusesWhatAreNoDistances() {
    func said(_ body: () throws -> Void) -> String? {
      do {
        try body()
        return nil
      } catch { return (error as? any Diagnosable)?.message }
    }
    func scaling(_ rows: [[Double]]) -> String? { said { _ = try ClassicalScaling(of: Matrix(rows: rows)) } }
    var random = SeededGenerator(seed: 1)
    #expect(scaling([[0, 1]]) == "distances of a 1×2 matrix: the matrix must be square")
    #expect(scaling([[0]]) == "points: 1 given; at least 2 are needed")
    #expect(scaling([[0, -1], [-1, 0]]) == "distance is -1; it must be at least 0")
    #expect(scaling([[0, 1], [1, 2]]) == "distance of a point from itself is 2; it must be 0")
    #expect(scaling([[0, 1], [2, 0]])?.hasPrefix("asymmetry of distances is ") == true)
    let two: [[Double]] = [[0, 1], [1, 0]]
    func groups(_ labels: [String]) -> String? {
      said { _ = try GroupSeparation(of: Matrix(rows: two), groups: labels, using: &random) }
    }
    #expect(groups(["a"]) == "list of groups is 1 long; it must be 2 long, one for each point")
    #expect(groups(["a", "a"]) == "groups: 1 given; at least 2 are needed")
    #expect(groups(["a", "b"]) == "members of the largest group: 1 given; at least 2 are needed")
    #expect(
      said { _ = try StressMajorization(of: Matrix(rows: two), from: .zeros(3, 2)) }
        == "start is 3 points; it must be 2 points, as there are distances")
  }
}
