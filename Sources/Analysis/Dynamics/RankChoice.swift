import LinearAlgebra

/// The rank at which a model predicts best what it was not fitted on.
///
/// For every rank of a ladder, the squared error of one step on held-out folds; the smallest rank within one standard
/// error (over folds) of the least is chosen.
///
/// Conventions: errors are mean squares per unit of the newest samples, over those of the samples themselves.
public struct RankChoice: Sendable, Hashable, Codable {
  /// The ranks tried, rising.
  public let ranks: [Int]
  /// The mean error over folds at each.
  public let errors: [Double]
  /// Its standard error over folds.
  public let standardErrors: [Double]
  /// The error of repeating the last sample.
  public let persistence: Double
  /// The chosen rank.
  public let rank: Int

  /// The largest rank tried unless told.
  public static let standardLimit = 64

  /// Tries ranks on folds of a recording, embedded by delays.
  ///
  /// - Parameters:
  ///   - largest: the largest rank tried; the data may allow less.
  ///   - inputs: what drives the recording, sample by sample; the model is then fitted with control, whatever the method.
  /// - Throws: what folds and fits throw.
  public init(
    of recording: Recording, embedding: DelayEmbedding, method: DynamicModeDecomposition.Method, folds: Int = 5,
    largest: Int = Self.standardLimit, inputs: Recording? = nil
  ) throws {
    let width = recording.unitCount
    let (gap, shortest) = (embedding.lengthInSamples, embedding.lengthInSamples + 1)
    let splits = try recording.folds(folds, gap: gap, shortest: shortest)
    try inputs.map { try recording.requireInputs($0) }
    let drives = try inputs?.folds(folds, gap: gap, shortest: shortest).enumerated().map { fold, drive in
      (
        training: try embedding.alignedRows(drive.training, with: splits[fold].training),
        test: try embedding.alignedRows(drive.test, with: splits[fold].test)
      )
    }
    let pairs = try splits.map { split in
      (
        training: try SnapshotPairs(of: try embedding.embedded(split.training, successors: 1)),
        test: try SnapshotPairs(of: try embedding.embedded(split.test, successors: 1))
      )
    }
    var bases: [SnapshotBasis] = []
    for (training, _) in pairs {
      let least = min(training.count, training.stateSize)
      let states = inputs == nil ? training.past : training.future
      bases.append(try SnapshotBasis(of: states, count: least > largest ? largest : nil))
    }
    let most = min(largest, bases.map(\.numericalRank).min() ?? 0)
    guard most >= 1 else { throw DynamicsError.standstill }
    let ladder = Self.ladder(upTo: most)
    var errors = ladder.map { _ in [Double](repeating: .infinity, count: pairs.count) }
    var (still, power, samples) = (0.0, 0.0, 0)
    for (fold, (training, test)) in pairs.enumerated() {
      let truth = test.future.columns(0..<width)
      let scale = truth.entries.reduce(0) { $0 + $1 * $1 }
      power += scale
      samples += truth.entries.count
      still += (truth - test.past.columns(0..<width)).entries.reduce(0) { $0 + $1 * $1 }
      for (index, rank) in ladder.enumerated() {
        let predicted: Matrix<Double>
        if let drives {
          guard
            let model = try? ControlledModeDecomposition(
              of: training, inputs: drives[fold].training, rank: .count(rank), basis: bases[fold])
          else { continue }
          let moved = model.autonomous.advanced(test.past, steps: 1) + model.push(of: drives[fold].test)
          predicted = moved.columns(0..<width)
        } else {
          guard
            let model = try? DynamicModeDecomposition(
              of: training, method: method, rank: .count(rank), basis: bases[fold])
          else { continue }
          predicted = model.advanced(test.past, steps: 1).columns(0..<width)
        }
        errors[index][fold] =
          (truth - predicted).entries.reduce(0) { $0 + $1 * $1 } / Double(max(1, truth.entries.count))
      }
    }
    let scale = samples > 0 && power > 0 ? power / Double(samples) : 1
    let means = errors.map { $0.reduce(0, +) / Double($0.count) / scale }
    let spreads = zip(errors, means).map { values, mean in
      let variance = values.reduce(0) { $0 + ($1 / scale - mean) * ($1 / scale - mean) }
      return (variance / Double(max(1, values.count - 1)) / Double(values.count)).squareRoot()
    }
    let best = means.indices.min { means[$0] < means[$1] } ?? 0
    // Below a relative error of 1e-8 a difference is one of rounding.
    let bound = max(means[best] + (spreads[best].isFinite ? spreads[best] : 0), 1e-16)
    rank = ladder[means.firstIndex { $0 <= bound } ?? best]
    // A rank at which some fold could not be fitted has no error.
    let judged = means.indices.filter { means[$0].isFinite }
    guard !judged.isEmpty else { throw DynamicsError.singularOperator(method: method.rawValue, rank: ladder[0]) }
    ranks = judged.map { ladder[$0] }
    self.errors = judged.map { means[$0] }
    standardErrors = judged.map { spreads[$0] }
    persistence = power > 0 ? still / power : 0
  }

  /// Every rank up to 12, then steps of about a quarter.
  static func ladder(upTo most: Int) -> [Int] {
    var ranks: [Int] = []
    var rank = 1
    while rank <= most {
      ranks.append(rank)
      rank = rank < 12 ? rank + 1 : max(rank + 1, rank * 5 / 4)
    }
    if let last = ranks.last, last < most { ranks.append(most) }
    return ranks
  }
}
