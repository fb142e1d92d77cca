/// The phase of generative diffusion that a spectrum of the score's Jacobian shows.
///
/// Conventions: the spectrum is that of σ²J, magnitudes in [0, 1], descending. With a threshold D: trivial when no value
/// lies more than D below 1; consolidation when the final gap is at least D wide and no intermediate one is; coverage
/// otherwise. The threshold is ours; report it.
///
/// References: ventura2024.
public enum DiffusionPhase: String, Sendable, Hashable, Codable, CaseIterable {
  /// Noise drowns the data: the score only points home.
  case trivial
  /// Directions along the manifold show one after the other; the score knows the density within.
  case coverage
  /// The score knows the manifold only, and points at it.
  case consolidation

  /// The width from which a gap counts as open.
  public static let standardThreshold = 0.1

  /// The phase of a spectrum, given the dimension m of the manifold.
  ///
  /// Throws: `AnalysisError.outOfRange` for a dimension that is not between 0 and the number of values, or a threshold that
  /// is not between 0 and 1; `.tooFew` without values.
  public init(
    spectrum: [Double], dimension: Int, threshold: Double = DiffusionPhase.standardThreshold
  ) throws(AnalysisError) {
    let gaps = try PhaseGaps(spectrum: spectrum, dimension: dimension)
    guard threshold > 0, threshold < 1 else {
      throw .outOfRange("gap threshold", threshold, rule: "above 0 and below 1")
    }
    if gaps.depth < threshold {
      self = .trivial
    } else if gaps.final >= threshold, gaps.widestIntermediate < threshold {
      self = .consolidation
    } else {
      self = .coverage
    }
  }
}

/// The three numbers that decide the phase of a spectrum.
public struct PhaseGaps: Sendable, Hashable, Codable {
  /// 1 less the smallest value.
  public let depth: Double
  /// The step from the normal directions, or from 1 when there are none, to the directions along the manifold.
  public let final: Double
  /// The widest step between directions along the manifold.
  public let widestIntermediate: Double

  /// Measures a spectrum, given the dimension m of the manifold.
  ///
  /// Throws: `AnalysisError.tooFew` without values; `.outOfRange` for a dimension beyond their number.
  public init(spectrum: [Double], dimension: Int) throws(AnalysisError) {
    guard !spectrum.isEmpty else { throw .tooFew("values of a spectrum", count: 0, minimum: 1) }
    guard dimension >= 0, dimension <= spectrum.count else {
      throw .outOfRange("manifold dimension", Double(dimension), rule: "between 0 and \(spectrum.count)")
    }
    let values = spectrum.sorted(by: >)
    let normalCount = values.count - dimension
    let along = values[normalCount...]
    depth = 1 - values[values.count - 1]
    final = along.first.map { (normalCount > 0 ? values[normalCount - 1] : 1) - $0 } ?? 0
    widestIntermediate = zip(along, along.dropFirst()).map { $0 - $1 }.max() ?? 0
  }
}
