/// The gaps of a measured spectrum, and the dimension they show.
///
/// Conventions: values descend; the large ones belong to directions normal to the manifold. A gap after i of d values
/// shows d − i directions along it.
///
/// References: stanczuk2024 (largest gap), achilli2024 (curvature).
public struct GapDetection: Sendable, Hashable, Codable {
  /// How the dimension is read off a spectrum.
  public enum Rule: Sendable, Hashable, Codable {
    /// The widest step from one value to the next.
    case largestGap
    /// The first value, after some skipped ones, where the second difference exceeds a multiple of the median one.
    case curvature(factor: Double = 10, skipping: Int = 5)
    /// The number of values below a fraction of the largest.
    case threshold(fraction: Double)
  }

  /// One step from a value to the next.
  public struct Gap: Sendable, Hashable, Codable {
    /// The number of values above the gap.
    public let position: Int
    /// The height of the step.
    public let width: Double
    /// The number of directions below the gap: the dimension it shows.
    public let dimension: Int
  }

  /// The rule in use.
  public let rule: Rule
  /// Every gap, widest first; among equals the one nearest the large values first.
  public let gaps: [Gap]
  /// The dimension the rule gives; `nil` where it finds no gap.
  public let dimension: Int?

  /// Looks for gaps in a spectrum; the values are put in descending order.
  ///
  /// `ambientDimension` is d, when it is not the number of values.
  ///
  /// Throws: `AnalysisError.tooFew` for fewer than two values; `.outOfRange` for a value that is not finite.
  public init(
    in spectrum: [Double], rule: Rule = .largestGap, ambientDimension: Int? = nil
  ) throws(AnalysisError) {
    guard spectrum.count >= 2 else { throw .tooFew("values of a spectrum", count: spectrum.count, minimum: 2) }
    for value in spectrum where !value.isFinite {
      throw .outOfRange("value of a spectrum", value, rule: "a finite number")
    }
    let values = spectrum.sorted(by: >)
    let d = ambientDimension ?? values.count
    guard d >= values.count else { throw .tooFew("ambient dimensions", count: d, minimum: values.count) }
    self.rule = rule
    var steps: [Gap] = []
    for position in 1..<values.count {
      let width = values[position - 1] - values[position]
      steps.append(Gap(position: position, width: width, dimension: d - position))
    }
    steps.sort { $0.width != $1.width ? $0.width > $1.width : $0.position < $1.position }
    gaps = steps
    switch rule {
    case .largestGap:
      dimension = gaps[0].width > 0 ? gaps[0].dimension : nil
    case .curvature(let factor, let skipping):
      dimension = corner(in: values, factor: factor, skipping: skipping).map { d - $0 }
    case .threshold(let fraction):
      let normalCount = values.count { $0 >= fraction * values[0] }
      dimension = d - normalCount
    }
  }

  /// How much wider the widest gap is than the next, in [1, ∞]: near 1 the choice between them is a toss.
  public var prominence: Double {
    guard gaps.count > 1, gaps[1].width > 0 else { return .infinity }
    return gaps[0].width / gaps[1].width
  }
}

/// The number of values up to and with the first sharp corner.
private func corner(in values: [Double], factor: Double, skipping: Int) -> Int? {
  guard skipping >= 0, values.count >= skipping + 3 else { return nil }
  let kept = Array(values[skipping...])
  let bends = (1..<(kept.count - 1)).map { (i: Int) -> Double in abs(kept[i + 1] - 2 * kept[i] + kept[i - 1]) }
  let sorted = bends.sorted()
  let median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  // A spectrum of exact levels has median 0, and then round-off must not count as a bend.
  let bound = max(factor * median, 8 * Double.ulpOfOne * values[0])
  guard let first = bends.firstIndex(where: { $0 > bound }) else { return nil }
  return skipping + first + 2
}
