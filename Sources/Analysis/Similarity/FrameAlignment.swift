import Foundation
import LinearAlgebra

/// The orthogonal Q for which ‖X − Q Y‖ is least: the orthogonal Procrustes problem, solved exactly.
///
/// Shapes: X and Y n×p, Q n×n.
///
/// Laws: no other orthogonal matrix comes nearer; the distance is 0 for X = Q Y.
///
/// References: schonemann1966.
public struct FrameAlignment: Sendable, Hashable {
  /// Q.
  public let transformation: Matrix<Double>
  /// ‖X − Q Y‖.
  public let distance: Double
  /// The angle between X and Q Y in radians, from 0 to π/2; `nil` when either is 0.
  public let angle: Double?

  /// Aligns Y with X.
  ///
  /// Throws: `LinearAlgebraError.shapeMismatch`, `.notFinite`, `.notConverged`, `.tooLarge`.
  public init(_ fixed: Matrix<Double>, _ moving: Matrix<Double>) throws(LinearAlgebraError) {
    guard fixed.hasShape(of: moving) else { throw .shapeMismatch("alignment", fixed.shapeText, moving.shapeText) }
    try fixed.requireFinite()
    try moving.requireFinite()
    let norms = (fixed.frobeniusNorm, moving.frobeniusNorm)
    guard norms.0 > 0, norms.1 > 0 else {
      transformation = .identity(fixed.rowCount)
      distance = max(norms.0, norms.1)
      angle = nil
      return
    }
    let (left, right) = ((1 / norms.0) * fixed, (1 / norms.1) * moving)
    transformation = try Matrix.product(left, right, transposing: .right).polarFactor()
    let turned = transformation * right
    let chord = (left - turned).frobeniusNorm
    let difference = norms.0 - norms.1
    distance = (difference * difference + norms.0 * norms.1 * chord * chord).squareRoot()
    angle = 2 * atan2(chord, (left + turned).frobeniusNorm)
  }
}
