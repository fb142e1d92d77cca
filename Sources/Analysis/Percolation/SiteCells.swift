import Foundation
import LinearAlgebra

/// Sites in cells of the plane of their first two axes, with the cells that hold what may be near.
///
/// With two axes or one a cell is so small that sites within it are near each other, and so in one cluster: one near site of
/// another cell speaks for all of it, and dense sites cost no more than sparse ones.
struct SiteCells: Sendable {
  /// The cell of every site.
  let cell: [Int32]
  /// Where the neighbours of every cell begin, and, last, where they end.
  let starts: [Int32]
  /// The cells near every cell, itself first.
  let neighbours: [Int32]
  /// Whether all sites of a cell are near each other.
  let isTight: Bool

  private let coordinates: [Double]
  private let width: Int
  private let periods: [Double]
  private let limit: Double

  /// So that distances which rounding tells apart are the same.
  private static let slack = 1e-9
  /// Cells are not numbered further than this along an axis.
  private static let mostCells = 1e9

  /// - Parameter periods: of every axis; 0 where it has two ends.
  init(of points: Matrix<Double>, radius: Double, periods: [Double]) {
    let (count, width) = (points.rowCount, points.columnCount)
    let reach = radius * (1 + Self.slack)
    (self.width, self.periods, limit) = (width, periods, reach * reach)
    let coordinates = points.entries.enumerated().map { place, value -> Double in
      let period = periods[place % width]
      guard period > 0 else { return value }
      let rest = value.truncatingRemainder(dividingBy: period)
      return rest < 0 ? rest + period : rest
    }
    self.coordinates = coordinates
    let axes = (0..<min(2, width)).map { axis in
      CellAxis(
        (0..<count).map { coordinates[$0 * width + axis] }, radius: reach, period: periods[axis],
        size: reach / Double(min(2, width)).squareRoot(), most: Self.mostCells)
    }
    isTight = width <= 2 && axes.allSatisfy(\.isFine)
    var known: [SIMD2<Int32>: Int32] = [:]
    var places: [SIMD2<Int32>] = []
    cell = (0..<count).map { site in
      var place = SIMD2<Int32>(0, 0)
      for axis in axes.indices { place[axis] = axes[axis].cell(coordinates[site * width + axis]) }
      if let found = known[place] { return found }
      known[place] = Int32(places.count)
      places.append(place)
      return Int32(places.count - 1)
    }
    // Cells whose nearest points are near enough.
    let along = axes.map(\.offsets)
    let offsets = along[0].flatMap { first -> [(Int32, Int32, Double)] in
      (along.count > 1 ? along[1] : [(0, 0)]).map { (first.offset, $0.offset, first.apart + $0.apart) }
    }.filter { $0.2 <= reach * reach }.sorted { $0.2 < $1.2 }
    var (starts, neighbours): ([Int32], [Int32]) = ([0], [])
    for (index, place) in places.enumerated() {
      let start = neighbours.count
      neighbours.append(Int32(index))
      for (first, second, _) in offsets {
        guard let x = axes[0].moved(place.x, by: first),
          let y = axes.count > 1 ? axes[1].moved(place.y, by: second) : place.y,
          let other = known[SIMD2(x, y)]
        else { continue }
        // Around a short circle two ways lead to one cell.
        if !neighbours[start...].contains(other) { neighbours.append(other) }
      }
      starts.append(Int32(neighbours.count))
    }
    (self.starts, self.neighbours) = (starts, neighbours)
  }

  /// The number of cells that hold a site.
  var count: Int { starts.count - 1 }

  /// Whether two sites are no farther apart than the radius.
  func areNear(_ first: Int, _ second: Int) -> Bool {
    var sum = 0.0
    for axis in 0..<width {
      var apart = coordinates[first * width + axis] - coordinates[second * width + axis]
      let period = periods[axis]
      if period > 0 { apart -= period * (apart / period).rounded() }
      sum += apart * apart
    }
    return sum <= limit
  }
}

/// One axis of the plane in stretches of one length.
private struct CellAxis {
  private let origin: Double
  private let size: Double
  private let period: Double
  /// How many stretches go around; 0 where there are two ends.
  private let around: Int32
  private let reach: Int32
  /// Whether stretches are as short as wanted.
  let isFine: Bool

  init(_ values: [Double], radius: Double, period: Double, size wanted: Double, most: Double) {
    self.period = period
    let (least, greatest) = (values.min() ?? 0, values.max() ?? 0)
    if period > 0 {
      let count = min(max(1, (period / wanted).rounded(.up)), most)
      (origin, size, around) = (0, period / count, Int32(count))
    } else {
      (origin, size, around) = (least, max(wanted, (greatest - least) / most), 0)
    }
    isFine = size <= wanted
    let far = (radius / size).rounded(.down) + 1
    reach = Int32(min(far, period > 0 ? Double(around) : far))
  }

  func cell(_ value: Double) -> Int32 {
    let place = Int32(((value - origin) / size).rounded(.down))
    return around > 0 ? min(place, around - 1) : place
  }

  /// How far cells may lie, with the square of the least distance between.
  var offsets: [(offset: Int32, apart: Double)] {
    (-reach...reach).map { offset in
      let between = Double(max(0, abs(offset) - 1)) * size
      return (offset, between * between)
    }
  }

  func moved(_ place: Int32, by offset: Int32) -> Int32? {
    guard around > 0 else { return place + offset }
    let moved = (place + offset) % around
    return moved < 0 ? moved + around : moved
  }
}
