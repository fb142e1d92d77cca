import LinearAlgebra
import Testing

@Suite struct StochasticEstimateTests {
  // MARK: Traces

  @Test func theTraceIsExactWhereTheProbesSpanTheRange() throws {
    var random = SeededGenerator(seed: 2)
    for size in [1, 2, 5, 8] {
      let matrix = Matrix<Double>.seeded(size, size, seed: UInt64(size))
      let found = try StochasticTrace(of: matrix, using: &random)
      #expect(abs(found.value - matrix.trace) < 1e-12 && found.standardError == 0)
    }
    let low = Matrix<Double>.seeded(50, 50, rank: 4)
    let found = try StochasticTrace(of: low, using: &random)
    #expect(abs(found.value - low.trace) < 1e-9 && found.standardError == 0)
    #expect(found.productCount == 12)
    #expect(try StochasticTrace(of: Matrix.zeros(9, 9), using: &random).value == 0)
  }

  @Test func theTraceOfADenoiserIsWithinItsError() throws {
    let matrix = try symmetric(denoiserSpectrum(kept: 20, of: 200))
    var misses = 0
    var largestError = 0.0
    for seed in 0..<20 {
      var random = SeededGenerator(seed: UInt64(seed))
      let found = try StochasticTrace(of: matrix, probeCount: 16, using: &random)
      #expect(found.productCount == 48)
      if abs(found.value - matrix.trace) > 2 * found.standardError { misses += 1 }
      largestError = max(largestError, abs(found.value - matrix.trace))
    }
    #expect(misses <= 4)
    #expect(largestError < 0.1 * matrix.trace)
  }

  @Test func refusesATraceOfWhatIsNotSquare() throws {
    var random = SeededGenerator(seed: 2)
    #expect(throws: LinearAlgebraError.notSquare("trace", shape: "3×4")) {
      _ = try StochasticTrace(of: Matrix.seeded(3, 4), using: &random)
    }
  }

  @Test func normsAndAsymmetryAreNear() throws {
    var random = SeededGenerator(seed: 5)
    let matrix = Matrix<Double>.seeded(80, 80) + 3 * Matrix.identity(80)
    let found = try StochasticNorms(of: matrix, probeCount: 64, using: &random)
    let exact = matrix.frobeniusNorm * matrix.frobeniusNorm
    #expect(abs(found.squaredNorm - exact) < 0.1 * exact)
    #expect(abs((found.symmetryDefect ?? 0) - matrix.symmetryDefect) < 0.1 * matrix.symmetryDefect)
    let even = try StochasticNorms(of: symmetric([1, 2, 3]), using: &random)
    #expect((even.symmetryDefect ?? 1) < 1e-15)
    let wide = try StochasticNorms(of: Matrix.seeded(3, 9), using: &random)
    #expect(wide.symmetryDefect == nil && wide.productCount == 8)
  }

  // MARK: Densities

  @Test func fewDistinctValuesAreMetByNodes() throws {
    // Weights are random shares; with as many steps as distinct values the nodes are the values.
    let map = try KnownMap(Array(repeating: 2, count: 10) + Array(repeating: 0.5, count: 30), rows: 60, columns: 50)
    var random = SeededGenerator(seed: 3)
    let found = try StochasticLanczosQuadrature(ofSingularValues: map.matrix, using: &random)
    for (nodes, weights) in zip(found.nodes, found.weights) {
      #expect(nodes.count == 3)
      #expect(zip(nodes, [0, 0.5, 2]).allSatisfy { abs($0 - $1) < 1e-7 })
      #expect(abs(weights.reduce(0, +) - 1) < 1e-12 && weights.allSatisfy { $0 >= 0 })
    }
    let below = found.count(below: 1)
    #expect(abs(below.value - 40) < 3 * below.standardError && below.standardError < 5)
    #expect(found.valueCount == 50)
    let quantiles = found.quantiles
    #expect(quantiles.count == 50 && quantiles == quantiles.sorted(by: >))
    #expect(abs(quantiles[0] - 2) < 1e-7 && quantiles[49] < 1e-7)
  }

  @Test(arguments: [(40, 25), (25, 40), (1, 1), (1, 6), (6, 1)])
  func allStepsGiveEveryMoment(rows: Int, columns: Int) throws {
    let matrix = Matrix<Double>.seeded(rows, columns, seed: 11)
    var random = SeededGenerator(seed: 3)
    let found = try StochasticLanczosQuadrature(
      ofSingularValues: matrix, probeCount: 64, stepCount: 60, using: &random)
    let squares = try singularValues(of: matrix).map { $0 * $0 }
    let (mean, error) = found.mean { $0 * $0 }
    let exact = squares.reduce(0, +) / Double(squares.count)
    #expect(abs(mean - exact) <= 4 * error + 1e-12)
    // The nodes of each vector are the values themselves.
    for nodes in found.nodes {
      #expect(zip(nodes.reversed(), try singularValues(of: matrix)).allSatisfy { abs($0 - $1) < 1e-8 })
    }
  }

  @Test func eigenvaluesOfTheSymmetricPart() throws {
    let values = (0..<60).map { -1 + Double($0) / 59 }
    var matrix = try symmetric(values)
    // A skew part changes nothing.
    for i in 0..<59 {
      matrix[i, i + 1] += 0.3
      matrix[i + 1, i] -= 0.3
    }
    var random = SeededGenerator(seed: 3)
    let found = try StochasticLanczosQuadrature(
      ofSymmetricEigenvalues: matrix, probeCount: 32, stepCount: 20, using: &random)
    let below = found.count(below: -0.5)
    #expect(abs(below.value - 30) < 4 * below.standardError + 1)
    #expect(abs(found.mean { $0 }.value + 0.5) < 0.05)
    #expect(found.nodes.allSatisfy { $0.allSatisfy { $0 > -1.0001 && $0 < 0.0001 } })
    #expect(found.forwardCount == 640 && found.transposedCount == 640)
    #expect(throws: LinearAlgebraError.notSquare("eigenvalues", shape: "2×3")) {
      _ = try StochasticLanczosQuadrature(ofSymmetricEigenvalues: Matrix.seeded(2, 3), using: &random)
    }
  }

  @Test func nothingHasNoDensity() throws {
    var random = SeededGenerator(seed: 3)
    for (rows, columns) in [(0, 0), (0, 4), (4, 0)] {
      let found = try StochasticLanczosQuadrature(
        ofSingularValues: Matrix<Double>.zeros(rows, columns), using: &random)
      #expect(found.quantiles.isEmpty && found.mean { $0 }.value == 0)
    }
    let zero = try StochasticLanczosQuadrature(ofSingularValues: Matrix<Double>.zeros(4, 4), using: &random)
    #expect(zero.quantiles == [0, 0, 0, 0] && zero.count(below: 0.1).value == 4)
  }

  // MARK: Operators

  @Test func shiftsAndScales() throws {
    let matrix = Matrix<Double>.seeded(6, 6)
    let block = Matrix<Double>.seeded(6, 2, seed: 4)
    let shifted = try ShiftedOperator(matrix, scale: -0.5, shift: 2)
    let explicit = -0.5 * matrix + 2 * Matrix.identity(6)
    #expect(try shifted.applied(to: block).isApproximatelyEqual(to: explicit * block, tolerance: 1e-14))
    #expect(
      try shifted.transposeApplied(to: block).isApproximatelyEqual(to: explicit.transposed * block, tolerance: 1e-14))
    #expect(throws: LinearAlgebraError.notSquare("shift", shape: "2×3")) {
      _ = try ShiftedOperator(Matrix.seeded(2, 3), scale: 1, shift: 1)
    }
  }
}
