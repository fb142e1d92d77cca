import Foundation
import LinearAlgebra

/// The distance of two operators up to the order of their axes: the least ‖A − P B Pᵀ‖ over permutations P.
///
/// A quadratic assignment problem. Upper bounds come from relaxation (a Frank–Wolfe descent over doubly stochastic matrices)
/// and exchanges of two axes, lower bounds from Gilmore and Lawler's assignment and from what no orthogonal matrix betters.
/// Then a search over partial orders proves the minimum, as far as its budget of nodes reaches: always up to 8 axes, often some more.
///
/// Laws: the distance is at least that over orthogonal matrices; it is 0 for B = PᵀAP where the search is exact.
///
/// References: vogelstein2015, gilmore1962, lawler1963.
public struct PermutationAlignment: Sendable, Hashable {
  /// ‖A − P B Pᵀ‖.
  public let distance: Double
  /// The angle between A and P B Pᵀ in radians; `nil` when an operator is 0.
  public let angle: Double?
  /// For each axis of A the axis of B that takes its place: P B Pᵀ has B[p(i), p(j)] at i, j.
  public let permutation: [Int]
  /// No permutation brings the distance below this.
  public let distanceLowerBound: Double
  /// Whether the distance is proven to be the least.
  public let isExact: Bool

  /// Compares two prepared operators; at most so many partial orders are looked at to prove the minimum.
  ///
  /// Throws: `AnalysisError.sizeMismatch` when they were prepared for different sizes, `.outOfRange` for the limit.
  public init(
    _ first: PreparedOperator, _ second: PreparedOperator, nodeLimit: Int = 200_000, seed: UInt64 = 1
  ) throws {
    guard first.size == second.size else {
      throw AnalysisError.sizeMismatch(
        "second operator", size: "prepared for \(second.size)", expected: "prepared for \(first.size) as the first is")
    }
    guard (0...100_000_000).contains(nodeLimit) else {
      throw AnalysisError.outOfRange("node limit", Double(nodeLimit), rule: "from 0 to 100000000")
    }
    guard !first.isZero, !second.isZero else {
      (distance, angle) = (max(first.norm, second.norm), nil)
      (permutation, distanceLowerBound, isExact) = (Array(0..<first.size), distance, true)
      return
    }
    let problem = QuadraticAssignment(first.paddedUnit, second.paddedUnit)
    var random = SeededGenerator(seed: seed).split("permutations")
    var best = try problem.heuristic(using: &random)
    let least = first.invariants.leastDistance(to: second.invariants)
    var bound = max(try LinearAssignment(costs: problem.shares).cost, least * least)
    let search = problem.proven(better: best, nodeLimit: max(nodeLimit, first.size <= 8 ? 200_000 : 0))
    if let better = search.permutation { best = better }
    let cost = problem.cost(of: best)
    if search.isComplete { bound = cost }
    permutation = best
    let (chord, norms) = (cost.squareRoot(), (first.norm, second.norm))
    let turned = problem.permuted(by: best)
    angle = 2 * atan2(chord, (problem.fixed + turned).frobeniusNorm)
    let difference = norms.0 - norms.1
    distance = (difference * difference + norms.0 * norms.1 * cost).squareRoot()
    let lower = max(0, bound - 1e-13)
    distanceLowerBound = min(distance, (difference * difference + norms.0 * norms.1 * lower).squareRoot())
    isExact = search.isComplete || distance - distanceLowerBound <= 1e-6 * (norms.0 + norms.1)
  }
}
