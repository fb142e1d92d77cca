import LinearAlgebra

/// The exact nearest points among many, leaving out those too near in time.
///
/// Shapes: points are rows; a query has as many columns.
///
/// Conventions: of points equally far the earlier row is nearer. A point is left out for a query where their times differ
/// by the window at most (Theiler's): a window of 0 leaves out the query itself. Unless told, a point's time is its row; give
/// points of different trials times farther apart than any window.
///
/// Laws: method and number of cores change nothing; neighbours stay under translation and, under the Euclidean norm, rotation.
///
/// References: friedman1977, theiler1986.
public struct NeighbourSearch: Sendable {
  /// How far two points are apart.
  public enum Metric: String, Sendable, Hashable, Codable, CaseIterable {
    /// The root of the sum of squares.
    case euclidean
    /// The largest difference of a coordinate.
    case maximum
  }

  /// How neighbours are found.
  public enum Method: Sendable, Hashable, CaseIterable {
    /// By a tree of halves: the faster in few dimensions.
    case tree
    /// By products of blocks, Euclidean norm only: the faster in many dimensions.
    case products
  }

  /// Up to this many dimensions a tree looks at few points, whatever they are.
  private static let surelyFew = 4
  /// How many queries are tried to see how many points a tree looks at, and from which share on blocks are faster.
  private static let pilotCount = 32
  private static let largeShare = 0.1
  /// Squares of larger numbers are infinite.
  private static let largest = 1e150

  /// The points.
  public let points: Matrix<Double>
  /// Each point's time.
  public let times: [Int]
  /// How far two points are apart.
  public let metric: Metric
  /// How neighbours are found; `nil` leaves it to how many points the tree has to look at for the first queries.
  public let method: Method?
  /// Not grown where it is not used.
  private let tree: NeighbourTree?

  /// Prepares points for searching.
  ///
  /// Throws: `AnalysisError.tooFew` for no points or coordinates, `.sizeMismatch` for other times than points, `.outOfRange` for
  /// coordinates beyond 10¹⁵⁰; `LinearAlgebraError.notFinite`, `.tooLarge`.
  public init(
    of points: Matrix<Double>, times: [Int]? = nil, metric: Metric = .euclidean, method: Method? = nil
  ) throws {
    guard points.rowCount >= 1 else { throw AnalysisError.tooFew("points", count: 0, minimum: 1) }
    guard points.columnCount >= 1 else { throw AnalysisError.tooFew("coordinates", count: 0, minimum: 1) }
    guard points.rowCount < Int(Int32.max) else {
      throw LinearAlgebraError.tooLarge("neighbours", shape: points.shapeText)
    }
    if let times, times.count != points.rowCount {
      throw AnalysisError.sizeMismatch("number of times", size: "\(times.count)", expected: "\(points.rowCount)")
    }
    try Self.require(points)
    self.points = points
    self.times = times ?? Array(0..<points.rowCount)
    self.metric = metric
    self.method = metric == .maximum || points.columnCount <= Self.surelyFew ? .tree : method
    tree = self.method == .products ? nil : NeighbourTree(points)
  }

  private static func require(_ points: Matrix<Double>) throws {
    guard !points.entries.allSatisfy({ $0.magnitude <= largest }) else { return }
    try points.requireFinite()
    let most = points.largestMagnitude
    guard most <= largest else {
      throw AnalysisError.outOfRange("largest coordinate", most, rule: "at most \(largest)")
    }
  }

  /// The nearest others of every point.
  ///
  /// - Parameter skippingCoincident: leaves out points at no distance.
  ///
  /// Throws: `AnalysisError.tooFew` where a point has fewer others than asked for.
  public func nearest(
    _ count: Int, window: Int = 0, skippingCoincident: Bool = false
  ) throws -> Neighbours {
    try found(count, of: points, times, window, skippingCoincident, order: tree?.order)
  }

  /// The nearest points of other points; with times, those too near in time are left out.
  ///
  /// Throws: `AnalysisError.tooFew` where a query has fewer than asked for, `.sizeMismatch` for other widths or times;
  /// `LinearAlgebraError.notFinite`.
  public func nearest(
    _ count: Int, to queries: Matrix<Double>, times queryTimes: [Int]? = nil, window: Int = 0,
    skippingCoincident: Bool = false
  ) throws -> Neighbours {
    guard queries.columnCount == points.columnCount else {
      throw AnalysisError.sizeMismatch(
        "number of coordinates of the queries", size: "\(queries.columnCount)", expected: "\(points.columnCount)")
    }
    if let queryTimes, queryTimes.count != queries.rowCount {
      throw AnalysisError.sizeMismatch("number of times", size: "\(queryTimes.count)", expected: "\(queries.rowCount)")
    }
    try Self.require(queries)
    return try found(count, of: queries, queryTimes, window, skippingCoincident, order: nil)
  }

  private static let chunk = 256

  private func found(
    _ count: Int, of queries: Matrix<Double>, _ queryTimes: [Int]?, _ window: Int, _ skipping: Bool, order: [Int32]?
  ) throws -> Neighbours {
    guard count >= 1 else { throw AnalysisError.tooFew("neighbours", count: count, minimum: 1) }
    guard window >= 0 else { throw AnalysisError.tooFew("samples of Theiler window", count: window, minimum: 0) }
    guard count <= points.rowCount else {
      throw AnalysisError.tooFew("points for \(count) neighbours", count: points.rowCount, minimum: count)
    }
    let total = queries.rowCount
    let method = try self.method ?? chosenMethod(count, of: queries, queryTimes, window, skipping)
    let products = method == .products ? NeighbourProducts(points, times, queries: queries) : nil
    let starts = Array(stride(from: 0, to: total, by: Self.chunk))
    let parts = try concurrently(starts) { start in
      // In the order of the leaves, one query's path is the next one's too.
      let places = start..<min(total, start + Self.chunk)
      let rows = order.map { order in places.map { Int(order[$0]) } } ?? Array(places)
      return (rows, try part(count, rows, of: queries, queryTimes, window, skipping, by: products).found)
    }
    var indices = [Int32](repeating: 0, count: total * count)
    var distances = [Double](repeating: 0, count: total * count)
    for (rows, part) in parts {
      for (place, row) in rows.enumerated() {
        for k in 0..<count {
          indices[row * count + k] = part.indices[place * count + k]
          let size = part.sizes[place * count + k]
          distances[row * count + k] = metric == .euclidean ? size.squareRoot() : size
        }
      }
    }
    return Neighbours(count: count, indices: indices, distances: distances)
  }

  /// Points that fill all their dimensions leave a tree nothing to skip.
  private func chosenMethod(
    _ count: Int, of queries: Matrix<Double>, _ queryTimes: [Int]?, _ window: Int, _ skipping: Bool
  ) throws -> Method {
    let step = max(1, queries.rowCount / Self.pilotCount)
    let rows = Array(stride(from: 0, to: queries.rowCount, by: step).prefix(Self.pilotCount))
    guard queries.rowCount >= 4 * Self.pilotCount, points.rowCount >= 1000 else { return .tree }
    let leaves = try part(count, rows, of: queries, queryTimes, window, skipping, by: nil).leaves
    let seen = Double(leaves * NeighbourTree.leafSize) / Double(rows.count)
    return seen > Self.largeShare * Double(points.rowCount) ? .products : .tree
  }

  private typealias Part = (sizes: [Double], indices: [Int32])

  private func part(
    _ count: Int, _ rows: [Int], of queries: Matrix<Double>, _ queryTimes: [Int]?, _ window: Int, _ skipping: Bool,
    by products: NeighbourProducts?
  ) throws -> (found: Part, leaves: Int) {
    var leaves = 0
    var sizes = [Double](repeating: 0, count: rows.count * count)
    var indices = [Int32](repeating: 0, count: rows.count * count)
    let least = sizes.withUnsafeMutableBufferPointer { sizes in
      indices.withUnsafeMutableBufferPointer { indices -> Int in
        guard let size = sizes.baseAddress, let index = indices.baseAddress else { return count }
        var lists = rows.indices.map {
          NearestList(capacity: count, sizes: size + $0 * count, indices: index + $0 * count)
        }
        if let products {
          products.offer(rows, of: queries, queryTimes, window, skipping, to: &lists)
        } else {
          leaves = walks(tree ?? NeighbourTree(points), rows, of: queries, queryTimes, window, skipping) {
            place, walk, distance in
            walk.nearest(0, distance, &lists[place])
          }
        }
        return lists.map(\.count).min() ?? count
      }
    }
    guard least == count else {
      throw AnalysisError.tooFew(
        skipping ? "points apart in place and time" : "points beyond the Theiler window of \(window)", count: least,
        minimum: count)
    }
    return ((sizes, indices), leaves)
  }

  /// How many others every point has within each of rising radii, or within the radius of its own: points × radii.
  ///
  /// - Parameter isStrict: whether a point just at the radius is outside.
  ///
  /// Throws: `AnalysisError.outOfRange` for radii that do not rise.
  public func counts(within radii: [Double], window: Int = 0, isStrict: Bool = false) throws -> [[Int]] {
    for (lower, upper) in zip(radii, radii.dropFirst()) where !(upper > lower) {
      throw AnalysisError.outOfRange("radius", upper, rule: "above the one before, \(lower)")
    }
    guard let first = radii.first, let last = radii.last, first >= 0, last <= Self.largest else {
      throw AnalysisError.outOfRange("radius", radii.first ?? 0, rule: "a finite number from 0")
    }
    let tree = tree ?? NeighbourTree(points)
    let bounds = radii.map { metric == .euclidean ? $0 * $0 : $0 }
    let starts = Array(stride(from: 0, to: points.rowCount, by: Self.chunk))
    let parts = concurrently(starts) { start in
      let rows = (start..<min(points.rowCount, start + Self.chunk)).map { Int(tree.order[$0]) }
      var counts = rows.map { _ in [Int](repeating: 0, count: radii.count) }
      _ = walks(tree, rows, of: points, times, window, false) { place, walk, distance in
        bounds.withUnsafeBufferPointer { bounds in
          counts[place].withUnsafeMutableBufferPointer { counts in
            guard let counts = counts.baseAddress else { return }
            walk.count(0, distance, sizes: bounds, isStrict: isStrict, into: counts)
          }
        }
        for index in counts[place].indices.dropFirst() { counts[place][index] += counts[place][index - 1] }
      }
      return (rows, counts)
    }
    var counts = [[Int]](repeating: [], count: points.rowCount)
    for (rows, part) in parts { for (row, found) in zip(rows, part) { counts[row] = found } }
    return counts
  }

  private func walks(
    _ tree: NeighbourTree, _ rows: [Int], of queries: Matrix<Double>, _ queryTimes: [Int]?, _ window: Int,
    _ skipping: Bool,
    _ body: (_ place: Int, NeighbourWalk, _ distance: Double) -> Void
  ) -> Int {
    let width = tree.width
    var offsets = [Double](repeating: 0, count: width)
    var seen = 0
    withUnsafeMutablePointer(to: &seen) { seen in
      offsets.withUnsafeMutableBufferPointer { offsets in
        tree.nodes.withUnsafeBufferPointer { nodes in
          tree.points.withUnsafeBufferPointer { leaves in
            tree.order.withUnsafeBufferPointer { order in
              times.withUnsafeBufferPointer { times in
                queries.entries.withUnsafeBufferPointer { queries in
                  guard let nodes = nodes.baseAddress, let leaves = leaves.baseAddress,
                    let order = order.baseAddress, let times = times.baseAddress,
                    let queries = queries.baseAddress, let offsets = offsets.baseAddress
                  else { return }
                  for (place, row) in rows.enumerated() {
                    let query = queries + row * width
                    var distance = 0.0
                    for side in 0..<width {
                      let offset = max(0, tree.lower[side] - query[side], query[side] - tree.upper[side])
                      offsets[side] = offset
                      distance = metric == .euclidean ? distance + offset * offset : max(distance, offset)
                    }
                    let walk = NeighbourWalk(
                      width: width, isEuclidean: metric == .euclidean, skipsCoincident: skipping, nodes: nodes,
                      points: leaves, order: order, times: times, offsets: offsets, query: query,
                      time: queryTimes?[row], window: window, leaves: seen)
                    body(place, walk, distance)
                  }
                }
              }
            }
          }
        }
      }
    }
    return seen
  }

  /// The squared Euclidean distance, or the largest difference; some number above the bound where it is beyond it.
  static func size(
    _ first: UnsafePointer<Double>, _ second: UnsafePointer<Double>, _ width: Int, isEuclidean: Bool, bound: Double
  ) -> Double {
    var size = 0.0
    var side = 0
    if isEuclidean {
      while side < width {
        let difference = first[side] - second[side]
        size += difference * difference
        if size > bound { return size }
        side += 1
      }
    } else {
      while side < width {
        size = max(size, abs(first[side] - second[side]))
        if size > bound { return size }
        side += 1
      }
    }
    return size
  }
}
