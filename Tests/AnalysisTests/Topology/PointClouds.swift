import Foundation
import LinearAlgebra

/// Clouds of points whose shape is known.
enum PointClouds {
  /// Points at equal steps around a circle.
  static func circle(_ count: Int, radius: Double = 1, centre: Double = 0) -> Matrix<Double> {
    rows(
      (0..<count).map { step in
        let angle = 2 * Double.pi * Double(step) / Double(count)
        return [centre + radius * cos(angle), radius * sin(angle)]
      })
  }

  /// A grid of steps × steps angles on the product of two circles.
  static func clifford(_ steps: Int) -> Matrix<Double> {
    grid(steps) { [cos($0), sin($0), cos($1), sin($1)] }
  }

  /// A grid of steps × steps angles on the torus around a circle of radius 2.
  static func torus(_ steps: Int) -> Matrix<Double> {
    grid(steps) { [(2 + cos($1)) * cos($0), (2 + cos($1)) * sin($0), sin($1)] }
  }

  /// Points anywhere on the unit sphere.
  static func sphere(_ count: Int, dimension: Int = 2, using random: inout SeededGenerator) -> Matrix<Double> {
    rows(
      (0..<count).map { _ in
        let point = random.gaussians(dimension + 1)
        let size = norm(of: point)
        return point.map { $0 / size }
      })
  }

  /// A cloud without a shape.
  static func gaussian(_ count: Int, _ width: Int, seed: UInt64) -> Matrix<Double> {
    var random = SeededGenerator(seed: seed)
    return .gaussian(count, width, using: &random)
  }

  static func grid(_ steps: Int, _ point: (Double, Double) -> [Double]) -> Matrix<Double> {
    let angles = (0..<steps).map { 2 * Double.pi * Double($0) / Double(steps) }
    return rows(angles.flatMap { first in angles.map { point(first, $0) } })
  }

  static func rows(_ rows: [[Double]]) -> Matrix<Double> {
    Matrix(rowCount: rows.count, columnCount: rows.first?.count ?? 0, entries: rows.flatMap { $0 })
  }
}
