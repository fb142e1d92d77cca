import LinearAlgebra
import Networks
import Testing

@testable import Probes

@Suite struct ConvergenceTests {
  @Test func searchesThatEndEarlyAreSaid() throws {
    // Three operators, of which the pairs of the third were given up.
    let probe = try #require(
      DynamicalSimilarity.reading(["operators": ["a", "b", "c"]]).probe as? DynamicalSimilarity)
    let bench = TestBench(
      arrays: ["a": [0.9], "b": [0.5], "c": [0.2]].mapValues { NDArray(shape: [1, 1], values: $0) })
    let measurement = try DynamicalSimilarityMeasurement(of: probe, probe.gather(from: bench))
    func doubts(_ converged: [[Bool]]) -> [String] {
      let zeros = Matrix<Double>.zeros(3, 3)
      return measurement.doubts(
        of: SystemComparison(
          size: 1, distances: zeros, lowerBounds: zeros, spread: zeros, converged: converged, certified: converged)
      ).map { "\($0.name): \($0.message)" }
    }
    #expect(
      doubts([[true, true, false], [true, true, false], [false, false, true]]) == [
        "not-converged: the search for 2 of 3 pairs ended before a minimum; those distances are upper bounds: raise 'search'"
      ])
    #expect(doubts(Array(repeating: Array(repeating: true, count: 3), count: 3)).isEmpty)
  }
}
