import Analysis
import LinearAlgebra
import Testing

@Suite("methods 1.10, check 1: orthonormal columns in 100 dimensions") struct LinearManifoldTests {
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
}
