import LinearAlgebra

/// One search for two operators of norm 1.
struct AlignmentDescent {
  let search: AlignmentSearch
  let objective: ConjugationObjective
  /// Half the square of the smallest distance that the invariants allow.
  let leastValue: Double
  /// The determinant's sign that rotations have between the bases of the two operators; `nil` where any will do.
  let sign: Double?

  /// The number of starts that the operators suggest and that descend.
  private static let suggestedCount = 4

  /// A value that ends the search: the bound is met, or a conjugate found to round-off.
  private var sufficientValue: Double { leastValue * (1 + 1e-10) + 1e-26 }

  /// The lowest minimum, and the values at the ends of all descents.
  func run(
    _ first: PreparedOperator, _ second: PreparedOperator, randomStarts: [Matrix<Double>]
  ) throws(LinearAlgebraError) -> (best: OrthogonalMinimum, values: [Double]) {
    // The most promising first, so that conjugate pairs end with the first descent.
    let suggested = try ranked(suggestedStarts(first, second)).prefix(Self.suggestedCount)
    var ends: [OrthogonalMinimum] = []
    for start in try suggested + admissible(randomStarts) {
      let end = try descent(steps: 8, products: 10).minimum(of: objective, from: start)
      if end.value <= sufficientValue { return (end, [end.value]) }
      ends.append(end)
    }
    ends.sort { $0.value < $1.value }
    // At odd sizes −Q has the other determinant and does the same.
    if sign == nil, objective.size.isMultiple(of: 2), let lowest = ends.first {
      ends.append(
        try descent(steps: 8, products: 10).minimum(of: objective, from: objective.reversed(lowest.point)))
      ends.sort { $0.value < $1.value }
    }
    // How low a start leads shows only near its minimum, so in a thorough search more go on for a while than will to the end.
    let count = search.descentCount(size: objective.size)
    var middle: [OrthogonalMinimum] = []
    for end in ends.prefix((2 * search.thoroughness - 1) * count) {
      middle.append(try descent(steps: 10, products: 16).minimum(of: objective, from: end.point))
    }
    middle.sort { $0.value < $1.value }
    var minima: [OrthogonalMinimum] = []
    for end in middle.prefix(count) {
      let minimum = try descent(steps: 100, products: 50).minimum(of: objective, from: end.point)
      minima.append(minimum)
      if minimum.value <= sufficientValue { break }
    }
    let lowest = minima.min { $0.value < $1.value } ?? ends[0]
    let full = OrthogonalTrustRegion(sufficientValue: sufficientValue)
    return (try full.minimum(of: objective, from: lowest.point), minima.map(\.value))
  }

  /// The starts that the operators themselves suggest.
  private func suggestedStarts(
    _ first: PreparedOperator, _ second: PreparedOperator
  ) throws(LinearAlgebraError) -> [Matrix<Double>] {
    var starts: [Matrix<Double>] = []
    for (own, other) in zip(first.frames, second.frames) {
      for resolution in [1e-3, 0.5] { starts.append(try own.alignment(with: other, resolution: resolution)) }
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

  /// A descent that shows where it leads, and stops short of the last digits.
  private func descent(steps: Int, products: Int) -> OrthogonalTrustRegion {
    OrthogonalTrustRegion(
      maximumStepCount: steps, maximumProductCount: products, gradientTolerance: 3e-4, sufficientValue: sufficientValue)
  }
}
