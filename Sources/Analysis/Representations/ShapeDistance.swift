import Foundation
import LinearAlgebra

/// How far apart two clouds of samples are after the best rotation of one onto the other, with more or less whitening before.
///
/// The centred samples X become φ(X) = X (α I + (1−α) s (XᵀX)^{−1/2}), scaled back to the norm of X, where s is the root mean square of
/// X's singular values other than 0. The Euclidean distance is the least ‖φ(X) − φ(Y) Q‖ over orthogonal Q, the angular one the least
/// angle between the two, from 0 to π/2. α = 1 leaves X as it is: Procrustes analysis. α = 0 whitens: then any invertible change of
/// units is forgotten, as by canonical correlations.
///
/// Conventions: of different unit counts the smaller is filled up with units that are 0. netrep has no factor s, so that between the ends its
/// numbers depend on the units of measurement and on how many samples there are; where s = 1 both are the same.
///
/// Laws: a metric on what is left of clouds after translation and rotation: zero for equals, symmetric, with the triangle inequality;
/// the angle also does not change with scale.
///
/// References: williams2021, schonemann1966.
public struct ShapeDistance: RepresentationMeasure, Hashable {
  /// How the distance is measured.
  public enum Form: String, Sendable, Hashable, Codable {
    /// In radians.
    case angular
    /// In the units of the samples, over all samples.
    case euclidean
  }

  /// α: 1 leaves the samples as they are, 0 whitens them.
  public let regularization: Double
  /// How the distance is measured.
  public let form: Form
  /// A distance.
  public var kind: RepresentationMeasureKind { .distance }

  /// Makes a distance.
  ///
  /// Throws: `AnalysisError.outOfRange` for a regularisation outside [0, 1].
  public init(regularization: Double = 1, form: Form = .angular) throws(AnalysisError) {
    guard (0...1).contains(regularization) else {
      throw .outOfRange("regularisation", regularization, rule: "from 0 to 1")
    }
    self.regularization = regularization
    self.form = form
  }

  /// One system's cloud, whitened as told, of norm 1, in its own axes.
  public struct Cloud: Sendable {
    let points: Matrix<Double>
    let norm: Double
  }

  /// Whitens one system as told.
  public func prepared(_ representation: Representation) -> Cloud {
    let mean = 1 / Double(representation.rank).squareRoot()
    let factors = representation.values.map { regularization * $0 + (1 - regularization) * mean }
    let scale = 1 / LinearAlgebra.norm(of: factors)
    return Cloud(points: representation.scaledBasis(by: factors.map { $0 * scale }), norm: representation.norm)
  }

  /// Below this cosine the arccosine is as exact as the cosine.
  private static let nearCosine = 0.99

  /// Aligns two clouds.
  ///
  /// Throws: `LinearAlgebraError`.
  public func compared(_ first: Cloud, _ second: Cloud) throws -> Double {
    let overlap = try Matrix.product(first.points, second.points, transposing: .left)
    let cosine = try singularValues(of: overlap).reduce(0, +)
    var (angle, chord) = (acos(min(1, cosine)), (2 * max(0, 1 - cosine)).squareRoot())
    if cosine > Self.nearCosine {
      // Of nearly equal clouds the cosine is all round-off: their difference is taken itself.
      let factors = try SingularValueDecomposition(of: overlap, extent: .full)
      let width = max(first.points.columnCount, second.points.columnCount)
      let left = (first.points * factors.leftVectors).widened(to: width)
      let right = (second.points * factors.rightVectors).widened(to: width)
      chord = (left - right).frobeniusNorm
      angle = 2 * atan2(chord, (left + right).frobeniusNorm)
    }
    switch form {
    case .angular: return angle
    case .euclidean: return hypot(first.norm - second.norm, (first.norm * second.norm).squareRoot() * chord)
    }
  }
}

extension Matrix where Scalar == Double {
  /// With columns of zeros added.
  fileprivate func widened(to width: Int) -> Matrix {
    guard width > columnCount else { return self }
    var wide = Matrix.zeros(rowCount, width)
    for row in 0..<rowCount {
      for column in 0..<columnCount { wide[row, column] = self[row, column] }
    }
    return wide
  }
}
