import LinearAlgebra

/// Linear centred kernel alignment: the cosine between two systems' matrices of inner products of samples, ‖XᵀY‖²/(‖XᵀX‖ ‖YᵀY‖) of
/// centred X and Y.
///
/// Debiased, each of the three is replaced by the unbiased estimator of the Hilbert-Schmidt independence criterion, without which few
/// samples of many units look alike whatever they do.
///
/// Range: [0, 1]; debiased at most 1, about 0 for independent systems, and at times below.
///
/// Laws: unchanged by translation, rotation and scale; not by other linear maps.
///
/// References: kornblith2019, song2012, nguyen2021.
public struct KernelAlignment: RepresentationMeasure, Hashable {
  /// Whether the estimators are unbiased.
  public let isDebiased: Bool
  /// A similarity.
  public var kind: RepresentationMeasureKind { .similarity }

  /// Makes a measure.
  public init(isDebiased: Bool = false) { self.isDebiased = isDebiased }

  /// What is needed of one system.
  public struct Kernel: Sendable {
    let scores: Matrix<Double>
    /// The squared norm of each sample.
    let squares: [Double]
    /// The criterion of the system and itself.
    let own: Double
  }

  /// Prepares one system.
  ///
  /// Throws: `AnalysisError.tooFew` for fewer than 4 samples where debiased; `.notPositive` where the criterion of the system and itself
  /// is 0.
  public func prepared(_ representation: Representation) throws -> Kernel {
    let count = representation.sampleCount
    if isDebiased, count < 4 {
      throw AnalysisError.tooFew("samples for debiased alignment", count: count, minimum: 4)
    }
    let scores = representation.scores
    let squares = (0..<count).map { row in scores.row(row).reduce(0) { $0 + $1 * $1 } }
    let own = criterion(representation.values.reduce(0) { $0 + $1 * $1 * $1 * $1 }, squares, squares)
    // What is left of it after cancellation.
    guard own > 1e-13 else {
      throw AnalysisError.notPositive("unbiased criterion of a system and itself", max(0, own))
    }
    return Kernel(scores: scores, squares: squares, own: own)
  }

  /// Compares two systems.
  ///
  /// Throws: `LinearAlgebraError`.
  public func compared(_ first: Kernel, _ second: Kernel) throws -> Double {
    let overlap = try Matrix.product(first.scores, second.scores, transposing: .left)
    let shared = criterion(overlap.innerProduct(with: overlap), first.squares, second.squares)
    return min(1, shared / (first.own.squareRoot() * second.own.squareRoot()))
  }

  /// The criterion up to a factor that the number of samples gives, from ‖XᵀY‖² and the squared norms of the samples.
  private func criterion(_ overlap: Double, _ first: [Double], _ second: [Double]) -> Double {
    guard isDebiased else { return overlap }
    let count = Double(first.count)
    let together = zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
    let apart = first.reduce(0, +) * second.reduce(0, +)
    return overlap - count / (count - 2) * together + apart / ((count - 1) * (count - 2))
  }
}
