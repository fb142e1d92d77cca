import Foundation
import LinearAlgebra

/// How far latent variables hold the sources of data apart, by every usual score.
///
/// Shapes: latents samples × latents, sources samples × sources.
///
/// Conventions: sources of few values are classes, others are binned; so are latents, unless information is taken from nearest neighbours.
/// Latents that hardly vary are left out of all scores. Explicitness and informativeness are of the samples fitted, as published. Intervals
/// come of halves of the samples, whose scores spread as those of the whole do; that of explicitness of losses drawn again.
///
/// Range: at most 1, which is reached where each latent is one source; `nil` where a score is not defined.
///
/// References: hsu2023, chen2018, eastwood2018, kumar2018, shao1989 (halves).
public struct Disentanglement: Sendable, Hashable {
  /// How information is estimated.
  public enum Estimator: String, Sendable, Hashable, Codable, CaseIterable {
    /// By counting, in bins where there are many values.
    case bins
    /// From the distances to nearest neighbours.
    case neighbours
  }

  /// How it is measured.
  public struct Settings: Sendable, Hashable {
    /// How information is estimated.
    public var estimator: Estimator
    /// More values than this are binned, into so many; `nil` takes √(samples/20), from 4 to 20.
    public var binCount: Int?
    /// How many neighbours are looked at.
    public var neighbourCount: Int
    /// How many halves, and how many resamples.
    public var drawCount: Int

    /// Makes settings.
    public init(
      estimator: Estimator = .bins, binCount: Int? = nil, neighbourCount: Int = 10, drawCount: Int = 100
    ) {
      (self.estimator, self.binCount) = (estimator, binCount)
      (self.neighbourCount, self.drawCount) = (neighbourCount, drawCount)
    }
  }

  /// One of the scores.
  public enum Score: String, Sendable, Hashable, Codable, CaseIterable {
    /// InfoM: each latent tells of one source alone.
    case modularity
    /// InfoC: each source is told of by one latent alone.
    case compactness
    /// InfoE: sources can be read off by a simple map.
    case explicitness
    /// MIG: the latent that tells most of a source exceeds the next.
    case informationGap = "information-gap"
    /// SAP: so does the latent most correlated with it.
    case separatedPredictability = "separated-predictability"
    /// DCI: each latent is used for one source alone.
    case disentanglement
    /// DCI: each source is told by one latent alone.
    case completeness
    /// DCI: sources are told by a linear map.
    case informativeness
  }

  /// Information over entropies: sources × all latents.
  public let table: InformationTable
  /// Which latents vary enough to count.
  public let activeLatents: [Int]
  /// The classes of each source.
  public let classes: [ClassLabels]
  /// The entropy of each source, in nats.
  public let entropies: [Double]
  /// How many classes an active latent has at most; `nil` of neighbours.
  public let latentClassCount: Int?
  /// Whether any active latent tells more of a source than chance would: if not, where information lies is not asked.
  public let isInformed: Bool
  /// Each score that is defined.
  public let values: [Score: Double]
  /// Its 95 % interval.
  public let intervals: [Score: BootstrapInterval]

  private static let lassoPenalty = 0.01
  private static let mostLatents = 2000
  private static let largest = 1e100

  /// Measures.
  ///
  /// Throws: `AnalysisError.sizeMismatch` where samples do not correspond, `.tooFew` for fewer than 20 samples or no variable,
  /// `.notPositive` for a source that does not vary, `.outOfRange` for more than 2000 latents and values beyond 10¹⁰⁰;
  /// `LinearAlgebraError.notFinite`.
  public init(
    of latents: Matrix<Double>, sources: Matrix<Double>, settings: Settings = Settings(),
    using random: inout SeededGenerator
  ) throws {
    let count = latents.rowCount
    guard sources.rowCount == count else {
      throw AnalysisError.sizeMismatch(
        "number of samples of the sources", size: "\(sources.rowCount)", expected: "\(count), as latents have")
    }
    for (name, width) in [("latents", latents.columnCount), ("sources", sources.columnCount)] where width < 1 {
      throw AnalysisError.tooFew(name, count: width, minimum: 1)
    }
    guard count >= 20 else { throw AnalysisError.tooFew("samples", count: count, minimum: 20) }
    guard latents.columnCount <= Self.mostLatents else {
      throw AnalysisError.outOfRange(
        "number of latents", Double(latents.columnCount), rule: "at most \(Self.mostLatents)")
    }
    for matrix in [latents, sources] {
      try matrix.requireFinite()
      // Squares of larger numbers and their sums are infinite.
      guard matrix.largestMagnitude <= Self.largest else {
        throw AnalysisError.outOfRange("largest value", matrix.largestMagnitude, rule: "at most \(Self.largest)")
      }
    }
    let bins = settings.binCount ?? min(20, max(4, Int((Double(count) / 20).squareRoot())))
    let classes = (0..<sources.columnCount).map { ClassLabels(of: sources.column($0), most: bins) }
    entropies = classes.map { ClassInformation.entropy(of: $0) }
    for (index, found) in classes.enumerated() where found.count < 2 {
      throw AnalysisError.notPositive("entropy of source \(index)", 0)
    }
    let columns = (0..<latents.columnCount).map { latents.column($0) }
    let cells = settings.estimator == .bins ? columns.map { ClassLabels(of: $0, most: bins) } : nil
    let active = Self.activeLatents(columns)
    latentClassCount = cells.map { cells in active.map { cells[$0].count }.max() ?? 1 }
    (activeLatents, self.classes) = (active, classes)

    /// The table of some latents, from some samples.
    @Sendable func table(of latents: [Int], among samples: [Int]) throws -> InformationTable {
      InformationTable(
        try classes.map { source in
          let entropy = ClassInformation.entropy(of: source, among: samples)
          return try latents.map { latent in
            let found =
              try cells.map { ClassInformation.counted($0[latent], source, among: samples) }
              ?? ClassInformation.nearest(columns[latent], source, among: samples, neighbours: settings.neighbourCount)
            return entropy > 0 ? found / entropy : 0
          }
        })
    }
    let whole = Array(0..<count)
    self.table = try table(of: Array(columns.indices), among: whole)
    isInformed = Self.isInformed(self.table, active, entropies, classes, cells, count)
    let isInformed = isInformed
    let kept = latents.selectingColumns(active)

    /// All scores but explicitness from some samples.
    @Sendable func scores(_ samples: [Int]) throws -> [Score: Double] {
      guard !active.isEmpty else { return [:] }
      let table = try table(of: active, among: samples)
      var found: [Score: Double] = [:]
      if isInformed { (found[.modularity], found[.compactness]) = (table.modularity, table.compactness) }
      found[.informationGap] = table.gap
      let here = kept.selectingRows(samples)
      let wanted = sources.selectingRows(samples)
      let (features, targets) = (ColumnScaling(of: here).scaled(here), ColumnScaling(of: wanted).scaled(wanted))
      let correlations: Matrix<Double> = try .product(features, targets, transposing: .left)
      let squares = (0..<targets.columnCount).map { source in
        correlations.column(source).map { $0 * $0 / Double(samples.count * samples.count) }
      }
      found[.separatedPredictability] = InformationTable(squares).gap
      let weights = ElasticNet(features, targets).weights(penalty: Self.lassoPenalty, share: 1)
      let concentration = WeightConcentration(weights)
      (found[.disentanglement], found[.completeness]) = (concentration.disentanglement, concentration.completeness)
      let rest = targets - features * (try LeastSquares(features, targets).solution)
      let whole = targets.entries.reduce(0) { $0 + $1 * $1 }
      found[.informativeness] = whole > 0 ? 1 - rest.entries.reduce(0) { $0 + $1 * $1 } / whole : nil
      return found
    }
    var values = try scores(whole)
    let halves = (0..<max(0, settings.drawCount)).map { _ in Array(random.shuffled(whole).prefix(count / 2)).sorted() }
    let drawn = try concurrently(halves) { try scores($0) }
    var intervals: [Score: BootstrapInterval] = [:]
    for (score, value) in values.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let halves = drawn.compactMap { $0[score] }
      guard halves.count >= 2 else { continue }
      // Of fewer samples all have the same bias, which is not the whole's.
      let mean = halves.reduce(0, +) / Double(halves.count)
      intervals[score] = try BootstrapInterval(
        value: value, resampled: halves.map { min(1, value + $0 - mean) }, level: 0.95)
    }
    if !active.isEmpty {
      let explicit = try Self.explicitness(of: classes, sources, from: kept)
      values[.explicitness] = Self.mean(explicit.map { 1 - Self.mean($0) })
      if settings.drawCount >= 2 {
        intervals[.explicitness] = try BootstrapInterval(
          of: whole, resampleCount: settings.drawCount, using: &random
        ) { samples in
          Self.mean(explicit.map { losses in 1 - Self.mean(samples.map { losses[$0] }) })
        }
      }
    }
    (self.values, self.intervals) = (values, intervals)
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }

  /// Of numbers those with a twentieth of the largest range; where all take few values, those that take more than one.
  private static func activeLatents(_ columns: [[Double]]) -> [Int] {
    let ranges = columns.map { ($0.max() ?? 0) / 2 - ($0.min() ?? 0) / 2 }
    let areDiscrete = columns.allSatisfy { Set($0).count <= 20 }
    let least = areDiscrete ? 0 : (ranges.max() ?? 0) / 20
    return columns.indices.filter { ranges[$0] > least }
  }

  /// Whether a latent tells of a source what chance would in fewer than one of a thousand tables.
  private static func isInformed(
    _ table: InformationTable, _ active: [Int], _ entropies: [Double], _ classes: [ClassLabels],
    _ cells: [ClassLabels]?, _ count: Int
  ) -> Bool {
    classes.indices.contains { source in
      active.contains { latent in
        let information = table.entries[source][latent] * entropies[source]
        guard let cells else { return information > 3 / Double(count).squareRoot() }
        // 2 n times the information of independent classes is χ² distributed.
        let freedom = Double((classes[source].count - 1) * (cells[latent].count - 1))
        return 2 * Double(count) * information > freedom + 4 * (2 * freedom).squareRoot()
      }
    }
  }

  /// For every source each sample's loss, such that 1 less their mean is the source's explicitness: of classes cross-entropies over that
  /// of knowing nothing, every class weighing alike; of binned numbers squared errors of a linear map over the variance.
  private static func explicitness(
    of classes: [ClassLabels], _ sources: Matrix<Double>, from latents: Matrix<Double>
  ) throws -> [[Double]] {
    let features = ColumnScaling(of: latents).scaled(latents)
    return try concurrently(Array(classes.indices)) { source in
      let found = classes[source]
      if found.isBinned {
        let targets = Matrix(column: sources.column(source)).centredColumns
        let rest = targets - features * (try LeastSquares(features, targets).solution)
        let variance = targets.entries.reduce(0) { $0 + $1 * $1 } / Double(targets.rowCount)
        return rest.entries.map { $0 * $0 / variance }
      }
      let sizes = found.sizes(among: Array(found.labels.indices))
      let losses = try ClassRegression(latents, found.labels, classCount: found.count).losses(of: latents, found.labels)
      let scale = Double(found.labels.count) / Double(found.count) / log(Double(found.count))
      return losses.indices.map { losses[$0] * scale / Double(sizes[found.labels[$0]]) }
    }
  }
}
