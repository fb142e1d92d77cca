import Analysis
import Diagnostics
import Exhibits
import Foundation
import LinearAlgebra
import Networks
import Probes
import Probing
import Testing

/// What is refused, and what is doubted.
extension DynamicalSimilarityTests {
  @Test func saysWhatIsWrongWithSystems() {
    var gap = RecordedSystems.turning(samples: 40).values
    gap[7] = .nan
    let wave = NDArray<Double>(shape: [40], values: (0..<40).map { sin(0.3 * Double($0)) })
    let bench = TestBench(arrays: [
      "gap": NDArray(shape: [40, 6], values: gap), "wave": wave, "x": RecordedSystems.turning(samples: 40),
      "still": NDArray(shape: [20, 2], values: Array(repeating: 3, count: 40)),
      "zero": NDArray(shape: [2, 2], values: [0, 0, 0, 0]), "one": NDArray(shape: [2, 2], values: [1, 0, 0, 1]),
      "wide": NDArray(shape: [2, 3], values: Array(repeating: 1, count: 6)),
      "nan": NDArray(shape: [1, 1], values: [.nan]),
    ])
    func said(_ written: WrittenValue) -> String? { DynamicalSimilarity.refusal(written, on: bench) }
    #expect(
      [
        said(["recordings": ["x", "gap"]]), said(["recordings": ["x", "still"]]), said(["recordings": "x"]),
        said(["recordings": ["x", "wave"], "rank": 3]), said(["recordings": ["x", "wave"], "delays": 50]),
        said(["recordings": ["x", "wave"], "components": 2, "rank": 1]), said(["recordings": ["x", "y"]]),
        said(["recordings": ["x", "wave"], "groups": ["a"]]),
        said(["operators": ["one", "zero"]]), said(["operators": ["one", "wide"]]),
        said(["operators": ["one", "nan"]]),
        said(["operators": ["one", "zero"], "score": "euclidean", "groups": ["a", "a"]]),
      ] == [
        "recording 'gap': sample 1 of unit '2' in trial '1' is nan; every value must be a finite number | cut the gap out, or fill it, before the recording is saved",
        "system 'still': every unit is constant; at least one must change over time | check that time runs along the rows and units along the columns",
        "systems: 1 given; at least 2 are needed",
        "system 'wave': rank is 3; the 40×1 samples have rank 1, which it must not exceed | take a lower rank, more delays or more samples",
        "system 'x': the longest trial has 40 samples; 50 delays at lag 1 and a step take at least 51 | take fewer delays, a shorter lag or a smaller subsampling factor",
        "system 'wave': number of components is 2; it must be at most 1, as the recording has 1 unit",
        "source 'y' is neither a cell nor a file | use one of 'gap', 'nan', 'one', 'still', 'wave', 'wide', 'x', 'zero'",
        "'groups' is 1 long; it must be 2 long, one for each system",
        "system 'zero': norm of the operator is 0; it must be above 0: 0 has no angle",
        "array 'wide' is 2×3; it must be n × n, or k × n × n for k operators, with n at most 500",
        "array 'nan' has 1 NaN or infinite value; every value must be finite",
        "groups: 1 given; at least 2 are needed",
      ])
  }

  @Test func saysWhatIsWrongWithParameters() {
    let recordings: WrittenValue = ["recordings": ["x", "y"]]
    let cases: [(WrittenValue, String)] = [
      (["operators": "a"], "'operators' is given; it must be left out where there are recordings"),
      (["delays": 0], "'delays' is 0; it must be from 1 to 2000"),
      (["search": 0], "'search' is 0; it must be from 1 to 100"),
      (["draws": 1], "'draws' is 1; it must be 0 or at least 2"),
      (["trialDraws": 1], "'trialDraws' is 1; it must be 0 or at least 2"),
      (["rank": 501], "'rank' is 501; it must be at most 500"),
      (["heldOut": 1], "'heldOut' is 1.0; it must be above 0 and below 1"),
      (["sweepRanks": [2]], "'sweepDelays' is missing: a sweep takes it beside 'sweepRanks'"),
      (["sweepDelays": [2, 0], "sweepRanks": 2], "'sweepDelays' is 0; it must be from 1 to 2000"),
      (
        ["score": "cosine"],
        "'score' is 'cosine', which is not one of its choices | use one of 'angular', 'euclidean', 'wasserstein'"
      ),
    ]
    for (written, message) in cases { #expect(DynamicalSimilarity.refusal(recordings.with(written)) == message) }
    #expect(
      DynamicalSimilarity.refusal(["operators": "a", "systems": "trials"])
        == "'systems' is 'trials'; it must be left out where there are operators")
    #expect(
      DynamicalSimilarity.refusal(["operators": "a", "sweepRanks": 2, "sweepDelays": 1])
        == "'sweepRanks' is given; it must be left out where there are operators")
  }

  @Test func doubtsPrintBesideTheDistances() throws {
    var arrays = Self.sixSystems
    arrays["standing"] = RecordedSystems.standing
    let found = try Self.finding(
      [
        "recordings": ["slow0", "standing", "fast0"], "groups": ["a", "b", "a"], "rank": 2, "delays": 4,
        "surrogates": 0, "splitHalf": true,
      ], arrays)
    let names = found.caveats.map(\.name)
    #expect(names.contains("different-units") && names.contains("constant-units") && names.contains("lone-systems"))
    let words = found.caveats.map(\.message)
    #expect(
      words.contains("systems have from 2 to 5 units; operators of one rank hold different shares of what they do"))
    #expect(words.contains("'standing' with units that stand still, each a direction with eigenvalue 1"))
    #expect(
      words.contains(
        "1 group ('b') has one system, whose silhouette is 0 and whose label no neighbour can have"))
  }

  @Test func differentTimesAreRefusedOrDoubted() throws {
    let wave = (0..<30).map { [sin(0.3 * Double($0)), cos(0.3 * Double($0))] }
    func recording(_ interval: Double, _ unit: String) throws -> Recording {
      try Recording(Matrix(rows: wave), sampleInterval: interval, timeUnit: unit)
    }
    let bench = RecordingBench([
      "s": try recording(0.01, "s"), "slow": try recording(0.02, "s"), "ms": try recording(10, "ms"),
      "counted": try recording(1, ""),
    ])
    func measured(_ names: WrittenValue) throws -> DynamicalSimilarityFinding {
      let request = try DynamicalSimilarity.reading(["recordings": names, "rank": 2, "surrogates": 0])
      return try #require(try request.probe.prepared(on: bench).measure(1) as? DynamicalSimilarityFinding)
    }
    let words = try measured(["s", "slow"]).caveats.map(\.message)
    #expect(
      words.contains(
        "a step takes 0.01 in 's' and 0.02 in 'slow': operators of different steps differ though the dynamics may not"))
    for (other, unit) in [("ms", "'ms' in 'ms'"), ("counted", "samples in 'counted'")] {
      #expect(
        throws: ParameterError.rule(
          "timeUnit", is: "'s' in 's' and \(unit)", mustBe: "the same in every system; give one for all")
      ) { try measured(["s", .init(.text(other))]) }
    }
  }

  @Test func whatCannotBeComparedIsSaid() throws {
    var arrays = Self.sixSystems
    let turning = RecordedSystems.turning(samples: 10, noise: 0.01)
    arrays["short"] = turning
    arrays["faint"] = NDArray(shape: turning.shape, values: turning.values.map { 1e-6 * $0 })
    // The last state is 0: anywhere else it takes a rank away.
    arrays["ending"] = NDArray(
      shape: [5, 4], values: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0])
    arrays["long"] = NDArray(shape: [40_000, 2], values: (0..<80_000).map { Double($0 % 7) })
    func words(_ written: WrittenValue) throws -> [String] { try Self.finding(written, arrays).caveats.map(\.message) }
    let scarce = try words(["recordings": ["short", "slow0", "slow1", "faint"], "scaling": "z-score", "rank": 4])
    for sentence in [
      "2 systems (the first 'short', with 9 states) for an operator of rank 4; below five states for each direction a fit follows the noise",
      "2 of 4 systems could not be fitted by halves at rank 4; what the distance of a system from itself is remains open there",
      "'faint' varying by less than a thousandth of what the median system does; z-scoring makes rounding or noise as loud as dynamics",
    ] { #expect(scarce.contains(sentence), "\(scarce)") }
    let ended = try words([
      "recordings": ["ending", "slow0"], "rank": 4, "surrogates": 9, "splitHalf": false, "method": "exact",
    ])
    #expect(
      ended.contains(
        "shuffled systems could not be compared: rank is 4; the 4×4 samples have rank 3, which it must not exceed"),
      "\(ended)")
    let ranks = try words([
      "recordings": ["slow0", "ending", "fast0"], "rank": "all", "surrogates": 0, "splitHalf": false,
    ])
    #expect(
      ranks.contains(
        "by itself the systems' rank is from 4 to 5; all are compared at 4, so that the rank makes no distance"),
      "\(ranks)")
    let sweep = try words([
      "recordings": ["slow0", "fast0"], "rank": 2, "surrogates": 0, "splitHalf": false, "sweepDelays": 1,
      "sweepRanks": 50,
    ])
    #expect(
      sweep == ["no setting of the sweep could be fitted to every system; take lower ranks or more delays"])
    #expect(
      DynamicalSimilarity.refusal(
        ["recordings": ["slow0", "long"], "delays": 1000], on: TestBench(arrays: arrays))
        == "system 'long': number of delays is 1000; it must be at most 625 for 40000 samples of 2 units")
  }

  @Test func anglesOfNumbersAreDoubted() throws {
    let found = try Self.finding(
      ["recordings": ["slow0", "fast0"], "rank": 1, "surrogates": 0, "splitHalf": false], Self.sixSystems)
    #expect(
      found.caveats.map(\.message) == [
        "at rank 1 an operator is a number, and the angle of two numbers says whether their signs differ: take score: euclidean, or a higher rank"
      ])
    // As many trials as pairs: the successors' directions are none of an operator's.
    let pairs = NDArray<Double>(shape: [2, 2, 4], values: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1])
    #expect(
      DynamicalSimilarity.refusal(
        ["recordings": ["pairs", "pairs"], "rank": 3], on: TestBench(arrays: ["pairs": pairs]))
        == "system 'pairs': rank is 3; the 2×4 samples have rank 2, which it must not exceed | take a lower rank, more delays or more samples"
    )
  }

  @Test func theFiguresAreDrawnInTheTreesOrder() throws {
    var random = SeededGenerator(seed: 11)
    var arrays: [String: NDArray<Double>] = [:]
    for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
      arrays[name] = Self.array(0.2 * Matrix<Double>.gaussian(6, 6, using: &random))
    }
    let found = try Self.finding(["operators": ["a", "b", "c", "d", "e", "f", "g", "h"]], arrays)
    let figures = found.exhibits.compactMap { exhibit -> Figure? in
      if case .figure(let figure) = exhibit.content { figure } else { nil }
    }
    #expect(figures.count == 4)
    let order = found.dendrogram.order
    guard case .tiles(let tiles)? = figures.first?.panels[0].layers[0].mark else {
      Issue.record("the first figure has no tiles")
      return
    }
    #expect(tiles.values[1] == found.distances[order[0]][order[1]] && tiles.values[0] == 0)
    #expect(figures[0].panels[0].x.categories == order.map { found.labels[$0] })
    // Eight systems about equally far apart are not for a plane.
    #expect(
      found.caveats.map(\.message) == [
        "the plane holds the distances with a stress of 0.23; above 0.2 look at the distances themselves"
      ])
  }
}
