/// The simplices of one more vertex than a given one.
final class Cofaces: Sendable {
  let pointCount: Int
  private let ranks: [UInt32]
  private let lows: [Int32]
  private let highs: [Int32]
  private let firstBetween: [Int32]

  init(of filtration: EdgeFiltration, firstBetween: [Int32]) {
    pointCount = filtration.pointCount
    ranks = filtration.ranks
    lows = filtration.lows
    highs = filtration.highs
    self.firstBetween = firstBetween
  }

  /// Visits the cofaces of an edge or a triangle, each with its coefficient in the coboundary.
  ///
  /// Conventions: simplices are oriented by rising vertices; a vertex that comes in at an odd place turns the sign.
  @inline(__always)
  func visit(_ entry: SimplexEntry, dimension: Int, prime: UInt64, _ body: (SimplexEntry) -> Void) {
    let rank = UInt32(truncatingIfNeeded: entry.rank)
    let (even, odd) = (entry.coefficient, prime - entry.coefficient)
    let (low, high, third) = (Int(lows[entry.rank]), Int(highs[entry.rank]), entry.lastVertex)
    ranks.withUnsafeBufferPointer { all in
      guard let base = all.baseAddress else { return }
      let (lowRow, highRow) = (base + low * pointCount, base + high * pointCount)
      if dimension == 1 {
        for vertex in 0..<pointCount {
          let (toLow, toHigh) = (lowRow[vertex], highRow[vertex])
          guard toLow != EdgeFiltration.missing, toHigh != EdgeFiltration.missing else { continue }
          let coefficient = (low < vertex) == (high < vertex) ? even : odd
          if toLow < rank, toHigh < rank {
            body(.simplex(rank: rank, UInt64(vertex)) | coefficient)
          } else if toLow > toHigh {
            body(.simplex(rank: toLow, UInt64(high)) | coefficient)
          } else {
            body(.simplex(rank: toHigh, UInt64(low)) | coefficient)
          }
        }
      } else {
        let thirdRow = base + third * pointCount
        for vertex in 0..<pointCount {
          let (toLow, toHigh, toThird) = (lowRow[vertex], highRow[vertex], thirdRow[vertex])
          let most = max(toLow, toHigh, toThird)
          guard most != EdgeFiltration.missing else { continue }
          let isOdd = ((low < vertex) != (high < vertex)) != (third < vertex)
          let coefficient = isOdd ? odd : even
          if most < rank {
            body(.simplex(rank: rank, SimplexEntry.rest(UInt64(vertex), UInt64(third))) | coefficient)
          } else if most == toLow {
            body(.simplex(rank: most, SimplexEntry.rest(UInt64(high), UInt64(third))) | coefficient)
          } else if most == toHigh {
            body(.simplex(rank: most, SimplexEntry.rest(UInt64(low), UInt64(third))) | coefficient)
          } else {
            body(.simplex(rank: most, SimplexEntry.rest(UInt64(low), UInt64(high))) | coefficient)
          }
        }
      }
    }
  }

  /// The facet that is paired with a simplex at sight, with the simplex's coefficient in the facet's coboundary.
  ///
  /// A triangle's last facet is its longest edge, a tetrahedron's the triangle of the longest edge and the later other vertex; the
  /// pair holds if the vertex left out is the first one within reach.
  @inline(__always)
  func apparentFacet(of simplex: SimplexEntry, dimension: Int, prime: UInt64) -> SimplexEntry? {
    let (rank, vertex) = (simplex.rank, simplex.lastVertex)
    let (low, high) = (Int(lows[rank]), Int(highs[rank]))
    if dimension == 1 {
      guard Int(firstBetween[rank]) == vertex else { return nil }
      return .simplex(rank: UInt32(rank)) | ((low < vertex) == (high < vertex) ? 1 : prime - 1)
    }
    let third = simplex.firstVertex
    let isFirst = ranks.withUnsafeBufferPointer { all in
      let start = max(0, Int(firstBetween[rank]))
      for earlier in start..<max(start, vertex)
      where all[low * pointCount + earlier] < rank && all[high * pointCount + earlier] < rank
        && all[third * pointCount + earlier] < rank
      {
        return false
      }
      return true
    }
    guard isFirst else { return nil }
    let isOdd = ((low < vertex) != (high < vertex)) != (third < vertex)
    return .simplex(rank: UInt32(rank), UInt64(third)) | (isOdd ? prime - 1 : 1)
  }
}
