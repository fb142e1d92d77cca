import Analysis
import LinearAlgebra
import Testing

/// The exact score of a noised Gaussian, `−C⁻¹x`, as a map of rows.
private struct GaussianScore {
  let jacobian: Matrix<Double>
  let mean: [Double]

  /// Around `signal · mean`, covariance `signal² F Fᵀ + σ²`.
  init(factor: Matrix<Double>, noise: NoiseLevel, mean: [Double]? = nil) throws {
    let d = factor.rowCount
    let covariance =
      noise.signal * noise.signal * factor.rowGram + noise.deviation * noise.deviation * .identity(d)
    jacobian = -(try LeastSquares(covariance, .identity(d)).solution)
    self.mean = (mean ?? Array(repeating: 0, count: d)).map { noise.signal * $0 }
  }

  func callAsFunction(_ points: Matrix<Double>) throws -> Matrix<Double> {
    var shifted = points
    for row in 0..<points.rowCount {
      for column in 0..<points.columnCount { shifted[row, column] -= mean[column] }
    }
    return try Matrix.product(shifted, jacobian, transposing: .right)
  }
}

@Suite("methods 1.6 and 1.10, check 5: probing a score") struct OrthogonalProbingTests {
  @Test(arguments: [1, 0.6]) func returnsTheSingularValuesOfALinearScoreToRoundOff(signal: Double) throws {
    let noise = try NoiseLevel(signal: signal, deviation: 0.2)
    let factor = Matrix<Double>.gaussian(12, 4)
    let score = try GaussianScore(factor: factor, noise: noise, mean: (0..<12).map { Double($0) })
    var random = SeededGenerator(seed: 5)
    let probing = try OrthogonalProbing(around: (0..<12).map { 1 / Double($0 + 1) }, noise: noise, using: &random)
    let found = try probing.jacobian(
      scoresAhead: score(probing.pointsAhead), scoresBehind: score(probing.pointsBehind))
    #expect(found.matrix.isApproximatelyEqual(to: 0.04 * score.jacobian, tolerance: 1e-12))
    let expected = try LinearManifold(factor: factor).spectrum(atNoiseVariance: noise.effectiveVariance)
    #expect(zip(found.singularValues, expected).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(zip(found.symmetricEigenvalues, expected).allSatisfy { abs($0 + $1) < 1e-12 })
    #expect(found.symmetryDefect < 1e-12)
    #expect(try GapDetection(in: found.singularValues).dimension == 4)
  }

  @Test func recoversAJacobianThatIsNotSymmetric() throws {
    let matrix = Matrix<Double>.gaussian(6, 6)
    var random = SeededGenerator(seed: 6)
    let noise = try NoiseLevel(deviation: 0.5)
    let probing = try OrthogonalProbing(around: Array(repeating: 2, count: 6), noise: noise, step: 0.01, using: &random)
    let map = { (points: Matrix<Double>) in try Matrix.product(points, matrix, transposing: .right) }
    let found = try probing.jacobian(scoresAhead: map(probing.pointsAhead), scoresBehind: map(probing.pointsBehind))
    #expect(found.matrix.isApproximatelyEqual(to: 0.25 * matrix, tolerance: 1e-11))
    #expect(abs(found.symmetryDefect - matrix.symmetryDefect) < 1e-10)
  }

  @Test func isExactToSecondOrderInTheStep() throws {
    // s(x) = x² in each coordinate has an exact central difference; x³ errs by h² q³.
    var random = SeededGenerator(seed: 7)
    let noise = try NoiseLevel(deviation: 1)
    let point = [0.3, -0.2, 0.5]
    var errors: [Double] = []
    for step in [0.1, 0.05] {
      let probing = try OrthogonalProbing(around: point, noise: noise, step: step, using: &random)
      let cubed = { (points: Matrix<Double>) in
        Matrix(rowCount: 3, columnCount: 3, entries: points.entries.map { $0 * $0 * $0 })
      }
      let found = try probing.jacobian(
        scoresAhead: cubed(probing.pointsAhead), scoresBehind: cubed(probing.pointsBehind))
      errors.append((found.matrix - .diagonal(point.map { 3 * $0 * $0 })).frobeniusNorm)
    }
    #expect(errors[0] < 0.1 * 0.1 * 2 && errors[1] < 0.05 * 0.05 * 2 && errors[0] > 0)
  }

  @Test func refusesScoresOfAnotherShape() throws {
    var random = SeededGenerator(seed: 6)
    let probing = try OrthogonalProbing(around: [1, 2], noise: NoiseLevel(deviation: 1), using: &random)
    #expect(throws: AnalysisError.sizeMismatch("scores behind", size: "3×2", expected: "2×2")) {
      try probing.jacobian(scoresAhead: .zeros(2, 2), scoresBehind: .zeros(3, 2))
    }
    #expect(throws: AnalysisError.notPositive("probing step", 0)) {
      try OrthogonalProbing(around: [1], noise: NoiseLevel(deviation: 1), step: 0, using: &random)
    }
  }
}

@Suite("methods 1.8: Stanczuk's estimate") struct StanczukEstimateTests {
  @Test func findsTheDimensionButBlursTheLevels() throws {
    let noise = try NoiseLevel(deviation: 0.01)
    let factor = Matrix<Double>.gaussian(20, 6)
    let score = try GaussianScore(factor: factor, noise: noise)
    var random = SeededGenerator(seed: 9)
    let origin = [Double](repeating: 0, count: 20)
    let points = try StanczukEstimate.points(around: origin, noise: noise, using: &random)
    #expect(points.rowCount == 80)
    let estimate = try StanczukEstimate(scores: score(points))
    #expect(estimate.dimension == 6)
    // The 14 normal levels are one; K = 4d Gaussian probes spread them over about ½ to 3/2, check 5's other half.
    let normal = estimate.singularValues.prefix(14).map { $0 / estimate.singularValues[6] }
    #expect((normal.first ?? 0) / (normal.last ?? 1) > 1.3)
    let probing = try OrthogonalProbing(around: origin, noise: noise, using: &random)
    let exact = try probing.jacobian(
      scoresAhead: score(probing.pointsAhead), scoresBehind: score(probing.pointsBehind))
    #expect(abs(exact.singularValues[0] - exact.singularValues[13]) < 1e-9)
  }

  @Test func isNotMisledByAConstantScore() throws {
    // Without the subtraction of the mean the offset would be one huge singular value, and the gap after it the widest.
    let noise = try NoiseLevel(deviation: 0.1)
    var random = SeededGenerator(seed: 2)
    let score = try GaussianScore(factor: Matrix<Double>.gaussian(8, 3), noise: noise)
    var scores = try score(StanczukEstimate.points(around: Array(repeating: 0, count: 8), noise: noise, using: &random))
    for row in 0..<scores.rowCount { scores[row, 0] += 1e4 }
    #expect(try StanczukEstimate(scores: scores).dimension == 3)
  }

  @Test func refusesFewerScoresThanItNeeds() {
    #expect(throws: AnalysisError.tooFew("scores", count: 4, minimum: 5)) {
      try StanczukEstimate(scores: .zeros(4, 4))
    }
  }
}

@Suite("methods 1.8 and 1.10, check 4: the Fokker–Planck dimension") struct FokkerPlanckDimensionTests {
  static let variances: [Double] = [1, 1, 1, 0.04, 0.04]

  @Test(arguments: [(0.01, 5.0), (0.05, 4.9931), (0.2, 4.4956), (0.5, 3.3937), (2, 1.1194)])
  func hasItsExpectationInClosedForm(deviation: Double, expected: Double) throws {
    let manifold = try LinearManifold(variances: Self.variances, ambientDimension: 20)
    let value = manifold.expectedFokkerPlanckDimension(atNoiseVariance: deviation * deviation)
    #expect(abs(value - expected) < 5e-5)
  }

  @Test(arguments: [1, 0.8]) func meetsItsExpectationAtATypicalPoint(signal: Double) throws {
    // A point one standard deviation out along every direction has the expected squared score exactly.
    let noise = try NoiseLevel(signal: signal, deviation: 0.3)
    let manifold = try LinearManifold(variances: Self.variances, ambientDimension: 20)
    let factor = Matrix<Double>.diagonal(Self.variances.map { $0.squareRoot() } + Array(repeating: 0, count: 15))
    let score = try GaussianScore(factor: factor, noise: noise)
    let point = Matrix(row: factor.diagonalEntries.map { signal * $0 })
    let atPoint = try score(point).entries
    let jacobian = try ScoreJacobian(of: score.jacobian, noise: noise)
    let expected = manifold.expectedFokkerPlanckDimension(atNoiseVariance: noise.effectiveVariance)
    #expect(abs(FokkerPlanckDimension(jacobian: jacobian, score: atPoint, noise: noise).value - expected) < 1e-12)
    let fromTrace = FokkerPlanckDimension(
      ambientDimension: 20, noise: noise, jacobianTrace: score.jacobian.trace,
      squaredScoreNorm: atPoint.reduce(0) { $0 + $1 * $1 })
    #expect(abs(fromTrace.value - expected) < 1e-12)
  }

  @Test func readsTheKneeOfItsCurve() throws {
    let times = (0...50).map { Double($0) / 50 }
    // Falls steeply to 7, then stays: the knee is where it arrives, at 0.2.
    let estimates = times.map { $0 < 0.2 ? 7 + 400 * (0.2 - $0) : 7 - ($0 - 0.2) }
    let found = try FokkerPlanckDimension.atKnee(times: times, estimates: estimates, ambientDimension: 100)
    #expect(abs(found - 7) < 1e-9)
    let straight = try FokkerPlanckDimension.atKnee(
      times: times, estimates: times.map { 10 - $0 }, ambientDimension: 100)
    #expect(straight == 100)
    #expect(throws: AnalysisError.sizeMismatch("curve of estimates", size: "1", expected: "2, as the times")) {
      try FokkerPlanckDimension.atKnee(times: [1, 2], estimates: [1], ambientDimension: 3)
    }
  }
}
