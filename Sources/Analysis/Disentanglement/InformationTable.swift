import Foundation
import LinearAlgebra

/// What every latent variable tells of every source, and the scores that are read off it.
///
/// Shapes: sources × latents, of information over the source's entropy.
///
/// Range: entries in [0, 1] but for bias and, of neighbours, chance; scores at most 1.
///
/// Laws: permuting, shifting and scaling latents changes no score; one latent for each source gives 1.
///
/// References: hsu2023 (InfoM, InfoC), chen2018 (MIG).
public struct InformationTable: Sendable, Hashable {
  /// Information over the entropy of the source: a row for each source.
  public let entries: [[Double]]

  /// Makes a table.
  public init(_ entries: [[Double]]) { self.entries = entries }

  /// How many sources there are.
  public var sourceCount: Int { entries.count }
  /// How many latents there are.
  public var latentCount: Int { entries.first?.count ?? 0 }

  /// InfoM: whether each latent tells of one source alone. `nil` of a single source, or where latents tell nothing.
  public var modularity: Double? {
    let columns = (0..<latentCount).map { latent in entries.map { $0[latent] } }
    return Self.concentration(columns, among: sourceCount)
  }

  /// InfoC: whether each source is told of by one latent alone. `nil` of a single latent, or where latents tell nothing.
  public var compactness: Double? { Self.concentration(entries, among: latentCount) }

  /// MIG: by how much the latent that tells most of a source exceeds the next, averaged over sources; `nil` of a single latent.
  public var gap: Double? {
    guard latentCount > 1, sourceCount > 0 else { return nil }
    return entries.reduce(0) { sum, row in
      let sorted = row.sorted(by: >)
      return sum + sorted[0] - sorted[1]
    } / Double(sourceCount)
  }

  /// (mean of largest over sum − 1/n)/(1 − 1/n); lists of nothing are left out.
  private static func concentration(_ lists: [[Double]], among count: Int) -> Double? {
    guard count > 1 else { return nil }
    let shares = lists.compactMap { list -> Double? in
      let sum = list.reduce(0, +)
      return sum > 0 ? (list.max() ?? 0) / sum : nil
    }
    guard !shares.isEmpty else { return nil }
    let least = 1 / Double(count)
    return (shares.reduce(0, +) / Double(shares.count) - least) / (1 - least)
  }
}

/// How much weight of a linear map from latents to sources is where: DCI's disentanglement and completeness.
///
/// References: eastwood2018.
public struct WeightConcentration: Sendable, Hashable {
  /// Whether each latent is used for one source alone; `nil` of a single source or without weights.
  public let disentanglement: Double?
  /// Whether each source is told by one latent alone; `nil` of a single latent or without weights.
  public let completeness: Double?

  /// - Parameter weights: latents × sources, of which the magnitudes count.
  public init(_ weights: Matrix<Double>) {
    let sizes = Matrix(
      rowCount: weights.rowCount, columnCount: weights.columnCount, entries: weights.entries.map { abs($0) })
    disentanglement = Self.mean(sizes)
    completeness = Self.mean(sizes.transposed)
  }

  /// 1 less the entropy of each row, over its largest, the rows weighted by their sums.
  private static func mean(_ sizes: Matrix<Double>) -> Double? {
    let total = sizes.entries.reduce(0, +)
    guard sizes.columnCount > 1, total > 0 else { return nil }
    return sizes.rowArrays.reduce(0) { sum, row in
      let size = row.reduce(0, +)
      guard size > 0 else { return sum }
      let entropy = row.reduce(0) { $1 > 0 ? $0 - $1 / size * log($1 / size) : $0 }
      return sum + size / total * (1 - entropy / log(Double(sizes.columnCount)))
    }
  }
}
