import Foundation

/// A distribution of eigenvalues: an atom at 0 and bulks with a density, tabulated for its quantiles.
///
/// Within a bulk λ = middle − halfwidth·cos θ. The densities of random matrices vanish like square roots at their edges,
/// so in θ they are smooth, and the midpoint rule is accurate.
public struct SpectralDistribution: Sendable, Hashable {
  /// The weight at exactly 0.
  public let atomAtZero: Double
  private let bulks: [TabulatedBulk]

  /// The angles into which a bulk is cut.
  static let cellCount = 512

  /// Tabulates a density over its bulks.
  init(atomAtZero: Double, bulks ranges: [ClosedRange<Double>], density: (Double) throws -> Double) rethrows {
    self.atomAtZero = atomAtZero
    var reached = atomAtZero
    bulks = try ranges.sorted { $0.lowerBound < $1.lowerBound }.map { range in
      let bulk = try TabulatedBulk(range, startingFrom: reached, density: density)
      reached = bulk.cumulative[SpectralDistribution.cellCount]
      return bulk
    }
  }

  /// The total weight, 1 up to the error of quadrature.
  public var totalWeight: Double { bulks.last?.cumulative.last ?? atomAtZero }

  /// The weights of the bulks, by rising eigenvalue.
  public var bulkWeights: [Double] {
    bulks.map { $0.cumulative[SpectralDistribution.cellCount] - $0.cumulative[0] }
  }

  /// The weight of the eigenvalues up to a value.
  public func cumulative(at value: Double) -> Double {
    guard value >= 0 else { return 0 }
    guard let bulk = bulks.last(where: { $0.range.lowerBound <= value }) else { return atomAtZero }
    return bulk.cumulative(at: value)
  }

  /// The value below which a given weight lies; the weight in [0, 1].
  public func quantile(_ weight: Double) -> Double {
    if weight <= atomAtZero && atomAtZero > 0 { return 0 }
    guard let bulk = bulks.first(where: { $0.cumulative[SpectralDistribution.cellCount] >= weight }) ?? bulks.last
    else { return 0 }
    return bulk.quantile(weight)
  }

  /// Where `count` eigenvalues are expected, ascending: the quantiles (i − ½)/count.
  public func expectedEigenvalues(count: Int) -> [Double] {
    (0..<max(0, count)).map { quantile((Double($0) + 0.5) / Double(count)) }
  }
}

private struct TabulatedBulk: Sendable, Hashable {
  let range: ClosedRange<Double>
  /// The weight below each cell's end, from the bulk's lower edge on.
  let cumulative: [Double]

  init(_ range: ClosedRange<Double>, startingFrom start: Double, density: (Double) throws -> Double) rethrows {
    self.range = range
    let (middle, halfWidth) = ((range.lowerBound + range.upperBound) / 2, (range.upperBound - range.lowerBound) / 2)
    let step = Double.pi / Double(SpectralDistribution.cellCount)
    var total = start
    var reached = [start]
    for cell in 0..<SpectralDistribution.cellCount {
      let angle = (Double(cell) + 0.5) * step
      total += try density(middle - halfWidth * cos(angle)) * halfWidth * sin(angle) * step
      reached.append(total)
    }
    cumulative = reached
  }

  func cumulative(at value: Double) -> Double {
    let (middle, halfWidth) = ((range.lowerBound + range.upperBound) / 2, (range.upperBound - range.lowerBound) / 2)
    guard value < range.upperBound, halfWidth > 0 else { return cumulative[SpectralDistribution.cellCount] }
    let place = acos(max(-1, min(1, (middle - value) / halfWidth))) / Double.pi * Double(SpectralDistribution.cellCount)
    let cell = min(SpectralDistribution.cellCount - 1, Int(place))
    return cumulative[cell] + (place - Double(cell)) * (cumulative[cell + 1] - cumulative[cell])
  }

  func quantile(_ weight: Double) -> Double {
    let (middle, halfWidth) = ((range.lowerBound + range.upperBound) / 2, (range.upperBound - range.lowerBound) / 2)
    guard weight > cumulative[0] else { return range.lowerBound }
    // The first cell whose end reaches the weight, by bisection.
    var (low, high) = (1, SpectralDistribution.cellCount)
    while low < high {
      let centre = (low + high) / 2
      if cumulative[centre] >= weight { high = centre } else { low = centre + 1 }
    }
    let width = cumulative[low] - cumulative[low - 1]
    let part = width > 0 ? min(1, (weight - cumulative[low - 1]) / width) : 1
    let angle = (Double(low - 1) + part) * Double.pi / Double(SpectralDistribution.cellCount)
    return middle - halfWidth * cos(angle)
  }
}
