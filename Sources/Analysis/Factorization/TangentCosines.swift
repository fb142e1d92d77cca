import LinearAlgebra

/// Cosines between tangents of a code along its factors: the differences between each condition and the next along a factor.
///
/// For factors x and y, u(x, y) the direction of r(x + 1, y) − r(x, y), and w(x, y) that of r(x, y + 1) − r(x, y): *orthogonality* is of
/// u(x, y) and w(x′, y′) at all pairs of places; *parallelism* of u(x, y) and u(x, y′), y′ ≠ y; *along itself* of u(x, y) and u(x′, y), x′ ≠ x.
///
/// All are exact and of all pairs: inner products of tangents are sums of four entries of the conditions' Gram matrix.
///
/// References: liang2024.
public struct TangentCosines: Sendable, Hashable {
  /// What cosines of many pairs are.
  public struct Statistics: Sendable, Hashable {
    /// The number of bins of the histogram over −1 … 1.
    public static let binCount = 41

    /// The mean.
    public let mean: Double
    /// The mean of absolute values.
    public let meanAbsolute: Double
    /// The root of the mean square.
    public let rms: Double
    /// The number of pairs.
    public let count: Int
    /// The share of pairs in each bin.
    public let shares: [Double]
  }

  /// For every pair of factors, in the order (0, 1), (0, 2), (1, 2) …
  public let orthogonality: [Statistics?]
  /// For every factor; `nil` where there are no pairs.
  public let parallelism: [Statistics?]
  /// For every factor.
  public let alongItself: [Statistics?]
  /// How many tangents there are of each factor.
  public let counts: [Int]
  /// How many tangents of each factor have no length, and are left out.
  public let stillCounts: [Int]

  /// Tangents along one factor.
  private struct Tangents {
    var (bases, ends, norms): ([Int], [Int], [Double]) = ([], [], [])
    var stillCount = 0
  }

  /// Measures a code.
  ///
  /// - Parameter gram: the inner products of conditions, conditions × conditions.
  public init(gram: Matrix<Double>, grid: FactorGrid) {
    let scale = gram.trace / Double(max(1, gram.rowCount))
    let tangents = grid.factors.indices.map { factor -> Tangents in
      var found = Tangents()
      for base in 0..<grid.count {
        guard let end = grid.neighbour(of: base, along: factor) else { continue }
        let square = gram[end, end] - 2 * gram[base, end] + gram[base, base]
        guard square > 1e-10 * scale else {
          found.stillCount += 1
          continue
        }
        found.bases.append(base)
        found.ends.append(end)
        found.norms.append(square.squareRoot())
      }
      return found
    }
    counts = tangents.map(\.bases.count)
    stillCounts = tangents.map(\.stillCount)
    let pairs = grid.factors.indices.flatMap { first in
      grid.factors.indices.filter { $0 > first }.map { (first, $0) }
    }
    orthogonality = pairs.map { first, second in
      let (one, other) = (tangents[first], tangents[second])
      return Self.statistics(gram, one, other) { _ in other.bases.indices }
    }
    // Tangents at the same level, or of the same levels of all other factors.
    func among(_ factor: Int, _ key: (Int) -> [Int]) -> Statistics? {
      let own = tangents[factor]
      var groups: [[Int]: [Int]] = [:]
      let keys = own.bases.map(key)
      for (index, key) in keys.enumerated() { groups[key, default: []].append(index) }
      return Self.statistics(gram, own, own) { index in (groups[keys[index]] ?? []).filter { $0 != index } }
    }
    parallelism = grid.factors.indices.map { factor in among(factor) { [grid.places[$0][factor]] } }
    alongItself = grid.factors.indices.map { factor in
      among(factor) { condition in
        var others = grid.places[condition]
        others.remove(at: factor)
        return others
      }
    }
  }

  private static func statistics(
    _ gram: Matrix<Double>, _ one: Tangents, _ other: Tangents, _ partners: (Int) -> some Collection<Int>
  ) -> Statistics? {
    var (sum, absolute, square, count) = (0.0, 0.0, 0.0, 0)
    var bins = [Int](repeating: 0, count: Statistics.binCount)
    let width = gram.columnCount
    gram.entries.withUnsafeBufferPointer { entries in
      for index in one.bases.indices {
        let (low, high) = (one.bases[index] * width, one.ends[index] * width)
        let norm = one.norms[index]
        for partner in partners(index) {
          let (base, end) = (other.bases[partner], other.ends[partner])
          let product = entries[high + end] - entries[high + base] - entries[low + end] + entries[low + base]
          let cosine = max(-1, min(1, product / (norm * other.norms[partner])))
          sum += cosine
          absolute += abs(cosine)
          square += cosine * cosine
          count += 1
          bins[min(Statistics.binCount - 1, Int((cosine + 1) / 2 * Double(Statistics.binCount)))] += 1
        }
      }
    }
    guard count > 0 else { return nil }
    let total = Double(count)
    return Statistics(
      mean: sum / total, meanAbsolute: absolute / total, rms: (square / total).squareRoot(), count: count,
      shares: bins.map { Double($0) / total })
  }
}
