import LinearAlgebra
import Testing

@Suite struct OrthogonalDescentTests {
  private func objective(_ n: Int, diagonal: Bool) throws -> ConjugationObjective {
    var fixed = Matrix<Double>.seeded(n, n, seed: 1)
    // With a diagonal symmetric part the products take a short cut.
    if diagonal { fixed = .diagonal(fixed.diagonalEntries) + fixed.skewPart }
    return try ConjugationObjective(fixed: fixed, moving: .seeded(n, n, seed: 2))
  }

  @Test(arguments: [1, 2, 3, 8, 11], [true, false])
  func hasTheGradientAndCurvatureOfFiniteDifferences(n: Int, diagonal: Bool) throws {
    let objective = try objective(n, diagonal: diagonal)
    var random = SeededGenerator(seed: 3)
    let point = try Matrix<Double>.randomOrthogonal(n, using: &random)
    let place = objective.place(point)
    let direction = Matrix<Double>.gaussian(n, n, using: &random).skewPart
    let other = Matrix<Double>.gaussian(n, n, using: &random).skewPart
    // Cayley's rotation is exp to second order, so it has the same first and second derivatives.
    func value(_ step: Double) throws -> Double {
      objective.value(at: objective.place(try cayleyRotation(by: step * direction) * point))
    }
    let h = 1e-4
    let (above, here, below) = (try value(h), try value(0), try value(-h))
    let slope = objective.gradient(at: place).innerProduct(with: direction)
    let scale = max(1, here) * Double(n * n)
    #expect(abs((above - below) / (2 * h) - slope) < 1e-5 * scale)
    let curved = objective.curvature(at: place, along: direction)
    #expect(abs((above - 2 * here + below) / (h * h) - curved.innerProduct(with: direction)) < 1e-5 * scale)
    // Symmetric, and skew in its values.
    let mirrored = objective.curvature(at: place, along: other).innerProduct(with: direction)
    #expect(abs(curved.innerProduct(with: other) - mirrored) < 1e-10 * scale)
    #expect((curved + curved.transposed).frobeniusNorm < 1e-12 * scale)
    #expect((objective.gradient(at: place) + objective.gradient(at: place).transposed).frobeniusNorm == 0)
  }

  @Test(arguments: [1, 2, 7], [true, false]) func hasTheCurvatureOfTheDoubleCommutators(n: Int, diagonal: Bool) throws {
    // The symmetric form, product by product.
    func bracket(_ x: Matrix<Double>, _ y: Matrix<Double>) -> Matrix<Double> { x * y - y * x }
    let objective = try objective(n, diagonal: diagonal)
    var random = SeededGenerator(seed: 9)
    let point = try Matrix<Double>.randomOrthogonal(n, using: &random)
    let w = Matrix<Double>.gaussian(n, n, using: &random).skewPart
    var fixed = Matrix<Double>.seeded(n, n, seed: 1)
    if diagonal { fixed = .diagonal(fixed.diagonalEntries) + fixed.skewPart }
    let turned = point * .seeded(n, n, seed: 2) * point.transposed
    let (s, k, t, l) = (fixed.symmetricPart, fixed.skewPart, turned.symmetricPart, turned.skewPart)
    let even = bracket(s, bracket(w, t)) + bracket(bracket(s, w), t)
    let odd = bracket(k, bracket(w, l)) + bracket(bracket(k, w), l)
    let expected = 0.5 * (odd - even)
    let found = objective.curvature(at: objective.place(point), along: w)
    #expect((found - expected).frobeniusNorm < 1e-12 * max(1, expected.frobeniusNorm))
  }

  @Test(arguments: [0, 1, 2, 5, 20]) func rotatesOrthogonallyAndToSecondOrder(n: Int) throws {
    let skew = Matrix<Double>.seeded(n, n, seed: 4).skewPart
    let turn = try cayleyRotation(by: skew)
    #expect(turn.orthonormalityDefect < 1e-12)
    #expect(try turn.determinantSign() == 1)
    let small = 1e-3 * skew
    let series = Matrix.identity(n) + small + 0.5 * (small * small)
    #expect((try cayleyRotation(by: small) - series).frobeniusNorm < 1e-8 * Double(max(1, n * n)))
  }

  @Test(arguments: [2, 3, 7, 12]) func descendsToAMinimumAndKeepsTheDeterminant(n: Int) throws {
    let objective = try objective(n, diagonal: false)
    var random = SeededGenerator(seed: 5)
    for _ in 0..<3 {
      let start = try Matrix<Double>.randomOrthogonal(n, using: &random)
      let found = try OrthogonalTrustRegion(gradientTolerance: 1e-7).minimum(of: objective, from: start)
      #expect(found.hasConverged && found.gradientNorm <= 1e-7 * (2 * found.value).squareRoot())
      #expect(found.value <= objective.value(at: objective.place(start)))
      #expect(found.point.orthonormalityDefect < 1e-11)
      #expect(try found.point.determinantSign() == start.determinantSign())
      let place = objective.place(found.point)
      let curvature = try LeastCurvature(of: objective, at: place, productCount: 100, using: &random)
      #expect(curvature.value > -1e-6 && curvature.largest >= curvature.value)
      #expect(try objective.reversed(start).determinantSign() == -start.determinantSign())
    }
  }

  @Test func findsTheLeastCurvatureOfASaddle() throws {
    // With sorted eigenvalues paired the wrong way round every turn of two axes leads down: −(sᵢ − sⱼ)(tᵢ − tⱼ).
    let objective = try ConjugationObjective(fixed: .diagonal([1, 2, 4]), moving: .diagonal([9, 3, 1]))
    let place = objective.place(.identity(3))
    var random = SeededGenerator(seed: 6)
    let curvature = try LeastCurvature(of: objective, at: place, using: &random)
    #expect(abs(curvature.value - -24) < 1e-12 && abs(curvature.largest - -4) < 1e-12)
    let along = objective.curvature(at: place, along: curvature.direction)
    #expect(abs(along.innerProduct(with: curvature.direction) - curvature.value) < 1e-12)
    #expect(objective.gradient(at: place).frobeniusNorm == 0)
    // The descent leaves it once it is pushed.
    let pushed = try cayleyRotation(by: 0.1 * curvature.direction)
    let found = try OrthogonalTrustRegion().minimum(of: objective, from: pushed)
    #expect(abs(found.value - 0.5 * (0 + 1 + 25)) < 1e-10)
  }

  @Test func stopsAtASufficientValue() throws {
    let objective = try objective(5, diagonal: false)
    let start = Matrix<Double>.identity(5)
    let value = objective.value(at: objective.place(start))
    let found = try OrthogonalTrustRegion(sufficientValue: value).minimum(of: objective, from: start)
    #expect(found.stepCount == 0 && found.point == start && found.hasConverged)
  }

  @Test func knowsTheSignOfTheDeterminant() throws {
    #expect(try Matrix<Double>.identity(0).determinantSign() == 1)
    #expect(try Matrix<Double>.diagonal([-1]).determinantSign() == -1)
    #expect(try Matrix<Double>(rows: [[0, 1], [1, 0]]).determinantSign() == -1)
    var random = SeededGenerator(seed: 7)
    for n in 2..<9 {
      let turn = try Matrix<Double>.randomOrthogonal(n, using: &random)
      #expect((try turn.determinantSign() > 0) == (SlowAndObvious.determinant(of: turn) > 0))
    }
  }

  @Test func putsAlmostOrthogonalMatricesRight() throws {
    var random = SeededGenerator(seed: 8)
    let turn = try Matrix<Double>.randomOrthogonal(6, using: &random)
    #expect((turn + 1e-7 * Matrix<Double>.seeded(6, 6)).reorthogonalized.orthonormalityDefect < 1e-12)
  }

  @Test func refusesWhatDoesNotFit() {
    #expect(throws: LinearAlgebraError.notSquare("conjugation", shape: "2×3")) {
      try ConjugationObjective(fixed: .zeros(2, 3), moving: .zeros(2, 3))
    }
    #expect(throws: LinearAlgebraError.shapeMismatch("conjugation", "2×2", "3×3")) {
      try ConjugationObjective(fixed: .zeros(2, 2), moving: .zeros(3, 3))
    }
    #expect(throws: LinearAlgebraError.notSquare("determinant", shape: "1×2")) {
      try Matrix<Double>.zeros(1, 2).determinantSign()
    }
  }
}
