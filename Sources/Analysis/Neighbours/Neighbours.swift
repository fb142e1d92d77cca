/// The nearest points of several points, nearest first.
///
/// Shapes: queries × k, row after row; `indices` are rows of the points that were searched.
public struct Neighbours: Sendable, Hashable {
  /// k.
  public let count: Int
  /// Which points.
  public let indices: [Int32]
  /// How far they are.
  public let distances: [Double]

  /// The number of points whose neighbours these are.
  public var queryCount: Int { count == 0 ? 0 : indices.count / count }

  /// The neighbours of one query, nearest first.
  public func indices(of query: Int) -> ArraySlice<Int32> { indices[(query * count)..<((query + 1) * count)] }

  /// How far those of one query are.
  public func distances(of query: Int) -> ArraySlice<Double> { distances[(query * count)..<((query + 1) * count)] }
}

extension Neighbours {
  /// The share of a query's neighbours that are its neighbours among others too, averaged over queries, of which both have as many.
  ///
  /// Range: [0, 1].
  public func overlap(with other: Neighbours) -> Double {
    precondition(
      queryCount == other.queryCount, "overlap of neighbours of \(queryCount) and \(other.queryCount) queries")
    var shared = 0
    for query in 0..<queryCount { shared += Set(indices(of: query)).intersection(other.indices(of: query)).count }
    return Double(shared) / Double(max(1, indices.count))
  }
}

/// Whether two times are no further apart than a window.
@inline(__always)
func areWithin(_ window: Int, _ one: Int, _ other: Int) -> Bool {
  let (difference, overflow) = one.subtractingReportingOverflow(other)
  return !overflow && difference.magnitude <= UInt(window)
}
