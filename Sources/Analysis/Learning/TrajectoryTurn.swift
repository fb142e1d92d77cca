import Foundation
import LinearAlgebra

/// The sharpest turn of a trajectory in concept space, where it is, and whether a straight path with the same noise turns as sharply.
///
/// Method: the mean of seeds is smoothed over checkpoints and sampled evenly along an axis; the turn at a place is the angle between the
/// chords from some places before and to as many behind. Chords not longer than some times what noise makes of them count as rest, where
/// any direction would do.
///
/// The noise of a checkpoint is taken from the median square of the mean's second differences, as if independent from one to the
/// next and alike in all directions; a path that bends everywhere is thus noisy. The interval is of seeds drawn again. The chance is the share
/// of straight paths, as fast as the heavily smoothed mean and with that noise, of which the sharpest turn is at least as sharp.
///
/// Units: degrees, from 0 to 180.
///
/// References: park2024 (the turns), efron1993 (the interval); the detector is this project's.
public struct TrajectoryTurn: Sendable, Hashable, Codable {
  /// Whether there is a turn to speak of.
  public enum State: String, Sendable, Hashable, Codable, CaseIterable {
    /// A sharpest turn is given; its chance says whether it is one.
    case found
    /// The angle needs more checkpoints.
    case tooFewCheckpoints
    /// A single concept has no directions but to and fro.
    case singleConcept
    /// Nowhere does the path move further than noise would.
    case nothingMoves
  }

  /// How a turn is looked for.
  public struct Settings: Sendable, Hashable, Codable {
    /// Along what places lie evenly.
    public var axis: ConceptTrajectory.Axis
    /// How many places a chord spans.
    public var halfWidth: Int
    /// The deviation of the smoothing Gaussian, in checkpoints.
    public var smoothing: Double
    /// How many times longer than noise makes it a chord must be.
    public var floor: Double
    /// How many straight paths are drawn; 0 for no chance.
    public var drawCount: Int
    /// How often seeds are drawn again; fewer than 2 for no interval.
    public var resampleCount: Int
    /// The share of resampled turns in the interval.
    public var level: Double

    /// Makes settings.
    public init(
      axis: ConceptTrajectory.Axis = .checkpoints, halfWidth: Int = 3, smoothing: Double = 2, floor: Double = 3,
      drawCount: Int = 500, resampleCount: Int = 500, level: Double = 0.95
    ) {
      (self.axis, self.halfWidth, self.smoothing, self.floor) = (axis, halfWidth, smoothing, floor)
      (self.drawCount, self.resampleCount, self.level) = (drawCount, resampleCount, level)
    }
  }

  /// The most draws of either kind.
  public static let mostDraws = 100_000

  /// Whether there is a turn.
  public let state: State
  /// How sharp it is; `nil` where there is none.
  public let angle: Double?
  /// At which step; `nil` where there is none.
  public let step: Double?
  /// The places' steps.
  public let steps: [Double]
  /// The angle at each place; `nil` near the ends and at rest.
  public let angles: [Double?]
  /// Where the turn lies when seeds are drawn again, in steps; `nil` of a single seed.
  public let interval: BootstrapInterval?
  /// The share of straight paths that turn as sharply, from above 0 to 1; `nil` without draws or turn.
  public let chance: Double?
  /// The deviation of the mean's noise at a checkpoint, of each concept.
  public let noise: Double

  /// Looks for the sharpest turn.
  ///
  /// Throws: `AnalysisError` for settings that make no sense.
  public init(
    of trajectory: ConceptTrajectory, settings: Settings = Settings(), using random: inout SeededGenerator
  ) throws(AnalysisError) {
    guard settings.halfWidth >= 1 else { throw .tooFew("places of a chord", count: settings.halfWidth, minimum: 1) }
    guard settings.floor >= 0, settings.floor.isFinite else {
      throw .outOfRange("noise floor", settings.floor, rule: "a finite number from 0")
    }
    for (name, count) in [("straight paths", settings.drawCount), ("resamples", settings.resampleCount)] {
      guard (0...Self.mostDraws).contains(count) else {
        throw .outOfRange("number of \(name)", Double(count), rule: "from 0 to \(Self.mostDraws)")
      }
    }
    let wide = min(CheckpointSmoothing.widest, max(settings.smoothing, 2 * Double(settings.halfWidth)))
    let search = Search(
      trajectory: trajectory, settings: settings, smoothing: try CheckpointSmoothing(deviation: settings.smoothing),
      wideSmoothing: try CheckpointSmoothing(deviation: wide))
    let found = search.turn(of: trajectory.mean)
    (noise, steps, angles) = (Search.noise(of: trajectory.mean), found.steps, found.angles)
    let count = settings.axis == .logStep ? trajectory.steps.count { $0 > 0 } : trajectory.steps.count
    if trajectory.conceptCount < 2 {
      state = .singleConcept
    } else if count < 3 || (count - 1) / 2 < settings.halfWidth {
      state = .tooFewCheckpoints
    } else {
      state = found.sharpest == nil ? .nothingMoves : .found
    }
    guard state == .found, let sharpest = found.sharpest else {
      (angle, step, interval, chance) = (nil, nil, nil, nil)
      return
    }
    (angle, step) = (sharpest.angle, sharpest.step)
    var places: [Double] = []
    let seeds = trajectory.seeds
    if seeds.count > 1 {
      for _ in 0..<settings.resampleCount {
        let drawn = seeds.map { _ in seeds[random.index(below: seeds.count)] }
        if let turn = search.turn(of: ConceptTrajectory.mean(of: drawn)).sharpest { places.append(turn.step) }
      }
    }
    interval =
      places.count < 2
      ? nil : try BootstrapInterval(value: sharpest.step, resampled: places, level: settings.level)
    guard settings.drawCount > 0 else {
      chance = nil
      return
    }
    let advances = search.advances(of: trajectory.mean)
    var asSharp = 0
    for _ in 0..<settings.drawCount {
      let path = Search.straight(advances, width: trajectory.conceptCount, noise: noise, using: &random)
      if let turn = search.turn(of: path).sharpest, turn.angle >= sharpest.angle { asSharp += 1 }
    }
    chance = Double(1 + asSharp) / Double(1 + settings.drawCount)
  }

  /// What a person should know where there is no turn; `nil` where there is.
  public var absence: String? {
    switch state {
    case .found: nil
    case .tooFewCheckpoints: "there are too few checkpoints for a turn"
    case .singleConcept: "a single concept has no directions to turn between"
    case .nothingMoves: "nowhere do concepts move further than noise would move them"
    }
  }
}

/// How the turns of one path are found.
private struct Search {
  let trajectory: ConceptTrajectory
  let settings: TrajectoryTurn.Settings
  let smoothing: CheckpointSmoothing
  let wideSmoothing: CheckpointSmoothing

  struct Found {
    var steps: [Double] = []
    var angles: [Double?] = []
    var sharpest: (angle: Double, step: Double)?
  }

  func turn(of raw: PolygonalPath) -> Found {
    let smooth = ConceptTrajectory.smoothed(raw, by: smoothing)
    guard let (path, steps) = trajectory.resampled(smooth, along: settings.axis) else { return Found() }
    let width = Double(2 * raw.points.columnCount)
    let byNoise = Self.noise(of: raw) * (width * smoothing.remainingVariance).squareRoot()
    // Round-off moves what is at rest a little.
    let floor = max(settings.floor * byNoise, 1e-12 * path.points.largestMagnitude)
    let angles = path.turningAngles(halfWidth: settings.halfWidth, floor: floor)
    var found = Found(steps: steps, angles: angles)
    for (angle, step) in zip(angles, steps) {
      guard let angle, angle > (found.sharpest?.angle ?? -1) else { continue }
      found.sharpest = (angle, step)
    }
    return found
  }

  /// How far the path comes from each checkpoint to the next, with little of its noise.
  func advances(of raw: PolygonalPath) -> [Double] {
    ConceptTrajectory.smoothed(raw, by: wideSmoothing).lengths
  }

  static func straight(
    _ advances: [Double], width: Int, noise: Double, using random: inout SeededGenerator
  ) -> PolygonalPath {
    var points = Matrix<Double>.zeros(advances.count, width)
    for row in advances.indices {
      for column in 0..<width { points[row, column] = (column == 0 ? advances[row] : 0) + noise * random.gaussian() }
    }
    return PolygonalPath(finite: points)
  }

  /// The deviation of independent noise whose second differences have the path's median square.
  static func noise(of path: PolygonalPath) -> Double {
    let (points, width) = (path.points, path.points.columnCount)
    guard path.count >= 3 else { return 0 }
    let squares = (1..<(path.count - 1)).map { row -> Double in
      (0..<width).reduce(0) { sum, column in
        let second = points[row + 1, column] - 2 * points[row, column] + points[row - 1, column]
        return sum + second * second
      }
    }.sorted()
    // The median of χ², by Wilson and Hilferty's cube; a second difference has 6 times the variance.
    let median = Double(width) * pow(1 - 2 / (9 * Double(width)), 3)
    return (quantile(of: squares, 0.5) / (6 * median)).squareRoot()
  }
}
