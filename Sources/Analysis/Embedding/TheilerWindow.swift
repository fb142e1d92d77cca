import Foundation
import LinearAlgebra

/// The Theiler window where none is given.
public enum TheilerWindow {
  /// The first lag at which the autocorrelation is below 1/e, or the delay where that is shorter or there is none: within it points
  /// are near for no other reason than that little time has passed.
  ///
  /// References: theiler1986.
  public static func standard(_ correlation: Autocorrelation, delay: Int) -> Int {
    max(1, min(delay, correlation.firstBelowInverseE ?? delay))
  }

  /// The first lag at which the autocorrelation of states, over all units, is below 1/e; at most a tenth of the longest trial.
  ///
  /// Conventions: deviations are from the mean over all samples of all trials.
  ///
  /// Complexity: samples × units for each lag up to the window.
  ///
  /// References: theiler1986.
  public static func standard(of recording: Recording) -> Int {
    let most = recording.longestSampleCount / 10
    let largest = recording.trajectories.reduce(0) { max($0, $1.samples.largestMagnitude) }
    guard most > 0, largest > 0 else { return 0 }
    let scaled = recording.mapped { (1 / largest) * $0 }
    let means = scaled.unitMeans
    let trials = scaled.trajectories.map { $0.samples.mapColumns { $0 - means[$1] } }
    let width = recording.unitCount
    /// The mean product of states that are so many samples apart.
    func product(_ lag: Int) -> Double {
      var (sum, count) = (0.0, 0)
      for trial in trials where trial.rowCount > lag {
        trial.entries.withUnsafeBufferPointer { entries in
          for place in 0..<(entries.count - lag * width) { sum += entries[place] * entries[place + lag * width] }
        }
        count += trial.rowCount - lag
      }
      return sum / Double(max(1, count))
    }
    let variance = product(0)
    guard variance > 0 else { return 0 }
    return (1..<most).first { product($0) < exp(-1) * variance } ?? most
  }
}
