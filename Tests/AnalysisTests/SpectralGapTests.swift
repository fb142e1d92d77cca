import Analysis
import LinearAlgebra
import Testing

@Suite("methods 1.5: gaps, phases, timescales") struct SpectralGapTests {
  static let pairs: [(Double, Double)] = [(1, 0.01), (0.47059, 0.02237), (5, 4.9), (1e-8, 1e-12), (3, 0)]

  @Test(arguments: pairs) func isTheDifferenceOfItsTwoLevels(a: Double, b: Double) {
    let gap = SpectralGap(above: a, below: b, dimension: 3)
    for t in [1e-3 * a, 0.3 * a, a, 40 * a] {
      #expect(abs(gap.width(atNoiseVariance: t) - (t / (t + b) - t / (t + a))) < 1e-13)
      #expect(gap.width(atNoiseVariance: t) <= gap.greatestWidth + 1e-15)
      if b > 0 {
        #expect(abs(gap.width(atNoiseVariance: t) - gap.width(atNoiseVariance: a * b / t)) < 1e-13)
      }
    }
    if b > 0 { #expect(abs(gap.width(atNoiseVariance: gap.widestNoiseVariance) - gap.greatestWidth) < 1e-14) }
  }

  @Test(arguments: pairs, [0.005, 0.1, 0.5, 0.9]) func isAsWideAsTheThresholdAtBothEnds(
    pair: (Double, Double), threshold: Double
  ) {
    let (a, b) = pair
    let gap = SpectralGap(above: a, below: b, dimension: 3)
    guard let visible = gap.visibleNoiseVariances(threshold: threshold) else {
      #expect(threshold > gap.greatestWidth)
      return
    }
    #expect(abs(gap.width(atNoiseVariance: visible.upperBound) - threshold) < 1e-12)
    #expect(abs(visible.lowerBound * visible.upperBound - a * b) < 1e-12 * a * a)
    if b > 0 {
      #expect(abs(gap.width(atNoiseVariance: visible.lowerBound) - threshold) < 1e-12)
    } else {
      #expect(visible.lowerBound == 0)
      #expect(abs(visible.upperBound - a * (1 / threshold - 1)) < 1e-12 * visible.upperBound)
    }
  }

  @Test func isVisibleForAnInstantAtItsGreatestWidth() throws {
    let gap = SpectralGap(above: 4, below: 1, dimension: 1)
    let visible = try #require(gap.visibleNoiseVariances(threshold: gap.greatestWidth))
    #expect(abs(visible.lowerBound - 2) < 1e-6 && abs(visible.upperBound - 2) < 1e-6)
    #expect(gap.visibleNoiseVariances(threshold: gap.greatestWidth.nextUp) == nil)
    #expect(gap.visibleNoiseVariances(threshold: 0) == nil)
  }

  @Test func switchesWhereTheFinalGapAndTheIntermediateOneAreEqual() throws {
    let final = SpectralGap(above: 0.003, dimension: 40)
    let intermediate = SpectralGap(above: 0.47, below: 0.022, dimension: 10)
    let t = try #require(final.switchingNoiseVariance(with: intermediate))
    #expect(abs(final.width(atNoiseVariance: t) - intermediate.width(atNoiseVariance: t)) < 1e-14)
    #expect(final.width(atNoiseVariance: t / 2) > intermediate.width(atNoiseVariance: t / 2))
    #expect(final.switchingNoiseVariance(with: SpectralGap(above: 0.02, below: 0.018, dimension: 1)) == nil)
  }

  @Test func leavesOutTheFinalGapWhereThereAreNoNormalDirections() {
    let bulks = [
      SpectralSupport.Bulk(lower: 0.1, upper: 0.2, count: 3), SpectralSupport.Bulk(lower: 1, upper: 2, count: 2),
    ]
    let full = SpectralSupport(bulks: bulks, ambientDimension: 5)
    #expect(full.gaps == [SpectralGap(above: 1, below: 0.2, dimension: 2)])
    let embedded = SpectralSupport(bulks: bulks, ambientDimension: 6)
    #expect(embedded.gaps.last == SpectralGap(above: 0.1, dimension: 5))
    #expect(SpectralSupport(bulks: [], ambientDimension: 4).gaps.isEmpty)
    #expect(SpectralSupport(bulks: [], ambientDimension: 4).widestGap(atNoiseVariance: 1) == nil)
  }

  @Test func judgesThePhaseByThreeNumbers() throws {
    let gaps = try PhaseGaps(spectrum: [1, 1, 0.7, 0.65, 0.2], dimension: 3)
    #expect(abs(gaps.depth - 0.8) < 1e-15 && abs(gaps.final - 0.3) < 1e-15)
    #expect(abs(gaps.widestIntermediate - 0.45) < 1e-15)
    #expect(try DiffusionPhase(spectrum: [1, 0.95, 0.91], dimension: 2) == .trivial)
    #expect(try DiffusionPhase(spectrum: [1, 0.95, 0.89], dimension: 2) == .coverage)
    #expect(try DiffusionPhase(spectrum: [1, 0.15, 0.07], dimension: 2) == .consolidation)
    #expect(try DiffusionPhase(spectrum: [1, 0.15, 0.07], dimension: 2, threshold: 0.05) == .coverage)
    // Without normal directions 1 stands for them; without tangent ones nothing can open.
    #expect(try DiffusionPhase(spectrum: [0.15, 0.07], dimension: 2) == .consolidation)
    #expect(try DiffusionPhase(spectrum: [1, 1], dimension: 0) == .trivial)
    #expect(throws: AnalysisError.outOfRange("manifold dimension", 3, rule: "between 0 and 2")) {
      try DiffusionPhase(spectrum: [1, 1], dimension: 3)
    }
    #expect(throws: AnalysisError.outOfRange("gap threshold", 1, rule: "above 0 and below 1")) {
      try DiffusionPhase(spectrum: [1, 1], dimension: 1, threshold: 1)
    }
  }
}

@Suite("methods 1.6: gap detectors") struct GapDetectionTests {
  /// 12 normal values near 1, 5 along the manifold near 0.1.
  let spectrum = (0..<17).map { (i: Int) -> Double in
    let level: Double = i < 12 ? 1 : 0.1
    return level - 0.001 * Double(i)
  }

  @Test(arguments: [
    GapDetection.Rule.largestGap, .curvature(), .curvature(factor: 20, skipping: 0), .threshold(fraction: 0.5),
  ]) func agreesOnAClearGap(rule: GapDetection.Rule) throws {
    #expect(try GapDetection(in: spectrum.shuffled(), rule: rule).dimension == 5)
    #expect(try GapDetection(in: spectrum, rule: rule, ambientDimension: 20).dimension == 8)
  }

  @Test func listsGapsByWidth() throws {
    let gaps = try GapDetection(in: [10, 9, 5, 4.5, 0.5]).gaps
    #expect(gaps.map(\.width) == [4, 4, 1, 0.5])
    #expect(gaps.map(\.position) == [2, 4, 1, 3])
    #expect(gaps.map(\.dimension) == [3, 1, 4, 2])
    #expect(try GapDetection(in: [10, 9, 5, 4.5, 0.5]).prominence == 1)
    #expect(try GapDetection(in: [3, 1]).prominence == .infinity)
  }

  @Test func findsNoneWhereThereIsNone() throws {
    #expect(try GapDetection(in: [1, 1, 1, 1]).dimension == nil)
    let straight = (0..<30).map { 1 - Double($0) / 64 }
    #expect(try GapDetection(in: straight, rule: .curvature()).dimension == nil)
    #expect(try GapDetection(in: [2, 1, 0], rule: .curvature()).dimension == nil)
  }

  @Test func refusesTooFewValuesAndNumbersThatAreNotFinite() {
    #expect(throws: AnalysisError.tooFew("values of a spectrum", count: 1, minimum: 2)) { try GapDetection(in: [1]) }
    #expect(throws: AnalysisError.outOfRange("value of a spectrum", .infinity, rule: "a finite number")) {
      try GapDetection(in: [1, .infinity])
    }
    #expect(throws: AnalysisError.tooFew("ambient dimensions", count: 2, minimum: 3)) {
      try GapDetection(in: [3, 2, 1], ambientDimension: 2)
    }
  }
}
