import Diagnostics
import Exhibits
import Foundation
import LinearAlgebra
import Networks
import Probes
import Probing
import Testing

@Suite struct IntrinsicDimensionTests {
  private static func finding(
    _ arrays: [String: NDArray<Double>], _ written: WrittenValue
  ) throws -> IntrinsicDimensionFinding {
    try IntrinsicDimension.finding(written, on: TestBench(arrays: arrays))
  }

  /// A path that winds around a torus and never comes back.
  private static func windings(_ samples: Int, trials: Int = 1) -> NDArray<Double> {
    let values = (0..<(trials * samples)).flatMap { index -> [Double] in
      let time = 0.02 * Double(index % samples) + 100 * Double(index / samples)
      return [cos(time), sin(time), cos(1.618 * time), sin(1.618 * time)]
    }
    return NDArray(shape: trials > 1 ? [trials, samples, 4] : [samples, 4], values: values)
  }

  @Test func measuresASphere() throws {
    let finding = try Self.finding(
      ["sphere": KnownShapes.sphere(1500, dimension: 3)], ["points": "sphere", "halvings": 2])
    #expect(finding.methods.count == 5 && finding.clouds.count == 1)
    let cloud = finding.clouds[0]
    #expect(cloud.pointCount == 1500 && cloud.coordinateCount == 4 && cloud.window == 0)
    #expect(isClose(finding.participationRatio, 4, within: 0.02))
    for value in [finding.twoNeighbours, finding.likelihood, finding.localComponents, finding.correlation] {
      #expect(isClose(value, 3, within: 0.12))
    }
    for estimate in cloud.estimates {
      #expect(estimate.lower <= estimate.value && estimate.value <= estimate.upper && estimate.scale > 0)
      #expect(estimate.curve.map(\.pointCount) == [1500, 750, 375] && estimate.curve[0].value == estimate.value)
    }
    #expect(cloud.explained.count == 4 && abs((cloud.explained.last ?? 0) - 1) < 1e-9)
    #expect(finding.caveats.isEmpty)
  }

  @Test func knowsTheDimensionOfAPathByItsWindow() throws {
    let arrays = ["path": try RecordedSystems.simulated(.lorenz, samples: 3000, every: 0.005)]
    let written: WrittenValue = ["methods": ["likelihood"], "halvings": 0]
    let along = try Self.finding(arrays, written.with(["points": "path"]))
    #expect(along.caveats.map(\.name).contains("path") && along.clouds[0].window == 0)
    // Across its turns there are 2.06 dimensions; what is near along the path makes them fewer.
    let across = try Self.finding(arrays, written.with(["recordings": "path"]))
    #expect(isClose(across.likelihood, 2.06, within: 0.25) && across.clouds[0].window > 10)
    #expect((across.likelihood ?? 0) > (along.likelihood ?? .infinity) + 0.2)
    #expect(!across.caveats.map(\.name).contains("path"))
    let given = try Self.finding(arrays, written.with(["recordings": "path", "window": 60]))
    #expect(given.clouds[0].window == 60)
  }

  @Test func statesOfOtherTrialsAreNeighboursWhateverTheWindow() throws {
    // Thirty trials, of which each is within its window throughout.
    let finding = try Self.finding(
      ["trials": Self.windings(20, trials: 30)],
      ["recordings": "trials", "window": 20, "methods": ["two-neighbours", "likelihood"], "halvings": 0])
    #expect(finding.clouds[0].pointCount == 600 && finding.clouds[0].estimates.count == 2)
  }

  @Test func comparesCloudsInOneFigure() throws {
    let finding = try Self.finding(
      ["ring": KnownShapes.ring(200), "ball": KnownShapes.noise(300, 3)],
      [
        "points": ["ring", "ball"], "recordings": "ball", "names": ["a", "b", "c"], "groups": ["x", "y", "y"],
        "halvings": 1,
      ])
    #expect(finding.clouds.map(\.name) == ["a", "b", "c"] && finding.clouds.map(\.group) == ["x", "y", "y"])
    #expect(finding.twoNeighbours == finding.clouds[0].estimates.first { $0.method == .twoNeighbours }?.value)
    let table = try #require(finding.exhibits.first { $0.name == "estimates" })
    guard case .table(let content) = table.content else { return }
    #expect(content.columns.map(\.heading) == ["cloud", "method", "dimension", "from", "to", "scale", "points"])
    #expect(content.rowCount == 15)
    #expect(!finding.exhibits.map(\.name).contains("summary"))
  }

  @Test func manyCloudsStandSideBySide() throws {
    let arrays = Dictionary(uniqueKeysWithValues: (1...10).map { ("c\($0)", KnownShapes.ring(40, seed: UInt64($0))) })
    let finding = try Self.finding(
      arrays,
      ["points": .init(.list((1...10).map { .init(.text("c\($0)")) })), "halvings": 0, "methods": ["likelihood"]])
    for exhibit in finding.exhibits { checkExhibit(exhibit) }
    guard case .figure(let figure) = finding.exhibits[0].content else { return }
    #expect(figure.panels[0].x.categories?.count == 10)
  }

  @Test func doubtsWhatPointsCannotTell() throws {
    let grid = KnownShapes.array(225) { [Double($0 / 15), Double($0 % 15)] }
    let doubled = KnownShapes.ring(120).values + KnownShapes.ring(120).values.prefix(10)
    var random = SeededGenerator(seed: 4)
    let rough = KnownShapes.array(2000) { index in
      let angle = 2 * Double.pi * random.uniform(0..<1)
      return [cos(angle), sin(angle)] + random.gaussians(6).map { 0.02 * $0 }
    }
    let finding = try Self.finding(
      [
        "grid": grid, "doubled": NDArray(shape: [125, 2], values: doubled), "wide": KnownShapes.noise(100, 12),
        "rough": rough,
      ], ["points": ["grid", "doubled", "wide", "rough"], "count": 1000])
    func said(_ name: String) -> [String] { finding.caveats.filter { $0.name == name }.map(\.message) }
    #expect(
      said("ties") == [
        "'grid': 100 % of points have two neighbours equally far, as points on a grid or rounded ones have: estimates by two neighbours are too high"
      ])
    #expect(
      said("undefined").first?.hasPrefix("'grid': two neighbours is left out: every point's neighbours are ") == true)
    #expect(said("copies") == ["'doubled': 5 points of 125 are copies of others and were left out"])
    #expect(
      said("few-points") == [
        "'doubled': 120 points: neighbours are far, and intervals do not tell all there is to doubt",
        "'wide': 100 points: neighbours are far, and intervals do not tell all there is to doubt",
      ])
    #expect(
      said("too-few-points").first?.hasSuffix(
        ": 100 points show about 4 dimensions by distances, and more come out too low") == true)
    #expect(said("thinned") == ["'rough': 1000 of 2000 points were looked at, evenly along the rows"])
    let falls = try #require(said("falls-with-scale").first { $0.hasPrefix("'rough': ") })
    #expect(falls.hasSuffix(": noise on the small scale, or too few points on the large one"))
    #expect(said("estimates-differ").allSatisfy { $0.hasSuffix(": the dimension depends on the scale") })
  }

  @Test func saysThatRowsFollowEachOther() throws {
    let finding = try Self.finding(
      ["path": Self.windings(400)], ["points": "path", "methods": ["likelihood"], "halvings": 0])
    #expect(
      finding.caveats.first { $0.name == "path" }?.message.hasSuffix(
        "% of points: they seem to follow each other along a path, whose dimension is 1; give them as 'recordings', or a 'window'"
      ) == true)
  }

  @Test func scaleAndSourceDoNotMatter() throws {
    let ring = KnownShapes.ring(150)
    let large = NDArray(shape: ring.shape, values: ring.values.map { 0x1p300 * $0 })
    let found = try ["small", "large"].map {
      try Self.finding(["small": ring, "large": large], ["points": .init(.text($0)), "halvings": 0])
    }
    #expect(isClose(found[0].twoNeighbours, found[1].twoNeighbours ?? 0))
    #expect(isClose(found[0].correlation, found[1].correlation ?? 0))
    #expect(isClose(found[0].participationRatio, found[1].participationRatio ?? 0))
    let stretched = NDArray(
      shape: ring.shape, values: ring.values.enumerated().map { $0.offset % 2 == 0 ? 100 * $0.element : $0.element })
    let even = try Self.finding(["ring": stretched], ["points": "ring", "scaling": "z-score", "halvings": 0])
    #expect(isClose(even.participationRatio, 2, within: 0.05))
  }

  @Test func refusesWhatIsNoCloudInWords() {
    var gap = KnownShapes.noise(50)
    gap.values[7] = .nan
    let bench = TestBench(arrays: [
      "still": NDArray(shape: [50, 3], values: Array(repeating: 0.1, count: 150)), "gap": gap,
      "few": KnownShapes.noise(6), "empty": NDArray(shape: [0, 3], values: []),
      "copied": NDArray(shape: [60, 2], values: (0..<60).flatMap { [Double($0 % 4), 1] }),
      "huge": NDArray(shape: [40, 1], values: (0..<40).map { 1e200 * Double($0) }), "ring": KnownShapes.ring(100),
    ])
    let said = ["still", "gap", "few", "empty", "copied", "huge"].map {
      IntrinsicDimension.refusal(["points": .init(.text($0))], on: bench)
    }
    #expect(
      said == [
        "cloud 'still': all 50 points are the same; they have no dimension | check that points run along the rows and coordinates along the columns",
        "array 'gap' has 1 NaN or infinite value; every value must be finite",
        "cloud 'few': 6 of 6 points are distinct; at least 20 are needed | take more points, or a shorter Theiler window",
        "array 'empty' is 0×3; it must be points × coordinates, with at least one point",
        "cloud 'copied': 4 of 60 points are distinct; at least 20 are needed | take more points, or a shorter Theiler window",
        "cloud 'huge': the largest value is 3.9e+201; it must be from 1e-140 to 1e+140, so that squares of values are numbers | record in another unit",
      ])
    #expect(
      IntrinsicDimension.refusal(["recordings": "gap"], on: bench)
        == "recording 'gap': sample 2 of unit '2' in trial '1' is nan; every value must be a finite number | cut the gap out, or fill it, before the recording is saved"
    )
    #expect(
      IntrinsicDimension.refusal(["points": "ring", "names": ["a", "b"]], on: bench)
        == "'names' is 2 long; it must be 1 long, one for each cloud")
    #expect(
      IntrinsicDimension.refusal(["recordings": "ring", "window": 99, "methods": ["two-neighbours"]], on: bench)
        == "cloud 'ring': points beyond the Theiler window of 99: 0 given; at least 2 are needed")
    #expect(
      IntrinsicDimension.refusal(["points": "rong"], on: bench)
        == "source 'rong' is neither a cell nor a file | did you mean 'ring'?")
  }

  @Test func saysWhatIsWrongWithParameters() {
    let cases: [(WrittenValue, String)] = [
      (["points": ""], "'points' is missing: name files or source cells of points × coordinates, or 'recordings'"),
      (["recordings": ""], "'recordings' is missing: name recording sources or files of trajectories"),
      (["names": ""], "'names' is empty for a cloud; it must be a name for each"),
      (["subsample": 0], "'subsample' is 0; it must be from 1 to 10000"),
      (["methods": []], "'methods' is empty; it must be left out, or name one at least"),
      (
        ["methods": ["likelihood", "likelihood"]],
        "'methods' is 'likelihood' twice; it must be a list of different methods"
      ),
      (["count": 19], "'count' is 19; it must be from 20 to 50000"),
      (["window": -1], "'window' is -1; it must be from 0 to 100000"),
      (["halvings": 13], "'halvings' is 13; it must be from 0 to 12"),
    ]
    for (written, message) in cases {
      #expect(IntrinsicDimension.refusal((["points": "a"] as WrittenValue).with(written)) == message)
    }
  }
}
