import Foundation
import LinearAlgebra
import Testing

@testable import Analysis

@Suite struct FactorizationAnalysisTests {
  @Test func idealCodesWithNoiseAreWhatTheyAreAndRandomOnesNone() throws {
    let references = try FactorReferences(at: try Conditions.grid([12, 12]))
    for ideal in references.all.map(\.ideal) {
      let found = try concurrently(Array(1...20)) { seed in
        try Conditions.analysed(
          Conditions.noisy(ideal.activations, 0.1, seed: UInt64(seed)), references, seed: UInt64(seed), resamples: 5
        )
        .verdict.code
      }
      #expect(found.allSatisfy { $0 == ideal.code }, "\(ideal.code) is \(found.map { $0?.rawValue ?? "none" })")
    }
    let units = [30, 144, 300]
    let random = try concurrently(Array(1...20)) { seed in
      let count = units[seed % 3]
      var draws = SeededGenerator(seed: UInt64(seed))
      let code = Matrix(rowCount: 144, columnCount: count, entries: draws.gaussians(144 * count))
      return try Conditions.analysed(code, references, seed: UInt64(seed), resamples: 5).verdict.code
    }
    #expect(random.allSatisfy { $0 == nil }, "\(random.map { $0?.rawValue ?? "none" })")
  }

  @Test func measuresDoNotDependOnRotationScaleAndTranslation() throws {
    let references = try FactorReferences(at: try Conditions.grid([6, 7]))
    var random = SeededGenerator(seed: 4)
    let code = Conditions.noisy(try Conditions.ideal(.entangled, at: references.grid), 0.3, seed: 9)
    let turn = try QRFactorization(of: Matrix(rowCount: 5, columnCount: 5, entries: random.gaussians(25))).orthonormal
    let wide = Matrix(
      rowCount: 42, columnCount: 5, entries: (0..<42).flatMap { code.row($0) + [0, 0] })
    let moved = 3e4 * (wide * turn) + Matrix(rowCount: 42, columnCount: 5, repeating: 7)
    let (first, second) = (
      try Conditions.analysed(code, references, decodes: true),
      try Conditions.analysed(moved, references, decodes: true)
    )
    func near(_ left: Double?, _ right: Double?) -> Bool { abs((left ?? 9) - (right ?? -9)) < 1e-8 }
    #expect(near(first.geometry.participationRatio, second.geometry.participationRatio))
    #expect(near(first.geometry.additive.determination, second.geometry.additive.determination))
    #expect(near(first.geometry.tangents?.orthogonality[0]?.rms, second.geometry.tangents?.orthogonality[0]?.rms))
    #expect(near(first.geometry.subspaces.pairs[0].overlap, second.geometry.subspaces.pairs[0].overlap))
    for (one, other) in zip(first.similarities, second.similarities) {
      #expect(near(one.alignment, other.alignment))
      if one.code != .conjunctive { #expect(near(one.distanceCorrelation, other.distanceCorrelation)) }
    }
    #expect(near(first.decoding[0].determination, second.decoding[0].determination))
  }

  @Test func alignmentAndDistanceCorrelationAreTheirDefinitions() throws {
    let references = try FactorReferences(at: try Conditions.grid([4, 5]))
    var random = SeededGenerator(seed: 6)
    let code = Matrix(rowCount: 20, columnCount: 9, entries: random.gaussians(180))
    let found = try Conditions.analysed(code, references)
    func centred(_ rows: Matrix<Double>) -> Matrix<Double> { rows.centredColumns.rowGram }
    let own = centred(code)
    func distances(_ gram: Matrix<Double>) -> [Double] {
      (0..<20).flatMap { row in
        (0..<row).map { (gram[row, row] + gram[$0, $0] - 2 * gram[row, $0]).squareRoot() }
      }
    }
    for (similarity, reference) in zip(found.similarities, references.all) {
      let other = centred(reference.ideal.activations)
      if [.entangled, .conjunctive].contains(similarity.code) {
        let wanted = own.innerProduct(with: other) / (own.frobeniusNorm * other.frobeniusNorm)
        #expect(abs(similarity.alignment - wanted) < 1e-10)
      } else {
        // No other sizes of the two parts do better.
        let parts = reference.ideal.parts.map { centred(reference.ideal.activations.columns($0)) }
        let tried = stride(from: 0.0, through: 1, by: 0.01).map { weight -> Double in
          let mixed = weight * parts[0] + (1 - weight) * parts[1]
          return own.innerProduct(with: mixed) / (own.frobeniusNorm * mixed.frobeniusNorm)
        }
        #expect(abs(similarity.alignment - (tried.max() ?? 0)) < 1e-3)
        #expect(similarity.alignment >= (tried.max() ?? 0) - 1e-12)
      }
      guard similarity.code != .conjunctive else {
        #expect(similarity.distanceCorrelation == nil)
        continue
      }
      let (left, right) = (distances(own), distances(other))
      func deviations(_ values: [Double]) -> [Double] {
        let mean = values.reduce(0, +) / Double(values.count)
        return values.map { $0 - mean }
      }
      let (one, two) = (deviations(left), deviations(right))
      let wanted = zip(one, two).reduce(0) { $0 + $1.0 * $1.1 } / (norm(of: one) * norm(of: two))
      #expect(abs(try #require(similarity.distanceCorrelation) - wanted) < 1e-10)
    }
  }

  @Test func unequalCirclesAreFactorisedStill() throws {
    let references = try FactorReferences(at: try Conditions.grid([10, 10]))
    var code = try Conditions.ideal(.factorised, at: references.grid)
    for row in 0..<100 { for column in 2...3 { code[row, column] *= 0.3 } }
    let found = try Conditions.analysed(code, references)
    #expect(found.verdict.code == .factorised && found.verdict.support == 1)
    #expect(abs((found.verdict.alignments.first?.value ?? 0) - 1) < 1e-12)
  }

  @Test func factorsAreDecodedWhereTheyGeneraliseAndShuffledLabelsAreNot() throws {
    let references = try FactorReferences(at: try Conditions.grid([8, 9]))
    let apart = try Conditions.analysed(
      Conditions.ideal(.hyperFactorised, at: references.grid), references, decodes: true)
    let each = try Conditions.analysed(Conditions.ideal(.conjunctive, at: references.grid), references, decodes: true)
    for factor in 0..<2 {
      #expect(apart.decoding[factor].determination > 0.99)
      #expect(try #require(apart.decoding[factor].generalisation) > 0.99)
      #expect(apart.decoding[factor].control < 0.1)
      #expect(each.decoding[factor].determination < 0.1)
      #expect(try #require(each.decoding[factor].generalisation) < 0.1)
    }
  }

  @Test func boundedFactorsAndNamesHaveIdealsOfTheirOwn() throws {
    let labels = Conditions.labels([8, 3])
    let grid = try FactorGrid(labels: labels, factors: [Factor("x", .bounded), Factor("shape", .categorical)])
    #expect(grid.wraps == [false, true])
    let references = try FactorReferences(at: grid)
    #expect(references.all.map(\.ideal.code) == [.factorised, .hyperFactorised, .conjunctive])
    #expect(references.all[0].ideal.activations.columnCount == 4)
    let line = try #require(references.all[0].geometry.tangents)
    #expect(line.counts == [21, 24])
    #expect(abs(try #require(line.alongItself[0]).mean - 1) < 1e-12)
    for reference in references.all {
      #expect(
        try Conditions.analysed(reference.ideal.activations, references).verdict.code == reference.ideal.code)
    }
    let square = try FactorReferences(
      at: FactorGrid(labels: Conditions.labels([7, 9]), factors: [Factor("x", .bounded), Factor("y", .bounded)]))
    #expect(abs(square.all[0].geometry.participationRatio - 2) < 1e-12)
    for reference in square.all {
      #expect(try Conditions.analysed(reference.ideal.activations, square).verdict.code == reference.ideal.code)
    }
  }

  @Test func labelsAtRandomHaveNoTangentsButTheRest() throws {
    var random = SeededGenerator(seed: 5)
    let labels = Matrix(rowCount: 200, columnCount: 2, entries: (0..<400).map { _ in random.uniform(0..<32) })
    let grid = try FactorGrid(labels: labels, factors: [Factor("x", .periodic(32)), Factor("y", .periodic(32))])
    #expect(!grid.isGrid && grid.count == 200)
    let references = try FactorReferences(at: grid)
    #expect(references.all.map(\.ideal.code) == [.factorised, .entangled, .entangled])
    for reference in references.all {
      let found = try Conditions.analysed(
        Conditions.noisy(reference.ideal.activations, 0.1, seed: 3), references, decodes: true)
      #expect(found.geometry.tangents == nil)
      #expect(found.verdict.code == reference.ideal.code)
      // The cosine of the short way round is no linear function of a torus.
      #expect(found.decoding.allSatisfy { $0.determination > (reference.ideal.code == .factorised ? 0.95 : 0.4) })
    }
    let flat = try Conditions.analysed(references.all[0].ideal.activations, references)
    #expect(abs(flat.geometry.additive.determination - 1) < 1e-9)
  }

  @Test func levelsAreCountedModuloThePeriodAndSamplesOfOneConditionAreAveraged() throws {
    let labels = Matrix(
      rowCount: 8, columnCount: 2, entries: [0, 0, 4, 0, 1, 0, 2, 0, 3, 1, -1, 1, 1, 1, 8, 1])
    let grid = try FactorGrid(labels: labels, factors: [Factor("x", .periodic(4)), Factor("y", .bounded)])
    #expect(grid.levels == [[0, 1, 2, 3], [0, 1]])
    #expect(grid.samples == [[0, 1], [2], [3], [4, 5], [6], [7]])
    #expect(grid.neighbour(of: 5, along: 1) == nil && grid.neighbour(of: 3, along: 0) == 5)
    let means = grid.means(of: Matrix(rowCount: 8, columnCount: 1, entries: [1, 3, 5, 7, 2, 8, 1, 1]))
    #expect(means.entries == [2, 5, 7, 5, 1, 1])
  }

  @Test func whatCannotBeMeasuredIsRefusedInWords() throws {
    func refusal(_ work: () throws -> Void) -> String? {
      do {
        try work()
        return nil
      } catch let error as FactorizationError { return error.message } catch { return "\(error)" }
    }
    let factors = Conditions.periodic([4, 4])
    func grid(_ entries: [Double], _ columns: Int = 2, _ factors: [Factor]) throws {
      _ = try FactorGrid(
        labels: Matrix(rowCount: entries.count / columns, columnCount: columns, entries: entries), factors: factors)
    }
    let full = Conditions.labels([4, 4]).entries
    #expect(
      refusal { try grid(full, 4, factors) } == "factors have 4 columns; 2 factors are described")
    #expect(refusal { try grid(full, 1, [factors[0]]) } == "1 factor given; at least 2 are needed")
    #expect(
      refusal { try grid([0, .nan] + full, 2, factors) }
        == "the factor in row 0, column 1 is nan; every value must be finite")
    #expect(
      refusal { try grid((0..<16).flatMap { [Double($0), 3] }, 2, factors) }
        == "factor 'y' is 3 for every sample; it must have two values at least")
    #expect(
      refusal { try grid(full, 2, [factors[0], Factor("y", .periodic(-1))]) }
        == "the period of factor 'y' is -1; it must be a finite number above 0")
    #expect(
      refusal { try grid([0, 0, 0, 1, 1, 0], 2, factors) } == "3 different conditions given; at least 6 are needed")
    #expect(
      refusal { try grid(Conditions.labels([60, 60]).entries, 2, Conditions.periodic([60, 60])) }
        == "more than 3000 different conditions given; at most 3000 are compared with each other")
    let references = try FactorReferences(at: try Conditions.grid([4, 4]))
    #expect(
      refusal { _ = try Conditions.analysed(Matrix(rowCount: 16, columnCount: 2, repeating: 3), references) }
        == "all 16 conditions are represented alike; they have no geometry")
    #expect(
      refusal { _ = try Conditions.analysed(Matrix(rowCount: 15, columnCount: 2, repeating: 3), references) }
        == "factors are given for 16 samples; there are activations of 15")
    #expect(
      refusal { _ = try Conditions.analysed(Matrix(rowCount: 16, columnCount: 2, repeating: .infinity), references) }
        == "the activation in row 0, column 0 is inf; every value must be finite")
  }
}
