import Analysis
import LinearAlgebra
import Testing

@Suite("methods 1.10, check 1: orthonormal columns in 100 dimensions") struct OrthonormalColumnsTests {
  /// λ = 1 (×10) and 0.01 (×30).
  let manifold: LinearManifold
  init() throws {
    manifold = try LinearManifold(
      variances: Array(repeating: 1, count: 10) + Array(repeating: 0.01, count: 30), ambientDimension: 100)
  }

  @Test(arguments: [
    (1e-3, 0.0909, 0.0010, 40), (1e-2, 0.5, 0.0099, 40), (0.1, 0.9091, 0.0909, 10), (1, 0.9901, 0.5, 10),
  ]) func showsThreeLevelsAndTheDimensionOfTheWidestGap(
    t: Double, middle: Double, low: Double, dimension: Int
  ) throws {
    let spectrum = manifold.spectrum(atNoiseVariance: t)
    #expect(spectrum.count == 100)
    #expect(spectrum.prefix(60).allSatisfy { $0 == 1 })
    #expect(spectrum[60..<90].allSatisfy { abs($0 - middle) < 5e-5 })
    #expect(spectrum[90...].allSatisfy { abs($0 - low) < 5e-5 })
    #expect(try GapDetection(in: spectrum).dimension == dimension)
    #expect(manifold.support.widestGap(atNoiseVariance: t)?.dimension == dimension)
  }

  @Test func hasItsGapsWhereTheFormulasSay() throws {
    let gaps = manifold.support.gaps
    #expect(gaps.map(\.dimension) == [10, 40])
    #expect(gaps.map(\.isFinal) == [false, true])
    #expect(abs(gaps[0].widestNoiseVariance - 0.1) < 1e-15)
    #expect(abs(gaps[0].greatestWidth - 0.818182) < 5e-7)
    let switching = try #require(gaps[1].switchingNoiseVariance(with: gaps[0]))
    #expect(abs(switching - 0.0102041) < 5e-8)
    // ab/(a − 2b) of degenerate levels.
    #expect(abs(switching - 0.01 / 0.98) < 1e-16)
  }

  @Test(arguments: [
    (100, DiffusionPhase.trivial), (1, .coverage), (0.1, .coverage), (0.01, .coverage), (1e-3, .consolidation),
    (1e-5, .consolidation),
  ]) func passesThroughThePhasesAsNoiseFalls(t: Double, phase: DiffusionPhase) throws {
    #expect(try DiffusionPhase(spectrum: manifold.spectrum(atNoiseVariance: t), dimension: 40) == phase)
  }
}

@Suite struct LinearManifoldTests {
  @Test func isTheSameFromFactorCovarianceAndVariances() throws {
    let factor = Matrix<Double>.gaussian(9, 4)
    let covariance = factor.rowGram
    let (one, two) = (try LinearManifold(factor: factor), try LinearManifold(covariance: covariance))
    #expect(one.dimension == 4 && one.ambientDimension == 9)
    #expect(two.dimension == 4 && two.ambientDimension == 9)
    #expect(zip(one.variances, two.variances).allSatisfy { abs($0 - $1) < 1e-12 * one.variances[0] })
    #expect(try LinearManifold(variances: one.variances + [0, 0], ambientDimension: 9) == one)
  }

  @Test func hasTheSpectrumOfItsScore() throws {
    // The score is −(t + F Fᵀ)⁻¹ x; its Jacobian is solved for, not diagonalised.
    let factor = Matrix<Double>.gaussian(7, 3)
    let t = 0.3
    let noisy = factor.rowGram + t * .identity(7)
    let jacobian = -t * (try LeastSquares(noisy, .identity(7)).solution)
    let measured = try singularValues(of: jacobian)
    let expected = try LinearManifold(factor: factor).spectrum(atNoiseVariance: t)
    #expect(zip(measured, expected).allSatisfy { abs($0 - $1) < 1e-13 })
  }

  @Test func ignoresDirectionsAtRoundOff() throws {
    let wide = Matrix<Double>.gaussian(6, 2) * Matrix<Double>.gaussian(2, 5, seed: 2)
    #expect(try LinearManifold(factor: wide).dimension == 2)
    #expect(try LinearManifold(covariance: wide.rowGram).dimension == 2)
    #expect(try LinearManifold(covariance: .zeros(3, 3)).dimension == 0)
  }

  @Test func refusesWhatIsNoCovariance() {
    #expect(throws: AnalysisError.negativeVariance(-1, largest: 2)) {
      try LinearManifold(covariance: .diagonal([2, -1]))
    }
    #expect(throws: AnalysisError.outOfRange("variance", -0.5, rule: "a finite number of at least 0")) {
      try LinearManifold(variances: [1, -0.5], ambientDimension: 4)
    }
    #expect(throws: AnalysisError.tooFew("ambient dimensions", count: 1, minimum: 2)) {
      try LinearManifold(variances: [1, 2], ambientDimension: 1)
    }
  }

  @Test func agreesBetweenPreservedAndExplodingVariance() throws {
    // VP: the eigenvalues of σ²J are −σ²/(σ² + ᾱλ).
    let noise = try NoiseLevel(signal: 0.8, deviation: 0.6)
    let manifold = try LinearManifold(variances: [2, 0.5], ambientDimension: 3)
    let expected = [1, 0.36 / (0.36 + 0.64 * 0.5), 0.36 / (0.36 + 0.64 * 2)]
    let spectrum = manifold.spectrum(atNoiseVariance: noise.effectiveVariance)
    #expect(zip(spectrum, expected).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(throws: AnalysisError.notPositive("noise deviation", 0)) { try NoiseLevel(deviation: 0) }
  }
}

extension Matrix {
  /// A Gaussian matrix of its own seed.
  static func gaussian(_ rows: Int, _ columns: Int, seed: UInt64 = 1) -> Matrix {
    var random = SeededGenerator(seed: seed)
    return gaussian(rows, columns, using: &random)
  }
}
