import LinearAlgebra

/// The conditions that samples were taken under: their different labels, and how these lie to each other.
///
/// Shapes: labels are samples × factors.
///
/// Conventions: samples of equal labels are one condition. Values nearer than 10⁻⁹ of their range are equal; those of a periodic factor are
/// taken modulo its period. Conditions make a *grid* where at least half of all combinations of the factors' values occur.
public struct FactorGrid: Sendable, Hashable {
  /// More conditions than this are not compared with each other.
  public static let mostConditions = 3000
  /// Fewer say nothing.
  public static let leastConditions = 6

  /// The factors, in the order of the labels' columns.
  public let factors: [Factor]
  /// The different values of each factor, ascending.
  public let levels: [[Double]]
  /// The place among the levels of every condition, for each factor.
  public let places: [[Int]]
  /// The samples of every condition, by row.
  public let samples: [[Int]]
  /// Whether the conditions make a grid.
  public let isGrid: Bool
  /// Whether the last level of a factor is followed by the first.
  public let wraps: [Bool]
  private let conditions: [[Int]: Int]

  /// Finds the conditions.
  ///
  /// Throws: `FactorizationError`.
  public init(labels: Matrix<Double>, factors: [Factor]) throws(FactorizationError) {
    guard labels.columnCount == factors.count else {
      throw .otherFactors(columns: labels.columnCount, factors: factors.count)
    }
    guard factors.count >= 2 else { throw .tooFewFactors(factors.count) }
    if let place = labels.entries.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(
        what: "the factor", row: place / labels.columnCount, column: place % labels.columnCount,
        value: "\(labels.entries[place])")
    }
    var (levels, indices): ([[Double]], [[Int]]) = ([], [])
    for (column, factor) in factors.enumerated() {
      if let period = factor.period, !(period > 0 && period.isFinite) {
        throw .period(factor: factor.name, period)
      }
      let found = Self.levels(labels.column(column), factor.period)
      guard found.levels.count >= 2 else { throw .oneValue(factor: factor.name, value: found.levels.first ?? 0) }
      levels.append(found.levels)
      indices.append(found.places)
    }
    var (conditions, places, samples): ([[Int]: Int], [[Int]], [[Int]]) = ([:], [], [])
    for row in 0..<labels.rowCount {
      let place = indices.map { $0[row] }
      if let known = conditions[place] {
        samples[known].append(row)
      } else {
        guard places.count < Self.mostConditions else { throw .tooManyConditions(most: Self.mostConditions) }
        conditions[place] = places.count
        places.append(place)
        samples.append([row])
      }
    }
    guard places.count >= Self.leastConditions else {
      throw .tooFewConditions(places.count, least: Self.leastConditions)
    }
    let combinations = levels.reduce(1.0) { $0 * Double($1.count) }
    isGrid = 2 * Double(places.count) >= combinations
    wraps = zip(factors, levels).map { Self.wraps($0, $1) }
    (self.factors, self.levels, self.places, self.samples, self.conditions) = (
      factors, levels, places, samples, conditions
    )
  }

  /// The number of conditions.
  public var count: Int { places.count }

  /// Whether every combination of the factors' values occurs.
  public var isComplete: Bool { isGrid && Double(count) == levels.reduce(1.0) { $0 * Double($1.count) } }

  /// The value of a factor in a condition.
  public func value(of condition: Int, _ factor: Int) -> Double { levels[factor][places[condition][factor]] }

  /// The condition that differs by one level of a factor, upwards.
  public func neighbour(of condition: Int, along factor: Int) -> Int? {
    var place = places[condition]
    place[factor] += 1
    if place[factor] == levels[factor].count {
      guard wraps[factor] else { return nil }
      place[factor] = 0
    }
    return conditions[place]
  }

  /// The means of a matrix's rows over the samples of every condition: conditions × columns.
  public func means(of rows: Matrix<Double>) -> Matrix<Double> {
    if samples.allSatisfy({ $0.count == 1 }) { return rows.selectingRows(samples.map { $0[0] }) }
    var entries: [Double] = []
    entries.reserveCapacity(count * rows.columnCount)
    for own in samples {
      var sum = rows.row(own[0])
      for row in own.dropFirst() {
        for (column, value) in rows.row(row).enumerated() { sum[column] += value }
      }
      entries += sum.map { $0 / Double(own.count) }
    }
    return Matrix(rowCount: count, columnCount: rows.columnCount, entries: entries)
  }

  private static func levels(_ values: [Double], _ period: Double?) -> (levels: [Double], places: [Int]) {
    var reduced = values
    if let period {
      for index in reduced.indices {
        let rest = values[index].truncatingRemainder(dividingBy: period)
        reduced[index] = rest < 0 ? rest + period : rest
      }
    }
    let range = period ?? ((reduced.max() ?? 0) - (reduced.min() ?? 0))
    // A value just below the period is 0 again.
    if let period { for index in reduced.indices where period - reduced[index] <= 1e-9 * period { reduced[index] = 0 } }
    let order = reduced.indices.sorted { reduced[$0] < reduced[$1] }
    var (levels, places) = ([Double](), [Int](repeating: 0, count: values.count))
    for index in order {
      if levels.last.map({ reduced[index] - $0 > 1e-9 * range }) ?? true { levels.append(reduced[index]) }
      places[index] = levels.count - 1
    }
    return (levels, places)
  }

  /// Names go round, as no two are nearer than others; numbers on a circle do where no gap between them is wide.
  private static func wraps(_ factor: Factor, _ levels: [Double]) -> Bool {
    guard levels.count >= 3 else { return false }
    switch factor.kind {
    case .bounded: return false
    case .categorical: return true
    case .periodic(let period):
      let gaps = zip(levels, levels.dropFirst()).map { $1 - $0 } + [levels[0] + period - levels[levels.count - 1]]
      return (gaps.max() ?? 0) <= 1.5 * quantile(of: gaps.sorted(), 0.5)
    }
  }
}
