import Analysis
import Foundation
import LinearAlgebra
import Testing

/// Five thousand points of clouds whose dimension is known, one by one as the published comparisons have them.
private enum Clouds {
  static let cube: Matrix<Double> = {
    var random = SeededGenerator(seed: 1)
    return Matrix(rowCount: 5000, columnCount: 5, entries: (0..<25000).map { _ in random.uniform() })
  }()

  static let sphere: Matrix<Double> = {
    var random = SeededGenerator(seed: 1)
    return PointClouds.sphere(5000, dimension: 10, using: &random)
  }()

  /// Every fourth of the states 0.01 apart.
  static let lorenz: Matrix<Double> = {
    func slope(_ p: SIMD3<Double>) -> SIMD3<Double> {
      SIMD3(10 * (p.y - p.x), p.x * (28 - p.z) - p.y, p.x * p.y - 8 / 3 * p.z)
    }
    var (point, rows) = (SIMD3(1.0, 1, 1), [Double]())
    for step in 0..<(1000 + 4 * 5000) {
      let first = slope(point)
      let second = slope(point + 0.005 * first)
      let third = slope(point + 0.005 * second)
      let fourth = slope(point + 0.01 * third)
      let middle: SIMD3<Double> = 2 * (second + third)
      point += (0.01 / 6) * (first + middle + fourth)
      if step >= 1000, step % 4 == 0 { rows += [point.x, point.y, point.z] }
    }
    return Matrix(rowCount: 5000, columnCount: 3, entries: rows)
  }()

  /// The cube turned into fifty coordinates.
  static func turned(_ cloud: Matrix<Double>) throws -> Matrix<Double> {
    var random = SeededGenerator(seed: 5)
    let gaussian = Matrix<Double>.gaussian(50, cloud.columnCount, using: &random)
    let directions = try SingularValueDecomposition(of: gaussian)
    return try Matrix.product(cloud, directions.leftVectors, transposing: .right)
  }
}

@Suite struct DimensionTests {
  private func isNear(_ value: Double, _ expected: Double, _ share: Double) -> Bool {
    abs(value - expected) <= share * expected
  }

  // The numbers are scikit-dimension's of other points of the same kind; single clouds differ by 1 % (k = 20) or
  // 3 % (two neighbours), single orbits of the Lorenz system by 4 % and 10 %.
  @Test func participationRatioOfKnownClouds() throws {
    var random = SeededGenerator(seed: 1)
    #expect(isNear(try ParticipationRatio(of: Clouds.lorenz, using: &random).value.value, 1.973, 0.015))
    #expect(isNear(try ParticipationRatio(of: Clouds.sphere, using: &random).value.value, 10.975, 0.003))
    let cube = try ParticipationRatio(of: Clouds.cube, using: &random)
    #expect(isNear(cube.value.value, 4.998, 0.003))
    #expect(cube.value.lower < cube.value.value && cube.value.value < cube.value.upper)
    #expect(abs(cube.scale - (5.0 / 12).squareRoot()) < 0.01)
    let turned = try ParticipationRatio(of: Clouds.turned(Clouds.cube), using: &random)
    #expect(isNear(turned.value.value, cube.value.value, 1e-9))
  }

  @Test func twoNeighboursOfKnownClouds() throws {
    var random = SeededGenerator(seed: 1)
    let sphere = try TwoNeighbourDimension(of: Clouds.sphere, using: &random)
    #expect(isNear(sphere.fit.value, 9.641, 0.06) && isNear(sphere.likelihood.value, 9.646, 0.06))
    let cube = try TwoNeighbourDimension(of: Clouds.cube, using: &random)
    #expect(isNear(cube.fit.value, 4.454, 0.09) && isNear(cube.likelihood.value, 4.493, 0.09))
    let lorenz = try TwoNeighbourDimension(of: Clouds.lorenz, using: &random)
    #expect((1.8...2.15).contains(lorenz.fit.value) && (1.85...2.15).contains(lorenz.likelihood.value))
    let turned = try TwoNeighbourDimension(of: Clouds.turned(Clouds.cube), using: &random)
    #expect(
      isNear(turned.fit.value, cube.fit.value, 1e-9) && isNear(turned.likelihood.value, cube.likelihood.value, 1e-9))
  }

  @Test func likelihoodOfKnownClouds() throws {
    var random = SeededGenerator(seed: 1)
    let expected = [
      (Clouds.lorenz, 2.063, 2.064, 0.05), (Clouds.sphere, 9.088, 9.118, 0.015), (Clouds.cube, 4.588, 4.572, 0.015),
    ]
    for (cloud, mean, inverseMean, tolerance) in expected {
      let found = try LikelihoodDimension(of: cloud, using: &random)
      #expect(isNear(found.mean.value, mean, tolerance), "\(found.mean.value)")
      #expect(isNear(found.inverseMean.value, inverseMean, tolerance), "\(found.inverseMean.value)")
      #expect(found.byNeighbourCount.count == 18 && found.byNeighbourCount.last == found.inverseMean.value)
    }
  }

  @Test func localComponentsOfKnownClouds() throws {
    var random = SeededGenerator(seed: 1)
    #expect(try LocalComponents(of: Clouds.cube, using: &random).dimension.value == 5)
    #expect(isNear(try LocalComponents(of: Clouds.sphere, using: &random).dimension.value, 10, 0.02))
    #expect(isNear(try LocalComponents(of: Clouds.lorenz, using: &random).dimension.value, 2.1, 0.1))
    let turned = try LocalComponents(of: Clouds.turned(Clouds.cube), using: &random)
    #expect(turned.dimension.value == 5 && turned.spectrum.count == 30 && turned.spectrum[5] < 1e-9)
    #expect(turned.centreCount == 500)
  }

  @Test func correlationDimensionOfKnownClouds() throws {
    var random = SeededGenerator(seed: 1)
    let lorenz = try CorrelationDimension(of: Clouds.lorenz, window: 20, using: &random)
    #expect(isNear(lorenz.dimension.value, 2.06, 0.05), "\(lorenz.dimension.value)")
    #expect(lorenz.dimension.lower < lorenz.dimension.value && lorenz.dimension.value < lorenz.dimension.upper)
    #expect(lorenz.pairCount == 5000 * 4999 / 2 - (1...20).reduce(0) { $0 + 5000 - $1 })
    #expect(lorenz.sums.last?.share == 1 || (lorenz.sums.last?.share ?? 0) > 0.95)
    #expect(zip(lorenz.sums, lorenz.sums.dropFirst()).allSatisfy { $0.share <= $1.share && $0.radius < $1.radius })
    #expect(lorenz.fitRange.contains(lorenz.scale))
    let cube = try CorrelationDimension(of: Clouds.cube, using: &random)
    #expect((4.3...5).contains(cube.dimension.value))
  }

  @Test func countsPairsAsTheyAre() throws {
    var random = SeededGenerator(seed: 6)
    let cloud = Matrix<Double>.gaussian(200, 3, using: &random)
    let found = try CorrelationDimension(of: cloud, window: 3, using: &random)
    var distances: [Double] = []
    for one in 0..<200 {
      for other in 0..<one where one - other > 3 {
        distances.append(norm(of: zip(cloud.row(one), cloud.row(other)).map { $0 - $1 }))
      }
    }
    #expect(found.pairCount == distances.count)
    for sum in found.sums {
      let within = distances.count { $0 < sum.radius }
      #expect(abs(sum.share * Double(distances.count) - Double(within)) < 0.5)
    }
  }

  @Test func intervalsHoldWhatOtherCloudsGive() throws {
    // Of intervals to 95 %, most hold the mean over clouds.
    var (values, held) = ([DimensionMethod: [BootstrapInterval]](), [DimensionMethod: Int]())
    for seed in 0..<30 {
      var random = SeededGenerator(seed: UInt64(seed))
      let square = Matrix(rowCount: 300, columnCount: 2, entries: (0..<600).map { _ in random.uniform() })
      for method in DimensionMethod.allCases {
        values[method, default: []].append(try method.estimate(of: square, using: &random).dimension)
      }
    }
    for (method, intervals) in values {
      let mean = intervals.reduce(0) { $0 + $1.value } / Double(intervals.count)
      held[method] = intervals.count { $0.lower <= mean && mean <= $0.upper }
    }
    for (method, count) in held { #expect(count >= 24, "\(method.rawValue): \(count) of 30") }
  }

  @Test func copiesOfPointsChangeNothing() throws {
    let cloud = Clouds.cube.rows(0..<400)
    let doubled = try cloud.stacked(above: cloud.rows(0..<100))
    for method in DimensionMethod.allCases where method != .participationRatio {
      var (one, other) = (SeededGenerator(seed: 2), SeededGenerator(seed: 2))
      let plain = try method.estimate(of: cloud, using: &one)
      let copied = try method.estimate(of: doubled, using: &other)
      #expect(plain.dimension == copied.dimension, "\(method.rawValue)")
    }
  }

  @Test func aTheilerWindowLeavesOutThePath() throws {
    // A path so slow that the nearest are always the neighbours in time: one dimension, until they are left out.
    var random = SeededGenerator(seed: 3)
    let path = PointClouds.rows(
      (0..<3000).map { step in
        let time = 0.05 * Double(step)
        return [cos(time), sin(time), cos(2.0.squareRoot() * time), sin(2.0.squareRoot() * time)]
      })
    let near = try TwoNeighbourDimension(of: path, using: &random)
    let apart = try LikelihoodDimension(of: path, window: 60, using: &random)
    #expect(apart.inverseMean.value > 1.6)
    #expect(near.ratioCount == 3000)
    #expect(
      try LikelihoodDimension(of: path, neighbourCount: 5, using: &random).inverseMean.value < apart.inverseMean.value)
  }

  @Test func aScaleCurveShowsNoiseOnTheSmallScale() throws {
    var random = SeededGenerator(seed: 4)
    let ring = PointClouds.rows(
      (0..<4096).map { _ in
        let angle = random.uniform(0..<(2 * .pi))
        return [cos(angle) + 0.01 * random.gaussian(), sin(angle) + 0.01 * random.gaussian()]
      })
    let curve = try ScaleCurve(of: ring, method: .twoNeighbours, halvings: 5, using: &random)
    #expect(curve.parts.map(\.pointCount) == [4096, 2048, 1024, 512, 256, 128])
    #expect(zip(curve.parts, curve.parts.dropFirst()).allSatisfy { $0.scale < $1.scale })
    #expect(curve.parts[0].dimension.value > 1.6)
    #expect(curve.parts[5].dimension.value < 1.45)
    #expect(try ScaleCurve(of: ring, method: .likelihood, halvings: 50, using: &random).parts.last?.pointCount == 64)
    let coded = try JSONEncoder().encode(curve)
    #expect(try JSONDecoder().decode(ScaleCurve.self, from: coded) == curve)
  }

  @Test(arguments: DimensionMethod.allCases) func refusesWhatHasNoDimension(method: DimensionMethod) throws {
    var random = SeededGenerator(seed: 1)
    var damaged = Clouds.cube.rows(0..<100)
    damaged[7, 2] = .nan
    #expect(throws: LinearAlgebraError.notFinite(row: 7, column: 2, value: "nan")) {
      try method.estimate(of: damaged, using: &random)
    }
    #expect(throws: DimensionError.onePlace(points: 100)) {
      try method.estimate(of: Matrix(rowCount: 100, columnCount: 2, repeating: 3.7), using: &random)
    }
    #expect(throws: AnalysisError.self) { try method.estimate(of: .zeros(1, 2), using: &random) }
    #expect(throws: AnalysisError.self) { try method.estimate(of: .zeros(0, 2), using: &random) }
    #expect(throws: (any Error).self) { try method.estimate(of: .zeros(100, 0), using: &random) }
  }

  @Test func refusesWhatDistancesDoNotTell() throws {
    var random = SeededGenerator(seed: 1)
    let grid = PointClouds.grid(12) { [cos($0), sin($0), cos($1), sin($1)] }
    #expect(throws: DimensionError.equalDistances) { try TwoNeighbourDimension(of: grid, using: &random) }
    let corners = PointClouds.rows([[0, 0], [0, 1], [1, 0], [1, 1], [0, 0]])
    #expect(throws: DimensionError.noScalingRange(pairs: 6)) { try CorrelationDimension(of: corners, using: &random) }
    #expect(throws: DimensionError.fewDistinct(count: 4, points: 24, minimum: 21)) {
      try LikelihoodDimension(
        of: PointClouds.rows((0..<24).map { corners.row($0 % 4) }), using: &random)
    }
    #expect(throws: AnalysisError.outOfRange("discard", 1, rule: "from 0 to below 1")) {
      try TwoNeighbourDimension(of: corners, discard: 1, using: &random)
    }
    #expect(throws: AnalysisError.tooFew("points for 20 neighbours", count: 5, minimum: 21)) {
      try LikelihoodDimension(of: corners, using: &random)
    }
    #expect(throws: AnalysisError.tooFew("neighbours", count: 2, minimum: 3)) {
      try LikelihoodDimension(of: corners, neighbourCount: 2, using: &random)
    }
    #expect(throws: AnalysisError.sizeMismatch("number of times", size: "2", expected: "5")) {
      try TwoNeighbourDimension(of: corners, times: [1, 2], using: &random)
    }
    #expect(throws: AnalysisError.self) {
      try TwoNeighbourDimension(of: Clouds.cube.rows(0..<100), window: 99, using: &random)
    }
    #expect(throws: AnalysisError.tooFew("resamples", count: 0, minimum: 2)) {
      try TwoNeighbourDimension(of: Clouds.cube.rows(0..<100), resampleCount: 0, using: &random)
    }
  }

  @Test func saysEverySentenceAsAgreed() {
    let errors: [DimensionError] = [
      .onePlace(points: 7), .fewDistinct(count: 4, points: 24, minimum: 21), .equalDistances, .noScalingRange(pairs: 6),
    ]
    let said = errors.map { error in error.message + (error.hint.map { "\n  \($0)" } ?? "") }.joined(separator: "\n")
    #expect(
      said == """
        all 7 points are the same; they have no dimension
          check that points run along the rows and coordinates along the columns
        4 of 24 points are distinct; at least 21 are needed
          take more points, or a shorter Theiler window
        every point's neighbours are equally far; their distances do not tell the dimension
          add a little noise, or take another estimate
        6 pairs of points are no range of distances to fit a slope in; at least three radii must tell them apart
          take more points, or a shorter Theiler window
        """)
    #expect(errors.allSatisfy { $0.status == .cellFailed })
  }
}
