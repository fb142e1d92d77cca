import LinearAlgebra

/// The distances of every two of many operators up to orthogonal changes of coordinates.
///
/// Each operator is prepared once; the pairs are shared out among the processor's cores.
///
/// Shapes: k×k for k operators; all matrices are symmetric with a diagonal of zeros.
///
/// Conventions: operators of different sizes are filled up with zeros to the largest one's size, so that one metric holds for all;
/// a distance may then be smaller than that of the same two alone.
///
/// Laws: the numbers depend on the operators and the search, not on the number of cores.
///
/// References: ostrow2023.
public struct OperatorDistances: Sendable, Hashable, Codable {
  /// The side that all operators were compared at.
  public let size: Int
  /// Each operator's own side; a side below `size` was filled up with zeros.
  public let sides: [Int]
  /// The Euclidean distances.
  public let distances: Matrix<Double>
  /// The angles in radians; `nil` when an operator is 0 and has none.
  public let angles: Matrix<Double>?
  /// Lower bounds of the Euclidean distances.
  public let distanceLowerBounds: Matrix<Double>
  /// Lower bounds of the angles.
  public let angleLowerBounds: Matrix<Double>?
  /// How far the ends of each pair's descents lie apart, as Euclidean distances.
  public let spread: Matrix<Double>
  /// Whether each pair's search ended at a minimum.
  public let converged: [[Bool]]
  /// Whether each pair's distance meets its lower bound.
  public let certified: [[Bool]]

  /// Compares every two matrices.
  ///
  /// Throws: `AnalysisError.tooFew` for fewer than two operators; what `PreparedOperator` throws for any of them; `.outOfRange` for the
  /// search.
  public init(of matrices: [Matrix<Double>], search: AlignmentSearch = AlignmentSearch()) throws {
    guard matrices.count >= 2 else { throw AnalysisError.tooFew("operators", count: matrices.count, minimum: 2) }
    try self.init(PreparedOperator.all(matrices), search: search)
  }

  /// Compares every two prepared operators.
  ///
  /// Throws: `AnalysisError.tooFew` for fewer than two operators; `.sizeMismatch` when they were prepared for different sizes;
  /// `.outOfRange` for the search.
  public init(_ operators: [PreparedOperator], search: AlignmentSearch = AlignmentSearch()) throws {
    try search.validate()
    guard let first = operators.first, operators.count >= 2 else {
      throw AnalysisError.tooFew("operators", count: operators.count, minimum: 2)
    }
    for (index, other) in operators.enumerated() where other.size != first.size {
      throw AnalysisError.sizeMismatch(
        "operator \(index + 1)", size: "prepared for \(other.size)",
        expected: "prepared for \(first.size) as the first is")
    }
    let count = operators.count
    let starts = try search.randomStarts(size: first.size)
    let pairs = (0..<count).flatMap { i in (0..<i).map { (first: $0, second: i) } }
    let alignments = try concurrently(pairs) { (pair) throws(LinearAlgebraError) in
      try PairSummary(
        OperatorAlignment(operators[pair.first], operators[pair.second], search: search, randomStarts: starts))
    }
    func matrix(_ value: (PairSummary) -> Double) -> Matrix<Double> {
      var matrix = Matrix<Double>.zeros(count, count)
      for (pair, alignment) in zip(pairs, alignments) {
        matrix[pair.first, pair.second] = value(alignment)
        matrix[pair.second, pair.first] = value(alignment)
      }
      return matrix
    }
    func flags(_ value: (PairSummary) -> Bool) -> [[Bool]] {
      matrix { value($0) ? 0 : 1 }.rowArrays.map { $0.map { $0 == 0 } }
    }
    size = first.size
    sides = operators.map(\.matrix.rowCount)
    let hasAngles = !operators.contains(where: \.isZero)
    distances = matrix(\.distance)
    angles = hasAngles ? matrix { $0.angle ?? 0 } : nil
    distanceLowerBounds = matrix(\.distanceLowerBound)
    angleLowerBounds = hasAngles ? matrix { $0.angleLowerBound ?? 0 } : nil
    spread = matrix(\.spread)
    converged = flags(\.hasConverged)
    certified = flags(\.isCertified)
  }
}

/// What is kept of a pair: its transformation would take the memory of an operator for each.
private struct PairSummary: Sendable {
  let distance: Double
  let angle: Double?
  let distanceLowerBound: Double
  let angleLowerBound: Double?
  let spread: Double
  let hasConverged: Bool
  let isCertified: Bool

  init(_ alignment: OperatorAlignment) {
    distance = alignment.distance
    angle = alignment.angle
    distanceLowerBound = alignment.distanceLowerBound
    angleLowerBound = alignment.angleLowerBound
    spread = alignment.spread
    hasConverged = alignment.hasConverged
    isCertified = alignment.isCertified
  }
}
