/// The trace of a square operator from its products with random signs: exact along the range of a few of them, and the mean of
/// zᵀ A z over the rest.
///
/// Complexity: three times the number of probes in products with A, none with Aᵀ.
///
/// Laws: unbiased; exact where the probes are as many as dimensions, or more than the rank.
///
/// References: hutchinson1990, meyer2021.
public struct StochasticTrace: Sendable, Hashable, Codable {
  /// The estimate.
  public let value: Double
  /// Its standard error; 0 where it is exact.
  public let standardError: Double
  /// How many vectors A was applied to.
  public let productCount: Int

  /// Estimates with a number of probes, at least two.
  ///
  /// Throws: what the operator throws; `LinearAlgebraError.notSquare`, `.shapeMismatch`, `.notFinite`.
  public init<Operator: LinearOperator>(
    of map: Operator, probeCount: Int = 8, using random: inout SeededGenerator
  ) throws {
    guard map.rowCount == map.columnCount else { throw LinearAlgebraError.notSquare("trace", shape: map.shapeText) }
    let count = min(max(2, probeCount), map.columnCount)
    let sketch = try map.images(ofRows: .signs(count, map.columnCount, using: &random))
    var range = OrthonormalRows(dimension: map.columnCount)
    let negligible = 4 * Double.ulpOfOne * Double(max(1, map.columnCount)).squareRoot() * sketch.frobeniusNorm
    _ = range.absorb(sketch, negligible: negligible)
    let along = try map.images(ofRows: range.matrix)
    let trace = rowProducts(range.matrix, along).reduce(0, +)
    // Where the sketch spans the range, or everything, nothing is left but rounding.
    guard range.count == count, count < map.columnCount else {
      (value, standardError, productCount) = (trace, 0, count + range.count)
      return
    }
    var probes = Matrix<Double>.signs(count, map.columnCount, using: &random)
    probes -= try Matrix.product(probes, range.matrix, transposing: .right) * range.matrix
    let samples = rowProducts(probes, try map.images(ofRows: probes))
    let mean = samples.reduce(0, +) / Double(count)
    let squares = samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    value = trace + mean
    standardError = (squares / Double(count - 1) / Double(count)).squareRoot()
    productCount = 2 * count + range.count
  }
}

/// Sums of squares over an operator's entries, from its products with random signs.
///
/// References: hutchinson1990.
public struct StochasticNorms: Sendable, Hashable, Codable {
  /// ‖A‖², the sum of squared entries, estimated.
  public let squaredNorm: Double
  /// ‖A − Aᵀ‖/‖A + Aᵀ‖, estimated; `nil` unless the operator is square.
  public let symmetryDefect: Double?
  /// How many vectors A was applied to; Aᵀ, of a square operator, to as many.
  public let productCount: Int

  /// Estimates with a number of probes.
  ///
  /// Throws: what the operator throws; `LinearAlgebraError.shapeMismatch`, `.notFinite`.
  public init<Operator: LinearOperator>(
    of map: Operator, probeCount: Int = 8, using random: inout SeededGenerator
  ) throws {
    let count = max(1, probeCount)
    let probes = Matrix<Double>.signs(count, map.columnCount, using: &random)
    let images = try map.images(ofRows: probes)
    squaredNorm = rowProducts(images, images).reduce(0, +) / Double(count)
    productCount = count
    guard map.rowCount == map.columnCount else {
      symmetryDefect = nil
      return
    }
    let turned = try map.transposeImages(ofRows: probes)
    let difference = (images - turned).frobeniusNorm
    symmetryDefect = difference == 0 ? 0 : difference / (images + turned).frobeniusNorm
  }
}

extension Matrix<Double> {
  /// Independent random signs.
  static func signs(_ rowCount: Int, _ columnCount: Int, using random: inout SeededGenerator) -> Matrix {
    Matrix(
      rowCount: rowCount, columnCount: columnCount, entries: (0..<(rowCount * columnCount)).map { _ in random.sign() })
  }
}

/// The inner product of each row of one matrix with the same row of another.
private func rowProducts(_ left: Matrix<Double>, _ right: Matrix<Double>) -> [Double] {
  (0..<left.rowCount).map { row in zip(left.row(row), right.row(row)).reduce(0) { $0 + $1.0 * $1.1 } }
}
