import LinearAlgebra
import Testing

@Suite struct QRFactorizationTests {
  @Test(arguments: shapes) func factorsBackIntoTheMatrix(rows: Int, columns: Int) throws {
    let matrix = Matrix<Double>.seeded(rows, columns)
    let factors = try QRFactorization(of: matrix)
    #expect(factors.orthonormal.columnCount == min(rows, columns))
    #expect((factors.orthonormal * factors.triangular).isApproximatelyEqual(to: matrix, tolerance: 1e-13))
    #expect(factors.orthonormal.orthonormalityDefect < 1e-12)
    #expect(try QRFactorization.triangle(of: matrix) == factors.triangular)
    for row in 0..<factors.triangular.rowCount {
      #expect((0..<min(row, columns)).allSatisfy { factors.triangular[row, $0] == 0 })
    }
  }

  @Test func keepsOrthonormalColumnsWhereTheRankFalls() throws {
    let factors = try QRFactorization(of: Matrix<Double>.seeded(8, 6, rank: 2))
    #expect(factors.orthonormal.orthonormalityDefect < 1e-13)
  }
}

@Suite struct LeastSquaresTests {
  @Test(arguments: [(8, 3, 3), (3, 8, 3), (8, 5, 2), (5, 8, 2), (4, 4, 4), (6, 1, 1), (1, 6, 1)])
  func solvesWithTheLeastResidualAndTheLeastNorm(rows: Int, columns: Int, rank: Int) throws {
    let matrix = Matrix<Double>.seeded(rows, columns, rank: rank)
    let target = Matrix<Double>.seeded(rows, 2, seed: 11)
    let fit = try LeastSquares(matrix, target, relativeTolerance: 1e-12)
    #expect(fit.rank == rank)
    let residual = target - matrix * fit.solution
    #expect(try Matrix.product(matrix, residual, transposing: .left).frobeniusNorm < 1e-12)
    // In the row space: projecting onto it changes nothing.
    let row = try SingularValueDecomposition(of: matrix).rightVectorsTransposed.rows(0..<rank)
    let projected = row.transposed * (row * fit.solution)
    #expect(projected.isApproximatelyEqual(to: fit.solution, tolerance: 1e-12))
  }

  @Test func agreesWithNumPy() throws {
    // numpy 2.4.6, np.linalg.lstsq.
    let matrix = try Matrix<Double>(rows: [[1, 2, 3], [4, 5, 6], [7, 8, 10], [-1, 0, 2]])
    let fit = try LeastSquares(matrix, Matrix(column: [1, 2, 3, 4]))
    let expected = [0.29452054794519994, -2.397260273972597, 2.034246575342465]
    #expect(zip(fit.solution.entries, expected).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(fit.rank == 3)
    #expect(abs(fit.singularValues[2] - 0.31456954972769724) < 1e-14)
    let single = try LeastSquares(Matrix<Float>(matrix), Matrix<Float>(column: [1, 2, 3, 4]))
    #expect(zip(single.solution.entries, expected).allSatisfy { abs(Double($0) - $1) < 1e-4 })
  }

  @Test func givesZeroWhereThereIsNothingToFit() throws {
    #expect(try LeastSquares(Matrix<Double>.zeros(3, 2), .zeros(3, 1)).solution.entries == [0, 0])
    #expect(try LeastSquares(Matrix<Double>.zeros(0, 2), .zeros(0, 1)).solution == .zeros(2, 1))
    #expect(try LeastSquares(Matrix<Double>.zeros(3, 0), .zeros(3, 1)).solution == .zeros(0, 1))
    #expect(throws: LinearAlgebraError.shapeMismatch("least squares", "3×2", "4×1")) {
      try LeastSquares(Matrix<Double>.zeros(3, 2), .zeros(4, 1))
    }
  }
}

@Suite struct OrthogonalMatrixTests {
  @Test(arguments: [0, 1, 2, 3, 20]) func drawsOrthogonalMatrices(size: Int) throws {
    var random = SeededGenerator(seed: 4)
    let drawn = try Matrix<Double>.randomOrthogonal(size, using: &random)
    #expect(drawn.orthonormalityDefect < 1e-13)
    #expect(drawn.transposed.orthonormalityDefect < 1e-13)
  }

  @Test func drawsRotationsAndReflectionsAlikeByHaarMeasure() throws {
    var random = SeededGenerator(seed: 12)
    let (size, count) = (3, 4000)
    var (reflections, trace, squaredTrace) = (0, 0.0, 0.0)
    for _ in 0..<count {
      let drawn = try Matrix<Double>.randomOrthogonal(size, using: &random)
      if SlowAndObvious.determinant(of: drawn) < 0 { reflections += 1 }
      trace += drawn.trace / Double(count)
      squaredTrace += drawn.trace * drawn.trace / Double(count)
    }
    // Under Haar measure on O(3) E tr = 0, E tr² = 1, E tr⁴ = 3. Without the signs' fix E tr is far from 0.
    let error = 5 / Double(count).squareRoot()
    #expect(abs(trace) < error)
    #expect(abs(squaredTrace - 1) < error * 2.0.squareRoot())
    #expect(abs(Double(reflections) / Double(count) - 0.5) < error / 2)
  }

  @Test func drawsFramesAndRefusesMoreColumnsThanDimensions() throws {
    var random = SeededGenerator(seed: 4)
    let frame = try Matrix<Float>.randomOrthonormal(rowCount: 7, columnCount: 3, using: &random)
    #expect(frame.rowCount == 7 && frame.columnCount == 3 && frame.orthonormalityDefect < 1e-5)
    #expect(throws: LinearAlgebraError.shapeMismatch("orthonormal frame", "3 columns", "2 dimensions")) {
      try Matrix<Double>.randomOrthonormal(rowCount: 2, columnCount: 3, using: &random)
    }
  }

  @Test func findsTheNearestOrthogonalMatrix() throws {
    var random = SeededGenerator(seed: 21)
    let rotation = try Matrix<Double>.randomOrthogonal(5, using: &random)
    let spread = Matrix<Double>.seeded(5, 5).columnGram
    #expect((try (rotation * spread).polarFactor()).isApproximatelyEqual(to: rotation, tolerance: 1e-12))
    let matrix = Matrix<Double>.seeded(5, 5, seed: 9)
    let nearest = try matrix.polarFactor()
    for _ in 0..<50 {
      let other = try Matrix<Double>.randomOrthogonal(5, using: &random)
      #expect((matrix - other).frobeniusNorm >= (matrix - nearest).frobeniusNorm)
    }
    #expect(try Matrix<Double>.seeded(3, 6).polarFactor().transposed.orthonormalityDefect < 1e-13)
  }
}
