import LinearAlgebra

/// Points in few dimensions whose distances come near given ones, by the leading eigenvectors of the centred squares.
///
/// Shapes: distances k×k; coordinates k×d.
///
/// Conventions: the points are centred; each coordinate's largest entry is positive; a dimension whose eigenvalue is not positive has
/// coordinates of 0.
///
/// Laws: distances of points in at most d dimensions are reproduced.
///
/// References: torgerson1952.
public struct ClassicalScaling: Sendable, Hashable, Codable {
  /// The points, as rows.
  public let coordinates: Matrix<Double>
  /// All eigenvalues of −½ J D² J, falling; negative ones show that the distances are not Euclidean.
  public let eigenvalues: [Double]
  /// How far the points' distances are from the given ones: the root of Σ(δ − d)²/Σδ².
  public let stress: Double

  /// Places points at distances.
  ///
  /// Throws: `AnalysisError.tooFew` for no dimensions or fewer than two points; `.outOfRange` for distances that are negative, not
  /// symmetric or not 0 on the diagonal; `LinearAlgebraError.notSquare`, `.notFinite`, `.notConverged`.
  public init(of distances: Matrix<Double>, dimensionCount: Int = 2) throws {
    try distances.requireDistances()
    guard dimensionCount >= 1 else { throw AnalysisError.tooFew("dimensions", count: dimensionCount, minimum: 1) }
    let count = distances.rowCount
    let squares = Matrix(
      rowCount: count, columnCount: count, entries: distances.entries.map { -0.5 * $0 * $0 })
    let spectrum = try SymmetricEigendecomposition(of: squares.centredColumns.transposed.centredColumns)
    eigenvalues = spectrum.values.reversed()
    var coordinates = Matrix<Double>.zeros(count, dimensionCount)
    let bound = Double(count) * Double.ulpOfOne * (eigenvalues.first ?? 0)
    for dimension in 0..<min(dimensionCount, count) where eigenvalues[dimension] > bound {
      let vector = spectrum.vectors.column(count - 1 - dimension)
      let top = vector.max { abs($0) < abs($1) } ?? 0
      let scale = (top < 0 ? -1 : 1) * eigenvalues[dimension].squareRoot()
      for row in 0..<count { coordinates[row, dimension] = scale * vector[row] }
    }
    self.coordinates = coordinates
    stress = relativeStress(of: coordinates, against: distances)
  }
}

/// The distances between the rows of a matrix.
func pointDistances(_ points: Matrix<Double>) -> Matrix<Double> {
  let count = points.rowCount
  var distances = Matrix<Double>.zeros(count, count)
  for row in 0..<count {
    for other in 0..<row {
      var sum = 0.0
      for column in 0..<points.columnCount {
        let step = points[row, column] - points[other, column]
        sum += step * step
      }
      distances[row, other] = sum.squareRoot()
      distances[other, row] = distances[row, other]
    }
  }
  return distances
}

/// The root of Σ(δ − d)²/Σδ² over all pairs; 0 where all distances are.
func relativeStress(of points: Matrix<Double>, against distances: Matrix<Double>) -> Double {
  let scale = distances.frobeniusNorm
  return scale > 0 ? (pointDistances(points) - distances).frobeniusNorm / scale : 0
}

extension Matrix<Double> {
  /// Refuses what are no distances between two points at least.
  func requireDistances() throws {
    guard rowCount == columnCount else { throw LinearAlgebraError.notSquare("distances", shape: shapeText) }
    guard rowCount >= 2 else { throw AnalysisError.tooFew("points", count: rowCount, minimum: 2) }
    try requireFinite()
    if let least = entries.min(), least < 0 {
      throw AnalysisError.outOfRange("distance", least, rule: "at least 0")
    }
    if let off = diagonalEntries.first(where: { $0 != 0 }) {
      throw AnalysisError.outOfRange("distance of a point from itself", off, rule: "0")
    }
    guard symmetryDefect <= 1e-9 else {
      throw AnalysisError.outOfRange("asymmetry of distances", symmetryDefect, rule: "0")
    }
  }
}
