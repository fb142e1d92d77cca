import Foundation
import LinearAlgebra

/// Operators of many kinds, seeded, to be hidden behind changes of coordinates.
enum PlantedOperators: String, CaseIterable, Sendable {
  case gaussian
  case symmetricWithRepeats
  case normalWithComplexPairs
  case stronglyNonNormal
  case defective
  case repeatedBlocks
  case lowRank
  case skew

  func matrix(_ n: Int, using random: inout SeededGenerator) throws -> Matrix<Double> {
    func gaussian(_ rows: Int, _ columns: Int) -> Matrix<Double> { .gaussian(rows, columns, using: &random) }
    func hidden(_ matrix: Matrix<Double>) throws -> Matrix<Double> {
      let turn = try Matrix<Double>.randomOrthogonal(n, using: &random)
      return turn * matrix * turn.transposed
    }
    switch self {
    case .gaussian: return gaussian(n, n)
    case .symmetricWithRepeats:
      return try hidden(.diagonal((0..<n).map { Double($0 / 2) - 1.5 }))
    case .normalWithComplexPairs:
      var matrix = Matrix<Double>.zeros(n, n)
      for i in stride(from: 0, to: n - 1, by: 2) {
        // The first two pairs are alike.
        let angle = 0.3 + 0.2 * Double(i < 4 ? 0 : i)
        (matrix[i, i], matrix[i + 1, i + 1]) = (0.9 * cos(angle), 0.9 * cos(angle))
        (matrix[i, i + 1], matrix[i + 1, i]) = (-0.9 * sin(angle), 0.9 * sin(angle))
      }
      if !n.isMultiple(of: 2) { matrix[n - 1, n - 1] = 0.4 }
      return try hidden(matrix)
    case .stronglyNonNormal:
      var matrix = Matrix<Double>.zeros(n, n)
      for i in 0..<n {
        matrix[i, i] = 0.95 - 0.9 * Double(i) / Double(n)
        for j in (i + 1)..<max(i + 1, n) { matrix[i, j] = 10 * random.gaussian() }
      }
      return try hidden(matrix)
    case .defective:
      var matrix = Matrix<Double>.identity(n)
      for i in 0..<(n - 1) { matrix[i, i + 1] = 1 }
      return try hidden(matrix)
    case .repeatedBlocks:
      // The same non-normal block twice, or more often: every eigenvalue is repeated, and so are those of AᵀA.
      let side = max(1, n / 2)
      let block = gaussian(side, side)
      var matrix = Matrix<Double>.zeros(n, n)
      for i in 0..<(n / side * side) {
        for j in 0..<(n / side * side) where i / side == j / side { matrix[i, j] = block[i % side, j % side] }
      }
      return try hidden(matrix)
    case .lowRank: return gaussian(n, 2) * gaussian(2, n)
    case .skew: return gaussian(n, n).skewPart
    }
  }
}

/// A random orthogonal matrix of a given determinant.
func orthogonal(_ n: Int, determinant: Double, using random: inout SeededGenerator) throws -> Matrix<Double> {
  var turn = try Matrix<Double>.randomOrthogonal(n, using: &random)
  if try turn.determinantSign() != determinant {
    for row in 0..<n { turn[row, 0].negate() }
  }
  return turn
}

/// Q B Qᵀ.
func conjugated(_ matrix: Matrix<Double>, by turn: Matrix<Double>) -> Matrix<Double> {
  turn * matrix * turn.transposed
}

/// The rotation of the plane by an angle, scaled.
func scaledRotation(_ scale: Double, _ angle: Double) -> Matrix<Double> {
  Matrix(
    rowCount: 2, columnCount: 2,
    entries: [scale * cos(angle), -scale * sin(angle), scale * sin(angle), scale * cos(angle)])
}
