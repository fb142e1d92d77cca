import Analysis
import Diagnostics
import LinearAlgebra
import Probing

extension DynamicalSimilarityMeasurement {
  /// More comparisons than this are refused.
  private static let mostComparisons = 500_000

  /// The intervals of single distances: every system's trials are drawn again with replacement, all pairs compared anew.
  func distanceIntervals(
    rank: Int, _ random: SeededGenerator, progress: @escaping MeasurementProgress, caveats: inout [Caveat]
  ) throws -> DynamicalSimilarityFinding.DistanceIntervals? {
    let drawn = recordings.indices.filter { recordings[$0].states.trajectories.count > 1 }
    if drawn.count < recordings.count {
      let count = recordings.count - drawn.count
      caveats.append(
        Caveat(
          "one-trial-systems",
          "\(counted(count, "system")) of \(recordings.count) \(count == 1 ? "has" : "have") one trial, which cannot be drawn again; distances from \(count == 1 ? "it" : "them") have no interval"
        ))
    }
    guard drawn.count > 1 else { return nil }
    let most = Self.mostComparisons / (drawn.count * (drawn.count - 1) / 2)
    guard probe.trialDraws <= most else {
      throw ParameterError.rule(
        "trialDraws", is: probe.trialDraws,
        mustBe: most < 2 ? "0 for so many systems" : "at most \(most) for \(counted(drawn.count, "system"))")
    }
    let names = drawn.map { systems[$0].name }
    var values = [[Double]](repeating: [], count: drawn.count * drawn.count)
    for draw in 0..<probe.trialDraws {
      progress("drawing trials again, \(draw + 1) of \(probe.trialDraws)")
      let generator = random.split("trials").split(draw)
      do {
        let fitted = try concurrently(drawn) { index in
          var generator = generator.split(index)
          let count = recordings[index].states.trajectories.count
          let trials = (0..<count).map { _ in generator.index(below: count) }
          return try fit(recordings[index].keepingTrials(trials), rank: rank)
        }
        let found = try comparison(of: fitted, names: names, search: search(random)).distances
        for (place, distance) in found.entries.enumerated() { values[place].append(distance) }
      } catch is any Diagnosable {
        // Few trials drawn often may hold fewer directions than all do.
        continue
      }
    }
    let count = values[1].count
    guard count >= max(2, probe.trialDraws / 2) else {
      caveats.append(
        Caveat(
          "no-distance-intervals",
          "of \(probe.trialDraws) draws of the trials \(probe.trialDraws - count) could not be fitted at rank \(rank); single distances have no intervals"
        ))
      return nil
    }
    func ends(_ share: Double) -> [[Double?]] {
      var rows = [[Double?]](repeating: Array(repeating: nil, count: recordings.count), count: recordings.count)
      for (i, row) in drawn.enumerated() {
        for (j, column) in drawn.enumerated() where i != j {
          rows[row][column] = quantile(of: values[i * drawn.count + j].sorted(), share)
        }
      }
      return rows
    }
    return .init(draws: count, lower: ends(0.025), upper: ends(0.975))
  }
}
