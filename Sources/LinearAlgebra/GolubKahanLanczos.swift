/// The largest singular values of an operator that is known by its products alone, with vectors and error bounds.
///
/// Block Lanczos bidiagonalisation with full reorthogonalisation, done twice. Orthonormal U and V grow by blocks with
/// A V = U B; the values are those of B, from below, and every value has a bound from what Aᵀ leaves of its vectors.
///
/// Shapes: of an m×n operator and k values: left vectors m×k, right vectors n×k.
///
/// Conventions: values descend; each right vector's largest entry is positive. Where k is more than min(m, n), there are
/// min(m, n).
///
/// Laws: A v = σ u; the vectors are orthonormal; the values never exceed the true ones but for rounding; once the vectors span
/// the smaller space the values are exact.
///
/// Multiplicities: one block finds at most as many copies of a value as it has vectors. Where as many are found, or nothing
/// is left to follow, a fresh random block looks for more before the values are believed.
///
/// Complexity: a block of products with A and one with Aᵀ a step, and 4 (m + n) times the square of the number of vectors.
///
/// References: golub1965, larsen1998, parlett1998.
public struct GolubKahanLanczos: Sendable, Hashable {
  /// The singular values, descending.
  public let values: [Double]
  /// The left singular vectors as columns.
  public let leftVectors: Matrix<Double>
  /// The right singular vectors as columns.
  public let rightVectors: Matrix<Double>
  /// For each value, how far a true one is at most: see the conventions of the bounds.
  public let errorBounds: [Double]
  /// Whether each value's bound is within the tolerance.
  public let isConverged: [Bool]
  /// How many vectors A was applied to.
  public let forwardCount: Int
  /// How many vectors Aᵀ was applied to.
  public let transposedCount: Int

  /// Whether every value's bound is within the tolerance.
  public var hasConverged: Bool { isConverged.allSatisfy { $0 } }
  /// How many products with A and Aᵀ there were in all.
  public var productCount: Int { forwardCount + transposedCount }

  /// Vectors that are kept at most, unless told: enough for slow spectra, and bounded memory.
  public static func standardLimit(count: Int) -> Int { max(4 * count, 192) }

  /// Computes the largest values of an operator.
  ///
  /// `tolerance` is relative to the largest value. It stops when every value is within it, when `limit` vectors are kept
  /// (``standardLimit(count:)``), or when nothing is left. Blocks are as large as the operator asks for unless `blockSize` says
  /// otherwise. `progress` is told the number of products after each step.
  ///
  /// Throws: what the operator throws; `LinearAlgebraError.shapeMismatch` and `.notFinite` for images that are not what they
  /// should be; `.notConverged`.
  public init<Operator: LinearOperator>(
    of map: Operator, count: Int, tolerance: Double = 1e-8, blockSize: Int? = nil, limit: Int? = nil,
    using random: inout SeededGenerator, progress: ((Int) -> Void)? = nil
  ) throws {
    let wanted = max(0, min(count, map.rowCount, map.columnCount))
    var process = Bidiagonalization(map, blockSize: max(1, blockSize ?? map.blockSize), tolerance: max(0, tolerance))
    let limit = max(limit ?? Self.standardLimit(count: wanted), wanted)
    var ritz = Bidiagonalization<Operator>.Ritz()
    if wanted > 0 {
      process.addFreshBlock(using: &random)
      while true {
        try process.step()
        progress?(process.forwardCount + process.transposedCount)
        ritz = try process.ritz(wanted: wanted)
        if process.isComplete { break }
        let isEnough = ritz.values.count >= wanted && ritz.isConverged.allSatisfy { $0 }
        let mayMiss = process.mayMissCopies(in: ritz.all, wanted: wanted)
        if isEnough, !mayMiss { break }
        if process.rightCount >= limit { break }
        if isEnough || process.hasNothingToFollow { process.addFreshBlock(using: &random) }
      }
    }
    let vectors = process.vectors(of: ritz, count: wanted, using: &random)
    values = ritz.values + [Double](repeating: 0, count: wanted - ritz.values.count)
    errorBounds = ritz.errorBounds + [Double](repeating: process.negligible, count: wanted - ritz.values.count)
    // Zeros beyond the rank are as sure as the rank is; without it nothing is known of them.
    isConverged =
      ritz.isConverged + [Bool](repeating: process.isComplete, count: wanted - ritz.isConverged.count)
    leftVectors = vectors.left
    rightVectors = vectors.right
    forwardCount = process.forwardCount
    transposedCount = process.transposedCount
  }
}

/// The growing factorisation A V = U B, with Aᵀ U known along V as well.
private struct Bidiagonalization<Operator: LinearOperator> {
  /// Approximate singular triplets.
  struct Ritz {
    /// The values asked for, as many as there are.
    var values: [Double] = []
    var errorBounds: [Double] = []
    var isConverged: [Bool] = []
    /// Every value of the projection.
    var all: [Double] = []
    /// Coefficients along U, a column for each value; and along V, a row for each.
    var left = Matrix<Double>.zeros(0, 0)
    var right = Matrix<Double>.zeros(0, 0)
  }

  private let map: Operator
  private let blockSize: Int
  private let tolerance: Double
  private var right: OrthonormalRows
  private var left: OrthonormalRows
  /// For each v that A was applied to, A v along U.
  private var images: [[Double]] = []
  /// For each u, Aᵀ u along V.
  private var backImages: [[Double]] = []
  /// How many random vectors were put in.
  private var startCount = 0
  private var isFresh = false
  private(set) var forwardCount = 0
  private(set) var transposedCount = 0
  /// The largest image of a unit vector so far: at most the norm of A.
  private var scale = 0.0
  /// Whether V holds all that A does not send to 0.
  private(set) var isComplete = false

  init(_ map: Operator, blockSize: Int, tolerance: Double) {
    self.map = map
    self.blockSize = blockSize
    self.tolerance = tolerance
    right = OrthonormalRows(dimension: map.columnCount)
    left = OrthonormalRows(dimension: map.rowCount)
  }

  var rightCount: Int { right.count }
  var hasNothingToFollow: Bool { images.count == right.count }
  /// What is too short to be more than rounding, or to matter.
  var negligible: Double {
    scale * max(4 * Double.ulpOfOne * Double(max(map.rowCount, map.columnCount)).squareRoot(), 1e-3 * tolerance)
  }

  mutating func addFreshBlock(using random: inout SeededGenerator) {
    let count = min(blockSize, map.columnCount - right.count)
    guard count > 0 else { return }
    let before = right.count
    _ = right.absorb(.gaussian(count, map.columnCount, using: &random), negligible: 0)
    startCount += right.count - before
    isFresh = true
  }

  /// Applies A to what is new in V, and Aᵀ to what is then new in U.
  mutating func step() throws {
    let (applied, known) = (images.count, left.count)
    let block = try map.images(ofRows: right.matrix.rows(applied..<right.count))
    forwardCount += block.rowCount
    for row in 0..<block.rowCount { scale = max(scale, norm(of: block.row(row))) }
    images += left.absorb(block, negligible: negligible)
    if left.count > known {
      let back = try map.transposeImages(ofRows: left.matrix.rows(known..<left.count))
      transposedCount += back.rowCount
      for row in 0..<back.rowCount { scale = max(scale, norm(of: back.row(row))) }
      backImages += right.absorb(back, negligible: negligible)
    }
    // A random vector that A sends to 0, where V has all that Aᵀ gives: there is nothing else.
    if hasNothingToFollow, right.count == map.columnCount || (isFresh && left.count == known) { isComplete = true }
    isFresh = false
  }

  /// Singular triplets of the projection, the largest first.
  func ritz(wanted: Int) throws -> Ritz {
    var projection = Matrix<Double>.zeros(left.count, images.count)
    for (column, image) in images.enumerated() {
      for (row, entry) in image.enumerated() { projection[row, column] = entry }
    }
    let factors = try SingularValueDecomposition(of: projection)
    var ritz = Ritz(all: factors.values, left: factors.leftVectors, right: factors.rightVectorsTransposed)
    ritz.values = Array(factors.values.prefix(wanted))
    // One more than is wanted, as the last one's gap is to it.
    let shown = min(wanted + 1, factors.values.count)
    var back = Matrix<Double>.zeros(left.count, right.count)
    for (row, image) in backImages.enumerated() {
      for (column, entry) in image.enumerated() { back[row, column] = entry }
    }
    let turned = try Matrix.product(factors.leftVectors.columns(0..<shown), back, transposing: .left)
    let residuals = (0..<shown).map { i in
      var rest = turned.row(i)
      for j in 0..<images.count { rest[j] -= factors.values[i] * factors.rightVectorsTransposed[i, j] }
      return norm(of: rest)
    }
    ritz.errorBounds = singularValueErrorBounds(
      values: Array(factors.values.prefix(shown)), residuals: residuals, isWhole: isComplete,
      floor: 4 * Double.ulpOfOne * scale
    ).prefix(wanted).map { $0 }
    let bound = max(tolerance * (factors.values.first ?? 0), 8 * Double.ulpOfOne * scale)
    ritz.isConverged = ritz.errorBounds.map { $0 <= bound }
    return ritz
  }

  /// Whether a value may have more copies than all random starts together can show, above the last wanted one.
  func mayMissCopies(in values: [Double], wanted: Int) -> Bool {
    let width = max(2 * tolerance * (values.first ?? 0), 2 * negligible)
    var start = 0
    while start < min(wanted, values.count) {
      var end = start + 1
      while end < values.count, values[end - 1] - values[end] <= width { end += 1 }
      if end < wanted, end - start >= startCount { return true }
      start = end
    }
    return false
  }

  /// Singular vectors as columns; where the rank is less than the count, completed by any orthonormal ones.
  func vectors(
    of ritz: Ritz, count: Int, using random: inout SeededGenerator
  ) -> (left: Matrix<Double>, right: Matrix<Double>) {
    let found = ritz.values.count
    return completedPair(
      left: ritz.left.columns(0..<found).transposed * left.matrix,
      right: ritz.right.rows(0..<found) * right.matrix.rows(0..<images.count), count: count, using: &random)
  }
}
