import Foundation
import LinearAlgebra

/// Gaussian kernels around some of many points, as features in which ridge regression is kernel ridge regression: exactly so where all
/// points are landmarks, by Nyström's approximation where there are more.
///
/// Shapes: points n×p; features n×r with r at most the number of landmarks.
///
/// References: williams2001.
public struct KernelFeatures: Sendable {
  /// More points than this are thinned to as many landmarks.
  public static let mostLandmarks = 200

  /// The landmarks.
  public let landmarks: Matrix<Double>
  /// The median distance of landmarks.
  public let scale: Double

  /// Takes every so many of the points as a landmark.
  public init(of points: Matrix<Double>, most: Int = mostLandmarks) {
    let count = min(max(1, most), points.rowCount)
    landmarks = points.selectingRows((0..<count).map { $0 * points.rowCount / max(1, count) })
    let squares = Self.squares(landmarks, landmarks)
    let distances = (0..<count).flatMap { row in ((row + 1)..<max(row + 1, count)).map { squares[row * count + $0] } }
    let median = quantile(of: distances.sorted(), 0.5).squareRoot()
    scale = median > 0 ? median : 1
  }

  /// Features for one width of the kernel.
  public struct Map: Sendable {
    let landmarks: Matrix<Double>
    let width: Double
    /// K^(−1/2) of the landmarks, where it can be taken.
    let whitening: Matrix<Double>

    /// The features of points.
    public func features(of points: Matrix<Double>) -> Matrix<Double> {
      KernelFeatures.kernel(points, landmarks, width: width) * whitening
    }
  }

  /// The map for a width in median distances.
  ///
  /// Throws: `LinearAlgebraError`.
  public func map(width: Double) throws(LinearAlgebraError) -> Map {
    let length = width * scale
    let found = try SymmetricEigendecomposition(of: Self.kernel(landmarks, landmarks, width: length))
    let largest = found.values.last ?? 1
    let kept = found.values.indices.filter { found.values[$0] > 1e-12 * largest }
    var whitening = found.vectors.selectingColumns(kept)
    for row in 0..<whitening.rowCount {
      for (column, place) in kept.enumerated() { whitening[row, column] /= found.values[place].squareRoot() }
    }
    return Map(landmarks: landmarks, width: length, whitening: whitening)
  }

  private static func kernel(_ points: Matrix<Double>, _ landmarks: Matrix<Double>, width: Double) -> Matrix<Double> {
    let gain = -0.5 / (width * width)
    var entries = squares(points, landmarks)
    for place in entries.indices { entries[place] = exp(gain * entries[place]) }
    return Matrix(rowCount: points.rowCount, columnCount: landmarks.rowCount, entries: entries)
  }

  /// |x|² + |y|² − 2 x·y, not below 0.
  private static func squares(_ first: Matrix<Double>, _ second: Matrix<Double>) -> [Double] {
    func sizes(_ matrix: Matrix<Double>) -> [Double] {
      (0..<matrix.rowCount).map { row in matrix.row(row).reduce(0) { $0 + $1 * $1 } }
    }
    let (left, right) = (sizes(first), sizes(second))
    var entries = (first * second.transposed).entries
    for row in left.indices {
      for column in right.indices {
        let place = row * right.count + column
        entries[place] = max(0, left[row] + right[column] - 2 * entries[place])
      }
    }
    return entries
  }
}
