import LinearAlgebra

/// The mean canonical correlation of two systems; of their leading principal components alone it is SVCCA.
///
/// The canonical correlations are the cosines of the angles between the spaces that the centred units span over the samples; there are
/// as many as the smaller space has dimensions, and the mean is over them.
///
/// Range: [0, 1]. Two spaces of r and q dimensions among the m−1 of centred samples share r + q − (m−1) at least, so that with few
/// samples there are correlations of 1 whatever the systems do.
///
/// Laws: unchanged by translation, rotation and scale; with all components by every invertible linear map.
///
/// References: hotelling1936, raghu2017.
public struct CanonicalCorrelation: RepresentationMeasure, Hashable {
  /// The share of variance that the components compared hold at least.
  public let explained: Double
  /// A similarity.
  public var kind: RepresentationMeasureKind { .similarity }

  /// Makes a measure of the fewest principal components that hold a share of variance; of all unless told.
  ///
  /// Throws: `AnalysisError.outOfRange` for a share that is not above 0 and at most 1.
  public init(explained: Double = 1) throws(AnalysisError) {
    guard explained > 0, explained <= 1 else {
      throw .outOfRange("share of variance", explained, rule: "above 0 and at most 1")
    }
    self.explained = explained
  }

  /// An orthonormal basis of what is compared.
  public func prepared(_ representation: Representation) -> Matrix<Double> {
    let count = explained == 1 ? representation.rank : representation.componentCount(explaining: explained)
    return representation.basis.columns(0..<count)
  }

  /// Compares two systems.
  ///
  /// Throws: `LinearAlgebraError`.
  public func compared(_ first: Matrix<Double>, _ second: Matrix<Double>) throws -> Double {
    let cosines = try singularValues(of: try Matrix.product(first, second, transposing: .left))
    return cosines.reduce(0) { $0 + min(1, $1) } / Double(cosines.count)
  }
}
