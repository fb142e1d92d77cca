import Foundation
import LinearAlgebra
import Testing

@Suite struct MatrixTests {
  @Test func refusesRaggedRows() {
    #expect(throws: LinearAlgebraError.raggedRows(row: 1, length: 3, expected: 2)) {
      try Matrix<Double>(rows: [[1, 2], [3, 4, 5]])
    }
  }

  @Test func laysRowsOutOneAfterTheOther() throws {
    let matrix = try Matrix<Double>(rows: [[1, 2, 3], [4, 5, 6]])
    #expect(matrix.entries == [1, 2, 3, 4, 5, 6])
    #expect(matrix[1, 0] == 4)
    #expect(matrix.row(1) == [4, 5, 6])
    #expect(matrix.column(1) == [2, 5])
    #expect(matrix.columns(1..<3).entries == [2, 3, 5, 6])
    #expect(matrix.rows(1..<2).entries == [4, 5, 6])
    #expect(matrix.rowArrays == [[1, 2, 3], [4, 5, 6]])
    #expect(matrix.diagonalEntries == [1, 5])
    #expect(matrix.trace == 6)
    #expect(matrix.shapeText == "2×3")
    #expect(try matrix.stacked(above: Matrix(row: [7, 8, 9])).row(2) == [7, 8, 9])
    #expect(throws: LinearAlgebraError.shapeMismatch("stacking", "2×3", "1×1")) {
      try matrix.stacked(above: Matrix(row: [7]))
    }
  }

  @Test(arguments: shapes + [(33, 65), (64, 32), (100, 1)]) func transposesTwiceToItself(rows: Int, columns: Int) {
    let matrix = Matrix<Double>.seeded(rows, columns)
    let turned = matrix.transposed
    #expect(turned.rowCount == columns && turned.columnCount == rows)
    #expect((0..<rows).allSatisfy { matrix.row($0) == turned.column($0) })
    #expect(turned.transposed == matrix)
  }

  @Test func addsSubtractsAndScales() throws {
    let a = try Matrix<Float>(rows: [[1, 2], [3, 4]])
    let b = Matrix<Float>.identity(2)
    #expect((a + b).entries == [2, 2, 3, 5])
    #expect((a - b).entries == [0, 2, 3, 3])
    #expect((2 * a).entries == [2, 4, 6, 8])
    #expect((-a).entries == [-1, -2, -3, -4])
    #expect(a.symmetricPart.entries == [1, 2.5, 2.5, 4])
    #expect(a.columnMeans == [2, 3])
    #expect(a.centredColumns.entries == [-1, -1, 1, 1])
    #expect(Matrix<Float>.diagonal([2, 3]).entries == [2, 0, 0, 3])
  }

  @Test func measuresNormsThatTheSquaresOverflow() {
    #expect(abs(Matrix(row: [3e200, 4e200]).frobeniusNorm / 5e200 - 1) < 1e-15)
    #expect(abs(Matrix(row: [3e-200, 4e-200]).frobeniusNorm / 5e-200 - 1) < 1e-15)
    #expect(Matrix<Double>.zeros(0, 4).frobeniusNorm == 0)
    #expect(norm(of: [1, Double.nan]).isNaN)
    #expect(norm(of: [1, -Double.infinity]) == .infinity)
    #expect(Matrix(row: [1.0, -7, 3]).largestMagnitude == 7)
  }

  @Test func measuresTheDefectOfSymmetry() throws {
    #expect(try Matrix<Double>(rows: [[1, 2], [2, 5]]).symmetryDefect == 0)
    #expect(try Matrix<Double>(rows: [[0, 1], [-1, 0]]).symmetryDefect == .infinity)
    // Symmetric part [[0, 1], [1, 0]], antisymmetric part [[0, 1], [-1, 0]].
    #expect(try Matrix<Double>(rows: [[0, 2], [0, 0]]).symmetryDefect == 1)
  }

  @Test func refusesTheFirstNumberThatIsNotFinite() {
    var matrix = Matrix<Double>.zeros(3, 4)
    matrix[1, 2] = .nan
    matrix[2, 0] = .infinity
    let expected = LinearAlgebraError.notFinite(row: 1, column: 2, value: "nan")
    #expect(throws: expected) { try matrix.requireFinite() }
    #expect(throws: expected) { try singularValues(of: matrix) }
    #expect(throws: expected) { try SingularValueDecomposition(of: matrix) }
    #expect(throws: expected) { try QRFactorization(of: matrix) }
    #expect(throws: expected) { try QRFactorization.triangle(of: matrix) }
    #expect(throws: expected) { try LeastSquares(matrix, Matrix(column: [1, 2, 3])) }
    #expect(throws: LinearAlgebraError.notFinite(row: 0, column: 1, value: "inf")) {
      try Eigendecomposition(of: Matrix<Float>(rows: [[1, .infinity], [0, 1]]))
    }
    #expect(throws: LinearAlgebraError.notFinite(row: 1, column: 1, value: "-inf")) {
      try symmetricEigenvalues(of: Matrix<Float>(rows: [[1, 0], [0, -.infinity]]))
    }
  }

  @Test func comparesRelativeToItsOwnSize() {
    let large = Matrix<Double>(row: [1e6, 1e6])
    #expect(large.isApproximatelyEqual(to: Matrix(row: [1e6 + 0.1, 1e6]), tolerance: 1e-6))
    #expect(!large.isApproximatelyEqual(to: Matrix(row: [1e6 + 10, 1e6]), tolerance: 1e-6))
    #expect(!large.isApproximatelyEqual(to: Matrix(column: [1e6, 1e6]), tolerance: 1))
    #expect(!large.isApproximatelyEqual(to: Matrix(row: [.nan, 1e6]), tolerance: 1))
  }

  @Test func convertsBetweenPrecisions() {
    let precise = Matrix<Double>(row: [0.1, 2])
    #expect(Matrix<Float>(precise).entries == [0.1, 2])
    #expect(Matrix<Double>(Matrix<Float>(precise)).entries == [Double(Float(0.1)), 2])
  }

  @Test(arguments: shapes) func survivesEncoding(rows: Int, columns: Int) throws {
    let matrix = Matrix<Double>.seeded(rows, columns)
    #expect(try JSONDecoder().decode(Matrix<Double>.self, from: JSONEncoder().encode(matrix)) == matrix)
  }

  @Test(arguments: [
    #"{"rowCount":2,"columnCount":2,"entries":[1,2,3]}"#, #"{"rowCount":-1,"columnCount":-1,"entries":[1]}"#,
    #"{"rowCount":4611686018427387904,"columnCount":4,"entries":[]}"#,
  ]) func refusesAShapeThatItsEntriesDoNotFill(text: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Matrix<Double>.self, from: Data(text.utf8)) }
  }
}
