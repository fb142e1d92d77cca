import Diagnostics
import Exhibits
import LinearAlgebra
import Networks
import Probes
import Probing
import Testing

@Suite struct GeneratedSamplesTests {
  private func bench(_ arrays: [String: NDArray<Double>] = [:]) throws -> TestBench {
    TestBench(
      networks: [
        "vp": try TestFiles.fixture("v-vp"), "image": try TestFiles.fixture("image"),
        "three": try TestFiles.fixture("three"), "untold": try TestFiles.fixture("untold"),
      ], arrays: arrays)
  }

  private func finding(
    _ written: WrittenValue, _ arrays: [String: NDArray<Double>] = [:], seed: UInt64 = 7
  ) throws -> GeneratedSamplesFinding {
    let probe = try GeneratedSamples.reading(written).probe
    return try #require(try probe.prepared(on: bench(arrays)).measure(seed) as? GeneratedSamplesFinding)
  }

  private func refusal(_ written: WrittenValue, _ arrays: [String: NDArray<Double>] = [:]) -> String? {
    do {
      _ = try finding(written, arrays)
      return nil
    } catch { return (error as? any Diagnosable)?.message }
  }

  private static let plain: WrittenValue = [
    "network": "vp", "predicts": "v", "process": "vp", "sampler": ["kind": "ddim", "steps": 4], "count": 5,
  ]
  @Test func drawsWhatTheNetworkDraws() throws {
    let score = try ScoreNetwork(
      TestFiles.fixture("v-vp"), predicts: .v, process: .variancePreserving(betaMin: 0.1, betaMax: 20))
    let levels = try SamplerParameters(.ddim, steps: 4).levels(of: score.process)
    let expected = try score.samples(5, by: .implicit(eta: 0), over: levels, using: SeededGenerator(seed: 7))
    let found = try finding(Self.plain)
    #expect(found.points == expected && found.noiseToSignal == levels.map(\.noiseToSignal))
    #expect(found.least == expected.values.min() && found.greatest == expected.values.max())
    #expect(try finding(Self.plain.with(["seed": 7]), seed: 1).points == expected)
    #expect(try finding(Self.plain, seed: 1).points != expected)
  }

  @Test func drawsAsManyForEveryCondition() throws {
    // One step: the sample is x − (x + 1 + label).
    let one: WrittenValue = [
      "network": "three", "predicts": "noise", "process": "ve", "image": [2, 3], "count": 2,
      "sampler": ["kind": "ddim", "steps": 1, "highest": 1], "conditions": ["label": [[0], [4], [9]]],
    ]
    let found = try finding(one)
    let labels = found.samples.map { ($0[0] * 1e6).rounded() / 1e6 }
    #expect(found.count == 6 && labels.count == 6)
    for pair in 0..<3 { #expect(labels[2 * pair] == labels[2 * pair + 1]) }
    #expect(abs(labels[0] - labels[2] - 4) < 1e-6 && abs(labels[2] - labels[4] - 5) < 1e-6)
    #expect(found.conditions.map(\.name) == ["label"] && found.conditions[0].rows == [[0], [4], [9]])
    let same = try finding(one.with(["conditions": ["2": 4]]))
    #expect(same.count == 2 && same.conditions[0].rows == [[4]])
  }

  @Test func measuresDistancesToTheData() throws {
    let samples = try finding(Self.plain).points
    let same = try #require(try finding(Self.plain.with(["data": "data"]), ["data": samples]).nearness)
    #expect(same.distances.allSatisfy { $0 < 1e-12 } && same.rows == [0, 1, 2, 3, 4] && same.median < 1e-12)
    for (index, distance) in same.distancesInData.enumerated() {
      let others = (0..<5).filter { $0 != index }.map { other in
        let squares = (0..<6).map { axis in
          let difference = samples.values[index * 6 + axis] - samples.values[other * 6 + axis]
          return difference * difference
        }
        return (squares.reduce(0, +) / 6).squareRoot()
      }
      #expect(abs(distance - others.min()!) < 1e-12)
    }
    let alone = try #require(try finding(Self.plain.with(["data": "data"]), ["data": samples.rows(2..<3)]).nearness)
    #expect(alone.medianInData == nil && alone.rows == [0, 0, 0, 0, 0] && alone.distances[2] < 1e-12)
  }

  private func images(_ finding: GeneratedSamplesFinding) -> (panel: Panel, images: Mark.Images)? {
    for exhibit in finding.exhibits {
      guard exhibit.name == "grid", case .figure(let figure) = exhibit.content,
        case .images(let images)? = figure.panels.first?.layers.first?.mark
      else { continue }
      return (figure.panels[0], images)
    }
    return nil
  }

  @Test func showsSamplesThatArePictures() throws {
    #expect(try images(finding(Self.plain)) == nil)
    let image: WrittenValue = [
      "network": "image", "predicts": "noise", "process": "ve", "sampler": ["kind": "heun", "steps": 3], "count": 10,
      "shades": [-1, 1],
    ]
    let (panel, grid) = try #require(images(finding(image)))
    #expect((grid.pixelRowCount, grid.pixelColumnCount, grid.columnCount, grid.rowCount) == (2, 3, 4, 3))
    #expect(panel.levels?.axis.lower == -1 && panel.levels?.axis.upper == 1 && panel.levels?.kind == .brightness)
    let (_, asked) = try #require(images(finding(Self.plain.with(["image": [3, 2]]))))
    #expect((asked.pixelRowCount, asked.pixelColumnCount) == (3, 2))
  }

  @Test func givesEveryConditionARow() throws {
    let rows: WrittenValue = ["conditions": ["label": [[0], [-0.25]]], "count": 3]
    let base: WrittenValue = [
      "network": "three", "predicts": "noise", "process": "ve", "image": [2, 3],
      "sampler": ["kind": "ddim", "steps": 1, "highest": 1],
    ]
    let found = try finding(base.with(rows))
    let (panel, grid) = try #require(images(found))
    #expect((grid.columnCount, grid.rowCount) == (3, 2))
    #expect(panel.y.label == "label" && panel.y.categories == ["0", "−0.25"])
    let caption = try #require(found.exhibits.first { $0.name == "grid" }).caption
    #expect(
      caption.hasPrefix("Samples from three: 6 by DDIM, 1 step, η = 0; every row has a condition of its own. Black is"))
    let fixed = try finding(base.with(["conditions": ["label": 2], "count": 3]))
    #expect(fixed.exhibits[0].caption.hasPrefix("Samples from three at label = 2: 3 by DDIM"))
  }

  @Test func saysWhatWouldMisleadAReader() throws {
    let found = try finding([
      "network": "untold", "predicts": "score", "process": "ve", "count": 2,
      "sampler": ["kind": "heun", "steps": 2, "highest": 2, "lowest": 1],
    ])
    #expect(found.caveats.map(\.name) == ["untold"])
  }

  @Test func refusesWhatMakesNoSense() {
    #expect(refusal(Self.plain.with(["count": 0])) == "'count' is 0; it must be at least 1")
    #expect(refusal(Self.plain.with(["clip": 0])) == "'clip' is 0.0; it must be above 0 and finite")
    #expect(
      refusal(Self.plain.with(["count": 10_000_000]))
        == "'count' is 10000000; it must be at most 8333333 for samples of 6 numbers")
    #expect(
      refusal(Self.plain.with(["count": .init(.integer(Int.max))]))
        == "'count' is 9223372036854775807; it must be at most 50000000")
    #expect(
      refusal(Self.plain.with(["image": [4, 2]])) == "'image' is 4×2; it must be of 6 pixels, as a sample has numbers")
    #expect(
      refusal(Self.plain.with(["image": [6]]))
        == "'image' is [6]; it must be two whole numbers from 1 to 4096, as [rows, columns]")
    #expect(
      refusal(Self.plain.with(["shades": [1, 1]]))
        == "'shades' is [1.0, 1.0]; it must be two numbers, the first below the second")
    #expect(
      refusal(["network": "three", "predicts": "noise", "process": "ve"])
        == "inputs 'x', 't', 'label' leave open which one is the noise level")
    #expect(
      refusal(Self.plain.with(["data": "data"]), ["data": NDArray(shape: [2, 5], repeating: 0)])
        == "points have 5 coordinates; the network's input is batch×6")
  }
}
