import LinearAlgebra

/// Neighbours by products: |p|² − 2 q·p of whole blocks, in single precision, says which points can be near; those are
/// measured exactly.
struct NeighbourProducts: Sendable {
  /// Some of the points, as columns of −2 p with |p|² below.
  private struct Block: Sendable {
    let range: Range<Int>
    let columns: Matrix<Float>
    let largestSquare: Double
  }

  private static let blockSize = 1024
  private static let lanes = 16
  /// More than what is lost where numbers of size 1 meet some too small for single precision.
  private static let underflow = 1e-30
  private let points: Matrix<Double>
  private let times: [Int]
  /// Round-off is relative to the norms, so that these had better be small.
  private let centre: [Double]
  /// What makes the largest coordinate one of size 1, so that no square is too large.
  private let scale: Double
  private let blocks: [Block]

  init(_ points: Matrix<Double>, _ times: [Int], queries: Matrix<Double>) {
    self.points = points
    self.times = times
    let (width, centre) = (points.columnCount, points.columnMeans)
    self.centre = centre
    let most = max(points.largestMagnitude, queries.largestMagnitude, .leastNormalMagnitude)
    let scale = Double(sign: .plus, exponent: min(500, -most.exponent - 1), significand: 1)
    self.scale = scale
    blocks = stride(from: 0, to: points.rowCount, by: Self.blockSize).map { start in
      let range = start..<min(points.rowCount, start + Self.blockSize)
      var columns = Matrix<Float>.zeros(width + 1, range.count)
      var largest = 0.0
      for (column, row) in range.enumerated() {
        var square = 0.0
        for side in 0..<width {
          let value = (points.entries[row * width + side] - centre[side]) * scale
          columns.entries[side * range.count + column] = Float(-2 * value)
          square += value * value
        }
        columns.entries[width * range.count + column] = Float(square)
        largest = max(largest, square)
      }
      return Block(range: range, columns: columns, largestSquare: largest)
    }
  }

  func offer(
    _ rows: [Int], of queries: Matrix<Double>, _ queryTimes: [Int]?, _ window: Int, _ skipping: Bool,
    to lists: inout [NearestList]
  ) {
    let width = points.columnCount
    var asked = Matrix<Float>(rowCount: rows.count, columnCount: width + 1, repeating: 1)
    var squares = [Double](repeating: 0, count: rows.count)
    for (place, row) in rows.enumerated() {
      for side in 0..<width {
        let value = (queries.entries[row * width + side] - centre[side]) * scale
        asked.entries[place * (width + 1) + side] = Float(value)
        squares[place] += value * value
      }
    }
    // Of a sum of width + 1 products, whose factors were rounded too, no more than half of this.
    let roundOff = 2 * Double(width + 4) * Double(Float.ulpOfOne)
    for block in blocks {
      let products = asked * block.columns
      products.entries.withUnsafeBufferPointer { products in
        points.entries.withUnsafeBufferPointer { points in
          queries.entries.withUnsafeBufferPointer { queries in
            guard let products = products.baseAddress, let points = points.baseAddress,
              let queries = queries.baseAddress
            else { return }
            for (place, row) in rows.enumerated() {
              let time = queryTimes?[row]
              let slack = roundOff * (squares[place] + block.largestSquare) + Self.underflow
              let limit = Limit(factor: scale * scale, shift: slack - squares[place])
              Self.scan(products + place * block.range.count, block.range.count, limit, &lists[place]) {
                column, list in
                let index = block.range.lowerBound + column
                if let time, areWithin(window, times[index], time) { return }
                let size = NeighbourSearch.size(
                  queries + row * width, points + index * width, width, isEuclidean: true, bound: list.bound)
                if size <= list.bound, !(skipping && size == 0) { list.offer(size, Int32(index)) }
              }
            }
          }
        }
      }
    }
  }

  /// What a product must not exceed for its point to be of interest.
  private struct Limit {
    let factor: Double
    let shift: Double

    func of(_ list: NearestList) -> Float { Float(list.bound * factor + shift).nextUp }
  }

  /// Looks at several products at a time: nearly all of them are of points too far away.
  private static func scan(
    _ line: UnsafePointer<Float>, _ count: Int, _ bound: Limit, _ list: inout NearestList,
    _ near: (_ column: Int, inout NearestList) -> Void
  ) {
    var column = 0
    var limit = bound.of(list)
    while column + lanes <= count {
      let several = UnsafeRawPointer(line + column).loadUnaligned(as: SIMD16<Float>.self)
      if any(several .<= limit) {
        for place in column..<(column + lanes) where line[place] <= limit {
          near(place, &list)
          limit = bound.of(list)
        }
      }
      column += lanes
    }
    while column < count {
      if line[column] <= limit {
        near(column, &list)
        limit = bound.of(list)
      }
      column += 1
    }
  }
}
