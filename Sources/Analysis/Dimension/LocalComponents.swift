import LinearAlgebra

/// The number of directions that neighbourhoods extend in: eigenvalues of each one's covariance above a share of the largest.
///
/// Conventions: a neighbourhood is a point with its k nearest others; of many points as many are taken as centres as are asked for, evenly
/// along the rows; Euclidean distances; copies of points are left out. The interval resamples centres.
///
/// Range: from 1 to the smaller of k and the number of coordinates.
///
/// Laws: unchanged by translation, rotation and scale.
///
/// References: fukunaga1971.
public struct LocalComponents: Sendable, Hashable, Codable {
  /// The mean number of directions over centres.
  public let dimension: BootstrapInterval
  /// The mean of the neighbourhoods' spectra, each over its largest eigenvalue, descending.
  public let spectrum: [Double]
  /// The mean participation ratio of the neighbourhoods.
  public let participationRatio: Double
  /// How many neighbourhoods were looked at.
  public let centreCount: Int
  /// The median distance of k-th neighbours: the scale that the estimate is of.
  public let scale: Double

  /// Estimates from the rows of a matrix.
  ///
  /// - Parameters:
  ///   - neighbourCount: k, at least 2; to find d directions takes several times d.
  ///   - share: of the largest eigenvalue, above which an eigenvalue counts.
  ///   - centreCount: the most neighbourhoods looked at.
  ///   - times: each point's time, its row unless told.
  ///   - window: points that are no further apart in time are no neighbours (Theiler's window).
  ///
  /// Throws: `LinearAlgebraError`; `DimensionError`; `AnalysisError.tooFew`, `.outOfRange`.
  public init(
    of points: Matrix<Double>, neighbourCount: Int = 30, share: Double = 0.05, centreCount: Int = 500,
    times: [Int]? = nil, window: Int = 0, level: Double = 0.95, resampleCount: Int = 200,
    using random: inout SeededGenerator
  ) throws {
    guard neighbourCount >= 2 else { throw AnalysisError.tooFew("neighbours", count: neighbourCount, minimum: 2) }
    guard share > 0, share < 1 else { throw AnalysisError.outOfRange("share", share, rule: "above 0 and below 1") }
    guard centreCount >= 2 else { throw AnalysisError.tooFew("centres", count: centreCount, minimum: 2) }
    guard neighbourCount < points.rowCount else {
      throw AnalysisError.tooFew(
        "points for \(neighbourCount) neighbours", count: points.rowCount, minimum: neighbourCount + 1)
    }
    let distinct = try DistinctPoints(of: points, times: times, atLeast: neighbourCount + 1)
    let cloud = distinct.points
    let taken = min(centreCount, cloud.rowCount)
    let centres = (0..<taken).map { $0 * cloud.rowCount / taken }
    let width = cloud.columnCount
    let nearest = try distinct.nearest(neighbourCount, rows: centres, window: window)
    let spectra = try concurrently(Array(0..<taken)) { place in
      let rows = [centres[place]] + nearest.indices(of: place).map(Int.init)
      let patch = Matrix(
        rowCount: rows.count, columnCount: width,
        entries: rows.flatMap { cloud.entries[($0 * width)..<(($0 + 1) * width)] }
      ).centredColumns
      let patchScaled = (1 / max(patch.largestMagnitude, .leastNormalMagnitude)) * patch
      let gram = width <= rows.count ? patchScaled.columnGram : patchScaled.rowGram
      return try symmetricEigenvalues(of: gram).reversed().prefix(min(width, neighbourCount)).map { max(0, $0) }
    }
    dimension = try BootstrapInterval(
      meanOf: spectra.map { spectrum in Double(spectrum.filter { $0 > share * (spectrum.first ?? 0) }.count) },
      level: level, resampleCount: resampleCount, using: &random)
    var sums = [Double](repeating: 0, count: min(width, neighbourCount))
    var ratios = 0.0
    for spectrum in spectra {
      let largest = spectrum.first ?? 1
      for (place, value) in spectrum.enumerated() { sums[place] += value / largest }
      let (total, squares) = spectrum.reduce(into: (0.0, 0.0)) {
        $0.0 += $1
        $0.1 += $1 * $1
      }
      ratios += total * total / squares
    }
    spectrum = sums.map { $0 / Double(taken) }
    participationRatio = ratios / Double(taken)
    self.centreCount = taken
    scale = quantile(of: (0..<taken).map { nearest.distances[($0 + 1) * neighbourCount - 1] }.sorted(), 0.5)
  }
}
