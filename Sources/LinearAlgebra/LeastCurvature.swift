/// The least curvature of a function on the orthogonal matrices at a place, by Lanczos' process from a random direction.
///
/// At a minimum it is not negative. It is an upper bound of the least eigenvalue of H, and after n(n−1)/2 products the eigenvalue
/// itself unless the first direction happened to be orthogonal to its eigenvector.
///
/// References: golub2013.
public struct LeastCurvature: Sendable, Hashable {
  /// The curvature ⟨W, H W⟩ along the direction.
  public let value: Double
  /// The direction W: skew-symmetric, of norm 1.
  public let direction: Matrix<Double>
  /// The largest curvature found, to compare with.
  public let largest: Double

  /// Runs the process for at most so many products; a 1×1 matrix has no directions and gets 0.
  ///
  /// Throws: `LinearAlgebraError.notFinite`, `.notConverged`.
  public init<Objective: OrthogonalObjective>(
    of objective: Objective, at place: Objective.Place, productCount: Int = 24, using random: inout SeededGenerator
  ) throws(LinearAlgebraError) {
    let n = objective.size
    let dimension = n * (n - 1) / 2
    guard dimension > 0 else {
      (value, direction, largest) = (0, .zeros(n, n), 0)
      return
    }
    let count = Int32(n * n)
    var next = Matrix<Double>.gaussian(n, n, using: &random).skewPart
    var directions: [Matrix<Double>] = []
    var (diagonal, beside) = ([Double](), [Double]())
    var length = next.frobeniusNorm
    while directions.count < min(productCount, dimension), length > 1e-12 {
      let current = (1 / length) * next
      if !directions.isEmpty { beside.append(length) }
      directions.append(current)
      next = objective.curvature(at: place, along: current)
      diagonal.append(current.innerProduct(with: next))
      // Twice, so that the directions stay orthogonal to round-off.
      for _ in 0..<2 {
        for direction in directions {
          let share = Double.routines.dot(count, direction.entries, 1, next.entries, 1)
          Double.routines.axpy(count, -share, direction.entries, 1, &next.entries, 1)
        }
      }
      length = next.frobeniusNorm
    }
    var tridiagonal = Matrix<Double>.diagonal(diagonal)
    for (i, entry) in beside.enumerated() {
      tridiagonal[i, i + 1] = entry
      tridiagonal[i + 1, i] = entry
    }
    let parts = try SymmetricEigendecomposition(of: tridiagonal)
    var combined = Matrix<Double>.zeros(n, n)
    for (i, direction) in directions.enumerated() { combined.add(parts.vectors[i, 0], times: direction) }
    value = parts.values.first ?? 0
    largest = parts.values.last ?? 0
    direction = combined
  }
}
