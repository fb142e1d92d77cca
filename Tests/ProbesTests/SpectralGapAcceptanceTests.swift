import Analysis
import Diagnostics
import Networks
import Probing
import Testing

@testable import Probes

/// The probe, end to end, on networks that are the exact score of Gaussian data.
@Suite struct SpectralGapAcceptanceTests {
  private static let d100: WrittenValue = [
    "network": "net", "predicts": "noise", "process": "ve", "points": "points",
  ]

  private func twoVariances(_ changes: WrittenValue, variances t: [Double]) throws -> SpectralGapFinding {
    let data = GaussianData.twoVariances
    let bench = TestBench(
      networks: ["net": try TestFiles.fixture("two-variances")],
      arrays: ["points": data.points(2), "covariance": data.covariance, "factor": data.factor])
    let written = Self.d100.with(["sigmas": .numbers(t.map { $0.squareRoot() })]).with(changes)
    return try SpectralGap.finding(written, on: bench)
  }

  @Test func levelsOfTheSpectrumAreThoseOfClosedForm() throws {
    let variances = [1e-3, 1e-2, 0.1, 1]
    let found = try twoVariances([:], variances: variances)
    #expect((found.ambientDimension, found.pointCount) == (100, 2))
    for (level, t) in zip(found.levels, variances) {
      let exact = GaussianData.twoVariances.spectrum(t)
      #expect(largestDifference(level.singularValues, exact) < 1e-12)
      for values in level.singularValuesPerPoint { #expect(largestDifference(values, exact) < 1e-12) }
      #expect(largestDifference(level.eigenvalues, exact.map { -$0 }) < 1e-12)
      #expect((level.symmetryDefect ?? 1) < 1e-12)
    }
    let shown = found.levels.map { [$0.singularValues[0], $0.singularValues[60], $0.singularValues[99]] }
    let table = [[1, 0.0909, 0.0010], [1, 0.5, 0.0099], [1, 0.9091, 0.0909], [1, 0.9901, 0.5]]
    for (row, expected) in zip(shown, table) { #expect(largestDifference(row, expected) < 5e-5) }
    #expect(found.levels.map(\.dimension) == [40, 40, 10, 10])
    #expect(found.levels.map(\.dimensionPerPoint) == [[40, 40], [40, 40], [10, 10], [10, 10]])
    #expect(found.dimension == 40)
    #expect(isClose(found.final.width, 1 - 1.0 / 11, within: 1e-12))
  }

  @Test func theWidestGapSwitchesWhereClosedFormSays() throws {
    // t* = ab/(a − 2b) = 0.0102041.
    #expect(try twoVariances([:], variances: [0.010204, 0.0102042]).levels.map(\.dimension) == [40, 10])
  }

  @Test(arguments: ["covariance", "factor"])
  func theoryOfTheDataPredictsGapsAndPhases(key: String) throws {
    let theory = WrittenValue(.record([.init(key: key, value: WrittenValue(.text(key)))]))
    let variances = [1e-4, 1e-3, 1e-2, 0.1, 1, 100]
    let found = try twoVariances(["theory": theory], variances: variances)
    #expect(found.gaps.map(\.dimension) == [10, 40])
    let (between, final) = (try #require(found.gaps[0].theory), try #require(found.gaps[1].theory))
    // D(t) = t(a − b)/((t + a)(t + b)) with a = 1, b = 0.01 is 0.1 at t± = (0.889 ± √(0.889² − 0.0004))/0.2.
    #expect(isClose(between.widestNoise.map { $0 * $0 }, 0.1, within: 1e-9))
    #expect(isClose(between.greatestWidth, 0.818182))
    #expect(isClose(between.openingNoise.map { $0 * $0 }, 8.888875))
    #expect(isClose(between.closingNoise.map { $0 * $0 }, 0.001125001))
    #expect(isClose(final.openingNoise.map { $0 * $0 }, 0.09, within: 1e-9))
    #expect(final.closingNoise == nil && final.widestNoise == nil)
    for (gap, tracked) in zip([between, final], found.gaps) {
      for (level, width) in zip(found.levels, tracked.widths) {
        #expect(abs(gap.gap.width(atNoiseVariance: level.sigma * level.sigma) - width) < 1e-12)
      }
    }
    let phases: [DiffusionPhase] = [.consolidation, .consolidation, .coverage, .coverage, .coverage, .trivial]
    #expect(found.levels.map(\.phase) == phases)
    for (level, t) in zip(found.levels, variances) {
      let predicted = try #require(level.predicted)
      #expect(largestDifference(predicted.singularValues, GaussianData.twoVariances.spectrum(t)) < 1e-12)
      #expect(predicted.phase == level.phase && predicted.gap.dimension == level.dimension)
      #expect(abs(predicted.gap.width - level.gaps[0].width) < 1e-12)
    }
    #expect(found.phases.map(\.phase) == [.consolidation, .coverage, .trivial])
    #expect(found.phases[0].from == found.levels[0].sigma && found.phases[2].to == found.levels[5].sigma)
    #expect(zip(found.phases, found.phases.dropFirst()).allSatisfy { $0.to == $1.from })
    // On the fine grid coverage ends where the intermediate gap closes, and the trivial phase begins at t = 9.
    #expect(found.predictedPhases.map(\.phase) == [.consolidation, .coverage, .trivial])
    #expect(isClose(found.predictedPhases[0].to, 0.001125.squareRoot(), within: 0.02))
    #expect(isClose(found.predictedPhases[1].to, 3, within: 0.02))
    #expect(found.densities.isEmpty)
  }

  @Test func theoryOfRandomFactorsPredictsTheirGaps() throws {
    let cases: [(variances: WrittenValue, counts: WrittenValue, widest: Double, width: Double)] = [
      ([1, 0.01], [10, 30], 0.102595, 0.64202), ([1, 0.01], [20, 20], 0.0743162, 0.61083),
      ([0.01, 1], [10, 30], 0.0521588, 0.5953),
    ]
    for (index, entry) in cases.enumerated() {
      let found = try twoVariances(
        ["theory": ["variances": entry.variances, "counts": entry.counts]], variances: [0.001, 0.1, 1])
      #expect(found.gaps.map(\.dimension) == [[10, 20, 30][index], 40])
      let gap = try #require(found.gaps[0].theory)
      #expect(isClose(gap.widestNoise.map { $0 * $0 }, entry.widest, within: 2e-5))
      #expect(isClose(gap.greatestWidth, entry.width, within: 1e-4))
    }
    let first = try twoVariances(["theory": ["variances": [1, 0.01], "counts": [10, 30]]], variances: [0.1]).gaps[0]
      .theory
    #expect(isClose(first?.openingNoise.map { $0 * $0 }, 3.98662))
    #expect(isClose(first?.closingNoise.map { $0 * $0 }, 0.00264025))
    #expect(isClose(first?.above, 0.47059, within: 2e-5) && isClose(first?.below, 0.02237, within: 2e-4))
    let latent = try twoVariances(
      ["theory": ["variances": [1], "counts": [40], "normalization": "latent"]], variances: [0.1]
    ).gaps[0].theory
    #expect(isClose(latent?.above, 0.337722))
    let ambient = try twoVariances(["theory": ["variances": [1], "counts": [40]]], variances: [0.1]).gaps[0].theory
    #expect(isClose(ambient?.above, 0.135089))
  }

  @Test func densitiesHoldTheDirectionsAlongTheData() throws {
    let found = try twoVariances(
      ["theory": ["variances": [1, 0.01], "counts": [10, 30]]], variances: [1e-6, 1e-3, 1, 1e3, 1e6])
    // Where the bulks have a shape: at the other levels all directions lie within 0.002 of 0 or 1.
    #expect(found.densities.map(\.level) == [1, 2])
    for density in found.densities {
      #expect(isClose(density.mass, 0.4, within: 1e-3))
      #expect(density.singularValues == density.singularValues.sorted())
      #expect(density.singularValues.count == density.density.count)
      #expect(density.density.allSatisfy { $0 >= 0 && $0.isFinite })
      let area = zip(density.singularValues.indices.dropLast(), density.singularValues.indices.dropFirst()).reduce(0) {
        $0 + (density.density[$1.0] + density.density[$1.1]) / 2
          * (density.singularValues[$1.1] - density.singularValues[$1.0])
      }
      #expect(isClose(area, 0.4, within: 5e-3))
    }
  }

  @Test func fokkerPlanckDimensionMeetsItsExpectation() throws {
    let data = GaussianData.fiveOfTwenty
    let bench = TestBench(
      networks: ["net": try TestFiles.fixture("five-of-twenty")],
      arrays: ["points": data.spanningPoints, "covariance": data.covariance])
    let ratios = [0.01, 0.05, 0.2, 0.5, 2]
    let written: WrittenValue = [
      "network": "net", "predicts": "noise", "process": "vp", "points": "points",
      "sigmas": .numbers(ratios.map { $0 / (1 + $0 * $0).squareRoot() }), "theory": ["covariance": "covariance"],
    ]
    for method in ["dense", "orthogonal", "stanczuk"] {
      let found = try SpectralGap.finding(written.with(["method": WrittenValue(.text(method))]), on: bench)
      for (level, expected) in zip(found.levels, [5, 4.9931, 4.4956, 3.3937, 1.1194]) {
        #expect(abs(level.flipd - expected) < 6e-5, "\(method) at \(level.noiseToSignal)")
        #expect(abs((level.predicted?.flipd ?? 0) - level.flipd) < 1e-9)
        let interval = try #require(level.flipdInterval)
        #expect(interval[0] <= level.flipd && level.flipd <= interval[1])
      }
    }
  }

  @Test func orthogonalProbesFindTheExactSpectrum() throws {
    let variances = [1e-3, 0.1]
    let exact = try twoVariances([:], variances: variances)
    let probed = try twoVariances(["method": "orthogonal"], variances: variances)
    for (left, right) in zip(exact.levels, probed.levels) {
      #expect(largestDifference(left.singularValues, right.singularValues) < 1e-11)
      #expect(largestDifference(left.eigenvalues, right.eigenvalues) < 1e-11)
      #expect(left.dimension == right.dimension && left.phase == right.phase)
      #expect(abs(left.flipd - right.flipd) < 1e-9)
    }
  }

  @Test func gaussianProbesBlurEveryLevel() throws {
    let variances = [1e-3]
    let blurred = try twoVariances(["method": "stanczuk"], variances: variances).levels[0]
    let exact = GaussianData.twoVariances.spectrum(1e-3)
    #expect(largestDifference(blurred.singularValues, exact) > 0.1)
    // With K = 4d probes a level of multiplicity d spreads over 1 ± ½; here 60 of 100, over 1 ± √(60/400).
    #expect(blurred.singularValues[0] > 1.2 && blurred.singularValues[0] < 1.5)
    #expect(blurred.singularValues[59] < 0.8 && blurred.singularValues[59] > 0.5)
    #expect(blurred.dimension == 40)
    #expect(blurred.eigenvalues.isEmpty && blurred.symmetryDefect == nil)
  }

  @Test func singlePrecisionFindsTheSame() throws {
    let level = try twoVariances(["precision": "float32"], variances: [1e-2]).levels[0]
    #expect(largestDifference(level.singularValues, GaussianData.twoVariances.spectrum(1e-2)) < 1e-5)
    #expect(level.dimension == 40)
  }

  @Test func aLinearScoreHasTheSameSpectrumAtNoisedPoints() throws {
    let level = try twoVariances(["location": "noised"], variances: [1e-2]).levels[0]
    #expect(largestDifference(level.singularValues, GaussianData.twoVariances.spectrum(1e-2)) < 1e-12)
  }

  @Test func predictionsAndProcessesAgreeAtEqualNoiseToSignal() throws {
    let data = GaussianData.six
    let steps: WrittenValue = ["kind": "ddpm", "betas": [0.001, 0.2], "steps": 50]
    let processes: [(name: String, written: WrittenValue, last: String)] = [
      ("ve", "ve", "edm"), ("vp", "vp", "v"), ("ddpm", steps, "v"), ("flow", "flow", "flow"),
    ]
    let cases = processes.flatMap { process in
      ["noise", "x0", "score", process.last].map { (predicts: $0, process: process) }
    }
    for (predicts, process) in cases {
      let name = "\(predicts)-\(process.name)"
      let bench = TestBench(networks: ["net": try TestFiles.fixture(name)], arrays: ["points": data.points(2)])
      let written: WrittenValue = [
        "network": "net", "predicts": WrittenValue(.text(predicts)), "process": process.written, "points": "points",
        "sigmas": [0.1, 0.5],
      ]
      let found = try SpectralGap.finding(written, on: bench)
      #expect(found.levels.count == 2)
      for level in found.levels {
        let t = level.noiseToSignal * level.noiseToSignal
        #expect(largestDifference(level.singularValues, data.spectrum(t)) < 1e-12, "\(name)")
        #expect(level.noiseToSignal == level.sigma / level.signal)
      }
      #expect(found.dimension == 3)
    }
  }
}
