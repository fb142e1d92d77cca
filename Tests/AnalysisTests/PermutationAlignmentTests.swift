import Analysis
import LinearAlgebra
import Testing

@Suite struct PermutationAlignmentTests {
  private func permuted(_ matrix: Matrix<Double>, _ order: [Int]) -> Matrix<Double> {
    var result = matrix
    for i in order.indices {
      for j in order.indices { result[i, j] = matrix[order[i], order[j]] }
    }
    return result
  }

  private func permutations(_ count: Int) -> [[Int]] {
    guard count > 0 else { return [[]] }
    return permutations(count - 1).flatMap { shorter in
      (0...shorter.count).map { place in
        var longer = shorter
        longer.insert(count - 1, at: place)
        return longer
      }
    }
  }

  @Test(arguments: [1, 2, 3, 5, 6]) func findsTheBestOfAllOrders(n: Int) throws {
    for seed in 0..<4 {
      var random = SeededGenerator(seed: UInt64(seed))
      let (a, b) = (Matrix<Double>.gaussian(n, n, using: &random), Matrix<Double>.gaussian(n, n, using: &random))
      let found = try PermutationAlignment(PreparedOperator(a), PreparedOperator(b))
      let least = permutations(n).map { (a.scaledToOne - permuted(b.scaledToOne, $0)).frobeniusNorm }.min() ?? 0
      #expect(found.isExact && found.distanceLowerBound <= found.distance)
      let attained = (a.scaledToOne - permuted(b.scaledToOne, found.permutation)).frobeniusNorm
      #expect(abs(attained - least) < 1e-12)
      #expect(abs((a - permuted(b, found.permutation)).frobeniusNorm - found.distance) < 1e-12)
      #expect(try found.distance >= OperatorAlignment(a, b).distanceLowerBound)
    }
  }

  @Test(arguments: [4, 9, 20]) func findsAPlantedOrder(n: Int) throws {
    var random = SeededGenerator(seed: UInt64(n))
    let matrix = Matrix<Double>.gaussian(n, n, using: &random)
    let order = random.shuffled(Array(0..<n))
    let found = try PermutationAlignment(PreparedOperator(permuted(matrix, order)), PreparedOperator(matrix))
    #expect(found.distance < 1e-12 && found.isExact && found.permutation == order)
    #expect(try #require(found.angle) < 1e-15)
  }

  @Test func saysWhereTheBudgetDidNotReach() throws {
    var random = SeededGenerator(seed: 1)
    let a = try PreparedOperator(.gaussian(14, 14, using: &random))
    let b = try PreparedOperator(.gaussian(14, 14, using: &random))
    let found = try PermutationAlignment(a, b, nodeLimit: 100)
    #expect(!found.isExact && found.distanceLowerBound < found.distance && found.distanceLowerBound > 0)
    #expect(found == (try PermutationAlignment(a, b, nodeLimit: 100)))
  }

  @Test func givesAZeroOperatorADistanceButNoAngle() throws {
    let found = try PermutationAlignment(PreparedOperator(.zeros(2, 2)), PreparedOperator(.diagonal([3, 4])))
    #expect(found.distance == 5 && found.angle == nil && found.isExact)
  }

  @Test func refusesMixedPreparationsAndLimits() throws {
    let (small, large) = (try PreparedOperator(.identity(2)), try PreparedOperator(.identity(3)))
    #expect(
      throws: AnalysisError.sizeMismatch(
        "second operator", size: "prepared for 3", expected: "prepared for 2 as the first is")
    ) { try PermutationAlignment(small, large) }
    #expect(throws: AnalysisError.outOfRange("node limit", -1, rule: "from 0 to 100000000")) {
      try PermutationAlignment(small, small, nodeLimit: -1)
    }
  }
}

extension Matrix<Double> {
  fileprivate var scaledToOne: Matrix { (1 / frobeniusNorm) * self }
}
