import LinearAlgebra
import Testing

@Suite struct ConjugationDescentTests {
  private func objective(_ n: Int, seed: UInt64) throws -> ConjugationObjective {
    let fixed = Matrix<Double>.seeded(n, n, seed: seed)
    return try ConjugationObjective(
      fixed: .diagonal(fixed.diagonalEntries) + fixed.skewPart, moving: .seeded(n, n, seed: seed + 1))
  }

  private func matrix(_ progress: ConjugationDescent.Progress, _ n: Int) -> Matrix<Double> {
    Matrix(rowCount: n, columnCount: n, entries: progress.point.map { Double($0) })
  }

  @Test(arguments: [2, 3, 8, 15, 30]) func endsWhereNewtonStepsInDoublePrecisionEnd(n: Int) throws {
    var random = SeededGenerator(seed: 3)
    for seed in 1...3 {
      let objective = try objective(n, seed: UInt64(10 * seed))
      let descent = ConjugationDescent(of: objective)
      let start = try Matrix<Double>.randomOrthogonal(n, using: &random)
      var progress = descent.start(at: start)
      descent.advance(&progress, valueCount: 5000, gradientTolerance: 1e-5)
      let point = matrix(progress, n).reorthogonalized.reorthogonalized
      let place = objective.place(point)
      let (value, length) = (objective.value(at: place), objective.gradient(at: place).frobeniusNorm)
      #expect(abs(progress.value - value) < 1e-5 * value)
      #expect(length < 2e-5 * (2 * value).squareRoot())
      let exact = try OrthogonalTrustRegion(gradientTolerance: 1e-8).minimum(of: objective, from: point)
      #expect(exact.value <= value * (1 + 1e-12) && value < exact.value * (1 + 1e-5))
    }
  }

  @Test(arguments: [3, 5, 12]) func neverRisesAndKeepsTheDeterminant(n: Int) throws {
    let objective = try objective(n, seed: 4)
    let descent = ConjugationDescent(of: objective)
    var random = SeededGenerator(seed: 5)
    for _ in 0..<4 {
      let start = try Matrix<Double>.randomOrthogonal(n, using: &random)
      var progress = descent.start(at: start)
      let first = objective.place(start)
      #expect(abs(progress.value - objective.value(at: first)) < 1e-5 * progress.value)
      #expect(abs(progress.gradientNorm - objective.gradient(at: first).frobeniusNorm) < 1e-5 * progress.gradientNorm)
      for _ in 0..<60 {
        let before = progress
        descent.advance(&progress, valueCount: 1, gradientTolerance: 1e-5)
        #expect(progress.value <= before.value * (1 + 2e-6))
        #expect(matrix(progress, n).orthonormalityDefect < 1e-5)
      }
      #expect(progress.value < objective.value(at: first))
      #expect(try matrix(progress, n).determinantSign() == start.determinantSign())
    }
  }

  @Test func goesOnAsIfItHadNotBeenInterrupted() throws {
    let objective = try objective(9, seed: 6)
    let descent = ConjugationDescent(of: objective)
    var (whole, parts) = (descent.start(at: .identity(9)), descent.start(at: .identity(9)))
    descent.advance(&whole, valueCount: 1000, gradientTolerance: 1e-4)
    for _ in 0..<1000 { descent.advance(&parts, valueCount: 3, gradientTolerance: 1e-4) }
    #expect(whole.point == parts.point && whole.valueCount == parts.valueCount)
    // Where the tolerance is met nothing more happens.
    descent.advance(&whole, valueCount: 1000, gradientTolerance: 1e-4)
    #expect(whole.valueCount == parts.valueCount)
  }

  @Test func leavesASingleAxisAlone() throws {
    let objective = try ConjugationObjective(fixed: .diagonal([2]), moving: .diagonal([-1]))
    let descent = ConjugationDescent(of: objective)
    var progress = descent.start(at: .identity(1))
    descent.advance(&progress, valueCount: 10, gradientTolerance: 1e-5)
    #expect(progress.value == 4.5 && progress.gradientNorm == 0 && progress.point == [1] && progress.valueCount == 1)
  }
}
