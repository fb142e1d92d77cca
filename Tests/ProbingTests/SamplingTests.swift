import Foundation
import LinearAlgebra
import Testing

@testable import Networks

@Suite struct SamplingTests {
  // MARK: Against other programs

  private struct Reference: Decodable {
    let noise: [[Double]]
    let samples: [String: [Double]]
  }

  private static let reference = Result {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("References/samples.json")
    return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let process: String
    let sampler: Sampler
    var clip: Double?
    var testDescription: String { name }
  }

  private static let churn = Sampler.Churn(amount: 3, lowest: 0.05, highest: 4, deviation: 1.003)
  static let cases = [
    Case(name: "ddpm", process: "ddpm", sampler: .ancestral(.posterior)),
    Case(name: "ddpm-forward", process: "ddpm", sampler: .ancestral(.forward)),
    Case(name: "ddpm-clipped", process: "ddpm", sampler: .ancestral(.posterior), clip: 0.4),
    Case(name: "ddim", process: "ddpm", sampler: .implicit(eta: 0)),
    Case(name: "ddim-half", process: "ddpm", sampler: .implicit(eta: 0.5)),
    Case(name: "ddim-clipped", process: "ddpm", sampler: .implicit(eta: 0), clip: 0.4),
    Case(name: "heun", process: "ve", sampler: .probabilityFlow),
    Case(name: "edm", process: "ve", sampler: .churned(churn)),
  ]

  private static func score(_ prediction: ScorePrediction, _ process: String) throws -> ScoreNetwork {
    let processes: [String: NoiseProcess] = [
      "ve": .varianceExploding, "vp": .variancePreserving(betaMin: 0.1, betaMax: 20), "flow": .flow,
      "ddpm": .denoisingDiffusion(ScoreNetworkTests.schedule),
    ]
    return try ScoreNetwork(
      ScoreFixture.network("\(prediction.rawValue)-\(process)"), predicts: prediction,
      process: #require(processes[process]))
  }

  @Test(arguments: cases)
  func agreesWithTheSamplersOwnPrograms(at example: Case) throws {
    let reference = try Self.reference.get()
    let score = try Self.score(.noise, example.process)
    let levels =
      example.process == "ve"
      ? try score.process.samplingLevels(count: 8, spacing: .power(rho: 7), lowest: 0.02, highest: 5)
      : try score.process.samplingLevels(count: 8, spacing: .time)
    var drawn = reference.noise.makeIterator()
    let run = SamplingRun(score: score, sampler: example.sampler, levels: levels, bound: example.clip)
    let samples = try run.points(rowCount: 2, in: Double.self) { drawn.next() ?? [] }
    let expected = try #require(reference.samples[example.name])
    #expect(largestDifference(samples, expected) < 1e-10)
    let single = try runInSinglePrecision(run, reference.noise)
    #expect(largestDifference(single, expected) < 1e-4 && single != samples)
  }

  private func runInSinglePrecision(_ run: SamplingRun, _ noise: [[Double]]) throws -> [Double] {
    var drawn = noise.makeIterator()
    return try run.points(rowCount: 2, in: Float.self) { drawn.next() ?? [] }
  }

  @Test func hasTheCoefficientsOfADenoisingDiffusionModel() throws {
    let process = NoiseProcess.denoisingDiffusion(NoiseProcess.BetaSchedule())
    for step in [999, 500, 10, 1, 0] {
      let level = try process.level(time: Double(step))
      let next = step == 0 ? DiffusionLevel.clean : try process.level(time: Double(step - 1))
      let (power, previous) = (level.signal * level.signal, next.signal * next.signal)
      let alpha = power / previous
      let found = ReverseStep(from: level, to: next)
      let expected = [
        previous.squareRoot() * (1 - alpha) / (1 - power), alpha.squareRoot() * (1 - previous) / (1 - power),
        (1 - previous) / (1 - power) * (1 - alpha), 1 - alpha,
      ]
      #expect(largestDifference([found.clean, found.point, found.variance, found.forwardVariance], expected) < 2e-12)
    }
  }

  // MARK: Laws

  private func samples(
    _ score: ScoreNetwork, _ count: Int, by sampler: Sampler, over levels: [DiffusionLevel], seed: UInt64 = 3
  ) throws -> NDArray<Double> {
    try score.samples(count, by: sampler, over: levels, using: SeededGenerator(seed: seed))
  }

  @Test(arguments: ["ve", "vp", "ddpm", "flow"])
  func drawsTheSameWhateverTheNetworkPredicts(process: String) throws {
    let predictions = ScoreNetworkTests.cases.filter { $0.name.hasSuffix("-\(process)") }.map(\.prediction)
    #expect(predictions.count == 4)
    for sampler in [Sampler.ancestral(.posterior), .implicit(eta: 0.3), .probabilityFlow, .churned(Self.churn)] {
      let drawn = try predictions.map { prediction in
        let score = try Self.score(prediction, process)
        let levels = try score.process.samplingLevels(
          count: 6, spacing: .power(rho: 3), lowest: 0.05, highest: process == "ddpm" ? nil : 5)
        return try samples(score, 3, by: sampler, over: levels).values
      }
      for other in drawn.dropFirst() { #expect(largestDifference(drawn[0], other) < 1e-9) }
    }
  }

  @Test(arguments: [
    ("vp", Sampler.ancestral(.posterior), 300), ("vp", .implicit(eta: 0), 150), ("ddpm", .implicit(eta: 0), 50),
    ("flow", .implicit(eta: 0.5), 150), ("vp", .probabilityFlow, 30), ("ve", .probabilityFlow, 30),
    ("ve", .churned(.init(amount: 10)), 60), ("ve", .ancestral(.posterior), 300),
  ])
  func samplesHaveTheMomentsOfTheData(process: String, sampler: Sampler, steps: Int) throws {
    let score = try Self.score(.noise, process)
    let isFirstOrder: Bool
    switch sampler {
    case .ancestral, .implicit: isFirstOrder = process != "ve"
    case .probabilityFlow, .churned: isFirstOrder = false
    }
    let levels = try score.process.samplingLevels(
      count: steps, spacing: isFirstOrder ? .time : .power(rho: 7), highest: process == "ve" ? 40 : nil)
    let count = 3000
    let drawn = try samples(score, count, by: sampler, over: levels).values
    // Along the axes of the data, whose variances are known.
    let rows = (0..<count).map { ScoreFixture.reflected(Array(drawn[($0 * 6)..<($0 * 6 + 6)])) }
    for first in 0..<6 {
      let mean = rows.reduce(0) { $0 + $1[first] } / Double(count)
      #expect(abs(mean) < 5 * (ScoreFixture.variances[first] / Double(count)).squareRoot() + 1e-3)
      for second in 0...first {
        let covariance = rows.reduce(0) { $0 + $1[first] * $1[second] } / Double(count)
        let expected = first == second ? ScoreFixture.variances[first] : 0
        let scale = (ScoreFixture.variances[first] * ScoreFixture.variances[second]).squareRoot()
        // Five standard errors, and a few per cent for the size of the steps.
        let bound = (5 * (2 / Double(count)).squareRoot() + 0.04) * scale + 1e-4
        #expect(abs(covariance - expected) < bound, "\(first), \(second): \(covariance)")
      }
    }
  }

  @Test func heunIsOfSecondOrder() throws {
    let score = try Self.score(.edm, "ve")
    let (low, high) = (0.05, 5.0)
    let errors = try [8, 16, 32, 64].map { count -> Double in
      let levels = try score.process.samplingLevels(count: count, spacing: .power(rho: 3), lowest: low, highest: high)
      let start = [1.0, -0.5, 2, 0.3, 1, -1]
      let run = SamplingRun(score: score, sampler: .probabilityFlow, levels: levels, bound: nil)
      let found = try run.points(rowCount: 1, in: Double.self) { start }
      // Along an axis of variance v the exact solution scales with √(v + σ²); the last step is the denoiser, v/(v + σ²).
      let along = zip(ScoreFixture.reflected(start.map { high * $0 }), ScoreFixture.variances).map { value, variance in
        value * ((variance + low * low) / (variance + high * high)).squareRoot() * variance / (variance + low * low)
      }
      return largestDifference(found, ScoreFixture.reflected(along))
    }
    for (coarse, fine) in zip(errors, errors.dropFirst()) {
      #expect(abs(log2(coarse / fine) - 2) < 0.35, "\(errors)")
    }
  }

  @Test func implicitSamplingDrawsOnlyTheStart() throws {
    let score = try Self.score(.noise, "ddpm")
    let levels = try score.process.samplingLevels(count: 8, spacing: .time)
    var drawCount = 0
    let run = SamplingRun(score: score, sampler: .implicit(eta: 0), levels: levels, bound: nil)
    _ = try run.points(rowCount: 1, in: Double.self) {
      drawCount += 1
      return [1, 2, 3, 4, 5, 6]
    }
    #expect(drawCount == 1)
  }

  @Test func implicitSamplingWithAllNoiseDrawnAnewIsAncestral() throws {
    for process in ["ve", "vp", "ddpm", "flow"] {
      let score = try Self.score(.noise, process)
      let levels = try score.process.samplingLevels(count: 7, spacing: .power(rho: 3), lowest: 0.05)
      let implicit = try samples(score, 4, by: .implicit(eta: 1), over: levels)
      let ancestral = try samples(score, 4, by: .ancestral(.posterior), over: levels)
      #expect(largestDifference(implicit.values, ancestral.values) < 1e-9)
    }
  }

  @Test func aSampleDoesNotDependOnTheOthers() throws {
    let score = try Self.score(.noise, "ddpm")
    let levels = try score.process.samplingLevels(count: 5, spacing: .time)
    let many = try samples(score, 40, by: .ancestral(.posterior), over: levels)
    let few = try samples(score, 7, by: .ancestral(.posterior), over: levels)
    #expect(largestDifference(Array(many.values.prefix(42)), few.values) < 1e-12)
    #expect(try samples(score, 40, by: .ancestral(.posterior), over: levels) == many)
    #expect(try samples(score, 40, by: .ancestral(.posterior), over: levels, seed: 4) != many)
    #expect(try samples(score, 0, by: .ancestral(.posterior), over: levels).shape == [0, 6])
  }

  @Test func clippingHoldsTheSamples() throws {
    let score = try Self.score(.noise, "ddpm")
    let levels = try score.process.samplingLevels(count: 8, spacing: .time)
    for sampler in [Sampler.ancestral(.posterior), .implicit(eta: 0), .probabilityFlow] {
      let drawn = try score.samples(50, by: sampler, over: levels, clippedTo: 0.5, using: SeededGenerator(seed: 1))
      #expect(drawn.values.allSatisfy { abs($0) <= 0.5 + 1e-12 } && drawn.values.contains { abs($0) > 0.4 })
    }
  }

  // MARK: Levels

  @Test func levelsFallFromMuchNoiseToLittle() throws {
    for process in [NoiseProcess.varianceExploding, .flow, .variancePreserving(betaMin: 0.1, betaMax: 20)] {
      for spacing in [LevelSpacing.time, .power(rho: 7)] {
        let ratios = try process.samplingLevels(count: 12, spacing: spacing).map(\.noiseToSignal)
        #expect(ratios.count == 12 && zip(ratios, ratios.dropFirst()).allSatisfy { $0 > $1 })
        let ends = process.samplingEnds
        #expect(abs(ratios[0] / ends.highest - 1) < 1e-6 && abs(ratios[11] / ends.lowest - 1) < 1e-6)
      }
    }
    let edm = try NoiseProcess.varianceExploding.samplingLevels(
      count: 3, spacing: .power(rho: 1), lowest: 1, highest: 5)
    #expect(edm.map(\.sigma) == [5, 3, 1])
  }

  @Test func aProcessInStepsVisitsStepsOnce() throws {
    let process = NoiseProcess.denoisingDiffusion(NoiseProcess.BetaSchedule())
    #expect(
      try process.samplingLevels(count: 1000, spacing: .time).map(\.time) == (0..<1000).reversed().map(Double.init))
    #expect(try process.samplingLevels(count: 4, spacing: .time).map(\.time) == [999, 666, 333, 0])
    let times = try process.samplingLevels(count: 200, spacing: .power(rho: 7)).map(\.time)
    #expect(times.first == 999 && times.last == 0 && Set(times).count == times.count)
  }

  @Test func refusesLevelsThatDoNotFall() {
    let process = NoiseProcess.varianceExploding
    #expect(throws: SamplingError.outOfRange("steps", "0", rule: "at least 1")) {
      try process.samplingLevels(count: 0, spacing: .time)
    }
    #expect(throws: SamplingError.outOfRange("highest", "1.0", rule: "above 'lowest', which is 2.0, and finite")) {
      try process.samplingLevels(count: 5, spacing: .time, lowest: 2, highest: 1)
    }
    #expect(throws: SamplingError.outOfRange("rho", "-1.0", rule: "above 0 and finite")) {
      try process.samplingLevels(count: 5, spacing: .power(rho: -1))
    }
  }

  @Test func saysWhereASampleIsLost() throws {
    // A score that grows: the flow away from the data overflows.
    let score = try ScoreNetwork(ScoreFixture.network("untold"), predicts: .noise, process: .varianceExploding)
    let levels = try score.process.samplingLevels(count: 1, spacing: .time, lowest: 1e300, highest: 1e300)
    #expect(throws: SamplingError.self) { try samples(score, 1, by: .ancestral(.posterior), over: levels) }
  }

  // MARK: Conditions

  private func conditional(_ conditions: [String: NDArray<Double>]) throws -> ScoreNetwork {
    try ScoreNetwork(
      ScoreFixture.network("three"), predicts: .noise, process: .varianceExploding, conditions: conditions)
  }

  private func row(_ values: Double...) -> NDArray<Double> { NDArray(shape: [values.count], values: values) }

  @Test func givesFurtherInputsTheirConditions() throws {
    // The fixture's output is x + t + label.
    let level = try NoiseProcess.varianceExploding.level(sigma: 2)
    let points = NDArray<Double>(shape: [2, 6], repeating: 1)
    for (label, given) in [([5.0, 5], row(5)), ([5, 7], NDArray(shape: [2, 1], values: [5, 7]))] {
      let score = try conditional(["label": given])
      #expect((score.pointInput.name, score.levelInput?.name) == ("x", "t"))
      let found = try score.normalizedScore(at: points, level: level).values
      let expected: [Double] = label.map { -2 * (1 + 2 + $0) }
      #expect([found[0], found[6]] == expected && Set(found) == Set(expected))
      let second = try score.conditioned(onRows: 1..<2).normalizedScore(at: points, level: level).values
      #expect(second == [Double](repeating: expected[1], count: 12))
    }
    #expect(try conditional(["2": row(5)]).conditions.keys.sorted() == ["label"])
  }

  @Test func drawsEverySampleWithItsOwnCondition() throws {
    let score = try conditional(["label": NDArray(shape: [3, 1], values: [0, 1, 2])])
    let levels = try score.process.samplingLevels(count: 1, spacing: .time, lowest: 1, highest: 1)
    let drawn = try samples(score, 3, by: .implicit(eta: 0), over: levels).values
    // One step from σ = 1: the clean data seen, x − (x + 1 + label).
    let expected = [-1.0, -2, -3].flatMap { value in [Double](repeating: value, count: 6) }
    #expect(largestDifference(drawn, expected) < 1e-14)
  }

  @Test func refusesConditionsThatDoNotFit() throws {
    func refusal(_ conditions: [String: NDArray<Double>]) -> ScoreInputError? {
      do {
        _ = try conditional(conditions)
        return nil
      } catch { return error as? ScoreInputError }
    }
    #expect(refusal(["label": row(1, 2)]) == .conditionSize("label", expected: [nil], found: 2))
    #expect(refusal(["label": row(1), "2": row(1)]) == .conditionTwice("label"))
    let score = try conditional(["label": NDArray(shape: [3, 1], values: [0, 1, 2])])
    #expect(throws: ScoreInputError.conditionRows("label", rows: 3, points: 2)) {
      try score.normalizedScore(
        at: NDArray(shape: [2, 6], repeating: 0), level: score.process.level(sigma: 1))
    }
    #expect(throws: ScoreInputError.conditionOnRole("t")) {
      try ScoreNetwork(
        ScoreFixture.network("three"), predicts: .noise, process: .varianceExploding, levelInput: "t",
        conditions: ["t": row(1)])
    }
    #expect(throws: NetworkError.unknownPort(kind: "input", name: "c", known: ["x", "t", "label"])) {
      try conditional(["c": row(1)])
    }
  }
}
