import Analysis
import LinearAlgebra

/// The signals on which the classical battery's numbers are known: 20,000 samples each, tolerances of the solver 10⁻⁹.
enum ReferenceSignals {
  /// Lorenz x, sampled at 0.01.
  static let lorenz = make(.lorenz, 20_000, 0.01, discarded: 5000)
  /// Rössler x, sampled at 0.1.
  static let rossler = make(.rossler, 20_000, 0.1, discarded: 2000)
  /// Hénon x.
  static let henon = make(.henon, 19_900, 1, discarded: 100)
  /// Normal numbers.
  static let noise = make(.whiteNoise, 20_000, 1, discarded: 0)

  static func recording(
    _ kind: SimulatedSystem.Kind, _ samples: Int, _ interval: Double, discarded: Int = 0
  ) throws -> Recording {
    try SimulatedSystem(kind).recording(
      SystemSampling(sampleCount: samples, sampleInterval: interval, discarded: discarded))
  }

  private static func make(
    _ kind: SimulatedSystem.Kind, _ samples: Int, _ interval: Double, discarded: Int
  ) -> Result<Signal, any Error> {
    Result { try Signal(of: recording(kind, samples, interval, discarded: discarded), unit: 0) }
  }
}
