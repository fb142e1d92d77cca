import Foundation
import LinearAlgebra
import Networks

/// Codes whose factors are known.
enum KnownCodes {
  /// All combinations of so many values, the second varying fastest.
  static func labels(_ first: Int, _ second: Int) -> NDArray<Double> {
    NDArray(
      shape: [first * second, 2],
      values: (0..<(first * second)).flatMap { [Double($0 / second), Double($0 % second)] })
  }

  /// Two circles in six units: one in three of them, one in two, and a constant.
  static func circles(_ first: Int, _ second: Int) -> NDArray<Double> {
    let rows = (0..<(first * second)).flatMap { index -> [Double] in
      let u = 2 * Double.pi * Double(index / second) / Double(first)
      let v = 2 * Double.pi * Double(index % second) / Double(second)
      let half = 0.5.squareRoot()
      return [half * cos(u), half * cos(u), sin(u), half * (cos(v) + sin(v)), half * (cos(v) - sin(v)), 3]
    }
    return NDArray(shape: [first * second, 6], values: rows)
  }

  static let sums = circles(6, 5)
  /// A unit for each of thirty combinations.
  static let combinations = NDArray(shape: [30, 30], values: Matrix<Double>.identity(30).entries)

  static let scattered: NDArray<Double> = {
    var random = SeededGenerator(seed: 9)
    return NDArray(shape: [60, 2], values: (0..<120).map { _ in random.uniform() })
  }()
  static let scatteredCode = NDArray(
    shape: [60, 4],
    values: scattered.values.flatMap { [cos(2 * .pi * $0), sin(2 * .pi * $0)] })
}
