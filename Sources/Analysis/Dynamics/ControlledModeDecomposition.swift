import LinearAlgebra

/// Linear dynamics that inputs drive: a(t + 1) = A a(t) + B u(t), in the few coordinates in which the successors lie.
///
/// Shapes: of n units, p inputs and rank r: basis n×r with orthonormal columns, A r×r, B r×p.
///
/// Conventions: a = basisᵀ x; the input that stands beside a state acts on its successor. Eigenvalues as in
/// ``DynamicModeDecomposition``.
///
/// Laws: of states that linear dynamics with inputs move without noise, the eigenvalues are those of A, and B is the true one in
/// the basis. Trials are never joined: no transition reaches from one to the next.
///
/// References: proctor2016.
public struct ControlledModeDecomposition: Sendable, Hashable {
  /// A.
  public let stateOperator: Matrix<Double>
  /// B.
  public let inputOperator: Matrix<Double>
  /// What gives states from coordinates, and as transpose coordinates from states.
  public let basis: Matrix<Double>
  /// The share of the change from step to step that is explained, in (−∞, 1].
  public let explainedChange: Double
  /// The dynamics left to themselves: operator, eigenvalues, modes.
  public let autonomous: DynamicModeDecomposition

  /// Fits states, their successors, and the inputs beside the states.
  ///
  /// - Parameters:
  ///   - inputs: L×p, a row beside each of the pairs.
  ///   - rank: how many directions of the successors to keep.
  ///   - basis: the successors' decomposition, where it is known already.
  ///   - ridge: λ in s/(s² + λ) for 1/s, in the states' and inputs' joint decomposition.
  /// - Throws: `DynamicsError.inputsNotExciting` where inputs follow from the states; `AnalysisError.sizeMismatch`.
  public init(
    of pairs: SnapshotPairs, inputs: Matrix<Double>, rank rule: RankRule, basis known: SnapshotBasis? = nil,
    ridge: Double = 0
  ) throws {
    guard inputs.rowCount == pairs.count else {
      throw AnalysisError.sizeMismatch(
        "table of inputs", size: inputs.shapeText, expected: "\(pairs.count) rows, one beside each state")
    }
    let wanted: Int? = if case .count(let count) = rule { max(1, count) } else { nil }
    let output = try known ?? SnapshotBasis(of: pairs.future, count: wanted)
    let rank = try output.rank(by: rule)
    basis = output.directions.columns(0..<rank)
    // Reducing before the fit keeps noise out of the joint decomposition, and is exact where states lie in the basis.
    let past = pairs.past * basis
    let future = pairs.future * basis
    let joint = try past.beside(inputs)
    let factors = try SingularValueDecomposition(of: joint)
    let found = factors.rank(relativeTolerance: 1e-10)
    guard found == joint.columnCount else {
      throw DynamicsError.inputsNotExciting(rank: found, needed: joint.columnCount)
    }
    let shares: Matrix<Double> = try .product(factors.leftVectors, future, transposing: .left)
    var scaled = shares
    for (row, value) in factors.values.enumerated() {
      let inverse = value / (value * value + ridge)
      for column in 0..<scaled.columnCount { scaled[row, column] *= inverse }
    }
    let solution: Matrix<Double> = try .product(factors.rightVectorsTransposed, scaled, transposing: .left)
    stateOperator = solution.rows(0..<rank).transposed
    inputOperator = solution.rows(rank..<joint.columnCount).transposed
    let rest = future - joint * solution
    let change = future - past
    let moved = change.frobeniusNorm
    explainedChange = moved > 0 ? 1 - (rest.frobeniusNorm / moved) * (rest.frobeniusNorm / moved) : 0
    autonomous = try DynamicModeDecomposition(
      stateOperator: stateOperator, encoder: basis, decoder: basis.transposed, singularValues: output.singularValues,
      explained: output.totalEnergy > 0
        ? min(1, output.singularValues.prefix(rank).reduce(0) { $0 + $1 * $1 } / output.totalEnergy) : 0,
      stepInterval: pairs.stepInterval, timeUnit: pairs.timeUnit)
  }

  /// The eigenvalues of A.
  public var eigenvalues: [Complex<Double>] { autonomous.eigenvalues }

  /// What inputs (rows) add to the states that follow.
  public func push(of inputs: Matrix<Double>) -> Matrix<Double> {
    inputs * inputOperator.transposed * basis.transposed
  }

  /// Pairs whose successors are what they would have been without the inputs beside the states.
  public func withoutInputs(_ pairs: SnapshotPairs, inputs: Matrix<Double>) -> SnapshotPairs {
    SnapshotPairs(pairs, future: pairs.future - push(of: inputs))
  }
}
