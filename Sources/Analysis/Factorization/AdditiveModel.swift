import LinearAlgebra

/// How much of a code is a sum of what each factor does by itself: r(x, y) ≈ c + f(x) + g(y), by least squares.
///
/// R² = 1 − Σ|r − r̂|²/Σ|r − r̄|² over conditions. Of a factor, its *separability* is the share of what goes with it at all, by itself or in
/// interaction, that it does by itself: S/(S + Σ|r − r̂|²), where S is what R² loses without it, in squares.
///
/// Range: from 0 to 1. The closed forms for N × N values: the Clifford torus and one code per factor beside another 1; a torus in three
/// dimensions with radii R and a (R² + a²/2)/(R² + a²), and separability ½ of its minor factor, whatever the radii; one code for each combination
/// 2/(N + 1).
///
/// References: liang2024.
public struct AdditiveModel: Sendable, Hashable {
  /// R².
  public let determination: Double
  /// The share of the sum of squares that is lost without each factor.
  public let shares: [Double]
  /// The separability of each factor.
  public let separability: [Double]
  /// Of every condition: the square of what is left, of its distance from the mean, and of what each factor does.
  let residuals: [Double]
  let totals: [Double]
  let parts: [[Double]]

  /// Fits.
  ///
  /// - Parameter gram: the inner products of conditions' activations less their mean.
  init(gram: Matrix<Double>, grid: FactorGrid, design: FactorDesign) throws {
    let all = Array(grid.factors.indices)
    let basis = try design.basis(of: all)
    let (fitted, cross) = Self.fitted(gram, basis)
    let sizes = gram.diagonalEntries
    let rests = sizes.indices.map { max(0, sizes[$0] - 2 * cross[$0] + fitted[$0]) }
    (totals, residuals) = (sizes, rests)
    let parts = try all.map { factor in
      let rest = Self.fitted(gram, try design.basis(of: all.filter { $0 != factor })).squares
      return zip(fitted, rest).map { $0 - $1 }
    }
    self.parts = parts
    let (total, left) = (sizes.reduce(0, +), rests.reduce(0, +))
    determination = total > 0 ? 1 - left / total : 0
    let sums = parts.map { max(0, $0.reduce(0, +)) }
    shares = sums.map { total > 0 ? $0 / total : 0 }
    separability = sums.map { $0 + left > 0 ? $0 / ($0 + left) : 0 }
  }

  /// |r̂|² of every condition, and r·r̂.
  private static func fitted(
    _ gram: Matrix<Double>, _ basis: Matrix<Double>
  ) -> (squares: [Double], cross: [Double]) {
    let products = gram * basis
    let turned = basis * (basis.transposed * products)
    var (squares, cross) = ([Double](), [Double]())
    for row in 0..<basis.rowCount {
      let (own, product, image) = (basis.row(row), products.row(row), turned.row(row))
      squares.append(zip(own, image).reduce(0) { $0 + $1.0 * $1.1 })
      cross.append(zip(own, product).reduce(0) { $0 + $1.0 * $1.1 })
    }
    return (squares, cross)
  }
}
