import Foundation
import LinearAlgebra

/// What of a code each factor may explain by itself: functions of one factor, as columns over conditions.
///
/// On a grid these are all functions, one value for each level. Elsewhere they are smooth ones: waves of up to eight periods around a
/// circle, or half-waves along a line, or one value for each name.
struct FactorDesign {
  /// For each factor conditions × functions, each of mean 0.
  let columns: [Matrix<Double>]
  /// For each factor, what takes a code to what the factor does: rows × conditions.
  let effects: [Matrix<Double>]

  /// Waves of so many lengths at most.
  private static let mostWaves = 8

  init(_ grid: FactorGrid) throws {
    let count = grid.count
    var columns: [Matrix<Double>] = []
    for (factor, description) in grid.factors.enumerated() {
      let levels = grid.levels[factor]
      let isByLevel = grid.isGrid || description.kind == .categorical
      let waves = max(1, min(Self.mostWaves, count / (8 * grid.factors.count)))
      var entries: [Double] = []
      for condition in 0..<count {
        let value = grid.value(of: condition, factor)
        if isByLevel {
          let place = grid.places[condition][factor]
          entries += (0..<(levels.count - 1)).map { $0 == place ? 1 : 0 }
        } else if let period = description.period {
          entries += (1...waves).flatMap { wave -> [Double] in
            let angle = 2 * Double.pi * Double(wave) * value / period
            return [cos(angle), sin(angle)]
          }
        } else {
          let share = (value - levels[0]) / (levels[levels.count - 1] - levels[0])
          entries += (1...(2 * waves)).map { cos(Double.pi * Double($0) * share) }
        }
      }
      columns.append(
        Matrix(rowCount: count, columnCount: entries.count / count, entries: entries).centredColumns)
    }
    self.columns = columns
    if grid.isGrid {
      effects = grid.factors.indices.map { factor in
        var sums = Matrix<Double>.zeros(grid.levels[factor].count, count)
        var counts = [Double](repeating: 0, count: grid.levels[factor].count)
        for place in grid.places { counts[place[factor]] += 1 }
        for (condition, place) in grid.places.enumerated() {
          sums[place[factor], condition] = 1 / counts[place[factor]]
        }
        return sums.centredColumns
      }
    } else {
      // The least-squares coefficients of each factor's functions, all factors fitted together.
      let all = Self.joined(columns)
      let solution = try LeastSquares(all.columnGram, all.transposed, relativeTolerance: 1e-10).solution
      var start = 0
      effects = try columns.map { own in
        defer { start += own.columnCount }
        // Turned so that lengths are those of what the factor does at the conditions.
        let spread = try SymmetricEigendecomposition(of: own.columnGram)
        var turned = spread.vectors.transposed
        for (row, value) in spread.values.enumerated() {
          for column in 0..<turned.columnCount { turned[row, column] *= max(0, value).squareRoot() }
        }
        return turned * solution.rows(start..<(start + own.columnCount))
      }
    }
  }

  /// An orthonormal basis of the functions of some factors: conditions × functions.
  func basis(of factors: [Int]) throws -> Matrix<Double> {
    let all = Self.joined(factors.map { columns[$0] })
    let found = try SymmetricEigendecomposition(of: all.columnGram)
    let largest = found.values.last ?? 0
    let kept = found.values.indices.filter { found.values[$0] > 1e-10 * largest }
    var basis = all * found.vectors.selectingColumns(kept)
    let lengths = kept.map { found.values[$0].squareRoot() }
    for row in 0..<basis.rowCount {
      for column in kept.indices { basis[row, column] /= lengths[column] }
    }
    return basis
  }

  private static func joined(_ parts: [Matrix<Double>]) -> Matrix<Double> {
    let count = parts.first?.rowCount ?? 0
    return Matrix(
      rowCount: count, columnCount: parts.reduce(0) { $0 + $1.columnCount },
      entries: (0..<count).flatMap { row in parts.flatMap { $0.row(row) } })
  }
}
