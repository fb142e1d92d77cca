import Checkpoints
import Foundation
import Networks

/// The score networks of known covariance that lie beside the probes' tests.
enum ScoreFixture {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("ProbesTests/Fixtures")

  /// The variances of the data along the axes, before the reflection.
  static let variances = [1, 1, 0.04, 0, 0, 0]

  static func network(_ name: String) throws -> Network {
    try Network.load(path: folder.appendingPathComponent("\(name).onnx").path)
  }

  /// H v for the reflection H = 1 − (2/d) 1 1ᵀ.
  static func reflected(_ vector: [Double]) -> [Double] {
    let mean = vector.reduce(0, +) / Double(vector.count)
    return vector.map { $0 - 2 * mean }
  }

  /// −H diag(ratios) H, row by row: σ²J of the exact score, with the ratios σ²/(μ²λ + σ²).
  static func normalizedJacobian(_ level: DiffusionLevel) -> [Double] {
    let columns = variances.indices.map { axis in
      var unit = [Double](repeating: 0, count: variances.count)
      unit[axis] = 1
      return normalizedScore(unit, level)
    }
    return columns.indices.flatMap { row in columns.map { $0[row] } }
  }

  /// σ² times the exact score at a point.
  static func normalizedScore(_ point: [Double], _ level: DiffusionLevel) -> [Double] {
    let variance = level.sigma * level.sigma
    let along = zip(reflected(point), variances).map { -$0 * variance / (level.signal * level.signal * $1 + variance) }
    return reflected(along)
  }
}

/// The largest difference between two arrays of equal length.
func largestDifference(_ left: [Double], _ right: [Double]) -> Double {
  left.count == right.count ? zip(left, right).map { abs($0 - $1) }.max() ?? 0 : .infinity
}
