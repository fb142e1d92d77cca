/// A straight line through points, by least squares.
struct LineFit {
  let slope: Double
  let intercept: Double
  /// The standard error of the slope.
  let slopeError: Double

  init(_ x: [Double], _ y: [Double]) {
    let count = Double(max(1, x.count))
    let (meanX, meanY) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
    var (squares, products) = (0.0, 0.0)
    for (a, b) in zip(x, y) {
      squares += (a - meanX) * (a - meanX)
      products += (a - meanX) * (b - meanY)
    }
    let slope = squares > 0 ? products / squares : 0
    let intercept = meanY - slope * meanX
    let rest = zip(x, y).reduce(0) { sum, pair in
      let error = pair.1 - intercept - slope * pair.0
      return sum + error * error
    }
    (self.slope, self.intercept) = (slope, intercept)
    slopeError = squares > 0 && x.count > 2 ? (rest / Double(x.count - 2) / squares).squareRoot() : 0
  }
}
