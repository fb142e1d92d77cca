import LinearAlgebra
import Testing

@Suite struct ProductTests {
  @Test(
    arguments: Transposition.allCases, [(1, 1, 1), (3, 4, 5), (17, 2, 9), (2, 33, 1), (0, 3, 2), (2, 0, 3), (2, 3, 0)])
  func agreesWithItsDefinition(transposing: Transposition, size: (Int, Int, Int)) throws {
    let (rows, inner, columns) = size
    let left = Matrix<Double>.seeded(rows, inner, seed: 3)
    let right = Matrix<Double>.seeded(inner, columns, seed: 4)
    let slow = SlowAndObvious.product(left, right)
    let fast =
      switch transposing {
      case .neither: try Matrix.product(left, right)
      case .left: try Matrix.product(left.transposed, right, transposing: .left)
      case .right: try Matrix.product(left, right.transposed, transposing: .right)
      case .both: try Matrix.product(left.transposed, right.transposed, transposing: .both)
      }
    #expect(fast.isApproximatelyEqual(to: slow, tolerance: 1e-14))
    #expect((left * right) == (try Matrix.product(left, right)))
    let narrow = Matrix<Float>(left) * Matrix<Float>(right)
    #expect(narrow.isApproximatelyEqual(to: Matrix<Float>(slow), tolerance: 1e-5))
  }

  @Test(arguments: shapes) func agreesWithOneColumnForAVector(rows: Int, columns: Int) throws {
    let matrix = Matrix<Double>.seeded(rows, columns)
    let vector = Matrix<Double>.seeded(columns, 1, seed: 8)
    let product = Matrix(column: try matrix.times(vector.entries))
    #expect(product.isApproximatelyEqual(to: SlowAndObvious.product(matrix, vector), tolerance: 1e-14))
    #expect(matrix * vector.entries == product.entries)
  }

  @Test func makesGramMatrices() {
    let matrix = Matrix<Double>.seeded(5, 3)
    #expect(matrix.columnGram.isApproximatelyEqual(to: matrix.transposed * matrix, tolerance: 1e-15))
    #expect(matrix.rowGram.isApproximatelyEqual(to: matrix * matrix.transposed, tolerance: 1e-15))
  }

  @Test func refusesShapesThatDoNotFit() {
    let matrix = Matrix<Double>.zeros(2, 3)
    #expect(throws: LinearAlgebraError.shapeMismatch("product", "2×3", "2×3")) { try Matrix.product(matrix, matrix) }
    #expect(throws: LinearAlgebraError.shapeMismatch("product", "2×3 transposed", "3×2")) {
      try Matrix.product(matrix, matrix.transposed, transposing: .left)
    }
    #expect(throws: LinearAlgebraError.shapeMismatch("product", "2×3", "a vector of 2")) { try matrix.times([1, 2]) }
  }
}
