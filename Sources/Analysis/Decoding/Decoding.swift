import LinearAlgebra

/// How well targets can be told from points that were not learnt from.
///
/// In every fold features and targets are brought to the mean and the deviation of what is learnt from. Penalties, the width of the kernel and the number of
/// neighbours are chosen by cross-validation among the other folds.
///
/// Shapes: points n×p, targets n×q.
///
/// Range: R² = 1 − Σ(y − ŷ)²/Σ(y − ȳ)² over all rows, each as foretold when it was tested: at most 1; 0 for what always tells the mean.
public struct Decoding: Sendable, Hashable {
  /// Whose deviation features are brought to.
  public enum FeatureScale: Sendable, Hashable {
    /// Every feature its own: features in units of their own.
    case ofEach
    /// That of all together: coordinates of one space, whose sizes say something.
    case ofAll
  }

  /// R² of each target.
  public let determination: [Double]
  /// What was told of every row when it was tested.
  public let predicted: Matrix<Double>
  private let errors: [[Double]]
  private let spreads: [[Double]]

  /// Decodes.
  ///
  /// Throws: `AnalysisError.sizeMismatch` where rows do not correspond; `LinearAlgebraError.notFinite`, …
  public init(
    of targets: Matrix<Double>, from points: Matrix<Double>, by method: DecodingMethod, folds: BlockedFolds,
    scale: FeatureScale = .ofEach
  ) throws {
    for (name, matrix) in [("number of points", points), ("number of targets", targets)]
    where matrix.rowCount != folds.rowCount {
      throw AnalysisError.sizeMismatch(name, size: "\(matrix.rowCount)", expected: "\(folds.rowCount)")
    }
    try points.requireFinite()
    try targets.requireFinite()
    guard folds.folds.count >= 3 else {
      throw AnalysisError.tooFew(
        "folds, as one is tested and one is chosen by", count: folds.folds.count, minimum: 3)
    }
    let chosen = try Self.chosenSettings(targets, points, method, folds, scale)
    let parts = try concurrently(Array(folds.folds.indices)) { fold in
      try Self.told(targets, points, method, folds.folds[fold], [chosen[fold]], scale)[0]
    }
    var predicted = Matrix<Double>.zeros(targets.rowCount, targets.columnCount)
    for (fold, part) in zip(folds.folds, parts) {
      for (place, row) in fold.test.enumerated() {
        for column in 0..<targets.columnCount { predicted[row, column] = part[place, column] }
      }
    }
    self.predicted = predicted
    let centred = targets.centredColumns
    errors = folds.blocks.map { Self.squares(targets.rows($0), predicted.rows($0), ofEach: true) }
    spreads = folds.blocks.map { block in
      Self.squares(centred.rows(block), Matrix.zeros(block.count, targets.columnCount), ofEach: true)
    }
    determination = Self.determination(errors, spreads)
  }

  /// For every fold the setting that does best on all others, each told from what is in neither of the two.
  private static func chosenSettings(
    _ targets: Matrix<Double>, _ points: Matrix<Double>, _ method: DecodingMethod, _ folds: BlockedFolds,
    _ scale: FeatureScale
  ) throws -> [DecodingMethod.Setting] {
    let (settings, count) = (method.settings, folds.folds.count)
    let pairs = (0..<count).flatMap { first in ((first + 1)..<count).map { (first, $0) } }
    // One fit serves both ways: of the first fold to choose for the second, and the reverse.
    let found = try concurrently(pairs) { first, second in
      let (one, other) = (folds.folds[first], folds.folds[second])
      let (learnt, kept) = (Set(one.training), Set(other.training))
      let (left, right) = (one.test.filter(kept.contains), other.test.filter(learnt.contains))
      let both = BlockedFolds.Fold(training: one.training.filter(kept.contains), test: left + right)
      // Of few rows and a wide gap nothing may be left.
      guard both.training.count >= 2, left.count >= 2, right.count >= 2 else {
        return [[Double]](repeating: [0, 0], count: settings.count)
      }
      let (wantedLeft, wantedRight) = (targets.selectingRows(left), targets.selectingRows(right))
      return try told(targets, points, method, both, settings, scale).map { told in
        [
          squares(wantedLeft, told.rows(0..<left.count), ofEach: false)[0],
          squares(wantedRight, told.rows(left.count..<told.rowCount), ofEach: false)[0],
        ]
      }
    }
    return (0..<count).map { fold in
      let errors = settings.indices.map { setting in
        zip(pairs, found).reduce(0.0) { sum, pair in
          sum + (pair.0.0 == fold ? pair.1[setting][1] : pair.0.1 == fold ? pair.1[setting][0] : 0)
        }
      }
      return zip(settings, errors).min { $0.1 < $1.1 }?.0 ?? settings[0]
    }
  }

  private static func told(
    _ targets: Matrix<Double>, _ points: Matrix<Double>, _ method: DecodingMethod, _ fold: BlockedFolds.Fold,
    _ settings: [DecodingMethod.Setting], _ scale: FeatureScale
  ) throws -> [Matrix<Double>] {
    let (learnt, known) = (points.selectingRows(fold.training), targets.selectingRows(fold.training))
    let (scaling, targetScaling) = (ColumnScaling(of: learnt, scale), ColumnScaling(of: known))
    return try method.predicted(
      from: scaling.scaled(learnt), targetScaling.scaled(known), at: scaling.scaled(points.selectingRows(fold.test)),
      settings
    ).map { targetScaling.unscaled($0) }
  }

  /// Squared differences, summed over rows: of each column, or of all columns over their deviations.
  private static func squares(_ first: Matrix<Double>, _ second: Matrix<Double>, ofEach: Bool) -> [Double] {
    var sums = [Double](repeating: 0, count: first.columnCount)
    for place in first.entries.indices {
      let difference = first.entries[place] - second.entries[place]
      sums[place % first.columnCount] += difference * difference
    }
    guard !ofEach else { return sums }
    let scales = ColumnScaling(of: first).deviations
    return [zip(sums, scales).reduce(0) { $0 + $1.0 / ($1.1 * $1.1) }]
  }

  private static func determination(_ errors: [[Double]], _ spreads: [[Double]]) -> [Double] {
    (errors.first?.indices ?? 0..<0).map { target in
      let spread = spreads.reduce(0) { $0 + $1[target] }
      return spread > 0 ? 1 - errors.reduce(0) { $0 + $1[target] } / spread : 0
    }
  }

  /// A percentile interval of a target's R², from blocks drawn again.
  ///
  /// Throws: `AnalysisError.tooFew` for a single block or resample.
  public func interval(
    ofTarget target: Int, level: Double = 0.95, resampleCount: Int = 200, using random: inout SeededGenerator
  ) throws(AnalysisError) -> BootstrapInterval {
    try BootstrapInterval(
      of: Array(zip(errors, spreads)), level: level, resampleCount: resampleCount, using: &random
    ) { drawn in
      Self.determination(drawn.map { [$0.0[target]] }, drawn.map { [$0.1[target]] })[0]
    }
  }
}
