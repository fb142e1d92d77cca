import Networks
import Probing
import Testing

@Suite struct ProcessParametersTests {
  private func process(
    _ kind: ProcessParameters.Kind, betas: [Double]? = nil, steps: Int? = nil,
    schedule: NoiseProcess.BetaSchedule.Shape? = nil
  ) throws(ParameterError) -> NoiseProcess {
    var parameters = ProcessParameters(kind, betas: betas, steps: steps)
    parameters.schedule = schedule
    return try parameters.noiseProcess()
  }

  @Test func everyKindHasItsUsualConstants() throws {
    #expect(try process(.ve) == .varianceExploding)
    #expect(try process(.edm) == .varianceExploding)
    #expect(try process(.flow) == .flow)
    #expect(try process(.vp) == .variancePreserving(betaMin: 0.1, betaMax: 20))
    #expect(try process(.ddpm) == .denoisingDiffusion(.init(first: 1e-4, last: 0.02, stepCount: 1000, shape: .linear)))
  }

  @Test func constantsMayBeGiven() throws {
    #expect(try process(.vp, betas: [0.5, 0.5]) == .variancePreserving(betaMin: 0.5, betaMax: 0.5))
    #expect(
      try process(.ddpm, betas: [0.001, 0.2], steps: 50, schedule: .scaledLinear)
        == .denoisingDiffusion(.init(first: 0.001, last: 0.2, stepCount: 50, shape: .scaledLinear)))
    #expect(try process(.ddpm, schedule: .cosine) == .denoisingDiffusion(.init(shape: .cosine)))
  }

  @Test func preservedVarianceWithStepsIsDenoisingDiffusion() throws {
    #expect(try process(.vp, steps: 10) == .denoisingDiffusion(.init(stepCount: 10)))
    #expect(try process(.vp, schedule: .cosine) == .denoisingDiffusion(.init(shape: .cosine)))
  }

  private func message(_ body: () throws(ParameterError) -> NoiseProcess) -> String? {
    do {
      _ = try body()
      return nil
    } catch { return error.message }
  }

  @Test func refusesConstantsThatTheProcessLacks() {
    for kind in [ProcessParameters.Kind.ve, .edm, .flow] {
      let name = kind.rawValue
      #expect(
        message { () throws(ParameterError) in try process(kind, betas: [0.1, 20]) }
          == "'process.betas' is [0.1, 20.0]; it must be left out: a '\(name)' process has no betas")
      #expect(
        message { () throws(ParameterError) in try process(kind, steps: 10) }
          == "'process.steps' is 10; it must be left out: a '\(name)' process has no steps")
      #expect(
        message { () throws(ParameterError) in try process(kind, schedule: .linear) }
          == "'process.schedule' is linear; it must be left out: a '\(name)' process has no schedule")
    }
    #expect(
      message { () throws(ParameterError) in try process(.ddpm, betas: [0.1, 0.2], schedule: .cosine) }
        == "'process.betas' is [0.1, 0.2]; it must be left out: a 'cosine' schedule has betas of its own")
  }

  @Test(arguments: [
    [], [0.1], [0.1, 0.2, 0.3], [0, 0.1], [-1, 1], [0.2, 0.1], [0.1, .infinity], [.nan, 1], [0.1, .nan],
  ])
  func refusesBetasOutOfOrder(betas: [Double]) {
    #expect(throws: ParameterError.self) { try process(.vp, betas: betas) }
    #expect(throws: ParameterError.self) { try process(.ddpm, betas: betas) }
  }

  @Test func refusesBetasOfOneAndMoreInSteps() {
    #expect(
      message { () throws(ParameterError) in try process(.ddpm, betas: [0.1, 20]) }
        == "'process.betas' is [0.1, 20.0]; it must be two numbers with 0 < first ≤ last < 1")
    #expect(
      message { () throws(ParameterError) in try process(.vp, betas: [3, 2]) }
        == "'process.betas' is [3.0, 2.0]; it must be two numbers with 0 < first ≤ last")
  }

  @Test(arguments: [0, -5, 1_000_001, Int.max])
  func refusesAnUnreasonableNumberOfSteps(steps: Int) {
    #expect(
      message { () throws(ParameterError) in try process(.ddpm, steps: steps) }
        == "'process.steps' is \(steps); it must be from 1 to 1000000")
  }
}

@Suite struct ScoreConventionTests {
  private func score(
    _ name: String, _ predicts: ScorePrediction?, _ kind: ProcessParameters.Kind?, inputs: ScoreInputs? = nil
  ) throws -> ScoreNetwork {
    try ScoreConvention(predicts: predicts, process: kind.map { ProcessParameters($0) }, inputs: inputs)
      .score(of: ScoreFixture.network(name))
  }

  private func message(_ predicts: ScorePrediction?, _ kind: ProcessParameters.Kind?) -> String? {
    do {
      _ = try score("noise-ve", predicts, kind)
      return nil
    } catch { return (error as? ParameterError)?.message }
  }

  @Test func asksForWhatItIsNotTold() {
    #expect(
      message(nil, .ve) == "'predicts' is missing: say what the network predicts: noise, x0, v, score, edm or flow")
    #expect(message(.noise, nil) == "'process' is missing: say which noising process: ve, vp, ddpm, edm or flow")
    #expect(message(.v, nil) == "'process' is missing: say which noising process: ve, vp, ddpm, edm or flow")
  }

  @Test func knowsTheProcessOfPredictionsThatBelongToOne() throws {
    #expect(try score("edm-ve", .edm, nil).process == .varianceExploding)
    #expect(try score("flow-flow", .flow, nil).process == .flow)
  }

  @Test func refusesAPredictionOfAnotherProcess() {
    #expect(message(.edm, .ddpm) == "'process' is 'ddpm'; it must be 'edm' or 've' where the network predicts 'edm'")
    #expect(message(.flow, .ve) == "'process' is 've'; it must be 'flow' where the network predicts 'flow'")
    #expect(message(.v, .edm) == "'process' is 'edm'; it must be 'vp' or 'ddpm' where the network predicts 'v'")
    #expect(message(.v, .flow) == "'process' is 'flow'; it must be 'vp' or 'ddpm' where the network predicts 'v'")
    for prediction in [ScorePrediction.noise, .x0, .score] {
      for kind in ProcessParameters.Kind.allCases { #expect(message(prediction, kind) == nil) }
    }
  }

  @Test func laysTheProbesWordsOverTheSources() {
    let own = ScoreConvention(predicts: .noise)
    let source = ScoreConvention(predicts: .v, process: ProcessParameters(.vp), inputs: ScoreInputs(x: "x"))
    #expect(
      own.completed(by: source)
        == ScoreConvention(predicts: .noise, process: ProcessParameters(.vp), inputs: ScoreInputs(x: "x")))
    #expect(ScoreConvention().completed(by: source) == source)
  }

  @Test func passesTheInputsOn() throws {
    let inputs = ScoreInputs(x: "0", level: "level", output: "out", told: .quarterLogSigma)
    let score = try score("noise-ve-told", .noise, .ve, inputs: inputs)
    #expect((score.pointInput.name, score.levelInput?.name, score.output.name) == ("x", "level", "out"))
    #expect(score.told == .quarterLogSigma)
  }
}
