import Analysis
import Foundation
import LinearAlgebra
import Testing

@Suite struct ConjugateOperatorTests {
  /// 8 kinds × 2 determinants × 13 sizes: 208 cases.
  @Test(arguments: PlantedOperators.allCases, [1.0, -1.0])
  func areFoundAtDistanceZero(kind: PlantedOperators, determinant: Double) throws {
    for n in [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 21] {
      var random = SeededGenerator(seed: UInt64(n)).split(kind.rawValue).split(determinant < 0 ? 1 : 0)
      let matrix = try kind.matrix(n, using: &random)
      let turn = try orthogonal(n, determinant: determinant, using: &random)
      let found = try OperatorAlignment(matrix, conjugated(matrix, by: turn))
      #expect(found.distance < 1e-6, "\(kind) \(n)")
      #expect(try #require(found.angle) < 1e-6, "\(kind) \(n)")
      #expect(found.isCertified && found.hasConverged)
      #expect((found.transformation.columnGram - .identity(n)).frobeniusNorm < 1e-12)
      let residual = matrix - conjugated(conjugated(matrix, by: turn), by: found.transformation)
      #expect(abs(residual.frobeniusNorm - found.distance) < 1e-12 * max(1, matrix.frobeniusNorm))
    }
  }

  @Test(arguments: [(PlantedOperators.gaussian, 100), (.stronglyNonNormal, 60), (.normalWithComplexPairs, 50)])
  func areFoundAtLargeSizes(kind: PlantedOperators, n: Int) throws {
    var random = SeededGenerator(seed: 5)
    let matrix = try kind.matrix(n, using: &random)
    let turn = try orthogonal(n, determinant: -1, using: &random)
    #expect(try OperatorAlignment(matrix, conjugated(matrix, by: turn)).distance < 1e-6)
  }

  @Test(arguments: PlantedOperators.allCases)
  func withNoiseAreNeverFartherThanThePlantedTurnLeavesThem(kind: PlantedOperators) throws {
    for (n, level) in [(4, 0.5), (5, 0.01), (7, 1.0), (8, 0.1), (13, 0.03), (16, 1e-4), (20, 1e-7), (30, 0.1)] {
      var random = SeededGenerator(seed: UInt64(n)).split(kind.rawValue)
      let matrix = try kind.matrix(n, using: &random)
      let turned = conjugated(matrix, by: try .randomOrthogonal(n, using: &random))
      let noise = (level * matrix.frobeniusNorm / Double(n)) * Matrix<Double>.gaussian(n, n, using: &random)
      let found = try OperatorAlignment(matrix, turned + noise)
      #expect(found.distance <= noise.frobeniusNorm * (1 + 1e-12), "\(kind) \(n)")
      #expect(found.distanceLowerBound <= found.distance)
    }
  }
}

@Suite struct OperatorAlignmentTests {
  @Test func meetsTheClosedFormsOfSymmetricOperators() throws {
    // Sorted eigenvalues against each other.
    var random = SeededGenerator(seed: 2)
    let turn = try Matrix<Double>.randomOrthogonal(3, using: &random)
    let symmetric = try OperatorAlignment(
      .diagonal([0.9, 0.5, 0.2]), conjugated(.diagonal([0.8, -0.1, 0.6]), by: turn))
    #expect(abs(try #require(symmetric.angle) - 0.32160) < 5e-6)
    #expect(symmetric.isCertified)
    // Against a symmetric operator only the symmetric part counts; the eigenvalues alone see nothing.
    let skewed = try Matrix<Double>(rows: [[0.9, 1], [0, 0.5]])
    let diagonal = Matrix<Double>.diagonal([0.9, 0.5])
    let half = try OperatorAlignment(skewed, diagonal)
    #expect(abs(try #require(half.angle) - 0.62841) < 5e-6)
    #expect(half.isCertified)
    let prepared = try PreparedOperator.all([skewed, diagonal])
    #expect(try SpectralTransport(prepared[0], prepared[1]).distance < 1e-15)
  }

  @Test(arguments: [(0.3, 1.1), (0.3, -0.3), (2.9, -0.2), (0.0, Double.pi), (1e-9, 0.0), (3.0, 3.0)])
  func isTheDifferenceOfAnglesForRotationsOfThePlane(first: Double, second: Double) throws {
    let found = try OperatorAlignment(scaledRotation(0.7, first), scaledRotation(2, second))
    #expect(abs(try #require(found.angle) - abs(abs(first) - abs(second))) < 1e-14)
    #expect(found.isCertified)
  }

  @Test func keepsTheDirectionOfTurningAmongRotationsOnly() throws {
    // A rotation of the plane commutes with every other; only a reflection turns it round.
    let found = try OperatorAlignment(
      scaledRotation(1, 0.3), scaledRotation(1, -0.5), search: AlignmentSearch(group: .rotations))
    #expect(abs(try #require(found.angle) - 0.8) < 1e-14)
    #expect(try found.transformation.determinantSign() == 1)
    for n in [3, 4] {
      var random = SeededGenerator(seed: 3)
      let matrix = Matrix<Double>.gaussian(n, n, using: &random)
      let turned = conjugated(matrix, by: try orthogonal(n, determinant: 1, using: &random))
      let turn = try OperatorAlignment(matrix, turned, search: AlignmentSearch(group: .rotations))
      #expect(turn.distance < 1e-6)
      #expect(try turn.transformation.determinantSign() == 1)
      // Of even size a reflected copy is no rotated one.
      let mirrored = conjugated(matrix, by: try orthogonal(n, determinant: -1, using: &random))
      let reflected = try OperatorAlignment(matrix, mirrored, search: AlignmentSearch(group: .rotations))
      #expect((reflected.distance < 1e-6) == (n == 3))
      #expect(try reflected.transformation.determinantSign() == 1)
    }
  }

  @Test func isTheArccosineOfTheTraceAgainstTheIdentity() throws {
    var random = SeededGenerator(seed: 4)
    let matrix = Matrix<Double>.gaussian(6, 6, using: &random)
    let expected = acos(matrix.trace / (6.0.squareRoot() * matrix.frobeniusNorm))
    let found = try OperatorAlignment(matrix, .identity(6))
    #expect(abs(try #require(found.angle) - expected) < 1e-12)
    #expect(found.isCertified)
  }

  @Test func relatesDistanceAndAngleByTheLawOfCosines() throws {
    var random = SeededGenerator(seed: 6)
    let (a, b) = (Matrix<Double>.gaussian(5, 5, using: &random), 3 * Matrix<Double>.gaussian(5, 5, using: &random))
    let found = try OperatorAlignment(a, b)
    let (x, y, angle) = (a.frobeniusNorm, b.frobeniusNorm, try #require(found.angle))
    #expect(abs(found.distance - (x * x + y * y - 2 * x * y * cos(angle)).squareRoot()) < 1e-12)
    // On unit norms, √(2 − 2 cos).
    let unit = try OperatorAlignment((1 / x) * a, (1 / y) * b)
    #expect(abs(unit.distance - (2 - 2 * cos(try #require(unit.angle))).squareRoot()) < 1e-12)
    #expect(abs(try #require(unit.angle) - angle) < 1e-9)
  }

  @Test(arguments: [2, 3, 4, 5]) func isNoHigherThanAThousandDescentsFromAnywhere(n: Int) throws {
    var random = SeededGenerator(seed: UInt64(n))
    let (a, b) = (Matrix<Double>.gaussian(n, n, using: &random), Matrix<Double>.gaussian(n, n, using: &random))
    let found = try OperatorAlignment(a, b)
    // The slow and obvious search: many random matrices, each improved by small random turns that help.
    let objective = try ConjugationObjective(fixed: a, moving: b)
    var least = Double.infinity
    for _ in 0..<20 {
      var point = try Matrix<Double>.randomOrthogonal(n, using: &random)
      var (value, size) = (objective.value(at: objective.place(point)), 1.0)
      for _ in 0..<150 {
        let turn = try cayleyRotation(by: size * Matrix<Double>.gaussian(n, n, using: &random).skewPart)
        let moved = objective.value(at: objective.place(turn * point))
        if moved < value { (point, value) = (turn * point, moved) } else { size = max(0.9 * size, 1e-3) }
      }
      least = min(least, value)
    }
    #expect(found.distance <= (2 * least).squareRoot() * (1 + 1e-9))
    #expect(found.hasConverged && found.gradientNorm < 1e-5 && found.leastCurvature > -1e-6)
    #expect(found.distanceLowerBound <= found.distance && found.distanceLowerBound > 0)
  }

  @Test func neverBoundsADistanceFromAbove() throws {
    for seed in 0..<30 {
      var random = SeededGenerator(seed: UInt64(seed))
      let n = 2 + seed % 5
      let kinds = PlantedOperators.allCases
      let a = try kinds[seed % kinds.count].matrix(max(3, n), using: &random)
      let b = try kinds[(seed / 3) % kinds.count].matrix(max(3, n), using: &random)
      let found = try OperatorAlignment(a, b)
      for _ in 0..<20 {
        let turn = try Matrix<Double>.randomOrthogonal(a.rowCount, using: &random)
        let distance = (a - conjugated(b, by: turn)).frobeniusNorm
        #expect(found.distanceLowerBound <= distance * (1 + 1e-12))
        #expect(found.distance <= distance * (1 + 1e-9))
      }
    }
  }

  @Test func fillsUpTheSmallerOperatorWithZerosAndSaysSo() throws {
    let found = try OperatorAlignment(.diagonal([2, 1]), .diagonal([2.0]))
    #expect(abs(found.distance - 1) < 1e-14 && found.size == 2 && found.sides == [2, 1])
    // A direction at rest is free to take the place of one that decays.
    let opposite = try OperatorAlignment(.diagonal([1.0]), .diagonal([-1.0, 0]))
    #expect(abs(opposite.distance - 2.0.squareRoot()) < 1e-14)
    #expect(abs(try OperatorAlignment(.diagonal([1.0]), .diagonal([-1.0])).distance - 2) < 1e-14)
  }

  @Test func descendsFromMoreStartsAndNoHigherInAMoreThoroughSearch() throws {
    var random = SeededGenerator(seed: 9)
    let (a, b) = (Matrix<Double>.gaussian(24, 24, using: &random), Matrix<Double>.gaussian(24, 24, using: &random))
    let found = try [1, 3].map { try OperatorAlignment(a, b, search: AlignmentSearch(thoroughness: $0)) }
    #expect(found[1].descentCount > found[0].descentCount)
    #expect(found[1].distance <= found[0].distance * (1 + 1e-9))
    let told = try OperatorAlignment(a, b, search: AlignmentSearch(randomStartCount: 3, descentCount: 2))
    #expect(told.descentCount == 2)
  }

  @Test func givesAZeroOperatorADistanceButNoAngle() throws {
    let found = try OperatorAlignment(.zeros(3, 3), .diagonal([3, 4, 0]))
    #expect(found.distance == 5 && found.angle == nil && found.angleLowerBound == nil && found.isCertified)
    #expect(try OperatorAlignment(.zeros(2, 2), .zeros(2, 2)).distance == 0)
  }

  @Test func isTheSameWhateverTheUnits() throws {
    var random = SeededGenerator(seed: 8)
    let (a, b) = (Matrix<Double>.gaussian(4, 4, using: &random), Matrix<Double>.gaussian(4, 4, using: &random))
    let plain = try OperatorAlignment(a, b)
    for scale in [1e-100, 1e100] {
      let scaled = try OperatorAlignment(scale * a, scale * b)
      #expect(abs(scaled.distance / scale - plain.distance) < 1e-9)
    }
  }

  @Test func refusesWhatIsNoOperator() throws {
    let fine = Matrix<Double>.identity(2)
    #expect(throws: LinearAlgebraError.notSquare("comparison", shape: "2×3")) {
      try OperatorAlignment(fine, .zeros(2, 3))
    }
    #expect(throws: LinearAlgebraError.notFinite(row: 1, column: 0, value: "nan")) {
      try OperatorAlignment(fine, Matrix(rows: [[1, 0], [.nan, 1]]))
    }
    #expect(throws: LinearAlgebraError.notFinite(row: 0, column: 1, value: "inf")) {
      try OperatorAlignment(Matrix(rows: [[1, .infinity], [0, 1]]), fine)
    }
    #expect(throws: AnalysisError.tooFew("rows of an operator", count: 0, minimum: 1)) {
      try OperatorAlignment(.zeros(0, 0), fine)
    }
    #expect(throws: AnalysisError.outOfRange("size of an operator", 501, rule: "at most 500")) {
      try PreparedOperator(.zeros(501, 501))
    }
    #expect(throws: AnalysisError.outOfRange("padded size", 1, rule: "at least the operator's own, 2")) {
      try PreparedOperator(fine, paddedTo: 1)
    }
    #expect(throws: AnalysisError.outOfRange("norm of an operator", 1e200, rule: "at most 1e150")) {
      try PreparedOperator(.diagonal([1e200]))
    }
    #expect(
      throws: AnalysisError.sizeMismatch(
        "second operator", size: "prepared for 3", expected: "prepared for 2 as the first is")
    ) {
      try OperatorAlignment(PreparedOperator(fine), PreparedOperator(fine, paddedTo: 3))
    }
    #expect(throws: AnalysisError.outOfRange("thoroughness", 0, rule: "from 1 to 100")) {
      try OperatorAlignment(fine, fine, search: AlignmentSearch(thoroughness: 0))
    }
    #expect(throws: AnalysisError.outOfRange("number of descents", 0, rule: "from 1 to 1000")) {
      try OperatorAlignment(fine, fine, search: AlignmentSearch(descentCount: 0))
    }
    #expect(throws: AnalysisError.outOfRange("number of random starts", -1, rule: "from 0 to 1000")) {
      try OperatorAlignment(fine, fine, search: AlignmentSearch(randomStartCount: -1))
    }
  }
}
