import Foundation
import LinearAlgebra

/// How alike two sets of trajectories are by what frequencies they hold: the correlation of their smoothed spectra in decibels.
///
/// Conventions: every trajectory has its mean taken off and is divided by its deviation; magnitudes in decibels are smoothed with a Gaussian of 4
/// bins, averaged over trajectories and compared over the lower four fifths of the frequencies.
///
/// Range: [0, 1], an absolute value.
///
/// References: ostrow2024.
public struct SpectralCorrelation: Sendable, Hashable {
  /// The absolute value of Pearson's correlation.
  public let value: Double

  private static let smoothing = 4.0
  private static let share = 0.8

  /// Compares trajectories of one length.
  ///
  /// Throws: `AnalysisError.tooFew` for no trajectories or fewer than 16 samples; `.sizeMismatch` for differing lengths.
  public init(of truth: [[Double]], and generated: [[Double]]) throws(AnalysisError) {
    guard let length = truth.first?.count, !generated.isEmpty else {
      throw .tooFew("trajectories", count: min(truth.count, generated.count), minimum: 1)
    }
    guard length >= 16 else { throw .tooFew("samples of a trajectory", count: length, minimum: 16) }
    for trajectory in truth + generated where trajectory.count != length {
      throw .sizeMismatch("length of a trajectory", size: "\(trajectory.count)", expected: "\(length)")
    }
    let transform = FourierTransform(count: length)
    let kept = max(8, Int(Self.share * Double(length / 2)))
    func spectrum(_ trajectories: [[Double]]) -> [Double] {
      var mean = [Double](repeating: 0, count: length / 2)
      for trajectory in trajectories {
        let centre = trajectory.reduce(0, +) / Double(length)
        let deviation = (trajectory.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(length)).squareRoot()
        guard deviation > 0, deviation.isFinite else { continue }
        let found = transform.transformed(trajectory.map { Complex(($0 - centre) / deviation) })
        // Without the mean, of which nothing is left but round-off; with a floor far below it, as the logarithm of nothing is none.
        let levels = (1...(length / 2)).map { 20 * log10(max(1e-12, found[$0].modulus)) }
        for (place, level) in Self.smoothed(levels).enumerated() { mean[place] += level }
      }
      return Array(mean.prefix(kept))
    }
    value = abs(pearson(spectrum(truth), spectrum(generated)))
  }

  /// With a Gaussian, over what there is.
  private static func smoothed(_ values: [Double]) -> [Double] {
    let reach = Int(4 * smoothing)
    let weights = (-reach...reach).map { exp(-0.5 * Double($0 * $0) / (smoothing * smoothing)) }
    return values.indices.map { place in
      var (sum, whole) = (0.0, 0.0)
      for other in max(0, place - reach)...min(values.count - 1, place + reach) {
        let weight = weights[other - place + reach]
        sum += weight * values[other]
        whole += weight
      }
      return sum / whole
    }
  }
}
