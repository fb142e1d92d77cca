import Foundation
import LinearAlgebra
import Networks

/// Clouds of points whose shape is known, as points × coordinates.
enum KnownShapes {
  /// Points anywhere on a circle, and a little off it.
  static func ring(_ count: Int, noise: Double = 0.03, centre: Double = 0, seed: UInt64 = 1) -> NDArray<Double> {
    var random = SeededGenerator(seed: seed)
    return array(count) { _ in
      let angle = random.uniform(0..<(2 * .pi))
      return [centre + cos(angle) + noise * random.gaussian(), sin(angle) + noise * random.gaussian()]
    }
  }

  /// Two such circles apart.
  static func twoRings(_ count: Int) -> NDArray<Double> {
    let (one, other) = (ring(count), ring(count, centre: 5, seed: 2))
    return NDArray(shape: [2 * count, 2], values: one.values + other.values)
  }

  /// A grid of steps × steps angles on the product of two circles.
  static func torus(_ steps: Int) -> NDArray<Double> {
    array(steps * steps) { index in
      let (first, second) = (
        2 * Double.pi * Double(index / steps) / Double(steps), 2 * Double.pi * Double(index % steps) / Double(steps)
      )
      return [cos(first), sin(first), cos(second), sin(second)]
    }
  }

  /// The two angles of each of its points.
  static func torusAngles(_ steps: Int) -> NDArray<Double> {
    array(steps * steps) { index in
      [2 * Double.pi * Double(index / steps) / Double(steps), 2 * Double.pi * Double(index % steps) / Double(steps)]
    }
  }

  /// Independent variables of four levels.
  static func levels(_ count: Int, _ width: Int, seed: UInt64 = 4) -> NDArray<Double> {
    var random = SeededGenerator(seed: seed)
    return array(count) { _ in (0..<width).map { _ in Double(random.index(below: 4)) } }
  }

  /// Two such variables, their sum with some noise, and one that hardly varies.
  static func mixedLevels(_ count: Int) -> NDArray<Double> {
    let levels = levels(count, 2)
    var random = SeededGenerator(seed: 5)
    return array(count) { index in
      let (first, second) = (levels.values[2 * index], levels.values[2 * index + 1])
      return [first, second, first + second + 0.3 * random.gaussian(), 0.001 * random.gaussian()]
    }
  }

  /// Points anywhere on a sphere of so many dimensions.
  static func sphere(_ count: Int, dimension: Int = 2, seed: UInt64 = 2) -> NDArray<Double> {
    var random = SeededGenerator(seed: seed)
    return array(count) { _ in
      let point = random.gaussians(dimension + 1)
      let size = point.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return point.map { $0 / size }
    }
  }

  /// Gaussian points.
  static func noise(_ count: Int, _ width: Int = 3, seed: UInt64 = 3) -> NDArray<Double> {
    var random = SeededGenerator(seed: seed)
    return array(count) { _ in random.gaussians(width) }
  }

  static func array(_ count: Int, _ point: (Int) -> [Double]) -> NDArray<Double> {
    let points = (0..<count).map(point)
    return NDArray(shape: [count, points.first?.count ?? 0], values: points.flatMap { $0 })
  }
}
