/// How a condition lies to those that a model was trained on.
public enum CompositionRegion: String, Codable, Hashable, Sendable, CaseIterable {
  /// It was one of them, or near to one.
  case seen
  /// Each of its features was among them, but not together.
  case composed
  /// A feature was not, but smaller and greater values were.
  case interpolated
  /// A feature is beyond all of them.
  case extrapolated
}

/// The conditions that a model was trained on.
public struct TrainingCoverage: Hashable, Sendable {
  /// Those with both features: x, y, in pixels.
  public let conditions: [[Double]]
  /// How many were left out, since they have but one feature, or none.
  public let partialCount: Int
  private let images: FeatureImages
  private let nearness: Double
  private let places: [[Double]]

  /// Takes the conditions of a training set, rows of x and y. A feature before the first pixel or behind the last counts as none, unless images go
  /// round: what has but one feature shows that one, by itself.
  ///
  /// - Parameter nearness: what is no further from another than this, in each feature, counts as the same; above 0, in pixels.
  /// - Throws: `AnalysisError.tooFew` where no condition has both features; `.sizeMismatch` for other than two; `.notPositive` for the nearness.
  public init(
    of trained: [[Double]], images: FeatureImages, nearness: Double
  ) throws(AnalysisError) {
    self.nearness = try positive("nearness", nearness)
    self.images = images
    for row in trained where row.count != 2 {
      throw .sizeMismatch("number of features of a condition", size: "\(row.count)", expected: "2")
    }
    func isWithin(_ row: [Double], _ axis: Int) -> Bool {
      images.isPeriodic || (row[axis] >= 0 && row[axis] <= Double(images.sides[axis] - 1))
    }
    conditions = trained.filter { isWithin($0, 0) && isWithin($0, 1) }
    guard !conditions.isEmpty else { throw .tooFew("training conditions with both features", count: 0, minimum: 1) }
    partialCount = trained.count - conditions.count
    places = [0, 1].map { axis in trained.filter { isWithin($0, axis) }.map { $0[axis] }.sorted() }
  }

  /// The condition trained on, with both features, that is nearest to a place (x, y).
  public func nearest(to condition: [Double]) -> [Double] {
    precondition(condition.count == 2)
    func square(_ other: [Double]) -> Double {
      [0, 1].reduce(0) { sum, axis in
        let offset = images.offset(condition[axis], from: other[axis], axis: axis)
        return sum + offset * offset
      }
    }
    return conditions.min { square($0) < square($1) } ?? condition
  }

  /// Where a place (x, y) lies.
  public func region(of condition: [Double]) -> CompositionRegion {
    precondition(condition.count == 2)
    let reach = nearness * (1 + 1e-9)
    func isNear(_ place: Double, _ other: Double, _ axis: Int) -> Bool {
      abs(images.offset(place, from: other, axis: axis)) <= reach
    }
    if conditions.contains(where: { isNear(condition[0], $0[0], 0) && isNear(condition[1], $0[1], 1) }) { return .seen }
    var found = CompositionRegion.composed
    for axis in [0, 1] where !places[axis].contains(where: { isNear(condition[axis], $0, axis) }) {
      let isBetween =
        images.isPeriodic
        || (places[axis][0] < condition[axis] && condition[axis] < places[axis][places[axis].count - 1])
      guard isBetween else { return .extrapolated }
      found = .interpolated
    }
    return found
  }
}
