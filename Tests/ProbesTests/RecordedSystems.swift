import Analysis
import Foundation
import LinearAlgebra
import Networks
import Probing

/// Recordings of systems whose answer is known.
enum RecordedSystems {
  /// Hidden coordinates turn by 0.5 (decaying by 0.98 a step) and by 0.2 each, seen by units; the noise's deviation is given.
  static func turning(
    trials: Int = 1, samples: Int = 160, units: Int = 6, noise: Double = 0.02, seed: UInt64 = 3
  ) -> NDArray<Double> {
    var random = SeededGenerator(seed: seed)
    let seen = Matrix<Double>.gaussian(4, units, using: &random)
    var values: [Double] = []
    for _ in 0..<trials {
      let phases = (0..<2).map { _ in random.uniform(0..<6) }
      for step in 0..<samples {
        let t = Double(step)
        let hidden = [
          pow(0.98, t) * cos(0.5 * t + phases[0]), pow(0.98, t) * sin(0.5 * t + phases[0]),
          cos(0.2 * t + phases[1]), sin(0.2 * t + phases[1]),
        ]
        values += (seen.transposed * hidden).map { $0 + noise * random.gaussian() }
      }
    }
    return NDArray(shape: trials == 1 ? [samples, units] : [trials, samples, units], values: values)
  }

  /// One unit stands still, the other goes round.
  static var standing: NDArray<Double> {
    NDArray(shape: [30, 2], values: (0..<30).flatMap { [1, Double($0 % 5)] })
  }

  /// A turning and decaying system that two inputs drive: its states, and the inputs.
  static func driven(trials: Int = 4, samples: Int = 60) -> (states: NDArray<Double>, inputs: NDArray<Double>) {
    var random = SeededGenerator(seed: 21)
    var (states, inputs): ([Double], [Double]) = ([], [])
    for _ in 0..<trials {
      var state = [random.gaussian(), random.gaussian()]
      for _ in 0..<samples {
        let drive = [random.gaussian(), random.gaussian()]
        states += state
        inputs += drive
        state = [
          0.9 * (cos(0.4) * state[0] - sin(0.4) * state[1]) + drive[0],
          0.9 * (sin(0.4) * state[0] + cos(0.4) * state[1]) - 0.5 * drive[1],
        ]
      }
    }
    return (
      NDArray(shape: [trials, samples, 2], values: states), NDArray(shape: [trials, samples, 2], values: inputs)
    )
  }

  /// A system whose equations are known, as samples × units.
  static func simulated(
    _ kind: SimulatedSystem.Kind, samples: Int, every interval: Double, discarded: Int = 500, noise: Double = 0
  ) throws -> NDArray<Double> {
    let recording = try SimulatedSystem(kind).recording(
      SystemSampling(
        sampleCount: samples, sampleInterval: interval, discarded: discarded, observationNoise: noise, seed: 4))
    return NDArray(shape: [samples, recording.unitCount], values: recording.stacked.entries)
  }
}

/// A bench of recordings that know their own time and conditions.
final class RecordingBench: Bench {
  private let known: [String: Recording]

  init(_ recordings: [String: Recording]) { known = recordings }

  func network(_ reference: SourceReference) throws -> NetworkSource { throw Unexpected() }
  func array(_ reference: SourceReference) throws -> NDArray<Double> { throw Unexpected() }
  func recordings(_ reference: SourceReference, convention: RecordingConvention) throws -> [RecordingMember] {
    guard let found = known[reference.name] else {
      throw BenchError.unknownSource(reference.name, known: known.keys.sorted())
    }
    return [RecordingMember(found)]
  }
}
