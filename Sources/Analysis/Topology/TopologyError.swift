import Diagnostics

/// What an analysis of shape refuses, and why.
public enum TopologyError: Diagnosable, Hashable, Sendable {
  /// There is no point, or points have no coordinates.
  case noPoints(shape: String)
  /// A coordinate or distance is NaN, infinite or too large to be squared; counted from 0.
  case notFinite(row: Int, column: Int, value: String)
  /// A table of distances is not square, not symmetric, or has a negative entry.
  case notDistances(rule: String, value: String)
  /// More points than memory is kept for.
  case tooManyPoints(Int, most: Int)
  /// The reduction outgrew the memory kept for it.
  case outgrown(simplices: Int, points: Int, dimension: Int)
  /// A dimension of homology that is not computed.
  case dimension(Int, most: Int)
  /// Coefficients must be a prime field's.
  case notPrime(Int, most: Int, least: Int)
  /// All points are the same.
  case onePlace(points: Int)
  /// Nothing goes round.
  case noLoop
  /// The landmarks' balls cannot cover the points before the loop has filled in.
  case uncovered(landmarks: Int, radius: Double, loopEnds: Double)
  /// The cocycle over the prime field is none over the whole numbers.
  case doesNotLift(prime: Int)

  /// What is the matter, with the offending values.
  public var message: String {
    switch self {
    case .noPoints(let shape): "the points are \(shape); at least one point with one coordinate is needed"
    case .notFinite(let row, let column, let value):
      "coordinate \(column) of point \(row) is \(value); every coordinate must be a number within ±1e150"
    case .notDistances(let rule, let value): "the distances must be \(rule); they are \(value)"
    case .tooManyPoints(let count, let most): "\(count) points given; persistent homology takes at most \(most)"
    case .outgrown(let simplices, let points, let dimension):
      "homology of dimension \(dimension) among \(points) points needs more than the \(simplices) simplices "
        + "that memory is kept for"
    case .dimension(let dimension, let most): "dimension of homology is \(dimension); it must be from 0 to \(most)"
    case .notPrime(let number, let most, let least):
      "the field has \(number) elements; it must be a prime number from \(least) to \(most)"
    case .onePlace(let points): "all \(points) points are the same; they have no shape"
    case .noLoop: "no loop was found; circular coordinates need one"
    case .uncovered(let landmarks, let radius, let loopEnds):
      "\(landmarks) landmarks leave points up to \(written(radius)) away; the loop fills in at \(written(loopEnds)), "
        + "which must be more than twice as far"
    case .doesNotLift(let prime): "the loop's cocycle modulo \(prime) is none over the whole numbers"
    }
  }

  private func written(_ value: Double) -> String { "\((value * 1e4).rounded() / 1e4)" }

  /// What the reader can do now.
  public var hint: String? {
    switch self {
    case .tooManyPoints, .outgrown: "take fewer landmarks"
    case .uncovered: "take more landmarks"
    case .doesNotLift: "take another prime, such as 41"
    case .notFinite: "leave such points out, or look where the first such number arises"
    default: nil
    }
  }

  /// A cell that meets this fails; the rest of the report stands.
  public var status: ExitStatus { .cellFailed }
}
