import Analysis
import Diagnostics
import Foundation
import LinearAlgebra
import Networks
import Probes
import Probing
import Testing

@Suite struct CompositionTests {
  private static func bench() throws -> TestBench {
    var arrays: [String: NDArray<Double>] = [
      "bumps": DrawnImages.bumps(), "asked": DrawnImages.lattice(), "crossed": DrawnImages.crossed,
      "known": DrawnImages.lattice(from: 4), "few": NDArray(shape: [2, 2], values: [1, 1, 2, 2]),
      "stripes": NDArray(shape: [2, 2], values: [1, -3, 2, 20]),
      "row": NDArray(shape: [4], values: [1, 2, 3, 4]), "triples": NDArray(shape: [144, 3], repeating: 1),
      "damaged": NDArray(shape: [1, 3, 3], values: [0, 0, 0, 0, .nan, 0, 0, 0, 0]),
      "unknown": NDArray(shape: [1, 2], values: [.infinity, 0]),
      "colours": NDArray(shape: [144, 3, 12, 12], repeating: 0),
    ]
    for (step, wrong) in [("0", 1.0), ("100", 0.9), ("200", 0.3), ("300", 0.05), ("400", 0)] {
      arrays["step-\(step).npz:images"] = DrawnImages.bumps(wrong: wrong)
      arrays["step-\(step).npz:conditions"] = DrawnImages.lattice()
    }
    for (side, size, wrong) in [(8, 8, 0.7), (8, 32, 0.1), (16, 32, 0.7), (16, 128, 0.1)] {
      let name = "side-\(side)-size-\(size).npz"
      arrays["\(name):images"] = DrawnImages.bumps(side: side, wrong: wrong)
      arrays["\(name):conditions"] = DrawnImages.lattice(side: side)
      arrays["\(name):trained"] = NDArray(
        shape: [size, 2], values: (0..<size).flatMap { [Double($0 % side), Double($0 / side % side)] })
    }
    return TestBench(
      networks: [
        "drawer": try DrawnImages.network("bumps-bounded-step-1500"), "three": try TestFiles.fixture("three"),
      ],
      arrays: arrays)
  }

  private static let written: WrittenValue = ["images": "bumps", "conditions": "asked", "draws": 40]

  private static func finding(_ changes: WrittenValue = [:]) throws -> CompositionFinding {
    try Composition.finding(written.with(changes), on: bench())
  }

  @Test func findsWhatIsWrongInEachFeature() throws {
    let bumps = try Self.finding()
    #expect(bumps.joint == 0.75 && bumps.features == [0.75, 1] && abs(bumps.synergy) < 1e-12)
    #expect(bumps.medianError < 1e-6 && bumps.seen == nil && bumps.runs[0].regions.isEmpty)
    let outcomes = bumps.runs[0].outcomes
    #expect(outcomes.right == 0.75 && outcomes.misplaced == 0.25 && outcomes.several == 0 && outcomes.none == 0)
    #expect(bumps.caveats.map(\.name) == ["no-regions"])
    #expect(bumps.exhibits.map(\.name) == ["samples", "map", "regions", "scores", "summary"])
    let sums = try Self.finding(["images": "crossed", "feature": "sums"])
    #expect(sums.features == [0.75, 0.5] && sums.joint == 0.375 && sums.product == 0.375 && sums.synergy == 0)
    #expect(sums.runs[0].outcomes.misplaced == 0.625)
    let wide = try Self.finding(["tolerance": 6])
    #expect(wide.joint == 1)
    #expect(try Self.finding(["decoder": "centroid"]).joint > 0.6)
  }

  @Test func tellsRegionsApart() throws {
    let found = try Self.finding(["trained": "known", "nearness": 0.9])
    #expect(found.runs[0].regions.map(\.region) == [.seen, .extrapolated])
    #expect(found.runs[0].regions.map(\.score.count) == [96, 48])
    #expect(found.runs[0].dataSize == 96 && found.seen != nil && found.extrapolated != nil && found.composed == nil)
    #expect(found.runs[0].conditions.count { $0.region == .extrapolated } == 48)
    let diagonal = try Self.finding(["trained": "few", "nearness": 0.9])
    #expect(diagonal.runs[0].regions.map(\.region) == [.seen, .composed, .extrapolated])
    #expect(diagonal.runs[0].regions.map(\.score.count) == [2, 2, 140])
  }

  @Test func followsTraining() throws {
    let found = try Self.finding(["images": "step-*.npz:images", "conditions": ":conditions", "learned": 0.8])
    #expect(
      found.runs.map(\.step) == [0, 100, 200, 300, 400] && found.runs.allSatisfy { $0.group == found.runs[0].group })
    #expect(found.joint == 1 && found.courses.count == 1)
    let course = try #require(found.courses.first)
    #expect(course.steps == [0, 100, 200, 300, 400] && course.joint[0].mean == 0 && course.y == [1, 1, 1, 1, 1])
    #expect(course.mean[0] == 0.5 && zip(course.product, course.joint).allSatisfy { abs($0 - $1.mean) < 1e-12 })
    // x crosses 0.8 between 0.701 and 0.951; y was right from the start.
    #expect(course.times.map(\.what) == ["x", "y", "both"] && course.times[1].words == "≤ 0")
    #expect(course.times[1].step == nil && abs((course.times[0].step ?? 0) - 240) < 3)
    #expect(course.times[2].step == course.times[0].step && course.times[2].learnedCount == 1)
    let late = try Self.finding([
      "images": "step-*.npz:images", "conditions": ":conditions", "consecutive": 3, "learned": 0.9,
    ])
    #expect(late.courses[0].times[0].words == "> 200" && late.courses[0].times[0].learnedCount == 0)
    #expect(
      found.exhibits.map(\.name) == [
        "samples", "map", "regions", "course", "concepts", "outcomes", "scores", "times", "summary",
      ])
  }

  @Test func findsHowTheNeedOfDataGrows() throws {
    let found = try Self.finding([
      "images": [
        "side-8-size-8.npz:images", "side-8-size-32.npz:images", "side-16-size-32.npz:images",
        "side-16-size-128.npz:images",
      ], "conditions": ":conditions", "trained": ":trained", "groups": ["bumps", "bumps", "bumps", "bumps"],
      "enough": 0.6,
    ])
    #expect(found.needs.map(\.side) == [8, 16] && found.needs.map(\.sizes) == [[8, 32], [32, 128]])
    // Four times as many for twice the side.
    #expect(abs(found.growth[0].exponent - 2) < 0.05 && found.growth[0].standardError == nil)
    #expect(found.needs.allSatisfy { $0.sizesBySeed.count == 1 && $0.size == $0.sizesBySeed[0] })
    #expect(found.exhibits.map(\.name).contains("needs") && found.exhibits.map(\.name).contains("data"))
    let hard = try Self.finding([
      "images": ["side-8-size-8.npz:images", "side-8-size-32.npz:images"], "conditions": ":conditions",
      "trained": ":trained", "groups": ["bumps", "bumps"], "enough": 0.95,
    ])
    #expect(hard.needs[0].words == "> 32" && hard.needs[0].size == nil && hard.growth.isEmpty)
  }

  @Test func aTrainedNetworkDrawsWhatItIsAskedFor() throws {
    let written: WrittenValue = [
      "network": "drawer", "grid": [[3, 12, 4], [2.5, 11, 3]], "predicts": "noise", "process": "ddpm", "peak": -1,
      "sampler": ["kind": "ddim", "steps": 8], "precision": "float32", "draws": 20,
    ]
    let found = try Composition.finding(written, on: Self.bench())
    #expect(found.joint == 1 && found.medianError < 0.5 && found.runs[0].rowCount == 16)
    #expect(found.sampler == "DDIM, 8 steps, η = 0" && found.galleries[0].conditions.count == 12)
    #expect(found.caveats.map(\.name) == ["few-images", "no-regions"])
  }

  @Test func saysWhereFeaturesFailTogether() throws {
    // Where everything is empty in half of the images, x and y fail at once.
    let half = NDArray(
      shape: [144, 12, 12],
      values: DrawnImages.bumps(wrong: 0).values.enumerated().map { $0 / 144 % 2 == 0 ? 1 : $1 })
    let found = try Composition.finding(
      Self.written.with(["images": "half"]), on: TestBench(arrays: ["half": half, "asked": DrawnImages.lattice()]))
    #expect(found.joint == 0.5 && found.product == 0.25 && found.runs[0].outcomes.none == 0.5)
    #expect(
      found.caveats.first { $0.name == "not-independent" }?.message
        == "x and y fail together: of 'half' both are right in 0.5, not in 0.25 as by chance")
  }

  @Test(
    arguments: [
      (["images": "nowhere"], "source 'nowhere' is neither a cell nor a file"),
      (["images": "row"], "array 'row' is 4; it must be images × rows × columns, of one channel"),
      (["images": "colours"], "array 'colours' is 144×3×12×12; it must be images × rows × columns, of one channel"),
      (["images": "damaged"], "array 'damaged' has 1 NaN or infinite value; every value must be finite"),
      (
        ["conditions": "few"],
        "array 'bumps' is 144×12×12; it must be as many images as there are conditions, which are 2"
      ),
      (["conditions": "triples"], "array 'triples' is 144×3; it must be rows (x, y), with at least one row"),
      (["trained": "unknown"], "array 'unknown' has 1 NaN or infinite value; every value must be finite"),
      (["trained": "stripes"], "training conditions with both features: 0 given; at least 1 are needed"),
      (
        ["conditions": ["asked", "asked"]],
        "'conditions' is 2 long; it must be one, or 1 long, one for each of 'images'"
      ),
      (["groups": ["a", "b"]], "'groups' is 2 long; it must be 1 long, one for each system"),
    ] as [(WrittenValue, String)])
  func refusesSourcesInWords(changes: WrittenValue, message: String) throws {
    #expect(Composition.refusal(Self.written.with(changes), on: try Self.bench()) == message)
  }

  @Test(
    arguments: [
      (["images": ""], "'images' is missing: name an array of images × rows × columns"),
      (["network": "drawer"], "'images' is given beside 'network'; it must be left out where networks are run"),
      (["conditions": []], "'conditions' is missing: name an array with a row (x, y) for every image"),
      (
        ["conditions": ":asked"],
        "'images' is without the name of an array; it must be as in 'made.npz:images' where others lie beside"
      ),
      (["grid": [[0, 1, 2], [0, 1, 2]]], "'grid' is given; it must be left out where no network is run"),
      (["count": 2], "'count' is given; it must be left out where no network is run"),
      (["width": 0], "'width' is 0.0; it must be above 0 and finite"),
      (["likeness": 1], "'likeness' is 1.0; it must be above 0 and below 1"),
      (["peak": 1], "'peak' is 1.0; it must be finite, and another than 'background'"),
      (["consecutive": 0], "'consecutive' is 0; it must be from 1 to 1000"),
      (["shown": 0], "'shown' is 0; it must be from 1 to 100"),
      (["draws": 2], "'draws' is 2; it must be from 20 to 10000"),
      (["smoothing": -1], "'smoothing' is -1.0; it must be from 0 to 100"),
      (["feature": "discs"], "'feature' is 'discs', which is not one of its choices | use one of 'bumps', 'sums'"),
    ] as [(WrittenValue, String)])
  func refusesParametersInWords(changes: WrittenValue, message: String) throws {
    #expect(Composition.refusal(Self.written.with(changes), on: try Self.bench()) == message)
  }

  @Test(
    arguments: [
      ([:], "'conditions' is left out; it must be given, or 'grid', but not both"),
      (["grid": [[0, 1, 2]]], "'grid' is of 1; it must be of two features, x and y"),
      (
        ["grid": [[0, 1, 2], [3, 1, 2]]],
        "'grid' is [3, 1, 2] for a feature; it must be [from, to, count] with from below to and a count from 2 to 1000"
      ),
      (["grid": [[0, 1, 1000], [0, 1, 1000]]], "'grid' is of 1000000 conditions; it must be of at most 100000"),
      (["conditions": ":asked"], "'conditions' is ':asked'; it must be a source, as there is no file of images"),
      (["conditions": "few", "condition": "z"], "unknown input 'z'"),
      (
        ["conditions": "few", "process": "ddpm"],
        "'predicts' is missing: say what the network predicts: noise, x0, v, score, edm or flow"
      ),
    ] as [(WrittenValue, String)])
  func refusesNetworksInWords(changes: WrittenValue, message: String) throws {
    let written: WrittenValue = ["network": "drawer"]
    let found = Composition.refusal(written.with(changes), on: try Self.bench())
    #expect(found?.hasPrefix(message) == true, "\(found ?? "nothing")")
  }

  @Test func wantsToKnowWhichInputTakesPlaces() throws {
    let written: WrittenValue = ["network": "three", "conditions": "few", "predicts": "noise", "process": "ve"]
    #expect(
      Composition.refusal(written, on: try Self.bench())
        == "'condition' is missing: name the input of 'three' that takes (x, y): 0 take two numbers")
  }
}
