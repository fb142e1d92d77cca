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
}
