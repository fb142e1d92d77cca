import Diagnostics
import Exhibits
import Foundation
import LinearAlgebra
import Networks
import Probing
import Testing

@testable import Probes

@Suite struct TopologyTests {
  private static func finding(
    _ shape: NDArray<Double>, _ written: WrittenValue = [:], name: String = "cloud"
  ) throws -> TopologyFinding {
    try Topology.finding(
      (["points": .init(.text(name))] as WrittenValue).with(written), on: TestBench(arrays: [name: shape]))
  }

  @Test func findsARingAndItsAngle() throws {
    let finding = try Self.finding(KnownShapes.ring(300), ["circular": true, "landmarks": 80])
    #expect(finding.bettiNumbers == [1, 1] && finding.shape == .ring && finding.prime == 47)
    let cloud = finding.clouds[0]
    #expect(cloud.pointCount == 300 && cloud.landmarkCount == 80 && cloud.coveringRadius < 0.15)
    let loop = try #require(finding.diagrams[1].bars.first)
    // A circle of radius 1 fills in at √3.
    #expect(
      abs((loop.death ?? 0) - 3.0.squareRoot()) < 0.2 && finding.diagrams[1].lives[0] > finding.diagrams[1].threshold)
    let circular = try #require(cloud.circular)
    #expect(circular.x.count == 300 && circular.loops.count == 1)
    // The angle is that around the circle, up to where it begins and which way it runs.
    let turns = circular.loops[0].turns
    let coherence =
      [1.0, -1.0].map { sign in
        let sums = turns.indices.reduce((0.0, 0.0)) { sums, index in
          let rest = 2 * Double.pi * turns[index] - sign * atan2(circular.y[index], circular.x[index])
          return (sums.0 + cos(rest), sums.1 + sin(rest))
        }
        return (sums.0 * sums.0 + sums.1 * sums.1).squareRoot() / Double(turns.count)
      }.max() ?? 0
    #expect(coherence > 0.98)
    #expect(finding.caveats.isEmpty)
  }

  @Test func findsATorusWithItsTwoAngles() throws {
    let finding = try Self.finding(
      KnownShapes.torus(11), ["dimension": 2, "circular": true, "surrogates": 8, "landmarks": 121])
    #expect(finding.bettiNumbers == [1, 2, 1] && finding.shape == .torus)
    #expect(finding.clouds[0].circular?.loops.count == 2)
    #expect(finding.exhibits.map(\.name) == ["diagram", "barcode", "betti", "circular", "summary"])
  }

  @Test func findsASphere() throws {
    let finding = try Self.finding(
      KnownShapes.sphere(1500), ["dimension": 2, "landmarks": 80, "surrogates": 10])
    #expect(finding.bettiNumbers == [1, 0, 1] && finding.shape == .sphere)
  }

  @Test func findsTwoRings() throws {
    let finding = try Self.finding(KnownShapes.twoRings(100), ["landmarks": 80])
    #expect(finding.bettiNumbers == [2, 2] && finding.shape == .rings)
    #expect(
      finding.exhibits.first { $0.name == "summary" }?.caption
        == "Found in cloud: 2 pieces and 2 loops, as 2 rings have.")
  }

  @Test func saysThatNoiseHasNone() throws {
    for seed in 1...3 {
      let finding = try Self.finding(
        KnownShapes.noise(150, seed: UInt64(seed)), ["dimension": 2, "landmarks": 50, "circular": true])
      #expect(finding.bettiNumbers == [1, 0, 0] && finding.shape == .none)
      #expect(
        finding.caveats.first { $0.name == "no-loop" }?.message
          == "no loop counts: there is nothing for circular coordinates to run along")
      #expect(
        finding.exhibits.first { $0.name == "summary" }?.caption
          == "Found in cloud: 1 piece, no loops and no hollows: nothing that a cloud without a shape would not have.")
    }
  }

  @Test func knowsShapesByTheirNumbers() {
    let shapes: [([Int], TopologyFinding.Shape)] = [
      ([1], .none), ([3], .pieces), ([1, 0], .none), ([2, 0, 0], .pieces), ([1, 1], .ring), ([1, 1, 0], .ring),
      ([3, 3], .rings), ([1, 2, 1], .torus), ([1, 0, 1], .sphere), ([1, 2], .other), ([2, 1], .other),
      ([1, 1, 1], .other),
    ]
    for (numbers, shape) in shapes { #expect(TopologyFinding.Shape(numbers) == shape, "\(numbers)") }
  }

  @Test func statesOfTrialsAreACloudToo() throws {
    // Three trials around a ring, seen by five units.
    var random = SeededGenerator(seed: 6)
    let seen = Matrix<Double>.gaussian(2, 5, using: &random)
    let values = (0..<120).flatMap { index -> [Double] in
      let angle = 2 * Double.pi * Double(index) / 120
      return seen.transposed * [cos(angle), sin(angle)]
    }
    let bench = TestBench(arrays: ["trials": NDArray(shape: [3, 40, 5], values: values)])
    let finding = try Topology.finding(["recordings": "trials", "components": 2, "landmarks": 60], on: bench)
    #expect(finding.bettiNumbers == [1, 1] && finding.clouds[0].coordinateCount == 2)
    #expect(finding.clouds[0].givenCount == 120)
  }

  @Test func comparesClouds() throws {
    let bench = TestBench(arrays: ["ring": KnownShapes.ring(120), "noise": KnownShapes.noise(120, 2)])
    let finding = try Topology.finding(
      ["points": ["ring", "noise"], "landmarks": 50, "surrogates": 10, "groups": ["a", "b"]], on: bench)
    #expect(finding.clouds.map(\.shape) == [.ring, .none] && finding.clouds.map(\.group) == ["a", "b"])
    #expect(finding.exhibits.map(\.name) == ["diagram", "barcode", "betti", "lives"])
    let caption = try #require(finding.exhibits.first { $0.name == "betti" }?.caption)
    #expect(caption.hasSuffix("; in noise: 1 piece and no loops: nothing that a cloud without a shape would not have."))
    #expect(caption.contains(" Found in ring: 1 piece and 1 loop, as a ring has; "))
  }

  @Test func diagramsStandOnEqualScales() throws {
    let finding = try Self.finding(KnownShapes.ring(100), ["landmarks": 40, "surrogates": 5])
    guard case .figure(let figure) = finding.exhibits[0].content else { return }
    let panel = figure.panels[0]
    #expect(panel.x.lower == panel.y.lower && panel.x.upper == panel.y.upper && figure.aspect == 1)
    let labels = panel.layers.map(\.label).filter { !$0.isEmpty }
    #expect(labels == ["pieces *H*_{0}", "loops *H*_{1}"])
    // One piece stays, on the line at the top.
    guard case .points(let pieces)? = panel.layers.first(where: { $0.label.hasPrefix("pieces") })?.mark else { return }
    let deaths = finding.diagrams.flatMap { $0.bars.compactMap(\.death) }
    #expect(pieces.count { $0.y > (deaths.max() ?? 0) } == 1 && pieces.count == 40)
  }

  @Test func doubtsWhatIsNotResolved() throws {
    let ring = KnownShapes.ring(60)
    let copied = NDArray(shape: [65, 2], values: ring.values + ring.values.prefix(10))
    let cut = try Self.finding(copied, ["limit": 0.5, "surrogates": 5])
    func said(_ finding: TopologyFinding, _ name: String) -> String? {
      finding.caveats.first { $0.name == name }?.message
    }
    #expect(
      said(cut, "cut-at-limit")
        == "distances end at 0.5: what lasts until there counts, however shortly it would live on")
    #expect(said(cut, "copies") == "5 points of 65 are copies of others and add nothing to the shape")
    let few = try Self.finding(ring, ["landmarks": 10, "surrogates": 5, "count": 50])
    #expect(said(few, "few-points") == "10 points: loops of few points are easily there by chance, or missed")
    #expect(said(few, "thinned") == "50 of 60 points were looked at, evenly along the rows")
    // Loops of many sizes: no life is less than half of the one before.
    let sizes = [1, 0.8, 0.65, 0.5, 0.4, 0.32]
    let chain = KnownShapes.array(240) { index in
      let angle = 2 * Double.pi * Double(index % 40) / 40
      return [4 * Double(index / 40) + sizes[index / 40] * cos(angle), sizes[index / 40] * sin(angle)]
    }
    let many = try Self.finding(chain, ["landmarks": 240, "surrogates": 5])
    let unresolved = many.caveats.filter { ["unresolved", "near-threshold"].contains($0.name) }
    #expect(many.bettiNumbers[1] == 6 || !unresolved.isEmpty)
  }

  @Test func doubtsOfManyCloudsAreToldOfAFew() {
    var doubts = CloudDoubts(ofClouds: 6)
    for name in ["a", "b", "c", "d", "e"] { doubts.add([Caveat("thinned", "few of many")], of: name) }
    doubts.add([Caveat("copies", "two are one")], of: "f")
    #expect(
      doubts.caveats.map(\.message) == [
        "'a': few of many", "'b': few of many", "'c': few of many; likewise of 2 other clouds", "'f': two are one",
      ])
    var alone = CloudDoubts(ofClouds: 1)
    alone.add([Caveat("thinned", "few of many")], of: "a")
    #expect(alone.caveats == [Caveat("thinned", "few of many")])
  }

  @Test func refusesWhatIsNoCloudInWords() {
    var gap = KnownShapes.noise(50)
    gap.values[7] = .infinity
    let bench = TestBench(arrays: [
      "still": NDArray(shape: [50, 3], values: Array(repeating: 0.1, count: 150)), "gap": gap,
      "few": KnownShapes.noise(6), "ring": KnownShapes.ring(50),
      "copied": NDArray(shape: [60, 2], values: (0..<60).flatMap { [Double($0 % 4), 1] }),
    ])
    func refusal(_ written: WrittenValue) -> String? { Topology.refusal(written, on: bench) }
    #expect(refusal(["points": "still"]) == "cloud 'still': all 50 points are the same; they have no shape")
    #expect(refusal(["points": "gap"]) == "array 'gap' has 1 NaN or infinite value; every value must be finite")
    #expect(refusal(["points": "few"]) == "cloud 'few': different points: 6 given; at least 10 are needed")
    #expect(refusal(["points": "copied"]) == "cloud 'copied': different points: 4 given; at least 10 are needed")
    #expect(
      refusal(["points": "ring", "components": 3])
        == "cloud 'ring': number of components is 3; it must be at most 2, as points have 2 coordinates")
  }

  @Test func saysWhatIsWrongWithParameters() {
    let cases: [(WrittenValue, String)] = [
      (["points": ""], "'points' is missing: name files or source cells of points × coordinates, or 'recordings'"),
      (["count": 9], "'count' is 9; it must be from 10 to 50000"),
      (["components": 0], "'components' is 0; it must be from 1 to 1000"),
      (["landmarks": 5000], "'landmarks' is 5000; it must be from 10 to 2000"),
      (
        ["landmarks": 500, "dimension": 2],
        "'landmarks' is 500; it must be from 10 to 400 where hollows are sought"
      ),
      (["dimension": 3], "'dimension' is 3; it must be from 0 to 2"),
      (["surrogates": 4], "'surrogates' is 4; it must be from 5 to 1000"),
      (["prime": 9], "'prime' is 9; it must be a prime number from 2 to 251"),
      (["limit": 0], "'limit' is 0.0; it must be a finite number above 0"),
      (
        ["circular": true, "dimension": 0],
        "'circular' is true; it must be false where 'dimension' is 0: angles run along loops"
      ),
      (
        ["circular": true, "limit": 1],
        "'limit' is given; it must be left out where 'circular' is true: loops are followed until they fill in"
      ),
      (
        ["circular": true, "prime": 2],
        "'prime' is 2; it must be 3 or more for circular coordinates, which lift to whole numbers"
      ),
    ]
    for (written, message) in cases {
      #expect(Topology.refusal((["points": "a"] as WrittenValue).with(written)) == message)
    }
  }
}
