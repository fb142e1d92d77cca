import LinearAlgebra

/// A linear system driven by inputs, x ↦ A x + B u.
///
/// Shapes: A n×n, B n×m.
public struct DrivenOperator: Sendable {
  /// A, prepared for comparisons; filled up with zeros if told so.
  public let state: PreparedOperator
  /// B, with as many rows as A was filled up to.
  public let input: Matrix<Double>
  /// What inputs reach: [B, A B, Aᵀ B, A² B, (Aᵀ)² B, …] up to the power n−1, n×(2n−1)m.
  public let controllability: Matrix<Double>

  /// Prepares a system.
  ///
  /// Throws: what `PreparedOperator` throws for A; `AnalysisError.sizeMismatch` when B has other rows than A; `.tooFew` without inputs;
  /// `.outOfRange` when the powers of A grow beyond what can be compared, or take too much memory; `LinearAlgebraError.notFinite`.
  public init(state: Matrix<Double>, input: Matrix<Double>, paddedTo size: Int? = nil) throws {
    let prepared = try PreparedOperator(state, paddedTo: size)
    guard input.rowCount == state.rowCount else {
      throw AnalysisError.sizeMismatch(
        "input matrix", size: input.shapeText, expected: "\(state.rowCount) rows, as the state matrix has")
    }
    guard input.columnCount > 0 else { throw AnalysisError.tooFew("inputs", count: 0, minimum: 1) }
    try input.requireFinite()
    let n = prepared.size
    let (columns, overflow) = (2 * n - 1).multipliedReportingOverflow(by: input.columnCount)
    guard !overflow, columns <= 20_000_000 / n else {
      throw AnalysisError.outOfRange(
        "number of inputs", Double(input.columnCount), rule: "at most \(20_000_000 / n / (2 * n - 1)) for \(n) states")
    }
    let added = n - state.rowCount
    let padded = try input.stacked(above: .zeros(added, input.columnCount))
    let stepping = state.padded(to: n)
    // Transposed, blocks of columns are blocks of rows and need only be laid end to end.
    var blocks = padded.transposed.entries
    var (forward, backward) = (padded, padded)
    for _ in 1..<max(1, n) {
      forward = stepping * forward
      backward = try Matrix.product(stepping, backward, transposing: .left)
      blocks += forward.transposed.entries + backward.transposed.entries
    }
    let reached = Matrix(rowCount: columns, columnCount: n, entries: blocks).transposed
    let largest = reached.frobeniusNorm
    guard largest <= 1e150 else {
      throw AnalysisError.outOfRange(
        "norm of the controllability matrix", largest, rule: "at most 1e150: use a stable operator")
    }
    self.state = prepared
    self.input = padded
    controllability = reached
  }
}

/// The distances of two driven linear systems up to an orthogonal change of the state's coordinates.
///
/// Conventions: the three are separate problems, each with its own Q. The joint one aligns K₁ with Q K₂ for the controllability
/// matrices K and is exact. dsa-metric 2.0.2 applies the transpose of that Q, so that its joint score of the same
/// system in two bases is not 0.
///
/// Laws: all three are 0 for A₂ = QᵀA₁Q, B₂ = QᵀB₁.
///
/// References: huang2025.
public struct DrivenDistances: Sendable, Hashable {
  /// Of the operators A: Procrustes analysis over vector fields.
  public let state: OperatorAlignment
  /// Of the input matrices B.
  public let control: FrameAlignment
  /// Of the controllability matrices.
  public let joint: FrameAlignment

  /// Compares two systems.
  ///
  /// Throws: `AnalysisError.sizeMismatch` for different state sizes or numbers of inputs; `.outOfRange` for the search;
  /// `LinearAlgebraError.notConverged`.
  public init(
    _ first: DrivenOperator, _ second: DrivenOperator, search: AlignmentSearch = AlignmentSearch(thoroughness: 3)
  ) throws {
    guard first.input.columnCount == second.input.columnCount else {
      throw AnalysisError.sizeMismatch(
        "second system", size: "driven by \(second.input.columnCount) inputs",
        expected: "driven by \(first.input.columnCount) as the first is")
    }
    state = try OperatorAlignment(first.state, second.state, search: search)
    control = try FrameAlignment(first.input, second.input)
    joint = try FrameAlignment(first.controllability, second.controllability)
  }
}
