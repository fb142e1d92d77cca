import LinearAlgebra

/// Which of the ideal codes a code is like, if any.
///
/// Rule, in this order:
/// 1. Where every factor is separable by 0.75 at least, and no two factors' subspaces overlap by more than 0.5, it is *factorised*: like closed forms or like units, whichever
///    it is more aligned with.
/// 2. Where it is aligned by 0.95 with one code for each combination, it is *conjunctive*: its variance is the same along nearly as many directions as there are conditions.
/// 3. Where it is aligned by 0.9 with a torus in three dimensions, it is *entangled*.
/// 4. Else it is none of them.
///
/// Conventions: separability of each factor of a torus in three dimensions is ½ at least for one of the two, and of a code of combinations or at random next to 0. Independent
/// random numbers are aligned with the code of combinations by √(d/(n + d)) for d units and n conditions: in units ten times as many as conditions, they *are* such a code.
///
/// The interval resamples conditions, to first order in how often each is drawn.
public struct CodeVerdict: Sendable, Hashable {
  /// The least separability of factors that are apart.
  public static let leastSeparability = 0.75
  /// The most overlap of theirs.
  public static let mostOverlap = 0.5
  /// The least alignment with codes of combinations.
  public static let leastConjunction = 0.95
  /// The least alignment with a torus.
  public static let leastEntanglement = 0.9

  /// The code; `nil` for none of them.
  public let code: FactorCode?
  /// In what share of resamples it was found.
  public let support: Double
  /// The alignment with each reference, in their order.
  public let alignments: [BootstrapInterval]
  /// R² of the additive model.
  public let determination: BootstrapInterval
  /// The least separability of a factor.
  public let separability: BootstrapInterval

  init(
    geometry: CodeGeometry, similarities: [CodeSimilarity], resampleCount: Int, level: Double = 0.95,
    using random: inout SeededGenerator
  ) throws {
    let additive = geometry.additive
    let overlap = geometry.subspaces.pairs.map(\.overlap).max() ?? 1
    let count = additive.totals.count
    let codes = similarities.map(\.code)
    let own = Self.code(
      separability: additive.separability.min() ?? 0, overlap: overlap,
      alignments: similarities.map(\.alignment), codes)
    code = own
    var (hits, determinations, separabilities) = (0, [Double](), [Double]())
    var alignments = [[Double]](repeating: [], count: similarities.count)
    for _ in 0..<resampleCount {
      let drawn = (0..<count).map { _ in random.index(below: count) }
      func sum(_ values: [Double]) -> Double { drawn.reduce(0) { $0 + values[$1] } }
      let (left, total) = (sum(additive.residuals), sum(additive.totals))
      let least =
        additive.parts.map { part in
          let own = max(0, sum(part))
          return own + left > 0 ? own / (own + left) : 0
        }.min() ?? 0
      determinations.append(total > 0 ? 1 - left / total : 0)
      separabilities.append(least)
      let found = similarities.map { $0.alignment(drawing: drawn) }
      for (index, value) in found.enumerated() { alignments[index].append(value) }
      if Self.code(separability: least, overlap: overlap, alignments: found, codes) == own { hits += 1 }
    }
    support = Double(hits) / Double(max(1, resampleCount))
    determination = try BootstrapInterval(
      value: additive.determination, resampled: determinations, level: level)
    separability = try BootstrapInterval(
      value: additive.separability.min() ?? 0, resampled: separabilities, level: level)
    self.alignments = try zip(similarities, alignments).map { similarity, drawn in
      try BootstrapInterval(value: similarity.alignment, resampled: drawn, level: level)
    }
  }

  private static func code(
    separability: Double, overlap: Double, alignments: [Double], _ codes: [FactorCode]
  ) -> FactorCode? {
    func most(_ code: FactorCode) -> Double { zip(codes, alignments).filter { $0.0 == code }.map(\.1).max() ?? 0 }
    if separability >= leastSeparability, overlap <= mostOverlap {
      return most(.factorised) >= most(.hyperFactorised) ? .factorised : .hyperFactorised
    }
    if most(.conjunctive) >= leastConjunction { return .conjunctive }
    return most(.entangled) >= leastEntanglement ? .entangled : nil
  }
}
