@testable import Analysis
import Foundation
import LinearAlgebra
import Testing

@Suite struct ReconstructionQualityTests {
  // MARK: Noise amplification

  @Test(arguments: [(1, -0.06247), (3, 0.1761)])
  func amplificationOfIndependentNumbersIsKnown(dimension: Int, expected: Double) throws {
    // Neighbours in D dimensions say nothing of the future: L = ½ lg(D k/(k + 1)).
    var random = SeededGenerator(seed: 3)
    let points = Matrix<Double>.gaussian(8000, dimension, using: &random)
    let future = random.gaussians(8010)
    let found = try NoiseAmplification(
      of: points, times: Array(0..<8000), places: Array(0..<8000), in: future, neighbours: 3, horizon: 10, window: 1)
    // E² is over k + 1 futures and in one dimension, ε² in D: what is known is for D-dimensional futures.
    #expect(abs(found.value + 0.5 * log10(Double(dimension)) - expected) < 0.02)
    #expect(found.pointCount == 8000 && found.conditionalVariances.count == 10)
    for variance in found.conditionalVariances { #expect(abs(variance - 0.75) < 0.03) }
  }

  /// The published band is of one drawing; few points beside the step decide, and drawings range from −1.6 to −0.7.
  @Test func amplificationOfANoisyStepIsWithinItsBand() throws {
    let values = try (UInt64(0)..<7).map { seed in
      var random = SeededGenerator(seed: seed)
      let steps = (0..<10_000).map { ($0 < 5000 ? 0 : 1) + 0.001 * random.gaussian() }
      let points = Matrix(rowCount: 9_940, columnCount: 1, entries: Array(steps.prefix(9_940)))
      let rows = Array(0..<9_940)
      return try NoiseAmplification(of: points, times: rows, places: rows, in: steps, horizon: 60, window: 1).value
    }
    #expect((-1.6 ... -1.3).contains(values.sorted()[3]), "\(values)")
  }

  @Test func intervalsHoldWhatTheyAreOf() throws {
    let lorenz = try Signal(Array(ReferenceSignals.lorenz.get().values.prefix(4000)))
    var random = SeededGenerator(seed: 2)
    let amplification = try NoiseAmplification(of: lorenz, dimension: 3, lag: 5, window: 34)
    let range = try amplification.interval(blockLength: 100, using: &random)
    #expect(abs(range.value - amplification.value) < 1e-12)
    #expect(range.lower < range.value && range.value < range.upper && range.upper - range.lower < 0.5)
    let noisy = try Signal(lorenz.values.map { $0 + 2 * random.gaussian() })
    let skill = try SimplexProjection(dimension: 3, lag: 5, window: 34).skill(of: noisy)
    let found = try skill.interval(blockLength: 50, using: &random)
    #expect(abs(found.value - skill.correlation) < 1e-12)
    #expect(found.lower < found.value && found.value < found.upper && found.upper <= 1)
  }

  @Test func amplificationOfLorenzIsLeastWhereItUnfoldsBest() throws {
    let signal = try Signal(Array(ReferenceSignals.lorenz.get().values.prefix(10_000)))
    let found = try [(16, 3), (30, 3), (16, 5)].map { lag, dimension in
      try NoiseAmplification(of: signal, dimension: dimension, lag: lag, window: 1).value
    }
    for (value, known) in zip(found, [-1.419, -1.268, -1.236]) { #expect(abs(value - known) < 0.05) }
    let thin = try NoiseAmplification(of: signal, dimension: 2, lag: 16, window: 1).value
    let close = try NoiseAmplification(of: signal, dimension: 3, lag: 1, window: 1).value
    #expect(found[0] < found[1] && found[0] < found[2] && found[0] < thin && found[0] < close)
    // Half of the points tell as much.
    let half = try NoiseAmplification(of: signal, dimension: 3, lag: 16, window: 1, share: 0.5)
    #expect(half.pointCount < 5000 && abs(half.value - found[0]) < 0.02)
  }

  @Test func conditionalVarianceSaturatesAtTheVariance() throws {
    let signal = try ReferenceSignals.henon.get()
    let part = try Signal(Array(signal.values.prefix(4000)))
    let found = try NoiseAmplification(of: part, dimension: 2, lag: 1, horizon: 40, window: 0)
    // Of four numbers, three quarters.
    #expect(found.conditionalVariances[0] < 0.01)
    #expect(found.conditionalVariances.suffix(10).allSatisfy { abs($0 - 0.75) < 0.04 })
  }

  @Test func theFormForSequenceModelsIsWhatAPlainLoopMakesOfIt() throws {
    var random = SeededGenerator(seed: 8)
    let points = Matrix<Double>.gaussian(60, 2, using: &random)
    let series = random.gaussians(70)
    let found = try NoiseAmplification(
      of: points, times: Array(0..<60), places: Array(0..<60), in: series, neighbours: 3, horizon: 5, window: 2,
      form: .sequenceModels)
    var (ratios, inverses) = (0.0, 0.0)
    for i in 0..<60 {
      let near = (0..<60).filter { abs($0 - i) > 2 }
        .map { j in (j, pow(points[i, 0] - points[j, 0], 2) + pow(points[i, 1] - points[j, 1], 2)) }
        .sorted { $0.1 < $1.1 }.prefix(3)
      var error = 0.0
      for step in 1...5 {
        let futures = near.map { series[$0.0 + step] }
        let mean = futures.reduce(0, +) / 3
        error += futures.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3 * 0.75 / 5
      }
      let sum = near.reduce(0) { $0 + $1.1 }
      ratios += error / (0.5 * sum) / 60
      inverses += 1 / sum / 60
    }
    #expect(abs(found.value - 0.5 * log10(ratios / inverses)) < 1e-10)
  }

  @Test func refusesFuturesThatAreNotKnown() throws {
    let points = Matrix<Double>.zeros(3, 1)
    #expect(throws: AnalysisError.outOfRange("place", 2, rule: "followed by 40 samples, of which there are 10")) {
      try NoiseAmplification(
        of: points, times: [0, 1, 2], places: [0, 1, 2], in: Array(repeating: 0, count: 10), window: 0)
    }
    #expect(throws: AnalysisError.outOfRange("share of points", 0, rule: "above 0 and at most 1")) {
      try NoiseAmplification(
        of: points, times: [0, 1, 2], places: [0, 1, 2], in: [0], horizon: 1, window: 0, share: 0)
    }
  }

  // MARK: Foretelling

  @Test func simplexForetellsTheLogisticMap() throws {
    let maps = try SimulatedSystem(.coupledLogistic, parameters: ["fromX": 0, "fromY": 0])
      .recording(SystemSampling(sampleCount: 1000, sampleInterval: 1))
    let signal = try Signal(of: maps, unit: 0)
    let skills = try (1...3).map {
      try SimplexProjection(dimension: $0).skill(of: signal, library: 0..<500, tested: 500..<1000).correlation
    }
    for (skill, known) in zip(skills, [0.99998, 0.99996, 0.99989]) { #expect(abs(skill - known) < 1e-4) }
    #expect(skills[0] > skills[1] && skills[1] > skills[2])
  }

  @Test func localMapsGainWhereDynamicsAreNotLinear() throws {
    let henon = try Signal(Array(ReferenceSignals.henon.get().values.prefix(600)))
    let projection = try SimplexProjection(dimension: 2)
    let skills = try [0.0, 2, 6].map {
      try LocalLinearMap(projection, locality: $0).skill(of: henon, library: 0..<400, tested: 400..<600).correlation
    }
    #expect(skills[2] > skills[1] && skills[1] > skills[0] + 0.05 && skills[2] > 0.995)
    // A linear process is foretold best by one map for all, which then is exact.
    let cosine = try Signal((0..<300).map { cos(0.4 * Double($0)) + 0.5 * sin(1.1 * Double($0)) })
    let linear = try LocalLinearMap(SimplexProjection(dimension: 4), locality: 0).skill(of: cosine)
    #expect(linear.rootMeanSquareError < 1e-6)
    #expect(throws: AnalysisError.outOfRange("locality", -1, rule: "a finite number from 0")) {
      try LocalLinearMap(projection, locality: -1)
    }
  }

  @Test func whatWasSeenBeforeIsForetoldExactly() throws {
    let cycle = try Signal((0..<60).map { [1.0, 5, 2, 8][$0 % 4] })
    let skill = try SimplexProjection(dimension: 2).skill(of: cycle)
    #expect(skill.rootMeanSquareError == 0 && abs(skill.correlation - 1) < 1e-12)
    #expect(throws: AnalysisError.tooFew("dimensions", count: 0, minimum: 1)) { try SimplexProjection(dimension: 0) }
    #expect(throws: SignalError.self) { try SimplexProjection(dimension: 2).skill(of: cycle, library: 0..<3) }
  }

  // MARK: Cross mapping

  private static func species() throws -> (x: Signal, y: Signal) {
    let recording = try SimulatedSystem(.coupledLogistic).recording(
      SystemSampling(sampleCount: 1000, sampleInterval: 1, discarded: 200))
    return (try Signal(of: recording, unit: 0), try Signal(of: recording, unit: 1))
  }

  @Test func crossMappingOfTwoSpeciesIsAsKnown() throws {
    let (x, y) = try Self.species()
    // The known numbers judge a library by its own points.
    func skills(_ target: Signal, _ witness: Signal) throws -> [Double] {
      let mapping = try CrossMapping(of: target, from: witness, dimension: 2)
      return try [20, 50, 100, 200, 400, 900].map { count in
        let skill = try mapping.skill(first: count)
        return ForecastSkill(
          predicted: Array(skill.predicted.prefix(count)), actual: Array(skill.actual.prefix(count))
        ).correlation
      }
    }
    let known: [(Double, Double)] = [
      (0.591, -0.360), (0.661, 0.435), (0.870, 0.811), (0.845, 0.610), (0.923, 0.580), (0.979, 0.685),
    ]
    for (found, known) in zip(zip(try skills(x, y), try skills(y, x)), known) {
      #expect(abs(found.0 - known.0) < 2e-3 && abs(found.1 - known.1) < 2e-3)
    }
  }

  @Test func driversLeaveTheirTraceAndStrangersDoNot() throws {
    let (x, y) = try Self.species()
    var random = SeededGenerator(seed: 5)
    let curve = try CrossMapping(of: x, from: y, dimension: 2).curve(sizes: [20, 80, 320], draws: 20, using: &random)
    #expect(curve.converges && curve.means[2] > curve.means[1] && curve.means[1] > curve.means[0])
    let back = try CrossMapping(of: y, from: x, dimension: 2).curve(sizes: [20, 80, 320], draws: 20, using: &random)
    #expect(curve.means[2] > back.means[2] + 0.2)
    let test = try CrossMapping(of: x, from: y, dimension: 2)
      .significance(of: x, surrogates: .circularShift, count: 39, using: &random)
    #expect(test.probabilityAbove == 1.0 / 40)
    let stranger = try Signal(Array(ReferenceSignals.noise.get().values.prefix(1000)))
    let none = try CrossMapping(of: x, from: stranger, dimension: 2)
      .significance(of: x, surrogates: .circularShift, count: 39, using: &random)
    #expect(none.probabilityAbove > 0.05)
    #expect(throws: SignalError.unequalTrials(first: [1000], second: [3])) {
      try CrossMapping(of: x, from: Signal([1, 2, 3]), dimension: 2)
    }
    #expect(throws: AnalysisError.outOfRange("size of the library", 2000, rule: "from 4 to 999")) {
      try CrossMapping(of: x, from: y, dimension: 2).curve(sizes: [2000], draws: 2, using: &random)
    }
  }

  @Test func librariesDrawnAtRandomAreJudgedAsIfEachWereSearched() throws {
    let (x, y) = try Self.species()
    let mapping = try CrossMapping(of: x, from: y, dimension: 2, window: 2)
    var random = SeededGenerator(seed: 9)
    // The smallest library has few of the neighbours looked up before, the largest has nearly all.
    let curve = try mapping.curve(sizes: [8, 60, 900], draws: 3, using: &random)
    var again = SeededGenerator(seed: 9)
    let source = again.split("libraries \(again.next())")
    for (index, size) in [8, 60, 900].enumerated() {
      let skills = try (0..<3).map { draw in
        var drawn = source.split("\(size)").split(draw)
        let isIn = CrossMapping.library(of: size, among: mapping.largestLibrary, using: &drawn)
        let rows = isIn.indices.filter { isIn[$0] }
        #expect(rows.count == size)
        return try mapping.skill(library: rows).correlation
      }
      #expect(abs(skills.reduce(0, +) / 3 - curve.means[index]) < 1e-12)
    }
  }

  // MARK: Surrogates

  @Test(arguments: [200, 201])
  func surrogatesKeepWhatTheySay(count: Int) throws {
    let values = Array(try ReferenceSignals.lorenz.get().values.prefix(count))
    var random = SeededGenerator(seed: 2)
    func spectrum(_ values: [Double]) -> [Double] {
      FourierTransform(count: count).transformed(values.map { Complex($0) }).map(\.modulus)
    }
    let phases = try Surrogates.randomPhase.drawn(from: values, using: &random)
    for (first, second) in zip(spectrum(phases), spectrum(values)) {
      #expect(abs(first - second) < 1e-8 * (1 + second))
    }
    #expect(phases != values)
    for kind in [Surrogates.shuffled, .circularShift] {
      let drawn = try kind.drawn(from: values, using: &random)
      #expect(drawn.sorted() == values.sorted() && drawn != values)
    }
    let shifted = try Surrogates.circularShift.drawn(from: values, using: &random)
    let start = try #require(shifted.firstIndex(of: values[0]))
    #expect(Array(shifted[start...] + shifted[..<start]) == values)
    #expect(throws: SignalError.tooShort(longest: 3, needed: 8, for: "a surrogate takes")) {
      try Surrogates.shuffled.drawn(from: [1, 2, 3], using: &random)
    }
  }

  @Test func twinsFollowTheSameRules() throws {
    let values = Array(try ReferenceSignals.henon.get().values.prefix(1500))
    var random = SeededGenerator(seed: 6)
    let twin = try Surrogates.twin.drawn(from: values, dimension: 2, lag: 1, using: &random)
    #expect(twin.count == 1500 && twin != values)
    let known = Set(values)
    #expect(twin.allSatisfy(known.contains))
    // Steps are the map's own, but where a twin was taken or the walk began anew.
    let astray = (2..<1500).count { (place: Int) -> Bool in
      let (before, now) = (twin[place - 2], twin[place - 1])
      let mapped: Double = 1 - 1.4 * now * now + 0.3 * before
      return abs(twin[place] - mapped) > 0.2
    }
    #expect(astray < 60)
    #expect(throws: (any Error).self) {
      try Surrogates.twin.drawn(from: (0..<6000).map { sin(Double($0 * $0)) }, using: &random)
    }
  }

  @Test func aTestOfSurrogatesSaysHowLikely() throws {
    let test = try SurrogateTest(value: 2, surrogates: [3, 1, 0, -1])
    #expect(test.probabilityAbove == 0.4 && test.probabilityBelow == 0.8 && test.surrogates == [-1, 0, 1, 3])
    #expect(throws: AnalysisError.tooFew("surrogates", count: 0, minimum: 1)) {
      try SurrogateTest(value: 0, surrogates: [])
    }
  }

  // MARK: Invariants

  @Test func correlationDimensionOfHenon() throws {
    let henon = try ReferenceSignals.recording(.henon, 5000, 1, discarded: 100)
    let sum = try CorrelationSum(of: henon.stacked, radii: CorrelationSum.radii(from: 0.005, to: 0.2, count: 16))
    // Known: 1.209 for one run; runs of 5000 points differ by 0.03.
    #expect(abs(try sum.dimension(over: 0.005...0.2) - 1.209) < 0.05)
    #expect(zip(sum.values, sum.values.dropFirst()).allSatisfy { $0 <= $1 })
    let range = try #require(sum.scalingRange)
    #expect(abs(try sum.dimension(over: range) - 1.22) < 0.07)
  }

  @Test func correlationSumIsWhatCountingEveryPairFinds() throws {
    var random = SeededGenerator(seed: 12)
    let points = Matrix<Double>.gaussian(120, 2, using: &random)
    let sum = try CorrelationSum(of: points, radii: [0.5, 1.5], window: 3)
    for (index, radius) in [0.5, 1.5].enumerated() {
      var (near, all) = (0, 0)
      for i in 0..<120 {
        for j in 0..<i where i - j > 3 {
          all += 1
          if hypot(points[i, 0] - points[j, 0], points[i, 1] - points[j, 1]) <= radius { near += 1 }
        }
      }
      #expect(sum.pairCounts[index] == near && abs(sum.values[index] - Double(near) / Double(all)) < 1e-15)
    }
    #expect(throws: AnalysisError.tooFew("pairs of points beyond the Theiler window of 200", count: 0, minimum: 1)) {
      try CorrelationSum(of: points, radii: [1], window: 200)
    }
  }

  @Test func lyapunovExponents() throws {
    let henon = try Signal(Array(ReferenceSignals.henon.get().values.prefix(4000)))
    let map = try LyapunovExponent(of: henon, dimension: 2, lag: 1, window: 1, steps: 20)
    // Known: 0.419 per step.
    #expect(abs(map.perStep - 0.419) < 0.02 && map.standardError < 0.01)
    let lorenz = try Signal(Array(ReferenceSignals.lorenz.get().values.prefix(12_000)))
    let flow = try LyapunovExponent(of: lorenz, dimension: 3, lag: 16, window: 100, steps: 600)
    // Known: 0.906 per unit of time.
    #expect(abs(flow.perStep / 0.01 - 0.906) < 0.1)
    #expect(flow.divergence.count == 601 && flow.fitRange.upperBound < 450)
    let logistic = try SimulatedSystem(.coupledLogistic, parameters: ["rateX": 3.99999, "fromX": 0, "fromY": 0])
      .recording(SystemSampling(sampleCount: 3000, sampleInterval: 1, discarded: 50))
    let one = try LyapunovExponent(
      of: Signal(of: logistic, unit: 0), dimension: 1, lag: 1, window: 0, steps: 8, fitRange: 0...4)
    #expect(abs(one.perStep - log(2)) < 0.05)
    #expect(throws: AnalysisError.outOfRange("end of the fit range", 30, rule: "at most 20, and above its start")) {
      try LyapunovExponent(of: henon, dimension: 2, lag: 1, window: 1, steps: 20, fitRange: 0...30)
    }
  }

  // MARK: Delays one by one

  @Test func delaysChosenOneByOneUnfoldAsWellAsEvenOnes() throws {
    let signal = try Signal(Array(ReferenceSignals.lorenz.get().values.prefix(4000)))
    let found = try NonUniformEmbedding(of: [signal], largestLag: 60, window: 18)
    #expect((3...5).contains(found.coordinates.count) && found.coordinates[0].lag == 0)
    #expect(found.gains.count == found.coordinates.count - 1 && found.gains.allSatisfy { $0 > 0 })
  }

  @Test func severalSignalsNeedFewerDelays() throws {
    let recording = try ReferenceSignals.recording(.lorenz, 4000, 0.01, discarded: 1000)
    let both = try [0, 2].map { try Signal(of: recording, unit: $0) }
    let found = try NonUniformEmbedding(of: both, largestLag: 40, window: 18)
    #expect(Set(found.coordinates.map(\.signal)) == [0, 1])
    let noise = try Signal(Array(ReferenceSignals.noise.get().values.prefix(2000)))
    let none = try NonUniformEmbedding(of: [noise], largestLag: 20, window: 1)
    #expect(none.coordinates.count <= 2)
    #expect(throws: SignalError.unequalTrials(first: [4000], second: [2000])) {
      try NonUniformEmbedding(of: [both[0], noise], largestLag: 4, window: 1)
    }
  }
}
