import LinearAlgebra
import Testing

@Suite struct GolubKahanLanczosTests {
  private func largest(
    _ count: Int, of matrix: Matrix<Double>, tolerance: Double = 1e-10, blockSize: Int = 8, limit: Int? = nil,
    seed: UInt64 = 1
  ) throws -> GolubKahanLanczos {
    var random = SeededGenerator(seed: seed)
    return try GolubKahanLanczos(
      of: matrix, count: count, tolerance: tolerance, blockSize: blockSize, limit: limit, using: &random)
  }

  /// What must hold whatever the spectrum: shapes, order, orthonormal vectors, A v = σ u, honest bounds.
  private func checkLaws(_ found: GolubKahanLanczos, of matrix: Matrix<Double>, count: Int) throws {
    let all = try singularValues(of: matrix)
    let kept = min(count, all.count)
    let scale = max(all.first ?? 0, .leastNormalMagnitude)
    #expect(found.values.count == kept && found.errorBounds.count == kept && found.isConverged.count == kept)
    #expect(found.leftVectors.rowCount == matrix.rowCount && found.leftVectors.columnCount == kept)
    #expect(found.rightVectors.rowCount == matrix.columnCount && found.rightVectors.columnCount == kept)
    #expect(found.values == found.values.sorted(by: >))
    #expect(found.leftVectors.orthonormalityDefect < 1e-12)
    #expect(found.rightVectors.orthonormalityDefect < 1e-12)
    let images = matrix * found.rightVectors - found.leftVectors * .diagonal(found.values)
    #expect(images.frobeniusNorm <= 1e-9 * scale)
    for (index, value) in found.values.enumerated() {
      #expect(value <= all[index] + 1e-12 * scale, "no value exceeds the true one")
      if found.isConverged[index] {
        #expect(all[index] - value <= max(found.errorBounds[index], 1e-13 * scale), "value \(index)")
      }
      let column = found.rightVectors.column(index)
      #expect(column.max { abs($0) < abs($1) } ?? 1 > 0)
    }
  }

  @Test(arguments: shapes) func findsEveryValueOfSmallMatrices(rows: Int, columns: Int) throws {
    let matrix = Matrix<Double>.seeded(rows, columns, seed: 9)
    for blockSize in [1, 3, 8] {
      let found = try largest(100, of: matrix, blockSize: blockSize)
      try checkLaws(found, of: matrix, count: 100)
      #expect(found.hasConverged)
      let slow = SlowAndObvious.singularValues(of: matrix)
      #expect(zip(found.values, slow).allSatisfy { abs($0 - $1) < 1e-12 * max(1, slow.first ?? 0) })
    }
  }

  @Test(arguments: [(60, 40), (40, 60), (50, 50)]) func findsTheLargestFew(rows: Int, columns: Int) throws {
    let matrix = Matrix<Double>.seeded(rows, columns, seed: 2)
    let found = try largest(5, of: matrix)
    try checkLaws(found, of: matrix, count: 5)
    #expect(found.hasConverged)
    #expect(zip(found.values, try singularValues(of: matrix)).allSatisfy { abs($0 - $1) < 1e-10 * $1 })
  }

  @Test func keepsToFewProductsOnADenoiser() throws {
    // Kept directions above a broad floor, and a few large values wanted: a small part of the 400 + 400 of the whole matrix.
    let map = try KnownMap(denoiserSpectrum(kept: 24, of: 400), rows: 400, columns: 400)
    let found = try largest(10, of: map.matrix, tolerance: 1e-8)
    try checkLaws(found, of: map.matrix, count: 10)
    #expect(found.hasConverged)
    #expect(zip(found.values, map.values).allSatisfy { abs($0 - $1) < 1e-8 })
    #expect(found.productCount <= 120, "\(found.productCount)")
    #expect(found.forwardCount + found.transposedCount == found.productCount)
  }

  @Test(arguments: [1, 4, 8]) func findsAllCopiesOfAValue(blockSize: Int) throws {
    // A projector on 20 of 60 directions, beside two larger values: one start shows only as many copies as it has vectors.
    let map = try KnownMap([3, 2] + Array(repeating: 1, count: 20), rows: 60, columns: 60)
    for count in [5, 22, 30] {
      let found = try largest(count, of: map.matrix, blockSize: blockSize)
      try checkLaws(found, of: map.matrix, count: count)
      #expect(found.hasConverged)
      #expect(zip(found.values, map.values).allSatisfy { abs($0 - $1) < 1e-12 }, "\(count) by blocks of \(blockSize)")
    }
  }

  @Test func tellsApartWhatIsNearlyEqual() throws {
    let crowd = (0..<12).map { 1 - 1e-6 * Double($0) }
    let map = try KnownMap(crowd + (0..<60).map { 0.5 - 0.008 * Double($0) }, rows: 80, columns: 72)
    let found = try largest(12, of: map.matrix, tolerance: 1e-9)
    try checkLaws(found, of: map.matrix, count: 12)
    #expect(found.hasConverged)
    #expect(zip(found.values, map.values).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  @Test func saysWhereAFlatTopIsNotResolved() throws {
    let map = try KnownMap((0..<300).map { 6 - 0.004 * Double($0) }, rows: 300, columns: 300)
    let found = try largest(10, of: map.matrix, limit: 40)
    try checkLaws(found, of: map.matrix, count: 10)
    #expect(!found.hasConverged)
    // The bounds speak of a value nearby, and tell how near.
    for (value, bound) in zip(found.values, found.errorBounds) where bound > 0.01 {
      #expect(map.values.contains { abs($0 - value) <= bound })
    }
    #expect(found.forwardCount <= 48)
    // With room it is.
    let more = try largest(10, of: map.matrix, tolerance: 1e-8, limit: 300)
    #expect(more.hasConverged)
    #expect(zip(more.values, map.values).allSatisfy { abs($0 - $1) < 1e-7 })
  }

  @Test(arguments: [(30, 20, 3), (20, 30, 3), (25, 25, 1), (25, 25, 8), (40, 9, 9)])
  func findsTheRank(rows: Int, columns: Int, rank: Int) throws {
    let matrix = Matrix<Double>.seeded(rows, columns, rank: rank, seed: 6)
    let found = try largest(12, of: matrix)
    try checkLaws(found, of: matrix, count: 12)
    #expect(found.hasConverged)
    #expect(found.values.count { $0 > 1e-9 } == min(12, rank))
    #expect(found.productCount <= 4 * max(rank, 8) + 16, "nothing is left to ask after")
  }

  @Test func findsNothingInZero() throws {
    for (rows, columns) in shapes {
      let zero = Matrix<Double>.zeros(rows, columns)
      let found = try largest(3, of: zero)
      try checkLaws(found, of: zero, count: 3)
      #expect(found.hasConverged && found.values.allSatisfy { $0 == 0 } && found.errorBounds.allSatisfy { $0 == 0 })
    }
  }

  @Test func asksForNothingWhereNothingIsWanted() throws {
    let found = try largest(0, of: .seeded(5, 4))
    #expect(found.values.isEmpty && found.productCount == 0 && found.hasConverged)
    #expect(try largest(-3, of: .seeded(5, 4)).values.isEmpty)
  }

  @Test(arguments: [1e-150, 1e150]) func doesNotMindTheScale(scale: Double) throws {
    let matrix = Matrix<Double>.seeded(30, 20, seed: 8)
    let plain = try largest(4, of: matrix)
    let scaled = try largest(4, of: scale * matrix)
    #expect(zip(plain.values, scaled.values).allSatisfy { abs($1 / scale - $0) < 1e-9 * plain.values[0] })
    #expect(scaled.hasConverged)
  }

  @Test func sameSeedSameBytesOtherSeedSameValues() throws {
    let map = try KnownMap(denoiserSpectrum(kept: 12, of: 90), rows: 90, columns: 90)
    let (first, again, other) = (
      try largest(6, of: map.matrix), try largest(6, of: map.matrix), try largest(6, of: map.matrix, seed: 99)
    )
    #expect(first == again)
    #expect(first != other)
    #expect(zip(first.values, other.values).allSatisfy { abs($0 - $1) < 1e-10 })
  }

  @Test func tellsItsProgress() throws {
    var random = SeededGenerator(seed: 1)
    var counts: [Int] = []
    let found = try GolubKahanLanczos(of: Matrix.seeded(40, 30), count: 4, using: &random) { counts.append($0) }
    #expect(counts == counts.sorted() && counts.last == found.productCount && counts.count > 1)
  }

  @Test func refusesImagesThatAreNone() throws {
    var random = SeededGenerator(seed: 1)
    #expect(throws: LinearAlgebraError.shapeMismatch("image", "4×3 operator", "2×3 block")) {
      _ = try GolubKahanLanczos(of: BrokenMap(image: .zeros(2, 3)), count: 2, using: &random)
    }
    var spoilt = Matrix<Double>.zeros(4, 3)
    spoilt[2, 1] = .nan
    #expect(throws: LinearAlgebraError.notFinite(row: 2, column: 1, value: "nan")) {
      _ = try GolubKahanLanczos(of: BrokenMap(image: spoilt), count: 2, using: &random)
    }
  }
}
