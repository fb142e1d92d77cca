/// Where a noisy curve is highest: at the top of the parabola that fits what is around its highest value.
struct CurvePeak {
  /// The place along the curve.
  let place: Double

  /// Values next to the highest one that are above this share of it are fitted.
  private static let top = 0.75

  /// - Parameter range: which values are looked at, one at least.
  init(of values: [Double], over places: [Double], within range: Range<Int>) {
    let highest = range.max { values[$0] < values[$1] } ?? range.lowerBound
    var (first, last) = (highest, highest)
    while first > range.lowerBound, values[first - 1] >= Self.top * values[highest] { first -= 1 }
    while last + 1 < range.upperBound, values[last + 1] >= Self.top * values[highest] { last += 1 }
    let (start, end) = (places[first], places[last])
    guard last - first >= 3, end > start, let summit = Self.summit(values[first...last], over: places[first...last])
    else {
      place = places[highest]
      return
    }
    place = min(max(summit, start), end)
  }

  /// The top of the parabola of least squares; `nil` where it has none.
  private static func summit(_ values: ArraySlice<Double>, over places: ArraySlice<Double>) -> Double? {
    guard let start = places.first, let end = places.last else { return nil }
    let (middle, half) = ((start + end) / 2, (end - start) / 2)
    // Sums of powers of places between −1 and 1, and of values with them.
    var (powers, products) = ([Double](repeating: 0, count: 5), [Double](repeating: 0, count: 3))
    for (place, value) in zip(places, values) {
      let x = (place - middle) / half
      var power = 1.0
      for order in 0..<5 {
        powers[order] += power
        if order < 3 { products[order] += power * value }
        power *= x
      }
    }
    // Cramer's rule, for the slope and the curvature.
    func determinant(_ a: [Double], _ b: [Double], _ c: [Double]) -> Double {
      a[0] * (b[1] * c[2] - b[2] * c[1]) - b[0] * (a[1] * c[2] - a[2] * c[1]) + c[0] * (a[1] * b[2] - a[2] * b[1])
    }
    let columns = (0..<3).map { first in (0..<3).map { powers[first + $0] } }
    let whole = determinant(columns[0], columns[1], columns[2])
    let slope = determinant(columns[0], products, columns[2])
    let curvature = determinant(columns[0], columns[1], products)
    guard whole > 0, curvature < 0 else { return nil }
    return middle - half * slope / (2 * curvature)
  }
}
