/// The edges and triangles that are not paired at sight, rising.
///
/// An edge is paired with the first vertex nearer to both of its ends than they are to each other; a triangle with the first such
/// vertex of its longest edge that its third vertex reaches too, if that one is earlier. What is left is little: the edges of the
/// relative neighbourhood graph, and a triangle for every piece that the vertices between two ends fall into.
struct UnpairedSimplices {
  /// Without those that join pieces.
  private(set) var edges: [SimplexEntry] = []
  /// Without those that fill a loop as it appears.
  private(set) var triangles: [SimplexEntry] = []
  /// Of each edge, by rank, the first vertex between its ends, or −1.
  private(set) var firstBetween: [Int32]

  /// Throws: `TopologyError.outgrown`.
  init(of filtration: EdgeFiltration, joining: [Int], withTriangles: Bool) throws(TopologyError) {
    let words = (filtration.pointCount + 63) / 64
    var isJoining = [Bool](repeating: false, count: filtration.lengths.count)
    for rank in joining { isJoining[rank] = true }
    firstBetween = [Int32](repeating: -1, count: filtration.lengths.count)
    /// For each point, those that shorter edges reach.
    var reached = [UInt64](repeating: 0, count: filtration.pointCount * words)
    var between = [UInt64](repeating: 0, count: words)
    for rank in filtration.lengths.indices {
      let (low, high) = (Int(filtration.lows[rank]), Int(filtration.highs[rank]))
      var first = -1
      for word in 0..<words {
        let shared = reached[low * words + word] & reached[high * words + word]
        between[word] = shared
        if first < 0, shared != 0 { first = word * 64 + shared.trailingZeroBitCount }
      }
      firstBetween[rank] = Int32(first)
      if first < 0, !isJoining[rank] { edges.append(.simplex(rank: UInt32(rank))) }
      if first >= 0, withTriangles {
        for word in 0..<words {
          var left = between[word]
          while left != 0 {
            let vertex = word * 64 + left.trailingZeroBitCount
            left &= left - 1
            guard vertex > first else { continue }
            // Does the vertex reach an earlier one?
            let row = vertex * words
            var reaches = (between[word] & reached[row + word] & ((1 << UInt64(vertex & 63)) - 1)) != 0
            var earlier = first >> 6
            while !reaches, earlier < word {
              reaches = between[earlier] & reached[row + earlier] != 0
              earlier += 1
            }
            if !reaches { triangles.append(.simplex(rank: UInt32(rank), UInt64(vertex))) }
          }
        }
      }
      guard triangles.count <= CohomologyReduction.mostEntries else {
        throw .outgrown(simplices: CohomologyReduction.mostEntries, points: filtration.pointCount, dimension: 2)
      }
      reached[low * words + (high >> 6)] |= 1 << UInt64(high & 63)
      reached[high * words + (low >> 6)] |= 1 << UInt64(low & 63)
    }
  }
}
