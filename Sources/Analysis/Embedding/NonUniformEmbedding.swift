import Foundation
import LinearAlgebra

/// Delays that need not be evenly spaced, of one signal or of several recorded side by side, chosen one by one (PECUZAL).
///
/// A cycle looks for the coordinate, of any signal at any lag up to the largest, that unfolds what is there: candidates are the peaks of the
/// continuity statistic, and the one is taken that lowers L, the noise amplification, most. It ends when none lowers it.
/// Chosen over the mean of false neighbours (MDOP) because it needs no threshold for when to stop.
///
/// References: kraemer2021, pecora2007, uzal2011.
public struct NonUniformEmbedding: Sendable, Hashable {
  /// One coordinate: a signal at a lag before the present.
  public struct Coordinate: Sendable, Hashable {
    /// Which signal, by position.
    public let signal: Int
    /// How many samples before the present.
    public let lag: Int
  }

  /// The coordinates, in the order they were found.
  public let coordinates: [Coordinate]
  /// L's fall at each coordinate after the first.
  public let gains: [Double]

  /// Chooses delays.
  ///
  /// - Parameters:
  ///   - largestLag: in samples.
  ///   - most: coordinates at most.
  ///   - pointCount: at how many points the continuity statistic and L are measured.
  ///
  /// Throws: `SignalError.unequalTrials`, `.tooShort`; `AnalysisError.tooFew`.
  public init(
    of signals: [Signal], largestLag: Int, window: Int, upTo most: Int = 8, neighbours: Int = 3, horizon: Int = 40,
    pointCount: Int = 500
  ) throws {
    guard let first = signals.first else { throw AnalysisError.tooFew("signals", count: 0, minimum: 1) }
    for other in signals.dropFirst() where other.trials != first.trials {
      throw SignalError.unequalTrials(first: first.trials.map(\.count), second: other.trials.map(\.count))
    }
    guard largestLag >= 1 else { throw AnalysisError.tooFew("samples of largest lag", count: largestLag, minimum: 1) }
    guard most >= 1 else { throw AnalysisError.tooFew("coordinates", count: most, minimum: 1) }
    let places = Places(of: first, before: largestLag, after: horizon)
    guard places.presents.count >= 50 else {
      throw SignalError.tooShort(
        longest: first.longest, needed: largestLag + horizon + 50, for: "lags up to \(largestLag) and what follows take"
      )
    }
    let search = DelayChoosing(
      signals: signals.map(\.standardized), places: places, largestLag: largestLag, window: window,
      neighbours: neighbours, horizon: horizon, step: max(1, places.presents.count / pointCount))
    // The first is the signal that, with its best partner, is unfolded best.
    var best: (gain: Double, coordinates: [Coordinate])?
    for signal in signals.indices {
      let start = [Coordinate(signal: signal, lag: 0)]
      guard let next = try search.next(after: start) else { continue }
      if best.map({ next.gain > $0.gain }) ?? true { best = (next.gain, start + [next.coordinate]) }
    }
    guard let best, most > 1 else {
      (coordinates, gains) = ([Coordinate(signal: 0, lag: 0)], [])
      return
    }
    var (coordinates, gains) = (best.coordinates, [best.gain])
    while coordinates.count < most, let next = try search.next(after: coordinates) {
      coordinates.append(next.coordinate)
      gains.append(next.gain)
    }
    self.coordinates = coordinates
    self.gains = gains
  }

  /// Where the present may stand.
  struct Places {
    let presents: [Int]
    let times: [Int]

    init(of signal: Signal, before: Int, after: Int) {
      var (presents, times): ([Int], [Int]) = ([], [])
      for (number, trial) in signal.trials.enumerated() where trial.count > before + after {
        for present in (trial.lowerBound + before)..<(trial.upperBound - after) {
          presents.append(present)
          times.append(present + number * signal.count)
        }
      }
      (self.presents, self.times) = (presents, times)
    }
  }
}
