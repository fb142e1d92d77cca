import LinearAlgebra

/// How like a code is to an ideal one, whatever its scale and its rotation.
///
/// *Alignment* is that of centred Gram matrices, tr(KL)/(‖K‖‖L‖); each factor of a factorised ideal may be as large or as small as fits best. That to one code for
/// each combination is √(PR/(n − 1)) for n conditions and participation ratio PR. *Distance correlation* is Pearson's, of the distances between every two conditions; it
/// is not defined for a code whose distances are all the same.
///
/// Range: alignment from 0 to 1; correlation from −1 to 1.
///
/// References: kornblith2019, kriegeskorte2008.
public struct CodeSimilarity: Sendable, Hashable {
  /// The ideal.
  public let code: FactorCode
  /// For the torus: the factor that goes the long way round.
  public let major: Int?
  /// From 0 to 1.
  public let alignment: Double
  /// From −1 to 1; `nil` where distances do not vary.
  public let distanceCorrelation: Double?
  /// What each condition adds to tr(KL), ‖K‖² and ‖L‖².
  private let shared: [Double]
  private let own: [Double]
  private let ideal: [Double]

  init(gram: Matrix<Double>, distances: [Double], to reference: CodeReference) throws {
    (code, major) = (reference.ideal.code, reference.ideal.major)
    own = (0..<gram.rowCount).map { row in gram.row(row).reduce(0) { $0 + $1 * $1 } }
    if code == .conjunctive {
      // Its Gram matrix takes the mean away, which the other's has not.
      shared = gram.diagonalEntries
      ideal = Array(repeating: 1 - 1 / Double(gram.rowCount), count: gram.rowCount)
    } else {
      let parts = reference.ideal.parts.map { reference.centred.columns($0) }
      let sharedParts = parts.map { Self.rowProducts($0, gram * $0) }
      let idealParts = parts.map { first in parts.map { Self.rowProducts(first, $0 * ($0.transposed * first)) } }
      let weights = try Self.weights(sharedParts, idealParts)
      (shared, ideal) = Self.weighted(sharedParts, idealParts, weights)
    }
    alignment = Self.ratio(shared.reduce(0, +), own.reduce(0, +), ideal.reduce(0, +))
    distanceCorrelation = Self.correlation(distances, reference.distances)
  }

  /// The alignment of conditions drawn again, to first order in how often each is drawn.
  func alignment(drawing conditions: [Int]) -> Double {
    func drawn(_ parts: [Double]) -> Double {
      conditions.reduce(0) { $0 + 2 * parts[$1] } - parts.reduce(0, +)
    }
    return Self.ratio(drawn(shared), drawn(own), drawn(ideal))
  }

  private static func ratio(_ shared: Double, _ own: Double, _ ideal: Double) -> Double {
    own > 0 && ideal > 0 ? max(0, min(1, shared / (own * ideal).squareRoot())) : 0
  }

  private static func rowProducts(_ left: Matrix<Double>, _ right: Matrix<Double>) -> [Double] {
    (0..<left.rowCount).map { row in zip(left.row(row), right.row(row)).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  /// The sizes of an ideal's parts with which it is nearest; none is below 0.
  private static func weights(_ shared: [[Double]], _ ideal: [[[Double]]]) throws -> [Double] {
    let wanted = shared.map { $0.reduce(0, +) }
    var kept = Array(shared.indices)
    while kept.count > 1 {
      let products = Matrix(
        rowCount: kept.count, columnCount: kept.count,
        entries: kept.flatMap { row in kept.map { ideal[row][$0].reduce(0, +) } })
      let found = try LeastSquares(products, Matrix(column: kept.map { wanted[$0] })).solution.entries
      guard let least = found.indices.min(by: { found[$0] < found[$1] }), found[least] < 0 else {
        var weights = [Double](repeating: 0, count: shared.count)
        for (place, part) in kept.enumerated() { weights[part] = found[place] }
        return weights
      }
      kept.remove(at: least)
    }
    return shared.indices.map { kept.contains($0) ? 1 : 0 }
  }

  private static func weighted(
    _ shared: [[Double]], _ ideal: [[[Double]]], _ weights: [Double]
  ) -> (shared: [Double], ideal: [Double]) {
    let count = shared.first?.count ?? 0
    var (sums, squares) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    for (first, weight) in weights.enumerated() where weight > 0 {
      for index in 0..<count { sums[index] += weight * shared[first][index] }
      for (second, other) in weights.enumerated() where other > 0 {
        for index in 0..<count { squares[index] += weight * other * ideal[first][second][index] }
      }
    }
    return (sums, squares)
  }

  /// The distances of conditions 1 and 0, 2 and 0, 2 and 1, …, less their mean; empty where they do not vary.
  static func centredDistances(_ gram: Matrix<Double>) -> [Double] {
    let count = gram.rowCount
    var distances: [Double] = []
    distances.reserveCapacity(count * (count - 1) / 2)
    gram.entries.withUnsafeBufferPointer { entries in
      for row in 0..<count {
        let own = entries[row * count + row]
        for column in 0..<row {
          let square = own + entries[column * count + column] - 2 * entries[row * count + column]
          distances.append(max(0, square).squareRoot())
        }
      }
    }
    let mean = distances.reduce(0, +) / Double(max(1, distances.count))
    var most = 0.0
    for index in distances.indices {
      distances[index] -= mean
      most = max(most, abs(distances[index]))
    }
    return most > 1e-7 * mean ? distances : []
  }

  private static func correlation(_ first: [Double], _ second: [Double]) -> Double? {
    guard !first.isEmpty, first.count == second.count else { return nil }
    var (product, left, right) = (0.0, 0.0, 0.0)
    for index in first.indices {
      product += first[index] * second[index]
      left += first[index] * first[index]
      right += second[index] * second[index]
    }
    return max(-1, min(1, product / (left * right).squareRoot()))
  }
}
