import Analysis
import Diagnostics
import Exhibits
import Foundation
import LinearAlgebra
import Networks
import Probing
import Testing

@testable import Probes

@Suite struct PercolationTests {
  /// Joined to nearest neighbours only, as 2σ√ln 20 is 1.04 spacings.
  private static let nearest: WrittenValue = [
    "side": 20, "width": 0.3, "overlap": "product", "replicas": 24, "fractions": 60,
  ]

  private static func finding(_ written: WrittenValue, _ arrays: [String: NDArray<Double>] = [:]) throws
    -> PercolationFinding
  { try Percolation.finding(nearest.with(written), on: TestBench(arrays: arrays)) }

  private static func array(_ count: Int, _ centre: (Int) -> (Double, Double)) -> NDArray<Double> {
    NDArray(
      shape: [count, 2],
      values: (0..<count).flatMap { index -> [Double] in
        let (x, y) = centre(index)
        return [x, y]
      })
  }

  /// Ten by ten centres one apart, and as many that have no neighbours.
  private static let sets: [String: NDArray<Double>] = [
    "block": array(100) { (Double($0 / 10), Double($0 % 10)) },
    "spread": array(100) { (2 * Double($0 / 10), 2 * Double($0 % 10)) },
  ]

  private static func said(_ finding: PercolationFinding, _ name: String) -> String? {
    finding.caveats.first { $0.name == name }?.message
  }

  @Test func findsTheThresholdOfNearestNeighbours() throws {
    let finding = try Self.finding([:])
    let threshold = try #require(finding.threshold)
    #expect(abs(threshold - PercolationTheory.nearestNeighbours) < 0.06)
    #expect(try #require(finding.lower) <= threshold && threshold <= #require(finding.upper))
    #expect(finding.theory == PercolationTheory.nearestNeighbours && finding.centreCount == 400)
    let curve = finding.curves[0]
    #expect(curve.name == "σ = 0.3, product ≥ 0.05" && abs(curve.radius - 1.0385) < 1e-4)
    #expect(curve.mass.last == 1 && curve.limit == nil && finding.sides.isEmpty && finding.sets.isEmpty)
    #expect(finding.exhibits.map(\.name) == ["curves", "overlap", "graph", "summary"])
    #expect(
      finding.exhibits.map(\.caption) == [
        "The largest component's share of the centres present, over their share of all 400, for features of width 0.3 pixels that overlap by 0.05 or more, in random order (bands: ± one deviation over 24 orders). Dashed: the threshold of an endless lattice.",
        "How much two Gaussian features overlap, over their distance in widths. Dashed: from there on they are joined, up to 3.46 σ by inner product.",
        "Centres at random, below, at and above the threshold, coloured by how many are in their component (σ = 0.3, product ≥ 0.05). The largest holds \(finding.pictures.map { "\(rounded(100 * $0.largestShare)) %" }.joined(separator: ", ")).",
        "Up to which distance features are joined, the share of 400 centres at which the second-largest component is largest, with its interval of 95 % over 24 orders, the share at which orders differ most, its theory, and that of disks placed anywhere.",
      ])
    // The theory stands in the figure where it should.
    guard case .figure(let figure) = finding.exhibits[0].content else { return }
    let rules = figure.panels[0].layers.compactMap { layer -> [Double]? in
      if case .rules(let rules) = layer.mark { rules.positions } else { nil }
    }
    #expect(rules == [[PercolationTheory.nearestNeighbours]] && figure.panels.count == 1)
    #expect(finding.pictures.map(\.largestShare) == finding.pictures.map(\.largestShare).sorted())
  }

  @Test func countsOverlapBothWays() throws {
    let finding = try Self.finding(["overlap": ["product", "coefficient"], "width": [0.3, 0.5]])
    #expect(finding.curves.map(\.overlap) == [.product, .product, .coefficient, .coefficient])
    #expect(finding.curves.map(\.width) == [0.3, 0.5, 0.3, 0.5])
    for curve in finding.curves {
      #expect(abs(curve.overlap.value(atDistance: curve.radius, width: curve.width) - 0.05) < 1e-12)
    }
    // Wider features join sooner.
    let thresholds = finding.curves.compactMap { $0.bySecond?.value }
    #expect(thresholds.count == 4 && thresholds[1] < thresholds[0] && thresholds[3] < thresholds[2])
    guard case .figure(let figure) = finding.exhibits[0].content else { return }
    #expect(figure.panels.map(\.title) == ["inner product", "common area"])
    #expect(figure.panels[0].layers.map(\.label).filter { !$0.isEmpty } == ["σ = 0.3", "σ = 0.5"])
    let over = try #require(finding.exhibits.first { $0.name == "thresholds" })
    #expect(
      over.caption
        == "The share of all centres from which features that overlap by 0.05 or more join into one component: where the second-largest component is largest (bars: intervals of 95 % over 24 orders). Dashed: theory of an endless lattice."
    )
  }

  @Test func followsSeveralSidesToNoEnd() throws {
    let finding = try Self.finding(["side": [32, 12, 20], "periodic": true, "replicas": 40])
    #expect(finding.sides.map(\.side) == [12, 20, 32] && finding.sides.map(\.sitesPerSide) == [12, 20, 32])
    let limit = try #require(finding.curves[0].limit)
    #expect(abs(limit.value - PercolationTheory.nearestNeighbours) < 0.06 && limit.lower < limit.upper)
    #expect(finding.centreCount == 1024 && finding.threshold == finding.sides[2].threshold?.value)
    let over = try #require(finding.exhibits.first { $0.name == "thresholds" })
    #expect(
      over.caption.hasSuffix(
        " Over size: lines lead to where there is no end, the exponent −3/4 being that of percolation in the plane."))
    #expect(finding.exhibits.last?.caption.contains(", that of a lattice without end by its sizes, its theory") == true)
  }

  @Test func holdsTrainingSetsAgainstRandomOnes() throws {
    let finding = try Self.finding(
      ["trained": ["block", "spread"], "accuracy": [0.9, 0.25], "groups": ["near", "far"]], Self.sets)
    #expect(finding.sets.map(\.name) == ["block", "spread"] && finding.sets.map(\.group) == ["near", "far"])
    #expect(finding.sets.map(\.fraction) == [0.25, 0.25] && finding.sets.map(\.accuracy) == [0.9, 0.25])
    #expect(finding.sets.map { $0.joined[0].componentCount } == [1, 100])
    #expect(finding.sets.map { $0.joined[0].largestShare } == [1, 0.01])
    let expected = try #require(finding.sets[0].joined[0].expected)
    #expect(expected > 0.01 && expected < 0.3 && finding.sets[1].joined[0].expected == expected)
    #expect(
      finding.pictures.map(\.set) == ["block", "spread"]
        && finding.pictures[0].size == Array(repeating: 100, count: 100))
    guard case .figure(let figure) = finding.exhibits[0].content else { return }
    let labels = figure.panels[0].layers.map(\.label).filter { !$0.isEmpty }
    #expect(labels == ["random centres", "training sets", "accuracy, near", "accuracy, far"])
    #expect(figure.panels[0].y.label == "largest component, accuracy")
    #expect(
      finding.exhibits[0].caption.hasSuffix(" Points: training sets, and how well models did on them."))
    let graph = try #require(finding.exhibits.first { $0.name == "graph" })
    #expect(
      graph.caption
        == "The centres of block, spread, coloured by how many are in their component (σ = 0.3, product ≥ 0.05). The largest holds 100 %, 1 %."
    )
    guard case .table(let table)? = finding.exhibits.first(where: { $0.name == "sets" })?.content else { return }
    #expect(
      table.columns.map(\.heading) == [
        "set", "centres", "share of all", "components", "largest", "at random", "accuracy",
      ])
  }

  @Test func takesAccuraciesFromAnArrayAndNamesWithoutTheirMember() throws {
    let arrays = [
      "a.npz:trained": Self.sets["block"], "b.npz:trained": Self.sets["spread"],
      "right": NDArray(shape: [2], values: [1, 0]),
    ].compactMapValues { $0 }
    let finding = try Self.finding(["trained": ["a.npz:trained", "b.npz:trained"], "accuracy": "right"], arrays)
    #expect(finding.sets.map(\.name) == ["a", "b"] && finding.sets.map(\.accuracy) == [1, 0])
    let named = try Self.finding(["trained": ["a.npz:trained", "b.npz:trained"], "names": ["x", "y"]], arrays)
    #expect(named.sets.map(\.name) == ["x", "y"])
  }

  @Test func takesASetOfEachOfSeveralFiles() throws {
    let arrays = [
      "size-8.npz:trained": Self.sets["block"], "size-9.npz:trained": Self.sets["spread"], "other": Self.sets["block"],
    ].compactMapValues { $0 }
    let finding = try Self.finding(["trained": "size-*.npz:trained", "accuracy": [0.5, 0]], arrays)
    #expect(finding.sets.map(\.name) == ["size-8", "size-9"] && finding.sets.map(\.group) == ["size", "size"])
    let more = try Self.finding(["trained": ["size-*.npz:trained", "other"], "groups": ["a", "b"]], arrays)
    #expect(more.sets.map(\.name) == ["size-8:trained", "size-9:trained", "other"])
    #expect(more.sets.map(\.group) == ["a", "a", "b"])
  }

  @Test func takesPointsInPlaceOfALattice() throws {
    let line = Self.array(40) { (0.5 * Double($0), 0) }
    let written: WrittenValue = [
      "points": "line", "width": 0.2, "overlap": "product", "replicas": 20, "trained": "line",
    ]
    let bench = TestBench(arrays: ["line": line])
    let finding = try Percolation.finding(written, on: bench)
    // In a row nothing joins before all are there.
    #expect(finding.spacing == nil && finding.theory == nil && finding.centreCount == 40)
    #expect(try #require(finding.threshold) > 0.8 && finding.sets[0].fraction == 1)
    #expect(finding.exhibits.last?.caption.contains("theory") == false)
    #expect(finding.exhibits[0].caption.contains("of width 0.2 that overlap"))
    // Around a circle the ends are joined too: any one may be missing.
    let around = try Percolation.finding(written.with(["periodic": true, "side": 20]), on: bench)
    #expect(around.curves[0].mass.reduce(0, +) > finding.curves[0].mass.reduce(0, +))
  }

  @Test func doubtsWhatIsNotResolved() throws {
    let apart = try Self.finding(["width": 0.2, "side": 19, "replicas": 5])
    #expect(
      Self.said(apart, "never-joined")
        == "σ = 0.2, product ≥ 0.05: with all centres the largest component holds 0.277 % of them, as features are joined up to a distance of 0.692 only; there is no threshold"
    )
    #expect(apart.threshold == nil && apart.theory == nil && apart.exhibits.map(\.name).contains("graph"))
    #expect(
      Self.said(apart, "few-replicas") == "5 replicas: thresholds and their intervals need 20 or more")
    #expect(
      Self.said(apart, "few-centres")
        == "361 centres: the transition is smeared out, and its threshold is not that of an endless lattice")
    #expect(
      Self.said(apart, "narrow")
        == "features of width 0.2 are narrower than pixels: on images they overlap less than the formula says")
    let together = try Self.finding(["width": [40, 50]])
    #expect(
      Self.said(together, "always-joined")
        == "σ = 40, product ≥ 0.05: features are joined from the first centres on, up to a distance of 138; there is no threshold; likewise 1 other curve"
    )
    let coarse = try Self.finding([:])
    #expect(
      Self.said(coarse, "coarse")
        == "σ = 0.3, product ≥ 0.05: joined up to 1.04 spacings, the lattice is too coarse for disks placed anywhere, which would need 1.33 of all centres, more than there are; the theory, 0.593, is that of this lattice"
    )
    let fine = try Self.finding(["width": 0.5])
    #expect(
      Self.said(fine, "coarse")
        == "σ = 0.5, product ≥ 0.05: joined up to 1.73 spacings, the lattice is too coarse for disks placed anywhere, which would need 0.479; the theory, 0.407, is that of this lattice"
    )
    let sets = [
      "twice": Self.array(40) { (Double($0 / 2), 0) }, "long": Self.array(30) { (Double($0), 1) },
      "dense": Self.array(441) { (0.5 * Double($0 / 21), 0.5 * Double($0 % 21)) },
    ]
    let odd = try Self.finding(["trained": ["twice", "long", "dense"]], sets)
    #expect(Self.said(odd, "copies-in-sets") == "'twice' repeats 20 of its 40 centres; only different ones count")
    #expect(
      Self.said(odd, "outside")
        == "the centres of 'long' extend over 29, more than the side, 20: its fraction is not one of this lattice")
    #expect(Self.said(odd, "beyond") == "'dense' has 441 centres, more than the 400 that there may be")
    let copies = try Percolation.finding(
      ["points": "twice", "width": 0.5, "replicas": 20], on: TestBench(arrays: sets))
    #expect(Self.said(copies, "copies") == "20 points of 40 repeat others and were left out")
  }

  @Test func saysWhereItsTwoEstimatesDiffer() throws {
    var finding = try Self.finding([:])
    func estimate(_ value: Double) throws -> PercolationFinding.Estimate {
      var random = SeededGenerator(seed: 1)
      return .init(try BootstrapInterval(meanOf: [value, value], using: &random))
    }
    finding.curves[0].bySecond = try estimate(0.5)
    finding.curves[0].byDeviation = try estimate(0.6)
    let probe = try #require(try Percolation.reading(Self.nearest).probe as? Percolation)
    let measurement = PercolationMeasurement(of: probe, try probe.gather(from: TestBench()))
    #expect(
      measurement.doubts(of: finding).first { $0.name == "estimates-differ" }?.message
        == "σ = 0.3, product ≥ 0.05: the second-largest component is largest at 0.5, and replicas differ most at 0.6: between them the transition is smeared out by the lattice's size"
    )
  }

  @Test func refusesSourcesThatFitNotInWords() {
    var gap = KnownShapes.ring(30)
    gap.values[3] = .nan
    let bench = TestBench(arrays: [
      "gap": gap, "few": Self.array(20) { (Double($0 % 4), 0) }, "none": NDArray(shape: [0, 2], values: []),
      "cube": NDArray(shape: [10, 3], values: Array(repeating: 1, count: 30)), "block": Self.sets["block"] ?? gap,
      "shares": NDArray(shape: [2], values: [0.5, 1.5]),
    ])
    let cases: [(WrittenValue, String)] = [
      (["points": "gap"], "array 'gap' has 1 NaN or infinite value; every value must be finite"),
      (
        ["side": 9, "trained": "gap"], "array 'gap' has 1 NaN or infinite value; every value must be finite"
      ),
      (
        ["side": 9, "trained": "none"],
        "array 'none' is 0×2; it must be centres × 2 coordinates, from 1 to 250000 of them"
      ),
      (["points": "few"], "different centres: 4 given; at least 10 are needed"),
      (["points": "none"], "array 'none' is 0×2; it must be points × coordinates, with at least one point"),
      (
        ["side": 9, "trained": "cube"],
        "array 'cube' is 10×3; it must be centres × 2 coordinates, from 1 to 250000 of them"
      ),
      (
        ["side": 9, "trained": "block", "accuracy": "shares"],
        "'accuracy' is 1.5 in 'shares'; it must be shares from 0 to 1"
      ),
      (
        ["side": 9, "trained": "block", "accuracy": [0.5, 1]],
        "'accuracy' is 2 long; it must be 1 long, one for each set"
      ),
      (
        ["side": 9, "trained": "block", "names": ["a", "b"]], "'names' is 2 long; it must be 1 long, one for each set"
      ),
      (["side": 9, "trained": "else"], "source 'else' is neither a cell nor a file"),
      (
        ["points": "block", "width": [1, 2, 3, 4, 5, 6, 7, 8], "threshold": [0.1, 0.2, 0.3]],
        "'width' is one of 48 curves; it must be one of at most 24"
      ),
    ]
    for (written, message) in cases {
      #expect(Percolation.refusal(written, on: bench)?.hasPrefix(message) == true, "\(message)")
    }
  }

  @Test func saysWhatIsWrongWithParameters() {
    let cases: [(WrittenValue, String)] = [
      (["side": 0], "'side' is 0; it must be a finite number above 0"),
      (["side": -3], "'side' is −3; it must be a finite number above 0"),
      (["side": .init(.number(.nan))], "'side' is nan; it must be a finite number above 0"),
      (["side": [8, 8]], "'side' is the same number twice; it must be a list of different ones"),
      (["spacing": 30], "'spacing' is 30; it must be above 0 and at most the side, 20"),
      (["spacing": 0], "'spacing' is 0; it must be above 0 and at most the side, 20"),
      (["side": 3], "'side' is 3 with a spacing of 1, which is 9 centres; it must be of at least 10"),
      (["side": 600], "'side' is 600 with a spacing of 1; it must be of at most 250000 centres"),
      (
        ["spacing": 0.3, "periodic": true],
        "'side' is 20; it must be a multiple of the spacing where 'periodic' is true"
      ),
      (["width": 0], "'width' is 0; it must be a finite number above 0"),
      (["width": []], "'width' is 0 numbers; it must be from 1 to 8 of them"),
      (["threshold": 1], "'threshold' is 1; it must be above 0 and below 1"),
      (["threshold": [0.5, 0]], "'threshold' is 0; it must be above 0 and below 1"),
      (["overlap": []], "'overlap' is empty; it must be left out, or name one at least"),
      (["overlap": ["product", "product"]], "'overlap' is 'product' twice; it must be a list of different ones"),
      (
        ["overlap": "cosine"],
        "'overlap.0' is 'cosine', which is not one of its choices | use one of 'product', 'coefficient'"
      ),
      (["fractions": 9], "'fractions' is 9; it must be from 10 to 1000"),
      (["replicas": 1], "'replicas' is 1; it must be from 2 to 1000"),
      (
        ["side": 400, "replicas": 900],
        "'replicas' is 900; it must be at most 312 for 1 curve of 160000 centres"
      ),
      (["points": "a"], "'side' is given beside 'points'; it must be left out, or the period where 'periodic' is true"),
      (
        ["points": "a", "side": [8, 9], "periodic": true],
        "'side' is 2 numbers; it must be one number, around which 'points' are periodic"
      ),
      (
        ["points": "a", "side": [], "periodic": true],
        "'side' is left out; it must be one number, around which 'points' are periodic"
      ),
      (
        ["points": "a", "side": [], "spacing": 2],
        "'spacing' is given beside 'points'; it must be left out where centres are given"
      ),
      (["trained": ""], "'trained' is missing: name arrays of centres × coordinates"),
      (["accuracy": 0.5], "'accuracy' is given; it must be left out where there are no 'trained' sets"),
      (["names": "a"], "'names' is given; it must be left out where there are no 'trained' sets"),
      (["groups": "a"], "'groups' is given; it must be left out where there are no 'trained' sets"),
      (["trained": "a", "accuracy": [0.5, 2]], "'accuracy' is 2; it must be shares from 0 to 1"),
      (["trained": "a", "accuracy": ""], "'accuracy' is missing: give numbers, or name an array of them"),
      (["trained": "a", "names": ""], "'names' is empty for a set; it must be a name for each"),
    ]
    for (written, message) in cases {
      #expect(Percolation.refusal(Self.nearest.with(written)) == message)
    }
  }
}
