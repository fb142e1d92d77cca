import LinearAlgebra

/// One search for two operators of norm 1.
///
/// All descents are in single precision; the best is made sure of in double.
struct AlignmentDescent {
  let search: AlignmentSearch
  let objective: ConjugationObjective
  /// Half the square of the smallest distance that the invariants allow.
  let leastValue: Double
  /// The determinant's sign that rotations have between the bases of the two operators; `nil` where any will do.
  let sign: Double?
  /// The same objective in single precision.
  private let quick: ConjugationDescent

  private typealias Progress = ConjugationDescent.Progress

  /// The number of starts that the operators suggest and that descend.
  private static let suggestedCount = 4
  /// The gradient, over the distance, at which a descent in single precision is through.
  private static let quickTolerance = 2e-4

  init(search: AlignmentSearch, objective: ConjugationObjective, leastValue: Double, sign: Double?) {
    self.search = search
    self.objective = objective
    self.leastValue = leastValue
    self.sign = sign
    quick = ConjugationDescent(of: objective)
  }

  /// A value that ends the search: the bound is met, or a conjugate found to round-off.
  private var sufficientValue: Double { leastValue * (1 + 1e-10) + 1e-26 }
  /// A value in single precision from which the bound may be met.
  private var promisingValue: Double { leastValue * (1 + 1e-3) + 1e-8 }

  /// The lowest minimum, and the values at the ends of all descents.
  func run(
    _ first: PreparedOperator, _ second: PreparedOperator, randomStarts: [Matrix<Double>]
  ) throws(LinearAlgebraError) -> (best: OrthogonalMinimum, values: [Double]) {
    // The most promising first, so that conjugate pairs end with the first descent.
    let suggested = try ranked(suggestedStarts(first, second)).prefix(Self.suggestedCount)
    let affordable = search.valueCount(size: objective.size)
    var (ends, spent) = ([Progress](), 0)
    for start in try suggested + admissible(randomStarts) {
      if objective.value(at: objective.place(start)) <= promisingValue, let proven = try proven(start) { return proven }
      let end = descended(from: start)
      if end.value <= promisingValue, let proven = try proven(point(of: end)) { return proven }
      ends.append(end)
      spent += end.valueCount
      if let count = search.descentCount {
        if ends.count >= count { break }
      } else if spent > affordable / 2 || isPlain(ends) {
        break
      }
    }
    guard var best = ends.min(by: { $0.value < $1.value }) else {
      throw .notConverged("alignment", shape: "\(objective.size)×\(objective.size)")
    }
    func consider(_ end: Progress) {
      spent += end.valueCount
      if end.value < best.value { best = end }
    }
    // At odd sizes −Q has the other determinant and does the same.
    if sign == nil, objective.size.isMultiple(of: 2), spent < affordable {
      consider(descended(from: objective.reversed(point(of: best))))
    }
    var random = SeededGenerator(seed: search.seed).split("leaps")
    while !isPlain(ends), spent < affordable { consider(try leap(from: best, using: &random)) }
    return (try refined(best), ends.map(\.value))
  }

  /// Whether the lowest value was met so often that there is hardly a lower one.
  private func isPlain(_ ends: [Progress]) -> Bool {
    // Small operators have few minima, which chance meets again and again; they are searched through.
    guard objective.size > 16 else { return false }
    let least = ends.map(\.value).min() ?? 0
    let count = ends.count { $0.value <= least * (1 + 3e-4) }
    return count >= (objective.size > 40 ? 2 : 4) && 5 * count >= 2 * ends.count
  }

  private func descended(from start: Matrix<Double>) -> Progress {
    var progress = quick.start(at: start)
    quick.advance(&progress, valueCount: 2000, gradientTolerance: Self.quickTolerance)
    return progress
  }

  /// Where a descent leads from the best place once a few axes have been turned at random; given up early where that stays high.
  private func leap(from best: Progress, using random: inout SeededGenerator) throws(LinearAlgebraError) -> Progress {
    let n = objective.size
    let axes = Array(random.shuffled(Array(0..<n)).prefix(max(2, n / 8)))
    var turn = try Matrix<Double>.randomOrthogonal(axes.count, using: &random)
    if sign != nil, try turn.determinantSign() < 0 {
      for column in axes.indices { turn[0, column].negate() }
    }
    var point = point(of: best)
    let rows = turn * point.reordered(rows: axes, columns: Array(0..<n))
    for (row, axis) in axes.enumerated() {
      for column in 0..<n { point[axis, column] = rows[row, column] }
    }
    var progress = quick.start(at: point)
    quick.advance(&progress, valueCount: 60, gradientTolerance: Self.quickTolerance)
    if progress.value < 1.02 * best.value {
      quick.advance(&progress, valueCount: 2000, gradientTolerance: Self.quickTolerance)
    }
    return progress
  }

  /// The end of the search, if the bound is met near a place.
  private func proven(
    _ point: Matrix<Double>
  ) throws(LinearAlgebraError) -> (best: OrthogonalMinimum, values: [Double])? {
    let descent = OrthogonalTrustRegion(
      maximumStepCount: 20, maximumProductCount: 50, gradientTolerance: 1e-6, sufficientValue: sufficientValue)
    let end = try descent.minimum(of: objective, from: point)
    return end.value <= sufficientValue ? (end, [end.value]) : nil
  }

  /// The minimum near a place: what single precision leaves to do, if anything, takes second derivatives in double precision.
  private func refined(_ progress: Progress) throws(LinearAlgebraError) -> OrthogonalMinimum {
    var near = progress
    quick.advance(&near, valueCount: 3000, gradientTolerance: 8e-6)
    // Small operators get all digits, which cost them nothing.
    let tolerance = objective.size > 40 ? 1e-5 : 1e-7
    return try OrthogonalTrustRegion(gradientTolerance: tolerance, sufficientValue: sufficientValue)
      .minimum(of: objective, from: point(of: near))
  }

  private func point(of progress: Progress) -> Matrix<Double> {
    // Twice, as single precision leaves it.
    Matrix(rowCount: objective.size, columnCount: objective.size, entries: progress.point.map { Double($0) })
      .reorthogonalized.reorthogonalized
  }

  /// The starts that the operators themselves suggest.
  private func suggestedStarts(
    _ first: PreparedOperator, _ second: PreparedOperator
  ) throws(LinearAlgebraError) -> [Matrix<Double>] {
    var starts: [Matrix<Double>] = []
    for (own, other) in zip(first.frames, second.frames) {
      for resolution in objective.size > 20 ? [1e-3] : [1e-3, 0.5] {
        starts.append(try own.alignment(with: other, resolution: resolution))
      }
    }
    if let start = try first.eigenframe.alignment(with: second.eigenframe) { starts.append(start) }
    return try admissible(starts)
  }

  private func ranked(_ starts: [Matrix<Double>]) -> [Matrix<Double>] {
    let values = starts.map { objective.value(at: objective.place($0)) }
    return starts.indices.sorted { (values[$0], $0) < (values[$1], $1) }.map { starts[$0] }
  }

  /// The same matrices, with an axis reversed where only rotations are sought and they are none.
  private func admissible(_ starts: [Matrix<Double>]) throws(LinearAlgebraError) -> [Matrix<Double>] {
    guard let sign else { return starts }
    var admissible: [Matrix<Double>] = []
    for start in starts {
      admissible.append(try start.determinantSign() == sign ? start : objective.reversed(start))
    }
    return admissible
  }
}
