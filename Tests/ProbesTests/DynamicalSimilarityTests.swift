import Analysis
import Diagnostics
import Exhibits
import Foundation
import LinearAlgebra
import Networks
import Probes
import Probing
import Testing

@Suite struct DynamicalSimilarityTests {
  private typealias Finding = DynamicalSimilarityFinding

  private static func array(_ matrix: Matrix<Double>) -> NDArray<Double> {
    NDArray(shape: [matrix.rowCount, matrix.columnCount], values: matrix.entries)
  }

  private static func finding(_ written: WrittenValue, _ arrays: [String: NDArray<Double>]) throws -> Finding {
    try DynamicalSimilarity.finding(written, on: TestBench(arrays: arrays))
  }

  /// Six recordings of two kinds of dynamics, each seen by its own units, and noise.
  static var sixSystems: [String: NDArray<Double>] {
    var arrays: [String: NDArray<Double>] = [:]
    for index in 0..<3 {
      let seed = UInt64(index + 3)
      arrays["slow\(index)"] = RecordedSystems.turning(trials: 4, samples: 40, units: 5, noise: 0.01, seed: seed)
      var random = SeededGenerator(seed: seed + 100)
      let seen = Matrix<Double>.gaussian(4, 5, using: &random)
      var values: [Double] = []
      for trial in 0..<4 {
        for step in 0..<40 {
          let t = Double(step)
          let hidden = [
            pow(0.9, t / 10) * cos(1.3 * t + Double(trial)), pow(0.9, t / 10) * sin(1.3 * t + Double(trial)),
            cos(0.9 * t), sin(0.9 * t + 0.1 * Double(trial)),
          ]
          values += (seen.transposed * hidden).map { $0 + 0.01 * random.gaussian() }
        }
      }
      arrays["fast\(index)"] = NDArray(shape: [4, 40, 5], values: values)
    }
    return arrays
  }
  private static let names: WrittenValue = ["slow0", "slow1", "slow2", "fast0", "fast1", "fast2"]
  private static let groups: WrittenValue = ["slow", "slow", "slow", "fast", "fast", "fast"]

  // MARK: Operators

  @Test func conjugateOperatorsAreOneSystem() throws {
    var random = SeededGenerator(seed: 5)
    var arrays: [String: NDArray<Double>] = [:]
    let first = 0.4 * Matrix<Double>.gaussian(6, 6, using: &random)
    let other = 0.4 * Matrix<Double>.gaussian(6, 6, using: &random)
    let turn = try Matrix<Double>.randomOrthogonal(6, using: &random)
    arrays["a"] = Self.array(first)
    arrays["b"] = Self.array(turn * first * turn.transposed)
    arrays["c"] = Self.array(other)
    for score in ["angular", "euclidean", "wasserstein"] {
      let found = try Self.finding(["operators": ["a", "b", "c"], "score": .init(.text(score))], arrays)
      #expect(found.labels == ["a", "b", "c"] && found.size == 6)
      #expect(found.distances[0][1] < 1e-6 && found.distances[0][2] > 0.1, "\(score)")
      #expect(found.distances[2][0] == found.distances[0][2] && found.distances[1][1] == 0)
      #expect(abs(found.distances[0][2] - found.distances[1][2]) < 1e-4)
      for i in 0..<3 {
        for j in 0..<3 { #expect(found.lowerBounds[i][j] <= found.distances[i][j] + 1e-9 && found.converged[i][j]) }
      }
      #expect(found.certified[0][1] && found.systems[0].nearest == "b" && found.dendrogram.joints[0].count == 2)
      #expect(found.separation == nil && found.shuffled == nil && found.method == nil)
    }
  }

  @Test func knownDistancesComeOut() throws {
    func turn(_ angle: Double) -> Matrix<Double> {
      Matrix(rowCount: 2, columnCount: 2, entries: [cos(angle), -sin(angle), sin(angle), cos(angle)])
    }
    let arrays = [
      "a": Self.array(turn(0.3)), "b": Self.array(0.5 * turn(1.1)), "c": Self.array(turn(-0.3)),
      "one": NDArray<Double>(shape: [1, 1], values: [1]),
    ]
    let angles = try Self.finding(["operators": ["a", "b", "c"]], arrays)
    #expect(abs(angles.distances[0][1] - 0.8) < 1e-7 && angles.distances[0][2] < 1e-7)
    // Filled up with zeros: ⟨R, diag(1, 0)⟩ = cos 0.3 over norms √2 and 1.
    let padded = try Self.finding(["operators": ["a", "one"]], arrays)
    #expect(abs(padded.distances[0][1] - acos(cos(0.3) / 2.0.squareRoot())) < 1e-7 && padded.size == 2)
    #expect(
      padded.caveats.map(\.name) == ["padded"]
        && padded.caveats[0].message
          == "operators have sides from 1 to 2; all are filled up with zeros to 2, and compared as if the missing directions were at rest"
    )
  }

  @Test func severalOperatorsMayLieInOneArray() throws {
    let values = [0.9, 0, 0, 0.5, 0.5, 0, 0, 0.9, 0.1, 0, 0, 1.25]
    let found = try Self.finding(
      ["operators": "runs/all.npy"], ["runs/all.npy": NDArray(shape: [3, 2, 2], values: values)])
    #expect(found.labels == ["all 1", "all 2", "all 3"] && found.distances[0][1] < 1e-7)
    #expect(
      found.caveats.map(\.message) == [
        "1 operator grows with each step, that of 'all 3' the most, by 25 %; if the system does not, that is noise, or too little data"
      ])
    let twins = try Self.finding(
      ["operators": ["a", "b"]],
      [
        "a": NDArray(shape: [1, 1], values: [0.5]), "b": NDArray(shape: [1, 1], values: [0.5]),
      ])
    #expect(
      twins.caveats.map(\.message) == [
        "1 system has the operator of another to the last bit ('b' that of 'a'); twins make groups look tighter than they are"
      ])
    #expect(twins.distances == [[0, 0], [0, 0]] && !twins.exhibits.isEmpty)
  }

  // MARK: Recordings

  @Test func groupsOfDynamicsAreToldApartWhateverTheUnits() throws {
    let found = try Self.finding(
      ["recordings": Self.names, "groups": Self.groups, "rank": 4, "permutations": 400, "surrogates": 2],
      Self.sixSystems)
    let separation = try #require(found.separation)
    #expect(separation.between > 5 * separation.within && separation.silhouette > 0.7 && separation.accuracy == 1)
    // Of the twenty ways to label two are as good.
    #expect(separation.pValue == 0.1 && separation.isExact)
    #expect(Set(found.dendrogram.order.prefix(3)) == [0, 1, 2] || Set(found.dendrogram.order.prefix(3)) == [3, 4, 5])
    // Halves of one system are nearer than systems of two groups, and shuffled ones are not apart by group.
    let halves = found.systems.compactMap(\.splitHalf)
    #expect(halves.count == 6 && halves.allSatisfy { $0 < separation.between })
    let shuffled = try #require(found.shuffled)
    #expect(shuffled.distances.count == 30 && shuffled.differences.allSatisfy { $0 < separation.difference / 2 })
    #expect(found.majorized.stress <= found.classical.stress + 1e-12)
    #expect(
      found.exhibits.map(\.name) == [
        "distances", "embedding", "classical", "dendrogram", "nulls", "separation", "systems", "summary",
      ])
    // An interval that holds what it is of.
    let ends = try #require(separation.differenceInterval)
    #expect(ends[0] <= separation.difference && separation.difference <= ends[1])
  }

  @Test func singleDistancesHaveIntervals() throws {
    var arrays = Self.sixSystems
    arrays["single"] = RecordedSystems.turning(samples: 120, units: 5, noise: 0.01)
    let found = try Self.finding(
      [
        "recordings": ["slow0", "slow1", "fast0", "single"], "rank": 4, "surrogates": 0, "splitHalf": false,
        "trialDraws": 40,
      ], arrays)
    let intervals = try #require(found.intervals)
    func ends(_ i: Int, _ j: Int) throws -> ClosedRange<Double> {
      try #require(intervals.lower[i][j])...(try #require(intervals.upper[i][j]))
    }
    // Alike and unlike systems are told apart beyond chance; the unlike ones' distance lies in its interval.
    #expect(try ends(0, 1).upperBound < ends(0, 2).lowerBound && ends(0, 1) == ends(1, 0))
    let (between, slack) = (try ends(0, 2), 0.05 * found.distances[0][2])
    #expect(between.lowerBound - slack <= found.distances[0][2] && found.distances[0][2] <= between.upperBound + slack)
    #expect(between.lowerBound < between.upperBound && intervals.draws == 40)
    #expect(intervals.lower[3] == [nil, nil, nil, nil] && intervals.lower[0][0] == nil && intervals.upper[0][3] == nil)
    #expect(
      found.caveats.filter { $0.name == "one-trial-systems" }.map(\.message) == [
        "1 system of 4 has one trial, which cannot be drawn again; distances from it have no interval"
      ])
    guard case .table(let table)? = found.exhibits.first(where: { $0.name == "pairs" })?.content else {
      Issue.record("there is no table of pairs")
      return
    }
    #expect(table.rowCount == 3 && table.columns.map(\.heading) == ["system", "and", "angle", "from", "to"])
    // Of single trials there is nothing to draw.
    let none = try Self.finding(
      ["recordings": ["single", "single"], "names": ["a", "b"], "rank": 4, "surrogates": 0, "trialDraws": 2], arrays)
    #expect(none.intervals == nil && none.caveats.map(\.name).contains("one-trial-systems"))
    #expect(
      DynamicalSimilarity.refusal(
        ["recordings": .init(.list(Array(repeating: "slow0", count: 15))), "rank": 2, "trialDraws": 10_000],
        on: TestBench(arrays: Self.sixSystems)) == "'trialDraws' is 10000; it must be at most 4761 for 15 systems")
  }

  @Test func drawsWithoutEnoughDirectionsHaveNoIntervals() throws {
    // Two trials, of which the second twice has one direction only.
    let both = (0..<20).flatMap { [pow(0.9, Double($0)), pow(0.5, Double($0))] }
    let halves = NDArray(shape: [2, 20, 2], values: both + both.enumerated().map { $0 % 2 == 0 ? $1 : 0 })
    let found = try Self.finding(
      [
        "recordings": ["a", "b", "c", "d"], "rank": 2, "surrogates": 0, "splitHalf": false, "trialDraws": 60,
        "method": "exact",
      ], ["a": halves, "b": halves, "c": halves, "d": halves])
    let words = found.caveats.filter { $0.name == "no-distance-intervals" }.map(\.message)
    #expect(found.intervals == nil && words.count == 1)
    #expect(
      words[0].wholeMatch(
        of: /of 60 draws of the trials [345]\d could not be fitted at rank 2; single distances have no intervals/)
        != nil,
      "\(words)")
  }

  @Test func oneRankIsChosenForAll() throws {
    let found = try Self.finding(
      ["recordings": Self.names, "surrogates": 0, "splitHalf": false, "rank": 0.999], Self.sixSystems)
    #expect(Set(found.systems.map(\.rank)).count == 1 && found.systems[0].rank == found.size)
    let held = try Self.finding(["recordings": ["slow0", "fast0"], "surrogates": 0], Self.sixSystems)
    #expect(held.size == 4)
  }

  @Test func trialsAndConditionsMayBeSystems() throws {
    let trials = try Self.finding(
      ["recordings": "slow0", "systems": "trials", "rank": 4, "surrogates": 0, "splitHalf": false], Self.sixSystems)
    #expect(trials.labels == ["1", "2", "3", "4"] && trials.distances.allSatisfy { $0.allSatisfy { $0 < 0.1 } })
    #expect(
      DynamicalSimilarity.refusal(
        ["recordings": "slow0", "systems": "conditions"], on: TestBench(arrays: Self.sixSystems))
        == "source 'slow0' is without any; it must be a recording with conditions")
  }

  @Test func aSweepFindsTheRankOfTheDynamics() throws {
    let found = try Self.finding(
      [
        "recordings": Self.names, "rank": 4, "surrogates": 0, "splitHalf": false, "sweepDelays": 1,
        "sweepRanks": [2, 3, 4, 5, 40],
      ], Self.sixSystems)
    let sweep = try #require(found.sweep)
    let taken = sweep.settings[sweep.recommended]
    #expect(taken.rank == 4 && sweep.settings.map(\.rank) == [2, 3, 4, 5])
    #expect(
      sweep.settings.filter { $0.rank == 2 }.allSatisfy { $0.error > 3 * taken.error && $0.criterion > taken.criterion }
    )
    #expect(
      sweep.reason
        == "1 delay at rank 4: its held-out error, 0.064 of persistence's, is near the least (0.0638, of 1 delay at rank 5), and no smaller rank comes as near"
    )
    #expect(
      found.caveats.map(\.message) == [
        "1 of 5 settings of the sweep could not be fitted to every system"
      ])
    #expect(found.exhibits.map(\.name).contains("sweep"))
  }

  // MARK: Bad input

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
