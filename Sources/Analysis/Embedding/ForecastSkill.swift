import LinearAlgebra

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

  /// The correlation with an interval from blocks of successive forecasts, drawn again; the library stays as it is.
  ///
  /// Throws: `AnalysisError.tooFew` for fewer forecasts than four blocks.
  public func interval(
    blockLength: Int, level: Double = 0.95, using random: inout SeededGenerator
  ) throws(AnalysisError) -> BootstrapInterval {
    let count = Double(max(1, actual.count))
    let (meanX, meanY) = (predicted.reduce(0, +) / count, actual.reduce(0, +) / count)
    let (x, y) = (predicted.map { $0 - meanX }, actual.map { $0 - meanY })
    func products(_ one: [Double], _ other: [Double]) -> [Double] { zip(one, other).map { $0 * $1 } }
    return try BootstrapInterval(
      meansOf: [x, y, products(x, y), products(x, x), products(y, y)], blockLength: blockLength, level: level,
      using: &random
    ) { means in
      let size = ((means[3] - means[0] * means[0]) * (means[4] - means[1] * means[1])).squareRoot()
      return size > 0 ? (means[2] - means[0] * means[1]) / size : 0
    }
  }

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
