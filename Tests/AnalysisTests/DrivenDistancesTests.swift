import Analysis
import Foundation
import LinearAlgebra
import Testing

@Suite struct DrivenDistancesTests {
  private func system(_ n: Int, _ inputs: Int, seed: UInt64) -> (state: Matrix<Double>, input: Matrix<Double>) {
    var random = SeededGenerator(seed: seed)
    return (0.3 * .gaussian(n, n, using: &random), .gaussian(n, inputs, using: &random))
  }

  @Test(arguments: [(2, 1), (4, 2), (6, 3)]) func areAllZeroForOneSystemInTwoBases(n: Int, inputs: Int) throws {
    let (state, input) = system(n, inputs, seed: 5)
    var random = SeededGenerator(seed: 6)
    let turn = try Matrix<Double>.randomOrthogonal(n, using: &random)
    let found = try DrivenDistances(
      DrivenOperator(state: state, input: input),
      DrivenOperator(state: conjugated(state, by: turn), input: turn * input))
    #expect(found.state.distance < 1e-6)
    #expect(found.control.distance < 1e-12 && found.joint.distance < 1e-11)
    #expect(try #require(found.joint.angle) < 1e-12)
    // Q undoes the turn.
    #expect((found.joint.transformation * turn - .identity(n)).frobeniusNorm < 1e-9)
  }

  /// dsa-metric 2.0.2 has 7.33 and 1.80 rad for one system in two bases, as `Fixtures/make_joint_scores.py` prints: it turns the second
  /// system by the transpose of the matrix that it should.
  @Test func areZeroWhereTheReferenceIsNot() throws {
    let state = try Matrix(rows: [[0.9, -0.3, 0.1], [0.3, 0.8, 0], [0, 0.2, 0.6]])
    let input = try Matrix<Double>(rows: [[1, 0], [0, 2], [1, -1]])
    let turn = (1.0 / 3) * (try Matrix<Double>(rows: [[2, -2, 1], [1, 2, 2], [-2, -1, 2]]))
    let first = try DrivenOperator(state: state, input: input)
    let second = try DrivenOperator(state: conjugated(state, by: turn), input: turn * input)
    let found = try DrivenDistances(first, second).joint
    #expect(found.distance < 1e-12 && found.angle.map { $0 < 1e-12 } == true)
    let wronglyTurned = found.transformation.transposed * second.controllability
    let distance = (first.controllability - wronglyTurned).frobeniusNorm
    let product = zip(first.controllability.entries, wronglyTurned.entries).reduce(0) { $0 + $1.0 * $1.1 }
    let norms = first.controllability.frobeniusNorm * wronglyTurned.frobeniusNorm
    #expect(abs(distance - 7.327878274098172) < 1e-9 && abs(acos(product / norms) - 1.803747501288347) < 1e-9)
  }

  @Test func laysPowersOfTheStateMatrixAndItsTransposeSideBySide() throws {
    let state = try Matrix<Double>(rows: [[0, 1, 0], [0, 0, 2], [0, 0, 0]])
    let reached = try DrivenOperator(state: state, input: Matrix(column: [0, 1, 0])).controllability
    // b, A b, Aᵀ b, A² b, (Aᵀ)² b.
    #expect(reached == (try Matrix(rows: [[0, 1, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0, 2, 0, 0]])))
  }

  @Test func tellsTheStateApartFromTheControl() throws {
    let (state, input) = system(4, 2, seed: 7)
    let other = system(4, 2, seed: 8)
    let sameInput = try DrivenDistances(
      DrivenOperator(state: state, input: input), DrivenOperator(state: other.state, input: input))
    #expect(sameInput.control.distance < 1e-12 && sameInput.state.distance > 0.1 && sameInput.joint.distance > 0.1)
    let sameState = try DrivenDistances(
      DrivenOperator(state: state, input: input), DrivenOperator(state: state, input: other.input))
    #expect(sameState.state.distance < 1e-6 && sameState.control.distance > 0.1 && sameState.joint.distance > 0.1)
  }

  @Test func alignsFramesNoWorseThanAnyOtherMatrix() throws {
    var random = SeededGenerator(seed: 9)
    let (x, y) = (Matrix<Double>.gaussian(4, 7, using: &random), Matrix<Double>.gaussian(4, 7, using: &random))
    let found = try FrameAlignment(x, y)
    #expect(abs((x - found.transformation * y).frobeniusNorm - found.distance) < 1e-12)
    for _ in 0..<200 {
      let turn = try Matrix<Double>.randomOrthogonal(4, using: &random)
      #expect(found.distance <= (x - turn * y).frobeniusNorm)
    }
    let zero = try FrameAlignment(x, .zeros(4, 7))
    #expect(abs(zero.distance - x.frobeniusNorm) < 1e-14 && zero.angle == nil)
  }

  @Test func fillsUpToALargerState() throws {
    let small = system(2, 1, seed: 10)
    let large = system(3, 1, seed: 11)
    let found = try DrivenDistances(
      DrivenOperator(state: small.state, input: small.input, paddedTo: 3),
      DrivenOperator(state: large.state, input: large.input))
    #expect(found.state.size == 3 && found.state.sides == [2, 3] && found.joint.distance > 0)
  }

  @Test func refusesWhatIsNoDrivenSystem() throws {
    let (state, input) = system(3, 2, seed: 12)
    #expect(
      throws: AnalysisError.sizeMismatch(
        "input matrix", size: "2×2", expected: "3 rows, as the state matrix has")
    ) { try DrivenOperator(state: state, input: .zeros(2, 2)) }
    #expect(throws: AnalysisError.tooFew("inputs", count: 0, minimum: 1)) {
      try DrivenOperator(state: state, input: .zeros(3, 0))
    }
    #expect(throws: LinearAlgebraError.notFinite(row: 0, column: 0, value: "nan")) {
      try DrivenOperator(state: state, input: Matrix(rowCount: 3, columnCount: 1, entries: [.nan, 0, 0]))
    }
    #expect(
      throws: AnalysisError.sizeMismatch(
        "second system", size: "driven by 1 inputs", expected: "driven by 2 as the first is")
    ) {
      try DrivenDistances(
        DrivenOperator(state: state, input: input), DrivenOperator(state: state, input: input.columns(0..<1)))
    }
    #expect(throws: AnalysisError.self) { try DrivenOperator(state: 1e60 * state, input: 1e60 * input) }
  }
}
