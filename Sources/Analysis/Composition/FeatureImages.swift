import Foundation

/// Images of two features, a place along the columns (x) and one along the rows (y), in pixels from the first.
///
/// An image is `background` where nothing is. With the profile g(d) = exp(−d²/2σ²) of each place, its height towards `peak` is
/// g(x)·g(y) for bumps, which are products, and (g(x) + g(y))/2 for sums of two stripes.
///
/// References: liang2024.
public struct FeatureImages: Hashable, Sendable {
  /// How the two features go together.
  public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    /// A bump: the product of both profiles.
    case bumps
    /// A vertical and a horizontal stripe: the sum of both profiles.
    case sums
  }

  /// How the features go together.
  public let kind: Kind
  /// The number of columns, along which x runs, and of rows, along which y runs.
  public let sides: [Int]
  /// σ of the profiles, in pixels.
  public let width: Double
  /// Whether what leaves on one side comes in on the other.
  public let isPeriodic: Bool
  /// The value of a pixel where nothing is.
  public let background: Double
  /// The value in the middle of a bump, or where both stripes cross.
  public let peak: Double

  /// The fewest pixels of a side.
  public static let smallestSide = 3
  /// The most pixels of a side: a decoder looks at two places for each, in both directions.
  public static let largestSide = 512

  /// Describes images.
  ///
  /// - Throws: `AnalysisError.tooFew` for a side below ``smallestSide``; `.notPositive` for the width; `.outOfRange` for a side above
  ///   ``largestSide``, a width above half of a side, and for shades that are equal or too far apart.
  public init(
    _ kind: Kind, rowCount: Int, columnCount: Int, width: Double = 1, isPeriodic: Bool = false,
    background: Double = 1, peak: Double = 0
  ) throws(AnalysisError) {
    for side in [rowCount, columnCount] where side < Self.smallestSide {
      throw .tooFew("pixels of a side", count: side, minimum: Self.smallestSide)
    }
    for side in [rowCount, columnCount] where side > Self.largestSide {
      throw .outOfRange("pixels of a side", Double(side), rule: "at most \(Self.largestSide)")
    }
    guard background.isFinite else { throw .outOfRange("background", background, rule: "finite") }
    guard peak.isFinite, peak != background, (peak - background).isFinite else {
      throw .outOfRange("peak", peak, rule: "finite, and another than the background")
    }
    self.width = try positive("width", width)
    let half = Double(min(rowCount, columnCount)) / 2
    guard width <= half else { throw .outOfRange("width", width, rule: "at most half of a side, \(half)") }
    (self.kind, self.isPeriodic, self.background, self.peak) = (kind, isPeriodic, background, peak)
    sides = [columnCount, rowCount]
  }

  /// How far a place is from another along an axis, with its sign; the shorter way round where images are periodic.
  public func offset(_ place: Double, from other: Double, axis: Int) -> Double {
    let difference = place - other
    guard isPeriodic else { return difference }
    let side = Double(sides[axis])
    return difference - side * (difference / side).rounded()
  }

  /// g along an axis, pixel by pixel.
  func profile(at place: Double, axis: Int) -> [Double] {
    (0..<sides[axis]).map { pixel in
      let distance = offset(Double(pixel), from: place, axis: axis)
      return exp(-distance * distance / (2 * width * width))
    }
  }

  /// The heights of an image at (x, y), from 0 for the background to 1 for the peak, row after row.
  func heights(at centre: [Double]) -> [Double] {
    let (x, y) = (profile(at: centre[0], axis: 0), profile(at: centre[1], axis: 1))
    switch kind {
    case .bumps: return y.flatMap { row in x.map { row * $0 } }
    case .sums: return y.flatMap { row in x.map { (row + $0) / 2 } }
    }
  }

  /// The pixels of an image at (x, y), two numbers, row after row.
  public func pixels(at centre: [Double]) -> [Double] {
    precondition(centre.count == 2)
    return heights(at: centre).map { background + (peak - background) * $0 }
  }
}
