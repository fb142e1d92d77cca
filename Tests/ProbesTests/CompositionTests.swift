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
      "beyond": NDArray(shape: [144, 2], values: DrawnImages.lattice().values.dropLast(2) + [12, 3]),
      "far": NDArray(shape: [144, 2], values: DrawnImages.lattice().values.dropLast(2) + [1e18, 3]),
      "thin": NDArray(shape: [2, 2, 5], repeating: 1),
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
    // What is wrong is six pixels off, which is half of the side.
    #expect(try Self.finding(["tolerance": 5.9]).joint == 0.75)
    let centroid = try Self.finding(["decoder": "centroid"])
    #expect(centroid.joint == bumps.runs[0].jointByOther && centroid.runs[0].jointByOther == bumps.joint)
    #expect(centroid.joint == 0.75 && (centroid.runs[0].decoderDifference ?? 1) < 0.2)
    #expect(bumps.runs[0].templateError < 1e-6)
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

  /// Runs of two seeds: shares wrong by size, seed by seed.
  private static func seeds(_ wrong: [(size: Int, first: Double, second: Double)]) throws -> CompositionFinding {
    var arrays = ["asked": DrawnImages.lattice()]
    var images: [WrittenValue] = []
    for seed in [1, 2] {
      for each in wrong {
        let name = "seed-\(seed)-size-\(each.size).npz"
        arrays["\(name):images"] = DrawnImages.bumps(wrong: seed == 1 ? each.first : each.second)
        arrays["\(name):trained"] = NDArray(
          shape: [each.size, 2], values: (0..<each.size).flatMap { [Double($0 % 12), Double($0 / 12)] })
        images.append(WrittenValue(.text("\(name):images")))
      }
    }
    let groups = images.map { _ in WrittenValue(.text("bumps")) }
    return try Composition.finding(
      [
        "images": WrittenValue(.list(images)), "conditions": "asked", "trained": ":trained",
        "groups": WrittenValue(.list(groups)), "draws": 100,
      ], on: TestBench(arrays: arrays))
  }

  @Test func seedsAreOneSettingWithItsRangeAndInterval() throws {
    let found = try Self.seeds([(8, 0.9, 0.7), (16, 0.5, 0.3), (32, 0.1, 0)])
    let need = try #require(found.needs.first)
    #expect(need.sizes == [8, 16, 32] && need.sizesBySeed.count == 2 && need.censoredCount == 0)
    #expect(abs(need.joint[0].mean - 0.2) < 0.01 && need.joint[0].most - need.joint[0].least > 0.15)
    // The interval is over both seeds: wider than that of one.
    let one = found.runs[0].score.joint
    #expect(need.joint[0].upper - need.joint[0].lower > one.upper - one.lower)
    let (size, lower, upper) = (try #require(need.size), try #require(need.lower), try #require(need.upper))
    #expect(lower < size && size < upper && need.sizesBySeed.min() ?? 0 < size && size < need.sizesBySeed.max() ?? 0)
    #expect(found.growth.isEmpty && found.exhibits.map(\.name).contains("data"))
  }

  @Test func needsThatAreNotKnownAreSaidToBeAndBendNoLaw() throws {
    let early = try Self.seeds([(8, 0.3, 0.7), (16, 0.1, 0.2), (32, 0, 0)])
    #expect(early.needs[0].censoredCount == 1 && early.needs[0].sizesBySeed.count == 1)
    let never = try Self.seeds([(8, 0.9, 0.9), (16, 0.7, 0.6), (32, 0.5, 0.45)])
    #expect(never.needs[0].words == "> 32" && never.needs[0].size == nil && never.needs[0].upper == nil)
    #expect(never.needs[0].censoredCount == 2)
    let always = try Self.seeds([(8, 0.2, 0.1), (16, 0.1, 0), (32, 0, 0)])
    #expect(always.needs[0].words == "≤ 8" && always.needs[0].lower == nil)
  }

  @Test func aWayRoundACornerTurns() throws {
    var arrays = ["asked": DrawnImages.lattice()]
    for step in 0..<9 {
      // First y is learned, then x.
      let (x, y) = (Double(max(0, step - 4)) / 4, Double(min(step, 4)) / 4)
      arrays["w-\(step):i"] = DrawnImages.learned(x: x, y: y)
    }
    let found = try Composition.finding(
      ["images": "w-*:i", "conditions": "asked", "draws": 40], on: TestBench(arrays: arrays))
    let course = try #require(found.courses.first)
    #expect(course.y[4] == 1 && course.x[4] == 0 && course.joint[4].mean == 0)
    #expect(course.turn?.step == 4 && abs((course.turn?.angle ?? 0) - 90) < 3)
    #expect((course.turn?.chance ?? 1) < 0.05)
    #expect(course.times.map(\.words)[0] != course.times.map(\.words)[1])
  }

  @Test func whatGoesRoundIsReadRound() throws {
    let places = DrawnImages.lattice()
    let round = DrawnImages.round
    let bench = TestBench(arrays: ["round": round, "asked": places])
    let written: WrittenValue = ["images": "round", "conditions": "asked", "draws": 20]
    #expect(try Composition.finding(written.with(["periodic": true]), on: bench).joint == 1)
    #expect(try Composition.finding(written, on: bench).joint < 0.9)
  }

  @Test func saysWhereTheNearestTrainingImageWouldDo() throws {
    let found = try Self.finding(["trained": "known", "nearness": 0.25, "images": "bumps"])
    // Of four columns that were not trained on, one is as near as the tolerance.
    let beyond = try #require(found.runs[0].regions.last)
    #expect(beyond.region == .extrapolated && beyond.nearest == 0.25)
    #expect(found.caveats.isEmpty)
    let wider = try Self.finding(["trained": "known", "nearness": 0.25, "tolerance": 4])
    #expect(
      wider.caveats.map(\.message) == [
        "of 'bumps', 100 % of the extrapolated conditions lie within the tolerance of one that was trained on, and would be right if that were drawn"
      ])
  }

  @Test func saysWhenShadesAreNotTheImages() throws {
    let bytes = NDArray(shape: [144, 12, 12], values: DrawnImages.bumps().values.map { 255 * $0 })
    let bench = TestBench(arrays: ["bytes": bytes, "asked": DrawnImages.lattice(), "known": DrawnImages.lattice()])
    let written: WrittenValue = ["images": "bytes", "conditions": "asked", "trained": "known", "draws": 20]
    let wrong = try Composition.finding(written, on: bench)
    #expect(
      wrong.caveats.first { $0.name == "shades" }?.message
        == "pixels of 'bytes' go from 0 to 255, which is not what images between background 1 and peak 0 look like")
    #expect(try Composition.finding(written.with(["background": 255]), on: bench).caveats.isEmpty)
    let low = try Self.finding(["background": 255])
    #expect(low.caveats.map(\.name).contains("shades"))
  }

  @Test func severalNetworksWithSeveralImagesEach() throws {
    let found = try Composition.finding(
      [
        "network": ["drawer", "drawer"], "groups": ["a", "b"], "grid": [[4, 11, 2], [4, 11, 2]], "count": 3,
        "predicts": "noise", "process": "ddpm", "peak": -1, "sampler": ["kind": "ddim", "steps": 6],
        "precision": "float32", "draws": 20,
      ], on: Self.bench())
    #expect(found.runs.map(\.group) == ["a", "b"] && found.runs.allSatisfy { $0.score.count == 12 })
    // The same noise for both.
    #expect(found.runs[0].score == found.runs[1].score && found.galleries.map(\.group) == ["a", "b"])
    #expect(found.runs[0].conditions.count == 4)
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
        == "of 'half' both are right in 0.5, more than the product 0.25 of the shares of x and y: they fail together, or some conditions are harder than others"
    )
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
      (
        ["trained": "stripes"],
        "'trained' is without a row of which both features lie within images of 12 × 12 pixels; it must be with one at least"
      ),
      (["conditions": "beyond"], "'conditions' is (12, 3) in row 143; it must be within images of 12 × 12 pixels"),
      (["conditions": "far"], "array 'far' is 144×2; it must be places in pixels, within 1000 of the first"),
      (["tolerance": 6], "'tolerance' is 6.0; it must be below half of a side, which is 6 pixels"),
      (["width": 7], "width is 7; it must be at most half of a side, 6.0"),
      (
        ["images": "thin", "conditions": "few"], "array 'thin' is 2×2×5; it must be images from 3 to 512 pixels a side"
      ),
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
      (["width": 0], "'width' is 0.0; it must be from 0.1 to 1000"),
      (["tolerance": 0], "'tolerance' is 0.0; it must be above 0, and at most 1000"),
      (["nearness": 1e9], "'nearness' is 1000000000.0; it must be above 0, and at most 1000"),
      (["sampler": "heun"], "'sampler' is given; it must be left out where no network is run"),
      (["precision": "float32"], "'precision' is given; it must be left out where no network is run"),
      (
        ["background": 1e308, "peak": -1e308],
        "'peak' is -1e+308; it must be apart from 'background', which is 1e+308, but not by 1e9"
      ),
      (["likeness": 1], "'likeness' is 1.0; it must be above 0 and below 1"),
      (["peak": 1], "'peak' is 1.0; it must be apart from 'background', which is 1, but not by 1e9"),
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
        "'grid' is [3, 1, 2] for a feature; it must be [from, to, count] with from below to, both within 1000 pixels, and a count from 2 to 1000"
      ),
      (["grid": [[0, 1, 1000], [0, 1, 1000]]], "'grid' is of 1000000 conditions; it must be of at most 100000"),
      (["conditions": ":asked"], "'conditions' is ':asked'; it must be a source, as there is no file of images"),
      (["conditions": "few", "condition": "z"], "unknown input 'z'"),
      (["conditions": "few", "count": 1_000_000], "'count' is 1000000; it must be from 1 to 100000"),
      (
        ["conditions": "asked", "count": 100_000, "predicts": "noise", "process": "ddpm"],
        "'count' is 100000; it must be so that all images have at most 50000000 pixels together"
      ),
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
