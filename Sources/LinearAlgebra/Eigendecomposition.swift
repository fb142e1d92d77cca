/// The eigenvalues of a square real matrix, with right and left eigenvectors.
///
/// Conventions: `A v = λ v` and `uᴴ A = λ uᴴ`; every vector has Euclidean norm 1. The values come by falling modulus, then
/// falling real part; of a conjugate pair the one above the real axis comes first.
///
/// References: golub2013.
public struct Eigendecomposition<Scalar: RealScalar>: Sendable, Hashable {
  /// The eigenvalues.
  public let values: [Complex<Scalar>]
  /// The right eigenvectors, one array for each value.
  public let rightVectors: [[Complex<Scalar>]]
  /// The left eigenvectors, one array for each value.
  public let leftVectors: [[Complex<Scalar>]]

  /// Decomposes a matrix.
  ///
  /// Throws: `LinearAlgebraError.notFinite`, `.notSquare`, `.notConverged`, `.tooLarge`.
  public init(of matrix: Matrix<Scalar>) throws(LinearAlgebraError) {
    let raw = try rawEigendecomposition(of: matrix, job("V"))
    let order = ordered(raw.values)
    values = order.map { raw.values[$0] }
    // What LAPACK reads is Aᵀ, and Aᵀ w = λ w says wᵀ A = λ wᵀ: its right vectors are the conjugates of our left ones.
    let right = paired(raw.left, raw.values, conjugating: true)
    let left = paired(raw.right, raw.values, conjugating: true)
    rightVectors = order.map { right[$0] }
    leftVectors = order.map { left[$0] }
  }

  /// 1/|uᴴv| for each eigenvalue: how far it moves, at most, when the matrix changes by one unit of norm.
  public var conditionNumbers: [Scalar] {
    zip(leftVectors, rightVectors).map { left, right in
      1 / zip(left, right).reduce(Complex(0)) { $0 + $1.0.conjugate * $1.1 }.modulus
    }
  }
}

/// The eigenvalues of a square real matrix, by falling modulus, then falling real part.
///
/// Throws: `LinearAlgebraError.notFinite`, `.notSquare`, `.notConverged`, `.tooLarge`.
public func eigenvalues<Scalar: RealScalar>(
  of matrix: Matrix<Scalar>
) throws(LinearAlgebraError) -> [Complex<Scalar>] {
  let values = try rawEigendecomposition(of: matrix, job("N")).values
  return ordered(values).map { values[$0] }
}

private struct RawEigendecomposition<Scalar: RealScalar> {
  var values: [Complex<Scalar>] = []
  /// As LAPACK leaves them: one real vector after the other; a conjugate pair is a real and an imaginary part.
  var left: [Scalar] = []
  var right: [Scalar] = []
}

private func rawEigendecomposition<Scalar: RealScalar>(
  of matrix: Matrix<Scalar>, _ letter: CChar
) throws(LinearAlgebraError) -> RawEigendecomposition<Scalar> {
  guard matrix.rowCount == matrix.columnCount else { throw .notSquare("eigenvalues", shape: matrix.shapeText) }
  try matrix.requireFinite()
  let count = matrix.rowCount
  guard count > 0 else { return RawEigendecomposition() }
  let size = try lapackSizes("eigenvalues", of: matrix).rows
  BLASThreads.useOne()
  var work = matrix.entries
  var real = [Scalar](repeating: 0, count: count)
  var imaginary = real
  let vectorLength = letter == job("V") ? count * count : 1
  var left = [Scalar](repeating: 0, count: vectorLength)
  var right = left
  let status = Scalar.routines.geev(
    columnMajor, letter, letter, size, &work, size, &real, &imaginary, &left, size, &right, size)
  guard status == 0 else { throw .notConverged("eigenvalues", shape: matrix.shapeText) }
  return RawEigendecomposition(
    values: zip(real, imaginary).map { Complex($0, $1) }, left: left, right: right)
}

private func ordered<Scalar: RealScalar>(_ values: [Complex<Scalar>]) -> [Int] {
  let moduli = values.map(\.modulus)
  return values.indices.sorted { first, second in
    if moduli[first] != moduli[second] { return moduli[first] > moduli[second] }
    if values[first].real != values[second].real { return values[first].real > values[second].real }
    if values[first].imaginary != values[second].imaginary {
      return values[first].imaginary > values[second].imaginary
    }
    return first < second
  }
}

@specialized(where Scalar == Float) @specialized(where Scalar == Double)
private func paired<Scalar: RealScalar>(
  _ packed: [Scalar], _ values: [Complex<Scalar>], conjugating: Bool
) -> [[Complex<Scalar>]] {
  let count = values.count
  let sign: Scalar = conjugating ? -1 : 1
  return values.indices.map { index in
    let imaginary = values[index].imaginary
    // The second of a pair shares the two real vectors of the first.
    let start = (imaginary < 0 ? index - 1 : index) * count
    return (0..<count).map { row in
      if imaginary == 0 { return Complex(packed[start + row]) }
      let part = packed[start + count + row]
      return Complex(packed[start + row], sign * (imaginary > 0 ? part : -part))
    }
  }
}
