import Foundation
import LinearAlgebra

/// The future foretold by linear maps, each fitted anew around a point: weights exp(−θ d/d̄), d̄ the mean distance (S-map).
///
/// At θ = 0 there is one linear map for all; if foretelling gains by θ, the dynamics are not linear.
///
/// References: sugihara1994.
public struct LocalLinearMap: Sendable, Hashable {
  /// What is foretold from what.
  public let projection: SimplexProjection
  /// θ.
  public let locality: Double

  /// The θ that are usually compared.
  public static let standardLocalities: [Double] = [0, 0.01, 0.1, 0.3, 0.5, 0.75, 1, 2, 3, 4, 5, 6, 7, 8]

  /// Makes a map.
  ///
  /// Throws: `AnalysisError.outOfRange` for a negative θ.
  public init(_ projection: SimplexProjection, locality: Double) throws(AnalysisError) {
    guard locality >= 0, locality.isFinite else {
      throw .outOfRange("locality", locality, rule: "a finite number from 0")
    }
    self.projection = projection
    self.locality = locality
  }

  /// Foretells part of a signal from another part; both are all of it unless told.
  ///
  /// Throws: `SignalError.tooShort`, `LinearAlgebraError`.
  public func skill(of signal: Signal, library: Range<Int>? = nil, tested: Range<Int>? = nil) throws -> ForecastSkill {
    let task = try ForecastTask(projection, of: signal, library: library, tested: tested)
    let predicted = try concurrently(Array(0..<task.queries.rowCount)) { query in
      try prediction(query, task)
    }
    return ForecastSkill(predicted: predicted, actual: task.actual)
  }

  /// Coordinates count from the query, so that what is foretold is the intercept, which is well known even where slopes are not.
  private func prediction(_ query: Int, _ task: ForecastTask) throws -> Double {
    let (width, count) = (projection.dimension, task.library.rowCount)
    let place = task.queries.row(query)
    let time = task.queryTimes[query]
    var distances = [Double](repeating: -1, count: count)
    var (sum, eligible) = (0.0, 0)
    for row in 0..<count where abs(task.libraryTimes[row] - time) > projection.window {
      var square = 0.0
      for column in 0..<width {
        let difference = task.library.entries[row * width + column] - place[column]
        square += difference * difference
      }
      distances[row] = square.squareRoot()
      sum += distances[row]
      eligible += 1
    }
    guard eligible > width else {
      throw AnalysisError.tooFew("points beyond the Theiler window", count: eligible, minimum: width + 1)
    }
    let mean = sum / Double(eligible)
    var normal = Matrix<Double>.zeros(width + 1, width + 1)
    var right = [Double](repeating: 0, count: width + 1)
    let scale = mean > 0 ? 1 / mean : 1
    var line = [Double](repeating: 1, count: width + 1)
    for row in 0..<count where distances[row] >= 0 {
      // The weight of a residual, so that its square weighs the square.
      let weight = exp(-2 * locality * distances[row] * scale)
      for column in 0..<width {
        line[column + 1] = (task.library.entries[row * width + column] - place[column]) * scale
      }
      for first in 0...width {
        let weighted = weight * line[first]
        right[first] += weighted * task.targets[row]
        for second in 0...first { normal[first, second] += weighted * line[second] }
      }
    }
    for first in 0...width { for second in 0..<first { normal[second, first] = normal[first, second] } }
    let factors = try SymmetricEigendecomposition(of: normal)
    let most = factors.values.last ?? 0
    var intercept = 0.0
    for (index, value) in factors.values.enumerated() where value > 1e-13 * most {
      let vector = factors.vectors.column(index)
      let along = zip(vector, right).reduce(0) { $0 + $1.0 * $1.1 }
      intercept += vector[0] * along / value
    }
    return intercept
  }
}
