import Foundation

/// A square of ranks, divided into quarters as long as the points in it lie unevenly.
///
/// References: fraser1986.
struct AdaptiveCells {
  /// In nats.
  let information: Double

  private struct Cell {
    var x: Range<Int>
    var y: Range<Int>
    var points: [Int32]
  }

  /// Above these a cell's points lie unevenly, with 80 % confidence: χ² per degree of freedom of 4 cells and of 16.
  private static let quarterBound = 1.547
  private static let sixteenthBound = 1.287

  init(_ first: [Double], _ second: [Double]) {
    let (x, y) = (Self.ranks(first), Self.ranks(second))
    let total = Double(max(1, first.count))
    var sum = 0.0
    var open = [Cell(x: 0..<first.count, y: 0..<first.count, points: (0..<Int32(first.count)).map { $0 })]
    while let cell = open.popLast() {
      let count = cell.points.count
      guard count > 0 else { continue }
      if count >= 16, cell.x.count >= 4, cell.y.count >= 4 {
        let quarters = Self.divided(cell, 2, x, y)
        var isUneven = Self.unevenness(quarters.map(\.points.count)) > Self.quarterBound
        if !isUneven, count >= 64 {
          isUneven = Self.unevenness(Self.divided(cell, 4, x, y).map(\.points.count)) > Self.sixteenthBound
        }
        if isUneven {
          open += quarters
          continue
        }
      }
      let share = Double(count) / total
      sum += share * log(share / (Double(cell.x.count) / total * (Double(cell.y.count) / total)))
    }
    information = sum
  }

  private static func ranks(_ values: [Double]) -> [Int] {
    var ranks = [Int](repeating: 0, count: values.count)
    for (rank, place) in values.indices.sorted(by: { (values[$0], $0) < (values[$1], $1) }).enumerated() {
      ranks[place] = rank
    }
    return ranks
  }

  private static func divided(_ cell: Cell, _ parts: Int, _ x: [Int], _ y: [Int]) -> [Cell] {
    func border(_ range: Range<Int>, _ part: Int) -> Int { range.lowerBound + range.count * part / parts }
    func part(_ place: Int, _ range: Range<Int>) -> Int {
      var part = (place - range.lowerBound) * parts / range.count
      while place >= border(range, part + 1) { part += 1 }
      while place < border(range, part) { part -= 1 }
      return part
    }
    var cells = (0..<parts).flatMap { row in
      (0..<parts).map { column in
        Cell(
          x: border(cell.x, row)..<border(cell.x, row + 1), y: border(cell.y, column)..<border(cell.y, column + 1),
          points: [])
      }
    }
    for point in cell.points {
      cells[part(x[Int(point)], cell.x) * parts + part(y[Int(point)], cell.y)].points.append(point)
    }
    return cells
  }

  private static func unevenness(_ counts: [Int]) -> Double {
    let mean = Double(counts.reduce(0, +)) / Double(counts.count)
    let sum = counts.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) / mean }
    return sum / Double(counts.count - 1)
  }
}
