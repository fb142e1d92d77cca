import LinearAlgebra

/// One cycle of the choice of delays.
struct DelayChoosing {
  let signals: [Signal]
  let places: NonUniformEmbedding.Places
  let largestLag: Int
  let window: Int
  let neighbours: Int
  let horizon: Int
  let step: Int

  typealias Coordinate = NonUniformEmbedding.Coordinate

  /// How many of n neighbours must stay near for chance to be refused at 5 %: binomial, p = 1/2, for n from 5 to 13.
  private static let needed = [5, 6, 7, 7, 8, 9, 9, 9, 10]

  private func points(_ coordinates: [Coordinate]) -> Matrix<Double> {
    Matrix(
      rowCount: places.presents.count, columnCount: coordinates.count,
      entries: places.presents.flatMap { present in
        coordinates.map { signals[$0.signal].values[present - $0.lag] }
      })
  }

  /// L for the future of the signal that came first.
  private func cost(_ coordinates: [Coordinate]) throws -> Double {
    try NoiseAmplification(
      of: points(coordinates), times: places.times, places: places.presents, in: signals[coordinates[0].signal].values,
      neighbours: neighbours, horizon: horizon, window: window, share: 1 / Double(step)
    ).value
  }

  func next(after coordinates: [Coordinate]) throws -> (coordinate: Coordinate, gain: Double)? {
    let now = try cost(coordinates)
    let candidates = try peaks(coordinates)
    let costs = try concurrently(candidates) { try cost(coordinates + [$0]) }
    guard let best = costs.indices.min(by: { costs[$0] < costs[$1] }), costs[best] < now else { return nil }
    return (candidates[best], now - costs[best])
  }

  /// The peaks over the lag of ⟨ε*⟩: how large a part of the new coordinate's range the neighbours of old are spread over.
  private func peaks(_ coordinates: [Coordinate]) throws -> [Coordinate] {
    let known = points(coordinates)
    let rows = Array(stride(from: 0, to: places.presents.count, by: step))
    let most = 4 + Self.needed.count
    let asked = Matrix(rowCount: rows.count, columnCount: known.columnCount, entries: rows.flatMap { known.row($0) })
    let nearest = try NeighbourSearch(of: known, times: places.times)
      .nearest(most, to: asked, times: rows.map { places.times[$0] }, window: window)
    let lags = Array(0...largestLag)
    return signals.indices.flatMap { signal -> [Coordinate] in
      let values = signals[signal].values
      let curve = concurrently(lags) { lag -> Double in
        var sum = 0.0
        for (query, row) in rows.enumerated() {
          let centre = values[places.presents[row] - lag]
          var least = Double.infinity
          var apart: [Double] = []
          for (rank, other) in nearest.indices(of: query).enumerated() {
            apart.append(abs(values[places.presents[Int(other)] - lag] - centre))
            if rank >= 4 { least = min(least, apart.sorted()[Self.needed[rank - 4] - 1]) }
          }
          sum += least
        }
        return sum / Double(rows.count)
      }
      return lags.dropFirst().dropLast().filter { curve[$0] > curve[$0 - 1] && curve[$0] >= curve[$0 + 1] }
        .map { Coordinate(signal: signal, lag: $0) }
        + (signals.count > 1 && !coordinates.contains(Coordinate(signal: signal, lag: 0)) && curve[0] >= curve[1]
          ? [Coordinate(signal: signal, lag: 0)] : [])
    }
  }
}
