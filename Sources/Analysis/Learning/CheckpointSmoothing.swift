import Foundation

/// A Gaussian over checkpoints, however far apart in steps they are.
///
/// Conventions: the course is reflected at its ends, the last value standing twice (… c b a | a b c … as SciPy's `reflect`), so that every
/// weighted mean is of the whole kernel; weights reach to 4 deviations.
public struct CheckpointSmoothing: Sendable, Hashable, Codable {
  /// The widest deviation, in checkpoints.
  public static let widest = 1000.0

  /// The deviation in checkpoints; 0 leaves all as it is.
  public let deviation: Double
  /// The weights at 0, 1, … checkpoints away on either side.
  let weights: [Double]

  /// Makes a kernel.
  ///
  /// Throws: `AnalysisError.outOfRange` for a deviation outside 0 to 1000.
  public init(deviation: Double) throws(AnalysisError) {
    guard (0...Self.widest).contains(deviation) else {
      throw .outOfRange("smoothing deviation", deviation, rule: "from 0 to \(Int(Self.widest)) checkpoints")
    }
    self.deviation = deviation
    let reach = Int(4 * deviation + 0.5)
    let heights = (0...reach).map { deviation > 0 ? exp(-0.5 * pow(Double($0) / deviation, 2)) : 1 }
    let whole = heights[0] + 2 * heights.dropFirst().reduce(0, +)
    weights = heights.map { $0 / whole }
  }

  /// The smoothed course.
  public func smoothed(_ values: [Double]) -> [Double] {
    guard weights.count > 1, !values.isEmpty else { return values }
    let period = 2 * values.count
    func value(_ place: Int) -> Double {
      let folded = ((place % period) + period) % period
      return values[folded < values.count ? folded : period - 1 - folded]
    }
    return values.indices.map { place in
      weights.indices.dropFirst().reduce(weights[0] * values[place]) { sum, away in
        sum + weights[away] * (value(place - away) + value(place + away))
      }
    }
  }

  /// The variance that independent noise of variance 1 keeps.
  var remainingVariance: Double { weights[0] * weights[0] + 2 * weights.dropFirst().reduce(0) { $0 + $1 * $1 } }
}
