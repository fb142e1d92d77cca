import LinearAlgebra

/// The edges among points from the shortest to the longest, up to the scale from which on nothing has a shape.
///
/// Equally long edges come in the order of their ends, so that every edge has its own rank, and the longest edge of a simplex names
/// the scale at which the simplex appears.
struct EdgeFiltration {
  let pointCount: Int
  /// No edge is longer: the smallest distance within which some point sees all others, or what was asked for if that is less.
  let limit: Double
  /// Of each edge, by rank.
  let lengths: [Double]
  /// The earlier end of each edge, by rank.
  let lows: [Int32]
  /// The later end.
  let highs: [Int32]
  /// The rank of the edge between every two points; `missing` where there is none.
  let ranks: [UInt32]

  static let missing = UInt32.max

  /// Sorts edges; distances are given by rows, points × points.
  init(distances: [Double], pointCount: Int, limit: Double?) {
    self.pointCount = pointCount
    var enclosing = Double.infinity
    for row in 0..<pointCount {
      var farthest = 0.0
      for column in 0..<pointCount { farthest = max(farthest, distances[row * pointCount + column]) }
      enclosing = min(enclosing, farthest)
    }
    let most = min(enclosing, limit ?? .infinity)
    self.limit = most
    var edges: [(length: Double, place: Int32)] = []
    edges.reserveCapacity(pointCount * (pointCount - 1) / 2)
    for high in 0..<pointCount {
      for low in 0..<high {
        let length = distances[high * pointCount + low]
        if length <= most { edges.append((length, Int32(high * pointCount + low))) }
      }
    }
    edges.sort { $0.length != $1.length ? $0.length < $1.length : $0.place < $1.place }
    var ranks = [UInt32](repeating: Self.missing, count: pointCount * pointCount)
    for (rank, edge) in edges.enumerated() {
      let (high, low) = Int(edge.place).quotientAndRemainder(dividingBy: pointCount)
      ranks[high * pointCount + low] = UInt32(rank)
      ranks[low * pointCount + high] = UInt32(rank)
    }
    lengths = edges.map(\.length)
    lows = edges.map { $0.place % Int32(pointCount) }
    highs = edges.map { $0.place / Int32(pointCount) }
    self.ranks = ranks
  }

  /// Distances between the rows of a matrix.
  static func distances(of points: Matrix<Double>) -> [Double] {
    let (count, width) = (points.rowCount, points.columnCount)
    var distances = [Double](repeating: 0, count: count * count)
    points.entries.withUnsafeBufferPointer { entries in
      guard let base = entries.baseAddress else { return }
      for row in 0..<count {
        for column in 0..<row {
          let distance = squaredDistance(base + row * width, base + column * width, width).squareRoot()
          distances[row * count + column] = distance
          distances[column * count + row] = distance
        }
      }
    }
    return distances
  }

  /// The edges of the shortest tree over all points, in rank order: each joins two pieces.
  var joiningEdges: [Int] {
    var parents = Array(0..<pointCount)
    func root(_ point: Int) -> Int {
      var place = point
      while parents[place] != place {
        parents[place] = parents[parents[place]]
        place = parents[place]
      }
      return place
    }
    var joining: [Int] = []
    for rank in lengths.indices {
      let (left, right) = (root(Int(lows[rank])), root(Int(highs[rank])))
      guard left != right else { continue }
      parents[max(left, right)] = min(left, right)
      joining.append(rank)
      if joining.count == pointCount - 1 { break }
    }
    return joining
  }
}
