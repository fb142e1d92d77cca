import Analysis
import Diagnostics
import Networks
import Probing
import Testing

@testable import Probes

/// The probe on the trained networks that come with the program.
@Suite struct TrainedNetworkTests {
  private func finding(_ folder: String, arrays: [String], _ written: WrittenValue) throws -> SpectralGapFinding {
    var sources: [String: NDArray<Double>] = [:]
    for name in arrays { sources[name] = try TestFiles.array("\(folder)/\(name)") }
    let bench = TestBench(networks: ["net": try TestFiles.checkpoint(folder)], arrays: sources)
    let whole: WrittenValue = ["network": "net", "points": ["from": "points.npy", "count": 8], "location": "noised"]
    return try SpectralGap.finding(whole.with(written), on: bench)
  }

  /// Wherever the exact spectrum has a gap wider than 0.3, the network shows the same number of directions.
  private func checkAgainstTheory(_ found: SpectralGapFinding) throws -> [Int] {
    var dimensions: [Int] = []
    for level in found.levels {
      let predicted = try #require(level.predicted)
      guard predicted.gap.width > 0.3 else { continue }
      dimensions.append(level.dimension)
      #expect(
        level.dimension == predicted.gap.dimension,
        "at σ = \(level.sigma), where theory's gap is \(predicted.gap.width)")
      #expect(abs((level.gaps.first?.width ?? 0) - predicted.gap.width) < 0.15, "at σ = \(level.sigma)")
    }
    return dimensions
  }

  @Test func twoVariancesShowTenDirectionsAndThenForty() throws {
    let found = try finding(
      "linear-two-variances", arrays: ["points.npy", "factor.npy"],
      [
        "predicts": "edm", "sigmas": [0.00562, 0.01, 0.0316, 0.178, 0.316, 0.562, 1, 10],
        "theory": ["factor": "factor.npy"],
      ])
    let dimensions = try checkAgainstTheory(found)
    #expect(Set(dimensions) == [10, 40])
    #expect(found.dimension == 40)
    #expect(found.phases.map(\.phase) == [.consolidation, .coverage, .trivial])
  }

  @Test func oneVarianceShowsForty() throws {
    let found = try finding(
      "linear-one-variance", arrays: ["points.npy", "factor.npy"],
      [
        "predicts": "noise", "process": "ve", "sigmas": [0.01, 0.0316, 0.1, 0.178, 0.316, 1],
        "theory": ["factor": "factor.npy"],
      ])
    #expect(try Set(checkAgainstTheory(found)) == [40])
    #expect(found.dimension == 40)
  }

  @Test func aSphereShowsItsTwoDirections() throws {
    let found = try finding(
      "sphere", arrays: ["points.npy"], ["predicts": "flow", "sigmas": [0.02, 0.05, 0.1]])
    #expect(found.dimension == 2)
    #expect(found.levels[0].dimensionPerPoint.count { $0 == 2 } >= 6)
  }

  @Test func noisedPlacesChangeTheSpectrumButNotFLIPD() throws {
    let written: WrittenValue = ["predicts": "flow", "sigmas": 0.3]
    let noised = try finding("sphere", arrays: ["points.npy"], written).levels[0]
    let clean = try finding("sphere", arrays: ["points.npy"], written.with(["location": "data"])).levels[0]
    #expect(largestDifference(noised.singularValues, clean.singularValues) > 1e-3)
    #expect(abs(noised.flipd - clean.flipd) < 1e-12)
  }

  @Test func digitsGiveFiniteNumbers() throws {
    let found = try finding(
      "digits", arrays: ["points.npy"],
      ["predicts": "noise", "process": "ddpm", "times": [10, 100, 400], "points": ["from": "points.npy", "count": 3]])
    for level in found.levels {
      #expect(level.singularValues.count == 64)
      #expect(level.singularValues.allSatisfy { $0.isFinite && $0 >= 0 })
      #expect(level.flipd.isFinite && (0...64).contains(level.dimension))
    }
    for exhibit in found.exhibits { checkExhibit(exhibit) }
  }
}
