import LinearAlgebra

/// Points in few dimensions whose distances to some of them, the landmarks, come near given ones: landmarks by classical scaling, all
/// points by their distances to these.
///
/// Shapes: distances landmarks × points; coordinates points × d.
///
/// Laws: with all points as landmarks it is classical scaling; distances of points in d dimensions are reproduced.
///
/// References: desilva2004, torgerson1952.
public struct LandmarkScaling: Sendable, Hashable {
  /// The points, as rows.
  public let coordinates: Matrix<Double>
  /// The eigenvalues of the landmarks' classical scaling, falling.
  public let eigenvalues: [Double]

  /// Places points.
  ///
  /// - Parameter landmarks: the columns that are the rows' points.
  ///
  /// Throws: as `ClassicalScaling`; `AnalysisError.sizeMismatch` for other landmarks than rows.
  public init(of distances: Matrix<Double>, landmarks: [Int], dimensionCount: Int = 2) throws {
    guard landmarks.count == distances.rowCount else {
      throw AnalysisError.sizeMismatch(
        "number of landmarks", size: "\(landmarks.count)", expected: "\(distances.rowCount)")
    }
    try distances.requireFinite()
    let among = distances.selectingColumns(landmarks)
    let scaling = try ClassicalScaling(of: 0.5 * (among + among.transposed), dimensionCount: dimensionCount)
    eigenvalues = scaling.eigenvalues
    let count = Double(landmarks.count)
    let means = among.rowArrays.map { row in row.reduce(0) { $0 + $1 * $1 } / count }
    var weights = scaling.coordinates
    for dimension in 0..<dimensionCount {
      // A dimension that distances do not fill stays empty.
      let square = scaling.coordinates.column(dimension).reduce(0) { $0 + $1 * $1 }
      for row in 0..<weights.rowCount { weights[row, dimension] *= square > 0 ? -0.5 / square : 0 }
    }
    var squares = distances
    for row in 0..<squares.rowCount {
      for column in 0..<squares.columnCount {
        squares[row, column] = distances[row, column] * distances[row, column] - means[row]
      }
    }
    coordinates = try .product(squares, weights, transposing: .left)
  }
}
