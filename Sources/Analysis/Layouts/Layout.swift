import LinearAlgebra

/// How points are laid out.
public enum LayoutMethod: String, Sendable, Hashable, Codable, CaseIterable {
  /// Along the directions of largest variance.
  case principalComponents = "pca"
  /// So that distances come near the true ones.
  case classicalScaling = "classical-mds"
  /// So that distances come near the lengths of ways from neighbour to neighbour.
  case isomap
  /// So that neighbours come near each other.
  case uniformProjection = "umap"
}

/// Points in two or three dimensions, for the eye.
///
/// Laws: the same points and seed give the same layout to the bit, on any number of cores.
public struct Layout: Sendable, Hashable {
  /// How they were laid out.
  public let method: LayoutMethod
  /// The points, as rows.
  public let coordinates: Matrix<Double>
  /// In how many pieces the graph of neighbours is; `nil` where none is made.
  public let pieceCount: Int?
  /// How many points the others were placed by; `nil` where all count alike.
  public let landmarkCount: Int?

  /// Lays points out.
  ///
  /// - Parameters:
  ///   - neighbours: those of every point, as many as asked for.
  ///   - landmarkCount: of more points, distances are taken from so many alone.
  ///
  /// Throws: what the method's own type throws.
  public init(
    of points: Matrix<Double>, by method: LayoutMethod, neighbours: Neighbours, dimensionCount: Int = 2,
    landmarkCount: Int = 500, leastDistance: Double = 0.1, using random: inout SeededGenerator
  ) throws {
    self.method = method
    switch method {
    case .principalComponents:
      coordinates = try Self.principal(points, dimensionCount)
      (pieceCount, self.landmarkCount) = (nil, nil)
    case .classicalScaling:
      let landmarks = try Landmarks(of: points, count: landmarkCount).indices
      let width = points.columnCount
      let rows = concurrently(landmarks) { landmark -> [Double] in
        points.entries.withUnsafeBufferPointer { entries in
          guard let base = entries.baseAddress else { return [] }
          return (0..<points.rowCount).map {
            squaredDistance(base + landmark * width, base + $0 * width, width).squareRoot()
          }
        }
      }
      let distances = Matrix(rowCount: landmarks.count, columnCount: points.rowCount, entries: rows.flatMap { $0 })
      coordinates = try LandmarkScaling(of: distances, landmarks: landmarks, dimensionCount: dimensionCount).coordinates
      (pieceCount, self.landmarkCount) = (nil, landmarks.count < points.rowCount ? landmarks.count : nil)
    case .isomap:
      let found = try GeodesicScaling(
        of: points, neighbours: neighbours, dimensionCount: dimensionCount, landmarkCount: landmarkCount)
      coordinates = found.coordinates
      pieceCount = found.pieceCount
      self.landmarkCount = found.landmarkCount < points.rowCount ? found.landmarkCount : nil
    case .uniformProjection:
      let found = try UniformProjection(
        of: neighbours, from: Self.principal(points, dimensionCount), leastDistance: leastDistance, using: &random)
      coordinates = found.coordinates
      (pieceCount, self.landmarkCount) = (found.pieceCount, nil)
    }
  }

  /// The points along their principal axes, each with its largest entry positive; further ones are 0.
  private static func principal(_ points: Matrix<Double>, _ count: Int) throws -> Matrix<Double> {
    let centred = points.centredColumns
    let isTall = centred.rowCount >= centred.columnCount
    let spectrum = try SymmetricEigendecomposition(of: isTall ? centred.columnGram : centred.rowGram)
    let size = spectrum.values.count
    var coordinates = Matrix<Double>.zeros(points.rowCount, count)
    let least = Double(size) * Double.ulpOfOne * max(0, spectrum.values.last ?? 0)
    for axis in 0..<min(count, size) where spectrum.values[size - 1 - axis] > least {
      let vector = spectrum.vectors.column(size - 1 - axis)
      let scale = spectrum.values[size - 1 - axis].squareRoot()
      let values = isTall ? try centred.times(vector) : vector.map { $0 * scale }
      let top = values.max { abs($0) < abs($1) } ?? 0
      for row in values.indices { coordinates[row, axis] = top < 0 ? -values[row] : values[row] }
    }
    return coordinates
  }
}
