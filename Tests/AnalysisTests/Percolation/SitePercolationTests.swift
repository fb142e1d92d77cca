import Foundation
import LinearAlgebra
import Testing

@testable import Analysis

@Suite struct SitePercolationTests {
  private static func swept(
    _ sitesPerSide: Int, radius: Double = 1, replicas: Int = 20, isPeriodic: Bool = false, seed: UInt64 = 1
  ) throws -> SitePercolation {
    let lattice = try SiteLattice(side: Double(sitesPerSide), spacing: 1, isPeriodic: isPeriodic)
    return try SitePercolation(
      on: OverlapGraph(of: lattice, radius: radius), replicas: replicas, using: SeededGenerator(seed: seed))
  }

  /// Whether a mean mass is a reference's up to three standard errors of its own and the reference's rounding.
  private static func agrees(_ curve: SitePercolation, at fraction: Double, with expected: Double) throws -> Bool {
    let place = try #require(curve.fractions.firstIndex { $0 >= fraction })
    let error =
      max(curve.deviation[place], curve.deviation[max(0, place - 1)]) / Double(curve.replicaCount).squareRoot()
    return abs(try #require(curve.mass(at: fraction)) - expected) < 3 * error + 0.01
  }

  @Test func nearestNeighboursPercolateWhereTheyShould() throws {
    let curve = try Self.swept(100, replicas: 30)
    for (fraction, mass) in [(0.55, 0.116), (0.5927, 0.446), (0.65, 0.918)] {
      #expect(try Self.agrees(curve, at: fraction, with: mass), "\(fraction): \(curve.mass(at: fraction) ?? 0)")
    }
    let (byDeviation, bySecond) = (try #require(curve.byDeviation), try #require(curve.bySecond))
    for found in [byDeviation.fraction, bySecond.fraction] {
      #expect(abs(found.value - PercolationTheory.nearestNeighbours) < 0.02)
      #expect(found.lower <= found.value && found.value <= found.upper && found.upper - found.lower < 0.05)
    }
    #expect(curve.mass.last == 1 && curve.fractions.last == 1 && curve.second.last == 0)
    #expect(curve.fractions == curve.fractions.sorted() && curve.fractions[0] <= 0.011)
    #expect(try #require(curve.deviation.last) < 1e-12)
    // Fractions lie closer where the curve is steep.
    #expect(curve.fractions.count { (0.5..<0.7).contains($0) } > 2 * curve.fractions.count { (0.7..<0.9).contains($0) })
  }

  /// The reference does not say its side: its values are those of some 150 to 180 centres a side. 44 pixels have 173.
  @Test(arguments: [(0.1, [(0.4, 0.315), (0.6, 0.997)], 0.424), (0.25, [(0.05, 0.10), (0.1, 0.99)], 0.068)])
  func featuresPercolateWhereDisksWould(width: Double, masses: [(Double, Double)], predicted: Double) throws {
    let spacing = 0.25
    let radius = try FeatureOverlap.product.radius(threshold: 0.005, width: width)
    let theory = PercolationTheory(radius: radius, spacing: spacing)
    #expect(abs(theory.continuum - predicted) < 5e-4)
    let lattice = try SiteLattice(side: 44, spacing: spacing)
    #expect(lattice.sitesPerSide == 173)
    let curve = try SitePercolation(
      on: OverlapGraph(of: lattice, radius: radius), replicas: 8, using: SeededGenerator(seed: 2))
    for (fraction, mass) in masses {
      #expect(try Self.agrees(curve, at: fraction, with: mass), "\(fraction): \(curve.mass(at: fraction) ?? 0)")
    }
    let threshold = try #require(theory.threshold)
    let found = try #require(curve.bySecond)
    #expect(abs(found.fraction.value / threshold - 1) < 0.1, "\(found.fraction.value) beside \(threshold)")
  }

  @Test func periodicLatticesAreWithoutBordersAndLarger() throws {
    let (bounded, periodic) = (try Self.swept(48), try Self.swept(48, isPeriodic: true))
    for fraction in [0.55, 0.59] {
      let masses = (try #require(bounded.mass(at: fraction)), try #require(periodic.mass(at: fraction)))
      #expect(masses.0 + 0.02 < masses.1)
    }
  }

  @Test func aSweepIsWhatComponentsOfItsFirstSitesAre() throws {
    let graph = try OverlapGraph(of: SiteLattice(side: 12, spacing: 1), radius: 1.5)
    var random = SeededGenerator(seed: 8)
    let order = random.shuffled(Array(0..<graph.siteCount))
    let steps = [1, 2, 3, 20, 50, 60, 70, 143, 144]
    for (step, found) in zip(steps, graph.sweep(order, at: steps)) {
      let sizes = graph.components(among: Array(order.prefix(step))).sizes
      #expect(found.largest == sizes[0] && found.second == (sizes.count > 1 ? sizes[1] : 0))
    }
  }

  @Test func theSameGeneratorGivesTheSameCurve() throws {
    let (first, again, other) = (
      try Self.swept(20), try Self.swept(20), try Self.swept(20, seed: 2)
    )
    #expect(first.mass == again.mass && first.bySecond == again.bySecond && first.byDeviation == again.byDeviation)
    #expect(first.mass != other.mass)
    // More replicas begin with the same ones: each has numbers of its own, whichever core takes it.
    let graph = try OverlapGraph(of: SiteLattice(side: 20, spacing: 1), radius: 1)
    func order(_ replica: Int) -> [Int] {
      var own = SeededGenerator(seed: 1).split(replica)
      return own.shuffled(Array(0..<400))
    }
    let mean = (0..<20).reduce(0.0) { $0 + Double(graph.sweep(order($1), at: [220])[0].largest) / (20 * 220) }
    #expect(abs(try #require(first.mass(at: 0.55)) - mean) < 0.02)
  }

  @Test func thresholdsOfSeveralSizesLeadToTheEndlessLattices() throws {
    let lengths = [16, 24, 32, 48]
    for isPeriodic in [false, true] {
      let thresholds = try lengths.map {
        try #require(try Self.swept($0, replicas: 30, isPeriodic: isPeriodic).bySecond)
      }
      let found = try FiniteSizeScaling(lengths: lengths.map(Double.init), thresholds: thresholds)
      #expect(abs(found.limit.value - PercolationTheory.nearestNeighbours) < 0.03, "\(found.limit)")
      #expect(found.limit.lower < found.limit.value && found.limit.value < found.limit.upper)
      #expect(found.limit.upper - found.limit.lower < 0.12)
    }
  }

  @Test func aLineThroughExactThresholdsIsFoundExactly() throws {
    let lengths = [10.0, 30, 90]
    let thresholds = try lengths.map { length in
      let value = 0.5 - 0.7 * FiniteSizeScaling.abscissa(length)
      return SitePercolation.Threshold(
        fraction: try BootstrapInterval(value: value, resampled: [value, value], level: 0.95), draws: [value, value])
    }
    let found = try FiniteSizeScaling(lengths: lengths, thresholds: thresholds)
    #expect(abs(found.limit.value - 0.5) < 1e-12 && abs(found.slope + 0.7) < 1e-11)
    #expect(abs(FiniteSizeScaling.abscissa(16) - 0.125) < 1e-15)
    #expect(throws: AnalysisError.tooFew("sizes", count: 1, minimum: 2)) {
      try FiniteSizeScaling(lengths: [10, 10], thresholds: Array(thresholds.prefix(2)))
    }
    #expect(throws: AnalysisError.sizeMismatch("number of thresholds", size: "1", expected: "2")) {
      try FiniteSizeScaling(lengths: [10, 20], thresholds: Array(thresholds.prefix(1)))
    }
  }

  @Test func whereNothingOrAllIsJoinedThereIsNoThreshold() throws {
    let apart = try Self.swept(12, radius: 0.5)
    #expect(apart.byDeviation == nil && apart.bySecond == nil && abs(apart.fullMass - 1 / 144) < 1e-12)
    let together = try Self.swept(12, radius: 100)
    #expect(together.byDeviation == nil && together.bySecond == nil && together.mass.allSatisfy { $0 == 1 })
  }

  @Test func theTheoryKnowsWhichLatticeItIs() {
    func theory(_ radius: Double) -> PercolationTheory { PercolationTheory(radius: radius, spacing: 0.5) }
    #expect(theory(0.49).threshold == nil && theory(0.49).neighbourCount == 0)
    for radius in [0.5, 0.7] { #expect(theory(radius).threshold == 0.592746050792) }
    for radius in [0.7072, 0.99] { #expect(abs((theory(radius).threshold ?? 0) - 0.407254) < 1e-6) }
    #expect(
      [0.5, 0.71, 1, 1.12, 1.415, 1.5, 1.582, 1.81].map { theory($0).neighbourCount } == [4, 8, 12, 20, 24, 28, 36, 44])
    #expect(abs((theory(1.6).threshold ?? 0) - 0.11535) < 2e-5)
    #expect(abs(theory(0.5).continuum - 1.43633) < 1e-5)
    // The mean number of neighbours at the threshold is 4.512, and many of them make a continuum.
    #expect(abs(theory(5).continuum * .pi * 100 - 4.51235) < 1e-5)
    #expect(abs((theory(500).threshold ?? 0) / theory(500).continuum - 1) < 1e-4)
    #expect(theory(1e300).threshold.map { $0 > 0 } == true)
  }

  @Test(arguments: [2.0, 2.3, 4.6])
  func theTheoryOfManyNeighboursIsWhatIsSimulated(reach: Double) throws {
    let curve = try Self.swept(64, radius: reach, replicas: 20, isPeriodic: true)
    let found = try #require(curve.byDeviation).fraction.value
    let theory = try #require(PercolationTheory(radius: reach, spacing: 1).threshold)
    // Of an endless lattice; 64 centres a side are somewhat off.
    #expect(abs(found / theory - 1) < 0.15, "\(found) beside \(theory)")
  }

  @Test func aPeakIsThatOfTheParabolaAroundIt() {
    let places = (0...20).map { 0.05 * Double($0) }
    let smooth = places.map { 1 - ($0 - 0.43) * ($0 - 0.43) }
    #expect(abs(CurvePeak(of: smooth, over: places, within: 0..<21).place - 0.43) < 1e-12)
    // Noise moves the highest value further than the peak.
    let noisy = smooth.enumerated().map { $0.element + 0.02 * ($0.offset % 3 == 0 ? 1 : -1) }
    #expect(abs(CurvePeak(of: noisy, over: places, within: 0..<21).place - 0.43) < 0.03)
    #expect(CurvePeak(of: smooth, over: places, within: 15..<21).place == 0.75)
    #expect(CurvePeak(of: [0, 3, 0], over: [1, 2, 3], within: 0..<3).place == 2)
    #expect(CurvePeak(of: [1, 1, 1, 1, 1], over: [1, 2, 3, 4, 5], within: 0..<5).place >= 1)
  }

  @Test func refusesWhatGivesNoCurve() throws {
    let graph = try OverlapGraph(of: SiteLattice(side: 10, spacing: 1), radius: 1)
    let random = SeededGenerator(seed: 1)
    #expect(throws: AnalysisError.tooFew("replicas", count: 1, minimum: 2)) {
      try SitePercolation(on: graph, replicas: 1, using: random)
    }
    #expect(throws: AnalysisError.tooFew("fractions", count: 9, minimum: 10)) {
      try SitePercolation(on: graph, replicas: 2, places: 9, using: random)
    }
    #expect(throws: AnalysisError.tooFew("draws", count: 1, minimum: 2)) {
      try SitePercolation(on: graph, replicas: 2, draws: 1, using: random)
    }
    #expect(throws: AnalysisError.tooFew("centres", count: 9, minimum: 10)) {
      try SitePercolation(on: OverlapGraph(of: SiteLattice(side: 3, spacing: 1), radius: 1), replicas: 2, using: random)
    }
    #expect {
      try SitePercolation(on: graph, replicas: 600_000, using: random)
    } throws: {
      ($0 as? AnalysisError)?.message == "number of replicas is 600000; it must be at most 1000 of 100 centres"
    }
  }
}
