import Analysis
import LinearAlgebra
import Testing

@Suite struct SpectralTransportTests {
  private func real(_ values: [Double]) -> [Complex<Double>] { values.map { Complex($0) } }

  @Test func meetsTheClosedForms() throws {
    #expect(abs(try SpectralTransport(real([0.5, 0.9]), real([0.6, 0.8])).meanSquare - 0.01) < 1e-16)
    let padded = try SpectralTransport(real([0.5, 0.9]), real([0.5, 0.9, 0.1]))
    #expect(abs(padded.meanSquare - 0.01 / 3) < 1e-16)
    // Shared weights: 0.5 and 0.9 give a third of their halves to the point between.
    let shared = try SpectralTransport(real([0.5, 0.9]), real([0.5, 0.9, 0.7]), unequal: .spreadWeights)
    #expect(abs(shared.meanSquare - 0.04 / 3) < 1e-16)
    #expect(try SpectralTransport(real([1]), real([0, 2]), unequal: .spreadWeights).distance == 1)
  }

  @Test func pairsNeighboursInThePlane() throws {
    let pairs = try SpectralTransport(
      [Complex(0, 1), Complex(0, -1), Complex(1)], [Complex(1.1), Complex(0, -1), Complex(0, 1.2)])
    #expect(pairs.partners == [2, 1, 0])
    #expect(abs(pairs.meanSquare - 0.05 / 3) < 1e-15)
  }

  @Test func satisfiesTheAxiomsOfAMetricOnceTheRootIsTaken() throws {
    var random = SeededGenerator(seed: 3)
    let sets = (0..<6).map { _ in (0..<4).map { _ in Complex(random.gaussian(), random.gaussian()) } }
    func distance(_ i: Int, _ j: Int) throws -> Double { try SpectralTransport(sets[i], sets[j]).distance }
    for i in sets.indices {
      #expect(try distance(i, i) == 0)
      for j in sets.indices {
        #expect(abs(try distance(i, j) - distance(j, i)) < 1e-14)
        for k in sets.indices { #expect(try distance(i, j) <= distance(i, k) + distance(k, j) + 1e-14) }
      }
    }
  }

  @Test func refusesEmptyAndHugeSets() {
    #expect(throws: AnalysisError.tooFew("eigenvalues", count: 0, minimum: 1)) { try SpectralTransport([], real([1])) }
    #expect(throws: AnalysisError.outOfRange("number of points", 9900, rule: "at most 4000")) {
      try SpectralTransport(
        real(Array(repeating: 0, count: 99)), real(Array(repeating: 0, count: 100)), unequal: .spreadWeights)
    }
  }
}
