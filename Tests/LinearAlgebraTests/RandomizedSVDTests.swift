import LinearAlgebra
import Testing

@Suite struct RandomizedSVDTests {
  private func largest(_ count: Int, of matrix: Matrix<Double>, powers: Int = 2, seed: UInt64 = 1) throws
    -> RandomizedSVD
  {
    var random = SeededGenerator(seed: seed)
    return try RandomizedSVD(of: matrix, count: count, powerIterations: powers, using: &random)
  }

  @Test(arguments: shapes) func findsEveryValueOfSmallMatrices(rows: Int, columns: Int) throws {
    let matrix = Matrix<Double>.seeded(rows, columns, seed: 9)
    let found = try largest(100, of: matrix)
    let exact = try singularValues(of: matrix)
    #expect(found.values.count == exact.count && found.errorBounds.count == exact.count)
    #expect(zip(found.values, exact).allSatisfy { abs($0 - $1) < 1e-12 * max(1, exact.first ?? 0) })
    #expect(found.leftVectors.orthonormalityDefect < 1e-12 && found.rightVectors.orthonormalityDefect < 1e-12)
    let back = (matrix.transposed * found.leftVectors) - found.rightVectors * .diagonal(found.values)
    #expect(back.frobeniusNorm < 1e-11 * max(1, exact.first ?? 0))
  }

  @Test func isGoodWhereValuesFallFastAndSaysSo() throws {
    let map = try KnownMap((0..<60).map { 1 / Double(1 << min($0, 50)) }, rows: 80, columns: 60)
    let found = try largest(8, of: map.matrix)
    #expect(zip(found.values, map.values).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(found.errorBounds.allSatisfy { $0 < 1e-6 })
    #expect(found.productCount == 3 * 16 * 2 + 9)
  }

  @Test func isPoorOnAFlatTopAndSaysSo() throws {
    let map = try KnownMap((0..<200).map { 6 - 0.004 * Double($0) }, rows: 200, columns: 200)
    let found = try largest(10, of: map.matrix)
    let errors = zip(map.values, found.values).map { $0 - $1 }
    #expect(errors.allSatisfy { $0 > 0 } && (errors.max() ?? 0) > 0.02)
    // A true value is as near as each bound says, though it may not be the one of the same rank.
    for (value, bound) in zip(found.values, found.errorBounds) {
      #expect(map.values.contains { abs($0 - value) <= bound } && bound > 0.01)
    }
    // The same products in Lanczos' process give much more.
    var random = SeededGenerator(seed: 1)
    let better = try GolubKahanLanczos(of: map.matrix, count: 10, limit: found.productCount / 2, using: &random)
    #expect(better.productCount <= found.productCount + 16)
    let betterError = zip(map.values, better.values).map { $0 - $1 }.max() ?? 0
    #expect(betterError < 0.5 * (errors.max() ?? 0))
  }

  @Test func findsRanksAndZero() throws {
    let found = try largest(6, of: .seeded(20, 15, rank: 2))
    #expect(found.values.count { $0 > 1e-9 } == 2 && found.values.count == 6)
    #expect(found.rightVectors.orthonormalityDefect < 1e-12)
    let zero = try largest(3, of: .zeros(7, 5))
    #expect(zero.values == [0, 0, 0] && zero.errorBounds == [0, 0, 0])
    #expect(try largest(0, of: .seeded(3, 3)).values.isEmpty)
  }

  @Test func sameSeedSameBytes() throws {
    let matrix = Matrix<Double>.seeded(30, 20)
    #expect(try largest(4, of: matrix) == largest(4, of: matrix))
    #expect(try largest(4, of: matrix) != largest(4, of: matrix, seed: 2))
  }
}
