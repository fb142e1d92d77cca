/// Where the variances of a manifold lie: bulks, each with the number of directions in it.
public struct SpectralSupport: Sendable, Hashable, Codable {
  /// A stretch of variances without a hole.
  public struct Bulk: Sendable, Hashable, Codable {
    /// The lower edge.
    public var lower: Double
    /// The upper edge.
    public var upper: Double
    /// The number of directions within.
    public var count: Int

    /// Makes a bulk.
    public init(lower: Double, upper: Double, count: Int) {
      self.lower = lower
      self.upper = upper
      self.count = count
    }
  }

  /// The bulks above 0, by falling variance.
  public let bulks: [Bulk]
  /// The dimension d of the space around.
  public let ambientDimension: Int

  /// Makes a support; the bulks are put in order of falling variance.
  public init(bulks: [Bulk], ambientDimension: Int) {
    self.bulks = bulks.sorted { ($0.lower, $0.upper) > ($1.lower, $1.upper) }
    self.ambientDimension = ambientDimension
  }

  /// The gaps between neighbouring bulks by falling variance, and last, if there are normal directions, the final one.
  public var gaps: [SpectralGap] {
    var dimension = 0
    return bulks.indices.compactMap { index in
      dimension += bulks[index].count
      let below = index + 1 < bulks.count ? bulks[index + 1].upper : 0
      if below == 0, dimension >= ambientDimension { return nil }
      return SpectralGap(above: bulks[index].lower, below: below, dimension: dimension)
    }
  }

  /// The widest gap at a noise variance; among equals the one that keeps most directions.
  public func widestGap(atNoiseVariance t: Double) -> SpectralGap? {
    gaps.reversed().max { $0.width(atNoiseVariance: t) < $1.width(atNoiseVariance: t) }
  }
}
