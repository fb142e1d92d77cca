import Foundation
import LinearAlgebra

/// Numbers of an operator that no orthogonal change of coordinates alters, and what they say about distances.
///
/// Let D = A − Q B Qᵀ with symmetric and skew parts D_S and D_K. The Hermitian matrices cos θ S + i sin θ K of A and of B have
/// eigenvalues whose sorted difference is at most √(cos²θ ‖D_S‖² + sin²θ ‖D_K‖²) long, whatever Q is (Hoffman and Wielandt); the
/// difference of the sorted singular values is at most ‖D‖ (Mirsky). The smallest ‖D_S‖² + ‖D_K‖² that all of
/// these allow is a linear programme in two unknowns.
///
/// References: hoffman1953, mirsky1960.
struct OperatorInvariants: Sendable {
  /// The angles θ.
  static let angles = [0, Double.pi / 4, Double.pi / 2]

  /// For each angle the eigenvalues, ascending; for the last, where they come with both signs, their sizes, descending.
  let spectra: [[Double]]
  /// Descending.
  let singularValues: [Double]

  init(of matrix: Matrix<Double>) throws(LinearAlgebraError) {
    let (even, odd) = (matrix.symmetricPart, matrix.skewPart)
    var spectra: [[Double]] = []
    spectra.append(try symmetricEigenvalues(of: even))
    spectra.append(try hermitianEigenvalues(cos(Self.angles[1]) * even, sin(Self.angles[1]) * odd))
    // iK has the singular values of K with both signs.
    spectra.append(try LinearAlgebra.singularValues(of: odd))
    self.spectra = spectra
    singularValues = try LinearAlgebra.singularValues(of: matrix)
  }

  /// A lower bound of ‖A − Q B Qᵀ‖ over all orthogonal Q, for A and B of norm at most 1; what round-off may add is taken off.
  func leastDistance(to other: OperatorInvariants) -> Double {
    let count = Double(singularValues.count)
    var least = squaredDistance(singularValues, other.singularValues)
    let limits = zip(spectra, other.spectra).map { squaredDistance($0, $1) }
    let weights = Self.angles.map { (even: cos($0) * cos($0), odd: sin($0) * sin($0)) }
    // The dual programme has its optimum where at most two multipliers differ from 0.
    for first in limits.indices {
      least = max(least, limits[first] / max(weights[first].even, weights[first].odd))
      for second in limits.indices.dropFirst(first + 1) {
        let (a, b) = (weights[first], weights[second])
        let determinant = a.even * b.odd - a.odd * b.even
        let (p, q) = ((b.odd - b.even) / determinant, (a.even - a.odd) / determinant)
        if p >= 0, q >= 0 { least = max(least, p * limits[first] + q * limits[second]) }
      }
    }
    return max(0, least.squareRoot() - 16 * count * Double.ulpOfOne)
  }
}

/// The eigenvalues, ascending, of the Hermitian matrix X + iY with X symmetric and Y skew.
private func hermitianEigenvalues(
  _ even: Matrix<Double>, _ odd: Matrix<Double>
) throws(LinearAlgebraError) -> [Double] {
  // [[X, −Y], [Y, X]] is symmetric and has each eigenvalue twice.
  let n = even.rowCount
  var doubled = Matrix<Double>.zeros(2 * n, 2 * n)
  for i in 0..<n {
    for j in 0..<n {
      doubled[i, j] = even[i, j]
      doubled[n + i, n + j] = even[i, j]
      doubled[n + i, j] = odd[i, j]
      doubled[i, n + j] = -odd[i, j]
    }
  }
  let values = try symmetricEigenvalues(of: doubled)
  return stride(from: 0, to: 2 * n, by: 2).map { (i: Int) -> Double in (values[i] + values[i + 1]) / 2 }
}

private func squaredDistance(_ left: [Double], _ right: [Double]) -> Double {
  var sum = 0.0
  for (x, y) in zip(left, right) { sum += (x - y) * (x - y) }
  return sum
}
