import LinearAlgebra

/// Whether one cloud of points can be told from another whose points are of the same times: cross mapping of what has no delays.
///
/// Each target is told as the mean over the nearest points of a library, weighted by exp(−d/d₁).
///
/// Shapes: points n×p, targets n×q.
///
/// References: sugihara2012.
public struct PointMapping: Sendable {
  /// How many of the nearest points tell.
  public let neighbourCount: Int
  /// The Theiler window.
  public let window: Int

  /// Makes a mapping.
  ///
  /// Throws: `AnalysisError.tooFew`.
  public init(neighbourCount: Int, window: Int = 0) throws(AnalysisError) {
    guard neighbourCount >= 1 else { throw .tooFew("neighbours", count: neighbourCount, minimum: 1) }
    guard window >= 0 else { throw .tooFew("samples of Theiler window", count: window, minimum: 0) }
    (self.neighbourCount, self.window) = (neighbourCount, window)
  }

  /// The skill with which each target is told at the tested rows from the rows of a library.
  ///
  /// Throws: `AnalysisError.sizeMismatch`; `.tooFew` where a tested point has too few others beyond the window.
  public func skills(
    of targets: Matrix<Double>, from points: Matrix<Double>, times: [Int], library: [Int], tested: [Int]
  ) throws -> [ForecastSkill] {
    guard targets.rowCount == points.rowCount, times.count == points.rowCount else {
      throw AnalysisError.sizeMismatch(
        "number of targets and times", size: "\(targets.rowCount) and \(times.count)", expected: "\(points.rowCount)")
    }
    let nearest = try NeighbourSearch(of: points.selectingRows(library), times: library.map { times[$0] })
      .nearest(
        neighbourCount, to: points.selectingRows(tested), times: tested.map { times[$0] }, window: window)
    let distances = tested.indices.map { Array(nearest.distances(of: $0)) }
    return (0..<targets.columnCount).map { target in
      let told = tested.indices.map { query in
        SimplexProjection.mean(
          of: nearest.indices(of: query).map { targets[library[Int($0)], target] }, at: distances[query])
      }
      return ForecastSkill(predicted: told, actual: tested.map { targets[$0, target] })
    }
  }
}
