import LinearAlgebra

/// The points of a cloud that are looked at.
struct PreparedCloud {
  /// Points × coordinates.
  var points: Matrix<Double>
  /// The time of each point.
  let times: [Int]
  /// Points no further apart in time are no neighbours.
  let window: Int
  /// How many points there are in all.
  let givenCount: Int

  /// Without copies of earlier points.
  var withoutCopies: PreparedCloud {
    var seen: Set<[Double]> = []
    let kept = (0..<points.rowCount).filter { seen.insert(points.row($0).map { $0 + 0 }).inserted }
    guard kept.count < points.rowCount else { return self }
    return PreparedCloud(
      points: points.keepingRows(kept), times: kept.map { times[$0] }, window: window, givenCount: givenCount)
  }
}

extension Matrix where Scalar == Double {
  /// Some rows, in their order.
  func keepingRows(_ rows: [Int]) -> Matrix {
    Matrix(
      rowCount: rows.count, columnCount: columnCount,
      entries: rows.flatMap { entries[($0 * columnCount)..<(($0 + 1) * columnCount)] })
  }
}
