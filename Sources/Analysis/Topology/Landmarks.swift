import LinearAlgebra

/// A few of many points, spread evenly: each next one is the farthest from those before.
///
/// Complexity: points × landmarks × coordinates.
///
/// Laws: no point is farther than the covering radius from its nearest landmark, and no two landmarks are nearer to each other; at
/// most twice the radius of the best such cover; the same points give the same landmarks.
///
/// References: gonzalez1985.
public struct Landmarks: Sendable, Hashable, Codable {
  /// The rows of the landmarks among the points, in the order of choice.
  public let indices: [Int]
  /// The largest distance of a point from its nearest landmark.
  public let coveringRadius: Double

  /// Chooses among the rows of a matrix, beginning with the first; all of them, if there are no more than asked for.
  ///
  /// Throws: `TopologyError.noPoints`, `.notFinite`; `AnalysisError.tooFew` for no landmark.
  public init(of points: Matrix<Double>, count: Int) throws {
    guard count >= 1 else { throw AnalysisError.tooFew("landmarks", count: count, minimum: 1) }
    try requirePoints(points)
    let (rows, width) = (points.rowCount, points.columnCount)
    var chosen = [0]
    var squares = [Double](repeating: .infinity, count: rows)
    var radius = 0.0
    points.entries.withUnsafeBufferPointer { entries in
      guard let base = entries.baseAddress else { return }
      while true {
        let latest = base + (chosen.last ?? 0) * width
        var (farthest, most) = (0, -1.0)
        for row in 0..<rows {
          let square = squaredDistance(base + row * width, latest, width)
          if square < squares[row] { squares[row] = square }
          if squares[row] > most { (farthest, most) = (row, squares[row]) }
        }
        radius = most.squareRoot()
        // Copies of landmarks are no further landmarks, unless all points are asked for.
        guard chosen.count < count, most > 0 else { return }
        chosen.append(farthest)
      }
    }
    if count >= rows { chosen = Array(0..<rows) }
    indices = chosen
    coveringRadius = radius
  }
}

/// Points must be there and finite, and their squares too.
func requirePoints(_ points: Matrix<Double>) throws(TopologyError) {
  guard points.rowCount > 0, points.columnCount > 0 else { throw .noPoints(shape: points.shapeText) }
  if let place = points.entries.firstIndex(where: { !(abs($0) <= 1e150) }) {
    throw .notFinite(
      row: place / points.columnCount, column: place % points.columnCount, value: "\(points.entries[place])")
  }
}

/// The squared Euclidean distance of two points.
@inline(__always)
func squaredDistance(_ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, _ width: Int) -> Double {
  var sums = SIMD4<Double>(repeating: 0)
  var at = 0
  while at + 4 <= width {
    let difference =
      SIMD4(left[at], left[at + 1], left[at + 2], left[at + 3])
      - SIMD4(right[at], right[at + 1], right[at + 2], right[at + 3])
    sums += difference * difference
    at += 4
  }
  var sum = (sums[0] + sums[1]) + (sums[2] + sums[3])
  while at < width {
    let difference = left[at] - right[at]
    sum += difference * difference
    at += 1
  }
  return sum
}
