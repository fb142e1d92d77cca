import Foundation
import LinearAlgebra

/// How much each point belongs to the neighbourhood of each of its neighbours: 1 of the nearest, falling off at a rate of the point's
/// own, so that its neighbours together count as log₂ k.
///
/// Conventions: k counts the point itself, as umap-learn does.
///
/// References: mcinnes2018.
struct FuzzyNeighbours {
  /// Neighbours' shares, row after row.
  let shares: [Double]

  private static let stepCount = 64
  private static let tolerance = 1e-5
  /// No rate is less than this share of mean distances.
  private static let leastScale = 1e-3

  init(_ neighbours: Neighbours) {
    let count = neighbours.count
    let target = log2(Double(count + 1))
    let mean = neighbours.distances.reduce(0, +) / Double(max(1, neighbours.distances.count))
    shares = concurrently(Array(0..<neighbours.queryCount)) { query -> [Double] in
      let distances = Array(neighbours.distances(of: query))
      let nearest = distances.first { $0 > 0 } ?? 0
      let beyond = distances.map { max(0, $0 - nearest) }
      var (low, high, scale) = (0.0, Double.infinity, 1.0)
      for _ in 0..<Self.stepCount {
        let sum = beyond.reduce(0) { $0 + ($1 > 0 ? exp(-$1 / scale) : 1) }
        if abs(sum - target) < Self.tolerance { break }
        if sum > target {
          high = scale
          scale = (low + high) / 2
        } else {
          low = scale
          scale = high == .infinity ? 2 * scale : (low + high) / 2
        }
      }
      let own = distances.reduce(0, +) / Double(max(1, count))
      let rate = max(scale, Self.leastScale * (nearest > 0 ? own : mean), .leastNormalMagnitude)
      return beyond.map { $0 > 0 ? exp(-$0 / rate) : 1 }
    }.flatMap { $0 }
  }

  /// The graph of all shares: a and b of an edge's two ends give it a + b − a b.
  func graph(of neighbours: Neighbours) -> ProximityGraph {
    ProximityGraph(neighbours, sizes: shares) { $0 + $1 - $0 * $1 }
  }
}
