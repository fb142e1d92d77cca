import Diagnostics
import Foundation
import LinearAlgebra
import Testing

@testable import Analysis

@Suite struct RepresentationTests {
  // MARK: Numbers by NumPy and SciPy

  /// sin(0.7 i (j+1) + j) of samples i and units j, the second with a trend of 0.1 a sample.
  private static let first = Matrix(
    rowCount: 12, columnCount: 3,
    entries: (0..<36).map { place in
      let (i, j) = (Double(place / 3), Double(place % 3))
      return sin(0.7 * i * (j + 1) + j) + (j == 1 ? 0.1 * i : 0)
    })
  /// cos(0.9 i (j+1) − j), with a fifth of the first one's first unit.
  private static let second = Matrix(
    rowCount: 12, columnCount: 4,
    entries: (0..<48).map { place in
      let (i, j) = (Double(place / 4), Double(place % 4))
      return cos(0.9 * i * (j + 1) - j) + 0.2 * first[place / 4, 0]
    })

  private static func value<Measure: RepresentationMeasure>(
    _ measure: Measure, _ first: Matrix<Double>, _ second: Matrix<Double>
  ) throws -> Double {
    try measure.matrix(of: [Representation(first), Representation(second)])[0, 1]
  }

  private static func expect<Measure: RepresentationMeasure>(
    _ measure: Measure, _ expected: Double, _ first: Matrix<Double> = first, _ second: Matrix<Double> = second
  ) throws {
    let found = try value(measure, first, second)
    #expect(abs(found - expected) < 1e-12, "\(measure): \(found)")
  }

  /// arccos(‖XᵀY‖_*/(‖X‖ ‖Y‖)) and √(‖X‖² + ‖Y‖² − 2‖XᵀY‖_*) of centred X and Y; whitened, of U (α S + (1−α) rms(S)) Vᵀ.
  @Test func shapeDistancesAreTheReferences() throws {
    try Self.expect(ShapeDistance(), 1.197121185210932)
    try Self.expect(ShapeDistance(form: .euclidean), 5.216233468129326)
    try Self.expect(ShapeDistance(regularization: 0), 1.1949299240853553)
    try Self.expect(ShapeDistance(regularization: 0.25), 1.1950075990950317)
    try Self.expect(ShapeDistance(regularization: 0.5), 1.1953910355946418)
  }

  /// netrep's LinearMetric (commit 0186b8a) of these samples and the first three units of those, both scaled so that the root mean square of
  /// their singular values is 1; at the ends it is the same without scaling.
  @Test func shapeDistancesAreNetreps() throws {
    let three = Self.second.columns(0..<3)
    let scaled = try [Self.first, three].map { samples in
      let values = try singularValues(of: samples.centredColumns)
      return (1 / (norm(of: values) / Double(values.count).squareRoot())) * samples
    }
    for (alpha, angle, chord) in [
      (0.0, 1.1605360233000404, 1.8991871246941772), (0.25, 1.1643546313722992, 1.9047150713696617),
      (0.5, 1.168230206518644, 1.9103183857361778), (1, 1.1761201386062587, 1.9217034764244065),
    ] {
      try Self.expect(ShapeDistance(regularization: alpha), angle, Self.first, three)
      try Self.expect(ShapeDistance(regularization: alpha, form: .euclidean), chord, scaled[0], scaled[1])
    }
    try Self.expect(ShapeDistance(regularization: 0, form: .euclidean), 4.691088452963868, Self.first, three)
  }

  /// ‖XᵀY‖²/(‖XᵀX‖ ‖YᵀY‖), and the same of the estimator of Song et al. from kernels whose diagonal is 0.
  @Test func alignmentsAreTheReferences() throws {
    try Self.expect(KernelAlignment(), 0.2016803466212708)
    try Self.expect(KernelAlignment(isDebiased: true), -0.14842315589244168)
  }

  /// The mean of the singular values of UxᵀUy; of the components that hold 0.8 of the variance.
  @Test func canonicalCorrelationsAreTheReferences() throws {
    try Self.expect(CanonicalCorrelation(), 0.4238658406948194)
    try Self.expect(CanonicalCorrelation(explained: 0.8), 0.3717868750727866)
  }

  /// scipy.stats.pearsonr and spearmanr, and the cosine, of scipy.spatial.distance.pdist.
  @Test(arguments: [
    (SimilarityAnalysis.Dissimilarity.euclidean, [-0.11551975404650398, 0.0013151028076401215, 0.9002646878049257]),
    (.correlation, [-0.06601220005695112, -0.042020665901262924, 0.6914312505611616]),
  ])
  func dissimilaritiesAreComparedAsByTheReferences(
    dissimilarity: SimilarityAnalysis.Dissimilarity, expected: [Double]
  ) throws {
    for (comparison, value) in zip(SimilarityAnalysis.Comparison.allCases, expected) {
      try Self.expect(SimilarityAnalysis(dissimilarity: dissimilarity, comparison: comparison), value)
    }
  }

  @Test func neighboursAreTheReferences() throws { try Self.expect(NeighbourOverlap(neighbourCount: 3), 2.0 / 9) }

  // MARK: Closed forms

  @Test func rotationsOfOneAnglePlaneAreAsFarAsTheirAngle() throws {
    // One unit each, at an angle over the samples.
    for angle in [0, 1e-9, 1e-4, 0.3, 1.2, Double.pi / 2] {
      let along = [0.5, 0.5, -0.5, -0.5]
      let across = [0.5, -0.5, 0.5, -0.5]
      let turned = zip(along, across).map { cos(angle) * $0 + sin(angle) * $1 }
      let pair = (Matrix(column: along), Matrix(column: turned.map { 2 * $0 }))
      for alpha in [0, 0.4, 1] {
        let found = try Self.value(ShapeDistance(regularization: alpha), pair.0, pair.1)
        #expect(abs(found - angle) < 1e-14 + 1e-9 * angle, "\(angle): \(found)")
      }
      let chord = (1 + 4 - 4 * cos(angle)).squareRoot()
      #expect(abs(try Self.value(ShapeDistance(form: .euclidean), pair.0, pair.1) - chord) < 1e-12)
      #expect(abs(try Self.value(KernelAlignment(), pair.0, pair.1) - cos(angle) * cos(angle)) < 1e-12)
      #expect(abs(try Self.value(CanonicalCorrelation(), pair.0, pair.1) - cos(angle)) < 1e-12)
    }
  }

  @Test func whitenedAngleIsThatOfTheCanonicalCorrelations() throws {
    let (first, second) = Self.pair(seed: 3, samples: 30, units: (4, 6))
    let mean = try Self.value(CanonicalCorrelation(), first, second)
    let angle = try Self.value(ShapeDistance(regularization: 0), first, second)
    #expect(abs(cos(angle) - 4 * mean / 24.0.squareRoot()) < 1e-12)
  }

  @Test func debiasedAlignmentIsTheEstimatorOfTheKernels() throws {
    for (seed, units) in [(UInt64(1), (3, 5)), (2, (40, 8)), (3, (25, 60))] {
      let (first, second) = Self.pair(seed: seed, samples: 14, units: units)
      func criterion(_ left: Matrix<Double>, _ right: Matrix<Double>) -> Double {
        let count = Double(left.rowCount)
        func hollow(_ samples: Matrix<Double>) -> Matrix<Double> {
          var kernel = samples.rowGram
          for i in 0..<kernel.rowCount { kernel[i, i] = 0 }
          return kernel
        }
        let (k, l) = (hollow(left), hollow(right))
        let ones = [Double](repeating: 1, count: left.rowCount)
        let (sums, others) = (k * ones, l * ones)
        return
          (k.innerProduct(with: l) + sums.reduce(0, +) * others.reduce(0, +) / ((count - 1) * (count - 2))
          - 2 / (count - 2) * zip(sums, others).reduce(0) { $0 + $1.0 * $1.1 }) / (count * (count - 3))
      }
      let oracle =
        criterion(first, second) / (criterion(first, first) * criterion(second, second)).squareRoot()
      #expect(abs(try Self.value(KernelAlignment(isDebiased: true), first, second) - oracle) < 1e-11)
    }
  }

  @Test func debiasingUndoesTheLikenessOfManyUnits() throws {
    let pairs = (0..<30).map { Self.pair(seed: 100 + UInt64($0), samples: 20, units: (200, 200)) }
    let plain = try pairs.map { try Self.value(KernelAlignment(), $0.0, $0.1) }
    let debiased = try pairs.map { try Self.value(KernelAlignment(isDebiased: true), $0.0, $0.1) }
    #expect((plain.min() ?? 0) > 0.8)
    #expect(abs(debiased.reduce(0, +) / 30) < 0.03)
  }

  @Test func neighboursOverlapByChanceOnly() throws {
    let pairs = (0..<20).map { Self.pair(seed: 300 + UInt64($0), samples: 41, units: (3, 3)) }
    let measure = try NeighbourOverlap(neighbourCount: 8)
    let mean = try pairs.map { try Self.value(measure, $0.0, $0.1) }.reduce(0, +) / 20
    #expect(measure.chance(sampleCount: 41) == 0.2 && abs(mean - 0.2) < 0.03)
  }

  @Test func tiesShareTheirRank() {
    #expect(ranks(of: [3, 1, 3, 2, 3 + 1e-13]) == [4, 1, 4, 2, 4])
    #expect(ranks(of: []) == [])
  }

  // MARK: Laws

  private static func measures() throws -> [any RepresentationMeasure] {
    [
      try ShapeDistance(), try ShapeDistance(form: .euclidean), try ShapeDistance(regularization: 0),
      try ShapeDistance(regularization: 0.5), try ShapeDistance(regularization: 0.5, form: .euclidean),
      KernelAlignment(), KernelAlignment(isDebiased: true), try CanonicalCorrelation(),
      try CanonicalCorrelation(explained: 0.9), SimilarityAnalysis(), SimilarityAnalysis(comparison: .spearman),
      SimilarityAnalysis(comparison: .cosine), SimilarityAnalysis(dissimilarity: .correlation),
      try NeighbourOverlap(neighbourCount: 4),
    ]
  }

  private static func pair(
    seed: UInt64, samples: Int, units: (Int, Int)
  ) -> (Matrix<Double>, Matrix<Double>) {
    var random = SeededGenerator(seed: seed)
    return (
      .gaussian(samples, units.0, using: &random), .gaussian(samples, units.1, using: &random)
    )
  }

  private static func systems(seed: UInt64, samples: Int = 25) -> [Matrix<Double>] {
    var random = SeededGenerator(seed: seed)
    let shared = Matrix<Double>.gaussian(samples, 3, using: &random)
    return [3, 5, 2, 8].map { width in
      shared * Matrix<Double>.gaussian(3, width, using: &random) + 0.5
        * Matrix<Double>.gaussian(samples, width, using: &random)
    }
  }

  @Test func distancesObeyTheAxioms() throws {
    for seed in UInt64(1)...6 {
      let representations = try Self.systems(seed: seed).map { try Representation($0) }
      for measure in try Self.measures() where measure.kind == .distance {
        let matrix = try measure.matrix(of: representations)
        for i in 0..<4 {
          #expect(matrix[i, i] == 0)
          for j in 0..<4 {
            #expect(matrix[i, j] == matrix[j, i] && (i == j || matrix[i, j] > 1e-3))
            for k in 0..<4 { #expect(matrix[i, k] <= matrix[i, j] + matrix[j, k] + 1e-12) }
          }
        }
      }
    }
  }

  @Test func likenessIsInRangeAndSymmetric() throws {
    for seed in UInt64(1)...4 {
      let representations = try Self.systems(seed: seed).map { try Representation($0) }
      let reversed = Array(representations.reversed())
      for measure in try Self.measures() where measure.kind == .similarity {
        let matrix = try measure.matrix(of: representations)
        let other = try measure.matrix(of: reversed)
        for i in 0..<4 {
          #expect(matrix[i, i] == 1)
          for j in 0..<4 {
            #expect(matrix[i, j] == matrix[j, i] && (-1...1).contains(matrix[i, j]))
            #expect(abs(matrix[i, j] - other[3 - i, 3 - j]) < 1e-13)
          }
        }
      }
    }
  }

  /// Units are turned into others, more of them, and shifted.
  @Test func rotationAndTranslationChangeNothing() throws {
    var random = SeededGenerator(seed: 9)
    let samples = Self.systems(seed: 21)
    let turned = samples.map { system in
      let turn = Matrix<Double>.gaussian(system.columnCount + 2, system.columnCount, using: &random)
      let factors = try? SingularValueDecomposition(of: turn)
      let frame = factors.map { $0.leftVectors * $0.rightVectorsTransposed } ?? turn
      return (system * frame.transposed).mapColumns { $0 + Double($1) }
    }
    for measure in try Self.measures() where (measure as? SimilarityAnalysis)?.dissimilarity != .correlation {
      for (index, other) in turned.enumerated() {
        let rest = samples[(index + 1) % 4]
        let plain = try measure.pair(samples[index], rest)
        #expect(abs(plain - (try measure.pair(other, rest))) < 1e-10, "\(measure)")
        let same = try measure.pair(samples[index], other)
        #expect(abs(same - (measure.kind == .distance ? 0 : 1)) < 1e-12, "\(measure): \(same)")
      }
    }
  }

  @Test func scaleChangesOnlyEuclideanDistances() throws {
    let samples = Self.systems(seed: 4)
    for measure in try Self.measures() {
      let plain = try measure.pair(samples[0], samples[1])
      for scale in [1e-9, 7, 1e9, 1e160] {
        let scaled = try measure.pair(scale * samples[0], samples[1])
        if (measure as? ShapeDistance)?.form == .euclidean {
          #expect(abs(scaled - plain) > 0.1 && scaled.isFinite)
        } else {
          #expect(abs(scaled - plain) < 1e-11, "\(measure) at \(scale): \(scaled)")
        }
      }
    }
  }

  @Test func onlyWhiteningForgetsLinearMaps() throws {
    var random = SeededGenerator(seed: 17)
    let samples = Self.systems(seed: 8)[3]
    let mixed = samples * Matrix<Double>.gaussian(8, 8, using: &random)
    for measure in try Self.measures() {
      let found = try measure.pair(samples, mixed)
      let isForgetful =
        (measure as? ShapeDistance)?.regularization == 0 || (measure as? CanonicalCorrelation)?.explained == 1
      #expect((abs(found - (measure.kind == .distance ? 0 : 1)) < 1e-9) == isForgetful, "\(measure): \(found)")
    }
  }

  @Test func theOrderOfSamplesAndTheNumberOfPairsDoNotMatter() throws {
    let samples = Self.systems(seed: 5)
    let order = (0..<25).map { (7 * $0 + 3) % 25 }
    for measure in try Self.measures() {
      let whole = try measure.matrix(of: samples.map { try Representation($0) })
      let shuffled = try measure.matrix(
        of: samples.map { system in
          try Representation(
            Matrix(
              rowCount: 25, columnCount: system.columnCount, entries: order.flatMap { system.row($0) }))
        })
      #expect(whole.isApproximatelyEqual(to: shuffled, tolerance: 1e-11), "\(measure)")
      #expect(try measure.pair(samples[0], samples[2]) == whole[2, 0])
    }
  }

  @Test func constantUnitsAndRoundOffAreNoDirections() throws {
    let plain = Self.systems(seed: 6)[0]
    let wide = Matrix(
      rowCount: 25, columnCount: 5,
      entries: (0..<25).flatMap { row in plain.row(row) + [1e8 / 3, plain[row, 0]] })
    let representation = try Representation(wide)
    #expect(representation.rank == 3)
    #expect(try CanonicalCorrelation().pair(plain, wide) > 1 - 1e-9)
  }

  // MARK: Refusals

  @Test func refusalsAreSaid() throws {
    func said(_ body: () throws -> Void) -> String? {
      do {
        try body()
        return nil
      } catch { return (error as? any Diagnosable)?.message }
    }
    let (first, second) = try (Representation(Self.first), Representation(Self.second.rows(0..<11)))
    let simplex = try Representation(.identity(4))
    let steps = try Representation(Matrix(column: [1, 2, 4, 9]))
    let found = [
      said { _ = try Representation(Self.first.rows(0..<2)) },
      said { _ = try Representation(Matrix(rowCount: 4, columnCount: 2, repeating: 0.1)) },
      said { _ = try Representation(Matrix(column: [1, .nan, 3])) },
      said { _ = try KernelAlignment().matrix(of: [first]) },
      said { _ = try KernelAlignment().matrix(of: [first, second]) },
      said { _ = try ShapeDistance(regularization: 1.5) },
      said { _ = try ShapeDistance(regularization: .nan) },
      said { _ = try CanonicalCorrelation(explained: 0) },
      said { _ = try NeighbourOverlap(neighbourCount: 0) },
      said { _ = try NeighbourOverlap(neighbourCount: 3).matrix(of: [simplex, steps]) },
      said { _ = try SimilarityAnalysis().matrix(of: [simplex, steps]) },
      said { _ = try SimilarityAnalysis(dissimilarity: .correlation).matrix(of: [steps, steps]) },
      said {
        let few = try Representation(Self.first.rows(0..<3))
        _ = try KernelAlignment(isDebiased: true).matrix(of: [few, few])
      },
      said { _ = try KernelAlignment(isDebiased: true).matrix(of: [simplex, steps]) },
    ]
    #expect(
      found == [
        "samples: 2 given; at least 3 are needed", "variance of the samples is 0; it must be a finite number above 0",
        "entry in row 1, column 0 is nan; every entry must be a finite number",
        "systems: 1 given; at least 2 are needed",
        "number of samples of system 2 is 11; it must be 12, as the first has",
        "regularisation is 1.5; it must be from 0 to 1", "regularisation is nan; it must be from 0 to 1",
        "share of variance is 0; it must be above 0 and at most 1", "neighbours: 0 given; at least 1 are needed",
        "samples for 3 neighbours: 4 given; at least 5 are needed",
        "variance of the dissimilarities is 0; it must be a finite number above 0",
        "variance of sample 0 over the units is 0; it must be a finite number above 0",
        "samples for debiased alignment: 3 given; at least 4 are needed",
        "unbiased criterion of a system and itself is 0; it must be a finite number above 0",
      ])
  }
}

extension RepresentationMeasure {
  /// The measure of two systems.
  fileprivate func pair(_ first: Matrix<Double>, _ second: Matrix<Double>) throws -> Double {
    try matrix(of: [Representation(first), Representation(second)])[0, 1]
  }
}
