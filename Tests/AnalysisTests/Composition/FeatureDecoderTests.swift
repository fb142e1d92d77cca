import Analysis
import Foundation
import LinearAlgebra
import Testing

@Suite struct FeatureDecoderTests {
  private static func images(
    _ kind: FeatureImages.Kind, side: Int = 32, periodic: Bool = false
  ) throws -> FeatureImages {
    try FeatureImages(kind, rowCount: side, columnCount: side, isPeriodic: periodic)
  }

  private static let places = [[13.3, 20.7], [8, 9.5], [20.25, 6.1]]

  @Test(arguments: FeatureImages.Kind.allCases, FeatureDecoder.Method.allCases)
  func isExactOnCleanImages(kind: FeatureImages.Kind, method: FeatureDecoder.Method) throws {
    let images = try Self.images(kind)
    for place in Self.places {
      let reading = try FeatureDecoder(of: images, by: method, threshold: 0).reading(of: images.pixels(at: place))
      #expect(abs(reading.centre[0] - place[0]) < 1e-6 && abs(reading.centre[1] - place[1]) < 1e-6)
      // What is cut off at a fifth of the height moves a centroid by a little.
      let cut = try FeatureDecoder(of: images, by: method).reading(of: images.pixels(at: place))
      #expect(abs(cut.centre[0] - place[0]) < 0.06 && abs(cut.centre[1] - place[1]) < 0.06)
      #expect(reading.count == 1)
      if method == .leastSquares {
        #expect(reading.distance < 1e-6 && reading.likeness.allSatisfy { $0 > 1 - 1e-9 })
        #expect(reading.strength.allSatisfy { abs($0 - 1) < 1e-6 })
      }
    }
  }

  @Test(arguments: FeatureImages.Kind.allCases)
  func isExactAtBordersAndAcrossThem(kind: FeatureImages.Kind) throws {
    for (periodic, place) in [(false, [0, 15]), (false, [0.4, 7.2]), (true, [15.7, 0.2]), (true, [0, 8])] {
      let images = try Self.images(kind, side: 16, periodic: periodic)
      let reading = try FeatureDecoder(of: images).reading(of: images.pixels(at: place))
      for axis in [0, 1] { #expect(abs(images.offset(reading.centre[axis], from: place[axis], axis: axis)) < 1e-6) }
      #expect(reading.count == 1)
      let round = try FeatureDecoder(of: images, by: .centroid).reading(of: images.pixels(at: place))
      guard periodic else { continue }
      for axis in [0, 1] { #expect(abs(images.offset(round.centre[axis], from: place[axis], axis: axis)) < 0.08) }
    }
  }

  @Test(arguments: FeatureImages.Kind.allCases)
  func leastSquaresStandsNoiseThatMovesCentroids(kind: FeatureImages.Kind) throws {
    let images = try Self.images(kind)
    var random = SeededGenerator(seed: 3)
    var (fitted, centred): ([Double], [Double]) = ([], [])
    for _ in 0..<20 {
      let place = [4 + 24 * random.uniform(), 4 + 24 * random.uniform()]
      let noisy = zip(images.pixels(at: place), random.gaussians(32 * 32)).map { $0 + 0.1 * $1 }
      for method in FeatureDecoder.Method.allCases {
        let found = try FeatureDecoder(of: images, by: method).reading(of: noisy).centre
        let error = hypot(found[0] - place[0], found[1] - place[1])
        if method == .centroid { centred.append(error) } else { fitted.append(error) }
      }
    }
    fitted.sort()
    centred.sort()
    // The bound of Cramér and Rao for a bump of σ 1: noise · √(2/π) in each direction.
    #expect(fitted[10] < 0.25 && fitted[19] < 0.5)
    #expect(centred[10] > 4 * fitted[10])
  }

  @Test func agreesWithASearchOverAFineLattice() throws {
    let images = try FeatureImages(.bumps, rowCount: 12, columnCount: 16, width: 1.3, background: 2, peak: -1)
    var random = SeededGenerator(seed: 8)
    for _ in 0..<5 {
      let place = [3 + 10 * random.uniform(), 3 + 6 * random.uniform()]
      let noisy = zip(images.pixels(at: place), random.gaussians(192)).map { $0 + 0.3 * $1 }
      let found = try FeatureDecoder(of: images).reading(of: noisy).centre
      func cost(_ place: [Double]) -> Double {
        zip(images.pixels(at: place), noisy).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
      var best = (cost: Double.infinity, place: [0.0, 0.0])
      // Places all over the image, then finely around the best of them.
      for (step, reach) in [(0.5, 16.0), (0.05, 0.5)] {
        let middle = best.place
        for x in stride(from: max(0, middle[0] - reach), through: min(15, middle[0] + reach), by: step) {
          for y in stride(from: max(0, middle[1] - reach), through: min(11, middle[1] + reach), by: step) {
            let own = cost([x, y])
            if own < best.cost { best = (own, [x, y]) }
          }
        }
      }
      #expect(cost(found) <= best.cost + 1e-9)
      #expect(abs(found[0] - best.place[0]) < 0.06 && abs(found[1] - best.place[1]) < 0.06)
    }
  }

  @Test func aSecondBumpSpoilsTheFeatureInWhichTheyDiffer() throws {
    let bumps = try Self.images(.bumps, side: 16)
    func shows(_ height: Double) throws -> [Bool] {
      let second = bumps.pixels(at: [4, 12]).map { height * ($0 - 1) }
      let both = zip(bumps.pixels(at: [4, 3]), second).map { $0 + $1 }
      let reading = try FeatureDecoder(of: bumps).reading(of: both)
      return [0, 1].map { reading.shows(axis: $0, likeness: 0.75) }
    }
    #expect(try shows(1) == [true, false] && shows(0.8) == [true, false] && shows(0.1) == [true, true])
    // A tenth of a bump is none.
    let faint = bumps.pixels(at: [4, 3]).map { 1 + 0.1 * ($0 - 1) }
    let reading = try FeatureDecoder(of: bumps).reading(of: faint)
    #expect(reading.likeness[0] > 0.99 && abs(reading.strength[0] - 0.1) < 1e-9)
    #expect(!reading.shows(axis: 0, likeness: 0.75) && reading.count == 0)
  }

  @Test func countsBumpsAndCrossings() throws {
    let bumps = try Self.images(.bumps, side: 16)
    let two = zip(bumps.pixels(at: [3, 3]), bumps.pixels(at: [11, 12])).map { $0 + $1 - 1 }
    let reading = try FeatureDecoder(of: bumps).reading(of: two)
    #expect(reading.count == 2 && reading.likeness.allSatisfy { $0 < 0.75 })
    #expect(try FeatureDecoder(of: bumps).reading(of: [Double](repeating: 1, count: 256)).count == 0)
    // Half on one side and half on the other is one bump only where images go round.
    let round = try Self.images(.bumps, side: 16, periodic: true)
    #expect(try FeatureDecoder(of: round).reading(of: round.pixels(at: [15.5, 4])).count == 1)
    #expect(try FeatureDecoder(of: bumps).reading(of: round.pixels(at: [15.5, 4])).count == 2)
    let sums = try Self.images(.sums, side: 16)
    let three = zip(sums.pixels(at: [4, 8]), sums.pixels(at: [11, 8])).map { $0 + $1 - 1 }
    #expect(try FeatureDecoder(of: sums).reading(of: three).count == 2)
  }

  @Test func tellsTheFeatureThatIsThereFromTheOneThatIsNot() throws {
    let bumps = try Self.images(.bumps, side: 16)
    // A vertical stripe at 6: x is shown and y is not.
    let stripe = (0..<256).map { 1 - exp(-pow(Double($0 % 16) - 6, 2) / 2) }
    let reading = try FeatureDecoder(of: bumps).reading(of: stripe)
    #expect(abs(reading.centre[0] - 6) < 1e-6)
    #expect(reading.shows(axis: 0, likeness: 0.75) && !reading.shows(axis: 1, likeness: 0.75))
    let nothing = try FeatureDecoder(of: bumps).reading(of: [Double](repeating: 1, count: 256))
    #expect(!nothing.shows(axis: 0, likeness: 0.75) && nothing.distance == 1 && nothing.strength == [0, 0])
  }

  @Test func refusesWhatIsNoImage() throws {
    let images = try Self.images(.bumps, side: 16)
    #expect(
      throws: AnalysisError.sizeMismatch("number of pixels", size: "3", expected: "256")
    ) { try FeatureDecoder(of: images).reading(of: [1, 2, 3]) }
    #expect(throws: AnalysisError.tooFew("pixels of a side", count: 2, minimum: 3)) {
      try FeatureImages(.bumps, rowCount: 8, columnCount: 2)
    }
    #expect(throws: AnalysisError.outOfRange("pixels of a side", 513, rule: "at most 512")) {
      try FeatureImages(.bumps, rowCount: 513, columnCount: 8)
    }
    #expect(throws: AnalysisError.notPositive("width", 0)) {
      try FeatureImages(.bumps, rowCount: 8, columnCount: 8, width: 0)
    }
    #expect(throws: AnalysisError.outOfRange("width", 9, rule: "at most half of a side, 4.0")) {
      try FeatureImages(.bumps, rowCount: 8, columnCount: 12, width: 9)
    }
    #expect(throws: AnalysisError.outOfRange("peak", 1, rule: "finite, and another than the background")) {
      try FeatureImages(.bumps, rowCount: 8, columnCount: 8, background: 1, peak: 1)
    }
  }
}
