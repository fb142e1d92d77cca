import Analysis
import Diagnostics
import Foundation
import LinearAlgebra
import Networks
import Probing

/// What is known of the data, as a notebook says it.
public struct TheoryParameters: Codable, Hashable, Sendable {
  /// The factor F of x₀ = F z, d×m.
  public var factor: SourceReference?
  /// The covariance of the data, d×d.
  public var covariance: SourceReference?
  /// The variances s² of a random factor's groups of columns.
  public var variances: [Double]?
  /// The number of columns in each group.
  public var counts: [Int]?
  /// By what the variance of the factor's entries is divided: `ambient` (d, default) or `latent` (m).
  public var normalization: FactorNormalization?

  func validate() throws(ParameterError) {
    if factor != nil, covariance != nil {
      throw .rule("theory.covariance", is: "given beside 'factor'", mustBe: "left out where 'factor' is given")
    }
    if factor == nil, covariance == nil, variances == nil {
      throw .missing("theory.variances", "say what is known: 'factor', 'covariance', or 'variances' with 'counts'")
    }
    guard let variances else {
      if counts != nil { throw .missing("theory.variances", "'counts' needs the variances they are of") }
      if normalization != nil { throw .missing("theory.variances", "'normalization' needs the variances it is of") }
      return
    }
    guard let counts else { throw .missing("theory.counts", "say how many directions have each variance") }
    guard variances.count == counts.count, !variances.isEmpty, variances.count <= 64 else {
      throw .rule(
        "theory.counts", is: "\(counts.count) long", mustBe: "as long as 'variances', from 1 to 64 values")
    }
    for variance in variances where !(variance > 0 && variance.isFinite) {
      throw .rule("theory.variances", is: variance, mustBe: "above 0 and finite")
    }
    for count in counts where !(1...1_000_000).contains(count) {
      throw .rule("theory.counts", is: count, mustBe: "from 1 to 1000000")
    }
  }

  func theory(dimension: Int, bench: some Bench) throws -> SpectralTheory {
    var manifold: LinearManifold?
    if let reference = factor {
      let array = try bench.array(reference)
      guard array.shape.count == 2, array.shape[0] == dimension else {
        throw BenchError.wrongShape(
          reference.name, shape: array.shape, rule: "a factor of \(dimension) rows, as the points have coordinates")
      }
      manifold = try LinearManifold(
        factor: Matrix(rowCount: array.shape[0], columnCount: array.shape[1], entries: array.values))
    } else if let reference = covariance {
      let array = try bench.array(reference)
      guard array.shape == [dimension, dimension] else {
        throw BenchError.wrongShape(
          reference.name, shape: array.shape, rule: "a covariance of size \(dimension)×\(dimension)")
      }
      manifold = try LinearManifold(
        covariance: Matrix(rowCount: dimension, columnCount: dimension, entries: array.values))
    }
    var law: SilversteinLaw?
    if let variances, let counts {
      let total = counts.reduce(0, +)
      guard total <= dimension else {
        throw ParameterError.rule(
          "theory.counts", is: "\(total) in all", mustBe: "at most \(dimension), the points' dimension")
      }
      law = try SilversteinLaw(
        groups: zip(variances, counts).map { SilversteinLaw.Group(variance: $0, count: $1) },
        ambientDimension: dimension, normalization: normalization ?? .ambientDimension)
    }
    return try SpectralTheory(manifold: manifold, law: law, dimension: dimension)
  }
}

extension FactorNormalization: ParameterChoice {}

/// The predictions for a data distribution: exact where its factor or covariance is known, from random-matrix theory where
/// only the variances are.
struct SpectralTheory: Sendable {
  let manifold: LinearManifold?
  let law: SilversteinLaw?
  let support: SpectralSupport
  private let expectedVariances: [Double]

  init(manifold: LinearManifold?, law: SilversteinLaw?, dimension: Int) throws {
    self.manifold = manifold
    self.law = law
    if let law {
      support = law.support
    } else if let manifold {
      support = manifold.support
    } else {
      support = SpectralSupport(bulks: [], ambientDimension: dimension)
    }
    if let manifold {
      expectedVariances = manifold.variances.reversed()
    } else if let law {
      expectedVariances = try law.distribution().expectedEigenvalues(count: dimension).filter { $0 > 0 }
    } else {
      expectedVariances = []
    }
  }

  /// The dimension of the manifold.
  var dimension: Int { expectedVariances.count }

  /// Singular values of σ²J, descending.
  func spectrum(at level: DiffusionLevel) -> [Double] {
    let t = level.noiseToSignal * level.noiseToSignal
    return Array(repeating: 1, count: support.ambientDimension - dimension) + expectedVariances.map { t / (t + $0) }
  }

  /// The widest gap: of a known factor's or covariance's spectrum, or between the bulks of a law.
  func widestGap(at level: DiffusionLevel) throws -> SpectralGapFinding.Gap {
    let t = level.noiseToSignal * level.noiseToSignal
    if manifold == nil, let gap = support.widestGap(atNoiseVariance: t) {
      return SpectralGapFinding.Gap(dimension: gap.dimension, width: gap.width(atNoiseVariance: t))
    }
    let widest = try GapDetection(in: spectrum(at: level))
    return SpectralGapFinding.Gap(dimension: widest.dimension ?? 0, width: widest.gaps[0].width)
  }

  /// The expected FLIPD over clean data.
  func fokkerPlanckDimension(at level: DiffusionLevel) -> Double {
    let t = level.noiseToSignal * level.noiseToSignal
    return expectedVariances.reduce(0) { $0 + 1 - (t / (t + $1)) * (t / (t + $1)) }
  }

  /// The density over all d singular values r of σ²J between two of them: dλ/dr = t/r² times the density of λ = t(1 − r)/r.
  func density(atSingularValue r: Double, level: DiffusionLevel) throws -> Double? {
    guard let law, r > 0, r < 1 else { return nil }
    let t = level.noiseToSignal * level.noiseToSignal
    return try law.density(at: t * (1 - r) / r) * t / (r * r)
  }
}

/// 10 to a power.
func pow10(_ exponent: Double) -> Double { pow(10, exponent) }
