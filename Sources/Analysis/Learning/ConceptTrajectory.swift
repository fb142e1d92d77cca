import Foundation
import LinearAlgebra

/// How far a network has each of several concepts, at checkpoints and of several seeds: a path in the space of concepts.
///
/// Shapes: a matrix of checkpoints × concepts for each seed, and one of their means.
///
/// References: park2024.
public struct ConceptTrajectory: Sendable, Hashable, Codable {
  /// Along what a path is sampled evenly.
  public enum Axis: String, Sendable, Hashable, Codable, CaseIterable {
    /// The checkpoints themselves.
    case checkpoints
    /// The logarithm of the step, from the first checkpoint above 0.
    case logStep
    /// The length of the path.
    case arcLength
  }

  /// The steps of the checkpoints, ascending.
  public let steps: [Double]
  /// Each seed's path: checkpoints × concepts.
  public let seeds: [Matrix<Double>]
  /// The mean of seeds.
  public let mean: PolygonalPath

  /// Makes a trajectory.
  ///
  /// Throws: `AnalysisError.tooFew` for no seeds or no checkpoints, `.sizeMismatch`, `.outOfRange`; `LinearAlgebraError.notFinite`.
  public init(steps: [Double], seeds: [Matrix<Double>]) throws {
    guard let first = seeds.first else { throw AnalysisError.tooFew("seeds", count: 0, minimum: 1) }
    try LearnTime.requireAscending(steps)
    guard first.columnCount >= 1 else { throw AnalysisError.tooFew("concepts", count: 0, minimum: 1) }
    for seed in seeds {
      guard seed.rowCount == steps.count, seed.columnCount == first.columnCount else {
        throw AnalysisError.sizeMismatch(
          "trajectory of a seed", size: seed.shapeText, expected: "\(steps.count)×\(first.columnCount)")
      }
      try seed.requireFinite()
    }
    (self.steps, self.seeds) = (steps, seeds)
    mean = Self.mean(of: seeds)
  }

  /// How many concepts there are.
  public var conceptCount: Int { mean.points.columnCount }

  /// How fast the mean goes, per step: |dC/dstep|.
  ///
  /// Throws: `AnalysisError.tooFew` for a single checkpoint.
  public func speeds() throws(AnalysisError) -> [Double] { try mean.speeds(times: steps) }

  static func mean(of seeds: [Matrix<Double>]) -> PolygonalPath {
    var sum = seeds[0]
    for seed in seeds.dropFirst() { sum += seed }
    return PolygonalPath(finite: 1 / Double(seeds.count) * sum)
  }

  /// The path smoothed over checkpoints.
  static func smoothed(_ path: PolygonalPath, by smoothing: CheckpointSmoothing) -> PolygonalPath {
    var points = path.points
    for concept in 0..<points.columnCount {
      for (row, value) in smoothing.smoothed(points.column(concept)).enumerated() { points[row, concept] = value }
    }
    return PolygonalPath(finite: points)
  }

  /// The path at as many places as there are checkpoints, evenly along an axis, with the step of each; `nil` where the axis has no length.
  public func resampled(_ path: PolygonalPath, along axis: Axis) -> (path: PolygonalPath, steps: [Double])? {
    let coordinates: [Double]
    switch axis {
    case .checkpoints: return (path, steps)
    case .logStep: coordinates = steps.map { $0 > 0 ? log($0) : -.infinity }
    case .arcLength: coordinates = path.lengths
    }
    guard path.count == steps.count, let start = coordinates.firstIndex(where: \.isFinite),
      let last = coordinates.last, last > coordinates[start], last.isFinite
    else { return nil }
    let count = coordinates.count - start
    var below = start
    let places = (0..<count).map { index -> Double in
      let wanted = coordinates[start] + Double(index) / Double(count - 1) * (last - coordinates[start])
      while below < coordinates.count - 2, coordinates[below + 1] <= wanted { below += 1 }
      let width = coordinates[below + 1] - coordinates[below]
      return Double(below) + (width > 0 ? min(1, max(0, (wanted - coordinates[below]) / width)) : 0)
    }
    let found = places.map { place -> Double in
      let (low, share) = (min(Int(place), steps.count - 2), place - Double(min(Int(place), steps.count - 2)))
      return axis == .logStep
        ? exp(coordinates[low] + share * (coordinates[low + 1] - coordinates[low]))
        : steps[low] + share * (steps[low + 1] - steps[low])
    }
    return (path.at(places), found)
  }
}
