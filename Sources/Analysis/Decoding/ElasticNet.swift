import LinearAlgebra

/// Linear maps that minimise ‖y − X w‖²/2n + α (ρ ‖w‖₁ + (1 − ρ) ‖w‖²/2) for every target, by coordinate descent.
///
/// Shapes: X n×p, Y n×q, W p×q; nothing is centred or scaled.
///
/// References: zou2005, friedman2010.
public struct ElasticNet: Sendable {
  private let gram: Matrix<Double>
  private let products: Matrix<Double>

  /// Descent ends when no weight moves by more than this, or after so many rounds.
  private static let tolerance = 1e-7
  private static let mostRounds = 2000

  /// Prepares the products; features and targets have as many rows.
  public init(_ features: Matrix<Double>, _ targets: Matrix<Double>) {
    let scale = 1 / Double(max(1, features.rowCount))
    gram = scale * features.columnGram
    products = scale * (features.transposed * targets)
  }

  /// W at a penalty α of which the share ρ is on absolute values.
  public func weights(penalty: Double, share: Double) -> Matrix<Double> {
    let count = gram.rowCount
    var weights = Matrix<Double>.zeros(count, products.columnCount)
    for target in 0..<products.columnCount {
      var own = [Double](repeating: 0, count: count)
      // Xᵀ(y − X w)/n.
      var slopes = products.column(target)
      gram.entries.withUnsafeBufferPointer { gram in
        for _ in 0..<Self.mostRounds {
          var moved = 0.0
          for place in 0..<count {
            let square = gram[place * count + place]
            guard square > 0 else { continue }
            let pull = slopes[place] + square * own[place]
            let shrunk = max(0, abs(pull) - penalty * share)
            let next = (pull < 0 ? -shrunk : shrunk) / (square + penalty * (1 - share))
            let step = next - own[place]
            guard step != 0 else { continue }
            own[place] = next
            moved = max(moved, abs(step))
            for other in 0..<count { slopes[other] -= step * gram[place * count + other] }
          }
          if moved <= Self.tolerance { break }
        }
      }
      for place in 0..<count { weights[place, target] = own[place] }
    }
    return weights
  }
}
