import LinearAlgebra

/// Isomap: points in few dimensions whose distances come near the lengths of the shortest ways along the graph of neighbours.
///
/// Conventions: two points are joined if either is among the k nearest of the other. Where the graph is in pieces, each next one is joined
/// by the shortest line to those before, and their number is told.
///
/// References: tenenbaum2000, desilva2004 (landmarks), dijkstra1959.
public struct GeodesicScaling: Sendable, Hashable {
  /// The points, as rows.
  public let coordinates: Matrix<Double>
  /// How many pieces the graph of neighbours has.
  public let pieceCount: Int
  /// How many points ways were measured from.
  public let landmarkCount: Int
  /// The correlation of the lengths of ways with distances in the layout, squared, taken from 1.
  public let residualVariance: Double

  /// Lays points out; of more points than landmarks, ways are measured from these alone, spread evenly over the cloud.
  ///
  /// Throws: `AnalysisError.tooFew` for no landmarks or dimensions; `TopologyError`, `LinearAlgebraError`.
  public init(
    of points: Matrix<Double>, neighbours: Neighbours, dimensionCount: Int = 2, landmarkCount: Int = 500
  ) throws {
    let joined = ProximityGraph(neighbours, sizes: neighbours.distances) { max($0, $1) }
      .joiningPieces(of: points)
    pieceCount = joined.pieceCount
    let landmarks = try Landmarks(of: points, count: landmarkCount).indices
    self.landmarkCount = landmarks.count
    let ways = concurrently(landmarks) { joined.graph.distances(from: $0) }
    let distances = Matrix(rowCount: landmarks.count, columnCount: points.rowCount, entries: ways.flatMap { $0 })
    let scaling = try LandmarkScaling(of: distances, landmarks: landmarks, dimensionCount: dimensionCount)
    coordinates = scaling.coordinates
    residualVariance = Self.residualVariance(distances, landmarks, coordinates)
  }

  private static func residualVariance(
    _ distances: Matrix<Double>, _ landmarks: [Int], _ coordinates: Matrix<Double>
  ) -> Double {
    let width = coordinates.columnCount
    var (sums, squares, product) = ((0.0, 0.0), (0.0, 0.0), 0.0)
    coordinates.entries.withUnsafeBufferPointer { entries in
      guard let base = entries.baseAddress else { return }
      for (row, landmark) in landmarks.enumerated() {
        for point in 0..<coordinates.rowCount {
          let seen = squaredDistance(base + landmark * width, base + point * width, width).squareRoot()
          let way = distances.entries[row * coordinates.rowCount + point]
          sums = (sums.0 + way, sums.1 + seen)
          squares = (squares.0 + way * way, squares.1 + seen * seen)
          product += way * seen
        }
      }
    }
    let count = Double(max(1, distances.entries.count))
    let spreads =
      (squares.0 / count - sums.0 * sums.0 / count / count) * (squares.1 / count - sums.1 * sums.1 / count / count)
    let shared = product / count - sums.0 * sums.1 / count / count
    return spreads > 0 ? max(0, 1 - shared * shared / spreads) : 1
  }
}
