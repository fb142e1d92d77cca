import Foundation
import LinearAlgebra
import Testing

@testable import Analysis

@Suite struct DisentanglementTests {
  /// Independent sources of four levels each.
  private static func levels(_ count: Int, _ width: Int = 2, seed: UInt64 = 1) -> Matrix<Double> {
    var random = SeededGenerator(seed: seed)
    return Matrix(
      rowCount: count, columnCount: width, entries: (0..<(count * width)).map { _ in Double(random.index(below: 4)) })
  }

  private static func scores(
    _ latents: Matrix<Double>, _ sources: Matrix<Double>, _ estimator: Disentanglement.Estimator = .bins, draws: Int = 0
  ) throws -> Disentanglement {
    var random = SeededGenerator(seed: 2)
    return try Disentanglement(
      of: latents, sources: sources, settings: .init(estimator: estimator, drawCount: draws), using: &random)
  }

  /// Latents made of each row of sources.
  private static func made(_ sources: Matrix<Double>, _ latents: ([Double]) -> [Double]) -> Matrix<Double> {
    let rows = sources.rowArrays.map(latents)
    return Matrix(rowCount: rows.count, columnCount: rows[0].count, entries: rows.flatMap { $0 })
  }

  @Test(arguments: Disentanglement.Estimator.allCases)
  func onePerfectLatentForEachSourceIsOne(estimator: Disentanglement.Estimator) throws {
    let sources = Self.levels(1500)
    // Exchanged, shifted and scaled.
    for latents in [sources, Self.made(sources) { [-7 * $0[1] + 3, 0.5 * $0[0]] }] {
      let found = try Self.scores(latents, sources, estimator)
      for score in Disentanglement.Score.allCases {
        let value = try #require(found.values[score])
        // Information by chance, weights by the penalty, and levels that no line parts without a rest.
        #expect(value > 0.98 && value < 1.01, "\(score): \(value)")
      }
      #expect(try #require(found.values[.modularity]) > 0.99)
    }
  }

  @Test func agreesWithClosedFormsOfFourLevels() throws {
    let sources = Self.levels(20_000)
    let same = try Self.scores(sources, sources)
    #expect(abs((same.values[.modularity] ?? 0) - 1) < 1e-3 && abs((same.values[.compactness] ?? 0) - 1) < 1e-3)
    let doubled = try Self.scores(Self.made(sources) { [$0[0], $0[1], $0[0], $0[1]] }, sources)
    #expect(abs((doubled.values[.modularity] ?? 0) - 1) < 1e-3)
    #expect(abs((doubled.values[.compactness] ?? 0) - 1 / 3.0) < 1e-3)
    #expect(abs(doubled.values[.informationGap] ?? 1) < 1e-9)
    #expect(abs(doubled.values[.separatedPredictability] ?? 1) < 1e-9)
    let joint = try Self.scores(Self.made(sources) { [4 * $0[0] + $0[1], $0[0] + 4 * $0[1]] }, sources)
    #expect(abs(joint.values[.modularity] ?? 1) < 1e-9 && abs(joint.values[.compactness] ?? 1) < 1e-9)
    let turned = try Self.scores(Self.made(sources) { [$0[0] + $0[1], $0[0] - $0[1]] }, sources)
    for entry in turned.table.entries.joined() { #expect(abs(entry - 0.329) < 0.005) }
    #expect((turned.values[.modularity] ?? 1) < 0.02 && (turned.values[.compactness] ?? 1) < 0.02)
    #expect((turned.values[.disentanglement] ?? 1) < 0.02 && (turned.values[.informativeness] ?? 0) > 0.999)
  }

  @Test func turningGaussianLatentsUndoesEverythingButExplicitness() throws {
    var random = SeededGenerator(seed: 3)
    let sources = Matrix<Double>.gaussian(2000, 2, using: &random)
    let turned = try Self.scores(Self.made(sources) { [$0[0] + $0[1], $0[0] - $0[1]] }, sources, .neighbours)
    for score in [Disentanglement.Score.modularity, .compactness, .informationGap, .separatedPredictability] {
      #expect(abs(turned.values[score] ?? 1) < 0.05, "\(score)")
    }
    #expect((turned.values[.explicitness] ?? 0) > 0.999)
    // Each latent shares half of its variance with each source: ½ ln 2 nats, less what bins of the source lose.
    for (source, row) in turned.table.entries.enumerated() {
      for entry in row { #expect(abs(entry * turned.entropies[source] - 0.5 * log(2)) < 0.06) }
    }
  }

  @Test(arguments: Disentanglement.Estimator.allCases)
  func unrelatedLatentsScoreNothing(estimator: Disentanglement.Estimator) throws {
    var random = SeededGenerator(seed: 4)
    let sources = Self.levels(2000)
    let found = try Self.scores(.gaussian(2000, 3, using: &random), sources, estimator)
    #expect(!found.isInformed && found.values[.modularity] == nil && found.values[.compactness] == nil)
    for entry in found.table.entries.joined() { #expect(entry < 0.03) }
    for score in [Disentanglement.Score.explicitness, .informationGap, .separatedPredictability, .informativeness] {
      #expect(abs(found.values[score] ?? 1) < 0.02, "\(score)")
    }
  }

  @Test func leavesScoresUndefinedThatAre() throws {
    let sources = Self.levels(400)
    let single = try Self.scores(sources.columns(0..<1), sources)
    for score in [Disentanglement.Score.compactness, .informationGap, .separatedPredictability, .completeness] {
      #expect(single.values[score] == nil, "\(score)")
    }
    #expect(single.values[.modularity] != nil)
    // A latent that does not vary is none.
    let padded = try Self.scores(Self.made(sources) { [$0[0], 5] }, sources)
    #expect(padded.activeLatents == [0] && padded.values[.compactness] == nil)
    let one = try Self.scores(sources, sources.columns(0..<1))
    #expect(one.values[.modularity] == nil && one.values[.disentanglement] == nil)
    #expect((one.values[.compactness] ?? 0) > 0.99)
    let still = try Self.scores(Self.made(sources) { _ in [1, 2] }, sources)
    #expect(still.activeLatents.isEmpty && still.values.isEmpty)
    #expect(throws: AnalysisError.notPositive("entropy of source 1", 0)) {
      try Self.scores(sources, Self.made(sources) { [$0[0], 3] })
    }
    #expect(throws: AnalysisError.outOfRange("largest value", 3 * 1e100, rule: "at most 1e+100")) {
      try Self.scores(1e100 * sources, sources)
    }
    #expect(throws: AnalysisError.outOfRange("number of latents", 2001, rule: "at most 2000")) {
      try Self.scores(.zeros(400, 2001), sources)
    }
    #expect(throws: AnalysisError.tooFew("samples", count: 19, minimum: 20)) {
      try Self.scores(sources.rows(0..<19), sources.rows(0..<19))
    }
  }

  @Test func latentsOfSmallRangeAreLeftOut() throws {
    var random = SeededGenerator(seed: 5)
    let sources = Self.levels(300)
    let latents = Self.made(sources) { [$0[0] + 0.01 * random.gaussian(), $0[1], 0.001 * random.gaussian()] }
    #expect(try Self.scores(latents, sources).activeLatents == [0, 1])
  }

  @Test func intervalsHoldTheScoreAndNarrowWithSamples() throws {
    var random = SeededGenerator(seed: 6)
    func width(_ count: Int) throws -> Double {
      let sources = Self.levels(count, seed: 7)
      let latents = Self.made(sources) { [$0[0] + random.gaussian(), $0[1] + 0.5 * $0[0] + random.gaussian()] }
      let found = try Self.scores(latents, sources, draws: 40)
      for score in Disentanglement.Score.allCases {
        let interval = try #require(found.intervals[score])
        #expect(interval.lower <= interval.value && interval.value <= interval.upper, "\(score)")
        #expect(interval.value == found.values[score])
      }
      return found.intervals[.informationGap].map { $0.upper - $0.lower } ?? 0
    }
    let (few, many) = (try width(200), try width(1800))
    // A third, but for chance.
    #expect(many < 0.6 * few)
  }

  @Test func informationAgreesWithWhatIsKnown() throws {
    // Two classes whose Gaussians are far apart tell everything; the same place tells nothing.
    var random = SeededGenerator(seed: 8)
    let labels = (0..<1000).map { Double($0 % 2) }
    let classes = ClassLabels(of: labels, most: 5)
    let apart = labels.map { 50 * $0 + random.gaussian() }
    #expect(abs(try ClassInformation.nearest(apart, classes) - log(2)) < 0.01)
    #expect(try ClassInformation.nearest(random.gaussians(1000), classes) < 0.03)
    // One standard deviation to each side: by integration 0.3369 nats.
    let near = labels.map { 2 * $0 + random.gaussian() }
    #expect(abs(try ClassInformation.nearest(near, classes) - 0.3369) < 0.05)
    // A variable of few values, as by counting.
    let fours = Self.levels(2000).column(0)
    let found = ClassLabels(of: fours, most: 5)
    #expect(abs(try ClassInformation.nearest(fours, found) - ClassInformation.counted(found, found)) < 0.01)
    // Of two Gaussians with correlation 0.8.
    var (x, y) = ([Double](), [Double]())
    for _ in 0..<2000 {
      x.append(random.gaussian())
      y.append(0.8 * x[x.count - 1] + 0.6 * random.gaussian())
    }
    #expect(abs(try MutualInformation.kraskov(x, y) - 0.510826) < 0.05)
  }

  @Test func sortsValuesIntoClasses() {
    #expect(ClassLabels(of: [3, 1, 3, 7], most: 4).labels == [1, 0, 1, 2])
    let binned = ClassLabels(of: [0, 0.1, 0.2, 5, 9.9, 10], most: 4)
    #expect(binned.isBinned && binned.labels == [0, 0, 0, 1, 2, 2] && binned.count == 3)
    #expect(ClassLabels(of: [0, 5e-324], most: 1).count <= 2)
    #expect(ClassLabels(of: [-1.7e308, 0, 1, 1.7e308], most: 2).labels == [0, 1, 1, 1])
  }

  @Test func regressionFindsTheMostLikelyLine() throws {
    // Without overlap the loss vanishes; with it, it is that of the true line, or a little less.
    var random = SeededGenerator(seed: 9)
    let values = random.gaussians(1500)
    let parted = values.map { $0 > 0.2 ? 1 : 0 }
    let found = try ClassRegression(Matrix(column: values), parted, classCount: 2)
    let left: Double = found.losses(of: Matrix(column: values), parted).reduce(0, +)
    #expect(left < 15)
    let noisy = values.map { random.uniform() < 1 / (1 + exp(-2 * $0)) ? 1 : 0 }
    let losses = try ClassRegression(Matrix(column: values), noisy, classCount: 2)
      .losses(of: Matrix(column: values), noisy)
    let truth = zip(values, noisy).map { (value: Double, label: Int) -> Double in
      log(1 + exp((label == 1 ? -2.0 : 2.0) * value))
    }
    let excess: Double = losses.reduce(0, +) - truth.reduce(0, +)
    #expect(abs(excess) < 6)
  }

  @Test func tellsActiveFromPassiveLatentsOfALinearModel() {
    // Posterior variances of probabilistic components at noise 1; the same for every input.
    let eigenvalues = [20, 5, 2, 1.2, 0.9, 0.3]
    let variances = eigenvalues.map { $0 > 1 ? 1 / $0 : 1 }
    let expected = [0.05, 0.2, 0.5, 0.8333, 1, 1]
    #expect(zip(variances, expected).allSatisfy { abs($0 - $1) < 1e-4 })
    let uses = variances.map { LatentUse(variances: [Double](repeating: $0, count: 50)) }
    #expect(uses == [.active, .mixed, .mixed, .mixed, .passive, .passive])
    #expect(LatentUse(variances: (0..<50).map { Double($0 % 2) }) == .mixed)
  }

  @Test func measuresRankAndTotalCorrelation() throws {
    #expect(abs(try LatentGeometry(covariance: .identity(4)).effectiveRank - 4) < 1e-12)
    #expect(try LatentGeometry(covariance: .identity(4)).totalCorrelation == 0)
    let pair = try LatentGeometry(covariance: Matrix(rows: [[4, 1], [1, 1]]))
    // A correlation of ½.
    #expect(abs((pair.totalCorrelation ?? 0) - 0.143841) < 1e-6)
    let same = try LatentGeometry(covariance: Matrix(rows: [[1, 1], [1, 1]]))
    #expect(same.totalCorrelation == nil && abs(same.effectiveRank - 1) < 1e-9)
    let still = try LatentGeometry(of: Matrix(rowCount: 5, columnCount: 2, repeating: 3))
    #expect(still.effectiveRank == 0 && still.totalCorrelation == 0)
    #expect(still.wassersteinCorrelation == 0 && still.pairInformation == nil)
  }

  @Test func measuresHowFarLatentsAreFromUncorrelated() throws {
    // 4 − 2 (√1.5 + √0.5), over 2.
    let pair = try LatentGeometry(covariance: Matrix(rows: [[1, 0.5], [0.5, 1]]))
    #expect(abs(pair.wassersteinCorrelation - (2 - 1.5.squareRoot() - 0.5.squareRoot())) < 1e-12)
    #expect(abs(try #require(pair.pairInformation) - 0.143841) < 1e-6)
    // By SciPy's matrix square root and NumPy's determinant.
    let three = try LatentGeometry(covariance: Matrix(rows: [[2, 0.3, -0.4], [0.3, 1, 0.2], [-0.4, 0.2, 0.5]]))
    #expect(abs(three.wassersteinCorrelation - 0.04328047883718839) < 1e-10)
    #expect(abs(try #require(three.totalCorrelation) - 0.20248261653325678) < 1e-10)
    #expect(abs(try #require(three.pairInformation) - 0.05062982243087257) < 1e-10)
    let same = try LatentGeometry(covariance: Matrix(rows: [[1, 1], [1, 1]]))
    #expect(same.pairInformation == nil && abs(same.wassersteinCorrelation - (2 - 2.squareRoot())) < 1e-9)
  }

  @Test func samplesOfALinearModelAreThePriorsThoughMeansAreNot() throws {
    // Means of probabilistic components at noise 1 vary by 1 − 1/λ, and with their posterior variance by 1 in every latent.
    var random = SeededGenerator(seed: 11)
    let eigenvalues = [20, 5, 2, 1.2, 0.9, 0.3]
    let variances = eigenvalues.map { $0 > 1 ? 1 / $0 : 1 }
    // Columns that are exactly uncorrelated, of variance 1.
    let columns = try QRFactorization(of: Matrix<Double>.gaussian(200, 6, using: &random).centredColumns).orthonormal
    var means = 200.squareRoot() * columns
    for row in 0..<200 { for latent in 0..<6 { means[row, latent] *= (1 - variances[latent]).squareRoot() } }
    let given = Matrix(rowCount: 200, columnCount: 6, entries: (0..<200).flatMap { _ in variances })
    let (mean, sampled) = (try LatentGeometry(of: means), try LatentGeometry(of: means, variances: given))
    #expect(abs(mean.effectiveRank - 3.467383729883758) < 1e-9 && abs(sampled.effectiveRank - 6) < 1e-9)
    for found in [mean, sampled] {
      #expect(try #require(found.totalCorrelation) < 1e-9 && found.wassersteinCorrelation < 1e-9)
    }
  }

  @Test func correlatedMeansOfPassiveLatentsAreNothingOnceSampled() throws {
    var random = SeededGenerator(seed: 12)
    let entries = (0..<500).flatMap { _ -> [Double] in
      let shared = random.gaussian()
      return [random.gaussian(), 1e-3 * shared, 1e-3 * (shared + 0.1 * random.gaussian())]
    }
    let means = Matrix(rowCount: 500, columnCount: 3, entries: entries)
    let variances = Matrix(rowCount: 500, columnCount: 3, entries: (0..<500).flatMap { _ in [0.02, 1, 1] })
    let (mean, sampled) = (try LatentGeometry(of: means), try LatentGeometry(of: means, variances: variances))
    // −½ ln(1 − ρ²), ρ² being 1/1.01.
    #expect(abs(try #require(mean.totalCorrelation) - 0.5 * log(101)) < 0.1)
    #expect(try #require(sampled.totalCorrelation) < 1e-2 && mean.wassersteinCorrelation < 1e-2)
    #expect(throws: AnalysisError.sizeMismatch("array of variances", size: "499×3", expected: "500×3")) {
      try LatentGeometry(of: means, variances: variances.rows(0..<499))
    }
  }
}
