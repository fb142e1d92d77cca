/// Rows of trials in folds, each tested once: whole trials, or stretches of every trial where there are fewer trials than folds.
///
/// Where a trial is cut, rows nearer to a tested stretch than the gap are not trained on, so that what is tested has no neighbour in
/// time among what was learnt.
///
/// References: theiler1986.
public struct BlockedFolds: Sendable, Hashable {
  /// What to learn from and what to test, by row.
  public struct Fold: Sendable, Hashable {
    /// The rows to learn from.
    public let training: [Int]
    /// The rows to test.
    public let test: [Int]
  }

  /// The folds.
  public let folds: [Fold]
  /// Rows that belong together, whole trials or tested stretches: what is drawn again in a bootstrap.
  public let blocks: [Range<Int>]
  /// The number of rows.
  public let rowCount: Int

  /// Makes folds of trials that follow one another, each with so many rows.
  ///
  /// Throws: `AnalysisError.tooFew` for fewer than two folds, or where a fold has nothing to test or learn from; `.outOfRange` for a
  /// negative gap.
  public init(trialLengths: [Int], count: Int = 5, gap: Int = 0) throws(AnalysisError) {
    guard count >= 2 else { throw .tooFew("folds", count: count, minimum: 2) }
    guard gap >= 0 else { throw .outOfRange("gap", Double(gap), rule: "0 or more") }
    var (trials, start): ([Range<Int>], Int) = ([], 0)
    for length in trialLengths where length > 0 {
      trials.append(start..<(start + length))
      start += length
    }
    rowCount = start
    if trials.count >= count {
      blocks = trials
      folds = (0..<count).map { fold in
        Fold(
          training: trials.indices.filter { $0 % count != fold }.flatMap { trials[$0] },
          test: trials.indices.filter { $0 % count == fold }.flatMap { trials[$0] })
      }
      return
    }
    let stretches = trials.map { trial in
      (0..<count).map {
        (trial.lowerBound + trial.count * $0 / count)..<(trial.lowerBound + trial.count * ($0 + 1) / count)
      }
    }
    blocks = stretches.flatMap { $0.filter { !$0.isEmpty } }
    folds = (0..<count).map { fold in
      Fold(
        training: trials.indices.flatMap { index in
          let tested = stretches[index][fold]
          return trials[index].filter { $0 < tested.lowerBound - gap || $0 >= tested.upperBound + gap }
        },
        test: stretches.flatMap { Array($0[fold]) })
    }
    let least = folds.map { min($0.training.count, $0.test.count) }.min() ?? 0
    guard least >= 1 else {
      throw .tooFew("rows for \(count) folds with a gap of \(gap)", count: rowCount, minimum: count + 2 * gap)
    }
  }
}
