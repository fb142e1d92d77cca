import Analysis
import Foundation
import LinearAlgebra

/// Systems whose answer is known.
enum LinearSystems {
  /// A rotation by an angle, scaled.
  static func rotation(_ angle: Double, scale: Double = 1) -> Matrix<Double> {
    Matrix(
      rowCount: 2, columnCount: 2,
      entries: [scale * cos(angle), -scale * sin(angle), scale * sin(angle), scale * cos(angle)])
  }

  /// A block diagonal matrix.
  static func blocks(_ parts: [Matrix<Double>]) -> Matrix<Double> {
    let size = parts.reduce(0) { $0 + $1.rowCount }
    var whole = Matrix<Double>.zeros(size, size)
    var start = 0
    for part in parts {
      for row in 0..<part.rowCount {
        for column in 0..<part.columnCount { whole[start + row, start + column] = part[row, column] }
      }
      start += part.rowCount
    }
    return whole
  }

  /// What a map makes of a state, time × units, seen through a matrix (hidden × units) where one is given.
  static func run(
    _ map: Matrix<Double>, from start: [Double], samples: Int, seen: Matrix<Double>? = nil
  ) -> Matrix<Double> {
    var state = start
    var rows: [Double] = []
    for _ in 0..<samples {
      rows += state
      state = map * state
    }
    let hidden = Matrix(rowCount: samples, columnCount: start.count, entries: rows)
    return seen.map { hidden * $0 } ?? hidden
  }

  /// The same with noise of a deviation.
  static func noisy(_ samples: Matrix<Double>, deviation: Double, seed: UInt64) -> Matrix<Double> {
    var random = SeededGenerator(seed: seed)
    return samples + deviation * .gaussian(samples.rowCount, samples.columnCount, using: &random)
  }

  /// Lorenz's system by Runge and Kutta's classical method: time × 3, from (1, 1, 20) after a time that is dropped.
  static func lorenz(interval: Double, samples: Int, dropped: Double = 50, rho: Double = 28) -> Matrix<Double> {
    func slope(_ s: [Double]) -> [Double] {
      [10 * (s[1] - s[0]), s[0] * (rho - s[2]) - s[1], s[0] * s[1] - 8.0 / 3 * s[2]]
    }
    func moved(_ s: [Double], _ k: [Double], _ h: Double) -> [Double] { (0..<3).map { s[$0] + h * k[$0] } }
    var state: [Double] = [1, 1, 20]
    var rows: [Double] = []
    let waiting = Int(dropped / interval)
    for step in 0..<(waiting + samples) {
      if step >= waiting { rows += state }
      let a = slope(state)
      let b = slope(moved(state, a, interval / 2))
      let c = slope(moved(state, b, interval / 2))
      let d = slope(moved(state, c, interval))
      state = (0..<3).map { state[$0] + interval / 6 * (a[$0] + 2 * b[$0] + 2 * c[$0] + d[$0]) }
    }
    return Matrix(rowCount: samples, columnCount: 3, entries: rows)
  }
}

/// How far two sets of complex numbers are apart, each matched with its nearest.
func spectralDistance(_ left: [Complex<Double>], _ right: [Complex<Double>]) -> Double {
  guard left.count == right.count else { return .infinity }
  var free = right
  var worst = 0.0
  for value in left {
    guard let best = free.indices.min(by: { (free[$0] - value).modulus < (free[$1] - value).modulus }) else { continue }
    worst = max(worst, (free[best] - value).modulus)
    free.remove(at: best)
  }
  return worst
}
