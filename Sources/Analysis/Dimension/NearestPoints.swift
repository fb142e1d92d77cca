import LinearAlgebra

/// The nearest others of points of a cloud, nearest first; of points equally far the earlier is nearer.
///
/// Products of whole blocks, |q|² − 2 q·p + |p|², say which points may be near; those are measured.
struct NearestPoints: Sendable {
  /// How many of each point.
  let count: Int
  /// Points × count.
  let indices: [Int32]
  let distances: [Double]

  private static let chunk = 256
  private static let block = 1024

  func indices(of query: Int) -> ArraySlice<Int32> { indices[(query * count)..<((query + 1) * count)] }

  func distances(of query: Int) -> ArraySlice<Double> { distances[(query * count)..<((query + 1) * count)] }

  /// Finds those of some rows, or of all, that are further apart in time than a window.
  ///
  /// Throws: `AnalysisError.tooFew` where a point has fewer others, `.outOfRange` for coordinates whose squares are infinite.
  init(_ count: Int, of cloud: DistinctPoints, rows: [Int]? = nil, window: Int) throws {
    guard window >= 0 else { throw AnalysisError.tooFew("samples of Theiler window", count: window, minimum: 0) }
    let most = cloud.points.largestMagnitude
    guard most <= 1e150 else { throw AnalysisError.outOfRange("largest coordinate", most, rule: "at most 1e150") }
    let rows = rows ?? Array(0..<cloud.points.rowCount)
    // Round-off is relative to the norms, which had better be small.
    let centred = cloud.points.centredColumns
    let squares = (0..<centred.rowCount).map { row in
      centred.entries[(row * centred.columnCount)..<((row + 1) * centred.columnCount)].reduce(0) { $0 + $1 * $1 }
    }
    let blocks = stride(from: 0, to: centred.rowCount, by: Self.block).map { start in
      centred.rows(start..<min(centred.rowCount, start + Self.block)).transposed
    }
    let parts = concurrently(Array(stride(from: 0, to: rows.count, by: Self.chunk))) { start in
      let own = Array(rows[start..<min(rows.count, start + Self.chunk)])
      var nearest = NearestLists(count: count, rows: own, cloud: cloud, squares: squares, window: window)
      let width = centred.columnCount
      let asked = Matrix(
        rowCount: own.count, columnCount: width,
        entries: own.flatMap { centred.entries[($0 * width)..<(($0 + 1) * width)] })
      for (number, block) in blocks.enumerated() { nearest.take(asked * block, from: number * Self.block) }
      return nearest
    }
    for part in parts {
      guard let least = part.filled.min(), least < count else { continue }
      throw AnalysisError.tooFew("points beyond the Theiler window of \(window)", count: least, minimum: count)
    }
    self.count = count
    indices = parts.flatMap(\.indices)
    distances = parts.flatMap(\.squaredDistances).map { $0.squareRoot() }
  }
}

/// The nearest so far of a few points.
private struct NearestLists: Sendable {
  let count: Int
  let rows: [Int]
  let cloud: DistinctPoints
  let squares: [Double]
  let window: Int
  var indices: [Int32]
  var squaredDistances: [Double]
  var filled: [Int]

  init(count: Int, rows: [Int], cloud: DistinctPoints, squares: [Double], window: Int) {
    (self.count, self.rows, self.cloud, self.squares, self.window) = (count, rows, cloud, squares, window)
    indices = [Int32](repeating: 0, count: rows.count * count)
    squaredDistances = [Double](repeating: .infinity, count: rows.count * count)
    filled = [Int](repeating: 0, count: rows.count)
  }

  /// Looks at a block of points, given the products of the rows with them.
  mutating func take(_ products: Matrix<Double>, from start: Int) {
    let width = cloud.points.columnCount
    // What the norms may hide of a distance.
    let kept = 1 - 8 * Double(width + 4) * Double.ulpOfOne
    let columns = products.columnCount
    for (place, row) in rows.enumerated() {
      let square = kept * squares[row]
      let time = cloud.times[row]
      let last = (place + 1) * count - 1
      var bound = squaredDistances[last] - square
      products.entries.withUnsafeBufferPointer { products in
        cloud.points.entries.withUnsafeBufferPointer { points in
          squares.withUnsafeBufferPointer { squares in
            guard let line = products.baseAddress.map({ $0 + place * columns }), let points = points.baseAddress,
              let norms = squares.baseAddress.map({ $0 + start })
            else { return }
            for column in 0..<columns where kept * norms[column] - 2 * line[column] <= bound {
              let other = start + column
              guard other != row, !areWithin(window, cloud.times[other], time) else { continue }
              offer(squaredDistance(points + row * width, points + other * width, width), Int32(other), to: place)
              bound = squaredDistances[last] - square
            }
          }
        }
      }
    }
  }

  private mutating func offer(_ square: Double, _ index: Int32, to place: Int) {
    let (first, last) = (place * count, (place + 1) * count - 1)
    guard square < squaredDistances[last] else { return }
    var slot = last
    while slot > first, squaredDistances[slot - 1] > square {
      squaredDistances[slot] = squaredDistances[slot - 1]
      indices[slot] = indices[slot - 1]
      slot -= 1
    }
    squaredDistances[slot] = square
    indices[slot] = index
    filled[place] = min(count, filled[place] + 1)
  }
}

/// Whether two times are no further apart than a window.
@inline(__always)
func areWithin(_ window: Int, _ one: Int, _ other: Int) -> Bool {
  let (difference, overflow) = one.subtractingReportingOverflow(other)
  return !overflow && difference.magnitude <= UInt(window)
}
