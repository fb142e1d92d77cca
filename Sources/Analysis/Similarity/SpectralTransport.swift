import LinearAlgebra

/// The Wasserstein distance of two sets of points in the complex plane, such as two operators' eigenvalues, every point with the
/// same weight, by exact assignment.
///
/// Range: at least 0, in the unit of the points.
///
/// Laws: for sets of one size a metric, but for the order of the points; it does not see what eigenvectors do, so operators
/// that are not similar may lie at 0.
///
/// Complexity: O(n³); with `.spreadWeights` n is the least common multiple of the counts.
///
/// References: redman2024, jonker1987.
public struct SpectralTransport: Sendable, Hashable {
  /// What is done with sets of different sizes.
  public enum Unequal: String, Sendable, Hashable, Codable, CaseIterable {
    /// The smaller set gets zeros, as an operator does that is filled up with zeros.
    case padWithZeros
    /// The points of each set share the weight 1 among them.
    case spreadWeights
  }

  /// The largest number of points that are assigned.
  public static let largestCount = 4000

  /// For each point of the first set, as filled up or repeated, its partner's place in the second.
  public let partners: [Int]
  /// The mean squared distance of partners: what dsa-metric calls the Wasserstein score.
  public let meanSquare: Double
  /// Its root, the Wasserstein distance of order 2.
  public var distance: Double { meanSquare.squareRoot() }

  /// Pairs the points at the least mean squared distance.
  ///
  /// Throws: `AnalysisError.tooFew` for an empty set, `.outOfRange` for too many points; `LinearAlgebraError.notFinite`.
  public init(
    _ first: [Complex<Double>], _ second: [Complex<Double>], unequal: Unequal = .padWithZeros
  ) throws {
    guard !first.isEmpty, !second.isEmpty else { throw AnalysisError.tooFew("eigenvalues", count: 0, minimum: 1) }
    let count: Int
    switch unequal {
    case .padWithZeros: count = max(first.count, second.count)
    case .spreadWeights: count = first.count / greatestCommonDivisor(first.count, second.count) * second.count
    }
    guard count <= Self.largestCount else {
      throw AnalysisError.outOfRange("number of points", Double(count), rule: "at most \(Self.largestCount)")
    }
    func extended(_ points: [Complex<Double>]) -> [Complex<Double>] {
      switch unequal {
      case .padWithZeros: points + Array(repeating: Complex(0), count: count - points.count)
      case .spreadWeights: points.flatMap { Array(repeating: $0, count: count / points.count) }
      }
    }
    let (left, right) = (extended(first), extended(second))
    var costs = Matrix<Double>.zeros(count, count)
    for i in 0..<count {
      for j in 0..<count { costs[i, j] = (left[i] - right[j]).squaredModulus }
    }
    let assignment = try LinearAssignment(costs: costs)
    partners = assignment.columns
    meanSquare = max(0, assignment.cost / Double(count))
  }

  /// Compares the eigenvalues of two prepared operators.
  ///
  /// Throws: `AnalysisError.tooFew`, `.outOfRange`.
  public init(_ first: PreparedOperator, _ second: PreparedOperator) throws {
    try self.init(first.eigenvalues, second.eigenvalues)
  }
}

private func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
  var (a, b) = (first, second)
  while b != 0 { (a, b) = (b, a % b) }
  return a
}
