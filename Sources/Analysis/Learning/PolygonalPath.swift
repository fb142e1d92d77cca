import Foundation
import LinearAlgebra

/// A path through points: its length, how fast it goes and how it bends.
///
/// Shapes: points × coordinates.
///
/// Units: angles in degrees, from 0 to 180; curvatures over the unit of the coordinates.
///
/// Laws: turning, shifting and reflecting the path changes nothing; scaling it changes lengths and curvatures alone.
public struct PolygonalPath: Sendable, Hashable, Codable {
  /// The points in their order.
  public let points: Matrix<Double>

  /// Makes a path.
  ///
  /// Throws: `LinearAlgebraError.notFinite`.
  public init(_ points: Matrix<Double>) throws(LinearAlgebraError) {
    try points.requireFinite()
    self.init(finite: points)
  }

  init(finite points: Matrix<Double>) { self.points = points }

  /// How many points there are.
  public var count: Int { points.rowCount }

  /// From one point to another.
  private func chord(_ first: Int, _ second: Int) -> [Double] {
    (0..<points.columnCount).map { points[second, $0] - points[first, $0] }
  }

  /// The length up to each point.
  public var lengths: [Double] {
    guard count > 0 else { return [] }
    return (1..<max(1, count)).reduce(into: [0]) { $0.append(($0.last ?? 0) + norm(of: chord($1 - 1, $1))) }
  }

  /// The angle at each point between the chords from `halfWidth` points before and to as many behind; `nil` at the ends, and where a chord
  /// is not longer than `floor`.
  public func turningAngles(halfWidth: Int = 1, floor: Double = 0) -> [Double?] {
    bends(halfWidth) { before, after in
      let (first, second) = (norm(of: before), norm(of: after))
      guard first > floor, second > floor else { return nil }
      let (left, right) = (before.map { $0 / first }, after.map { $0 / second })
      // The arc cosine would lose half of the digits of a small angle.
      let angle = 2 * atan2(norm(of: zip(left, right).map { $0 - $1 }), norm(of: zip(left, right).map { $0 + $1 }))
      return angle < 1e-9 ? 0 : angle * 180 / .pi
    }
  }

  /// Menger's curvature at each point: 4 times the area of the triangle with the points `halfWidth` before and behind over the product of
  /// its sides, the inverse radius of the circle through them; `nil` at the ends and where two of the three are one.
  public func curvatures(halfWidth: Int = 1) -> [Double?] {
    bends(halfWidth) { before, after in
      let across = zip(before, after).map { $0 + $1 }
      let (first, second, third) = (norm(of: before), norm(of: after), norm(of: across))
      guard first > 0, second > 0, third > 0 else { return nil }
      let along = zip(before, after).reduce(0) { $0 + $1.0 / first * $1.1 }
      let height = norm(of: zip(before, after).map { $1 - along / first * $0 })
      return 2 * height / (second * third)
    }
  }

  private func bends(_ halfWidth: Int, _ bend: ([Double], [Double]) -> Double?) -> [Double?] {
    (0..<count).map { place in
      guard halfWidth >= 1, place >= halfWidth, count - place > halfWidth else { return nil }
      return bend(chord(place - halfWidth, place), chord(place, place + halfWidth))
    }
  }

  /// The size of the derivative by `times`: of the parabola through each point and its neighbours, and of the line at the ends, as NumPy's
  /// `gradient`.
  ///
  /// Throws: `AnalysisError.tooFew` for fewer than two points, `.sizeMismatch`, `.outOfRange` where times do not ascend.
  public func speeds(times: [Double]) throws(AnalysisError) -> [Double] {
    guard count >= 2 else { throw .tooFew("checkpoints", count: count, minimum: 2) }
    guard times.count == count else {
      throw .sizeMismatch("number of steps", size: "\(times.count)", expected: "\(count), as of points")
    }
    try LearnTime.requireAscending(times)
    return (0..<count).map { place in
      let rate: [Double]
      if place == 0 || place == count - 1 {
        let first = max(0, place - 1)
        rate = chord(first, first + 1).map { $0 / (times[first + 1] - times[first]) }
      } else {
        let (before, after) = (times[place] - times[place - 1], times[place + 1] - times[place])
        rate = zip(chord(place - 1, place), chord(place, place + 1)).map { left, right in
          (left / before * after + right / after * before) / (before + after)
        }
      }
      return norm(of: rate)
    }
  }

  /// The points at places counted in points, such as 2.5 halfway from the third to the fourth.
  func at(_ places: [Double]) -> PolygonalPath {
    let entries = places.flatMap { place -> [Double] in
      let below = min(max(0, Int(place)), max(0, count - 2))
      let above = min(below + 1, count - 1)
      let share = place - Double(below)
      return (0..<points.columnCount).map { points[below, $0] + share * (points[above, $0] - points[below, $0]) }
    }
    return PolygonalPath(finite: Matrix(rowCount: places.count, columnCount: points.columnCount, entries: entries))
  }
}
