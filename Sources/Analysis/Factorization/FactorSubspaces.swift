import Foundation
import LinearAlgebra

/// How far the directions in which a code follows one factor are those in which it follows another.
///
/// A factor's subspace holds 95 % of the variance of the code's means over all other factors. *Overlap* of U and V is ‖UᵀV‖²/min(k, l) for k and l
/// dimensions: from 0 for orthogonal subspaces to 1 where the smaller lies in the larger. k of random directions among d overlap by about k/d.
///
/// References: bjorck1973.
public struct FactorSubspaces: Sendable, Hashable {
  /// Two factors' subspaces.
  public struct Pair: Sendable, Hashable {
    /// The first factor.
    public let first: Int
    /// The second.
    public let second: Int
    /// From 0 to 1.
    public let overlap: Double
    /// The principal angles in degrees, ascending.
    public let angles: [Double]
  }

  /// The dimension of each factor's subspace.
  public let dimensions: [Int]
  /// For every two factors.
  public let pairs: [Pair]

  /// The share of variance that a subspace holds.
  public static let share = 0.95

  init(gram: Matrix<Double>, design: FactorDesign) throws {
    let turned = try design.effects.map { effect -> Matrix<Double> in
      // Rows: what takes a code to its coordinates along the subspace's axes.
      let found = try SymmetricEigendecomposition(of: effect * gram * effect.transposed)
      let total = found.values.reduce(0) { $0 + max(0, $1) }
      var (kept, sum) = ([Int](), 0.0)
      for place in found.values.indices.reversed() where sum < Self.share * total && found.values[place] > 0 {
        kept.append(place)
        sum += found.values[place]
      }
      var axes = found.vectors.selectingColumns(kept)
      for row in 0..<axes.rowCount {
        for (column, place) in kept.enumerated() { axes[row, column] /= found.values[place].squareRoot() }
      }
      return axes.transposed * effect
    }
    dimensions = turned.map(\.rowCount)
    var pairs: [Pair] = []
    for first in turned.indices {
      for second in turned.indices where second > first {
        let least = min(dimensions[first], dimensions[second])
        guard least > 0 else { continue }
        let cosines = try singularValues(of: turned[first] * gram * turned[second].transposed).map { min(1, $0) }
        pairs.append(
          Pair(
            first: first, second: second, overlap: cosines.reduce(0) { $0 + $1 * $1 } / Double(least),
            angles: cosines.prefix(least).map { acos($0) * 180 / .pi }.sorted()))
      }
    }
    self.pairs = pairs
  }
}
