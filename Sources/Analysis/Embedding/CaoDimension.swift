/// How far nearest neighbours move apart when a coordinate is added, averaged over points, by dimension.
///
/// E1(d) settles near 1 where the dimension suffices. E2(d) is 1 at every d for what is nothing but chance, and is not for what
/// follows rules; neither says anything of signals that merely repeat.
///
/// References: cao1997.
public struct CaoDimension: Sendable, Hashable {
  /// E1, from dimension 1.
  public let firstRatios: [Double]
  /// E2, from dimension 1.
  public let secondRatios: [Double]

  /// Measures, at dimensions from 1 to `most`.
  ///
  /// Throws: `AnalysisError.tooFew` for no dimensions, `SignalError.tooShort`.
  public init(
    of signal: Signal, lag: Int, upTo most: Int, window: Int, metric: NeighbourSearch.Metric = .maximum
  ) throws {
    guard most >= 1 else { throw AnalysisError.tooFew("dimensions", count: most, minimum: 1) }
    let signal = signal.standardized
    var (expansions, steps): ([Double], [Double]) = ([], [])
    for dimension in 1...(most + 1) {
      let vectors = try DelayVectors(of: signal, dimension: dimension, lag: lag, reserved: lag)
      let nearest = try NeighbourSearch(of: vectors.points, times: vectors.times, metric: metric)
        .nearest(1, window: window, skippingCoincident: true)
      var (expansion, step) = (0.0, 0.0)
      for row in 0..<vectors.count {
        let (distance, other) = (nearest.distances[row], Int(nearest.indices[row]))
        let next = dimension * lag
        let change = abs(signal.values[vectors.starts[row] + next] - signal.values[vectors.starts[other] + next])
        let whole =
          metric == .maximum ? max(distance, change) : (distance * distance + change * change).squareRoot()
        expansion += whole / distance
        step += change
      }
      expansions.append(expansion / Double(vectors.count))
      steps.append(step / Double(vectors.count))
    }
    firstRatios = zip(expansions.dropFirst(), expansions).map { $0 / $1 }
    secondRatios = zip(steps.dropFirst(), steps).map { $0 / $1 }
  }

  /// The first dimension at which E1 is above 0.85 and changes by less than 0.05 to the next.
  public var dimension: Int? {
    zip(firstRatios, firstRatios.dropFirst()).enumerated()
      .first { $0.element.0 > 0.85 && abs($0.element.1 - $0.element.0) < 0.05 }.map { $0.offset + 1 }
  }

  /// How far E2 ever is from 1: near 0 for what is nothing but chance.
  public var determinism: Double { secondRatios.map { abs($0 - 1) }.max() ?? 0 }
}
