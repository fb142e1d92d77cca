import Foundation
import LinearAlgebra

/// The future foretold from what followed the nearest pasts: the mean over the E + 1 nearest, weighted by exp(−d/d₁).
///
/// References: sugihara1990.
public struct SimplexProjection: Sendable, Hashable {
  /// E, the number of coordinates.
  public let dimension: Int
  /// The samples from one coordinate to the next.
  public let lag: Int
  /// How many samples ahead.
  public let horizon: Int
  /// The Theiler window.
  public let window: Int

  /// Makes a projection.
  ///
  /// Throws: `AnalysisError.tooFew`.
  public init(dimension: Int, lag: Int = 1, horizon: Int = 1, window: Int = 0) throws(AnalysisError) {
    for (name, value, least) in [
      ("dimensions", dimension, 1), ("samples of lag", lag, 1), ("steps of horizon", horizon, 1),
      ("samples of Theiler window", window, 0),
    ] where value < least {
      throw .tooFew(name, count: value, minimum: least)
    }
    (self.dimension, self.lag, self.horizon, self.window) = (dimension, lag, horizon, window)
  }

  /// Foretells part of a signal from another part; both are all of it unless told. What is foretold and what it is
  /// foretold from lies wholly in its part.
  ///
  /// Throws: `SignalError.tooShort`, `AnalysisError.tooFew` where there are not enough neighbours.
  public func skill(of signal: Signal, library: Range<Int>? = nil, tested: Range<Int>? = nil) throws -> ForecastSkill {
    let task = try ForecastTask(self, of: signal, library: library, tested: tested)
    let predicted = try Self.predict(
      task.targets, search: NeighbourSearch(of: task.library, times: task.libraryTimes), queries: task.queries,
      times: task.queryTimes, window: window)
    return ForecastSkill(predicted: predicted, actual: task.actual)
  }

  /// The weighted means of what belongs to the nearest points of each query.
  static func predict(
    _ targets: [Double], search: NeighbourSearch, queries: Matrix<Double>, times: [Int], window: Int
  ) throws -> [Double] {
    let count = queries.columnCount + 1
    let nearest = try search.nearest(count, to: queries, times: times, window: window)
    var (found, distances) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    return (0..<queries.rowCount).map { query in
      for place in 0..<count {
        found[place] = targets[Int(nearest.indices[query * count + place])]
        distances[place] = nearest.distances[query * count + place]
      }
      return mean(of: found, at: distances)
    }
  }

  /// The mean of values, weighted by exp(−d/d₁); distances rise.
  static func mean(of values: [Double], at distances: [Double]) -> Double {
    let first = distances[0]
    var (sum, weights) = (0.0, 0.0)
    for place in values.indices {
      // Where the past has been seen before, only that counts.
      let weight = first > 0 ? exp(-distances[place] / first) : distances[place] == 0 ? 1 : 0
      sum += weight * values[place]
      weights += weight
    }
    return sum / weights
  }
}
