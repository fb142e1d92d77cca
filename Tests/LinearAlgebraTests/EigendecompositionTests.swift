import Foundation
import LinearAlgebra
import Testing

@Suite struct SymmetricEigendecompositionTests {
  @Test(arguments: [0, 1, 2, 5, 20, 33]) func factorsBackIntoTheSymmetricPart(size: Int) throws {
    let matrix = Matrix<Double>.seeded(size, size)
    let parts = try SymmetricEigendecomposition(of: matrix)
    #expect(parts.values == parts.values.sorted())
    #expect(parts.vectors.orthonormalityDefect < 1e-12)
    let back = parts.vectors * .diagonal(parts.values) * parts.vectors.transposed
    #expect(back.isApproximatelyEqual(to: matrix.symmetricPart, tolerance: 1e-13))
    #expect(abs(parts.values.reduce(0, +) - matrix.trace) < 1e-12)
    let alone = try symmetricEigenvalues(of: matrix)
    #expect(zip(alone, parts.values).allSatisfy { abs($0 - $1) < 1e-12 })
    let single = try symmetricEigenvalues(of: Matrix<Float>(matrix))
    #expect(zip(single, parts.values).allSatisfy { abs(Double($0) - $1) < 1e-4 })
  }

  @Test func findsTheFrequenciesOfAChain() throws {
    // The path's Laplacian with fixed ends has the eigenvalues 2 − 2 cos(kπ/(n+1)).
    let n = 12
    var chain = Matrix<Double>.zeros(n, n)
    for i in 0..<n {
      chain[i, i] = 2
      if i > 0 { chain[i, i - 1] = -1 }
      if i + 1 < n { chain[i, i + 1] = -1 }
    }
    let expected = (1...n).map { 2 - 2 * cos(Double($0) * Double.pi / Double(n + 1)) }
    #expect(zip(try symmetricEigenvalues(of: chain), expected).allSatisfy { abs($0 - $1) < 1e-14 })
  }

  @Test func squaresToTheSingularValues() throws {
    let matrix = Matrix<Double>.seeded(9, 6, rank: 4)
    let squares = try singularValues(of: matrix).map { $0 * $0 }
    let values = try symmetricEigenvalues(of: matrix.columnGram).reversed()
    #expect(zip(values, squares).allSatisfy { abs($0 - $1) < 1e-12 * squares[0] })
  }

  @Test func refusesWhatIsNotSquare() {
    #expect(throws: LinearAlgebraError.notSquare("eigenvalues", shape: "2×3")) {
      try symmetricEigenvalues(of: Matrix<Double>.zeros(2, 3))
    }
    #expect(throws: LinearAlgebraError.notSquare("eigenvalues", shape: "2×3")) {
      try Eigendecomposition(of: Matrix<Double>.zeros(2, 3))
    }
  }
}

@Suite struct EigendecompositionTests {
  @Test(arguments: [0, 1, 2, 5, 20, 33]) func satisfiesTheEquationsOfBothSides(size: Int) throws {
    let matrix = Matrix<Double>.seeded(size, size, seed: 7)
    let parts = try Eigendecomposition(of: matrix)
    #expect(parts.values.count == size && parts.rightVectors.count == size && parts.leftVectors.count == size)
    for (index, value) in parts.values.enumerated() {
      let (v, u) = (parts.rightVectors[index], parts.leftVectors[index])
      for row in 0..<size {
        let right = (0..<size).reduce(Complex(0)) { $0 + matrix[row, $1] * v[$1] }
        #expect((right - value * v[row]).modulus < 1e-12)
        let left = (0..<size).reduce(Complex(0)) { $0 + matrix[$1, row] * u[$1].conjugate }
        #expect((left - value * u[row].conjugate).modulus < 1e-12)
      }
      #expect(abs(norm(of: v.map(\.modulus)) - 1) < 1e-13)
      #expect(abs(norm(of: u.map(\.modulus)) - 1) < 1e-13)
    }
    let sum = parts.values.reduce(Complex(0), +)
    #expect((sum - Complex(matrix.trace)).modulus < 1e-12)
    let moduli = parts.values.map(\.modulus)
    #expect(moduli == moduli.sorted(by: >))
    #expect(zip(try eigenvalues(of: matrix), parts.values).allSatisfy { ($0 - $1).modulus < 1e-12 })
  }

  @Test func findsAKnownPairAndPutsTheUpperHalfPlaneFirst() throws {
    // Characteristic polynomial (λ − 2)(λ² − 2λ + 11).
    let matrix = try Matrix<Double>(rows: [[1, 2, 0], [-3, 1, 4], [0.5, -1, 2]])
    let expected = [Complex(1, 10.0.squareRoot()), Complex(1, -(10.0.squareRoot())), Complex(2)]
    #expect(zip(try eigenvalues(of: matrix), expected).allSatisfy { ($0 - $1).modulus < 1e-14 })
    let single = try Eigendecomposition(of: Matrix<Float>(matrix)).values
    #expect(
      zip(single, expected).allSatisfy {
        abs(Double($0.real) - $1.real) + abs(Double($0.imaginary) - $1.imaginary) < 1e-5
      })
  }

  @Test func judgesTheConditionOfEachEigenvalue() throws {
    let rotation = try Matrix<Double>(rows: [[0, -1], [1, 0]])
    #expect(try Eigendecomposition(of: rotation).conditionNumbers.allSatisfy { abs($0 - 1) < 1e-14 })
    // Of [[1, c], [0, 2]] both eigenvalues have condition √(1 + c²).
    let skewed = try Matrix<Double>(rows: [[1, 1000], [0, 2]])
    let conditions = try Eigendecomposition(of: skewed).conditionNumbers
    #expect(conditions.allSatisfy { abs($0 / (1 + 1e6).squareRoot() - 1) < 1e-10 })
  }
}

@Suite struct ComplexTests {
  @Test func multipliesAndDivides() {
    let (a, b) = (Complex(3.0, 4), Complex(1.0, -2))
    #expect(a * b == Complex(11, -2))
    #expect((a * b / b - a).modulus < 1e-15)
    #expect((b / a * a - b).modulus < 1e-15)
    #expect(a.modulus == 5 && a.squaredModulus == 25 && a.conjugate == Complex(3, -4))
    #expect(Complex.i * .i == Complex(-1.0))
    #expect((Complex.polar(modulus: 2, argument: 0.75) - Complex(2 * cos(0.75), 2 * sin(0.75))).modulus == 0)
    #expect(Complex(0.0, -1).argument == -Double.pi / 2)
  }

  @Test func dividesNumbersWhoseSquaresOverflow() {
    let huge = Complex(1e200, 1e200)
    #expect((huge / huge - Complex(1)).modulus < 1e-15)
    #expect(huge.modulus.isFinite)
  }
}
