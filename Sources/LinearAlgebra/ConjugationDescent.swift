/// The descent of `½‖A − Q B Qᵀ‖²` to a minimum that no finite turn of two axes betters.
///
/// Newton steps end at the nearest minimum; then turns of two axes by any angle, and reversals of single axes, are looked
/// over for one that leads lower, and the steps go on from there.
///
/// Laws: the value is at most that at the start; without reversals the determinant is that of the start.
public struct ConjugationDescent: Sendable, Hashable {
  /// The descent between moves.
  public var steps: OrthogonalTrustRegion
  /// Whether single axes may be reversed, which changes the determinant.
  public var reverses: Bool
  /// The largest number of times that moves are looked for.
  public var maximumMoveCount: Int
  /// The gain below which a move is not made.
  public var moveThreshold: Double

  /// Makes a descent.
  public init(
    steps: OrthogonalTrustRegion, reverses: Bool, maximumMoveCount: Int = 20, moveThreshold: Double = 1e-9
  ) {
    self.steps = steps
    self.reverses = reverses
    self.maximumMoveCount = maximumMoveCount
    self.moveThreshold = moveThreshold
  }

  /// Descends from an orthogonal matrix.
  ///
  /// Throws: `LinearAlgebraError.notFinite`, `.tooLarge`.
  public func minimum(
    of objective: ConjugationObjective, from start: Matrix<Double>
  ) throws(LinearAlgebraError) -> OrthogonalMinimum {
    var found = try steps.minimum(of: objective, from: start)
    for _ in 0..<maximumMoveCount where found.value > steps.sufficientValue {
      let place = objective.place(found.point)
      let moves = objective.moves(at: place, reversing: reverses, threshold: moveThreshold)
      guard let best = moves.first else { break }
      // Moves of different axes are nearly independent: all at once first, the best one alone if that does not pay.
      var (used, chosen) = (Set<Int>(), [AxisMove]())
      for move in moves {
        let axes = [move.first] + (move.second.map { [$0] } ?? [])
        guard used.isDisjoint(with: axes) else { continue }
        used.formUnion(axes)
        chosen.append(move)
      }
      var moved = objective.point(found.point, after: chosen)
      if objective.value(at: objective.place(moved)) > found.value - best.gain {
        moved = objective.point(found.point, after: [best])
      }
      let next = try steps.minimum(of: objective, from: moved)
      guard next.value < found.value - moveThreshold / 2 else { break }
      found = OrthogonalMinimum(
        point: next.point, value: next.value, gradientNorm: next.gradientNorm,
        stepCount: found.stepCount + next.stepCount, productCount: found.productCount + next.productCount,
        hasConverged: next.hasConverged)
    }
    return found
  }

  /// The matrix of opposite determinant that is reached from another by reversing the axis that costs least.
  public static func reversed(_ point: Matrix<Double>, for objective: ConjugationObjective) -> Matrix<Double> {
    guard let move = objective.cheapestReversal(at: objective.place(point)) else { return point }
    return objective.point(point, after: [move])
  }
}
