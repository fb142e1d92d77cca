import LinearAlgebra

/// A map with singular values of one's choice between random orthonormal frames.
struct KnownMap: Sendable {
  let matrix: Matrix<Double>
  /// All min(m, n) singular values, descending.
  let values: [Double]

  init(_ values: [Double], rows: Int, columns: Int, seed: UInt64 = 3) throws {
    var random = SeededGenerator(seed: seed)
    let left = try Matrix<Double>.randomOrthonormal(rowCount: rows, columnCount: values.count, using: &random)
    var right = try Matrix<Double>.randomOrthonormal(rowCount: columns, columnCount: values.count, using: &random)
    for row in 0..<columns { for column in values.indices { right[row, column] *= values[column] } }
    matrix = try .product(left, right, transposing: .right)
    self.values =
      values.sorted(by: >) + [Double](repeating: 0, count: min(rows, columns) - values.count)
  }
}

/// A symmetric map with eigenvalues of one's choice.
func symmetric(_ values: [Double], seed: UInt64 = 4) throws -> Matrix<Double> {
  var random = SeededGenerator(seed: seed)
  let frame = try Matrix<Double>.randomOrthogonal(values.count, using: &random)
  return (frame * .diagonal(values) * frame.transposed).symmetricPart
}

/// A map that counts nothing, checks nothing, and gives images of a wrong size or value.
struct BrokenMap: LinearOperator {
  var rowCount = 4
  var columnCount = 3
  var image: Matrix<Double>
  func applied(to block: Matrix<Double>) throws -> Matrix<Double> { image }
  func transposeApplied(to block: Matrix<Double>) throws -> Matrix<Double> { image }
}

/// What a trained denoiser's spectrum looks like: some kept directions, and a broad floor.
func denoiserSpectrum(kept: Int, of dimension: Int) -> [Double] {
  (0..<dimension).map { $0 < kept ? 0.99 - 0.02 * Double($0) : 0.08 * (1 - Double($0) / Double(dimension)) }
}
