import LinearAlgebra

/// Representational similarity analysis: how well the dissimilarities between samples agree that two systems give.
///
/// Each two samples have a dissimilarity in either system; compared are the m(m−1)/2 numbers of one with those of the other.
///
/// Range: [−1, 1]; by the cosine [0, 1].
///
/// Laws: unchanged by rotation of the units and their translation where dissimilarity is Euclidean, and by scale always.
///
/// References: kriegeskorte2008.
public struct SimilarityAnalysis: RepresentationMeasure, Hashable {
  /// How two samples differ.
  public enum Dissimilarity: String, Sendable, Hashable, Codable, CaseIterable {
    /// Their Euclidean distance.
    case euclidean
    /// 1 − Pearson's correlation of their patterns over the units as given.
    case correlation
  }

  /// How dissimilarities are compared.
  public enum Comparison: String, Sendable, Hashable, Codable, CaseIterable {
    /// Pearson's correlation.
    case pearson
    /// The correlation of ranks; ties get their mean rank.
    case spearman
    /// The cosine, without centring.
    case cosine
  }

  /// How two samples differ.
  public let dissimilarity: Dissimilarity
  /// How dissimilarities are compared.
  public let comparison: Comparison
  /// A similarity.
  public var kind: RepresentationMeasureKind { .similarity }

  /// Makes a measure.
  public init(dissimilarity: Dissimilarity = .euclidean, comparison: Comparison = .pearson) {
    self.dissimilarity = dissimilarity
    self.comparison = comparison
  }

  /// The dissimilarities of one system as a column of norm 1, ranked and centred as the comparison has it.
  ///
  /// Throws: `AnalysisError.notPositive` where dissimilarities, or a pattern whose correlation is asked for, do not vary.
  public func prepared(_ representation: Representation) throws -> Matrix<Double> {
    var found = try dissimilarities(of: representation)
    if comparison == .spearman { found = ranks(of: found) }
    let size = Double(found.count)
    let mean = comparison == .cosine ? 0 : found.reduce(0, +) / size
    for index in found.indices { found[index] -= mean }
    let length = LinearAlgebra.norm(of: found)
    guard length > 1e-12 * abs(mean) * size.squareRoot(), length > 0 else {
      throw AnalysisError.notPositive("variance of the dissimilarities", 0)
    }
    return Matrix(column: found.map { $0 / length })
  }

  /// Compares two systems.
  public func compared(_ first: Matrix<Double>, _ second: Matrix<Double>) -> Double {
    max(-1, min(1, first.innerProduct(with: second)))
  }

  /// The dissimilarities of one system, up to scale: of samples 1 and 0, 2 and 0, 2 and 1, 3 and 0 …
  ///
  /// Throws: `AnalysisError.notPositive` where correlations are asked for of a pattern that does not vary.
  func dissimilarities(of representation: Representation) throws -> [Double] {
    switch dissimilarity {
    case .euclidean: return SampleDistances(of: representation).squares.map { $0.squareRoot() }
    case .correlation:
      var patterns = representation.samples
      let width = Double(patterns.columnCount)
      for row in 0..<patterns.rowCount {
        let pattern = patterns.row(row)
        let mean = pattern.reduce(0) { $0 + $1 / width }
        let centred = pattern.map { $0 - mean }
        let length = LinearAlgebra.norm(of: centred)
        guard length > 8 * Double.ulpOfOne * abs(mean) * width.squareRoot(), length > 0 else {
          throw AnalysisError.notPositive("variance of sample \(row) over the units", 0)
        }
        for column in 0..<patterns.columnCount { patterns[row, column] = centred[column] / length }
      }
      let cosines = patterns.rowGram
      return (0..<cosines.rowCount).flatMap { row in (0..<row).map { 1 - cosines[row, $0] } }
    }
  }
}

/// Ranks from 1, ties sharing their mean rank; values that differ by round-off alone are ties.
func ranks(of values: [Double]) -> [Double] {
  let order = values.indices.sorted { values[$0] < values[$1] }
  let round = 1e-12 * (values.map(abs).max() ?? 0)
  var ranks = [Double](repeating: 0, count: values.count)
  var start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count, values[order[end]] - values[order[end - 1]] <= round { end += 1 }
    for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
    start = end
  }
  return ranks
}
