import Analysis
import Foundation
import LinearAlgebra
import Testing

/// Tolerances: another run of a chaotic system is another sample of it. Round-off makes runs differ after some 40 units of time, so shares
/// are held to 0.02, ratios to 0.06, lags to what runs of that length vary by.
@Suite struct DelayAndDimensionTests {
  private static func expect(
    _ found: [Double], _ known: [Double], within tolerance: Double, _ what: String = ""
  ) {
    for (index, pair) in zip(found, known).enumerated() {
      #expect(abs(pair.0 - pair.1) <= tolerance, "\(what) at \(index + 1): \(pair.0), known \(pair.1)")
    }
    #expect(found.count >= known.count)
  }

  // MARK: Delay

  @Test func autocorrelationVanishesWhereItIsKnownTo() throws {
    let lorenz = try Autocorrelation(of: ReferenceSignals.lorenz.get(), upTo: 500)
    // Known: 355 and 34; the lobes change at random, and half a hundred changes leave such lags uncertain.
    #expect(abs((lorenz.firstZero ?? 0) - 355) <= 60 && abs((lorenz.firstBelowInverseE ?? 0) - 34) <= 5)
    let rossler = try Autocorrelation(of: ReferenceSignals.rossler.get(), upTo: 40)
    #expect(rossler.firstZero == 15 && rossler.firstBelowInverseE == 11)
    let minimum = try #require(rossler.firstMinimum)
    #expect((26...34).contains(minimum))
    #expect(rossler.values[0] == 1 || abs(rossler.values[0] - 1) < 1e-12)
  }

  @Test func autocorrelationOfACosineIsOne() throws {
    let wave = try Signal((0..<4000).map { 3 + 2 * cos(2 * .pi * Double($0) / 40) })
    let found = try Autocorrelation(of: wave, upTo: 80)
    for lag in [0, 10, 20, 40, 80] { #expect(abs(found.values[lag] - cos(2 * .pi * Double(lag) / 40)) < 0.01) }
  }

  @Test(arguments: [(16, 18), (64, 16)])
  func mutualInformationOfLorenzIsLeastWhereItIsKnownToBe(bins: Int, lag: Int) throws {
    let found = try MutualInformation(of: ReferenceSignals.lorenz.get(), upTo: 40, estimator: .fixedBins(bins))
    #expect(abs((found.firstMinimum ?? 0) - lag) <= 1)
  }

  @Test func everyEstimatorFindsTheSameDelay() throws {
    for estimator in [MutualInformation.Estimator.fixedBins(nil), .adaptiveBins] {
      let rossler = try MutualInformation(of: ReferenceSignals.rossler.get(), upTo: 25, estimator: estimator)
      #expect(abs((rossler.firstMinimum ?? 0) - 13) <= 1)
      let lorenz = try MutualInformation(of: ReferenceSignals.lorenz.get(), upTo: 25, estimator: estimator)
      #expect(abs((lorenz.firstMinimum ?? 0) - 16) <= 1)
    }
    let short = try Signal(Array(ReferenceSignals.lorenz.get().values.prefix(3000)))
    let neighbours = try MutualInformation(of: short, upTo: 25, estimator: .neighbours(4))
    #expect(abs((neighbours.firstMinimum ?? 0) - 16) <= 2)
  }

  @Test func henonHasNoMinimumAmongTheFirstLagsAndNoiseNothingAtAll() throws {
    let henon = try MutualInformation(of: ReferenceSignals.henon.get(), upTo: 10, estimator: .fixedBins(16))
    #expect(henon.firstMinimum == nil)
    let choice = DelayChoice(henon, try Autocorrelation(of: ReferenceSignals.henon.get(), upTo: 10))
    #expect(choice.lag == 1 && choice.reason == .decay)
    let signal = try ReferenceSignals.noise.get()
    let noise = DelayChoice(try MutualInformation(of: signal, upTo: 30), try Autocorrelation(of: signal, upTo: 30))
    #expect(noise.lag == 1 && noise.reason == .nothingLeft)
    let lorenz = try ReferenceSignals.lorenz.get()
    let correlation = try Autocorrelation(of: lorenz, upTo: 100)
    let chosen = DelayChoice(try MutualInformation(of: lorenz, upTo: 100), correlation)
    #expect(abs(chosen.lag - 16) <= 1 && chosen.reason == .firstMinimum)
    #expect(TheilerWindow.standard(correlation, delay: chosen.lag) == chosen.lag)
    #expect(TheilerWindow.standard(correlation, delay: 60) == correlation.firstBelowInverseE)
    // A ramp neither decays nor has a minimum within a few lags.
    let ramp = try Signal((0..<2000).map { Double($0) })
    let limit = DelayChoice(try MutualInformation(of: ramp, upTo: 8), try Autocorrelation(of: ramp, upTo: 8))
    #expect(limit.lag == 8 && limit.reason == .longest)
  }

  @Test func statesHaveAWindowToo() throws {
    // A circle of period 40: the states' autocorrelation is a cosine.
    let angles = (0..<400).map { 2 * Double.pi * Double($0) / 40 }
    let circle = Matrix<Double>(rowCount: 400, columnCount: 2, entries: angles.flatMap { [cos($0), sin($0)] })
    #expect(try TheilerWindow.standard(of: Recording(circle)) == 8)
    #expect(try TheilerWindow.standard(of: Recording(1e150 * circle)) == 8)
    // It is never longer than a tenth of the longest trial, and there is none of what stands still.
    let ramp = Matrix<Double>(rowCount: 100, columnCount: 1, entries: (0..<100).map { Double($0) })
    #expect(try TheilerWindow.standard(of: Recording(ramp)) == 10)
    #expect(try TheilerWindow.standard(of: Recording(.zeros(100, 2))) == 0)
    #expect(try TheilerWindow.standard(of: Recording(.zeros(1, 2))) == 0)
    var random = SeededGenerator(seed: 3)
    #expect(try TheilerWindow.standard(of: Recording(.gaussian(500, 3, using: &random))) == 1)
  }

  @Test(arguments: [0.0, 0.5, 0.9])
  func informationOfNormalNumbersIsWhatTheirCorrelationSays(correlation: Double) throws {
    var random = SeededGenerator(seed: 11)
    let first = random.gaussians(4000)
    let second = first.map { correlation * $0 + (1 - correlation * correlation).squareRoot() * random.gaussian() }
    let truth = -0.5 * log(1 - correlation * correlation)
    #expect(abs(try MutualInformation.kraskov(first, second) - truth) < 0.04)
    // The order of values is all that matters, nearly.
    let bent = try MutualInformation.kraskov(first.map { $0 * $0 * $0 }, second.map(exp))
    #expect(abs(bent - truth) < 0.08)
  }

  // MARK: Dimension

  @Test func falseNeighboursOfLorenz() throws {
    let found = try FalseNeighbours(of: ReferenceSignals.lorenz.get(), lag: 18, upTo: 5, window: 1)
    Self.expect(found.kennel, [0.9961, 0.0722, 0.0004, 0, 0], within: 0.02)
    #expect(found.dimension == 3)
    // Noise-free: what is left of the other count falls too.
    let others = found.heggerKantz.compactMap { $0 }
    #expect(others.count == 5 && others[0] > 0.9 && others[2] < 0.3 && others[4] < others[2])
  }

  @Test func falseNeighboursOfRosslerHenonAndNoise() throws {
    let rossler = try FalseNeighbours(of: ReferenceSignals.rossler.get(), lag: 13, upTo: 4, window: 1)
    Self.expect(rossler.kennel, [0.9949, 0.0698, 0.0015, 0], within: 0.02)
    let henon = try FalseNeighbours(of: ReferenceSignals.henon.get(), lag: 1, upTo: 4, window: 0)
    Self.expect(henon.kennel, [0.8069, 0, 0, 0], within: 0.02)
    #expect(rossler.dimension == 3 && henon.dimension == 2)
    let noise = try FalseNeighbours(of: ReferenceSignals.noise.get(), lag: 1, upTo: 6, window: 0)
    Self.expect(noise.kennel, [0.998, 0.854, 0.413, 0.177, 0.163, 0.176], within: 0.02)
    #expect(noise.dimension == nil)
  }

  /// A table that is published as that of Lorenz x with noise of 0.1 at a lag of 1. Its shares are whole numbers of 999, 998, … 990
  /// points: it is of 1,000 samples; and it is that of uniform numbers, while neighbours of Lorenz x are all true from the fourth
  /// dimension on.
  @Test func falseNeighboursOfUniformNumbersAndOfNoisyLorenz() throws {
    let published = [
      0.981981982, 0.5721442886, 0.2296890672, 0.1997991968, 0.2130653266, 0.2132796781, 0.2628398792, 0.2983870968,
      0.4106962664, 0.598989899,
    ]
    var random = SeededGenerator(seed: 4)
    var mean = [Double](repeating: 0, count: 10)
    for _ in 0..<8 {
      let numbers = try Signal((0..<1000).map { _ in 2 * random.uniform() - 1 })
      let shares = try FalseNeighbours(of: numbers, lag: 1, upTo: 10, window: 0).kennel
      for index in mean.indices { mean[index] += shares[index] / 8 }
      #expect(shares.indices.min { shares[$0] < shares[$1] }.map { (2...4).contains($0) } == true)
    }
    // A single run is off by 0.025 at most in one deviation.
    for (share, known) in zip(mean, published) { #expect(abs(share - known) < 0.05, "\(share) is not \(known)") }
    #expect(mean.indices.min { mean[$0] < mean[$1] } == 3 && mean.allSatisfy { $0 > 0.15 })

    let lorenz = try ReferenceSignals.lorenz.get()
    let noisy = try Signal(lorenz.values.prefix(10_000).map { $0 + 0.1 * random.gaussian() })
    let shares = try FalseNeighbours(of: noisy, lag: 1, upTo: 6, window: 0).kennel
    #expect(
      shares[0] > 0.9 && abs(shares[1] - 0.22) < 0.05 && shares[2] < 0.03 && shares[3...].allSatisfy { $0 < 0.005 })
  }

  @Test func caoOfLorenzAndRossler() throws {
    let lorenz = try CaoDimension(of: ReferenceSignals.lorenz.get(), lag: 18, upTo: 5, window: 1)
    Self.expect(lorenz.firstRatios, [0, 0.159, 0.889, 0.926, 0.957], within: 0.06, "E1")
    Self.expect(lorenz.secondRatios, [0.060, 0.544, 1.15, 1.10], within: 0.12, "E2")
    #expect(lorenz.dimension == 3)
    let rossler = try CaoDimension(of: ReferenceSignals.rossler.get(), lag: 13, upTo: 4, window: 1)
    Self.expect(rossler.firstRatios, [0, 0.138, 0.882, 0.981], within: 0.06, "E1")
  }

  @Test func caoOfHenonAndNoise() throws {
    let henon = try CaoDimension(of: ReferenceSignals.henon.get(), lag: 1, upTo: 3, window: 0)
    Self.expect(henon.firstRatios, [0, 0.937, 0.984], within: 0.06, "E1")
    #expect(henon.dimension == 2 && henon.determinism > 0.3)
    let noise = try CaoDimension(of: ReferenceSignals.noise.get(), lag: 1, upTo: 6, window: 0)
    Self.expect(noise.firstRatios, [0.0005, 0.146, 0.392, 0.583, 0.703, 0.787], within: 0.06, "E1")
    Self.expect(noise.secondRatios, Array(repeating: 1, count: 6), within: 0.025, "E2")
    #expect(noise.dimension == nil && noise.determinism < 0.025)
  }

  @Test func shiftAndScaleChangeNothing() throws {
    let signal = try Signal(Array(ReferenceSignals.lorenz.get().values.prefix(1500)))
    let other = try Signal(signal.values.map { 4096 * $0 - 7 })
    let (first, second) = (
      try FalseNeighbours(of: signal, lag: 16, upTo: 3, window: 5),
      try FalseNeighbours(of: other, lag: 16, upTo: 3, window: 5)
    )
    Self.expect(first.kennel, second.kennel, within: 2e-3)
    let (before, after) = (
      try CaoDimension(of: signal, lag: 16, upTo: 3, window: 5),
      try CaoDimension(of: other, lag: 16, upTo: 3, window: 5)
    )
    Self.expect(before.firstRatios, after.firstRatios, within: 1e-6)
    let cost = try [signal, other].map { try NoiseAmplification(of: $0, dimension: 3, lag: 16, window: 5).value }
    #expect(abs(cost[0] - cost[1]) < 1e-6)
    let information = try [signal, other].map { try MutualInformation(of: $0, upTo: 10).values }
    Self.expect(information[0], information[1], within: 0.02)
  }

  @Test func vectorsNeverCrossTheBorderOfATrial() throws {
    let signal = try Signal(trials: [[0, 1, 2, 3, 4, 5], [100, 101], [200, 201, 202, 203, 204]])
    let vectors = try DelayVectors(of: signal, dimension: 2, lag: 2, reserved: 1)
    #expect(vectors.points.rowArrays == [[0, 2], [1, 3], [2, 4], [200, 202], [201, 203]])
    #expect(vectors.starts == [0, 1, 2, 8, 9] && vectors.presents == [2, 3, 4, 10, 11])
    // Trials are farther apart in time than any window.
    #expect(vectors.times[3] - vectors.times[2] > signal.count)
  }

  // MARK: What is no signal

  @Test func saysWhatCannotBeEmbedded() throws {
    #expect(throws: SignalError.constant(value: 3)) { try Signal([3, 3, 3]) }
    #expect(throws: SignalError.notFinite(sample: 1, value: "nan")) { try Signal([3, .nan, 3]) }
    #expect(throws: SignalError.tooShort(longest: 0, needed: 2, for: "a signal takes")) { try Signal([]) }
    let short = try Signal([1, 2, 3, 4, 5])
    #expect(throws: SignalError.tooShort(longest: 5, needed: 8, for: "3 dimensions at lag 3 take")) {
      try DelayVectors(of: short, dimension: 3, lag: 3)
    }
    #expect(throws: SignalError.tooShort(longest: 5, needed: 19, for: "lags up to 9 take")) {
      try MutualInformation(of: short, upTo: 9)
    }
    #expect(throws: (any Error).self) { try DelayVectors(of: short, dimension: .max, lag: .max) }
    #expect(throws: AnalysisError.tooFew("points apart in place and time", count: 0, minimum: 1)) {
      // Every neighbour is at no distance.
      try FalseNeighbours(of: Signal([1, 1, 1, 1, 1, 1, 1, 1, 1, 2]), lag: 1, upTo: 1, window: 0)
    }
  }

  @Test func errorsAreSaidAsAgreed() {
    let errors: [SignalError] = [
      .constant(value: 3), .periodic(samples: 40), .tooShort(longest: 1, needed: 7, for: "3 dimensions at lag 3 take"),
      .notFinite(sample: 4, value: "nan"), .unequalTrials(first: [3, 4, 5, 6, 7], second: [3]),
      .coarse(values: 2, needed: 8),
    ]
    let said = errors.map { error in error.message + (error.hint.map { " | \($0)" } ?? "") }
    #expect(
      said == [
        "every sample is 3.0; a signal must change over time to be embedded | take another unit, or check that time runs along the rows",
        "the signal repeats itself every 40.0 samples; what never leaves one closed curve has no delay and no dimension to be measured | record the system where it does not settle on a cycle, or take two delays a quarter of the period apart",
        "the longest trial has 1 sample; 3 dimensions at lag 3 take at least 7 | take a shorter delay, fewer dimensions, a smaller window or more samples",
        "sample 4 is nan; every value must be a finite number | cut the gap out, or fill it, before the signal is embedded",
        "the signals' trials have 3, 4, 5, 6, … and 3 samples; they must be recorded side by side",
        "the signal takes 2 different values only; at least 8 are needed for states to be near and yet apart | take a unit that is not counted or rounded so coarsely",
      ])
    #expect(errors.map { $0.status == .inputDamaged } == [false, false, false, true, false, false])
  }

  @Test func tellsCyclesFromChaos() throws {
    let exact = try Signal((0..<500).map { sin(2 * .pi * Double($0) / 25) })
    #expect(exact.period == 25)
    let between = try Signal((0..<2000).map { sin(0.3 * Double($0)) + 0.3 * cos(0.6 * Double($0)) })
    let period = try #require(between.period)
    #expect(abs(period - 2 * .pi / 0.3) < 0.01)
    #expect(try Signal((0..<90).map { [1.0, 2, 4, 3, 5][$0 % 5] }).period == 5)
    #expect(try ReferenceSignals.rossler.get().period == nil)
    #expect(try ReferenceSignals.noise.get().period == nil)
    let torus = try ReferenceSignals.recording(.torusFlow, 4000, 0.02)
    let mixed = try Signal(zip(torus.stacked.column(0), torus.stacked.column(2)).map { $0 + $1 })
    #expect(mixed.period == nil)
  }
}
