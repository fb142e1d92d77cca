import LinearAlgebra

/// The points of a cloud without copies of earlier ones.
///
/// A copy is as near as can be: it would stand for a neighbour and say nothing about dimension.
struct DistinctPoints {
  let points: Matrix<Double>
  /// The time of each.
  let times: [Int]

  /// Keeps the first of equal points.
  ///
  /// Throws: `LinearAlgebraError.notFinite`; `AnalysisError.sizeMismatch`; `DimensionError.onePlace`, `.fewDistinct`.
  init(of points: Matrix<Double>, times: [Int]?, atLeast minimum: Int) throws {
    try points.requireFinite()
    let (count, width) = (points.rowCount, points.columnCount)
    if let times, times.count != count {
      throw AnalysisError.sizeMismatch("number of times", size: "\(times.count)", expected: "\(count)")
    }
    guard count >= minimum, width >= 1 else {
      throw AnalysisError.tooFew(width >= 1 ? "points" : "coordinates", count: width >= 1 ? count : 0, minimum: minimum)
    }
    // Equal points are told by a mixture of their bits, then by themselves.
    var seen: [UInt64: [Int32]] = [:]
    seen.reserveCapacity(count)
    var kept: [Int] = []
    kept.reserveCapacity(count)
    points.entries.withUnsafeBufferPointer { entries in
      for row in 0..<count {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for place in (row * width)..<((row + 1) * width) {
          // −0 is 0.
          hash = (hash ^ (entries[place] + 0).bitPattern) &* 0x9e37_79b9_7f4a_7c15
          hash ^= hash >> 29
        }
        let same = seen[hash, default: []]
        let isCopy = same.contains { other in
          (0..<width).allSatisfy { entries[row * width + $0] == entries[Int(other) * width + $0] }
        }
        guard !isCopy else { continue }
        seen[hash] = same + [Int32(row)]
        kept.append(row)
      }
    }
    guard kept.count > 1 else { throw DimensionError.onePlace(points: count) }
    guard kept.count >= minimum else {
      throw DimensionError.fewDistinct(count: kept.count, points: count, minimum: minimum)
    }
    if kept.count == count {
      self.points = points
      self.times = times ?? Array(0..<count)
    } else {
      self.points = Matrix(
        rowCount: kept.count, columnCount: width,
        entries: kept.flatMap { points.entries[($0 * width)..<(($0 + 1) * width)] })
      self.times = kept.map { times?[$0] ?? $0 }
    }
  }

  /// From so many coordinates on, a tree does not pay for itself in clouds of some thousand points.
  private static let many = 16

  /// The nearest others of every point, or of some rows.
  ///
  /// Throws: `AnalysisError.tooFew` where a point has fewer beyond the window, `.outOfRange` for coordinates whose squares are infinite.
  func nearest(_ count: Int, rows: [Int]? = nil, window: Int) throws -> Neighbours {
    let search = try NeighbourSearch(
      of: points, times: times, method: points.columnCount >= Self.many ? .products : nil)
    guard let rows else { return try search.nearest(count, window: window) }
    let width = points.columnCount
    let queries = Matrix(
      rowCount: rows.count, columnCount: width,
      entries: rows.flatMap { points.entries[($0 * width)..<(($0 + 1) * width)] })
    return try search.nearest(count, to: queries, times: rows.map { times[$0] }, window: window)
  }
}
