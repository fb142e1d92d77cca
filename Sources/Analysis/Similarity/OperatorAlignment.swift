import Foundation
import LinearAlgebra

/// The distance of two operators up to an orthogonal change of coordinates: Procrustes analysis over vector fields.
///
/// Over the orthogonal Q it finds the least ‖A − Q B Qᵀ‖, the Euclidean distance, and the least angle between A and
/// Q B Qᵀ. The same Q gives both, whatever the norms. The smaller operator is filled up with zeros to the larger one's size.
///
/// Range: distance from |‖A‖ − ‖B‖| to ‖A‖ + ‖B‖; angle from 0 to π.
///
/// Conventions: the minimum is one of a search over many minima. It is proven where `isCertified`; else the truth lies between
/// the lower bound and what was found.
///
/// Laws: both distances are 0 for B = Qᵀ A Q, do not change under orthogonal changes of either operator's coordinates, and are
/// symmetric; the true minima satisfy the triangle inequality. The lower bounds never exceed the distances of any Q.
///
/// Complexity: some thousand products of n×n matrices, see `AlignmentSearch`.
///
/// References: ostrow2023, absil2007.
public struct OperatorAlignment: Sendable, Hashable {
  /// ‖A − Q B Qᵀ‖.
  public let distance: Double
  /// The angle between A and Q B Qᵀ in radians; `nil` when an operator is 0.
  public let angle: Double?
  /// Q: orthogonal, n×n.
  public let transformation: Matrix<Double>
  /// No orthogonal Q brings the distance below this.
  public let distanceLowerBound: Double
  /// No orthogonal Q brings the angle below this; `nil` when an operator is 0.
  public let angleLowerBound: Double?
  /// The norm of the gradient of ½‖A − Q B Qᵀ‖² for operators of norm 1: 0 where Q is stationary.
  public let gradientNorm: Double
  /// The least curvature found there, for operators of norm 1: an upper bound of the true one, negative at a saddle.
  public let leastCurvature: Double
  /// Whether Q is a minimum: the gradient is below 10⁻⁵ of the distance of the operators of norm 1, which leaves about the
  /// square of that over the curvature to gain, and no direction that was tried bends down.
  public let hasConverged: Bool
  /// How far the distances at the ends of the descents from starts lie apart; below a thousandth of the distance all found the same.
  public let spread: Double
  /// The number of descents from starts.
  public let descentCount: Int
  /// n, the side of the matrices compared.
  public let size: Int
  /// The sides of the operators themselves; a side below n was filled up with zeros.
  public let sides: [Int]
  /// The matrices among which Q was sought.
  public let group: AlignmentSearch.Group

  /// Whether the distance meets its lower bound, to a millionth of the operators' norms: then it is the minimum.
  public let isCertified: Bool

  /// Compares two matrices; the smaller is filled up with zeros.
  ///
  /// Throws: what `PreparedOperator` throws for either; `AnalysisError.outOfRange` for the search.
  public init(
    _ first: Matrix<Double>, _ second: Matrix<Double>, search: AlignmentSearch = AlignmentSearch(thoroughness: 3)
  ) throws {
    let prepared = try PreparedOperator.all([first, second])
    try self.init(prepared[0], prepared[1], search: search)
  }

  /// Compares two prepared operators.
  ///
  /// Throws: `AnalysisError.sizeMismatch` when they were prepared for different sizes; `.outOfRange` for the search.
  public init(
    _ first: PreparedOperator, _ second: PreparedOperator, search: AlignmentSearch = AlignmentSearch(thoroughness: 3)
  ) throws {
    try search.validate()
    guard first.size == second.size else {
      throw AnalysisError.sizeMismatch(
        "second operator", size: "prepared for \(second.size)", expected: "prepared for \(first.size) as the first is")
    }
    let starts = first.isZero || second.isZero ? [] : try search.randomStarts(size: first.size)
    try self.init(first, second, search: search, randomStarts: starts)
  }

  init(
    _ first: PreparedOperator, _ second: PreparedOperator, search: AlignmentSearch, randomStarts: [Matrix<Double>]
  ) throws(LinearAlgebraError) {
    size = first.size
    sides = [first.matrix.rowCount, second.matrix.rowCount]
    group = search.group
    guard !first.isZero, !second.isZero else {
      // Every Q does as well as any other.
      distance = max(first.norm, second.norm)
      (angle, angleLowerBound) = (nil, nil)
      transformation = .identity(first.size)
      distanceLowerBound = distance
      (gradientNorm, leastCurvature, spread, descentCount) = (0, 0, 0, 0)
      (hasConverged, isCertified) = (true, true)
      return
    }
    let least = first.invariants.leastDistance(to: second.invariants)
    let objective = try ConjugationObjective(fixed: first.unit, moving: second.unit)
    let sign: Double? =
      search.group == .orthogonal || !first.size.isMultiple(of: 2)
      ? nil : try first.basis.determinantSign() * second.basis.determinantSign()
    let descent = AlignmentDescent(
      search: search, objective: objective, leastValue: 0.5 * least * least, sign: sign)
    var (best, values) = try descent.run(first, second, randomStarts: randomStarts)

    // A saddle is left along the direction that bends down.
    var random = SeededGenerator(seed: search.seed).split("curvature")
    let point = best.point.reorthogonalized
    best = try OrthogonalTrustRegion(maximumStepCount: 20, sufficientValue: 1e-28).minimum(of: objective, from: point)
    var curvature = try LeastCurvature(of: objective, at: objective.place(best.point), using: &random)
    if curvature.value < -1e-7 * max(1e-3, curvature.largest) {
      let left = try cayleyRotation(by: 0.1 * curvature.direction) * best.point
      let lower = try OrthogonalTrustRegion().minimum(of: objective, from: left)
      if lower.value < best.value {
        best = lower
        values.append(lower.value)
        curvature = try LeastCurvature(of: objective, at: objective.place(best.point), using: &random)
      }
    }

    var turn = best.point.reorthogonalized
    // At odd sizes −Q conjugates as Q does.
    if search.group == .rotations, sign == nil,
      try turn.determinantSign() != first.basis.determinantSign() * second.basis.determinantSign()
    {
      turn = -turn
    }
    let place = objective.place(turn)
    let lengths = (first.norm, second.norm)
    let chord = (2 * objective.value(at: place)).squareRoot()
    distance = length(ofChord: chord, lengths)
    // The angle of two unit vectors from their difference and their sum: all digits near 0 and near π.
    let turned = try Matrix.product(turn * second.unit, turn, transposing: .right)
    angle = 2 * atan2(chord, (first.unit + turned).frobeniusNorm)
    distanceLowerBound = min(distance, length(ofChord: least, lengths))
    angleLowerBound = min(angle ?? 0, angleOf(chord: least))
    transformation = try Matrix.product(first.basis * turn, second.basis, transposing: .right)
    gradientNorm = objective.gradient(at: place).frobeniusNorm
    leastCurvature = curvature.value
    hasConverged = gradientNorm <= 1e-5 * chord + 1e-13 && curvature.value >= -1e-7 * max(1e-3, curvature.largest)
    let ends = values.map { length(ofChord: (2 * $0).squareRoot(), lengths) }
    spread = (ends.max() ?? 0) - (ends.min() ?? 0)
    descentCount = values.count
    isCertified = distance - distanceLowerBound <= 1e-6 * (first.norm + second.norm)
  }
}

/// The distance of two matrices of given norms whose directions, as unit vectors, lie a chord apart.
private func length(ofChord chord: Double, _ norms: (Double, Double)) -> Double {
  let difference = norms.0 - norms.1
  return (difference * difference + norms.0 * norms.1 * chord * chord).squareRoot()
}

/// The angle under which a chord of the unit circle is seen.
private func angleOf(chord: Double) -> Double {
  let half = min(chord / 2, 1)
  return 2 * atan2(half, ((1 - half) * (1 + half)).squareRoot())
}
