import LinearAlgebra
import Testing

@Suite struct LinearAssignmentTests {
  /// The least cost over all permutations.
  private func least(_ costs: Matrix<Double>, _ row: Int = 0, _ free: Set<Int>? = nil) -> Double {
    let free = free ?? Set(0..<costs.columnCount)
    guard row < costs.rowCount else { return 0 }
    return free.map { costs[row, $0] + least(costs, row + 1, free.subtracting([$0])) }.min() ?? 0
  }

  @Test(arguments: [0, 1, 2, 4, 6]) func costsAsLittleAsTheBestPermutation(n: Int) throws {
    for seed in 0..<6 {
      let costs = Matrix<Double>.seeded(n, n, seed: UInt64(seed))
      let found = try LinearAssignment(costs: costs)
      #expect(found.columns.sorted() == Array(0..<n))
      #expect(abs(found.cost - least(costs)) < 1e-12)
    }
  }

  @Test func doesNotCareWhatIsAddedToARowOrAColumn() throws {
    let costs = Matrix<Double>.seeded(15, 15)
    var shifted = costs
    for i in 0..<15 {
      for j in 0..<15 { shifted[i, j] += Double(3 * i) - Double(7 * j) }
    }
    #expect(try LinearAssignment(costs: shifted).columns == LinearAssignment(costs: costs).columns)
  }

  @Test func pairsSortedNumbersOnALine() throws {
    var random = SeededGenerator(seed: 2)
    let (x, y) = (random.gaussians(40), random.gaussians(40))
    var costs = Matrix<Double>.zeros(40, 40)
    for i in 0..<40 {
      for j in 0..<40 { costs[i, j] = (x[i] - y[j]) * (x[i] - y[j]) }
    }
    let sorted = zip(x.sorted(), y.sorted()).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    #expect(abs(try LinearAssignment(costs: costs).cost - sorted) < 1e-11)
  }

  @Test func standsTiesAndHugeCosts() throws {
    #expect(try LinearAssignment(costs: .zeros(5, 5)).columns.sorted() == [0, 1, 2, 3, 4])
    let huge = try LinearAssignment(costs: Matrix(rows: [[1e308, -1e308], [-1e308, 1e308]]))
    #expect(huge.columns == [1, 0])
  }

  @Test func refusesWhatIsNoSquareOfNumbers() {
    #expect(throws: LinearAlgebraError.notSquare("assignment", shape: "2×3")) {
      try LinearAssignment(costs: .zeros(2, 3))
    }
    #expect(throws: LinearAlgebraError.notFinite(row: 0, column: 0, value: "nan")) {
      try LinearAssignment(costs: Matrix(rows: [[.nan]]))
    }
  }
}
