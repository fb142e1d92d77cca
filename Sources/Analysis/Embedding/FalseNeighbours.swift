import LinearAlgebra

/// The share of points whose nearest neighbour is near only because a coordinate is missing, by dimension.
///
/// `kennel`: the next coordinate drives the two apart by more than `ratio` times their distance, or beyond
/// `spread` deviations of the signal. `heggerKantz`: of points nearer than 1/r deviations, the share that the next coordinate drives
/// apart by more than r times.
///
/// Laws: shift and scale change nothing.
///
/// References: kennel1992, hegger1999.
public struct FalseNeighbours: Sendable, Hashable {
  /// Kennel's shares, from dimension 1.
  public let kennel: [Double]
  /// Hegger's and Kantz's shares, from dimension 1; `nil` where no two points are near.
  public let heggerKantz: [Double?]

  /// Counts, at dimensions from 1 to `most`.
  ///
  /// Throws: `AnalysisError.tooFew` for no dimensions, `SignalError.tooShort`.
  public init(
    of signal: Signal, lag: Int, upTo most: Int, window: Int, ratio: Double = 15, spread: Double = 2,
    expansion: Double = 2
  ) throws {
    guard most >= 1 else { throw AnalysisError.tooFew("dimensions", count: most, minimum: 1) }
    let signal = signal.standardized
    var (kennel, heggerKantz): ([Double], [Double?]) = ([], [])
    for dimension in 1...most {
      let vectors = try DelayVectors(of: signal, dimension: dimension, lag: lag, reserved: lag)
      let nearest = try NeighbourSearch(of: vectors.points, times: vectors.times)
        .nearest(1, window: window, skippingCoincident: true)
      var (falseCount, nearCount, apartCount) = (0, 0, 0)
      for row in 0..<vectors.count {
        let (distance, other) = (nearest.distances[row], Int(nearest.indices[row]))
        let next = dimension * lag
        let change = abs(signal.values[vectors.starts[row] + next] - signal.values[vectors.starts[other] + next])
        let whole = (distance * distance + change * change).squareRoot()
        if change > ratio * distance || whole > spread { falseCount += 1 }
        if distance < 1 / expansion {
          nearCount += 1
          if whole > expansion * distance { apartCount += 1 }
        }
      }
      kennel.append(Double(falseCount) / Double(vectors.count))
      heggerKantz.append(nearCount == 0 ? nil : Double(apartCount) / Double(nearCount))
    }
    self.kennel = kennel
    self.heggerKantz = heggerKantz
  }

  /// The first dimension at which Kennel's share is below a hundredth.
  public var dimension: Int? { kennel.firstIndex { $0 < 0.01 }.map { $0 + 1 } }
}
