/// What an image shows of two features.
public struct FeatureReading: Codable, Hashable, Sendable {
  /// The place (x, y) at which it comes nearest to an image of the generator, in pixels.
  public let centre: [Double]
  /// For x and y, the share of the variance of the image's profile along that axis that the generator's profile there explains, with
  /// the right sign: 1 for an image of the generator, 0 for one with nothing along the axis.
  public let likeness: [Double]
  /// For x and y, the strength of the profile over that of the generator: 1 for an image of the generator.
  public let strength: [Double]
  /// The number of bumps: connected pixels above half of the greatest height; of sums, the number of crossings. 0 where nothing
  /// is a quarter as high as the peak.
  public let count: Int
  /// The distance to the generator's nearest image, over that of this one to an empty image: 0 for an image of the generator, 1 for
  /// an empty one.
  public let distance: Double

  /// Whether the profile along an axis is one peak: as much of it is explained as asked for, and it is a quarter as strong as it should
  /// be, at least.
  public func shows(axis: Int, likeness least: Double) -> Bool {
    likeness[axis] >= least && strength[axis] >= 0.25
  }
}
