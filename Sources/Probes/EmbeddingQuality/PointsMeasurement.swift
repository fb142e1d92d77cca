import Analysis
import LinearAlgebra
import Probing

/// What is measured of points that stand for a system: states of a model, or delays.
struct PointsMeasurement: Sendable {
  typealias Points = EmbeddingQualityFinding.Points

  let probe: EmbeddingQuality
  let window: Int
  /// When each point is, trials farther apart than any window.
  let times: [Int]
  let folds: BlockedFolds
  let hidden: Matrix<Double>
  let hiddenNames: [String]
  /// The system itself: what is observed and what is hidden, each of deviation 1.
  let system: Matrix<Double>
  let systemNeighbours: Neighbours

  /// What is observed, z-scored, and where each point's present is in it.
  struct Observable: Sendable {
    let values: [Double]
    let places: [Int]
  }

  private static let nullClouds = 10
  /// How many coordinates of the states the system is to tell.
  private static let mostComponents = 3

  func measured(
    _ points: Matrix<Double>, _ observable: Observable, using random: inout SeededGenerator
  ) throws -> Points {
    let nearest = try NeighbourSearch(of: points, times: times).nearest(probe.neighbours, window: window)
    let published = try NoiseAmplification(
      of: points, times: times, places: observable.places, in: observable.values, horizon: probe.horizon, window: window
    )
    let variant = try NoiseAmplification(
      of: points, times: times, places: observable.places, in: observable.values, horizon: probe.horizon,
      window: window,
      form: .sequenceModels)
    // A cloud may lie in one place along all but one coordinate, or on a grid: then there is none.
    let dimension = try? TwoNeighbourDimension(
      of: points, times: times, window: window, resampleCount: 2, using: &random)
    let verdict =
      probe.landmarks > 0
      ? try BettiVerdict(
        of: points, landmarkCount: min(probe.landmarks, points.rowCount), nullCount: Self.nullClouds, using: &random)
      : nil
    return Points(
      unitCount: points.columnCount, decoding: try decoded(hidden, points, using: &random),
      neighbourOverlap: nearest.overlap(with: systemNeighbours), noiseAmplification: published.value,
      sequenceModelAmplification: variant.value, conditionalVariances: published.conditionalVariances,
      amplifications: published.values, mapping: try mapping(points),
      participationRatio: try ParticipationRatio(of: points, resampleCount: 2, using: &random).value.value,
      dimension: dimension?.fit.value, bettiNumbers: verdict?.numbers ?? [], diagrams: verdict?.diagrams ?? [],
      loopThreshold: verdict.flatMap { $0.thresholds.count > 1 ? $0.thresholds[1] : nil })
  }

  /// The same of points that have nothing to do with what is hidden: half the record apart.
  func shuffled(_ points: Matrix<Double>, like measured: Points, using random: inout SeededGenerator) throws -> Points {
    let half = hidden.rowCount / 2
    let others = hidden.selectingRows((0..<hidden.rowCount).map { ($0 + half) % hidden.rowCount })
    var found = measured
    found.decoding = try decoded(others, points, using: &random)
    return found
  }

  private func decoded(
    _ targets: Matrix<Double>, _ points: Matrix<Double>, using random: inout SeededGenerator
  ) throws -> [EmbeddingQualityFinding.Decoded] {
    let linear = try Decoding(
      of: targets, from: points, by: probe.linear == .ridge ? .ridge : .elasticNet, folds: folds)
    let other = try Decoding(
      of: targets, from: points, by: probe.nonlinear == .kernel ? .kernel : .neighbours, folds: folds)
    return try hiddenNames.enumerated().map { index, name in
      let (near, far) = (
        try linear.interval(ofTarget: index, using: &random), try other.interval(ofTarget: index, using: &random)
      )
      return EmbeddingQualityFinding.Decoded(
        variable: name, linear: near.value, linearInterval: [near.lower, near.upper], nonlinear: far.value,
        nonlinearInterval: [far.lower, far.upper])
    }
  }

  /// Cross mapping between points and the system, tested on the trials of the first fold.
  private func mapping(_ points: Matrix<Double>) throws -> EmbeddingQualityFinding.Mapping {
    let fold = folds.folds[0]
    let count = system.columnCount + 1
    var sizes: [Int] = []
    for part in [16, 8, 4, 2, 1] where fold.training.count / part >= 4 * count {
      sizes.append(fold.training.count / part)
    }
    if sizes.isEmpty { sizes = [fold.training.count] }
    let components = try principalComponents(of: points)
    let weight = components.variances.reduce(0, +)
    let shares = components.variances.map { weight > 0 ? $0 / weight : 1 / Double(components.variances.count) }
    let even = [Double](repeating: 1 / Double(hidden.columnCount), count: hidden.columnCount)
    let cross = try PointMapping(neighbourCount: count, window: window)
    func skill(_ targets: Matrix<Double>, _ weights: [Double], from witness: Matrix<Double>, _ library: [Int]) throws
      -> Double
    {
      let found = try cross.skills(of: targets, from: witness, times: times, library: library, tested: fold.test)
      return zip(found, weights).reduce(0) { $0 + $1.0.correlation * $1.1 }
    }
    var mapping = EmbeddingQualityFinding.Mapping(sizes: sizes, hidden: [], states: [])
    for size in sizes {
      // Evenly thinned, so that nothing is left to chance.
      let library = (0..<size).map { fold.training[$0 * fold.training.count / size] }
      mapping.hidden.append(try skill(hidden, even, from: points, library))
      mapping.states.append(try skill(components.values, shares, from: system, library))
    }
    return mapping
  }

  private func principalComponents(of points: Matrix<Double>) throws -> (values: Matrix<Double>, variances: [Double]) {
    let count = min(Self.mostComponents, points.columnCount)
    let found = try PrincipalComponents(of: Recording(points), count: count)
    return (points.centredColumns * found.directions, found.variances)
  }
}
