import LinearAlgebra

/// How a code represents several factors: apart, together, or on which surface.
///
/// Shapes: activations are samples × units; samples of one condition are averaged first.
///
/// Laws: unchanged by rotation, scale and translation of activations.
///
/// Complexity: O(n² d) for n conditions and d units, and an eigendecomposition of the smaller side.
///
/// References: liang2024.
public struct FactorizationAnalysis: Sendable, Hashable {
  /// So many components of a spectrum are kept.
  public static let componentCount = 15
  /// Factors are decoded from as many principal components as hold 99 % of the variance, and from no more than this.
  public static let mostDecoded = 100
  /// As many components are kept as coordinates.
  public static let embeddedCount = 20
  private static let decodedShare = 0.99

  /// The code's geometry.
  public let geometry: CodeGeometry
  /// How like it is to each reference, in their order.
  public let similarities: [CodeSimilarity]
  /// What it is.
  public let verdict: CodeVerdict
  /// The shares of variance along its first principal components.
  public let spectrum: [Double]
  /// Conditions × components, ``embeddedCount`` at most, in units of the root of the variance.
  public let embedding: Matrix<Double>
  /// How well each factor is told; empty where it was not asked for, or conditions are too few.
  public let decoding: [FactorDecoding]
  /// How many principal components it is told from.
  public let decodedCount: Int

  /// Measures a code.
  ///
  /// - Parameters:
  ///   - resampleCount: how often conditions are drawn again for intervals.
  ///   - isDecoded: whether to tell the factors from it, which takes the longest.
  ///
  /// Throws: `FactorizationError.otherSamples`, `.notFinite`, `.constant`; `LinearAlgebraError`.
  public init(
    of activations: Matrix<Double>, with references: FactorReferences, resampleCount: Int = 200,
    isDecoded: Bool = true, using random: inout SeededGenerator
  ) throws {
    let grid = references.grid
    let sampleCount = grid.samples.reduce(0) { $0 + $1.count }
    guard activations.rowCount == sampleCount else {
      throw FactorizationError.otherSamples(labels: sampleCount, samples: activations.rowCount)
    }
    if let place = activations.entries.firstIndex(where: { !$0.isFinite }) {
      throw FactorizationError.notFinite(
        what: "the activation", row: place / activations.columnCount, column: place % activations.columnCount,
        value: "\(activations.entries[place])")
    }
    let code = try Self.normalised(grid.means(of: activations))
    let gram = code.rowGram
    geometry = try CodeGeometry(gram: gram, grid: grid, design: references.design)
    let distances = CodeSimilarity.centredDistances(gram)
    similarities = try references.all.map { try CodeSimilarity(gram: gram, distances: distances, to: $0) }
    var draws = random.split("conditions")
    verdict = try CodeVerdict(
      geometry: geometry, similarities: similarities, resampleCount: resampleCount, using: &draws)
    let components = try Self.components(code, gram)
    let total = components.values.reduce(0, +)
    spectrum = components.values.prefix(Self.componentCount).map { $0 / total }
    embedding = components.scores.columns(0..<min(Self.embeddedCount, components.scores.columnCount))
    var (count, sum) = (0, 0.0)
    while count < min(Self.mostDecoded, components.scores.columnCount), sum < Self.decodedShare * total {
      sum += components.values[count]
      count += 1
    }
    decodedCount = count
    let scores = components.scores.columns(0..<count)
    if isDecoded, grid.count >= FactorDecoding.leastConditions {
      let shuffles = random.split("decoding")
      decoding = try grid.factors.indices.map { factor in
        var own = shuffles.split(factor)
        return try FactorDecoding(of: factor, from: scores, grid: grid, using: &own)
      }
    } else {
      decoding = []
    }
  }

  /// Less its mean, and of mean square 1 over conditions.
  private static func normalised(_ means: Matrix<Double>) throws -> Matrix<Double> {
    let most = means.largestMagnitude
    guard most > 0 else { throw FactorizationError.constant(conditions: means.rowCount) }
    // Scaled first, so that squares stay finite.
    let centred = ((1 / most) * means).centredColumns
    let size = centred.frobeniusNorm / Double(means.rowCount).squareRoot()
    guard size > 1e-12 else { throw FactorizationError.constant(conditions: means.rowCount) }
    return (1 / size) * centred
  }

  /// Variances, descending, and the conditions along their directions; by the smaller side.
  private static func components(
    _ code: Matrix<Double>, _ gram: Matrix<Double>
  ) throws -> (values: [Double], scores: Matrix<Double>) {
    let isBySamples = code.rowCount <= code.columnCount
    let found = try SymmetricEigendecomposition(of: isBySamples ? gram : code.columnGram)
    let values = found.values.reversed().map { max(0, $0) }
    let most = min(mostDecoded, values.count)
    let kept = (0..<most).filter { values[$0] > 1e-12 * values[0] }
    var scores = found.vectors.selectingColumns(kept.map { values.count - 1 - $0 })
    if isBySamples {
      for row in 0..<scores.rowCount {
        for column in kept { scores[row, column] *= values[column].squareRoot() }
      }
    } else {
      scores = code * scores
    }
    return (values, scores)
  }
}

/// The ideal codes at the conditions of a grid, which several codes are held against.
public struct FactorReferences: Sendable {
  /// The conditions.
  public let grid: FactorGrid
  /// The ideals with their geometry.
  public let all: [CodeReference]
  let design: FactorDesign

  /// Makes the ideals.
  ///
  /// Throws: `LinearAlgebraError`.
  public init(at grid: FactorGrid) throws {
    let design = try FactorDesign(grid)
    self.grid = grid
    self.design = design
    all = try concurrently(IdealCode.all(at: grid)) { try CodeReference($0, grid: grid, design: design) }
  }
}
