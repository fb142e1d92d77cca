import Analysis
import Foundation
import LinearAlgebra
import Testing

@Suite struct OperatorDistancesTests {
  private func operators(_ count: Int, _ n: Int) -> [Matrix<Double>] {
    var random = SeededGenerator(seed: 11)
    return (0..<count).map { _ in Matrix<Double>.gaussian(n, n, using: &random) }
  }

  @Test func satisfiesTheAxiomsOfAMetric() throws {
    var matrices = operators(6, 3) + operators(3, 2)
    matrices.append(.diagonal([1, 0, -1]))
    let found = try OperatorDistances(of: matrices, search: AlignmentSearch(randomStartCount: 12, descentCount: 4))
    let angles = try #require(found.angles)
    #expect(found.size == 3 && found.sides == matrices.map(\.rowCount))
    for i in matrices.indices {
      #expect(found.distances[i, i] == 0 && angles[i, i] == 0)
      for j in matrices.indices where i != j {
        #expect(found.distances[i, j] == found.distances[j, i] && angles[i, j] == angles[j, i])
        #expect(found.distances[i, j] > 1e-3)
        #expect(found.distanceLowerBounds[i, j] <= found.distances[i, j])
        #expect(found.converged[i][j])
        for k in matrices.indices {
          #expect(found.distances[i, j] <= found.distances[i, k] + found.distances[k, j] + 1e-6)
          #expect(angles[i, j] <= angles[i, k] + angles[k, j] + 1e-6)
        }
      }
    }
  }

  @Test func isSymmetricAndInvariantUnderChangesOfCoordinates() throws {
    var random = SeededGenerator(seed: 12)
    for n in [2, 3, 4] {
      let pair = operators(2, n)
      let plain = try OperatorAlignment(pair[0], pair[1])
      let swapped = try OperatorAlignment(pair[1], pair[0])
      let turned = try OperatorAlignment(
        conjugated(pair[0], by: .randomOrthogonal(n, using: &random)),
        conjugated(pair[1], by: .randomOrthogonal(n, using: &random)))
      #expect(abs(plain.distance - swapped.distance) < 1e-9)
      #expect(abs(plain.distance - turned.distance) < 1e-9)
      #expect(abs(plain.distanceLowerBound - turned.distanceLowerBound) < 1e-11)
    }
  }

  @Test func givesTheSameNumbersAsPairByPairAndTwice() throws {
    let matrices = operators(5, 4)
    let found = try OperatorDistances(of: matrices)
    #expect(found == (try OperatorDistances(of: matrices)))
    // One pair after the other, on this thread alone.
    for i in matrices.indices {
      for j in 0..<i {
        let alone = try OperatorAlignment(matrices[j], matrices[i], search: AlignmentSearch())
        #expect(found.distances[i, j] == alone.distance && found.spread[i, j] == alone.spread)
      }
    }
    // What is not asked about does not matter.
    let fewer = try OperatorDistances(of: Array(matrices.prefix(3)))
    #expect(fewer.distances[0, 2] == found.distances[0, 2])
  }

  @Test func tellsFamiliesApart() throws {
    var random = SeededGenerator(seed: 13)
    let families = operators(2, 5)
    let matrices = try (0..<6).map { index in
      conjugated(families[index / 3], by: try .randomOrthogonal(5, using: &random))
        + 0.01 * Matrix<Double>.gaussian(5, 5, using: &random)
    }
    let distances = try OperatorDistances(of: matrices).distances
    for i in 0..<6 {
      for j in 0..<i { #expect((distances[i, j] < 0.1) == (i / 3 == j / 3)) }
    }
  }

  @Test func leavesOutAnglesWhereAnOperatorIsZero() throws {
    let found = try OperatorDistances(of: [.zeros(2, 2), .identity(2), .diagonal([1, -1])])
    #expect(found.angles == nil && found.angleLowerBounds == nil)
    #expect(abs(found.distances[0, 1] - 2.0.squareRoot()) < 1e-15 && abs(found.distances[1, 2] - 2) < 1e-12)
  }

  @Test func survivesEncoding() throws {
    let found = try OperatorDistances(of: operators(3, 2))
    #expect(try JSONDecoder().decode(OperatorDistances.self, from: JSONEncoder().encode(found)) == found)
  }

  @Test func refusesASingleOperatorAndMixedPreparations() throws {
    #expect(throws: AnalysisError.tooFew("operators", count: 1, minimum: 2)) {
      try OperatorDistances(of: [.identity(2)])
    }
    #expect(
      throws: AnalysisError.sizeMismatch(
        "operator 2", size: "prepared for 4", expected: "prepared for 2 as the first is")
    ) {
      try OperatorDistances([PreparedOperator(.identity(2)), PreparedOperator(.identity(2), paddedTo: 4)])
    }
  }
}
