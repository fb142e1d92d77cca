import LinearAlgebra

/// How near foretold trajectories come to what there was.
///
/// Shapes: trials × time × channels on both sides, and what there was one sample before each.
///
/// References: hyndman2006, ostrow2024.
public struct SequenceScore: Sendable, Hashable {
  /// The mean absolute error over that of one step of persistence, mean|y − ŷ| / mean|y(t) − y(t − 1)| (MASE): 0 is exact, 1 no better than that.
  public let scaledError: Double
  /// 1 − Σ(y − ŷ)²/Σ(y − ȳ)² over all channels, each with its own mean.
  public let determination: Double

  /// Scores trials.
  ///
  /// Throws: `AnalysisError.sizeMismatch` where shapes differ; `.tooFew` where nothing is scored; `SignalError.constant` where nothing changes.
  public init(of predicted: [Matrix<Double>], truth: [Matrix<Double>], before: [Matrix<Double>]) throws {
    guard predicted.count == truth.count, before.count == truth.count else {
      throw AnalysisError.sizeMismatch("number of trials", size: "\(predicted.count)", expected: "\(truth.count)")
    }
    var (wrong, moved, squares, count) = (0.0, 0.0, 0.0, 0)
    for (found, (wanted, earlier)) in zip(predicted, zip(truth, before)) {
      guard found.hasShape(of: wanted), earlier.hasShape(of: wanted) else {
        throw AnalysisError.sizeMismatch("shape of a trial", size: found.shapeText, expected: wanted.shapeText)
      }
      for place in wanted.entries.indices {
        let difference = wanted.entries[place] - found.entries[place]
        wrong += abs(difference)
        squares += difference * difference
        moved += abs(wanted.entries[place] - earlier.entries[place])
      }
      count += wanted.entries.count
    }
    guard count > 0, let width = truth.first?.columnCount else {
      throw AnalysisError.tooFew("samples to score", count: 0, minimum: 1)
    }
    guard moved > 0 else { throw SignalError.constant(value: truth[0].entries.first ?? 0) }
    scaledError = wrong / moved
    let all = Matrix(
      rowCount: count / width, columnCount: width, entries: truth.flatMap(\.entries)
    ).centredColumns
    determination = 1 - squares / all.entries.reduce(0) { $0 + $1 * $1 }
  }
}
