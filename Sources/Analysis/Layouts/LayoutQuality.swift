import LinearAlgebra

/// How well a layout keeps neighbourhoods.
///
/// Conventions: of points equally far the earlier row is nearer. *Trustworthiness* is less than 1 where points are neighbours in the
/// layout that are far apart in truth, *continuity* where neighbours are torn apart; both go by ranks, so that a stranger counts the
/// more the farther down the list it is.
///
/// Range: [0, 1] each; 1 where all neighbourhoods are kept. A layout without any order has about ½.
///
/// Complexity: points² × coordinates, without a table of distances.
///
/// References: venna2001.
public struct LayoutQuality: Sendable, Hashable, Codable {
  /// 1 less the ranks by which neighbours in the layout are strangers.
  public let trustworthiness: Double
  /// 1 less the ranks by which neighbours are strangers in the layout.
  public let continuity: Double
  /// The share of neighbours kept; k/(n − 1) by chance.
  public let kept: Double

  /// Measures several layouts of the same points at once.
  ///
  /// Throws: `AnalysisError.sizeMismatch` for layouts of other points; `.outOfRange` for neighbours of which there are not 1 to n/2 − 1.
  public static func measured(
    _ layouts: [Matrix<Double>], of points: Matrix<Double>, neighbourCount k: Int
  ) throws -> [LayoutQuality] {
    let count = points.rowCount
    for layout in layouts where layout.rowCount != count {
      throw AnalysisError.sizeMismatch("layout", size: "\(layout.rowCount) points", expected: "\(count) points")
    }
    guard k >= 1, 2 * k < count else {
      throw AnalysisError.outOfRange(
        "number of neighbours", Double(k), rule: "at least 1 and less than half of \(count) points")
    }
    let parts = concurrently(Array(0..<count)) { point -> [Loss] in
      let truth = Nearness(of: point, in: points, count: k)
      return layouts.map { layout in
        let seen = Nearness(of: point, in: layout, count: k)
        var loss = Loss()
        for other in seen.nearest {
          let rank = truth.rank(of: other)
          if rank > k { loss.strangers += rank - k } else { loss.kept += 1 }
        }
        for other in truth.nearest { loss.torn += max(0, seen.rank(of: other) - k) }
        return loss
      }
    }
    let most = Double(count * k) * Double(2 * count - 3 * k - 1) / 2
    return layouts.indices.map { index in
      let sum = parts.reduce(into: Loss()) { sum, part in
        sum.strangers += part[index].strangers
        sum.torn += part[index].torn
        sum.kept += part[index].kept
      }
      return LayoutQuality(
        trustworthiness: 1 - Double(sum.strangers) / most, continuity: 1 - Double(sum.torn) / most,
        kept: Double(sum.kept) / Double(count * k))
    }
  }

  private struct Loss: Sendable {
    var (strangers, torn, kept) = (0, 0, 0)
  }
}

/// How near all points are to one of them.
private struct Nearness {
  private let point: Int
  private let squares: [Double]
  let nearest: [Int]

  init(of point: Int, in points: Matrix<Double>, count: Int) {
    self.point = point
    let width = points.columnCount
    let squares = points.entries.withUnsafeBufferPointer { entries -> [Double] in
      guard let base = entries.baseAddress else { return [] }
      return (0..<points.rowCount).map { squaredDistance(base + point * width, base + $0 * width, width) }
    }
    self.squares = squares
    var nearest: [Int] = []
    for other in squares.indices where other != point {
      if nearest.count == count, let last = nearest.last, squares[other] >= squares[last] { continue }
      if nearest.count == count { nearest.removeLast() }
      var place = nearest.count
      while place > 0, squares[nearest[place - 1]] > squares[other] { place -= 1 }
      nearest.insert(other, at: place)
    }
    self.nearest = nearest
  }

  /// 1 for the nearest.
  func rank(of other: Int) -> Int {
    let square = squares[other]
    return squares.withUnsafeBufferPointer { squares in
      var nearer = 0
      for place in 0..<squares.count where squares[place] < square { nearer += 1 }
      // Of those equally far the earlier ones.
      for place in 0..<other where squares[place] == square { nearer += 1 }
      // The point itself was counted if it is nearer than the other, or as near and earlier.
      if squares[point] < square || (squares[point] == square && point < other) { nearer -= 1 }
      return nearer + 1
    }
  }
}
