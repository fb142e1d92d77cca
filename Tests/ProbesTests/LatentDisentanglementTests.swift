import Diagnostics
import Exhibits
import Foundation
import LinearAlgebra
import Networks
import Probing
import Testing

@testable import Probes

@Suite struct LatentDisentanglementTests {
  private static let sources = KnownShapes.levels(400, 2)

  private static func latents(_ made: (Double, Double) -> [Double]) -> NDArray<Double> {
    KnownShapes.array(400) { made(sources.values[2 * $0], sources.values[2 * $0 + 1]) }
  }

  private static func finding(
    _ latents: NDArray<Double>, _ written: WrittenValue = [:]
  ) throws -> LatentDisentanglementFinding {
    let given: WrittenValue = ["latents": "z", "sources": "s", "draws": 10]
    return try LatentDisentanglement.finding(
      given.with(written),
      on: TestBench(arrays: [
        "z": latents, "s": sources, "one": latents.withoutSecond(of: sources),
        "v": latents.mapped { 0.02 + 0 * $0 }, "half": latents.mapped { _ in 0.5 },
      ]))
  }

  @Test func tellsWhichLatentStandsForWhichSource() throws {
    let finding = try Self.finding(Self.latents { [-3 * $1, 7 + $0] }, ["sourceNames": ["x", "y"]])
    #expect((finding.modularity ?? 0) > 0.97 && (finding.compactness ?? 0) > 0.97)
    #expect(finding.latents.map(\.source) == ["y", "x"] && finding.latents.map(\.isActive) == [true, true])
    #expect(finding.sources.map(\.classCount) == [4, 4] && abs(finding.effectiveRank - 2) < 1)
    #expect(finding.scores.map(\.name).first == "modularity" && finding.scores.count == 8)
    for score in finding.scores {
      let interval = try #require(score.interval)
      #expect(interval[0] <= interval[1] && interval[1] <= 1 + 1e-9, "\(score.name)")
    }
    guard case .figure(let figure) = finding.exhibits[0].content else { return }
    #expect(figure.panels[0].y.categories == ["x", "y"] && figure.panels[0].x.categories == ["z1", "z2"])
    #expect(
      finding.exhibits[0].caption.hasPrefix(
        "Mutual information of every latent and every source over the source's entropy (2 latents and 2 sources, 400 samples), by counting in classes and bins. "
      ))
    #expect(finding.exhibits.map(\.name) == ["information", "scores", "table", "latents"])
  }

  @Test func saysWhatIsNotDefinedAndWhy() throws {
    let single = try Self.finding(Self.latents { first, _ in [first] })
    #expect(single.compactness == nil && single.informationGap == nil && single.modularity != nil)
    #expect(
      single.caveats.first { $0.name == "undefined" }?.message
        == "compactness, information-gap, separated-predictability, completeness are not defined: a single latent varies, and there is no other that could tell less"
    )
    #expect(
      single.exhibits[1].caption.hasSuffix(" Not defined: InfoC, MIG, SAP, DCI *C*."))
    guard case .table(let table) = single.exhibits[2].content, case .numbers(let values, _) = table.columns[1].values
    else { return }
    #expect(values[1] == nil)
    let one = try Self.finding(Self.latents { [$0, $1] }, ["sources": "one"])
    #expect(one.caveats.map(\.name).contains("constant-source") && one.sources.map(\.name) == ["s1"])
    #expect(
      one.caveats.first { $0.name == "undefined" }?.message
        == "modularity, disentanglement are not defined: there is a single source to tell of")
    #expect(
      one.caveats.first { $0.name == "constant-source" }?.message
        == "source 's2' has one value only: nothing can tell of it, and it is left out")
    let still = try Self.finding(Self.latents { _, _ in [1, 2] })
    #expect(still.scores.allSatisfy { $0.value == nil && $0.interval == nil } && still.effectiveRank == 0)
    #expect(
      still.caveats.first { $0.name == "undefined" }?.message.hasSuffix(" are not defined: no latent varies") == true)
    let noise = try Self.finding(KnownShapes.noise(400, 2))
    #expect(
      noise.caveats.first { $0.name == "undefined" }?.message
        == "modularity, compactness are not defined: no latent tells more of a source than chance would")
  }

  @Test func tellsHowAnEncoderUsesItsLatents() throws {
    let finding = try Self.finding(Self.latents { [$0, $1] }, ["variances": "v"])
    #expect(finding.latents.map(\.use) == [.active, .active])
    #expect(
      abs((finding.latents[0].meanVariance ?? 0) - 0.02) < 1e-12 && (finding.latents[0].varianceSpread ?? 1) < 1e-12)
    #expect(try Self.finding(Self.latents { [$0, $1] }, ["variances": "half"]).latents.map(\.use) == [.mixed, .mixed])
    #expect(finding.exhibits[3].caption.contains(" Active: variances are steady"))
  }

  @Test func comparesMeansWithSamplesForEachUse() throws {
    // Two active latents, and two passive ones whose means are nearly the same noise.
    var random = SeededGenerator(seed: 5)
    let rest = (0..<400).map { _ in (1e-3 * random.gaussian(), 1e-4 * random.gaussian()) }
    let latents = KnownShapes.array(400) { index in
      [
        Self.sources.values[2 * index], Self.sources.values[2 * index + 1], rest[index].0,
        rest[index].0 + rest[index].1,
      ]
    }
    let bench = TestBench(arrays: [
      "z": latents, "s": Self.sources, "v": KnownShapes.array(400) { _ in [0.02, 0.02, 1, 1] },
    ])
    let finding = try LatentDisentanglement.finding(
      ["latents": "z", "sources": "s", "variances": "v", "draws": 0], on: bench)
    #expect(finding.subsets.map(\.use) == [nil, .active, .passive] && finding.subsets.map(\.latentCount) == [4, 2, 2])
    let passive = finding.subsets[2]
    #expect(try #require(passive.means.totalCorrelation) > 1.5 && #require(passive.samples.totalCorrelation) < 1e-4)
    #expect(try #require(passive.means.pairInformation) > 1.5 && passive.samples.wassersteinCorrelation < 1e-4)
    #expect(abs(passive.samples.effectiveRank - 2) < 1e-4 && finding.subsets[0].means.wassersteinCorrelation < 0.01)
    let shown = try #require(finding.exhibits.first { $0.name == "representations" })
    guard case .table(let table) = shown.content, case .texts(let names) = table.columns[0].values else {
      Issue.record("no table")
      return
    }
    #expect(names == ["all (4)", "all (4)", "active (2)", "active (2)", "passive (2)", "passive (2)"])
    #expect(try Self.finding(Self.latents { [$0, $1] }).subsets.isEmpty)
  }

  @Test func doubtsWhatDeservesIt() throws {
    let latents = KnownShapes.array(400) { index in
      let (first, second) = (Self.sources.values[2 * index], Self.sources.values[2 * index + 1])
      return [first, second, first + second, 1e-4 * Double(index)]
    }
    let finding = try Self.finding(latents, ["bins": 8])
    let said = Dictionary(uniqueKeysWithValues: finding.caveats.map { ($0.name, $0.message) })
    #expect(said["idle-latents"] == "1 latent of 4 hardly varies and is left out of all scores: z4")
    #expect(said["dependent-latents"] == "some latents follow from others: their total correlation is infinite")
    #expect(
      said["bias"]
        == "of 400 samples unrelated variables share up to 0.0163 of an entropy by chance: take more samples or fewer bins"
    )
    #expect(finding.totalCorrelation == nil && finding.latents[3].source == nil)
  }

  @Test func refusesInWords() {
    let bench = TestBench(arrays: [
      "z": KnownShapes.noise(40, 2), "s": KnownShapes.levels(40, 2), "short": KnownShapes.levels(30, 2),
      "negative": KnownShapes.noise(40, 2).mapped { -1 - $0 * $0 },
      "still": NDArray(shape: [40, 1], values: [Double](repeating: 1, count: 40)),
    ])
    let refusals: [(WrittenValue, String)] = [
      (["latents": "z"], "'sources' is missing: name a file or a source cell of samples × sources"),
      (["latents": "z", "sources": "s", "bins": 1], "'bins' is 1; it must be from 2 to 1000"),
      (["latents": "z", "sources": "s", "draws": 1], "'draws' is 1; it must be 0, or 2 at least"),
      (
        ["latents": "z", "sources": "short"],
        "number of samples of 'short' is 30; it must be 40, as 'z' has"
      ),
      (
        ["latents": "z", "sources": "s", "variances": "short"], "array 'short' is 30×2; it must be 40×2, as 'z' is"
      ),
      (
        ["latents": "z", "sources": "s", "latentNames": ["a"]],
        "'latentNames' is 1 long; it must be 2 long, one for each"
      ),
      (["latents": "z", "sources": "still"], "sources that vary: 0 given; at least 1 are needed"),
      (
        ["latents": "short", "sources": "short", "sourceNames": ["", "b"]],
        "'sourceNames' is empty for one; it must be a name for each"
      ),
    ]
    for (written, words) in refusals { #expect(LatentDisentanglement.refusal(written, on: bench) == words) }
    #expect(
      LatentDisentanglement.refusal(["latents": "z", "sources": "s", "variances": "negative"], on: bench)?
        .hasPrefix("variance of a latent is -") == true)
  }
}

extension NDArray<Double> {
  /// The same shape with other values.
  fileprivate func mapped(_ change: (Double) -> Double) -> NDArray { NDArray(shape: shape, values: values.map(change)) }

  /// Other values whose second column does not vary.
  fileprivate func withoutSecond(of other: NDArray) -> NDArray {
    NDArray(shape: other.shape, values: other.values.enumerated().map { $0.offset % 2 == 0 ? $0.element : 3 })
  }
}
