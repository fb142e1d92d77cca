import Foundation
import Networks
import Testing

@Suite struct NoiseProcessTests {
  static let processes: [NoiseProcess] = [
    .varianceExploding, .variancePreserving(betaMin: 0.1, betaMax: 20), .variancePreserving(betaMin: 2, betaMax: 2),
    .denoisingDiffusion(.init()), .flow,
  ]

  @Test(arguments: [NoiseProcess.BetaSchedule.Shape.linear, .scaledLinear, .cosine])
  func signalPowersAreTheRunningProductOfOneLessBeta(shape: NoiseProcess.BetaSchedule.Shape) {
    let count = 1000
    let betas: [Double] = (0..<count).map { step in
      let part = Double(step) / Double(count - 1)
      switch shape {
      case .linear: return 1e-4 + (0.02 - 1e-4) * part
      case .scaledLinear:
        let root = 0.01 + (0.02.squareRoot() - 0.01) * part
        return root * root
      case .cosine:
        func power(_ step: Int) -> Double {
          let cosine = cos((Double(step) / Double(count) + 0.008) / 1.008 * .pi / 2)
          return cosine * cosine
        }
        return min(0.999, 1 - power(step + 1) / power(step))
      }
    }
    let schedule = NoiseProcess.BetaSchedule(shape: shape)
    #expect(schedule.signalPowers.count == count)
    for step in [0, 1, 10, 499, 998, 999] {
      let product = betas[0...step].reduce(1) { $0 * (1 - $1) }
      #expect(abs(schedule.signalPowers[step] - product) <= 1e-12 * product)
    }
    #expect(zip(schedule.signalPowers, schedule.signalPowers.dropFirst()).allSatisfy { $0 > $1 })
  }

  @Test func theUsualLinearScheduleHasItsPublishedEnd() {
    // sqrt(abar) of the last of 1000 steps, as in the DDPM paper's L_T: 0.00635.
    let last = NoiseProcess.BetaSchedule().signalPowers[999]
    #expect(abs(last - 4.0358e-5) < 1e-8)
  }

  @Test func theCosineScheduleFollowsItsClosedForm() {
    let powers = NoiseProcess.BetaSchedule(shape: .cosine).signalPowers
    for step in [0, 100, 500, 900] {
      let time = Double(step + 1) / 1000
      let cosine = cos((time + 0.008) / 1.008 * .pi / 2)
      let start = cos(0.008 / 1.008 * .pi / 2)
      #expect(abs(powers[step] - cosine * cosine / (start * start)) < 1e-12)
    }
  }

  @Test func oneStepIsAScheduleToo() throws {
    let schedule = NoiseProcess.BetaSchedule(first: 0.1, last: 0.5, stepCount: 1)
    #expect(abs(schedule.signalPowers[0] - 0.9) < 1e-15)
    let level = try NoiseProcess.denoisingDiffusion(schedule).level(time: 0)
    #expect(abs(level.sigma - 0.1.squareRoot()) < 1e-15)
  }

  @Test(arguments: processes.indices)
  func levelsByTimeAndBySigmaAgree(ofProcess index: Int) throws {
    let process = Self.processes[index]
    let times: [Double]
    switch process {
    case .denoisingDiffusion: times = [0, 1, 17, 500, 999]
    case .varianceExploding: times = [1e-3, 0.5, 80]
    default: times = [1e-3, 0.1, 0.5, 0.99]
    }
    for time in times {
      let level = try process.level(time: time)
      let again = try process.level(sigma: level.sigma)
      #expect(abs(again.time - time) <= 1e-9 * max(1, time))
      #expect(abs(again.sigma - level.sigma) <= 1e-12 * level.sigma)
      #expect(abs(again.signal - level.signal) <= 1e-9)
    }
  }

  @Test(arguments: processes.indices)
  func levelsByNoiseToSignalHaveThatRatio(ofProcess index: Int) throws {
    let process = Self.processes[index]
    for ratio in [0.02, 0.1, 0.7, 2] {
      let level = try process.level(noiseToSignal: ratio)
      var tolerance = 1e-12
      // A step has its own σ, the nearest there is.
      if case .denoisingDiffusion = process { tolerance = 0.1 }
      #expect(abs(level.noiseToSignal - ratio) <= tolerance * ratio)
    }
  }

  @Test(arguments: [0.01, 0.3, 0.9])
  func preservedVarianceIsOne(sigma: Double) throws {
    for process in Self.processes[1...3] {
      let level = try process.level(sigma: sigma)
      #expect(abs(level.signal * level.signal + level.sigma * level.sigma - 1) < 1e-12)
    }
  }

  @Test func preservedVarianceFollowsItsIntegral() throws {
    let level = try NoiseProcess.variancePreserving(betaMin: 0.1, betaMax: 20).level(time: 0.3)
    // ∫₀^0.3 (0.1 + 19.9 s) ds = 0.03 + 0.8955.
    #expect(abs(level.signal * level.signal - exp(-0.9255)) < 1e-15)
  }

  @Test func smallNoiseLosesNoDigits() throws {
    let process = NoiseProcess.variancePreserving(betaMin: 0.1, betaMax: 20)
    let level = try process.level(sigma: 1e-9)
    #expect(abs(level.time - 1e-17) < 1e-23)
    #expect(abs(try process.level(time: level.time).sigma - 1e-9) < 1e-20)
  }

  @Test func aFlowMixesLinearly() throws {
    #expect(try NoiseProcess.flow.level(time: 0.25) == DiffusionLevel(time: 0.25, signal: 0.75, sigma: 0.25))
    #expect(try NoiseProcess.flow.level(noiseToSignal: 1).time == 0.5)
  }

  @Test func aProcessInStepsTakesTheNearestStep() throws {
    let process = NoiseProcess.denoisingDiffusion(.init())
    #expect(try process.level(sigma: 0.0100001).time == 0)
    let step = try process.level(time: 400)
    let next = try process.level(time: 401)
    #expect(try process.level(sigma: step.sigma + 0.4 * (next.sigma - step.sigma)).time == 400)
    #expect(try process.level(sigma: step.sigma + 0.6 * (next.sigma - step.sigma)).time == 401)
  }

  @Test(arguments: [
    (NoiseProcess.varianceExploding, 0.0), (.varianceExploding, -1), (.varianceExploding, .infinity),
    (.varianceExploding, .nan), (.flow, 1), (.variancePreserving(betaMin: 0.1, betaMax: 20), 1),
    (.variancePreserving(betaMin: 0.1, betaMax: 20), 0.99999), (.denoisingDiffusion(.init()), 0.001),
    (.denoisingDiffusion(.init()), 1.5),
  ])
  func refusesASigmaThatTheProcessLacks(process: NoiseProcess, sigma: Double) {
    #expect(throws: DiffusionLevelError.self) { try process.level(sigma: sigma) }
  }

  @Test(arguments: [
    (NoiseProcess.varianceExploding, 0.0), (.flow, 1), (.variancePreserving(betaMin: 0.1, betaMax: 20), 0),
    (.variancePreserving(betaMin: 0.1, betaMax: 20), 1.1), (.variancePreserving(betaMin: 0.1, betaMax: 20), .nan),
    (.denoisingDiffusion(.init()), 0.5), (.denoisingDiffusion(.init()), 1000), (.denoisingDiffusion(.init()), -1),
  ])
  func refusesATimeThatTheProcessLacks(process: NoiseProcess, time: Double) {
    #expect(throws: DiffusionLevelError.self) { try process.level(time: time) }
  }

  @Test(arguments: processes.indices)
  func refusesARatioThatIsNone(ofProcess index: Int) {
    let process = Self.processes[index]
    for ratio in [0, -1, Double.nan, .infinity] {
      #expect(throws: DiffusionLevelError.self) { try process.level(noiseToSignal: ratio) }
    }
  }

  @Test func tellsTheNetworkWhatItWants() {
    let level = DiffusionLevel(time: 7, signal: 0.6, sigma: 0.8)
    #expect(LevelQuantity.time.value(at: level) == 7)
    #expect(LevelQuantity.sigma.value(at: level) == 0.8)
    #expect(LevelQuantity.variance.value(at: level) == 0.8 * 0.8)
    #expect(LevelQuantity.logSigma.value(at: level) == log(0.8))
    #expect(LevelQuantity.quarterLogSigma.value(at: level) == log(0.8) / 4)
  }
}
