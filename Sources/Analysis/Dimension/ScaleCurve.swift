import LinearAlgebra

/// A dimension by scale: of all points, of half of them, of a quarter, …
///
/// Fewer points lie farther apart, so that the same estimate sees a larger scale. A dimension that holds over several scales is the
/// cloud's; one that falls is noise's on the small scale, or curvature's.
///
/// Conventions: each part is drawn at random from the one before, and keeps the points' times.
///
/// References: facco2017.
public struct ScaleCurve: Sendable, Hashable, Codable {
  /// The estimate of a part of the points.
  public struct Part: Sendable, Hashable, Codable {
    /// How many points there were.
    public let pointCount: Int
    /// The scale that the estimate is of: a distance.
    public let scale: Double
    /// The dimension.
    public let dimension: BootstrapInterval
  }

  /// The method.
  public let method: DimensionMethod
  /// The parts, all points first.
  public let parts: [Part]

  /// Estimates from the rows of a matrix and from its parts.
  ///
  /// - Parameters:
  ///   - halvings: how often the points are halved, 0 or more; fewer where a part would have less than 64 points.
  ///   - times: each point's time, its row unless told.
  ///   - window: points that are no further apart in time are no neighbours (Theiler's window).
  ///
  /// Throws: what the method throws of all points; a part that it refuses ends the curve.
  public init(
    of points: Matrix<Double>, method: DimensionMethod, halvings: Int = 4, times: [Int]? = nil, window: Int = 0,
    using random: inout SeededGenerator
  ) throws {
    guard halvings >= 0 else { throw AnalysisError.tooFew("halvings", count: halvings, minimum: 0) }
    if let times, times.count != points.rowCount {
      throw AnalysisError.sizeMismatch("number of times", size: "\(times.count)", expected: "\(points.rowCount)")
    }
    let all = try method.estimate(of: points, times: times, window: window, using: &random)
    var parts = [Part(pointCount: points.rowCount, scale: all.scale, dimension: all.dimension)]
    let (order, width) = (random.shuffled(Array(0..<points.rowCount)), points.columnCount)
    for _ in 0..<halvings {
      let count = (parts.last?.pointCount ?? 0) / 2
      guard count >= 64 else { break }
      let rows = order.prefix(count).sorted()
      let part = Matrix(
        rowCount: count, columnCount: width, entries: rows.flatMap { points.entries[($0 * width)..<(($0 + 1) * width)] }
      )
      let partTimes = rows.map { times?[$0] ?? $0 }
      guard let found = try? method.estimate(of: part, times: partTimes, window: window, using: &random) else { break }
      parts.append(Part(pointCount: count, scale: found.scale, dimension: found.dimension))
    }
    self.method = method
    self.parts = parts
  }
}
