import Diagnostics
import Exhibits
import Foundation
import Networks
import Probing
import Testing

@testable import Probes

@Suite struct PointEmbeddingTests {
  private static var bench: TestBench {
    TestBench(arrays: [
      "torus": KnownShapes.torus(12), "angles": KnownShapes.torusAngles(12), "ring": KnownShapes.ring(90),
      "noise": KnownShapes.noise(90, 8), "rings": KnownShapes.twoRings(40),
      "still": NDArray(shape: [40, 2], values: [Double](repeating: 1, count: 80)),
      "trials": NDArray(shape: [2, 40, 3], values: KnownShapes.noise(80).values),
      "count": NDArray(shape: [80, 1], values: (0..<80).map(Double.init)),
    ])
  }

  private static func figure(_ finding: PointEmbeddingFinding) throws -> Figure {
    guard case .figure(let figure) = finding.exhibits[0].content else {
      throw BenchError.wrongKind("", expected: "a figure", found: "none")
    }
    return figure
  }

  @Test func coloursATorusByItsAngles() throws {
    let finding = try PointEmbedding.finding(
      [
        "points": "torus", "factors": "angles", "factorNames": ["first", "second"], "periodic": [6.283185307179586, 0],
        "neighbours": 8,
      ], on: Self.bench)
    #expect(finding.factors.map(\.name) == ["first", "second"])
    #expect(finding.factors[0].period == 2 * Double.pi && finding.factors[1].period == nil)
    let layouts = finding.clouds[0].layouts
    #expect(layouts.map(\.method) == [.principalComponents, .isomap, .uniformProjection])
    #expect(layouts[2].trustworthiness > 0.93 && layouts[2].trustworthiness > layouts[0].trustworthiness)
    let figure = try Self.figure(finding)
    #expect(
      figure.panels.map(\.title) == ["PCA", "Isomap", "UMAP", "PCA", "Isomap", "UMAP"] && figure.columnCount == 3)
    #expect(figure.panels[0].levels?.kind == .cyclic && figure.panels[0].levels?.axis.scale == .angle)
    #expect(figure.panels[3].levels?.kind == .sequential && figure.panels[3].levels?.axis.label == "second")
    guard case .cloud(let cloud) = figure.panels[0].layers[0].mark else {
      Issue.record("points have no colours")
      return
    }
    #expect(cloud.points.count == 144 && cloud.values == finding.clouds[0].factors[0])
    #expect(
      finding.exhibits[0].caption.hasPrefix(
        "In the plane, 144 points, laid out so that neighbours stay neighbours as far as each method can; colour: first, second. Axes have no unit, and of Isomap and UMAP no meaning either. Trustworthiness (1 where all neighbours shown are some) of 8 neighbours: PCA "
      ))
  }

  @Test func showsThreeDimensionsFromTwoSides() throws {
    let finding = try PointEmbedding.finding(
      ["points": "torus", "dimensions": 3, "methods": ["pca"], "neighbours": 6], on: Self.bench)
    #expect(finding.clouds[0].layouts[0].axes.count == 3)
    let figure = try Self.figure(finding)
    #expect(figure.panels.map(\.title) == ["PCA", "PCA, from above"])
    #expect(figure.panels.map { [$0.x.label, $0.y.label] } == [["across", "up"], ["first axis", "second axis"]])
    #expect(
      finding.exhibits[0].caption.hasPrefix(
        "In three dimensions, from aside and from above, 144 points, laid out so that "))
  }

  @Test func factorsFollowThePointsThatAreKept() throws {
    let finding = try PointEmbedding.finding(
      [
        "recordings": "trials", "factors": "count", "subsample": 3, "count": 20, "neighbours": 4, "methods": ["pca"],
        "periodic": 7,
      ], on: Self.bench)
    // Every third sample of each trial of 40, and of those 28 every so many.
    let kept = [0, 40].flatMap { start in stride(from: start, to: start + 40, by: 3).map(Double.init) }
    #expect(finding.clouds[0].factors == [(0..<20).map { kept[$0 * 28 / 20] }])
    #expect(finding.caveats.first?.message == "20 of 28 points were laid out, evenly along the rows")
    // Colours begin anew after 7.
    guard case .cloud(let cloud) = try Self.figure(finding).panels[0].layers[0].mark else { return }
    #expect(cloud.values == finding.clouds[0].factors[0].map { $0.truncatingRemainder(dividingBy: 7) })
  }

  @Test func comparesCloudsAndTellsWhatToDoubt() throws {
    let finding = try PointEmbedding.finding(
      ["points": ["noise", "rings"], "neighbours": 5, "methods": ["pca", "isomap"]], on: Self.bench)
    #expect(
      try Self.figure(finding).panels.map(\.title) == ["noise, PCA", "noise, Isomap", "rings, PCA", "rings, Isomap"])
    let said = finding.caveats.map { "\($0.name): \($0.message)" }
    #expect(
      said.contains {
        $0.hasPrefix("strangers: 'noise': PCA has a trustworthiness of 0.")
          && $0.hasSuffix(": many points that it shows as neighbours are none")
      })
    #expect(
      said.contains {
        $0.wholeMatch(
          of:
            /pieces: 'rings': neighbours make \d+ pieces that nothing joins: where Isomap puts them beside each other says little; take more neighbours/
        ) != nil
      })
    guard case .table(let table) = finding.exhibits[1].content else { return }
    #expect(table.columns.map(\.heading) == ["cloud", "method", "trustworthiness", "continuity", "neighbours kept"])
    #expect(table.rowCount == 4)
    #expect(
      finding.exhibits[1].caption
        == "How well each method keeps neighbourhoods of 5 points. Trustworthiness is below 1 where neighbours shown are none, continuity where neighbours are shown apart, both by ranks: about 0.5 without any order. Neighbours kept: 0.0562 by chance."
    )
    let flat = try PointEmbedding.finding(
      ["points": "ring", "dimensions": 3, "methods": ["pca"], "neighbours": 4], on: Self.bench)
    #expect(
      flat.caveats.first { $0.name == "flat" }?.message
        == "points have 2 coordinates, fewer than the 3 dimensions of the layout")
  }

  @Test func refusesInWords() {
    let refusals: [(WrittenValue, String)] = [
      (["points": "ring", "dimensions": 4], "'dimensions' is 4; it must be from 2 to 3"),
      (["points": "ring", "neighbours": 1], "'neighbours' is 1; it must be from 2 to 1000"),
      (
        ["points": "ring", "methods": ["pca", "pca"]],
        "'methods' is 'pca' twice; it must be a list of different methods"
      ),
      (["points": "ring", "methods": []], "'methods' is empty; it must be left out, or name one at least"),
      (["points": "ring", "leastDistance": 2], "'leastDistance' is 2.0; it must be from 0 to 1"),
      (["points": "ring", "periodic": 1], "'periodic' is given; it must be left out where there are no 'factors'"),
      (
        ["points": "ring", "factorNames": "a"],
        "'factorNames' is given; it must be left out where there are no 'factors'"
      ),
      (
        ["points": "torus", "factors": "angles", "periodic": -1],
        "'periodic' is -1.0; it must be a finite number above 0, or 0 for a factor that is not periodic"
      ),
      (
        ["points": "torus", "factors": "angles", "periodic": [1, 2, 3]],
        "'periodic' is 3 long; it must be 2 long, one for each factor"
      ),
      (
        ["points": "torus", "factors": "angles", "factorNames": "a"],
        "'factorNames' is 1 long; it must be 2 long, one for each factor"
      ),
      (
        ["points": "ring", "factors": "angles"],
        "number of rows of factors 'angles' is 144; it must be 90, as cloud 'ring' has points"
      ),
      (["points": "still"], "cloud 'still': all 40 points are the same; they have no shape"),
      (
        ["points": "ring", "neighbours": 50],
        "cloud 'ring': points for 50 neighbours: 90 given; at least 101 are needed"
      ),
    ]
    for (written, words) in refusals { #expect(PointEmbedding.refusal(written, on: Self.bench) == words) }
  }
}
