/// The threshold of singular values that loses least when a matrix of low rank is read out of white noise.
///
/// Conventions: β is the shorter side over the longer, in (0, 1].
///
/// Data: the noise must be independent from entry to entry. That of a matrix of delays is not, and noise-free data leave a
/// median of round-off: cap the rank by other means there.
///
/// References: gavish2014.
public struct SingularValueThreshold: Sendable, Hashable {
  /// β.
  public let aspectRatio: Double
  private let longer: Double

  /// Makes the threshold for matrices of a shape.
  ///
  /// Throws: `AnalysisError.tooFew` for an empty side.
  public init(rowCount: Int, columnCount: Int) throws(AnalysisError) {
    let shorter = min(rowCount, columnCount)
    guard shorter >= 1 else { throw .tooFew("rows and columns", count: shorter, minimum: 1) }
    longer = Double(max(rowCount, columnCount))
    aspectRatio = Double(shorter) / longer
    medianVariance = try MarchenkoPasturLaw(aspectRatio: aspectRatio).distribution.quantile(0.5)
  }

  /// λ*(β): the threshold for noise of deviation 1/√(longer side).
  public var forKnownNoise: Double {
    let b = aspectRatio
    return (2 * (b + 1) + 8 * b / ((b + 1) + (b * b + 14 * b + 1).squareRoot())).squareRoot()
  }

  /// ω(β): the threshold over the median singular value, for unknown noise.
  public var forUnknownNoise: Double { forKnownNoise / medianVariance.squareRoot() }

  /// μ(β): the median of the Marchenko–Pastur law of ratio β and variance 1.
  public let medianVariance: Double

  /// The threshold for noise of a known deviation per entry.
  ///
  /// Throws: `AnalysisError.notPositive`.
  public func cut(noise: Double) throws(AnalysisError) -> Double {
    try forKnownNoise * longer.squareRoot() * positive("noise deviation", noise)
  }

  /// The threshold from all singular values of the matrix.
  public func cut(medianOf values: [Double]) -> Double {
    guard !values.isEmpty else { return 0 }
    let sorted = values.sorted()
    return forUnknownNoise * (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
