import Networks
import Testing

@Suite struct ScoreNetworkTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let prediction: ScorePrediction
    let process: NoiseProcess
    let name: String
    var testDescription: String { name }
  }

  static let schedule = NoiseProcess.BetaSchedule(first: 1e-3, last: 0.2, stepCount: 50)
  static let cases: [Case] = [
    ("ve", NoiseProcess.varianceExploding, [ScorePrediction.noise, .x0, .score, .edm]),
    ("vp", .variancePreserving(betaMin: 0.1, betaMax: 20), [.noise, .x0, .score, .v]),
    ("ddpm", .denoisingDiffusion(schedule), [.noise, .x0, .score, .v]),
    ("flow", .flow, [.noise, .x0, .score, .flow]),
  ].flatMap { name, process, predictions in
    predictions.map { Case(prediction: $0, process: process, name: "\($0.rawValue)-\(name)") }
  }

  private let points = NDArray<Double>(
    shape: [2, 6], values: [0.3, -1, 0.5, 2, 0, -0.7, 1, 1, -2, 0.1, 0.4, -0.2])

  /// The score and the Jacobian of a network against closed form, as the largest differences.
  private func errors(_ score: ScoreNetwork, noiseToSignal: Double) throws -> (score: Double, jacobian: Double) {
    let level = try score.process.level(noiseToSignal: noiseToSignal)
    let values = try score.normalizedScore(at: points, level: level)
    let jacobians = try score.normalizedJacobian(at: points, level: level)
    #expect(values.shape == [2, 6])
    #expect(jacobians.shape == [2, 6, 6])
    let exact = (0..<2).flatMap { ScoreFixture.normalizedScore(Array(points.values[($0 * 6)..<($0 * 6 + 6)]), level) }
    let jacobian = ScoreFixture.normalizedJacobian(level)
    return (largestDifference(values.values, exact), largestDifference(jacobians.values, jacobian + jacobian))
  }

  @Test(arguments: cases)
  func bringsEveryPredictionOfEveryProcessOntoOneScore(at example: Case) throws {
    let score = try ScoreNetwork(
      ScoreFixture.network(example.name), predicts: example.prediction, process: example.process)
    #expect(score.pointInput.name == "x")
    #expect(score.levelInput?.name == "level")
    #expect(score.dimension == 6)
    for noiseToSignal in [0.05, 0.4, 3] {
      let errors = try errors(score, noiseToSignal: noiseToSignal)
      #expect(errors.score < 1e-12 && errors.jacobian < 1e-12, "\(example.name) at \(noiseToSignal): \(errors)")
    }
  }

  @Test func tellsWholeStepsToAnIntegerInput() throws {
    let score = try ScoreNetwork(
      ScoreFixture.network("noise-ddpm-int"), predicts: .noise, process: .denoisingDiffusion(Self.schedule))
    #expect(try errors(score, noiseToSignal: 0.4).jacobian < 1e-12)
  }

  @Test func tellsAFunctionOfSigma() throws {
    let score = try ScoreNetwork(
      ScoreFixture.network("noise-ve-told"), predicts: .noise, process: .varianceExploding, told: .quarterLogSigma)
    #expect(try errors(score, noiseToSignal: 0.4).jacobian < 1e-12)
  }

  @Test(arguments: ["column", "single"])
  func tellsTheLevelInTheShapeItsInputHas(name: String) throws {
    let score = try ScoreNetwork(ScoreFixture.network(name), predicts: .noise, process: .varianceExploding)
    #expect(score.pointInput.name == "x")
    #expect(score.levelInput?.name == "sigma")
    #expect(try errors(score, noiseToSignal: 0.4).jacobian < 1e-12)
  }

  @Test func restoresTheAxesOfAnImage() throws {
    let score = try ScoreNetwork(ScoreFixture.network("image"), predicts: .noise, process: .varianceExploding)
    #expect(score.dimension == 6)
    #expect(try errors(score, noiseToSignal: 0.4).jacobian < 1e-12)
  }

  @Test func readsANetworkThatIsNotToldTheLevel() throws {
    let score = try ScoreNetwork(ScoreFixture.network("untold"), predicts: .score, process: .varianceExploding)
    #expect(score.levelInput == nil)
    #expect(try errors(score, noiseToSignal: 1).jacobian < 1e-12)
  }

  @Test func agreesInSinglePrecision() throws {
    let score = try ScoreNetwork(ScoreFixture.network("v-vp"), predicts: .v, process: Self.cases[4].process)
    let level = try score.process.level(noiseToSignal: 0.4)
    let jacobian = try score.normalizedJacobian(at: points.converted(to: Float.self), level: level)
    let exact = ScoreFixture.normalizedJacobian(level)
    #expect(largestDifference(jacobian.values.map { Double($0) }, exact + exact) < 1e-5)
  }

  @Test func takesRolesByNameAndByPosition() throws {
    let network = try ScoreFixture.network("column")
    for (point, level) in [("x", "sigma"), ("1", "0")] {
      let score = try ScoreNetwork(
        network, predicts: .noise, process: .varianceExploding, pointInput: point, levelInput: level, output: "0")
      #expect((score.pointInput.name, score.levelInput?.name, score.output.name) == ("x", "sigma", "out"))
    }
    let alike = try ScoreNetwork(
      ScoreFixture.network("alike"), predicts: .noise, process: .varianceExploding, pointInput: "b")
    #expect((alike.pointInput.name, alike.levelInput?.name) == ("b", "a"))
    let other = try ScoreNetwork(
      ScoreFixture.network("alike"), predicts: .noise, process: .varianceExploding, levelInput: "b")
    #expect((other.pointInput.name, other.levelInput?.name) == ("a", "b"))
  }

  private func refusal(
    _ name: String, point: String? = nil, level: String? = nil, output: String? = nil
  ) -> (any Error)? {
    do {
      _ = try ScoreNetwork(
        ScoreFixture.network(name), predicts: .noise, process: .varianceExploding, pointInput: point, levelInput: level,
        output: output)
      return nil
    } catch { return error }
  }

  @Test func asksWhereRolesAreInDoubt() {
    #expect(refusal("alike") as? ScoreInputError == .ambiguous(["a", "b"], missing: "x"))
    #expect(refusal("three") as? ScoreInputError == .ambiguous(["x", "t", "label"], missing: "level"))
    #expect(refusal("three", point: "x") as? ScoreInputError == .ambiguous(["x", "t", "label"], missing: "level"))
    #expect(refusal("three", point: "x", level: "t") as? ScoreInputError == .tooMany(["x", "t", "label"]))
  }

  @Test func refusesOneInputInTwoRoles() {
    #expect(refusal("column", point: "x", level: "x") as? ScoreInputError == .sameInput("x"))
    #expect(refusal("untold", level: "x") as? ScoreInputError == .sameInput("x"))
  }

  @Test func refusesNamesThatTheNetworkLacks() {
    #expect(
      refusal("column", point: "y") as? NetworkError == .unknownPort(kind: "input", name: "y", known: ["sigma", "x"]))
    #expect(
      refusal("column", output: "noise") as? NetworkError == .unknownPort(kind: "output", name: "noise", known: ["out"])
    )
  }

  @Test func refusesPointsOfAnotherSize() throws {
    let score = try ScoreNetwork(ScoreFixture.network("noise-ve"), predicts: .noise, process: .varianceExploding)
    let level = try score.process.level(sigma: 1)
    let points = NDArray<Double>(shape: [1, 5], repeating: 0)
    #expect(throws: ScoreInputError.sampleSize(expected: [nil, 6], found: 5)) {
      try score.normalizedScore(at: points, level: level)
    }
    #expect(throws: ScoreInputError.sampleSize(expected: [nil, 6], found: 5)) {
      try score.normalizedJacobian(at: points, level: level)
    }
  }

  @Test func refusesAnOutputThatIsNoScoreOfItsPoint() throws {
    let score = try ScoreNetwork(ScoreFixture.network("narrow"), predicts: .noise, process: .varianceExploding)
    let level = try score.process.level(sigma: 1)
    #expect(throws: ScoreInputError.shapes(output: [2, 4], points: [2, 6])) {
      try score.normalizedScore(at: points, level: level)
    }
    #expect(throws: ScoreInputError.shapes(output: [2, 4, 6], points: [2, 6])) {
      try score.normalizedJacobian(at: points, level: level)
    }
  }
}
