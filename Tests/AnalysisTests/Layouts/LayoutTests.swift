import Foundation
import LinearAlgebra
import Testing

@testable import Analysis

@Suite struct LayoutTests {
  private static func layout(
    _ points: Matrix<Double>, by method: LayoutMethod, neighbours count: Int = 14, dimensionCount: Int = 2,
    landmarkCount: Int = 500, seed: UInt64 = 1
  ) throws -> Layout {
    var random = SeededGenerator(seed: seed)
    return try Layout(
      of: points, by: method, neighbours: NeighbourSearch(of: points).nearest(count), dimensionCount: dimensionCount,
      landmarkCount: landmarkCount, using: &random)
  }

  private static func quality(
    _ layout: Layout, of points: Matrix<Double>, neighbours count: Int = 15
  ) throws -> LayoutQuality {
    try LayoutQuality.measured([layout.coordinates], of: points, neighbourCount: count)[0]
  }

  /// A strip of 40 × 10 points, even on it and rolled up, so that its ends are near each other across the roll.
  private static var roll: (points: Matrix<Double>, along: [Double], across: [Double]) {
    let along = (0..<400).map { 1.5 * Double($0 / 10) }
    let across = (0..<400).map { 1.5 * Double($0 % 10) }
    let rows = zip(along, across).map { (length: Double, height: Double) -> [Double] in
      let turn = (22 + 2 * length).squareRoot()
      return [turn * cos(turn), height, turn * sin(turn)]
    }
    return (PointClouds.rows(rows), along, across)
  }

  private static func correlation(_ first: [Double], _ second: [Double]) -> Double {
    let (x, y) = (Matrix(column: first).centredColumns, Matrix(column: second).centredColumns)
    return x.innerProduct(with: y) / (x.frobeniusNorm * y.frobeniusNorm)
  }

  private struct References: Decodable {
    struct Quality: Decodable {
      let trustworthiness: Double
      let continuity: Double
    }
    let cases: [String: [String: Quality]]
    let digits: String
  }

  @Test func keepsNeighboursAsWellAsTheLibrariesDo() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "references.json")
    let references = try JSONDecoder().decode(References.self, from: Data(contentsOf: file))
    let values = references.digits.compactMap { $0.hexDigitValue.map(Double.init) ?? ($0 == "g" ? 16 : nil) }
    let clouds = [
      "digits": Matrix(rowCount: 400, columnCount: 64, entries: values), "torus": PointClouds.clifford(20),
    ]
    for (name, points) in clouds {
      // Of a torus four directions of Isomap are alike, and which two are shown is left to chance.
      let methods = [(LayoutMethod.uniformProjection, "umap", 14), (.isomap, "isomap", 10)]
      for (method, key, count) in methods.prefix(name == "torus" ? 1 : 2) {
        let expected = try #require(references.cases[name]?[key])
        let found = try Self.quality(Self.layout(points, by: method, neighbours: count), of: points)
        #expect(found.trustworthiness > expected.trustworthiness - 0.01, "\(name), \(key): \(found)")
        #expect(found.continuity > expected.continuity - 0.03, "\(name), \(key): \(found)")
      }
    }
  }

  @Test func fitsTheCurveThatTheLibraryHas() throws {
    let curve = try SimilarityCurve()
    #expect(abs(curve.scale - 1.576943) < 1e-4 && abs(curve.power - 0.895061) < 1e-4)
    #expect(throws: AnalysisError.outOfRange("least distance", 2, rule: "from 0 to the spread, 1.0")) {
      try SimilarityCurve(leastDistance: 2)
    }
    // Forces are the slopes of what is minimised: log of likeness, and of what it lacks of 1.
    for square in [0.01, 0.5, 2, 30] {
      func likeness(_ d: Double) -> Double { 1 / (1 + curve.scale * pow(d, 2 * curve.power)) }
      let (d, step) = (square.squareRoot(), 1e-5)
      let slope = (log(likeness(d + step)) - log(likeness(d - step))) / (2 * step)
      #expect(abs(curve.pull(square) * d - slope) < 1e-6 * max(1, abs(slope)))
      let lack = (log(1 - likeness(d + step)) - log(1 - likeness(d - step))) / (2 * step)
      #expect(abs(curve.push(square) * d * (0.001 + square) / square - lack) < 1e-5 * max(1, lack))
    }
    let table = OctaveTable(curve.pull)
    table.withReader { reader in
      for square in [1e-9, 0.003, 0.7, 12.34, 5000] {
        #expect(abs(Double(reader(Float(square))) / curve.pull(square) - 1) < 5e-4)
      }
    }
  }

  @Test func sharesOfNeighboursAddUpToTheLogarithmOfTheirNumber() throws {
    let points = PointClouds.gaussian(120, 3, seed: 2)
    let neighbours = try NeighbourSearch(of: points).nearest(14)
    let fuzzy = FuzzyNeighbours(neighbours)
    for query in 0..<120 {
      let shares = fuzzy.shares[(query * 14)..<((query + 1) * 14)]
      #expect(abs(shares.reduce(0, +) - log2(15)) < 1e-3)
      #expect(shares.first == 1 && zip(shares, shares.dropFirst()).allSatisfy { $0 >= $1 })
    }
    let graph = fuzzy.graph(of: neighbours)
    #expect(graph.sizes.allSatisfy { $0 > 0 && $0 <= 1 })
    // The same both ways.
    for point in 0..<graph.pointCount {
      for edge in graph.edges(of: point) {
        let end = Int(graph.ends[edge])
        #expect(graph.edges(of: end).contains { graph.ends[$0] == point && graph.sizes[$0] == graph.sizes[edge] })
      }
    }
  }

  @Test func isTheSameToTheBitAtOneSeed() throws {
    let points = PointClouds.gaussian(90, 4, seed: 5)
    for method in LayoutMethod.allCases {
      let first = try Self.layout(points, by: method, neighbours: 8, seed: 3)
      #expect(first == (try Self.layout(points, by: method, neighbours: 8, seed: 3)))
    }
    let (one, other) = (
      try Self.layout(points, by: .uniformProjection, neighbours: 8, seed: 3),
      try Self.layout(points, by: .uniformProjection, neighbours: 8, seed: 4)
    )
    #expect(one != other)
  }

  @Test func classicalScalingOfEuclideanDistancesIsPrincipalComponents() throws {
    let points = PointClouds.gaussian(40, 5, seed: 6)
    let (one, other) = (
      try Self.layout(points, by: .principalComponents, neighbours: 5),
      try Self.layout(points, by: .classicalScaling, neighbours: 5)
    )
    #expect(one.coordinates.isApproximatelyEqual(to: other.coordinates, tolerance: 1e-9))
    // From landmarks too, where the points lie in the plane.
    let flat = PointClouds.gaussian(60, 2, seed: 7)
    let placed = try Self.layout(flat, by: .classicalScaling, neighbours: 5, landmarkCount: 12)
    #expect(placed.landmarkCount == 12)
    #expect(
      pointDistances(placed.coordinates).isApproximatelyEqual(to: pointDistances(flat), tolerance: 1e-9))
  }

  @Test func placesTheTriangleOfThreeFourFive() throws {
    let distances = try Matrix(rows: [[0, 3, 4], [3, 0, 5], [4, 5, 0]])
    let found = try LandmarkScaling(of: distances, landmarks: [0, 1, 2])
    #expect(abs(found.eigenvalues[0] - 12.9641) < 1e-4 && abs(found.eigenvalues[1] - 3.7025) < 1e-4)
    #expect(pointDistances(found.coordinates).isApproximatelyEqual(to: distances, tolerance: 1e-12))
    #expect(throws: AnalysisError.sizeMismatch("number of landmarks", size: "2", expected: "3")) {
      try LandmarkScaling(of: distances, landmarks: [0, 1])
    }
  }

  @Test(arguments: [400, 60]) func isomapUnrollsAStrip(landmarkCount: Int) throws {
    let strip = Self.roll
    let found = try GeodesicScaling(
      of: strip.points, neighbours: NeighbourSearch(of: strip.points).nearest(8), landmarkCount: landmarkCount)
    #expect(found.pieceCount == 1 && found.landmarkCount == landmarkCount && found.residualVariance < 0.02)
    // Its length runs along the first axis, the width along the second.
    #expect(abs(Self.correlation(found.coordinates.column(0), strip.along)) > 0.98)
    #expect(abs(Self.correlation(found.coordinates.column(1), strip.across)) > 0.95)
  }

  @Test func shortestWaysAreThoseOfTheTable() throws {
    let points = PointClouds.gaussian(50, 2, seed: 8)
    let neighbours = try NeighbourSearch(of: points).nearest(4)
    let graph = ProximityGraph(neighbours, sizes: neighbours.distances) { max($0, $1) }.joiningPieces(of: points).graph
    // Floyd's table, the slow way.
    var table = Matrix(rowCount: 50, columnCount: 50, repeating: Double.infinity)
    for point in 0..<50 {
      table[point, point] = 0
      for edge in graph.edges(of: point) { table[point, Int(graph.ends[edge])] = graph.sizes[edge] }
    }
    for middle in 0..<50 {
      for row in 0..<50 {
        for column in 0..<50 {
          table[row, column] = min(table[row, column], table[row, middle] + table[middle, column])
        }
      }
    }
    for point in 0..<50 {
      #expect(zip(graph.distances(from: point), table.row(point)).allSatisfy { abs($0 - $1) < 1e-12 })
    }
  }

  @Test func saysInHowManyPiecesNeighboursAre() throws {
    var random = SeededGenerator(seed: 9)
    let heaps = PointClouds.rows(
      (0..<90).map { [Double($0 % 3) * 100 + random.gaussian(), random.gaussian()] })
    for method in [LayoutMethod.isomap, .uniformProjection] {
      let found = try Self.layout(heaps, by: method, neighbours: 6)
      #expect(found.pieceCount == 3)
      #expect(found.coordinates.entries.allSatisfy { $0.isFinite })
    }
    let neighbours = try NeighbourSearch(of: heaps).nearest(6)
    let joined = ProximityGraph(neighbours, sizes: neighbours.distances) { max($0, $1) }.joiningPieces(of: heaps)
    #expect(joined.pieceCount == 3 && Set(joined.graph.pieces) == [0])
    // Two lines join three pieces, each the shortest there is.
    let long = joined.graph.sizes.filter { $0 > 50 }
    #expect(long.count == 4 && (long.max() ?? 101) < 101)
  }

  @Test func countsRanksExactly() throws {
    let points = PointClouds.gaussian(40, 3, seed: 10)
    let layout = PointClouds.gaussian(40, 2, seed: 11)
    let k = 6
    // The definition, from sorted lists.
    func ranks(_ points: Matrix<Double>) -> [[Int]] {
      let distances = pointDistances(points)
      return (0..<40).map { (point: Int) -> [Int] in
        let others: [(Double, Int)] = (0..<40).filter { $0 != point }.map { (distances[point, $0], $0) }
        var ranks = [Int](repeating: 0, count: 40)
        for (place, other) in others.sorted(by: { $0 < $1 }).enumerated() { ranks[other.1] = place + 1 }
        return ranks
      }
    }
    func loss(_ near: [[Int]], _ far: [[Int]]) -> Double {
      var sum = 0
      for point in 0..<40 {
        for other in 0..<40 where other != point && near[point][other] <= k {
          sum += max(0, far[point][other] - k)
        }
      }
      let most: Int = 40 * k * (79 - 3 * k) / 2
      return Double(sum) / Double(most)
    }
    let (truth, seen) = (ranks(points), ranks(layout))
    let found = try LayoutQuality.measured([layout, points], of: points, neighbourCount: k)
    let (trust, continuity) = (1 - loss(seen, truth), 1 - loss(truth, seen))
    #expect(abs(found[0].trustworthiness - trust) < 1e-12 && abs(found[0].continuity - continuity) < 1e-12)
    #expect(found[0].trustworthiness < 0.7 && found[0].kept < 0.35)
    #expect(found[1] == LayoutQuality(trustworthiness: 1, continuity: 1, kept: 1))
    #expect(
      throws: AnalysisError.outOfRange(
        "number of neighbours", 20, rule: "at least 1 and less than half of 40 points")
    ) { try LayoutQuality.measured([layout], of: points, neighbourCount: 20) }
  }

  @Test func standsCopiesAndPointsInALine() throws {
    let line = PointClouds.rows((0..<60).map { [Double($0 / 2)] })
    for method in LayoutMethod.allCases {
      let found = try Self.layout(line, by: method, neighbours: 6, dimensionCount: 3)
      #expect(found.coordinates.columnCount == 3 && found.coordinates.entries.allSatisfy { $0.isFinite })
    }
    let flat = try Self.layout(line, by: .principalComponents, neighbours: 6, dimensionCount: 3).coordinates
    #expect(flat.column(1).allSatisfy { $0 == 0 } && flat.column(2).allSatisfy { $0 == 0 })
  }
}
