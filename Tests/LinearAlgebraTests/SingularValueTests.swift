import LinearAlgebra
import Testing

@Suite struct SingularValueTests {
  @Test(arguments: shapes) func factorsBackIntoTheMatrix(rows: Int, columns: Int) throws {
    let matrix = Matrix<Double>.seeded(rows, columns)
    let count = min(rows, columns)
    let thin = try SingularValueDecomposition(of: matrix)
    #expect(thin.leftVectors.rowCount == rows && thin.leftVectors.columnCount == count)
    #expect(thin.rightVectorsTransposed.rowCount == count && thin.rightVectorsTransposed.columnCount == columns)
    #expect(thin.reconstructed().isApproximatelyEqual(to: matrix, tolerance: 1e-13))
    #expect(thin.values == thin.values.sorted(by: >))
    #expect(thin.leftVectors.orthonormalityDefect < 1e-12)
    #expect(thin.rightVectors.orthonormalityDefect < 1e-12)

    let full = try SingularValueDecomposition(of: matrix, extent: .full)
    #expect(full.leftVectors.rowCount == rows && full.leftVectors.columnCount == rows)
    #expect(full.rightVectorsTransposed.rowCount == columns && full.rightVectorsTransposed.columnCount == columns)
    #expect(full.leftVectors.orthonormalityDefect < 1e-12)
    #expect(full.rightVectors.orthonormalityDefect < 1e-12)
    #expect(full.reconstructed().isApproximatelyEqual(to: matrix, tolerance: 1e-13))
  }

  @Test(arguments: shapes) func agreesWithJacobiRotations(rows: Int, columns: Int) throws {
    let matrix = Matrix<Double>.seeded(rows, columns, seed: 5)
    let slow = SlowAndObvious.singularValues(of: matrix)
    let largest = max(1, slow.first ?? 0)
    for fast in [
      try singularValues(of: matrix), try SingularValueDecomposition(of: matrix).values,
      try singularValues(of: matrix.transposed),
    ] {
      #expect(fast.count == slow.count)
      #expect(zip(fast, slow).allSatisfy { abs($0 - $1) < 1e-13 * largest })
    }
    let single = try singularValues(of: Matrix<Float>(matrix))
    #expect(zip(single, slow).allSatisfy { abs(Double($0) - $1) < 1e-5 * largest })
  }

  @Test(arguments: [(12, 7, 3), (7, 12, 3), (9, 9, 1), (9, 9, 8), (5, 4, 0)])
  func findsTheRank(rows: Int, columns: Int, rank: Int) throws {
    let factors = try SingularValueDecomposition(of: Matrix<Double>.seeded(rows, columns, rank: rank))
    #expect(factors.rank() == rank)
    #expect(factors.reconstructed(rank: rank).isApproximatelyEqual(to: factors.reconstructed(), tolerance: 1e-13))
  }

  @Test func cutsToTheNearestMatrixOfARank() throws {
    let matrix = Matrix<Double>.seeded(8, 6)
    let factors = try SingularValueDecomposition(of: matrix)
    // Eckart–Young: the error is the norm of the values left out.
    let error = (matrix - factors.reconstructed(rank: 2)).frobeniusNorm
    #expect(abs(error - norm(of: Array(factors.values[2...]))) < 1e-13)
  }

  @Test func agreesWithNumPy() throws {
    // numpy 2.4.6, np.linalg.svd of the Hilbert matrix of order 5: condition 4.8e5, so the least is good to 1e-16 absolute.
    let hilbert = try Matrix<Double>(rows: (0..<5).map { i in (0..<5).map { 1 / Double(i + $0 + 1) } })
    let expected = [
      1.5670506910982314, 0.20853421861101337, 0.011407491623419799, 0.0003058980401511861, 3.2879287721716932e-06,
    ]
    #expect(zip(try singularValues(of: hilbert), expected).allSatisfy { abs($0 - $1) < 1e-15 })
  }

  @Test(arguments: [1e-150, 1e150]) func keepsRelativeAccuracyAtAnyScale(scale: Double) throws {
    let matrix = Matrix<Double>.seeded(6, 6)
    let plain = try singularValues(of: matrix)
    let scaled = try singularValues(of: scale * matrix)
    #expect(zip(plain, scaled).allSatisfy { abs($1 / scale - $0) < 1e-13 * plain[0] })
  }

  @Test func givesEachMatrixOfABatchWhatItGivesItAlone() throws {
    let matrices = (0..<9).map { Matrix<Float>.seeded(5 + $0, 12 - $0, seed: UInt64($0)) }
    #expect(try singularValues(ofEach: matrices) == matrices.map { try singularValues(of: $0) })
    #expect(try singularValues(ofEach: [Matrix<Float>]()).isEmpty)
    var spoilt = matrices
    spoilt[4][0, 3] = .nan
    spoilt[6][1, 1] = .infinity
    #expect(throws: LinearAlgebraError.notFinite(row: 0, column: 3, value: "nan")) {
      try singularValues(ofEach: spoilt)
    }
  }
}
