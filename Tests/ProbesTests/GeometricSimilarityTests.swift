import Diagnostics
import Foundation
import LinearAlgebra
import Networks
import Probes
import Probing
import Testing

@Suite struct GeometricSimilarityTests {
  private static func array(_ matrix: Matrix<Double>) -> NDArray<Double> {
    NDArray(shape: [matrix.rowCount, matrix.columnCount], values: matrix.entries)
  }

  /// A cloud, the cloud turned and shifted, its linear image, and another cloud.
  private static var bench: TestBench {
    var random = SeededGenerator(seed: 2)
    let cloud = Matrix<Double>.gaussian(60, 3, using: &random) * Matrix.diagonal([3, 2, 1])
    let frame = (try? SingularValueDecomposition(of: Matrix<Double>.gaussian(3, 5, using: &random)))?
      .rightVectorsTransposed
    let turned = cloud * (frame ?? .identity(3))
    let shifted = Matrix(rowCount: 60, columnCount: 5, entries: turned.entries.enumerated().map { $1 + Double($0 % 5) })
    let other = Matrix<Double>.gaussian(60, 4, using: &random)
    return TestBench(arrays: [
      "runs/cloud.npy": array(cloud), "runs/turned.npy": array(shifted),
      "runs/stretched.npy": array(cloud * Matrix.diagonal([0.1, 1, 5])), "runs/other.npy": array(other),
      "trials": NDArray(shape: [3, 20, 3], values: cloud.entries),
      "short": array(cloud.rows(0..<59)), "gap": array(Matrix(rowCount: 60, columnCount: 1, repeating: .nan)),
      "still": array(Matrix(rowCount: 60, columnCount: 2, repeating: 4)),
      "part": array(Matrix(rowCount: 60, columnCount: 2, entries: (0..<120).map { $0 % 2 == 0 ? 4 : Double($0 * $0) })),
      "few": array(cloud.rows(0..<8)), "more": array(other.rows(0..<8)), "two": array(cloud.rows(0..<2)),
      "line": array(Matrix(column: (0..<60).map { Double($0 * $0) })),
      "long": array(Matrix(column: (0..<10_000).map { sin(Double($0)) })),
      "longer": array(Matrix(column: (0..<10_000).map { cos(Double($0)) })),
      "steps": NDArray(shape: [2, 20, 3], values: Array(cloud.entries.prefix(120))),
    ])
  }

  private static let four: WrittenValue = [
    "recordings": ["runs/cloud.npy", "runs/turned.npy", "runs/stretched.npy", "runs/other.npy"]
  ]

  @Test func tellsWhatEachMeasureForgets() throws {
    let finding = try GeometricSimilarity.finding(Self.four, on: Self.bench)
    #expect(finding.labels == ["cloud", "turned", "stretched", "other"])
    #expect(finding.sampleCount == 60 && finding.unitCounts == [3, 5, 3, 4] && finding.ranks == [3, 3, 3, 4])
    #expect(
      finding.measures.map(\.name) == [
        "procrustes", "procrustes-euclidean", "whitened-0", "whitened-0.5", "cka", "debiased-cka", "cca", "svcca",
        "rsa",
        "neighbours",
      ])
    for measure in finding.measures {
      let same = measure.kind == .distance ? 0.0 : 1
      let farness = measure.matrix.map { $0.map { abs($0 - same) } }
      #expect((0..<4).allSatisfy { farness[$0][$0] == 0 })
      #expect(farness[0][1] < 1e-10, "\(measure.name)")
      // Stretching is forgotten by what whitens, and by nothing else.
      #expect((farness[0][2] < 1e-9) == ["whitened-0", "cca", "svcca"].contains(measure.name), "\(measure.name)")
      #expect(farness[0][3] > 0.5, "\(measure.name)")
      if measure.name != "procrustes-euclidean" { #expect(farness[0][3] > farness[0][2], "\(measure.name)") }
    }
    let chances = Dictionary(uniqueKeysWithValues: finding.measures.map { ($0.name, $0.chance) })
    #expect(chances["neighbours"] == .some(10.0 / 59) && chances["rsa"] == .some(0) && chances["cca"] == .some(nil))
    #expect(finding.caveats.isEmpty)
  }

  @Test func chanceOfAlignmentIsItsMeanOverOrders() throws {
    var random = SeededGenerator(seed: 31)
    let (first, second) = (
      Matrix<Double>.gaussian(16, 6, using: &random), Matrix<Double>.gaussian(16, 5, using: &random)
    )
    var (sum, chance) = (0.0, 0.0)
    for _ in 0..<200 {
      var order = Array(0..<16)
      for place in (1..<16).reversed() { order.swapAt(place, random.index(below: place + 1)) }
      let shuffled = Matrix(rowCount: 16, columnCount: 5, entries: order.flatMap { second.row($0) })
      let finding = try GeometricSimilarity.finding(
        ["recordings": ["a", "b"], "measures": ["cka"]],
        on: TestBench(arrays: ["a": Self.array(first), "b": Self.array(shuffled)]))
      sum += finding.measures[0].matrix[0][1]
      chance = finding.measures[0].chance ?? 0
    }
    #expect(abs(sum / 200 - chance) < 0.01 && chance > 0.2)
  }

  @Test func trialsAreSamplesOneAfterTheOther() throws {
    let found = try GeometricSimilarity.finding(
      ["recordings": ["trials", "steps"]],
      on: Self.bench.with("steps", NDArray(shape: [3, 20, 1], values: (0..<60).map(Double.init))))
    let other = try GeometricSimilarity.finding(
      ["recordings": ["runs/cloud.npy", "ramp"]],
      on: Self.bench.with("ramp", NDArray(shape: [60], values: (0..<60).map(Double.init))))
    #expect(found.measures == other.measures)
  }

  @Test func takesOnlyWhatIsAskedFor() throws {
    let asked: WrittenValue = [
      "measures": ["whitened", "svcca", "rsa"], "regularization": [1, 0.25], "explained": 0.5,
      "dissimilarity": "correlation",
      "comparison": "cosine", "names": ["a", "b", "c", "d"], "subsample": 3, "scaling": "z-score",
    ]
    let finding = try GeometricSimilarity.finding(Self.four.with(asked), on: Self.bench)
    #expect(finding.labels == ["a", "b", "c", "d"] && finding.sampleCount == 20)
    #expect(finding.measures.map(\.name) == ["whitened-1", "whitened-0.25", "svcca", "rsa"])
    #expect(finding.measures[3].chance == nil)
    #expect(finding.exhibits.map(\.name) == ["distances", "similarities", "embedding", "pairs"])
    let one = try GeometricSimilarity.finding(Self.four.with(["measures": "cka"]), on: Self.bench)
    #expect(one.exhibits.map(\.name) == ["similarities", "embedding", "pairs"])
  }

  // MARK: Doubts

  @Test func everyDoubtIsSaid() throws {
    func doubts(_ written: WrittenValue) throws -> [String] {
      try GeometricSimilarity.finding(written, on: Self.bench).caveats.map { "\($0.name): \($0.message)" }
    }
    #expect(
      try doubts(["recordings": ["part", "runs/cloud.npy", "part"]]) == [
        "constant-units: units of 2 systems, of 'part' the most, 1, stand still and say nothing",
        "same-numbers: 'part' and 'part' are the same numbers",
      ])
    #expect(
      try doubts(["recordings": ["part", "runs/cloud.npy"]])
        == ["constant-units: 1 unit of 'part' stands still and says nothing"])
    #expect(
      try doubts(["recordings": ["few", "more"], "neighbours": 4]) == [
        "few-samples: 8 samples for 4 directions: canonical correlations of systems with nothing in common are about 0.756, and whitened distances as much too small; take more samples, or fewer directions",
        "alignment-bias: cka of systems with nothing in common is up to 0.268 at this number of samples; compare debiased-cka",
      ])
    #expect(
      try doubts([
        "recordings": ["line", "runs/cloud.npy"], "dissimilarity": "correlation", "measures": ["cca", "rsa"],
      ])
        == [
          "undefined: rsa is left out: variance of sample 0 over the units is 0; it must be a finite number above 0"
        ])
  }

  // MARK: Bad input

  @Test func saysWhatIsWrongWithRecordings() {
    let said = [
      ["runs/cloud.npy", "short"], ["runs/cloud.npy", "gap"], ["runs/cloud.npy", "still"],
      ["trials", "runs/cloud.npy"],
      ["trials", "steps"], ["two", "two"], ["runs/cloud.npy", "clouds"], ["few", "more"], ["long", "longer"],
    ].map { names in
      GeometricSimilarity.refusal(["recordings": WrittenValue(.list(names.map { .init(.text($0)) }))], on: Self.bench)
    }
    #expect(
      said == [
        "number of samples of 'short' is 59; it must be 60, as 'runs/cloud.npy' has",
        "recording 'gap': sample 0 of unit '1' in trial '1' is nan, and 59 more of the trial are not finite; every value must be a finite number | cut the gap out, or fill it, before the recording is saved",
        "recording 'still': every unit is constant; at least one must change over time | check that time runs along the rows and units along the columns",
        "number of trials of 'runs/cloud.npy' is 1; it must be 3, as 'trials' has",
        "number of trials of 'steps' is 2; it must be 3, as 'trials' has", "samples: 2 given; at least 3 are needed",
        "source 'clouds' is neither a cell nor a file", nil,
        "'subsample' is 1; it must be at least 2, or 'measures' without 'rsa' and 'neighbours': the distances of every two of 10000 samples in 2 recordings are more than 50000000 numbers",
      ])
    let ragged = Self.bench.with(
      "ragged", NDArray(shape: [3, 20, 1], values: (0..<60).map { $0 > 50 ? .nan : Double($0) }))
    #expect(
      GeometricSimilarity.refusal(["recordings": ["trials", "ragged"]], on: ragged)
        == "number of samples of trial '3' of 'ragged' is 11; it must be 20, as 'trials' has")
    #expect(
      GeometricSimilarity.refusal(
        ["recordings": ["few", "line-8"], "measures": "neighbours"],
        on: Self.bench.with("line-8", NDArray(shape: [8], values: (0..<8).map { Double($0 * $0) })))
        == "samples for 10 neighbours: 8 given; at least 12 are needed")
  }

  @Test func saysWhatIsWrongWithListsOfSystems() {
    let two: WrittenValue = ["recordings": ["runs/cloud.npy", "runs/other.npy"]]
    let cases: [(WrittenValue, String)] = [
      (["recordings": ["few"]], "'recordings' is one; it must be at least two, to be compared"),
      (two.with(["names": ["a"]]), "'names' is 1 long; it must be 2 long, one for each system"),
      (two.with(["groups": ["a", "b", "c"]]), "'groups' is 3 long; it must be 2 long, one for each system"),
    ]
    for (written, message) in cases {
      #expect(GeometricSimilarity.refusal(written, on: Self.bench) == message)
    }
  }

  @Test func groupsAreToldApartByEachMeasure() throws {
    let finding = try GeometricSimilarity.finding(
      Self.four.with(["groups": ["same", "same", "wide", "wide"], "measures": ["procrustes", "cca"]]), on: Self.bench)
    #expect(finding.groups == ["same", "same", "wide", "wide"])
    for measure in finding.measures {
      let separation = try #require(measure.separation)
      let sign = measure.kind == .distance ? 0.0 : 1
      let distance = { (i: Int, j: Int) in abs(sign - measure.matrix[i][j]) }
      #expect(abs(separation.within - (distance(0, 1) + distance(2, 3)) / 2) < 1e-12)
      #expect(
        abs(separation.between - (distance(0, 2) + distance(0, 3) + distance(1, 2) + distance(1, 3)) / 4) < 1e-12)
      #expect(measure.placement.x.count == 4 && measure.placement.stress < 0.5)
    }
    // To what whitens, the stretched cloud is one of the first group.
    #expect(finding.measures[1].separation.map { $0.silhouettes[2] < -0.99 } == true)
    #expect(finding.exhibits.map(\.name) == ["distances", "similarities", "embedding", "separation", "pairs"])
  }

  @Test func saysWhatIsWrongWithParameters() {
    let cases: [(WrittenValue, String)] = [
      (["names": ["a", ""]], "'names' is empty for a system; it must be a name for each"),
      (["permutations": 0], "'permutations' is 0; it must be from 1 to 100000"),
      (["measures": []], "'measures' is empty; it must be left out, or name one at least"),
      (["measures": ["cka", "cka"]], "'measures' is 'cka' twice; it must be a list of different measures"),
      (["measures": ["ckaa"]], "'measures.0' is 'ckaa', which is not one of its choices | did you mean 'cka'?"),
      (["subsample": 0], "'subsample' is 0; it must be from 1 to 10000"),
      (["regularization": []], "'regularization' is empty; it must be a list of numbers from 0 to 1"),
      (["regularization": [0, 2]], "'regularization' is 2.0; it must be from 0 to 1"),
      (["regularization": [0.5, 0.5]], "'regularization' is 0.5 twice; it must be a list of different numbers"),
      (["explained": 0], "'explained' is 0.0; it must be above 0 and at most 1"),
      (["neighbours": 0], "'neighbours' is 0; it must be from 1 to 1000"),
    ]
    for (written, message) in cases {
      #expect(GeometricSimilarity.refusal((["recordings": ["a", "b"]] as WrittenValue).with(written)) == message)
    }
  }
}

extension TestBench {
  /// A bench with nothing but one array more than a few others.
  fileprivate func with(_ name: String, _ array: NDArray<Double>) -> TestBench {
    var all = ["trials", "runs/cloud.npy", "few"].reduce(into: [String: NDArray<Double>]()) { found, name in
      found[name] = try? self.array(.init(name))
    }
    all[name] = array
    return TestBench(arrays: all)
  }
}
