import LinearAlgebra

/// A share of trials, with Wilson's interval for it.
///
/// For conditions that are each tried a fixed number of times the interval is, if anything, too wide.
///
/// References: wilson1927.
public struct Share: Codable, Hashable, Sendable {
  /// The share, from 0 to 1.
  public let value: Double
  /// The lower end of the interval of 95 %.
  public let lower: Double
  /// The upper end.
  public let upper: Double

  /// So many of so many, at least one.
  ///
  /// - Throws: `AnalysisError.tooFew` for none; `.outOfRange` for more than all.
  public init(_ count: Int, of total: Int) throws(AnalysisError) {
    guard total > 0 else { throw .tooFew("trials", count: total, minimum: 1) }
    guard (0...total).contains(count) else {
      throw .outOfRange("count", Double(count), rule: "from 0 to \(total)")
    }
    let (share, whole, z) = (Double(count) / Double(total), Double(total), 1.959963984540054)
    let scale = 1 + z * z / whole
    let middle = (share + z * z / (2 * whole)) / scale
    let half = z / scale * (share * (1 - share) / whole + z * z / (4 * whole * whole)).squareRoot()
    value = share
    lower = count == 0 ? 0 : max(0, middle - half)
    upper = count == total ? 1 : min(1, middle + half)
  }
}

/// How often images show what was asked for: each feature by itself, and both at once.
///
/// References: okawa2023.
public struct CompositionScore: Codable, Hashable, Sendable {
  /// How many images.
  public let count: Int
  /// The share in which x, and that in which y, is right.
  public let features: [Share]
  /// The share in which both are.
  public let joint: Share
  /// The product of the features' shares: the joint one if they came about independently, and alike for all conditions.
  public let product: Double
  /// The mean of the features' shares, which rises smoothly where the product rises late.
  public let mean: Double
  /// The joint share less the product.
  public let synergy: Double
  /// The interval of 95 % for it, over images drawn again.
  public let synergyLower: Double
  /// Its upper end.
  public let synergyUpper: Double

  /// Takes for each image whether x and whether y is right.
  ///
  /// - Throws: `AnalysisError.tooFew` without images or resamples.
  public init(
    of right: [(x: Bool, y: Bool)], resampleCount: Int = 200, using random: inout SeededGenerator
  ) throws(AnalysisError) {
    guard !right.isEmpty else { throw .tooFew("images", count: 0, minimum: 1) }
    guard resampleCount >= 2 else { throw .tooFew("resamples", count: resampleCount, minimum: 2) }
    // What images can do: neither, x alone, y alone, both.
    var kinds = [0, 0, 0, 0]
    for image in right { kinds[(image.x ? 1 : 0) + (image.y ? 2 : 0)] += 1 }
    count = right.count
    features = [try Share(kinds[1] + kinds[3], of: count), try Share(kinds[2] + kinds[3], of: count)]
    joint = try Share(kinds[3], of: count)
    product = features[0].value * features[1].value
    mean = (features[0].value + features[1].value) / 2
    synergy = joint.value - product
    let ends = [kinds[0], kinds[0] + kinds[1], kinds[0] + kinds[1] + kinds[2]]
    let whole = Double(count)
    var resampled: [Double] = []
    for _ in 0..<resampleCount {
      var (x, y, both) = (0, 0, 0)
      for _ in 0..<count {
        let draw = random.index(below: right.count)
        if draw >= ends[2] { both += 1 } else if draw >= ends[1] { y += 1 } else if draw >= ends[0] { x += 1 }
      }
      resampled.append(Double(both) / whole - Double(x + both) / whole * Double(y + both) / whole)
    }
    resampled.sort()
    (synergyLower, synergyUpper) = (quantile(of: resampled, 0.025), quantile(of: resampled, 0.975))
  }
}
