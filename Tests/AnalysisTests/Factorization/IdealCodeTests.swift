import Foundation
import LinearAlgebra
import Testing

@testable import Analysis

/// Grids of conditions, and codes at them.
enum Conditions {
  /// All combinations, the last factor varying fastest.
  static func labels(_ counts: [Int], step: Double = 1) -> Matrix<Double> {
    let rows = counts.reduce([[Double]]([[]])) { rows, count in
      rows.flatMap { row in (0..<count).map { row + [step * Double($0)] } }
    }
    return Matrix(rowCount: rows.count, columnCount: counts.count, entries: rows.flatMap { $0 })
  }

  /// Factors that go round, as often as there are levels.
  static func periodic(_ counts: [Int]) -> [Factor] {
    counts.enumerated().map { Factor("xyz".map(String.init)[$0], .periodic(Double($1))) }
  }

  static func grid(_ counts: [Int]) throws -> FactorGrid {
    try FactorGrid(labels: labels(counts), factors: periodic(counts))
  }

  static func ideal(_ code: FactorCode, at grid: FactorGrid, major: Int = 0) throws -> Matrix<Double> {
    try #require(IdealCode(code, at: grid, major: major)).activations
  }

  /// A code with noise of so many of its standard deviations.
  static func noisy(_ code: Matrix<Double>, _ share: Double, seed: UInt64) -> Matrix<Double> {
    var random = SeededGenerator(seed: seed)
    let deviation = code.centredColumns.frobeniusNorm / Double(code.entries.count).squareRoot()
    return code
      + Matrix(
        rowCount: code.rowCount, columnCount: code.columnCount,
        entries: random.gaussians(code.entries.count).map { share * deviation * $0 })
  }

  static func analysed(
    _ code: Matrix<Double>, _ references: FactorReferences, seed: UInt64 = 1, resamples: Int = 20,
    decodes: Bool = false
  ) throws -> FactorizationAnalysis {
    var random = SeededGenerator(seed: seed)
    return try FactorizationAnalysis(
      of: code, with: references, resampleCount: resamples, isDecoded: decodes, using: &random)
  }
}

@Suite struct IdealCodeTests {
  /// One row of the table of closed forms at 32 × 32 conditions and unit steps.
  struct Row: Sendable, CustomTestStringConvertible {
    let code: FactorCode
    let (meanAbsolute, rms): (Double, Double)
    let parallelism: [Double]
    let (along, alongRMS): (Double, Double)
    let participationRatio: Double
    let additive: Double
    var testDescription: String { code.rawValue }
  }

  static let table = [
    Row(
      code: .factorised, meanAbsolute: 0, rms: 0, parallelism: [1, 1], along: -0.0323, alongRMS: 0.6956,
      participationRatio: 4, additive: 1),
    Row(
      code: .entangled, meanAbsolute: 0.4066, rms: 0.5, parallelism: [1, 0.4839], along: -0.0323, alongRMS: 0.6956,
      participationRatio: 2.4096, additive: 0.9),
    Row(
      code: .hyperFactorised, meanAbsolute: 0, rms: 0, parallelism: [1, 1], along: -0.0323, alongRMS: 0.127,
      participationRatio: 62, additive: 1),
    Row(
      code: .conjunctive, meanAbsolute: 0.002, rms: 0.031, parallelism: [0, 0], along: -0.0323, alongRMS: 0.127,
      participationRatio: 1023, additive: 2.0 / 33),
  ]

  @Test(arguments: table) func idealCodesAtThirtyTwoByThirtyTwoAreTheirClosedForms(row: Row) throws {
    let grid = try Conditions.grid([32, 32])
    let ideal = try #require(IdealCode(row.code, at: grid))
    let geometry = try CodeGeometry(
      gram: ideal.activations.centredColumns.rowGram, grid: grid, design: FactorDesign(grid))
    let tangents = try #require(geometry.tangents)
    let apart = try #require(tangents.orthogonality[0])
    #expect(apart.count == 1024 * 1024)
    #expect(abs(apart.meanAbsolute - row.meanAbsolute) < 5e-4)
    #expect(abs(apart.rms - row.rms) < 5e-4)
    for (factor, wanted) in row.parallelism.enumerated() {
      #expect(abs(try #require(tangents.parallelism[factor]).mean - wanted) < 5e-5)
    }
    #expect(abs(try #require(tangents.alongItself[0]).mean - row.along) < 5e-5)
    #expect(abs(try #require(tangents.alongItself[0]).rms - row.alongRMS) < 5e-4)
    #expect(abs(geometry.participationRatio / row.participationRatio - 1) < 2e-5)
    #expect(abs(geometry.additive.determination - row.additive) < 1e-9)
  }

  @Test func cosinesAreThoseOfTangentsOneByOne() throws {
    let grid = try Conditions.grid([5, 4])
    var random = SeededGenerator(seed: 3)
    let code = Matrix(rowCount: 20, columnCount: 7, entries: random.gaussians(140))
    let found = TangentCosines(gram: code.rowGram, grid: grid)
    func tangent(_ x: Int, _ y: Int, _ along: Int) -> [Double] {
      let (end, base) = (along == 0 ? ((x + 1) % 5) * 4 + y : x * 4 + (y + 1) % 4, x * 4 + y)
      let difference = zip(code.row(end), code.row(base)).map { $0 - $1 }
      let length = norm(of: difference)
      return difference.map { $0 / length }
    }
    func cosine(_ first: [Double], _ second: [Double]) -> Double { zip(first, second).reduce(0) { $0 + $1.0 * $1.1 } }
    var (apart, parallel, along): ([Double], [Double], [Double]) = ([], [], [])
    for (x, y) in (0..<20).map({ ($0 / 4, $0 % 4) }) {
      for (left, up) in (0..<20).map({ ($0 / 4, $0 % 4) }) {
        apart.append(cosine(tangent(x, y, 0), tangent(left, up, 1)))
        if x == left, y != up { parallel.append(cosine(tangent(x, y, 0), tangent(left, up, 0))) }
        if x == left, y != up { along.append(cosine(tangent(x, y, 1), tangent(left, up, 1))) }
      }
    }
    func expect(_ statistics: TangentCosines.Statistics?, _ cosines: [Double]) throws {
      let statistics = try #require(statistics)
      let count = Double(cosines.count)
      #expect(statistics.count == cosines.count)
      #expect(abs(statistics.mean - cosines.reduce(0, +) / count) < 1e-12)
      #expect(abs(statistics.meanAbsolute - cosines.reduce(0) { $0 + abs($1) } / count) < 1e-12)
      #expect(abs(statistics.rms - (cosines.reduce(0) { $0 + $1 * $1 } / count).squareRoot()) < 1e-12)
      #expect(abs(statistics.shares.reduce(0, +) - 1) < 1e-12)
    }
    try expect(found.orthogonality[0], apart)
    try expect(found.parallelism[0], parallel)
    try expect(found.alongItself[1], along)
  }

  @Test(arguments: [(2.0, 1.0), (4.0, 1.0), (1.5, 1.0)])
  func additiveModelOfTheTorusHasItsClosedForm(_ major: Double, _ minor: Double) throws {
    let grid = try Conditions.grid([12, 16])
    let rows = (0..<grid.count).flatMap { condition -> [Double] in
      let (u, v) = (2 * .pi * grid.value(of: condition, 0) / 12, 2 * .pi * grid.value(of: condition, 1) / 16)
      return [(major + minor * cos(v)) * cos(u), (major + minor * cos(v)) * sin(u), minor * sin(v)]
    }
    let code = Matrix(rowCount: grid.count, columnCount: 3, entries: rows)
    let found = try AdditiveModel(gram: code.centredColumns.rowGram, grid: grid, design: FactorDesign(grid))
    let (large, small) = (major * major, minor * minor)
    #expect(abs(found.determination - (large + small / 2) / (large + small)) < 1e-12)
    #expect(abs(found.separability[1] - 0.5) < 1e-12)
    #expect(abs(found.separability[0] - large / (large + small / 2)) < 1e-12)
    #expect(abs(found.shares[0] - large / (large + small)) < 1e-12)
  }

  @Test func additiveModelOfThreeFactorsLeavesOutTheirInteraction() throws {
    let grid = try Conditions.grid([3, 4, 5])
    var random = SeededGenerator(seed: 8)
    let parts = [3, 4, 5].map { count in (0..<count).map { _ in random.gaussians(6) } }
    let sums = grid.places.flatMap { place in
      (0..<6).map { unit in parts.enumerated().reduce(0) { $0 + $1.element[place[$1.offset]][unit] } }
    }
    let additive = Matrix(rowCount: 60, columnCount: 6, entries: sums)
    let design = try FactorDesign(grid)
    let whole = try AdditiveModel(gram: additive.centredColumns.rowGram, grid: grid, design: design)
    #expect(abs(whole.determination - 1) < 1e-12)
    #expect(abs(whole.shares.reduce(0, +) - 1) < 1e-12)
    // One unit for each combination: 9 of 59 directions are additive.
    let each = try AdditiveModel(
      gram: Matrix<Double>.identity(60).centredColumns.rowGram, grid: grid, design: design)
    #expect(abs(each.determination - 9.0 / 59) < 1e-12)
  }

  @Test func additiveModelWithoutSomeCombinationsIsLeastSquares() throws {
    let all = Conditions.labels([5, 6])
    let kept = (0..<30).filter { ![0, 7, 8, 20].contains($0) }
    let grid = try FactorGrid(labels: all.selectingRows(kept), factors: Conditions.periodic([5, 6]))
    #expect(grid.isGrid && !grid.isComplete)
    var random = SeededGenerator(seed: 2)
    let code = Matrix(rowCount: 26, columnCount: 3, entries: random.gaussians(78)).centredColumns
    let found = try AdditiveModel(gram: code.rowGram, grid: grid, design: FactorDesign(grid))
    func squares(_ factors: [Int]) throws -> Double {
      let rows = kept.map { row in
        [1] + (factors.contains(0) ? (0..<5).map { $0 == row / 6 ? 1.0 : 0 } : [])
          + (factors.contains(1) ? (0..<6).map { $0 == row % 6 ? 1.0 : 0 } : [])
      }
      let design = Matrix(rowCount: 26, columnCount: rows[0].count, entries: rows.flatMap { $0 })
      let rest = code - design * (try LeastSquares(design, code, relativeTolerance: 1e-10).solution)
      return rest.frobeniusNorm * rest.frobeniusNorm
    }
    let total = code.frobeniusNorm * code.frobeniusNorm
    #expect(abs(found.determination - (1 - (try squares([0, 1])) / total)) < 1e-12)
    #expect(abs(found.shares[0] - ((try squares([1])) - (try squares([0, 1]))) / total) < 1e-12)
  }

  @Test func subspacesOfFactorsApartDoNotOverlapAndOfSharedOnesDo() throws {
    let grid = try Conditions.grid([8, 8])
    let design = try FactorDesign(grid)
    let apart = try FactorSubspaces(
      gram: Conditions.ideal(.factorised, at: grid).centredColumns.rowGram, design: design)
    #expect(apart.dimensions == [2, 2])
    #expect(apart.pairs[0].overlap < 1e-12)
    #expect(apart.pairs[0].angles.allSatisfy { abs($0 - 90) < 1e-6 })
    // Both factors on one circle.
    let shared = Matrix(
      rowCount: 64, columnCount: 2,
      entries: (0..<64).flatMap { index -> [Double] in
        let (u, v) = (2 * Double.pi * Double(index / 8) / 8, 2 * Double.pi * Double(index % 8) / 8)
        return [cos(u) + cos(v), sin(u) + sin(v)]
      })
    let found = try FactorSubspaces(gram: shared.centredColumns.rowGram, design: design)
    #expect(abs(found.pairs[0].overlap - 1) < 1e-12)
    #expect(found.pairs[0].angles.allSatisfy { abs($0) < 1e-4 })
    // A plane turned by 30 degrees out of another: cos² is ¾ along one of two axes.
    let turned = Matrix(
      rowCount: 64, columnCount: 4,
      entries: (0..<64).flatMap { index -> [Double] in
        let (u, v) = (2 * Double.pi * Double(index / 8) / 8, 2 * Double.pi * Double(index % 8) / 8)
        return [cos(u) + cos(Double.pi / 6) * cos(v), sin(u), sin(Double.pi / 6) * cos(v), sin(v)]
      })
    let tilted = try FactorSubspaces(gram: turned.centredColumns.rowGram, design: design)
    #expect(abs(tilted.pairs[0].angles[0] - 30) < 1e-6 && abs(tilted.pairs[0].angles[1] - 90) < 1e-6)
    #expect(abs(tilted.pairs[0].overlap - 0.375) < 1e-12)
  }
}
