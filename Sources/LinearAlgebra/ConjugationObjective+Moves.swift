import Foundation

/// A turn of two axes by a finite angle, or the reversal of one, that lowers a `ConjugationObjective` from afar.
struct AxisMove: Sendable, Hashable {
  /// One axis, and the other of a turn.
  let first: Int
  let second: Int?
  /// The angle of a turn.
  let angle: Double
  /// How much lower the value becomes, by this move alone.
  let gain: Double
}

extension ConjugationObjective {
  /// The moves from Q B Qᵀ, each of which lowers the value by more than `threshold`: the best of 24 angles for each two
  /// axes, and where allowed the reversals of single axes. By falling gain.
  ///
  /// All of them follow from the one product S T − K L: along a turn by φ the value is a constant less
  /// α cos φ + β sin φ + γ cos 2φ + δ sin 2φ.
  func moves(at place: Place, reversing: Bool, threshold: Double) -> [AxisMove] {
    let (n, count) = (size, size * size)
    let products = crossProducts(at: place)
    let (cosines, sines) = (Turns.cosines, Turns.sines)
    var moves: [AxisMove] = []
    place.parts.entries.withUnsafeBufferPointer { parts in
      symmetric.entries.withUnsafeBufferPointer { s in
        skew.entries.withUnsafeBufferPointer { k in
          products.entries.withUnsafeBufferPointer { p in
            for i in 0..<n {
              let ii = i * n + i
              if reversing {
                let gain = -2 * (p[ii] - 2 * s[ii] * parts[ii])
                if gain > threshold { moves.append(AxisMove(first: i, second: nil, angle: 0, gain: gain)) }
              }
              for j in (i + 1)..<max(i + 1, n) {
                let (ij, ji, jj) = (i * n + j, j * n + i, j * n + j)
                let stretch = s[ii] - s[jj]
                let (mean, shear) = (0.5 * (parts[ii] - parts[jj]), parts[ij])
                let a = p[ii] + p[jj] - 2 * (s[ii] * parts[ii] + s[jj] * parts[jj])
                let alpha = a - 4 * (s[ij] * parts[ij] + k[ij] * parts[count + ij])
                let beta = p[ji] - p[ij] + 2 * stretch * shear - 4 * s[ij] * mean
                let gamma = stretch * mean + 2 * s[ij] * shear
                let delta = 2 * s[ij] * mean - stretch * shear
                var (best, bestAngle) = (alpha + gamma + threshold, -1)
                // No angle gains more than this bound.
                guard abs(alpha) + abs(beta) + abs(gamma) + abs(delta) > best else { continue }
                for angle in cosines.indices {
                  let double = (2 * angle) % cosines.count
                  let height =
                    alpha * cosines[angle] + beta * sines[angle] + gamma * cosines[double] + delta * sines[double]
                  if height > best { (best, bestAngle) = (height, angle) }
                }
                if bestAngle >= 0 {
                  moves.append(
                    AxisMove(
                      first: i, second: j, angle: Turns.angles[bestAngle], gain: best - alpha - gamma))
                }
              }
            }
          }
        }
      }
    }
    return moves.sorted { ($0.gain, $1.first, $1.second ?? -1) > ($1.gain, $0.first, $0.second ?? -1) }
  }

  /// The axis whose reversal raises the value least.
  func cheapestReversal(at place: Place) -> AxisMove? {
    let products = crossProducts(at: place)
    return (0..<size).map { i in
      AxisMove(
        first: i, second: nil, angle: 0,
        gain: -2 * (products[i, i] - 2 * symmetric[i, i] * place.parts[i, i]))
    }.max { $0.gain < $1.gain }
  }

  /// Q after some moves of different axes.
  func point(_ point: Matrix<Double>, after moves: [AxisMove]) -> Matrix<Double> {
    var moved = point
    for move in moves {
      guard let second = move.second else {
        for column in 0..<size { moved[move.first, column].negate() }
        continue
      }
      let (c, s) = (cos(move.angle), sin(move.angle))
      for column in 0..<size {
        let (x, y) = (moved[move.first, column], moved[second, column])
        moved[move.first, column] = c * x - s * y
        moved[second, column] = s * x + c * y
      }
    }
    return moved
  }

  /// 2(S T − K L): at i, j the sum of the products of A's i-th row and column with those of Q B Qᵀ at j.
  private func crossProducts(at place: Place) -> Matrix<Double> {
    var products = symmetric * place.parts.rows(0..<size)
    products -= skew * place.parts.rows(size..<(2 * size))
    return 2 * products
  }
}

/// The angles that moves are sought among.
private enum Turns {
  static let count = 24
  static let angles = (0..<count).map { 2 * Double.pi * Double($0) / Double(count) }
  static let cosines = angles.map { cos($0) }
  static let sines = angles.map { sin($0) }
}
