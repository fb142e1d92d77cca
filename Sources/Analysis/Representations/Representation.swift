import LinearAlgebra

/// What the units of a system do at each of several samples, prepared for comparisons with other systems at the same samples.
///
/// Units are centred. What is compared is the cloud of samples, so the units enter by their singular value decomposition X = U S Vᵀ alone,
/// which is taken once for all comparisons.
///
/// Shapes: samples × units as given; U samples × rank.
///
/// Laws: U has orthonormal columns of mean 0; the values are of norm 1.
public struct Representation: Sendable, Hashable {
  /// The values as given: samples × units.
  public let samples: Matrix<Double>
  /// U: orthonormal columns.
  public let basis: Matrix<Double>
  /// The singular values of the centred samples, descending, over their norm.
  public let values: [Double]
  /// The norm of the centred samples.
  public let norm: Double

  /// Prepares samples × units.
  ///
  /// Conventions: singular values that round-off may bring about, beside the largest or beside the means, count as 0.
  ///
  /// Throws: `AnalysisError.tooFew` for fewer than 3 samples; `.notPositive` where all samples are the same;
  /// `LinearAlgebraError.notFinite`, `.notConverged`, `.tooLarge`.
  public init(_ samples: Matrix<Double>) throws {
    guard samples.rowCount >= 3 else { throw AnalysisError.tooFew("samples", count: samples.rowCount, minimum: 3) }
    try samples.requireFinite()
    let (rows, columns) = (Double(samples.rowCount), Double(samples.columnCount))
    let factors = try SingularValueDecomposition(of: samples.centredColumns)
    let largestMean = samples.columnMeans.map(abs).max() ?? 0
    let round =
      Double.ulpOfOne * max(max(rows, columns) * (factors.values.first ?? 0), 8 * largestMean * rows.squareRoot())
    let kept = factors.values.prefix { $0 > round }
    guard !kept.isEmpty else { throw AnalysisError.notPositive("variance of the samples", 0) }
    norm = LinearAlgebra.norm(of: Array(kept))
    values = kept.map { [norm] in $0 / norm }
    basis = factors.leftVectors.columns(0..<kept.count)
    self.samples = samples
  }

  /// The number of samples.
  public var sampleCount: Int { samples.rowCount }
  /// The number of directions in which the samples vary.
  public var rank: Int { values.count }

  /// The centred samples over their norm, in their own principal axes: samples × rank.
  public var scores: Matrix<Double> { scaledBasis(by: values) }

  /// U with a factor for each column.
  func scaledBasis(by factors: [Double]) -> Matrix<Double> { basis.mapColumns { $0 * factors[$1] } }

  /// The least number of principal components that hold a share of the variance.
  func componentCount(explaining share: Double) -> Int {
    var held = 0.0
    for (index, value) in values.enumerated() {
      held += value * value
      if held >= share * (1 - 4 * Double.ulpOfOne * Double(rank)) { return index + 1 }
    }
    return rank
  }
}
