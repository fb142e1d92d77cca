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
  typealias Finding = DynamicalSimilarityFinding

  static func array(_ matrix: Matrix<Double>) -> NDArray<Double> {
    NDArray(shape: [matrix.rowCount, matrix.columnCount], values: matrix.entries)
  }

  static func finding(_ written: WrittenValue, _ arrays: [String: NDArray<Double>]) throws -> Finding {
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
  static let names: WrittenValue = ["slow0", "slow1", "slow2", "fast0", "fast1", "fast2"]
  static let groups: WrittenValue = ["slow", "slow", "slow", "fast", "fast", "fast"]

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
}
