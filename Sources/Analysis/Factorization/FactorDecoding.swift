import Foundation
import LinearAlgebra

/// How well each factor is told from a code by a linear map, on conditions that the map was not fitted to.
///
/// Numbers are told as they are, places on a circle by cosine and sine, and names by a unit each; R² is that of all of a factor's targets together.
/// The *control* tells shuffled labels, which no code holds. *Generalisation* over another factor: what is told at conditions in one quarter of that factor's levels is
/// learnt from the three others, so that it holds only if the factor is represented alike there.
///
/// References: hewitt2019, bernardi2020, hoerl1970.
public struct FactorDecoding: Sendable, Hashable {
  /// R².
  public let determination: Double
  /// R² for shuffled labels.
  public let control: Double
  /// R² at levels of every other factor that were not learnt from, mean over those factors; `nil` where none has three levels.
  public let generalisation: Double?

  /// Fewer conditions are not divided.
  public static let leastConditions = 20
  private static let foldCount = 5
  private static let quarters = 4

  /// Decodes.
  ///
  /// - Parameter scores: conditions × principal components.
  init(
    of factor: Int, from scores: Matrix<Double>, grid: FactorGrid, using random: inout SeededGenerator
  ) throws {
    let targets = Self.targets(of: factor, grid)
    let order = random.shuffled(Array(0..<grid.count))
    let folds = try BlockedFolds(trialLengths: Array(repeating: 1, count: grid.count), count: Self.foldCount)
    let points = scores.selectingRows(order)
    determination = try Self.determination(targets.selectingRows(order), points, folds)
    control = try Self.determination(targets.selectingRows(random.shuffled(order)), points, folds)
    let others = grid.factors.indices.filter { $0 != factor && grid.levels[$0].count >= 3 }
    let found = try others.map { other in
      let count = grid.levels[other].count
      let parts = min(Self.quarters, count)
      let groups = (0..<parts).map { part in
        (0..<grid.count).filter { grid.places[$0][other] * parts / count == part }
      }
      let sorted = groups.flatMap { $0 }
      return try Self.determination(
        targets.selectingRows(sorted), scores.selectingRows(sorted),
        BlockedFolds(trialLengths: groups.map(\.count), count: parts))
    }
    generalisation = found.isEmpty ? nil : found.reduce(0, +) / Double(found.count)
  }

  private static func targets(of factor: Int, _ grid: FactorGrid) -> Matrix<Double> {
    let rows = (0..<grid.count).map { condition -> [Double] in
      let value = grid.value(of: condition, factor)
      switch grid.factors[factor].kind {
      case .bounded: return [value]
      case .periodic(let period): return [cos(2 * .pi * value / period), sin(2 * .pi * value / period)]
      case .categorical: return grid.levels[factor].indices.map { $0 == grid.places[condition][factor] ? 1 : 0 }
      }
    }
    return Matrix(rowCount: grid.count, columnCount: rows[0].count, entries: rows.flatMap { $0 })
  }

  private static func determination(
    _ targets: Matrix<Double>, _ points: Matrix<Double>, _ folds: BlockedFolds
  ) throws -> Double {
    let told = try Decoding(of: targets, from: points, by: .ridge, folds: folds, scale: .ofAll).predicted
    let spread = targets.centredColumns.frobeniusNorm
    let error = (targets - told).frobeniusNorm
    return spread > 0 ? 1 - (error / spread) * (error / spread) : 0
  }
}
