/// What was foretold beside what came.
public struct ForecastSkill: Sendable, Hashable {
  /// What was foretold.
  public let predicted: [Double]
  /// What came.
  public let actual: [Double]

  /// Sets what was foretold beside what came.
  public init(predicted: [Double], actual: [Double]) { (self.predicted, self.actual) = (predicted, actual) }

  /// Pearson's correlation of the two; 0 where either does not vary.
  public var correlation: Double { pearson(predicted, actual) }

  /// The root mean square of their difference.
  public var rootMeanSquareError: Double {
    (zip(predicted, actual).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(max(1, actual.count)))
      .squareRoot()
  }
}

/// Pearson's correlation; 0 where either does not vary.
func pearson(_ first: [Double], _ second: [Double]) -> Double {
  let count = Double(max(1, first.count))
  let (meanX, meanY) = (first.reduce(0, +) / count, second.reduce(0, +) / count)
  var (products, squaresX, squaresY) = (0.0, 0.0, 0.0)
  for (x, y) in zip(first, second) {
    products += (x - meanX) * (y - meanY)
    squaresX += (x - meanX) * (x - meanX)
    squaresY += (y - meanY) * (y - meanY)
  }
  let size = (squaresX * squaresY).squareRoot()
  return size > 0 ? products / size : 0
}
