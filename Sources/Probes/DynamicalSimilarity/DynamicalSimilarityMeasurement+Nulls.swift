import Analysis
import Diagnostics
import LinearAlgebra
import Probing

extension DynamicalSimilarityMeasurement {
  /// The distance of each system's halves: every other trial, or of one trial its beginning and its end. What is found
  /// between systems means little below it.
  func halfDistances(rank: Int, _ random: SeededGenerator, caveats: inout [Caveat]) -> [Double?] {
    let search = search(random)
    let length = embedding.lengthInSamples
    // Each pair of halves is searched on one core, and the systems are shared out among them.
    let found = concurrently(recordings) { recording -> Double? in
      guard let split = try? recording.split({ try $0.folds(2, gap: length, shortest: length + 1)[0] }),
        let first = try? fit(split.test, rank: rank), let second = try? fit(split.training, rank: rank)
      else { return nil }
      return try? comparison(of: [first, second], names: ["first half", "second half"], search: search).distances[0, 1]
    }
    let missing = found.count { $0 == nil }
    if missing > 0 {
      caveats.append(
        Caveat(
          "no-halves",
          "\(missing) of \(counted(found.count, "system")) could not be fitted by halves at rank \(rank); what the distance of a system from itself is remains open there"
        ))
    }
    return found
  }

  /// The distances of the systems with the samples of every trial in random order: what remains of distances when dynamics
  /// are destroyed and the samples kept; inputs stay as they are.
  func shuffledDistances(
    rank: Int, _ random: SeededGenerator, caveats: inout [Caveat]
  ) -> DynamicalSimilarityFinding.Shuffled? {
    var (distances, differences): ([Double], [Double]) = ([], [])
    let count = recordings.count
    for draw in 0..<probe.surrogates {
      let generator = random.split("surrogates").split(draw)
      let comparison: SystemComparison
      do {
        let fitted = try concurrently(Array(recordings.indices)) { index in
          var generator = generator.split(index)
          var recording = recordings[index]
          recording.states = try shuffled(recording.states, using: &generator)
          return try fit(recording, rank: rank)
        }
        comparison = try self.comparison(of: fitted, names: systems.map(\.name), search: search(random))
      } catch {
        let reason = (error as? any Diagnosable)?.message ?? "\(error)"
        caveats.append(Caveat("no-surrogates", "shuffled systems could not be compared: \(reason)"))
        return nil
      }
      var (same, other): ([Double], [Double]) = ([], [])
      for i in 0..<count {
        for j in 0..<i {
          distances.append(comparison.distances[i, j])
          if !groups.isEmpty {
            if groups[i] == groups[j] {
              same.append(comparison.distances[i, j])
            } else {
              other.append(comparison.distances[i, j])
            }
          }
        }
      }
      if !same.isEmpty, !other.isEmpty { differences.append(mean(other) - mean(same)) }
    }
    return .init(distances: distances, mean: mean(distances), differences: differences)
  }

  private func shuffled(_ recording: Recording, using random: inout SeededGenerator) throws -> Recording {
    var trials: [Trajectory] = []
    for trial in recording.trajectories {
      let rows = random.shuffled(trial.samples.rowArrays)
      trials.append(Trajectory(name: trial.name, condition: trial.condition, samples: try Matrix(rows: rows)))
    }
    return try Recording(
      trials, unitNames: recording.unitNames, sampleInterval: recording.sampleInterval, timeUnit: recording.timeUnit)
  }

  func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
}
