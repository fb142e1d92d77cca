import Diagnostics
import Networks
import Probing
import Testing

@Suite struct SamplerParametersTests {
  private struct Asked: Codable, Hashable {
    var sampler = SamplerParameters(.ddim)
    var conditions: [String: ConditionParameter]?
  }

  private func reading(_ written: WrittenValue) throws -> Asked {
    try ParameterReader.read(Asked.self, from: written, over: Asked()).value
  }

  private func refusal(_ sampler: WrittenValue) -> String? {
    do {
      try reading(["sampler": sampler]).sampler.validate()
      return nil
    } catch { return (error as? any Diagnosable)?.message }
  }

  @Test func readsAFamilyAlone() throws {
    for (name, sampler) in [
      ("ddpm", Sampler.ancestral(.posterior)), ("ddim", .implicit(eta: 0)), ("heun", .probabilityFlow),
      ("edm", .churned(.init(amount: 0))),
    ] {
      #expect(try reading(["sampler": .init(.text(name))]).sampler.sampler == sampler)
    }
  }

  @Test func readsEverySetting() throws {
    #expect(try reading(["sampler": ["kind": "ddim", "eta": 0.5]]).sampler.sampler == .implicit(eta: 0.5))
    #expect(
      try reading(["sampler": ["kind": "ddpm", "variance": "forward"]]).sampler.sampler == .ancestral(.forward))
    #expect(
      try reading(["sampler": ["kind": "edm", "churn": 40]]).sampler.sampler == .churned(.init(amount: 40)))
    let edm = try reading(["sampler": ["kind": "edm", "churn": ["amount": 40, "highest": 50, "deviation": 1.003]]])
    #expect(edm.sampler.sampler == .churned(.init(amount: 40, highest: 50, deviation: 1.003)))
  }

  @Test func hasUsualLevelsForEveryProcess() throws {
    let ddpm = NoiseProcess.denoisingDiffusion(NoiseProcess.BetaSchedule())
    #expect(try SamplerParameters(.ddpm).levels(of: ddpm).count == 1000)
    #expect(try SamplerParameters(.ddim).levels(of: ddpm).count == 50)
    #expect(try SamplerParameters(.ddpm).levels(of: .flow).count == 256)
    #expect(try SamplerParameters(.edm).levels(of: .varianceExploding).map(\.sigma).first == 80)
    // Time is σ itself in a variance-exploding process: even steps of it would leave most of the noise to the last.
    let ddim = try SamplerParameters(.ddim, steps: 20).levels(of: .varianceExploding)
    #expect(ddim[10].sigma < 5)
    var even = SamplerParameters(.ddim, steps: 20)
    even.spacing = .time
    #expect(try even.levels(of: .varianceExploding)[10].sigma > 30)
  }

  @Test func refusesSettingsOfOtherFamilies() {
    #expect(
      refusal(["kind": "ddpm", "eta": 0.5])
        == "'sampler.eta' is given; it must be left out: it belongs to 'ddim', not to 'ddpm'")
    #expect(
      refusal(["kind": "ddim", "churn": 4])
        == "'sampler.churn' is given; it must be left out: it belongs to 'edm', not to 'ddim'")
    #expect(
      refusal(["kind": "edm", "variance": "forward"])
        == "'sampler.variance' is given; it must be left out: it belongs to 'ddpm', not to 'edm'")
    #expect(
      refusal(["kind": "ddim", "spacing": "time", "rho": 7])
        == "'sampler.rho' is given; it must be left out where 'spacing' is 'time'")
  }

  @Test func refusesSettingsOutsideTheirRange() {
    #expect(refusal(["kind": "ddim", "steps": 0]) == "'sampler.steps' is 0; it must be from 1 to 100000")
    #expect(refusal(["kind": "ddim", "eta": 1.5]) == "'sampler.eta' is 1.5; it must be from 0 to 1")
    #expect(refusal(["kind": "heun", "rho": 0]) == "'sampler.rho' is 0.0; it must be above 0 and finite")
    #expect(
      refusal(["kind": "heun", "lowest": 2, "highest": 1])
        == "'sampler.lowest' is 2.0; it must be below 'highest', which is 1.0")
    #expect(
      refusal(["kind": "edm", "churn": -1]) == "'sampler.churn.amount' is -1.0; it must be at least 0 and finite")
    #expect(
      refusal("euler") == "'sampler' is 'euler', which is not one of its choices"
        || refusal("euler")?.contains("euler") == true)
  }

  // MARK: Conditions

  private func conditions(_ written: WrittenValue) throws -> [String: ConditionParameter] {
    let conditions = try #require(try reading(["conditions": written]).conditions)
    try conditions.validate()
    return conditions
  }

  @Test func readsNumbersRowsAndSources() throws {
    #expect(try conditions(["c": 3]) == ["c": .rows([[3]])])
    #expect(try conditions(["c": [0.2, -0.4]]) == ["c": .rows([[0.2, -0.4]])])
    #expect(try conditions(["c": [[0, 1], [2, 3]]]) == ["c": .rows([[0, 1], [2, 3]])])
    #expect(try conditions(["c": "centres.npy"]) == ["c": .source("centres.npy")])
    let read = try ParameterReader.read(Asked.self, from: ["conditions": ["c": "centres.npy"]], over: Asked())
    #expect(read.references.map(\.key) == ["conditions.c"])
    for value in [ConditionParameter.rows([[3]]), .rows([[1, 2], [3, 4]]), .source("x")] {
      #expect(try JSONValue(encoding: value).decoded(as: ConditionParameter.self) == value)
    }
  }

  @Test func refusesConditionsOfAnotherKind() {
    func refusal(_ written: WrittenValue) -> String? {
      do {
        _ = try conditions(["c": written])
        return nil
      } catch { return (error as? any Diagnosable)?.message }
    }
    #expect(
      refusal(["a": 1])
        == "'conditions.c' is a mapping; it must be a number, a list of numbers, a list of such lists, or a source")
    #expect(refusal([[1, 2], [3]]) == "'conditions.c' is a row of 2 and one of 1; it must be rows of one length")
    #expect(refusal([]) == "'conditions.c' is empty; it must be at least one row of at least one number")
    #expect(refusal([.init(.number(.infinity))]) == "'conditions.c' is inf; it must be finite")
  }

  @Test func takesTheRowsOfThePointsTaken() throws {
    let bench = ArrayBench([
      "x": NDArray(shape: [6, 1], values: [0, 1, 2, 3, 4, 5]),
      "c": NDArray(shape: [6, 2], values: (0..<12).map(Double.init)),
    ])
    let selection = PointSelection(from: "x", count: 3)
    let given = try ["c": ConditionParameter.source("c"), "b": .rows([[9]])].arrays(on: bench)
    let fitted = try selection.fitting(given, on: bench)
    #expect(fitted["c"] == NDArray(shape: [3, 2], values: [0, 1, 4, 5, 8, 9]))
    #expect(fitted["b"] == NDArray(shape: [1, 1], values: [9]))
  }
}
