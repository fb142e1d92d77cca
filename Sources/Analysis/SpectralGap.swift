/// A gap in the spectrum of the noised score's Jacobian, as it opens and closes with the noise variance t.
///
/// Two neighbouring bulks of variances, a the lower edge of the higher one and b the upper edge of the next, leave between
/// the values t/(t+b) and t/(t+a) the gap t(a−b)/((t+a)(t+b)). With b = 0 it is the final gap, between the manifold and its
/// normal directions: it opens last as noise falls and never closes. With b > 0 it is an intermediate one.
///
/// Laws: the width at t and at ab/t agree; the two ends of visibility multiply to ab.
///
/// References: ventura2024.
public struct SpectralGap: Sendable, Hashable, Codable {
  /// a, the lower edge of the variances above the gap.
  public let above: Double
  /// b, the upper edge of the variances below the gap; 0 of the final gap.
  public let below: Double
  /// The number of directions with variances above the gap: the dimension that the gap shows.
  public let dimension: Int

  /// Makes a gap between two edges, a ≥ b ≥ 0.
  public init(above: Double, below: Double = 0, dimension: Int) {
    self.above = above
    self.below = below
    self.dimension = dimension
  }

  /// Whether the normal directions lie on the other side.
  public var isFinal: Bool { below == 0 }

  /// The width at a noise variance, in [0, 1].
  public func width(atNoiseVariance t: Double) -> Double {
    // Quotients first: their product neither overflows nor underflows for extreme t.
    isFinal ? above / (t + above) : (t / (t + below)) * ((above - below) / (t + above))
  }

  /// The noise variance √(ab) at which the gap is widest; 0 of the final gap, which only grows as noise falls.
  public var widestNoiseVariance: Double { above.squareRoot() * below.squareRoot() }

  /// The greatest width, (√a − √b)/(√a + √b).
  public var greatestWidth: Double {
    let (high, low) = (above.squareRoot(), below.squareRoot())
    return high > 0 ? (high - low) / (high + low) : 0
  }

  /// The noise variances between which the gap is at least as wide as a threshold in (0, 1); `nil` if it never is.
  ///
  /// As noise falls the gap opens at the upper end and closes at the lower; of the final gap the lower end is 0.
  public func visibleNoiseVariances(threshold: Double) -> ClosedRange<Double>? {
    guard threshold > 0, threshold <= greatestWidth else { return nil }
    let half = ((above - below) - threshold * (above + below)) / (2 * threshold)
    // At the greatest width the root is 0, and round-off must not make it imaginary.
    let product = above * below
    let opening = half + max(0, half * half - product).squareRoot()
    // The ends multiply to ab: no cancellation in the lower one.
    let closing = opening > 0 ? product / opening : 0
    return min(closing, opening)...max(closing, opening)
  }

  /// The noise variance t* at which this final gap and an intermediate one are equally wide; below it the final one wins.
  ///
  /// `nil` when the final gap is wider at every noise level. With both bulks degenerate and g = b it is ab/(a−2b).
  public func switchingNoiseVariance(with intermediate: SpectralGap) -> Double? {
    let (g, a, b) = (above, intermediate.above, intermediate.below)
    let lead = a - b - g
    guard isFinal, lead > 0 else { return nil }
    return (b * g + (b * b * g * g + lead * g * a * b).squareRoot()) / lead
  }
}
