import LinearAlgebra

/// The centres that features may have within an image, on a square lattice.
///
/// Centres stand at 0, d, 2d, … up to the last pixel, side − 1; around a periodic image up to side − d.
public struct SiteLattice: Sendable, Hashable {
  /// The side of the image, in pixels.
  public let side: Double
  /// The distance d of neighbouring centres, in pixels.
  public let spacing: Double
  /// Whether the image closes upon itself in both directions.
  public let isPeriodic: Bool
  /// How many centres stand along a side.
  public let sitesPerSide: Int

  /// Lays centres out.
  ///
  /// Throws: `AnalysisError.notPositive` for the side; `PercolationError.spacing`; `.notWhole`; `.tooManySites`.
  public init(side: Double, spacing: Double, isPeriodic: Bool = false) throws {
    self.side = try positive("side", side)
    guard spacing > 0, spacing <= side else { throw PercolationError.spacing(spacing, side: side) }
    let steps = (isPeriodic ? side : max(0, side - 1)) / spacing
    if isPeriodic, abs(steps - steps.rounded()) > 1e-9 * steps {
      throw PercolationError.notWhole(side: side, spacing: spacing)
    }
    // So that 1.2 / 0.1 is 12 whole steps.
    let count = isPeriodic ? steps.rounded() : (steps * (1 + 1e-12) + 1e-12).rounded(.down) + 1
    guard count * count <= Double(OverlapGraph.mostSites) else {
      throw PercolationError.tooManySites(count * count, most: OverlapGraph.mostSites)
    }
    (self.spacing, self.isPeriodic, sitesPerSide) = (spacing, isPeriodic, Int(count))
  }

  /// How many centres there are.
  public var siteCount: Int { sitesPerSide * sitesPerSide }

  /// Where the centres are, in spacings: whole numbers, so that equal distances are equal.
  var steps: Matrix<Double> {
    let count = sitesPerSide
    return Matrix(
      rowCount: siteCount, columnCount: 2,
      entries: (0..<siteCount).flatMap { [Double($0 / count), Double($0 % count)] })
  }

  /// Where the centres are, in pixels: sites × 2.
  public var centres: Matrix<Double> { spacing * steps }
}
