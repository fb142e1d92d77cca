import Checkpoints
import Diagnostics
import Exhibits
import Foundation
import LinearAlgebra
import Networks
import Probes
import Probing
import Testing

@Suite struct FactorizationTests {
  private static var bench: TestBench {
    TestBench(arrays: [
      "circles": KnownCodes.circles(8, 8), "labels": KnownCodes.labels(8, 8),
      "joint": NDArray(shape: [64, 64], values: Matrix<Double>.identity(64).entries),
      "still": NDArray(shape: [64, 3], repeating: 2), "short": KnownCodes.circles(7, 8),
      "empty": .init(shape: [0, 4], values: []),
      "damaged": NDArray(shape: [64, 1], values: (0..<64).map { $0 == 9 ? .nan : Double($0) }),
      "unlabelled": NDArray(shape: [64, 2], values: (0..<128).map { $0 == 9 ? .infinity : Double($0) }),
      "one": NDArray(shape: [64, 2], values: (0..<64).flatMap { [Double($0), 1] }),
      "row": NDArray(shape: [64], values: (0..<64).map { Double($0) }),
      "few": NDArray(shape: [4, 2], values: [0, 0, 0, 1, 1, 0, 1, 1]),
      "four": NDArray(shape: [4, 1], values: [1, 2, 3, 4]),
      "scattered": KnownCodes.scattered, "scattered-code": KnownCodes.scatteredCode,
      "half": NDArray(shape: [64, 2], values: (0..<64).flatMap { [Double($0 / 8), Double($0 % 8)] }),
      "twice": NDArray(shape: [128, 2], values: KnownCodes.labels(8, 8).values + KnownCodes.labels(8, 8).values),
      "circles-twice": NDArray(
        shape: [128, 6], values: KnownCodes.circles(8, 8).values + KnownCodes.circles(8, 8).values),
    ])
  }
  private static let written: WrittenValue = [
    "activations": "circles", "factors": "labels", "periodic": [8, 8], "draws": 20,
  ]

  private static func finding(_ changes: WrittenValue = [:]) throws -> FactorizationFinding {
    try Factorization.finding(written.with(changes), on: bench)
  }

  @Test func findsTwoCirclesApart() throws {
    let found = try Self.finding()
    #expect(found.verdict == .factorised && found.verdictSupport == 1)
    #expect(abs(found.additiveR2 - 1) < 1e-9 && found.subspaceOverlap < 1e-9)
    #expect(found.parallelism.allSatisfy { abs($0 - 1) < 1e-9 } && found.separability.allSatisfy { $0 > 0.999 })
    #expect(found.references.map(\.code) == [.factorised, .hyperFactorised, .entangled, .entangled, .conjunctive])
    #expect(
      found.references[0].name == "Clifford torus" && found.references[3].name == "3-D torus, factor 2 the long way")
    #expect(abs(found.references[0].participationRatio - 4) < 1e-9)
    #expect(found.codes[0].factors.allSatisfy { ($0.determination ?? 0) > 0.99 && ($0.generalisation ?? 0) > 0.99 })
    #expect(found.conditionCount == 64 && found.sampleCount == 64 && found.isGrid && found.caveats.isEmpty)
    #expect(
      found.exhibits.map(\.name) == [
        "tangents", "spectrum", "embedding", "similarity", "measures", "factors", "codes", "summary",
      ])
    guard case .figure(let embedding)? = found.exhibits.first(where: { $0.name == "embedding" })?.content else {
      Issue.record("no embedding")
      return
    }
    #expect(embedding.panels.count == 4 && embedding.panels.allSatisfy { $0.levels?.kind == .cyclic })
  }

  @Test func namesWithSignsAreShownAsTheyAre() throws {
    let found = try Self.finding(["factorNames": ["a_1", "b*c*"]])
    guard case .figure(let tangents)? = found.exhibits.first(where: { $0.name == "tangents" })?.content else {
      Issue.record("no tangents")
      return
    }
    #expect(tangents.panels.first?.title == #"a\_1 on b\*c\*"#)
  }

  @Test func saysWhatIsDoubted() throws {
    let twice = try Self.finding(["activations": "circles-twice", "factors": "twice"])
    #expect(
      twice.caveats.map(\.message) == ["64 conditions of 64 have several samples, of which the mean is taken"])
    #expect(twice.conditionCount == 64 && twice.sampleCount == 128 && abs(twice.additiveR2 - 1) < 1e-9)
    let part = try Self.finding(["periodic": [20, 8]])
    #expect(
      part.caveats.map(\.message).first
        == "the 8 values of 'factor 1' leave a gap in its circle: the last is not taken to be followed by the first")
    let scattered = try Self.finding(["activations": "scattered-code", "factors": "scattered", "periodic": 1])
    #expect(scattered.caveats[0].name == "no-grid" && !scattered.isGrid)
    #expect(scattered.verdict == .factorised && scattered.orthogonality == nil && scattered.parallelism.isEmpty)
    #expect(!scattered.exhibits.map(\.name).contains("tangents"))
    let joint = try Self.finding(["activations": "joint"])
    #expect(joint.verdict == .conjunctive && joint.caveats.map(\.name) == [])
  }

  @Test func namesAndEndsHaveIdealsOfTheirOwn() throws {
    let cylinder = try Self.finding(["periodic": [8, 0]])
    #expect(cylinder.references[0].name == "cylinder" && cylinder.factors.map(\.kind) == [.periodic, .bounded])
    let named = try Self.finding(["categorical": ["factor 2"], "periodic": [8, "none"]])
    #expect(named.references.map(\.name) == ["closed forms apart", "a unit per value", "a unit per combination"])
    #expect(try Self.finding(["periodic": []]).references[0].name == "square")
  }

  @Test func looksInsideANetworkOverAGridAndLevels() throws {
    let bench = TestBench(
      networks: ["three": try TestFiles.fixture("three"), "image": try TestFiles.fixture("image")])
    let given: WrittenValue = ["draws": 20, "decoding": false, "network": "three"]
    let found = try Factorization.finding(
      given.with([
        "condition": "x", "inputs": ["t": [0, 2], "label": 1],
        "grid": [[0, 1, 2], [0, 1, 2], [0, 1, 3], [0, 1, 2], [0, 1, 2], [0, 1, 2]],
      ]), on: bench)
    // x, with a number added: as much a sum over factors as can be.
    #expect(found.codes.map(\.level) == [0, 2] && found.levelInput == "t" && found.codes[0].unitCount == 6)
    #expect(found.codes.allSatisfy { abs($0.additiveR2.value - 1) < 1e-9 } && found.conditionCount == 96)
    #expect(found.codes.map(\.name) == ["three t = 0", "three t = 2"])
    let course = try #require(found.exhibits.first { $0.name == "course" })
    #expect(course.caption.hasPrefix("What becomes of the measures over input t:"))
  }

  @Test func runsEveryMemberOfASeriesAndKeepsItsStep() throws {
    let network = try TestFiles.fixture("wide")
    let series = NetworkSeries(
      over: .step, members: [0, 8].map { .init(number: $0, label: "000\(Int($0))") }, weights: { _ in [] },
      functions: { _ in NetworkSource(network: network) })
    let found = try Factorization.finding(
      [
        "network": "run", "grid": [[0, 1, 3], [0, 1, 3], [0, 1, 2], [0, 1, 2]], "draws": 20, "decoding": false,
      ], on: TestBench(series: ["run": series]))
    #expect(found.codes.map(\.number) == [0, 8] && found.over == .step)
    #expect(found.codes[0].additiveR2 == found.codes[1].additiveR2)
  }

  @Test func refusesWhatItCannotMeasure() throws {
    func refusal(_ changes: WrittenValue) -> String? {
      Factorization.refusal(Self.written.with(changes), on: Self.bench)
    }
    #expect(
      refusal(["activations": "short"]) == "factors are given for 64 samples; there are activations of 56")
    #expect(
      refusal(["activations": "damaged"]) == "array 'damaged' has 1 NaN or infinite value; every value must be finite")
    #expect(
      refusal(["factors": "unlabelled"]) == "array 'unlabelled' has 1 NaN or infinite value; every value must be finite"
    )
    #expect(
      refusal(["activations": "still"])
        == "code 'still': all 64 conditions are represented alike; they have no geometry | look at another layer, or give the units that depend on the factors"
    )
    #expect(
      refusal(["factors": "one", "periodic": 0])
        == "factor 'factor 2' is 1 for every sample; it must have two values at least | leave the factor out")
    #expect(refusal(["factors": "row"]) == "array 'row' is 64; it must be samples × factors, from 2 to 20 of these")
    #expect(refusal(["activations": "empty"]) == "array 'empty' is 0×4; it must be samples × units")
    #expect(
      refusal(["activations": "four", "factors": "few"]) == "4 different conditions given; at least 6 are needed")
    #expect(refusal(["factors": ""]) == "'factors' is missing: name an array of samples × factors")
    #expect(
      refusal(["network": "circles"])
        == "'activations' is given beside 'network'; it must be left out where networks are run")
    #expect(refusal(["layer": "0"]) == "'layer' is given; it must be left out where no network is run")
    #expect(
      refusal(["periodic": [8, 8, 8]]) == "'periodic' is 3 long; it must be 2 long, one for each factor, or one for all"
    )
    #expect(refusal(["periodic": [8, -2]]) == "'periodic' is -2.0; it must be finite numbers above 0, or 0 or none")
    #expect(refusal(["factorNames": ["x"]]) == "'factorNames' is 1 long; it must be 2 long, one for each factor")
    #expect(
      refusal(["factorNames": ["x", "x"]]) == "'factorNames' is the same for two; it must be different from each other")
    #expect(
      refusal(["categorical": ["z"]])
        == "'categorical' is 'z'; it must be the name of a factor, or its position from 1")
    #expect(refusal(["names": ["a", "b"]]) == "'names' is 2 long; it must be 1 long, one for each array")
    #expect(refusal(["names": [""]]) == "'names' is empty for one of them; it must be a name for each")
    #expect(refusal(["draws": 3]) == "'draws' is 3; it must be from 20 to 10000")
  }

  @Test func refusesNetworksThatCannotTakeTheFactors() throws {
    let bench = TestBench(
      networks: ["three": try TestFiles.fixture("three"), "wide": try TestFiles.fixture("wide")],
      arrays: ["bad": NDArray(shape: [2], values: [.nan, 1])])
    func refusal(_ changes: WrittenValue) -> String? {
      let given: WrittenValue = ["network": "three", "grid": [[0, 1, 3], [0, 1, 3]], "draws": 20]
      return Factorization.refusal(given.with(changes), on: bench)
    }
    #expect(
      refusal(["inputs": ["t": 1]])
        == "'condition' is missing: name the input of 'three' that takes the factors, and give 'inputs' for the others of 'x', 'label'"
    )
    #expect(
      refusal(["inputs": ["t": 1, "label": 0]])
        == "array 'three:x' is 0×6; it must be conditions × 2, one number for each factor")
    #expect(
      refusal(["condition": "x", "inputs": ["t": 1]]) == "'inputs.label' is missing: a number, noise or a source, of …")
    #expect(refusal(["condition": "y"]) == "unknown input 'y' | use one of 'x', 't', 'label'")
    #expect(refusal(["condition": "x", "inputs": ["lable": 1]]) == "unknown input 'lable' | did you mean 'label'?")
    #expect(
      refusal(["network": "wide", "grid": [[0, 1, 3], [0, 1, 2], [0, 1, 2], [0, 1, 2]], "layer": "hidden"])?
        .hasPrefix("unknown output 'hidden'") == true)
    #expect(
      refusal(["condition": "x", "inputs": ["x": 1]])
        == "'inputs.x' is given; it must be left out, as it takes the factors")
    #expect(
      refusal(["inputs": ["t": [1, 2], "label": [0, 1]]])
        == "'inputs.t' is several numbers; it must be one number, as 'label' has several")
    #expect(
      refusal(["inputs": ["t": "bad"], "condition": "x"])
        == "array 'bad' has 1 NaN or infinite value; every value must be finite")
    #expect(
      refusal(["grid": [[0, 1, 3]]]) == "'grid' is of 1 factor; it must be of two factors at least")
    #expect(
      refusal(["grid": [[0, 1, 3], [0, 0, 3]]])
        == "'grid' is [0, 0, 3] for a factor; it must be [from, to, count] with different ends and a count from 2 to 1000"
    )
    #expect(
      refusal(["grid": [[0, 1, 100], [0, 1, 100]]])
        == "'grid' is of 10000 conditions and more; it must be of at most 3000")
    #expect(refusal(["grid": []]) == "'grid' is left out; it must be given, or 'factors', but not both")
    #expect(
      refusal(["deviation": "sigma"])
        == "'deviation' is 'sigma'; it must be a number, or one of 'inputs' that is given numbers")
    #expect(refusal(["deviation": -1]) == "'deviation' is -1.0; it must be a finite number above 0")
  }

  @Test func poolsPlacesOfChannels() {
    let array = NDArray(shape: [2, 2, 1, 3], values: (0..<12).map { Double($0) })
    #expect(ActivationPooling.flatten.matrices(of: array).map(\.entries) == [(0..<12).map { Double($0) }])
    #expect(ActivationPooling.mean.matrices(of: array).map(\.entries) == [[1, 4, 7, 10]])
    #expect(
      ActivationPooling.channels.matrices(of: array).map(\.entries) == [[0, 1, 2, 6, 7, 8], [3, 4, 5, 9, 10, 11]])
    let plain = NDArray(shape: [3, 2], values: (0..<6).map { Double($0) })
    #expect(ActivationPooling.channels.matrices(of: plain).map(\.columnCount) == [2])
  }
}
