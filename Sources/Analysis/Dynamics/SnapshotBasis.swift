import LinearAlgebra

/// The directions in which states lie, by falling share: `X = U S Vᵀ`, of which the leading part is kept.
///
/// Shapes: of L states of n units and k directions: U L×k, V n×k.
///
/// Conventions: states are rows. Where only few directions of many are asked for, they come from inner products or, of large
/// matrices, from Lanczos' process, and are checked.
public struct SnapshotBasis: Sendable, Hashable {
  /// U: the states' coordinates, of unit norm over all states.
  public let coordinates: Matrix<Double>
  /// The singular values, descending.
  public let singularValues: [Double]
  /// V: the directions as columns.
  public let directions: Matrix<Double>
  /// ‖X‖²: the sum of the squares of all singular values, kept or not.
  public let totalEnergy: Double
  /// The shape of X.
  let (rowCount, columnCount): (Int, Int)
  /// Whether no direction was left out.
  public let isComplete: Bool
  /// Whether X V = U S holds to rounding, and not just to a tolerance.
  let isExact: Bool

  /// Above this, products with few vectors are cheaper than all inner products of the shorter side.
  private static let longestGram = 768

  /// Decomposes states; `count` is how many directions are wanted, all of them if left out.
  ///
  /// Throws: `LinearAlgebraError`.
  public init(of states: Matrix<Double>, count: Int? = nil) throws {
    try states.requireFinite()
    (rowCount, columnCount) = (states.rowCount, states.columnCount)
    let least = min(states.rowCount, states.columnCount)
    let norm = states.frobeniusNorm
    totalEnergy = norm * norm
    if let count, count * 4 <= least, least <= Self.longestGram {
      if let part = try LeadingFactors(of: states, count: max(1, count)) {
        (coordinates, singularValues, directions) = (part.left, part.values, part.right)
        (isComplete, isExact) = (false, true)
        return
      }
    } else if let count, count * 12 <= least {
      var random = SeededGenerator(seed: 0)
      let part = try GolubKahanLanczos(of: states, count: count, tolerance: 1e-10, using: &random)
      if part.hasConverged {
        (coordinates, singularValues, directions) = (part.leftVectors, part.values, part.rightVectors)
        (isComplete, isExact) = (false, false)
        return
      }
    }
    let factors = try SingularValueDecomposition(of: states)
    let kept = min(count ?? least, least)
    coordinates = kept == least ? factors.leftVectors : factors.leftVectors.columns(0..<kept)
    singularValues = Array(factors.values.prefix(kept))
    directions = factors.rightVectorsTransposed.rows(0..<kept).transposed
    (isComplete, isExact) = (kept == least, true)
  }

  /// U S of the leading directions: the states' coordinates.
  func weighted(rank: Int) -> Matrix<Double> {
    coordinates.columns(0..<rank).mapColumns { $0 * singularValues[$1] }
  }

  /// S⁻¹ Uᵀ B: the r×p matrix that is best multiplied by the states' coordinates to give B, L×p.
  func leastSquares(_ right: Matrix<Double>, rank: Int) throws(LinearAlgebraError) -> Matrix<Double> {
    try .product(
      coordinates.columns(0..<rank).mapColumns { $0 / singularValues[$1] }, right, transposing: .left)
  }

  /// The number of singular values above round-off.
  public var numericalRank: Int {
    guard let largest = singularValues.first, largest > 0 else { return 0 }
    let bound = largest * Double.ulpOfOne * Double(max(rowCount, columnCount))
    return singularValues.count { $0 > bound }
  }

  /// The rank that a rule gives, at least 1 and at most the numerical rank.
  ///
  /// Throws: `DynamicsError.standstill` where all states are zero; `.rankAboveData` for a number above the numerical rank;
  /// `AnalysisError` for a share or a noise out of range.
  public func rank(by rule: RankRule) throws -> Int {
    let most = numericalRank
    guard most > 0 else { throw DynamicsError.standstill }
    switch rule {
    case .all: return most
    case .count(let count):
      guard count >= 1 else { throw AnalysisError.tooFew("modes", count: count, minimum: 1) }
      guard count <= most else {
        throw DynamicsError.rankAboveData(count, rank: most, shape: "\(rowCount)×\(columnCount)")
      }
      return count
    case .energy(let share):
      guard share > 0, share <= 1 else {
        throw AnalysisError.outOfRange("share of energy", share, rule: "above 0 and at most 1")
      }
      var sum = 0.0
      for (index, value) in singularValues.prefix(most).enumerated() {
        sum += value * value
        if sum >= share * totalEnergy { return index + 1 }
      }
      return most
    case .hardThreshold(let noise):
      let threshold = try SingularValueThreshold(rowCount: rowCount, columnCount: columnCount)
      let cut = try noise.map { try threshold.cut(noise: $0) } ?? threshold.cut(medianOf: singularValues)
      return max(1, min(most, singularValues.count { $0 > cut }))
    }
  }
}

/// How many directions to keep.
public enum RankRule: Sendable, Hashable {
  /// All that are above round-off.
  case all
  /// So many.
  case count(Int)
  /// As few as hold a share of the sum of squares, in (0, 1].
  case energy(Double)
  /// Those above Gavish and Donoho's optimal hard threshold; the noise's deviation per entry, where it is known.
  case hardThreshold(noise: Double?)
}
