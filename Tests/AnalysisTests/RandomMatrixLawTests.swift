import Analysis
import Foundation
import LinearAlgebra
import Testing

/// ∫ f over an interval by the midpoint rule in the angle, which square-root edges do not trouble.
private func integral(over range: ClosedRange<Double>, _ f: (Double) throws -> Double) rethrows -> Double {
  let (middle, half) = ((range.lowerBound + range.upperBound) / 2, (range.upperBound - range.lowerBound) / 2)
  let count = 2000
  return try (0..<count).reduce(0) { sum, cell in
    let angle = (Double(cell) + 0.5) * Double.pi / Double(count)
    return sum + (try f(middle - half * cos(angle))) * half * sin(angle) * Double.pi / Double(count)
  }
}

@Suite("methods 1.4 and 1.10, check 2: Marchenko–Pastur") struct MarchenkoPasturLawTests {
  @Test func hasItsEdgesForEitherNormalisation() throws {
    let ambient = try MarchenkoPasturLaw(aspectRatio: 0.4).edges
    #expect(abs(ambient.lowerBound - 0.135089) < 5e-7 && abs(ambient.upperBound - 2.664911) < 5e-7)
    let latent = try MarchenkoPasturLaw(aspectRatio: 0.4, normalization: .latentDimension).edges
    #expect(abs(latent.lowerBound - 0.337722) < 5e-7 && abs(latent.upperBound - 6.662278) < 5e-7)
  }

  @Test(arguments: [(0.01, 0.0162209), (0.1, 0.1327822), (1, 0.5495098), (10, 0.9120090)])
  func hasItsTraceInClosedForm(t: Double, expected: Double) throws {
    let law = try MarchenkoPasturLaw(aspectRatio: 0.4)
    #expect(abs(law.meanRatio(atNoiseVariance: t) - expected) < 5e-8)
    let integrated = integral(over: law.edges) { t / (t + $0) * law.density(at: $0) }
    #expect(abs(integrated - expected) < 5e-8)
  }

  @Test(arguments: [(0.4, 1.0), (0.4, 2.5), (1, 1), (2.5, 0.3)], FactorNormalization.allCases)
  func weighsOneWithTheRightMean(law: (Double, Double), normalization: FactorNormalization) throws {
    let law = try MarchenkoPasturLaw(aspectRatio: law.0, variance: law.1, normalization: normalization)
    #expect(abs(integral(over: law.edges, law.density(at:)) + law.atomAtZero - 1) < 1e-6)
    #expect(abs(integral(over: law.edges) { $0 * law.density(at: $0) } / law.mean - 1) < 1e-6)
    let t = 0.7
    let ratio = integral(over: law.edges) { t / (t + $0) * law.density(at: $0) } + law.atomAtZero
    #expect(abs(law.meanRatio(atNoiseVariance: t) - ratio) < 1e-6)
    // Over the eigenvalues of the Jacobian: what is not at −1 is the latent part.
    let jacobian = integral(over: law.jacobianEdges(atNoiseVariance: t)) {
      law.jacobianDensity(at: $0, noiseVariance: t)
    }
    #expect(abs(jacobian + law.jacobianAtom - 1) < 1e-6)
  }

  @Test func hasQuantilesThatInvertItsCumulative() throws {
    for ratio in [0.4, 1, 2.5] {
      let distribution = try MarchenkoPasturLaw(aspectRatio: ratio).distribution
      #expect(abs(distribution.totalWeight - 1) < 1e-5)
      for weight in [0.01, 0.3, 0.5, 0.77, 0.999] where weight > distribution.atomAtZero {
        #expect(abs(distribution.cumulative(at: distribution.quantile(weight)) - weight) < 1e-6)
      }
      #expect(distribution.cumulative(at: -1) == 0)
      #expect(abs(distribution.cumulative(at: 100) - 1) < 1e-5)
    }
    #expect(try MarchenkoPasturLaw(aspectRatio: 2.5).distribution.quantile(0.5) == 0)
  }

  @Test func foreseesSampledEigenvalues() throws {
    // d = 100, m = 40: extremes 0.1543 and 2.5184 on average, inside the edges by a bias of finite size.
    var random = SeededGenerator(seed: 3)
    var mean = [Double](repeating: 0, count: 40)
    let count = 100
    for _ in 0..<count {
      let values = try singularValues(of: Matrix<Double>.gaussian(100, 40, using: &random))
      for (index, value) in values.reversed().enumerated() { mean[index] += value * value / 100 / Double(count) }
    }
    #expect(abs(mean[0] - 0.1543) < 0.005)
    #expect(abs(mean[39] - 2.5184) < 0.05)
    let law = try MarchenkoPasturLaw(aspectRatio: 0.4)
    let expected = law.distribution.expectedEigenvalues(count: 40)
    #expect(zip(mean, expected).allSatisfy { abs($0 / $1 - 1) < 0.06 })
    let spectrum = law.expectedSpectrum(ambientDimension: 100, noiseVariance: 0.5)
    #expect(spectrum.count == 100 && spectrum[59] == 1 && spectrum[60] < 1)
    #expect(zip(spectrum[60...], mean).allSatisfy { abs($0 - 0.5 / (0.5 + $1)) < 0.012 })
  }
}

@Suite("methods 1.4 and 1.10, check 3: several variances") struct SilversteinLawTests {
  typealias Group = SilversteinLaw.Group

  @Test(arguments: [
    (
      [Group(variance: 1, count: 10), Group(variance: 0.01, count: 30)], [0.47059, 1.73548, 0.00161, 0.02237], [10, 30]
    ),
    (
      [Group(variance: 1, count: 20), Group(variance: 0.01, count: 20)], [0.30761, 2.09644, 0.00199, 0.01795], [20, 20]
    ),
    (
      [Group(variance: 0.01, count: 10), Group(variance: 1, count: 30)], [0.20558, 2.39645, 0.0027, 0.01323], [30, 10]
    ),
  ]) func hasItsEdges(groups: [Group], edges: [Double], counts: [Int]) throws {
    let bulks = try SilversteinLaw(groups: groups, ambientDimension: 100).support.bulks
    #expect(zip(bulks.flatMap { [$0.lower, $0.upper] }, edges).allSatisfy { abs($0 - $1) < 6e-6 })
    #expect(bulks.map(\.count) == counts)
  }

  @Test(arguments: [(10, 30, 0.102595, 0.64202), (20, 20, 0.0743162, 0.61083)])
  func hasItsIntermediateGap(high: Int, low: Int, widest: Double, width: Double) throws {
    let law = try SilversteinLaw(
      groups: [Group(variance: 1, count: high), Group(variance: 0.01, count: low)], ambientDimension: 100)
    let gap = law.support.gaps[0]
    #expect(gap.dimension == high)
    #expect(abs(gap.widestNoiseVariance - widest) < 5e-7)
    #expect(abs(gap.greatestWidth - width) < 5e-6)
  }

  @Test func opensAndClosesItsGapWhereItShould() throws {
    let law = try SilversteinLaw(
      groups: [Group(variance: 1, count: 10), Group(variance: 0.01, count: 30)], ambientDimension: 100)
    let visible = try #require(law.support.gaps[0].visibleNoiseVariances(threshold: 0.1))
    #expect(abs(visible.upperBound - 3.98662) < 5e-6)
    #expect(abs(visible.lowerBound - 0.00264025) < 5e-9)
    let swapped = try SilversteinLaw(
      groups: [Group(variance: 0.01, count: 10), Group(variance: 1, count: 30)], ambientDimension: 100)
    #expect(abs(swapped.support.gaps[0].widestNoiseVariance - 0.0521588) < 5e-8)
  }

  @Test func approximatesSeparatedBulksInClosedForm() throws {
    // (s₁²/d)(√d ± √k₁)² and (s₂²/d)(√(d−k₁) ± √k₂)², when s₁ ≫ s₂.
    let law = try SilversteinLaw(
      groups: [Group(variance: 1, count: 10), Group(variance: 1e-6, count: 30)], ambientDimension: 100)
    let bulks = law.support.bulks
    let (root10, root90, root30) = (10.0.squareRoot(), 90.0.squareRoot(), 30.0.squareRoot())
    #expect(abs(bulks[0].lower / (pow(10 - root10, 2) / 100) - 1) < 1e-4)
    #expect(abs(bulks[0].upper / (pow(10 + root10, 2) / 100) - 1) < 1e-4)
    #expect(abs(bulks[1].lower / (1e-8 * pow(root90 - root30, 2)) - 1) < 1e-4)
    #expect(abs(bulks[1].upper / (1e-8 * pow(root90 + root30, 2)) - 1) < 1e-4)
  }

  @Test(arguments: [(40, FactorNormalization.ambientDimension), (40, .latentDimension), (250, .ambientDimension)])
  func isMarchenkoPasturForOneVariance(count: Int, normalization: FactorNormalization) throws {
    let law = try SilversteinLaw(
      groups: [Group(variance: 0.7, count: count - 15), Group(variance: 0.7, count: 15)], ambientDimension: 100,
      normalization: normalization)
    #expect(law.groups.count == 1)
    let ratio = Double(count) / 100
    let plain = try MarchenkoPasturLaw(aspectRatio: ratio, variance: 0.7, normalization: normalization)
    let bulk = law.support.bulks[0]
    #expect(abs(bulk.lower - plain.edges.lowerBound) < 1e-8 && abs(bulk.upper - plain.edges.upperBound) < 1e-8)
    #expect(bulk.count == min(count, 100))
    for part in [0.1, 0.5, 0.9] {
      let value = bulk.lower + part * (bulk.upper - bulk.lower)
      // This law counts all d eigenvalues, Marchenko–Pastur's m.
      #expect(abs(try law.density(at: value) - ratio * plain.density(at: value)) < 1e-10)
    }
  }

  @Test func givesEachBulkTheWeightOfItsColumns() throws {
    let law = try SilversteinLaw(
      groups: [Group(variance: 1, count: 10), Group(variance: 0.01, count: 30)], ambientDimension: 100)
    let distribution = try law.distribution()
    #expect(abs(distribution.atomAtZero - 0.6) < 1e-15)
    #expect(zip(distribution.bulkWeights, [0.3, 0.1]).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(try law.density(at: 0.2) < 1e-12)
    #expect(distribution.quantile(0.3) == 0)
  }

  @Test func foreseesSampledEigenvaluesOfManyVariances() throws {
    // Eight variances from 0.1 to 3: one bulk or several, no closed form.
    let groups = (0..<8).map { Group(variance: 0.1 * pow(30, Double($0) / 7), count: 30) }
    let law = try SilversteinLaw(groups: groups, ambientDimension: 360)
    #expect(law.support.bulks.reduce(0) { $0 + $1.count } == 240)
    var random = SeededGenerator(seed: 8)
    var factor = Matrix<Double>.gaussian(360, 240, using: &random)
    for row in 0..<360 {
      for column in 0..<240 { factor[row, column] *= (groups[column / 30].variance / 360).squareRoot() }
    }
    let sampled = try singularValues(of: factor).reversed().map { $0 * $0 }
    let distribution = try law.distribution()
    let expected = distribution.expectedEigenvalues(count: 360)
    #expect(expected.prefix(120).allSatisfy { $0 == 0 } && expected[120] > 0)
    // Eigenvalues repel, so counts are rigid: below each lie as many as the law says, give or take three.
    for (index, value) in sampled.enumerated() {
      #expect(abs(360 * distribution.cumulative(at: value) - (Double(120 + index) + 0.5)) < 3)
    }
    let spectrum = try law.expectedSpectrum(noiseVariance: 0.2)
    #expect(spectrum == spectrum.sorted(by: >) && spectrum[119] == 1 && spectrum[120] < 1)
  }

  @Test func reachesZeroForSquareFactors() throws {
    let law = try SilversteinLaw(
      groups: [Group(variance: 2, count: 10), Group(variance: 1, count: 10)], ambientDimension: 20)
    #expect(law.support.bulks.last?.lower == 0)
    #expect(abs(try law.distribution().totalWeight - 1) < 1e-3)
    let tall = try SilversteinLaw(
      groups: [Group(variance: 2, count: 30), Group(variance: 1, count: 30)], ambientDimension: 20)
    #expect(abs(try tall.distribution().totalWeight - 1) < 1e-5)
    #expect(tall.support.bulks.reduce(0) { $0 + $1.count } == 20)
  }

  @Test func refusesWhatIsNoGroup() {
    #expect(throws: AnalysisError.tooFew("groups of columns", count: 0, minimum: 1)) {
      try SilversteinLaw(groups: [], ambientDimension: 3)
    }
    #expect(throws: AnalysisError.notPositive("variance", -1)) {
      try SilversteinLaw(groups: [Group(variance: -1, count: 2)], ambientDimension: 3)
    }
    #expect(throws: AnalysisError.notPositive("number of columns", 0)) {
      try SilversteinLaw(groups: [Group(variance: 1, count: 0)], ambientDimension: 3)
    }
    #expect(throws: AnalysisError.notPositive("aspect ratio", 0)) { try MarchenkoPasturLaw(aspectRatio: 0) }
  }
}
