import LinearAlgebra

/// The law of the eigenvalues of F Fᵀ for a d×m factor F whose columns come in groups of different variance.
///
/// With k_j columns of entry variance s_j²/c, the Stieltjes transform μ at z solves
/// `z(μ) = −1/μ + (1/d) Σ k_j s_j²/(1 + s_j² μ)` (for c = d; s_j² times d/c otherwise). The ends of the support are the
/// values z at the real critical points of z(μ); within it, the density is Im μ/π.
///
/// Laws: one group gives the Marchenko–Pastur law; weights are multiples of 1/d.
///
/// References: silverstein1995, ventura2024.
public struct SilversteinLaw: Sendable, Hashable, Codable {
  /// Columns of one variance.
  public struct Group: Sendable, Hashable, Codable {
    /// s².
    public let variance: Double
    /// The number of columns.
    public let count: Int

    /// Makes a group.
    public init(variance: Double, count: Int) {
      self.variance = variance
      self.count = count
    }
  }

  /// The groups, by falling variance; no two have the same.
  public let groups: [Group]
  /// d.
  public let ambientDimension: Int
  /// By what the entries' variance is divided.
  public let normalization: FactorNormalization

  /// Makes a law; groups of the same variance are joined.
  ///
  /// Throws: `AnalysisError.tooFew` without a group or a dimension, `.notPositive` for a variance or a count.
  public init(
    groups: [Group], ambientDimension: Int, normalization: FactorNormalization = .ambientDimension
  ) throws(AnalysisError) {
    guard !groups.isEmpty else { throw .tooFew("groups of columns", count: 0, minimum: 1) }
    guard ambientDimension >= 1 else { throw .tooFew("ambient dimensions", count: ambientDimension, minimum: 1) }
    var joined: [Group] = []
    for group in groups.sorted(by: { $0.variance > $1.variance }) {
      _ = try positive("variance", group.variance)
      _ = try positive("number of columns", Double(group.count))
      if let last = joined.last, last.variance == group.variance {
        joined[joined.count - 1] = Group(variance: last.variance, count: last.count + group.count)
      } else {
        joined.append(group)
      }
    }
    self.groups = joined
    self.ambientDimension = ambientDimension
    self.normalization = normalization
  }

  /// m, the number of columns.
  public var latentDimension: Int { groups.reduce(0) { $0 + $1.count } }

  /// The weight of the eigenvalues that are 0.
  public var atomAtZero: Double { max(0, 1 - Double(latentDimension) / Double(ambientDimension)) }

  /// The groups as the equation wants them: s² for c = d, and k/d.
  private var terms: [(variance: Double, weight: Double)] {
    let d = Double(ambientDimension)
    let scale = normalization == .ambientDimension ? 1 : d / Double(latentDimension)
    return groups.map { ($0.variance * scale, Double($0.count) / d) }
  }

  /// The bulks of the support, with the number of directions in each, by falling eigenvalue.
  public var support: SpectralSupport {
    let terms = terms
    // With y = −μ the derivative z′ has the sign of 1 − f(y), f(y) = Σ w (s²y/(1 − s²y))². Between two of its poles
    // f is convex, so it meets 1 at no place or at two; before the first it rises and behind the last it falls.
    let excess = { (y: Double) in
      terms.reduce(-1.0) { total, term in
        let ratio = term.variance * y / (1 - term.variance * y)
        return total + term.weight * ratio * ratio
      }
    }
    let slope = { (y: Double) in
      terms.reduce(0.0) { total, term in
        let rest = 1 - term.variance * y
        return total + term.weight * term.variance * (term.variance * y / rest) / (rest * rest)
      }
    }
    let edge = { (y: Double) in
      1 / y + terms.reduce(0) { $0 + $1.weight * $1.variance / (1 - $1.variance * y) }
    }
    let poles = terms.map { 1 / $0.variance }
    var bulks: [SpectralSupport.Bulk] = []
    var upper = edge(crossing(of: excess, negativeAt: 0, positiveAt: poles[0]))
    var count = 0
    for (index, group) in groups.enumerated() {
      count += group.count
      guard index + 1 < groups.count else { break }
      let bottom = crossing(of: slope, negativeAt: poles[index], positiveAt: poles[index + 1])
      guard excess(bottom) < 0 else { continue }
      let lower = edge(crossing(of: excess, negativeAt: bottom, positiveAt: poles[index]))
      bulks.append(SpectralSupport.Bulk(lower: lower, upper: upper, count: count))
      upper = edge(crossing(of: excess, negativeAt: bottom, positiveAt: poles[index + 1]))
      count = 0
    }
    let lowest = lowestEdge(excess: excess, edge: edge, lastPole: poles[poles.count - 1])
    let left = ambientDimension - bulks.reduce(0) { $0 + $1.count }
    bulks.append(SpectralSupport.Bulk(lower: lowest, upper: upper, count: min(count, left)))
    return SpectralSupport(bulks: bulks, ambientDimension: ambientDimension)
  }

  private func lowestEdge(
    excess: (Double) -> Double, edge: (Double) -> Double, lastPole: Double
  ) -> Double {
    if latentDimension == ambientDimension { return 0 }
    // Behind the last pole f falls to m/d. If that is above 1 the edge has a positive μ instead, so y < 0.
    let hasAtom = latentDimension < ambientDimension
    var far = hasAtom ? 2 * lastPole : -lastPole
    while (excess(far) < 0) != hasAtom, far.isFinite { far *= 2 }
    return hasAtom
      ? edge(crossing(of: excess, negativeAt: far, positiveAt: lastPole))
      : edge(crossing(of: excess, negativeAt: 0, positiveAt: far))
  }

  /// The density of the continuous part at an eigenvalue, over all d of them.
  ///
  /// Throws: `LinearAlgebraError.notConverged`.
  public func density(at value: Double) throws(LinearAlgebraError) -> Double {
    guard value > 0, value.isFinite else { return 0 }
    // z(μ) = λ is λμ + 1 − Σw + Σ (w/s²)/(μ + 1/s²) = 0: the characteristic equation of an arrowhead matrix. It has one
    // pair of complex solutions within the support and none outside.
    let terms = terms
    var arrowhead = Matrix<Double>.zeros(terms.count + 1, terms.count + 1)
    arrowhead[0, 0] = -(1 - terms.reduce(0) { $0 + $1.weight }) / value
    for (index, term) in terms.enumerated() {
      let shaft = (term.weight / term.variance / value).squareRoot()
      arrowhead[0, index + 1] = -shaft
      arrowhead[index + 1, 0] = shaft
      arrowhead[index + 1, index + 1] = -1 / term.variance
    }
    let imaginary = try eigenvalues(of: arrowhead).map(\.imaginary).max() ?? 0
    return max(0, imaginary) / Double.pi
  }

  /// The law with its quantiles tabulated, over all d eigenvalues.
  ///
  /// Throws: `LinearAlgebraError.notConverged`.
  public func distribution() throws -> SpectralDistribution {
    try SpectralDistribution(
      atomAtZero: atomAtZero, bulks: support.bulks.map { $0.lower...$0.upper }, density: density(at:))
  }

  /// The expected singular values of t times the score's Jacobian, descending.
  ///
  /// Throws: `LinearAlgebraError.notConverged`.
  public func expectedSpectrum(noiseVariance t: Double) throws -> [Double] {
    try distribution().expectedEigenvalues(count: ambientDimension).map { t / (t + $0) }
  }
}

/// Where a continuous function changes sign, to the last bit; its values at the ends may be infinite.
private func crossing(of function: (Double) -> Double, negativeAt: Double, positiveAt: Double) -> Double {
  var (low, high) = (negativeAt, positiveAt)
  while true {
    let middle = low / 2 + high / 2
    guard middle != low, middle != high else { return low }
    if function(middle) < 0 { low = middle } else { high = middle }
  }
}
